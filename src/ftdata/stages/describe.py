"""Describe: how long, how many and by whom, for the whole set and for each group of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from ftdata.errors import RecipeError
from ftdata.stage import settings
from ftdata.texts import BESIDE

if TYPE_CHECKING:
    import polars as pl

    from ftdata.dataset import Dataset, Shard

__all__ = ["Describe"]

_GROUPS: Final = ("split", "origin", "source", "format", "group", "stratum", "generator")
_PRIVATE: Final = frozenset({"group", "stratum", "generator"})
_MEASURES: Final = ("turns", "characters", "content_tokens")
MOST_GROUPS: Final = 50
"""Groups that are shown: two screens of a terminal. A set of support tickets has a group per customer, thousands."""


@settings
class Describe:
    """Note the distributions of turns, characters and (after FilterTokens) tokens; no row is touched.

    Every row is marked with `turns` (messages of user and assistant; 1 for rows without messages) and `characters` (of
    all its texts). The note `describe` holds, for all rows and for each group, the number of rows and of each measure
    minimum, median, 95th percentile, maximum, sum and mean. Values of the user's own fields (`group`, `stratum`,
    `generator`) may be private and are shown as numbers. The largest groups come first, and at most 50 are shown; then
    `not_shown` says how many groups and rows are left.

    Attributes:
        by: `split`, `origin`, `source`, `format`, `group`, `stratum` or `generator`; None for the whole set only.
    """

    by: str | None = None

    version: ClassVar[str] = "1"

    def __post_init__(self) -> None:
        if self.by is not None and self.by not in _GROUPS:
            raise RecipeError(f"Describe: by={self.by!r} is not known; there are: {', '.join(_GROUPS)}")

    def __call__(self, dataset: Dataset) -> Dataset:
        """Mark and note."""
        import polars as pl

        dataset = dataset.mark(dataset.map_shards(_measured), of="text")
        measures = [name for name in _MEASURES if name in dataset.marks.columns]
        frame = pl.DataFrame([dataset.column(name) for name in measures])
        told: dict[str, Any] = {"by": self.by or "all", "groups": _summaries(frame.with_columns(label=pl.lit("all")))}
        if self.by is not None and (self.by != "split" or "split" in dataset.marks.columns):
            labels = dataset.column(self.by).cast(pl.String).alias("label")
            groups = _summaries(frame.with_columns(labels))
            shown = groups[:MOST_GROUPS]
            for number, group in enumerate(shown, 1):
                group["group"] = f"{self.by} {number}" if self.by in _PRIVATE else str(group["group"])
            told["groups"] += shown
            if groups[MOST_GROUPS:]:
                told["not_shown"] = {
                    "groups": len(groups) - MOST_GROUPS,
                    "rows": sum(group["rows"] for group in groups[MOST_GROUPS:]),
                }
        described = [*dataset.notes.get("describe", []), told]
        return dataset.note("describe", [one for i, one in enumerate(described) if one not in described[:i]])


def _measured(shard: Shard) -> pl.DataFrame:
    """`row, turns, characters` of a shard's rows."""
    import polars as pl

    kind = pl.col("kind")
    spoken = ~kind.is_in(["leaf", "media", "verdict", *BESIDE]) | ((pl.col("part") == "other") & (kind == "leaf"))
    message = pl.col("path").str.extract(r'^\["[^"]+",(\d+)', 1)
    turn = message.filter((pl.col("part") == "messages") & pl.col("role").is_in(["user", "assistant"]))
    counted = shard.texts.group_by("row", maintain_order=True).agg(
        turn.n_unique().cast(pl.Int64).alias("turns"),
        pl.col("text").filter(spoken).str.len_chars().sum().cast(pl.Int64).alias("characters"),
    )
    return (
        pl.DataFrame({"row": shard.rows}, schema={"row": pl.Int64})
        .join(counted, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("turns").fill_null(0).clip(1), pl.col("characters").fill_null(0))
    )


def _summaries(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Group, rows and the distribution of each measure, for each value of `label`: the largest group first."""
    import polars as pl

    measures = [name for name in frame.columns if name != "label"]
    found = [pl.len().alias("rows")]
    for name in measures:
        values = pl.col(name).drop_nulls()
        found += [
            values.min().alias(f"{name} min"),
            values.quantile(0.5, "nearest").alias(f"{name} median"),
            values.quantile(0.95, "nearest").alias(f"{name} p95"),
            values.max().alias(f"{name} max"),
            values.sum().alias(f"{name} sum"),
            values.len().alias(f"{name} len"),
        ]
    told = frame.group_by("label").agg(found) if frame.height else frame.select(pl.lit("all").alias("label"), *found)
    return [
        {"group": one["label"], "rows": one["rows"], **{name: _distribution(one, name) for name in measures}}
        for one in told.sort("rows", "label", descending=[True, False], nulls_last=False).iter_rows(named=True)
    ]


def _distribution(told: dict[str, Any], name: str) -> dict[str, int | float]:
    """The numbers of one measure; all are 0 where no row has it."""
    numbers = {key: int(told[f"{name} {key}"] or 0) for key in ("min", "median", "p95", "max", "sum")}
    return {**numbers, "mean": round(numbers["sum"] / max(told[f"{name} len"], 1), 1)}
