"""Filter: rows for which a condition of the user's own does not hold leave."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field, field_validator

from ftdata.errors import RecipeError, StageError
from ftdata.stage import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from ftdata.dataset import Dataset, Shard
    from ftdata.json_bytes import JsonObject

__all__ = ["CONDITION_FALSE", "Filter"]

CONDITION_FALSE: Final = "condition_false"
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

    per_row: ClassVar[bool] = True

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
        """An expression is its own version; a function has none, so its results are never used again."""
        return "1" if isinstance(self.where, str) else None

    def __call__(self, dataset: Dataset) -> Dataset:
        """Drop the rows for which the condition does not hold."""
        if isinstance(self.where, str):
            names = _expression(self.where).meta.root_names()
            columns = tuple(name for name in names if name in _INDEX or name in dataset.marks.columns)
            fields = tuple(name for name in names if name not in columns)
            told = {"source": [facts.path for facts in dataset.sources]}
            judged = dataset.map_shards(partial(_by_expression, where=self.where, fields=fields, told=told), columns)
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


def _expression(where: str) -> pl.Expr:
    import polars as pl

    try:
        return pl.sql_expr(where)
    except Exception as error:  # noqa: BLE001  # polars raises several kinds for what it cannot parse
        raise RecipeError(f"where: not an SQL expression ({str(error).splitlines()[0]})") from None


def _by_expression(shard: Shard, *, where: str, fields: tuple[str, ...], told: dict[str, list[str]]) -> pl.DataFrame:
    """`row, verdict, error`: true, false, or unknown where a field is missing."""
    import polars as pl

    from ftdata.dataset.index import look_up

    frame = shard.columns
    added: list[pl.Series] = []
    for name in fields:
        if name == "format":
            added.append(pl.Series(name, shard.formats, dtype=pl.String))
        elif name == "source":
            added.append(pl.Series(name, [told["source"][i] for i in shard.sources], dtype=pl.String))
        else:
            values = [look_up(value, name) for value in shard.values]
            try:
                added.append(pl.Series(name, values, strict=True))
            except (TypeError, pl.exceptions.PolarsError):
                return _failed(shard, f"the field {name} holds values of different types")
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
    import polars as pl

    out: list[tuple[int, str, str | None]] = []
    for row, value in zip(shard.rows.tolist(), shard.values, strict=True):
        try:
            out.append((row, "true" if where(value) else "false", None))
        except Exception as error:  # noqa: BLE001  # a user's function may raise anything; its text may quote the row
            out.append((row, "failed", f"it raised {type(error).__name__}"))
    return pl.DataFrame(out, schema={"row": pl.Int64, "verdict": pl.String, "error": pl.String}, orient="row")


def _failed(shard: Shard, why: str) -> pl.DataFrame:
    import polars as pl

    rows = shard.rows.tolist()
    return pl.DataFrame(
        {"row": rows, "verdict": ["failed"] * len(rows), "error": [why] * len(rows)},
        schema={"row": pl.Int64, "verdict": pl.String, "error": pl.String},
    )
