"""Filter: rows for which a condition of the user's own does not hold leave."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from pydantic import Field, field_validator

from ftdata.errors import RecipeError, StageError
from ftdata.stage import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftdata.dataset import Dataset, Shard
    from ftdata.json_bytes import JsonObject, JsonValue

__all__ = ["CONDITION_FALSE", "Filter"]

CONDITION_FALSE: Final = "condition_false"
_INTEGERS: Final = range(-(2**63), 2**63)
_TYPES: Final = {"integer": pl.Int64, "number": pl.Float64, "boolean": pl.Boolean, "text": pl.String}
"""Types that a condition can be about; whole numbers of more than 64 bits are compared as floats."""
_PIECES: Final = re.compile(r"('(?:[^']|'')*')|\"((?:[^\"]|\"\")*)\"|(--[^\r\n]*)|(/\*|[;`$])|([A-Za-z_]\w*)|(\()|\S")
"""Of an SQL expression: a text, a quoted name, a comment, what begins a longer comment, another statement or other quotes, a
word, an opening bracket, anything else."""
_FUNCTIONS: Final = frozenset(
    [
        "abs",
        "ceil",
        "ceiling",
        "floor",
        "round",
        "sqrt",
        "cbrt",
        "exp",
        "ln",
        "log",
        "log2",
        "log10",
        "log1p",
        "pow",
        "power",
        "mod",
        "div",
        "sign",
        "length",
        "char_length",
        "character_length",
        "octet_length",
        "bit_length",
        "lower",
        "upper",
        "left",
        "right",
        "ltrim",
        "rtrim",
        "trim",
        "substr",
        "substring",
        "strpos",
        "replace",
        "reverse",
        "starts_with",
        "ends_with",
        "concat",
        "concat_ws",
        "initcap",
        "regexp_like",
        "coalesce",
        "nullif",
        "ifnull",
        "if",
        "least",
        "greatest",
        "date",
        "strptime",
        "timestamp",
        "strftime",
        "date_part",
        "extract",
        "cast",
        "try_cast",
        "normalize",
        "split_part",
    ]
)
"""Functions of polars' SQL that look at one row and nothing else: not at other rows, not at files, not at a clock."""
_BEFORE_BRACKET: Final = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "like",
        "ilike",
        "rlike",
        "regexp",
        "between",
        "is",
        "when",
        "then",
        "else",
        "case",
        "end",
        "similar",
        "to",
        "escape",
    ]
)
"""Words of SQL that are no functions and may stand before a bracket."""
_REFUSED: Final = frozenset(
    [
        "select",
        "from",
        "over",
        "exists",
        "any",
        "all",
        "some",
        "with",
        "values",
        "table",
        "union",
        "current_date",
        "current_time",
        "current_timestamp",
        "localtime",
        "localtimestamp",
    ]
)
"""Words that ask for other rows, for files, or for the time of day."""
_ROW: Final = "$."
"""Begins the name of a field that is called like a column."""
_SHADOWS: Final = ("source", "format", "row", "line", "origin")
_ALWAYS: Final = ("row", "line", "origin")
"""Index columns that every row has. The others are the user's own, and are fields of the row unless `Fields` named them."""
_INDEX: Final = ("row", "line", "id", "parents", "generator", "group", "created", "stratum", "origin")


