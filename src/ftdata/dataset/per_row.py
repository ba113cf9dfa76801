"""A per-row stage on every shard, in any process.

A stage that judges every row by itself is given one shard at a time as a Dataset of its own, wherever the engine runs
it, and what it did there is put back together here. The in-process engine takes the same way, so that the bytes cannot
depend on the number of workers.
"""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from ftdata.dataset.marks import stacked
from ftdata.engines.local import LocalEngine
from ftdata.errors import StageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftdata.dataset.dataset import Dataset
    from ftdata.stage import Stage

__all__ = ["apply_per_row"]


def apply_per_row(stage: Stage, dataset: Dataset) -> Dataset:
    """Apply a per-row stage to each shard in the run's engine and join the results.

    Args:
        stage: A stage that says `per_row`.
        dataset: What it is applied to.

    Raises:
        StageError: The stage noted something about the whole set, or made a mark of different types.
    """
    if not dataset.shards:
        return stage(dataset)
    if dataset.step is None:  # outside a pipeline: all that the stage writes is one step of the ledger, on every shard
        return apply_per_row(stage, dataset.at(dataset.place, dataset.last_step + 1)).at(dataset.place, None)
    narrow = [partial(_narrow, dataset, number) for number in range(len(dataset.shards))]
    parts = list(dataset.run.each(partial(_apply, stage), narrow))
    notes: dict[str, Any] = dict(dataset.notes)
    for part in parts:
        if part.notes != parts[0].notes:
            raise StageError("a per-row stage noted something about the whole set", stage=dataset.place)
        notes.update(part.notes)
    marks_of: Mapping[str, Any] = {name: of for part in parts for name, of in part.marks_of.items()}
    marks = stacked([part.marks for part in parts], stage=dataset.place)
    gone = set(dataset.marks_of) - set[str].intersection(*(set(part.marks_of) for part in parts))
    return dataclasses.replace(
        dataset,
        shards=tuple(ref for part in parts for ref in part.shards),
        index=pl.concat([part.index for part in parts]).rechunk(),
        marks=marks.drop([name for name in gone if name in marks.columns]),
        marks_of={name: of for name, of in marks_of.items() if name not in gone},
        events=(*dataset.events, *(frame for part in parts for frame in part.events)),
        notes=notes,
    )


def _narrow(dataset: Dataset, number: int) -> Dataset:
    """One shard as a Dataset of its own: same row numbers, no events, no notes, work done where it lands."""
    ref = dataset.shards[number]
    at = ref.first - dataset.shards[0].first
    return dataclasses.replace(
        dataset,
        shards=(ref,),
        index=dataset.index[at : at + ref.rows],
        marks=dataset.marks[at : at + ref.rows],
        events=(),
        notes={},
        run=dataset.run.on(LocalEngine(), tick=_quiet),
    )


def _apply(stage: Stage, part: Dataset) -> Dataset:
    """What a worker runs: the stage on one shard."""
    return stage(part)


def _quiet(rows: int) -> None:
    """Progress is told by the parent."""
