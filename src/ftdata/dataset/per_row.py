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
from ftdata.stage import stage_name

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
        StageError: The stage noted something (a note is about the whole set, which it does not see), or made a mark of different types.
    """
    where = dataset.place + stage_name(stage)
    if not dataset.shards:  # no shard, and the same law: what it may do must not depend on how many there are
        after = stage(dataset)
        if after.notes != dataset.notes:
            raise _noted(where)
        return after
    if dataset.step is None:  # outside a pipeline: all that the stage writes is one step of the ledger, on every shard
        return apply_per_row(stage, dataset.at(dataset.place, dataset.last_step + 1)).at(dataset.place, None)
    narrow = [partial(_narrow, dataset, number) for number in range(len(dataset.shards))]
    parts = list(dataset.run.each(partial(_apply, stage), narrow))
    if any(part.notes for part in parts):
        raise _noted(where)
    marks_of: Mapping[str, Any] = {name: of for part in parts for name, of in part.marks_of.items()}
    marks = stacked([part.marks for part in parts], stage=where)
    gone = set(dataset.marks_of) - set[str].intersection(*(set(part.marks_of) for part in parts))
    return dataclasses.replace(
        dataset,
        shards=tuple(ref for part in parts for ref in part.shards),
        index=pl.concat([part.index for part in parts]).rechunk(),
        marks=marks.drop([name for name in gone if name in marks.columns]),
        marks_of={name: of for name, of in marks_of.items() if name not in gone},
        events=(*dataset.events, *(frame for part in parts for frame in part.events)),
    )


def _noted(where: str) -> StageError:
    what = "a per-row stage noted something about the whole set, of which it sees a part"
    return StageError(f"{what}; leave per_row=True away, or note it in a stage behind this one", stage=where)


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
