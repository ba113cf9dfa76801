"""Keys and sets survive the way through files, whatever rows are in which file."""

from __future__ import annotations

import errno
import tempfile

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata import WriteError
from ftdata.near_duplicates import (
    ShingleSets,
    band_keys,
    parameters,
    read_keys,
    read_sets,
    rows_with_shared_keys,
    shingle,
    signatures,
    write_keys,
    write_sets,
)

TEXTS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=9).map(" ".join), max_size=6)


def sets_of(texts: list[str]) -> ShingleSets:
    return shingle(pl.Series("t", texts, dtype=pl.String), n=2)


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_the_sets_of_several_files_are_those_of_all_rows(shards: list[list[str]]) -> None:
    """Also of a file without rows, also of no file at all, and each text of a row by its name."""
    with tempfile.TemporaryDirectory() as folder:
        first = 0
        for texts in shards:
            write_sets(folder, first, {"whole": sets_of(texts), "answer": sets_of([text[:5] for text in texts])})
            first += len(texts) + 1
        back = {name: read_sets(folder, name, n=2) for name in ("whole", "answer")}
    for name, end in (("whole", None), ("answer", 5)):
        told = sets_of([text[:end] for texts in shards for text in texts])
        for field in ("offsets", "hashes", "sequence", "words"):
            one, other = getattr(back[name], field), getattr(told, field)
            assert np.array_equal(one, other), (name, field)
            assert one.dtype == other.dtype, (name, field)
    assert back["whole"].n == 2


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, max_size=4), st.data())
def test_rows_that_share_a_key_are_found_over_all_files(shards: list[list[str]], data: st.DataObject) -> None:
    """What an oracle that compares all pairs of keys finds, without the rows that are not to count."""
    bands, height = parameters(0.8)
    with tempfile.TemporaryDirectory() as folder:
        number, first, told = 10, 10, {}
        for texts in shards:
            rows = np.arange(number, number + 2 * len(texts), 2)  # every other row is dropped already
            write_keys(folder, first, rows, sets_of(texts), threshold=0.8)
            keys = (band_keys(signatures(sets_of(texts)), bands=bands, rows=height) >> np.uint64(32)).tolist()
            told |= dict(zip(rows.tolist(), keys, strict=True))
            number += 2 * len(texts) + 1
            first = number
        without = data.draw(st.sets(st.sampled_from(sorted(told)))) if told else set()
        found = rows_with_shared_keys(folder, without=np.array(sorted(without), np.int64))
        there = {row: keys for row, keys in told.items() if row not in without}
        assert found.tolist() == [
            row
            for row, keys in there.items()
            if any(a == b for other in there if other != row for a, b in zip(keys, there[other], strict=True))
        ]
        if told:
            assert read_keys(folder, np.array(sorted(there), np.int64)).tolist() == list(there.values())


def test_files_are_read_in_the_order_of_their_rows(tmp_path) -> None:
    """Not in that in which they were written: workers are not equally fast."""
    for first, text in ((100, "b"), (9, "a"), (1_000, "c")):
        write_sets(tmp_path, first, {"whole": sets_of([text])})
    assert read_sets(tmp_path, "whole", n=2).sequence.tolist() == sets_of(["a", "b", "c"]).sequence.tolist()


def test_a_folder_that_is_gone_is_an_error_of_the_machine(tmp_path) -> None:
    with pytest.raises(OSError, match="gone"):
        read_sets(tmp_path / "gone", "whole", n=2)


def test_a_full_disk_is_told_with_what_to_do(tmp_path, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for folder, words in ((tmp_path / "ftdata-x" / "keys", "set TMPDIR"), (tmp_path / ".ftdata-out-x", "write --out")):
        with pytest.raises(WriteError, match=f"No space left.*{words} .*on another disk"):
            write_sets(folder, 0, {"whole": sets_of(["a"])})
