"""The same rows laid out otherwise: other shards, another order, a part of them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ftdata.testing.laws.outcome import observe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from ftdata.dataset import Dataset
    from ftdata.dataset.shards import ShardRef

__all__ = ["cut", "permuted", "slice_of", "with_bytes"]


def cut(dataset: Dataset, *, shard_rows: int) -> Dataset:
    """The same Dataset in shards of `shard_rows` rows.

    Args:
        dataset: The rows.
        shard_rows: Rows per shard.
    """
    every = observe(dataset).every
    return dataclasses.replace(
        dataset, shards=_shards(dataset, [every[row] for row in sorted(every)], shard_rows=shard_rows)
    )


def with_bytes(dataset: Dataset, change: Callable[[int, bytes], bytes]) -> Dataset:
    """The same Dataset with other bytes in its rows: `change(row, raw)`.

    Args:
        dataset: The rows.
        change: Gives the new bytes of a row, from its number and its bytes.
    """
    every = observe(dataset).every
    first = min(every, default=0)
    raws = [change(row, every[row]) for row in sorted(every)]
    return dataclasses.replace(dataset, shards=_shards(dataset, raws, shard_rows=max(1, len(raws)), first=first))


def slice_of(dataset: Dataset, start: int, stop: int) -> Dataset:
    """The rows from `start` up to `stop` as a Dataset of their own, with the numbers they have; no events, no notes.

    Args:
        dataset: The rows.
        start: Number of the first row.
        stop: Number behind the last row.
    """
    every = observe(dataset).every
    raws = [every[row] for row in range(start, stop)]
    wanted = (dataset.index["row"] >= start) & (dataset.index["row"] < stop)
    return dataclasses.replace(
        dataset,
        shards=_shards(dataset, raws, shard_rows=max(1, len(raws)), first=start),
        index=dataset.index.filter(wanted),
        marks=dataset.marks.filter(wanted),
        events=(),
        notes={},
    )


def permuted(dataset: Dataset, order: Sequence[int]) -> Dataset:
    """The rows in another order, as if they had been read so.

    Args:
        dataset: A Dataset whose rows are numbered from 0.
        order: For each place the number of the row that goes there.
    """
    import polars as pl

    every = observe(dataset).every
    place = {row: at for at, row in enumerate(order)}
    moved = pl.DataFrame(
        {"row": list(place), "_place": list(place.values())}, schema={"row": pl.Int64, "_place": pl.Int64}
    )

    def renumbered(frame: pl.DataFrame, column: str = "row") -> pl.DataFrame:
        """Row numbers of a column as they are in the new order; null stays null."""
        joined = frame.join(moved.rename({"row": column}), on=column, how="left", maintain_order="left")
        return joined.with_columns(pl.col("_place").alias(column)).select(frame.columns)

    index = renumbered(renumbered(dataset.index), "kept_as")
    size = max(1, max((ref.rows for ref in dataset.shards), default=1))
    return dataclasses.replace(
        dataset,
        shards=_shards(dataset, [every[row] for row in order], shard_rows=size),
        index=index.sort("row"),
        marks=renumbered(dataset.marks).sort("row"),
        events=tuple(renumbered(frame) for frame in dataset.events),
    )


def _shards(dataset: Dataset, raws: Sequence[bytes], *, shard_rows: int, first: int = 0) -> tuple[ShardRef, ...]:
    from ftdata.dataset.shards import write_shard

    return tuple(
        write_shard(dataset.run.path, first + start, raws[start : start + shard_rows])
        for start in range(0, len(raws), shard_rows)
    )
