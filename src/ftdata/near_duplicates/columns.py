"""Band keys as columns of a frame and back, so that a worker can send those of its shard to who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ftdata.near_duplicates.shingle import ShingleSets

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

__all__ = [
    "candidates",
    "keys_from_columns",
    "keys_to_columns",
    "sets_of_values",
]


def sets_of_values(values: pl.Series) -> ShingleSets:
    """Sets that are equal or have nothing in common: one per value (UInt64 hashes), empty for null."""
    there = values.is_not_null().to_numpy()
    numbers: NDArray[np.uint64] = values.fill_null(0).to_numpy().astype(np.uint64)
    return ShingleSets(
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(there)]).astype(np.int64),
        hashes=(numbers[there] >> np.uint64(32)).astype(np.uint32),
        sequence=numbers,
        words=there.astype(np.int32),
        n=1,
    )


def keys_to_columns(sets: ShingleSets, *, threshold: float) -> list[pl.Series]:
    """The band keys of N sets as columns `band_0`, `band_1` ... (UInt32).

    Half of each 64-bit key is sent: two of a million rows agree in it by accident about once in 4,000 rows and band, and
    such a candidate is refused like any other that is not alike.
    """
    import polars as pl

    from ftdata.near_duplicates.minhash import band_keys, parameters, signatures

    bands, rows = parameters(threshold)
    keys = band_keys(signatures(sets), bands=bands, rows=rows) >> np.uint64(32)
    return [pl.Series(f"band_{i}", keys[:, i].astype(np.uint32), dtype=pl.UInt32) for i in range(bands)]


def keys_from_columns(frame: pl.DataFrame) -> NDArray[np.uint64]:
    """The keys that `keys_to_columns` made columns of: uint64[N, bands]."""
    bands = _bands(frame)
    keys = np.empty((frame.height, len(bands)), np.uint64)
    for i, name in enumerate(bands):
        keys[:, i] = frame[name].to_numpy()
    return keys


def candidates(frame: pl.DataFrame) -> pl.DataFrame:
    """The lines of a frame of keys that share a key with another line."""
    import polars as pl

    return frame.filter(pl.any_horizontal(pl.col(name).is_duplicated() for name in _bands(frame)))


def _bands(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name.startswith("band_")]
