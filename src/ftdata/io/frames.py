"""Frames to Parquet files, the same bytes for the same frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.errors import WriteError
from ftdata.io.writer import atomic_file

if TYPE_CHECKING:
    import os

    import polars as pl

__all__ = ["ROW_GROUP_ROWS", "write_parquet"]

ROW_GROUP_ROWS = 65_536
"""Rows of a row group: small columns compress well over many rows, and whoever looks up one row reads no more than these."""


def write_parquet(frame: pl.DataFrame, path: str | os.PathLike[str], *, mode: int = 0o666) -> None:
    """Write a frame: zstd, row groups of one size, under its name only when it is whole.

    Args:
        frame: What to write.
        path: The file; replaced when it exists.
        mode: Permissions of the file before the process's umask.

    Raises:
        WriteError: The disk is full, or the file cannot be written.
    """
    import polars as pl

    with atomic_file(path, mode=mode) as file:
        try:
            # One chunk: chunk borders would otherwise show in the pages of the file.
            frame.rechunk().write_parquet(
                file, compression="zstd", compression_level=3, row_group_size=ROW_GROUP_ROWS, statistics=True
            )
        except pl.exceptions.PolarsError as error:
            full = "No space left" in str(error)
            what = "the disk is full; free some space and run again" if full else "the frame cannot be written"
            raise WriteError(what, path=str(path)) from None
