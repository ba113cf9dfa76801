"""Filter: rows for which a condition of the user's own does not hold leave."""

from __future__ import annotations

import json
from collections.abc import Callable  # noqa: TC003  # pydantic reads the annotation
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

import polars as pl
from pydantic import Field, field_validator

from ftdata.conditions import date_order, dated, expression, judge
from ftdata.errors import StageError
from ftdata.stage import settings

if TYPE_CHECKING:
    from ftdata.dataset import Dataset, Shard
    from ftdata.json_bytes import JsonObject, JsonValue

__all__ = ["CONDITION_FALSE", "Filter"]

CONDITION_FALSE: Final = "condition_false"
_INTEGERS: Final = range(-(2**63), 2**63)
_TYPES: Final = {"integer": pl.Int64, "number": pl.Float64, "boolean": pl.Boolean, "text": pl.String}
"""Types that a condition can be about; whole numbers of more than 64 bits are compared as floats."""
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
            neither true nor false leaves as `unknown`: a field is missing, or has a type or value that the condition
            cannot be asked of (`CAST("quality" AS INTEGER)` of "n/a"). As a function it takes the parsed row and gives True to keep it; such a pipeline cannot be
            written as a recipe.
        reason: Why the others leave, in snake_case.
    """

    where: str | Callable[[dict[str, Any]], bool]
    reason: str = Field(default=CONDITION_FALSE, pattern=r"^[a-z][a-z0-9_]*$")

    @field_validator("where", mode="before")
    @classmethod
    def _is_a_condition(cls, where: Any) -> Any:
        if isinstance(where, str):
            expression(where)
        elif not callable(where):
            raise ValueError(  # noqa: TRY004  # pydantic makes a message of ValueError only
                "give an SQL expression as text, or a function from a row to True or False"
            )
        return where

    @property
    def version(self) -> str | None:
        """For the manifest: an expression stands there whole, and version 1 reads it; a function has no version."""
        return "1" if isinstance(self.where, str) else None

    @property
    def per_row(self) -> bool:
        """Whether nothing is said of the set: a function judges rows alone; an expression that fits no row is told."""
        return not isinstance(self.where, str)

    @property
    def row_part(self) -> _RowPart:
        """What is done to each row by itself: all but the findings about fields, and the error where no row can be asked."""
        return _RowPart(where=self.where, reason=self.reason)

    def __call__(self, dataset: Dataset) -> Dataset:
        """Drop the rows for which the condition does not hold.

        Raises:
            StageError: The function raised something, or the expression says nothing of any row and fails on some.
        """
        part = self.row_part
        if not isinstance(self.where, str):
            return part(dataset)
        dataset = _with_findings(dataset, self.where)
        judged = part.judged(dataset)
        if not judged["verdict"].is_in(["true", "false"]).any():  # it is the condition that is wrong
            _refuse_failures(judged, dataset)
        return part.without(judged, dataset)


@dataclass(frozen=True)
class _RowPart:
    """What Filter does to each row by itself."""

    where: str | Callable[[dict[str, Any]], bool]
    reason: str
    per_row: ClassVar[bool] = True

    def __call__(self, dataset: Dataset) -> Dataset:
        """Drop the rows for which the condition does not hold; those that it cannot be asked of are unknown."""
        return self.without(self.judged(dataset), dataset)

    def judged(self, dataset: Dataset) -> pl.DataFrame:
        """`row, verdict, error` of every row.

        Raises:
            StageError: The user's function raised something.
        """
        if not isinstance(self.where, str):
            judged = dataset.map_shards(partial(_by_function, where=self.where))
            _refuse_failures(judged, dataset)
            return judged
        names = _names(self.where)
        told = {"source": [facts.path for facts in dataset.sources]}
        by_row = partial(_by_expression, where=self.where, names=names, told=told)
        return dataset.map_shards(by_row, _columns(dataset, names))

    def without(self, judged: pl.DataFrame, dataset: Dataset) -> Dataset:
        """The rows of which the condition is true."""
        gone = judged.filter(pl.col("verdict") != "true")
        words = gone["verdict"].replace({"failed": "unknown"})
        return dataset.drop(
            gone["row"], by="Filter", reason=self.reason, detail=[{"condition": word} for word in words]
        )


def _refuse_failures(judged: pl.DataFrame, dataset: Dataset) -> None:
    """Name the first row that the condition failed on, without its text."""
    failed = judged.filter(pl.col("verdict") == "failed")
    if not failed.height:
        return
    place = dataset.index[int(failed["row"][0]) - int(dataset.index["row"][0])]
    source = dataset.sources[place["source"][0]].path
    raise StageError(
        f"the condition failed on {source}:{place['line'][0]} ({failed['error'][0]})", stage=dataset.place + "Filter"
    )


def _names(where: str) -> tuple[str, ...]:
    """What the condition asks for; every row has a number."""
    return tuple(dict.fromkeys(name for name in expression(where).meta.root_names() if name != "row"))


def _columns(dataset: Dataset, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that are marks or index columns."""
    told_of = {name for facts in dataset.sources for name in facts.fields} | set(_ALWAYS)
    return tuple(name for name in names if name in dataset.marks.columns or name in told_of & set(_INDEX))


