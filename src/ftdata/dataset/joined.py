"""Two Datasets as one: numbers move, no bytes do."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftdata.dataset.dataset import Dataset
    from ftdata.dataset.sources import SourceFacts

__all__ = ["joined"]


def joined(left: Dataset, right: Dataset) -> Dataset:
    """The rows of both, those of `left` first; row and source numbers of `right` shift, in all frames alike.

    Args:
        left: A Dataset.
        right: Another one; its rows come behind.
    """
    rows, sources = len(left.index), len(left.sources)
    shift = pl.col("row") + rows
    far = pl.col("source") + pl.lit(sources, pl.UInt32)
    step = left.last_step
    index = right.index.with_columns(shift, far, pl.col("kept_as") + rows)
    events = tuple(frame.with_columns(shift, far, pl.col("step").cast(pl.Int32)) for frame in right.events)
    return dataclasses.replace(
        left,
        shards=(*left.shards, *(dataclasses.replace(ref, first=ref.first + rows) for ref in right.shards)),
        index=pl.concat([left.index, index]),
        sources=(*left.sources, *_renamed(left.sources, right.sources)),
        run=left.run.joined(right.run),
        marks=pl.concat([left.marks, right.marks.with_columns(shift)], how="diagonal"),
        marks_of={**right.marks_of, **left.marks_of},
        events=(*left.events, *events),
        notes={**right.notes, **left.notes},
        place="",
        step=None if step == 0 else left.step,
    )


def _renamed(left: Sequence[SourceFacts], right: Sequence[SourceFacts]) -> list[SourceFacts]:
    """The sources of the right side; rows from memory get a name that no source of the left side has."""
    taken = {facts.path for facts in left}
    renamed: list[SourceFacts] = []
    for facts in right:
        path, number = facts.path, 2
        while facts.path.startswith("memory") and path in taken:
            path, number = f"memory-{number}", number + 1
        taken.add(path)
        renamed.append(dataclasses.replace(facts, path=path))
    return renamed
