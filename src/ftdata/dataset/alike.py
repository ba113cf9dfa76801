"""Rows whose texts are alike, found in two passes over the shards and one join where the work is done.

The first pass leaves the band keys of every row in a folder, from which the rows that share one with another row are
told: the candidates. The second leaves the shingle sets of these only, and the join reads both. So no process ever holds
the sets of all rows, and none but the joining one those of all candidates. What is compared, and what follows from it, is
the stage's; `ftdata.near_duplicates` makes and joins the arrays and knows no Dataset.
"""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from ftdata.dataset.dataset import Dataset
    from ftdata.dataset.shards import Shard
    from ftdata.near_duplicates import ShingleSets

    Compared: TypeAlias = tuple[NDArray[np.int64], ShingleSets, pl.DataFrame]
    Named: TypeAlias = Mapping[str, ShingleSets]
    Join: TypeAlias = "Callable[[NDArray[np.uint64], Callable[[str], ShingleSets]], R]"

__all__ = ["KeyedRows", "keyed_rows", "shared_passages"]

R = TypeVar("R")


def shared_passages(dataset: Dataset) -> frozenset[int]:
    """Hashes of the passages of prompts that much of the set shares, now or when they were noted.

    A template stays one when most of the rows that share it are gone as copies.

    Args:
        dataset: The rows.
    """
    from ftdata.near_duplicates import COMMON_PASSAGES, common_lines

    found = common_lines(dataset.map_shards(_counted), rows=len(dataset.index))
    return found | frozenset(dataset.notes.get(COMMON_PASSAGES, ()))


@contextmanager
def keyed_rows(dataset: Dataset, compare: Callable[[Shard], Compared], *, threshold: float) -> Iterator[KeyedRows]:
    """Do the first pass; what it leaves is gone when the context ends.

    Args:
        dataset: The rows.
        compare: Gives, of a shard, the numbers of the rows that have something to compare (int64[N], ascending), their
            sets, and a frame of what else the stage wants to be told of its rows. Picklable.
        threshold: Jaccard similarity that the bands are made for.

    Raises:
        WriteError: The work folder cannot be written.
    """
    with dataset.run.scratch() as folder:
        told = dataset.map_shards(partial(_write_keys, compare=compare, folder=folder, threshold=threshold))
        yield KeyedRows(dataset, told, folder)


@dataclasses.dataclass(frozen=True)
class KeyedRows:
    """Rows whose band keys are written.

    Attributes:
        dataset: The rows.
        told: What the first pass was told of them: the frames of all shards.
        keys: Folder of the keys.
    """

    dataset: Dataset
    told: pl.DataFrame
    keys: Path

    def candidates(self, *, without: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """The rows that share a key with another row: int64, ascending.

        Args:
            without: Rows that count as if they were not there; None for none.
        """
        from ftdata.near_duplicates import rows_with_shared_keys

        left_out = np.empty(0, np.int64) if without is None else without
        return self.dataset.run.call(rows_with_shared_keys, self.keys, without=left_out)

    def join(self, rows: NDArray[np.int64], sets: Callable[[pl.DataFrame], Named], join: Join[R], *, ngram: int) -> R:
        """Do the second pass and the join.

        Args:
            rows: The candidates.
            sets: Gives, of the texts of some rows, the sets of each by name. Picklable.
            join: Takes the candidates' keys (uint64[M, bands]) and a function that gives the sets of a name, and says
                what follows. Called once, where the work is done. Picklable, and so is what it gives.
            ngram: Words per shingle of the sets.

        Raises:
            WriteError: The work folder cannot be written.
        """
        run = self.dataset.run
        marked = self.dataset.mark(pl.DataFrame({"row": rows, "candidate": True}), of="row")
        with run.scratch() as folder:
            marked.map_shards(partial(_write_sets, sets=sets, folder=folder), ("candidate",))
            return run.call(_join, rows, self.keys, folder, join=join, ngram=ngram)


def _counted(shard: Shard) -> pl.DataFrame:
    """How often the passages of a shard's prompts stand there."""
    from ftdata.near_duplicates import count_lines

    return count_lines(shard.texts)


def _write_keys(shard: Shard, *, compare: Callable[[Shard], Compared], folder: Path, threshold: float) -> pl.DataFrame:
    """Write the band keys of a shard's rows and tell what the stage wants to know."""
    from ftdata.near_duplicates import write_keys

    rows, sets, told = compare(shard)
    write_keys(folder, shard.first, rows, sets, threshold=threshold)
    return told


def _write_sets(shard: Shard, *, sets: Callable[[pl.DataFrame], Named], folder: Path) -> pl.DataFrame:
    """Write the sets of the candidates among a shard's rows; a frame of nothing, since no row is told of."""
    from ftdata.near_duplicates import write_sets

    wanted = shard.columns.filter(pl.col("candidate").fill_null(value=False))["row"]
    write_sets(folder, shard.first, sets(shard.texts.filter(pl.col("row").is_in(wanted.implode()))))
    return pl.DataFrame()


def _join(rows: NDArray[np.int64], keys: Path, sets: Path, *, join: Join[R], ngram: int) -> R:
    """What the stage makes of the candidates' keys and sets."""
    from ftdata.near_duplicates import read_keys, read_sets

    return join(read_keys(keys, rows), partial(read_sets, sets, n=ngram))
