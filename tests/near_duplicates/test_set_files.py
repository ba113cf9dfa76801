"""Sets survive the way through files, whatever rows are in which file."""

from __future__ import annotations

import tempfile

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.near_duplicates import ShingleSets, read_sets, shingle, write_sets

TEXTS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=9).map(" ".join), max_size=6)


def sets_of(texts: list[str]) -> ShingleSets:
    return shingle(pl.Series("t", texts, dtype=pl.String), n=2)


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_the_sets_of_several_files_are_those_of_all_rows(shards: list[list[str]]) -> None:
    """Also of a file without rows, also of no file at all, and each text of a row by its name."""
    with tempfile.TemporaryDirectory() as folder:
        files = [
            write_sets(folder, {"whole": sets_of(texts), "answer": sets_of([text[:5] for text in texts])})
            for texts in shards
        ]
        back = {name: read_sets(files, name, n=2) for name in ("whole", "answer")}
    for name, end in (("whole", None), ("answer", 5)):
        told = sets_of([text[:end] for texts in shards for text in texts])
        for field in ("offsets", "hashes", "sequence", "words"):
            one, other = getattr(back[name], field), getattr(told, field)
            assert np.array_equal(one, other), (name, field)
            assert one.dtype == other.dtype, (name, field)
    assert back["whole"].n == 2


def test_a_file_that_is_gone_is_an_error_of_the_machine(tmp_path) -> None:
    with pytest.raises(OSError, match=r"sets-0\.npz"):
        read_sets([str(tmp_path / "sets-0.npz")], "whole", n=2)
