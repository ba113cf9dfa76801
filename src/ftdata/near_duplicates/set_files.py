"""Shingle sets in files: who makes them writes them, who decides reads them, and nobody in between holds them.

A file has the sets of the candidates of one shard, several texts per row (the whole, the answer ...), each as four
numpy arrays. Reading joins the files of all shards, one text at a time.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np

from ftdata.near_duplicates.shingle import ShingleSets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import DTypeLike, NDArray

__all__ = ["read_sets", "write_sets"]


def write_sets(folder: str | Path, sets: Mapping[str, ShingleSets]) -> str:
    """Write sets to a new file.

    Args:
        folder: Where.
        sets: By name of the text; all of the same rows.

    Returns:
        Path of the file.

    Raises:
        OSError: It cannot be written.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, one in sets.items():
        arrays |= {
            f"{name}.sizes": one.sizes.astype(np.int32),  # 2^31 shingles are the most that are joined
            f"{name}.hashes": one.hashes,
            f"{name}.sequence": one.sequence,
            f"{name}.words": one.words,
        }
    with tempfile.NamedTemporaryFile(dir=folder, prefix="sets-", suffix=".npz", delete=False) as file:
        np.savez(file, allow_pickle=False, **arrays)
    return file.name


def read_sets(files: Sequence[str], name: str, *, n: int) -> ShingleSets:
    """The sets of one text from the files of all shards.

    Args:
        files: Paths of files that `write_sets` made, in the order of their rows.
        name: Name of the text.
        n: Words per shingle the sets were made with.

    Returns:
        The sets of all rows.

    Raises:
        OSError: A file cannot be read.
    """
    sizes = [_array(file, f"{name}.sizes").astype(np.int64) for file in files]
    rows = [len(one) for one in sizes]
    return ShingleSets(
        offsets=np.concatenate([np.zeros(1, np.int64), *sizes]).cumsum(),
        hashes=_joined(files, f"{name}.hashes", [int(one.sum()) for one in sizes], np.uint32),
        sequence=_joined(files, f"{name}.sequence", rows, np.uint64),
        words=_joined(files, f"{name}.words", rows, np.int32),
        n=n,
    )


def _joined(files: Sequence[str], name: str, counts: Sequence[int], dtype: DTypeLike) -> NDArray[Any]:
    """One array of every file, joined: in memory once, and one file's part of it."""
    joined = np.empty(sum(counts), dtype)
    at = 0
    for file, count in zip(files, counts, strict=True):
        joined[at : at + count] = _array(file, name)
        at += count
    return joined


def _array(file: str, name: str) -> NDArray[Any]:
    with np.load(file) as arrays:
        found: NDArray[Any] = arrays[name]
    return found
