"""The same frame gives the same bytes."""

from __future__ import annotations

import polars as pl
import pytest

from ftdata.errors import WriteError
from ftdata.io import frames
from ftdata.io.frames import write_parquet


def test_chunks_and_repetition_leave_no_trace(tmp_path):
    whole = pl.DataFrame({"row": range(1_000), "raw": [b"x" * n for n in range(1_000)]})
    pieces = pl.concat([whole[:10], whole[10:777], whole[777:]], rechunk=False)
    for number, frame in enumerate([whole, whole, pieces]):
        write_parquet(frame, tmp_path / f"{number}.parquet")
    first, *others = [(tmp_path / f"{number}.parquet").read_bytes() for number in range(3)]
    assert others == [first, first]
    assert pl.read_parquet(tmp_path / "0.parquet").equals(whole)


def test_the_mode_is_that_of_the_file(tmp_path):
    write_parquet(pl.DataFrame({"a": [1]}), tmp_path / "a.parquet", mode=0o600)
    assert (tmp_path / "a.parquet").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise pl.exceptions.ComputeError("parquet: No space left on device (os error 28)")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(WriteError, match="disk is full"):
        frames.write_parquet(pl.DataFrame({"a": [1]}), tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []
