"""Describe: how long, how many and by whom, for the whole set and for each group of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from ftdata.errors import RecipeError
from ftdata.stage import settings

if TYPE_CHECKING:
    import polars as pl

    from ftdata.dataset import Dataset, Shard

__all__ = ["Describe"]

_GROUPS: Final = ("split", "origin", "source", "format", "group", "stratum", "generator")
_PRIVATE: Final = frozenset({"group", "stratum", "generator"})
_MEASURES: Final = ("turns", "characters", "content_tokens")


@settings
class Describe:
    """Note the distributions of turns, characters and (after FilterTokens) tokens; no row is touched.

    Every row is marked with `turns` (messages of user and assistant; 1 for rows without messages) and `characters` (of
    all its texts). The note `describe` holds, for all rows and for each group, the number of rows and of each measure
    minimum, median, 95th percentile, maximum, sum and mean. Values of the user's own fields (`group`, `stratum`,
    `generator`) may be private and are shown as numbers, largest group first.

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
        dataset = dataset.mark(dataset.map_shards(_measured), of="text")
        measures = [name for name in _MEASURES if name in dataset.marks.columns]
        import polars as pl

        frame = pl.DataFrame([dataset.column(name) for name in measures])
        groups = [_summary("all", frame)]
        if self.by is not None and (self.by != "split" or "split" in dataset.marks.columns):
            labels = dataset.column(self.by).cast(pl.String)
            for number, name in enumerate(_largest_first(labels), 1):
                shown = f"{self.by} {number}" if self.by in _PRIVATE else str(name)
                groups.append(_summary(shown, frame.filter(labels.eq_missing(name))))
        described = [*dataset.notes.get("describe", []), {"by": self.by or "all", "groups": groups}]
        return dataset.note("describe", [one for i, one in enumerate(described) if one not in described[:i]])


def _largest_first(labels: pl.Series) -> list[str | None]:
    import polars as pl

    counts = labels.value_counts().sort(pl.col("count"), labels.name, descending=[True, False])
    return counts[labels.name].to_list()


def _measured(shard: Shard) -> pl.DataFrame:
    """`row, turns, characters` of a shard's rows."""
    import polars as pl

    kind = pl.col("kind")
    spoken = ~kind.is_in(["leaf", "media", "verdict"]) | ((pl.col("part") == "other") & (kind == "leaf"))
    message = pl.col("path").str.extract(r'^\["messages",(\d+)', 1)
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


def _summary(group: str, frame: pl.DataFrame) -> dict[str, Any]:
    told: dict[str, Any] = {"group": group, "rows": frame.height}
    for name in frame.columns:
        values = frame[name].drop_nulls()
        if not len(values):
            told[name] = {"min": 0, "median": 0, "p95": 0, "max": 0, "sum": 0, "mean": 0}
            continue
        total = int(values.sum())
        told[name] = {
            "min": int(values.min()),  # type: ignore[arg-type]
            "median": int(values.quantile(0.5, "nearest") or 0),
            "p95": int(values.quantile(0.95, "nearest") or 0),
            "max": int(values.max()),  # type: ignore[arg-type]
            "sum": total,
            "mean": round(total / len(values), 1),
        }
    return told