@settings
class Filter:
    """Keep the rows for which a condition holds; the others leave with `reason`.

    Attributes:
        where: The condition. As text it is an SQL expression over marks (`content_tokens`), index columns (`origin`,
            `group`, `created` ...), `source`, `format` and fields of the row, whose paths stand in double quotes:
            `"metadata.quality" >= 3 AND origin = 'human'`. A list or an object is its JSON text: `"tools" IS NOT NULL`,
            `"tools" LIKE '%"get_weather"%'`. A field that is called like a column is `"$.source"`. Functions that look
            at one row are known (`lower`, `length`, `coalesce` ...), others are refused. A row where the condition is
            neither true nor false (a field is missing, or of a type that it cannot be asked of) leaves, and its detail
            says so. As a function it takes the parsed row and gives True to keep it; such a pipeline cannot be
            written as a recipe.
        reason: Why the others leave, in snake_case.
    """

    where: str | Any
    reason: str = Field(default=CONDITION_FALSE, pattern=r"^[a-z][a-z0-9_]*$")

    @field_validator("where")
    @classmethod
    def _is_a_condition(cls, where: Any) -> Any:
        if isinstance(where, str):
            _expression(where)
        elif not callable(where):
            raise ValueError(  # noqa: TRY004  # pydantic makes a message of ValueError only
                "give an SQL expression as text, or a function from a row to True or False"
            )
        return where

    @property
    def version(self) -> str | None:
        """For the manifest: an expression stands there whole, and version 1 reads it; a function has no version."""
        return "1" if isinstance(self.where, str) else None

    def __call__(self, dataset: Dataset) -> Dataset:
        """Drop the rows for which the condition does not hold."""
        if isinstance(self.where, str):
            names = dict.fromkeys(name for name in _expression(self.where).meta.root_names() if name != "row")
            told_of = {name for facts in dataset.sources for name in facts.fields} | set(_ALWAYS)
            columns = tuple(name for name in names if name in dataset.marks.columns or name in told_of & set(_INDEX))
            fields = tuple(name for name in names if name not in {*columns, "source", "format"})
            shadowed = [name for name in names if name in _SHADOWS]
            for name in sorted(set(shadowed) - set(_missing(dataset, tuple(shadowed)))):
                why = f'rows have a field {name} of their own; the condition asks for the column. The field is "{_ROW}{name}"'
                dataset = dataset.find(by="Filter", rule="filter.column", severity="warning", detail={"message": why})
            for name in _missing(dataset, fields):
                why = f"no row has {name}: it is neither a mark nor a field of any row; correct the name"
                dataset = dataset.find(by="Filter", rule="filter.no_field", severity="error", detail={"message": why})
            told = {"source": [facts.path for facts in dataset.sources]}
            judge = partial(_by_expression, where=self.where, names=tuple(names), told=told)
            judged = _settled(dataset.map_shards(judge, columns))
        else:
            judged = dataset.map_shards(partial(_by_function, where=self.where))
        if (judged["verdict"] == "failed").any():
            row = int(judged.filter(judged["verdict"] == "failed")["row"][0])
            place = dataset.index[row - int(dataset.index["row"][0])]
            source = dataset.sources[place["source"][0]].path
            raise StageError(
                f"the condition failed on {source}:{place['line'][0]} ({judged['error'].drop_nulls()[0]})",
                stage=dataset.place + "Filter",
            )
        gone = judged.filter(judged["verdict"] != "true")
        detail = [{"condition": verdict} for verdict in gone["verdict"]]
        return dataset.drop(gone["row"], by="Filter", reason=self.reason, detail=detail)


def _missing(dataset: Dataset, fields: tuple[str, ...]) -> list[str]:
    """The fields that no row has."""
    if not fields or not len(dataset):
        return []
    seen = set(dataset.map_shards(partial(_seen, fields=fields))["field"])
    return [name for name in fields if name not in seen]


def _seen(shard: Shard, *, fields: tuple[str, ...]) -> pl.DataFrame:
    """`field`: the fields that some row of a shard has."""
    from ftdata.dataset.index import look_up

    found = [
        name for name in fields if any(look_up(value, name.removeprefix(_ROW)) is not None for value in shard.values)
    ]
    return pl.DataFrame({"field": found}, schema={"field": pl.String})


def _settled(judged: pl.DataFrame) -> pl.DataFrame:
    """Where the condition says something of some rows, it is unknown of those with values that it cannot be asked of.

    Where it says nothing of any row it is the condition that is wrong, and the failures stay.
    """
    if not judged["verdict"].is_in(["true", "false"]).any():
        return judged
    return judged.with_columns(pl.col("verdict").replace({"failed": "unknown"}))