def _with_findings(dataset: Dataset, where: str) -> Dataset:
    """Tell of fields that no row has, and of those that are called like a column."""
    names = _names(where)
    fields = tuple(name for name in names if name not in {*_columns(dataset, names), "source", "format"})
    shadowed = [name for name in names if name in _SHADOWS]
    for name in sorted(set(shadowed) - set(_missing(dataset, tuple(shadowed)))):
        why = f'rows have a field {name} of their own; the condition asks for the column. The field is "{_ROW}{name}"'
        dataset = dataset.find(by="Filter", rule="filter.column", severity="warning", detail={"message": why})
    for name in _missing(dataset, fields):
        why = f"no row has {name}: it is neither a mark nor a field of any row; correct the name"
        dataset = dataset.find(by="Filter", rule="filter.no_field", severity="error", detail={"message": why})
    return dataset


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


def _by_expression(shard: Shard, *, where: str, names: tuple[str, ...], told: dict[str, list[str]]) -> pl.DataFrame:
    """`row, verdict, error`: true, false, unknown where a field is missing, failed where it is of a wrong type or value.

    Rows whose fields are of the same types (and may be read as dates of the same order) are judged together, and others
    by themselves: so the other rows decide nothing, and what is left of the rows is judged as it was among all of them.
    """
    from ftdata.dataset.index import look_up

    frame = shard.columns
    given = {"format": shard.formats, "source": [told["source"][i] for i in shard.sources]}
    frame = frame.with_columns(
        pl.Series(name, given[name], dtype=pl.String) for name in names if name in given and name not in frame.columns
    )
    fields = [name for name in names if name not in frame.columns]
    values = [[look_up(value, name.removeprefix(_ROW)) for name in fields] for value in shard.values]
    texts = [name for name in frame.columns if frame.schema[name] == pl.String] if dated(where) else []
    orders = frame.select(texts).rows() if texts else [()] * frame.height
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = {}
    for at, found in enumerate(values):
        kinds = tuple(_kind(value) for value in found)
        order = (
            tuple(date_order(text) for text in (*found, *orders[at]) if isinstance(text, str)) if dated(where) else ()
        )
        groups.setdefault((kinds, order), []).append(at)
    judged = [judge(frame.clear().with_columns(pl.lit(None).alias(name) for name in fields), where)]
    for (kinds, _), places in groups.items():
        columns = [
            pl.Series(
                name,
                [_asked(values[at][number]) for at in places],
                dtype=_TYPES.get(kind, pl.Null),
                strict=False,
            )
            for number, (name, kind) in enumerate(zip(fields, kinds, strict=True))
        ]
        judged.append(judge(frame[places].with_columns(columns), where))
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


def _by_function(shard: Shard, *, where: Callable[[JsonObject], bool]) -> pl.DataFrame:
    """`row, verdict, error`: what the user's function says of each row."""
    out: list[tuple[int, str, str | None]] = []
    for row, value in zip(shard.rows.tolist(), shard.values, strict=True):
        try:
            out.append((row, "true" if where(value) else "false", None))
        except Exception as error:  # noqa: BLE001  # a user's function may raise anything; its text may quote the row
            out.append((row, "failed", f"it raised {type(error).__name__}"))
    return pl.DataFrame(out, schema={"row": pl.Int64, "verdict": pl.String, "error": pl.String}, orient="row")
