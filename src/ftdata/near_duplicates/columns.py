"""Shingle sets as columns of a frame and back, so that a worker can send those of its shard to who decides.

The hashes travel as bytes (four per word, little-endian), one cell per text.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from ftdata.near_duplicates.shingle import ShingleSets

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

__all__ = ["sets_from_columns", "sets_of_values", "sets_to_columns"]


def sets_to_columns(sets: ShingleSets, name: str) -> list[pl.Series]:
    """Three columns for N sets: `{name}_hashes` (Binary), `{name}_sequence` (UInt64), `{name}_words` (Int32)."""
    import polars as pl

    data = sets.hashes.astype("<u4", copy=False).tobytes()
    ends = (sets.offsets * 4).tolist()
    cells = [data[start:end] for start, end in itertools.pairwise(ends)]
    return [
        pl.Series(f"{name}_hashes", cells, dtype=pl.Binary),
        pl.Series(f"{name}_sequence", sets.sequence, dtype=pl.UInt64),
        pl.Series(f"{name}_words", sets.words, dtype=pl.Int32),
    ]


def sets_from_columns(frame: pl.DataFrame, name: str, *, n: int) -> ShingleSets:
    """The sets that `sets_to_columns` made columns of; `n` is the words per shingle they were made with."""
    cells = frame[f"{name}_hashes"]
    sizes = cells.bin.size().to_numpy().astype(np.int64) // 4
    return ShingleSets(
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        hashes=np.frombuffer(b"".join(cells), "<u4").astype(np.uint32, copy=False),
        sequence=frame[f"{name}_sequence"].to_numpy(),
        words=frame[f"{name}_words"].to_numpy(),
        n=n,
    )


def sets_of_values(values: Sequence[bytes | None]) -> ShingleSets:
    """Sets that are equal or have nothing in common: one per value, empty for None.

    Args:
        values: Hashes of 8 bytes or more; the first 8 decide.
    """
    there = np.array([value is not None for value in values], bool)
    numbers: NDArray[np.uint64] = np.array(
        [int.from_bytes((value or b"")[:8], "little") for value in values], np.uint64
    )
    return ShingleSets(
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(there)]).astype(np.int64),
        hashes=(numbers[there] >> np.uint64(32)).astype(np.uint32),
        sequence=numbers,
        words=there.astype(np.int32),
        n=1,
    )