def _expression(where: str) -> pl.Expr:
    """The condition as polars reads it, when it is about one row by itself: its outcome must hold of the row anywhere, any day.

    Raises:
        RecipeError: It is no SQL expression, or asks for more than the row.
    """
    if wrong := _more_than_a_row(where):
        raise RecipeError(f"where: {wrong} looks at more than the row; a condition is about one row by itself")
    try:
        return pl.sql_expr(where)
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001  # polars raises several kinds
        raise RecipeError(f"where: not an SQL expression ({str(error).splitlines()[0]})") from None


def _more_than_a_row(where: str) -> str | None:
    """The first thing in a condition that may ask for more than the row."""
    called: str | None = None
    quoted = False
    for match in _PIECES.finditer(where):
        _, name, comment, odd, word, bracket = match.groups()
        if comment:  # is as good as a space
            continue
        if odd:
            return odd
        if word and word.lower() in _REFUSED:
            return word.upper()
        if bracket and called is not None and (quoted or called.lower() not in _FUNCTIONS | _BEFORE_BRACKET):
            return f"{called}()"
        called, quoted = (name, True) if name is not None else (word, False)
    return None


def _by_expression(shard: Shard, *, where: str, names: tuple[str, ...], told: dict[str, list[str]]) -> pl.DataFrame:
    """`row, verdict, error`: true, false, unknown where a field is missing, failed where it is of a wrong type.

    Rows whose fields are of the same types are judged together, and those of other types by themselves: so the types in
    the other rows decide nothing, and what is left of the rows is judged as it was among all of them.
    """
    from ftdata.dataset.index import look_up

    frame = shard.columns
    given = {"format": shard.formats, "source": [told["source"][i] for i in shard.sources]}
    frame = frame.with_columns(
        pl.Series(name, given[name], dtype=pl.String) for name in names if name in given and name not in frame.columns
    )
    fields = [name for name in names if name not in frame.columns]
    values = [[look_up(value, name.removeprefix(_ROW)) for name in fields] for value in shard.values]
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, found in enumerate(values):
        groups.setdefault(tuple(_kind(value) for value in found), []).append(at)
    judged = [_judged(frame.clear().with_columns(pl.lit(None).alias(name) for name in fields), where)]
    for kinds, places in groups.items():
        columns = [
            pl.Series(
                name,
                [_asked(values[at][number]) for at in places],
                dtype=_TYPES.get(kind, pl.Null),
                strict=False,
            )
            for number, (name, kind) in enumerate(zip(fields, kinds, strict=True))
        ]
        judged.append(_judged(frame[places].with_columns(columns), where))
    return pl.concat(judged).sort("row")


def _kind(value: JsonValue) -> str:
    """The type by which a value is judged, together with others of the same."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if value in _INTEGERS else "number"
    return "number" if isinstance(value, float) else "text"


def _asked(value: JsonValue) -> JsonValue:
    """A value as a condition sees it: a list or an object as its JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _judged(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """`row, verdict, error` of rows whose fields are of the same types."""
    error = pl.lit(None, dtype=pl.String)
    try:
        holds = frame.select("row", _expression(where).alias("holds").cast(pl.Boolean, strict=True))["holds"]
    except pl.exceptions.PolarsError as failed:
        verdict, error = pl.lit("failed"), pl.lit(type(failed).__name__)
    else:
        words = ["unknown" if one is None else "true" if one else "false" for one in holds]
        verdict = pl.lit(pl.Series(words, dtype=pl.String))
    return frame.select("row", verdict.alias("verdict"), error.alias("error"))


def _by_function(shard: Shard, *, where: Callable[[JsonObject], bool]) -> pl.DataFrame:
    """`row, verdict, error`: what the user's function says of each row."""
    out: list[tuple[int, str, str | None]] = []
    for row, value in zip(shard.rows.tolist(), shard.values, strict=True):
        try:
            out.append((row, "true" if where(value) else "false", None))
        except Exception as error:  # noqa: BLE001  # a user's function may raise anything; its text may quote the row
            out.append((row, "failed", f"it raised {type(error).__name__}"))
    return pl.DataFrame(out, schema={"row": pl.Int64, "verdict": pl.String, "error": pl.String}, orient="row")
