"""The files of two runs are compared byte for byte, and a difference is told where it is."""

from __future__ import annotations

import io

import polars as pl
import pytest

from ftdata import Dataset, Deduplicate, FtdataError
from ftdata.testing.laws import files
from testing.laws import some_stages

ROWS = [{"text": "a text that is long enough " * count} for count in (1, 4, 4, 5)]
NAMES = ("one", "other")


def test_the_files_of_a_run_are_the_same_on_workers_that_are_started_once() -> None:
    data = Dataset.from_rows(ROWS, shard_rows=1)
    alone = files.files_of_run(some_stages.drop_short, data)
    assert {"data.jsonl", "rejected.jsonl", "ledger.parquet", "rows.parquet", "manifest.json"} <= alone.keys()
    assert files.files_of_run(some_stages.drop_short, data, workers=2) == alone
    engine = files._engines[2]
    assert files.files_of_run(Deduplicate(), data, workers=2) != alone
    assert files._engines[2] is engine


def test_what_a_run_refuses_is_compared_too_and_workers_that_ended_are_started_anew() -> None:
    data = Dataset.from_rows(ROWS, shard_rows=2)
    assert list(files.files_of_run(refuses, data)) == ["the error"]
    told = files.files_of_run(some_stages.ends_its_worker, data, workers=2)
    assert b"a worker process ended" in told["the error"]
    assert "data.jsonl" in files.files_of_run(some_stages.drop_short, data, workers=2)


def refuses(dataset: Dataset) -> Dataset:
    raise FtdataError("no")


def table(*values: int) -> bytes:
    written = io.BytesIO()
    pl.DataFrame({"row": values}).write_parquet(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ({"a": b""}, {}, r"other files are written\s+one: \['a'\]\s+other: \[\]"),
        ({"a": b"1\n2\n"}, {"a": b"1\n3\n"}, r"a has other bytes\s+one: b'2'\s+other: b'3'"),
        ({"a": b"1\n"}, {"a": b"1"}, r"a has other bytes\s+one: b''\s+other: 'nothing else'"),
        ({"a": table(1, 2)}, {"a": table(1, 3)}, r"one: \{'row': 2\}\s+other: \{'row': 3\}"),
    ],
)
def test_a_difference_is_told_where_it_is(one, other, told) -> None:
    with pytest.raises(AssertionError, match=rf"determinism: .*\s*{told}"):
        files.differ_in_files("determinism", one, other, names=NAMES)


def test_the_same_files_are_no_difference() -> None:
    files.differ_in_files("determinism", {"a": table(1)}, {"a": table(1)}, names=NAMES)
