"""Clusters: rows that belong together, by their texts or by what the index says of them, and all that hang on those."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from ftdata.dataset.alike import keyed_rows, shared_passages
from ftdata.dataset.lineage import made_from, same_group, stood_in_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ftdata.dataset.dataset import Dataset
    from ftdata.dataset.lineage import Pairs
    from ftdata.dataset.shards import Shard
    from ftdata.near_duplicates import ShingleSets

__all__ = ["cluster_labels"]


def cluster_labels(dataset: Dataset, *, related: float) -> NDArray[np.int64]:
    """For every row of the index, dropped ones too, the first position of its cluster: int64, one per row.

    Args:
        dataset: The rows; a dropped one belongs to a cluster by its group and by what it was made from.
        related: Least Jaccard similarity of what two rows are related by (see `ftdata.near_duplicates.related`).

    Raises:
        WriteError: The work folder cannot be written.
    """
    from ftdata.near_duplicates import Clusters

    index = dataset.index
    clusters = Clusters(len(index))
    first = int(index["row"][0]) if len(index) else 0
    for left, right in (
        _alike(dataset, related=related),
        same_group(index),
        made_from(index),
        stood_in_for(index),
    ):
        clusters.union(np.asarray(left, np.int64) - first, np.asarray(right, np.int64) - first)
    return clusters.labels()


def _alike(dataset: Dataset, *, related: float) -> Pairs:
    """Kept rows and the first row that each is alike to."""
    from ftdata.near_duplicates import RELATED_NGRAM

    common = shared_passages(dataset)
    with keyed_rows(dataset, partial(_compared, common=common), threshold=related) as keyed:
        rows = keyed.candidates()
        if not len(rows):
            return rows, rows
        sets, join = partial(_sets, common=common), partial(_join, related=related)
        return rows, rows[keyed.join(rows, sets, join, ngram=RELATED_NGRAM)]


def _compared(shard: Shard, *, common: frozenset[int]) -> tuple[NDArray[np.int64], ShingleSets, pl.DataFrame]:
    """What rows are candidates by; nothing else is told of them."""
    from ftdata.near_duplicates import related_sets

    return *related_sets(shard.texts, common=common), pl.DataFrame()


def _sets(texts: pl.DataFrame, *, common: frozenset[int]) -> dict[str, ShingleSets]:
    """The sets in which candidates must be alike."""
    from ftdata.near_duplicates import related_sets

    return {"body": related_sets(texts, common=common)[1]}


def _join(keys: NDArray[np.uint64], sets: Callable[[str], ShingleSets], *, related: float) -> NDArray[np.int64]:
    """For each candidate the first one of its component: int64, positions among them."""
    from ftdata.near_duplicates import components

    return components(keys, sets("body"), threshold=related)
