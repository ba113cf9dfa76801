"""Filter: rows for which a condition of the user's own does not hold leave."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from pydantic import Field, field_validator

from ftdata.errors import RecipeError, StageError
from ftdata.stage import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftdata.dataset import Dataset, Shard
    from ftdata.json_bytes import JsonObject

__all__ = ["CONDITION_FALSE", "Filter"]

CONDITION_FALSE: Final = "condition_false"
_KIND: Final[dict[type, str]] = {
    int: "number", float: "number", bool: "boolean", str: "text", list: "list", dict: "object", type(None): "nothing",
}  # fmt: skip
_TYPES: Final = {"number": pl.Float64, "boolean": pl.Boolean, "text": pl.String}
"""Types that a condition can be about; a list or an object is neither true nor false of anything."""
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_NOT_OF_A_ROW: Final = re.compile(
    r"\b(OVER|AVG|SUM|MIN|MAX|COUNT|FIRST|LAST|MEDIAN|STDDEV\w*|STDEV\w*|VAR\w*|QUANTILE\w*|CORR|COVAR\w*|ROW_NUMBER|RANK|"
    r"DENSE_RANK|LAG|LEAD|ARRAY_AGG|STRING_AGG)\s*\(",
    re.IGNORECASE,
)
"""Functions of polars' SQL that look at all rows at once: of a condition on one row they would make one on its shard."""
_ALWAYS: Final = ("row", "line", "origin")
"""Index columns that every row has. The others are the user's own, and are fields of the row unless `Fields` named them."""
_INDEX: Final = ("row", "line", "id", "parents", "generator", "group", "created", "stratum", "origin")


@settings
class Filter:
    """Keep the rows for which a condition holds; the others leave with `reason`.

    Attributes:
        where: The condition. As text it is an SQL expression over marks (`content_tokens`), index columns (`origin`,
            `group`, `created` ...), `source`, `format` and fields of the row, whose paths stand in double quotes:
            `"metadata.quality" >= 3 AND origin = 'human'`. A row where it is neither true nor false (a field is
            missing) leaves, and its detail says so. As a function it takes the parsed row and gives True to keep it; such a
            pipeline cannot be written as a recipe.
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
            kinds, missing = _kinds(dataset, fields)
            for name in missing:
                why = f"no row has {name}: it is neither a mark nor a field of any row; correct the name"
                dataset = dataset.find(by="Filter", rule="filter.no_field", severity="error", detail={"message": why})
            told = {"source": [facts.path for facts in dataset.sources]}
            judge = partial(_by_expression, where=self.where, names=tuple(names), kinds=kinds, told=told)
            judged = dataset.map_shards(judge, columns)
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


def _kinds(dataset: Dataset, fields: tuple[str, ...]) -> tuple[dict[str, str], list[str]]:
    """The type of each field (that of most rows, so that it is one for all shards), and the fields that no row has."""
    kinds: dict[str, str] = {}
    missing: list[str] = []
    if fields:
        seen = dataset.map_shards(partial(_types, fields=fields)).group_by("field", "kind").agg(pl.col("rows").sum())
        for name in fields:
            found = seen.filter(pl.col("field") == name).sort("rows", "kind", descending=[True, False])
            kinds[name] = found["kind"][0] if found.height else "nothing"
            if not found.height and len(dataset):
                missing.append(name)
    return kinds, missing


def _types(shard: Shard, *, fields: tuple[str, ...]) -> pl.DataFrame:
    """`field, kind, rows`: how many of a shard's rows have a field, by type."""
    from ftdata.dataset.index import look_up

    counts = Counter(
        (name, _KIND[type(found)])
        for value in shard.values
        for name in fields
        if (found := look_up(value, name)) is not None
    )
    lines = [(name, kind, count) for (name, kind), count in sorted(counts.items())]
    return pl.DataFrame(lines, schema={"field": pl.String, "kind": pl.String, "rows": pl.Int64}, orient="row")


def _expression(where: str) -> pl.Expr:
    told = _QUOTED.sub("", where)
    if wrong := _NOT_OF_A_ROW.search(told):
        raise RecipeError(f"where: {wrong[1].upper()} looks at several rows; a condition is about one row by itself")
    try:
        return pl.sql_expr(where)
    except Exception as error:  # noqa: BLE001  # polars raises several kinds for what it cannot parse
        raise RecipeError(f"where: not an SQL expression ({str(error).splitlines()[0]})") from None


def _by_expression(
    shard: Shard, *, where: str, names: tuple[str, ...], kinds: dict[str, str], told: dict[str, list[str]]
) -> pl.DataFrame:
    """`row, verdict, error`: true, false, or unknown where a field is missing or of another type than in most rows."""
    from ftdata.dataset.index import look_up

    frame = shard.columns
    added: list[pl.Series] = []
    for name in names:
        if name in frame.columns:
            continue
        if name == "format":
            added.append(pl.Series(name, shard.formats, dtype=pl.String))
        elif name == "source":
            added.append(pl.Series(name, [told["source"][i] for i in shard.sources], dtype=pl.String))
        else:
            found = (look_up(value, name) for value in shard.values)
            fitting: list[Any] = [value if _KIND[type(value)] == kinds[name] in _TYPES else None for value in found]
            added.append(pl.Series(name, fitting, dtype=_TYPES.get(kinds[name], pl.Null), strict=False))
    try:
        result = frame.with_columns(added).select("row", _expression(where).alias("holds"))
        result = result.with_columns(pl.col("holds").cast(pl.Boolean, strict=True))
    except pl.exceptions.PolarsError as error:
        return _failed(shard, type(error).__name__)
    verdict = (
        pl.when(pl.col("holds").is_null())
        .then(pl.lit("unknown"))
        .when("holds")
        .then(pl.lit("true"))
        .otherwise(pl.lit("false"))
    )
    return result.select("row", verdict.alias("verdict"), pl.lit(None, dtype=pl.String).alias("error"))


def _by_function(shard: Shard, *, where: Callable[[JsonObject], bool]) -> pl.DataFrame:
    """`row, verdict, error`: what the user's function says of each row."""
    out: list[tuple[int, str, str | None]] = []
    for row, value in zip(shard.rows.tolist(), shard.values, strict=True):
        try:
            out.append((row, "true" if where(value) else "false", None))
        except Exception as error:  # noqa: BLE001  # a user's function may raise anything; its text may quote the row
            out.append((row, "failed", f"it raised {type(error).__name__}"))
    return pl.DataFrame(out, schema={"row": pl.Int64, "verdict": pl.String, "error": pl.String}, orient="row")


def _failed(shard: Shard, why: str) -> pl.DataFrame:
    rows = shard.rows.tolist()
    return pl.DataFrame(
        {"row": rows, "verdict": ["failed"] * len(rows), "error": [why] * len(rows)},
        schema={"row": pl.Int64, "verdict": pl.String, "error": pl.String},
    )
