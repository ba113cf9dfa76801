"""Keys and sets in files: who makes them writes them, who decides reads them, and nobody in between holds them.

A folder has one file of numpy arrays per shard, named after the number of its first row, so that the files in the order
of their names have the rows in order.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ftdata.errors import work_folder_failed
from ftdata.near_duplicates.shingle import ShingleSets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import DTypeLike, NDArray

__all__ = ["read_keys", "read_sets", "rows_with_shared_keys", "write_keys", "write_sets"]


def write_keys(folder: str | Path, first: int, rows: NDArray[np.int64], sets: ShingleSets, *, threshold: float) -> None:
    """Write the band keys of a shard's rows.

    Half of each 64-bit key is kept: two of a million rows agree in it by accident about once in 4,000 rows and band, and
    such a candidate is refused like any other that is not alike.

    Args:
        folder: Where to; it holds nothing but keys.
        first: Number of the shard's first row.
        rows: int64[N], row numbers, ascending.
        sets: The sets of these rows.
        threshold: Jaccard similarity that the bands are made for.

    Raises:
        WriteError: The file cannot be written.
    """
    from ftdata.near_duplicates.minhash import band_keys, parameters, signatures

    bands, height = parameters(threshold)
    keys = band_keys(signatures(sets), bands=bands, rows=height) >> np.uint64(32)
    _write(folder, first, {"rows": rows, "keys": keys.astype(np.uint32)})


def rows_with_shared_keys(folder: str | Path, *, without: NDArray[np.int64]) -> NDArray[np.int64]:
    """The candidates: rows that share a key with another row.

    Args:
        folder: Where `write_keys` wrote.
        without: int64, rows that count as if they were not there.

    Returns:
        int64, row numbers, ascending.

    Raises:
        OSError: A file cannot be read.
    """
    import polars as pl

    rows, keys = _joined(folder, "rows", np.int64), _joined(folder, "keys", np.uint32)
    there = ~np.isin(rows, without)
    rows, keys = rows[there], keys[there]
    shared = np.zeros(len(rows), np.bool_)
    for band in range(keys.shape[1] if keys.ndim > 1 else 0):
        shared |= pl.Series(keys[:, band]).is_duplicated().to_numpy()
    return rows[shared]


def read_keys(folder: str | Path, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The band keys of some rows.

    Args:
        folder: Where `write_keys` wrote.
        rows: int64[M], row numbers, ascending; all have keys.

    Returns:
        uint64[M, bands].

    Raises:
        OSError: A file cannot be read.
    """
    keys = _joined(folder, "keys", np.uint32)
    return keys[np.searchsorted(_joined(folder, "rows", np.int64), rows)].astype(np.uint64)


def write_sets(folder: str | Path, first: int, sets: Mapping[str, ShingleSets]) -> None:
    """Write the sets of a shard's candidates.

    Args:
        folder: Where to; it holds nothing but sets.
        first: Number of the shard's first row.
        sets: By name of the text (the whole, the answer ...); all of the same rows.

    Raises:
        WriteError: The file cannot be written.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, one in sets.items():
        arrays[f"{name}.sizes"] = one.sizes.astype(np.int32)  # 2^31 shingles are the most that are joined
        arrays[f"{name}.hashes"] = one.hashes
        arrays[f"{name}.sequence"] = one.sequence
        arrays[f"{name}.words"] = one.words
    _write(folder, first, arrays)


def read_sets(folder: str | Path, name: str, *, n: int) -> ShingleSets:
    """The sets of one text, of all rows.

    Args:
        folder: Where `write_sets` wrote.
        name: Name of the text.
        n: Words per shingle the sets were made with.

    Raises:
        OSError: A file cannot be read.
    """
    sizes = _joined(folder, f"{name}.sizes", np.int64)
    return ShingleSets(
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        hashes=_joined(folder, f"{name}.hashes", np.uint32),
        sequence=_joined(folder, f"{name}.sequence", np.uint64),
        words=_joined(folder, f"{name}.words", np.int32),
        n=n,
    )


def _write(folder: str | Path, first: int, arrays: Mapping[str, NDArray[Any]]) -> None:
    try:
        np.savez(Path(folder) / f"{first:020}.npz", allow_pickle=False, **arrays)
    except OSError as error:
        raise work_folder_failed(error, folder) from None


def _joined(folder: str | Path, name: str, dtype: DTypeLike) -> NDArray[Any]:
    """One array of every file, joined."""
    parts: list[NDArray[Any]] = []
    for file in sorted(Path(folder).iterdir()):
        with np.load(file) as arrays:
            parts.append(arrays[name])
    return np.concatenate(parts).astype(dtype, copy=False) if parts else np.empty(0, dtype)
