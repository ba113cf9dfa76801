"""Stages as a user writes them, in a module that worker processes can import."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from typing import TYPE_CHECKING

import polars as pl

from ftdata import StageError, stage

if TYPE_CHECKING:
    from ftdata import Dataset

SECRET = "Zq7Canary of the text"


def texts_of(dataset: Dataset) -> list[str]:
    return [message["content"] for row in dataset.rows() for message in row["messages"]]


@stage(version="1", per_row=True)
def drop_even(dataset: Dataset) -> Dataset:
    """Drops every second row."""
    rows = dataset.column("row")
    gone = rows.filter(rows % 2 == 0)
    return dataset.drop(gone, by="drop_even", reason="even", detail=[{"number": row} for row in gone])


@stage(version="1")
def mark_length(dataset: Dataset) -> Dataset:
    """Marks every row with its bytes."""
    return dataset.mark(dataset.map_shards(lengths), of="text")


def lengths(shard) -> pl.DataFrame:
    return pl.DataFrame(
        {"row": shard.rows, "length": list(map(len, shard.raw))}, schema={"row": pl.Int64, "length": pl.Int64}
    )


class OddError(Exception):
    """An error that cannot be made again from its arguments alone, so that it cannot be unpickled."""

    def __init__(self, text: str, *, needed: int) -> None:
        super().__init__(text)
        self.needed = needed


@stage(per_row=True)
def raises_value_error(dataset: Dataset) -> Dataset:
    raise ValueError(" ".join(texts_of(dataset)) + SECRET)


@stage(per_row=True)
def raises_key_error(dataset: Dataset) -> Dataset:
    return {}[SECRET]


@stage(per_row=True)
def raises_stage_error(dataset: Dataset) -> Dataset:
    raise StageError(" ".join(texts_of(dataset)) + SECRET, stage=SECRET)


@stage(per_row=True)
def raises_odd_error(dataset: Dataset) -> Dataset:
    raise OddError(SECRET, needed=3)


@stage(per_row=True)
def raises_os_error(dataset: Dataset) -> Dataset:
    raise OSError(28, SECRET, SECRET)


@stage(per_row=True)
def raises_memory_error(dataset: Dataset) -> Dataset:
    raise MemoryError(SECRET)


@stage(per_row=True)
def raises_in_a_chain(dataset: Dataset) -> Dataset:
    try:
        int(SECRET)
    except ValueError as error:
        raise RuntimeError(SECRET) from error


@stage(per_row=True)
def raises_from_polars(dataset: Dataset) -> Dataset:
    pl.Series([SECRET]).cast(pl.Int64, strict=True)
    return dataset


RAISING = {
    "raises_value_error": "ValueError",
    "raises_key_error": "KeyError",
    "raises_stage_error": "StageError",
    "raises_odd_error": "OddError",
    "raises_in_a_chain": "RuntimeError",
    "raises_from_polars": "InvalidOperationError",
}


@stage(per_row=True)
def kills_its_process(dataset: Dataset) -> Dataset:
    os.kill(os.getpid(), signal.SIGKILL)
    return dataset


@stage(per_row=True)
def sleeps(dataset: Dataset) -> Dataset:
    time.sleep(600)
    return dataset


def loses_a_row(dataset: Dataset) -> Dataset:
    return dataclasses.replace(dataset, index=dataset.index[1:])


def loses_a_shard(dataset: Dataset) -> Dataset:
    return dataclasses.replace(dataset, shards=dataset.shards[1:])


def turns_rows_round(dataset: Dataset) -> Dataset:
    return dataclasses.replace(dataset, index=dataset.index.reverse())


def revives(dataset: Dataset) -> Dataset:
    kept = pl.lit("kept").cast(dataset.index.schema["status"])
    return dataclasses.replace(dataset, index=dataset.index.with_columns(kept.alias("status")))


def drops_without_a_reason(dataset: Dataset) -> Dataset:
    gone = dataset.drop([int(dataset.kept_rows[-1])], by="x", reason="y")
    return dataclasses.replace(gone, events=dataset.events)


def sets_aside(dataset: Dataset) -> Dataset:
    return dataset.view(dataset.column("row")[:1])


def gives_two_reasons(dataset: Dataset) -> Dataset:
    gone = dataset.drop([int(dataset.kept_rows[-1])], by="x", reason="y")
    return dataclasses.replace(gone, events=(*gone.events, gone.events[-1]))


def forgets_the_ledger(dataset: Dataset) -> Dataset:
    return dataclasses.replace(dataset, events=())


def marks_fewer_rows(dataset: Dataset) -> Dataset:
    return dataclasses.replace(dataset, marks=dataset.marks[1:])


def returns_none(dataset: Dataset) -> None:
    dataset.drop([1], by="x", reason="y")


def marks_a_column_of_ours(dataset: Dataset) -> Dataset:
    return dataset.mark(pl.DataFrame({"row": dataset.column("row"), "fate": ["?"] * len(dataset)}), of="row")


def notes_a_set(dataset: Dataset) -> Dataset:
    return dataset.note("mine", {1, 2})


LAWLESS = {
    loses_a_row: "changed the number of rows",
    loses_a_shard: "changed the number of rows",
    turns_rows_round: "order of the rows",
    revives: "brought back a row",
    drops_without_a_reason: "1 rows left and 0 reasons",
    sets_aside: "rows left and 0 reasons",
    gives_two_reasons: "1 rows left and 2 reasons",
    forgets_the_ledger: "took back what was in the ledger",
    marks_fewer_rows: "marks are not those of the rows",
    returns_none: "it returned NoneType",
    marks_a_column_of_ours: "'fate'",
    notes_a_set: "JSON has no word for",
}


@stage(version="1")
def looks_by_itself(dataset: Dataset) -> Dataset:
    """Can be sent to a worker; what it looks with cannot."""
    dataset.map_shards(lambda shard: pl.DataFrame({"rows": [len(shard)]}))
    return dataset
