"""Stages, conditions and a schema as a user has them, in a module that worker processes can import."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
from typing import TYPE_CHECKING

import polars as pl
from pydantic import BaseModel

from ftdata import SplitError, StageError, stage

if TYPE_CHECKING:
    from ftdata import Dataset
    from ftdata.stage import Stage


class Scored(BaseModel):
    """What a user may ask of rows."""

    text: str
    score: float


def is_short(row: dict) -> bool:
    return len(str(row.get("text"))) < 20


def lengths(shard) -> pl.DataFrame:
    return pl.DataFrame(
        {"row": shard.rows, "bytes": list(map(len, shard.raw))}, schema={"row": pl.Int64, "bytes": pl.Int64}
    )


@stage(version="1", per_row=True)
def drop_short(dataset: Dataset) -> Dataset:
    """Drops rows of few bytes."""
    short = dataset.map_shards(lengths).filter(pl.col("bytes") < 90)
    return dataset.drop(short["row"], by="drop_short", reason="short", detail=[{"bytes": n} for n in short["bytes"]])


@stage(version="1")
def mark_length(dataset: Dataset) -> Dataset:
    """Marks every row with its bytes."""
    return dataset.mark(dataset.map_shards(lengths), of="text")


@dataclasses.dataclass(frozen=True)
class IfItCan:
    """A stage that does nothing where it refuses the set: too few rows to split, no row that a condition can be asked of."""

    stage: Stage
    version = "1"

    def __call__(self, dataset: Dataset) -> Dataset:
        try:
            return self.stage(dataset)
        except (SplitError, StageError):
            return dataset

    @property
    def row_part(self) -> Stage | None:
        """What it does to each row; that refuses nothing."""
        return getattr(self.stage, "row_part", None)


@stage(per_row=True)
def ends_its_worker(dataset: Dataset) -> Dataset:
    """Ends the process that it is in, when that is a worker."""
    if multiprocessing.parent_process() is not None:
        os._exit(1)
    return dataset
