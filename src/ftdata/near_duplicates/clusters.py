"""Rows that belong together: connected components of verified pairs.

A split must not put two copies of one text on both sides, so here a chain does bind: whatever is joined by a path of
truly similar pairs gets one label. The edges are verified, the closure is exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ftdata.near_duplicates.buckets import group
from ftdata.near_duplicates.layers import describe, exact_threshold, few_pairs, judge, lay_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftdata.near_duplicates.shingle import ShingleSets

__all__ = ["Clusters", "components"]

_COMPARE = 1 << 22  # shingles compared at a time when equal texts are collapsed


class Clusters:
    """A partition of 0..n-1 that grows coarser: union-find on whole arrays.

    Args:
        n: How many members there are.

    Example:
        >>> import numpy as np
        >>> clusters = Clusters(5)
        >>> clusters.union(np.array([4, 3]), np.array([3, 1]))
        >>> clusters.labels().tolist()
        [0, 1, 2, 1, 1]
    """

    def __init__(self, n: int) -> None:
        self._parent = np.arange(n, dtype=np.int64)

    def union(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> None:
        """Put `a[i]` and `b[i]` into one cluster, for every i.

        Args:
            a: int64[E], members.
            b: int64[E], members.
        """
        parent = self._parent
        a, b = np.asarray(a, np.int64), np.asarray(b, np.int64)
        while len(a):
            a, b = parent[a], parent[b]
            open_ = a != b
            a, b = a[open_], b[open_]
            # Every root that has a smaller neighbour hangs itself below the smallest; then all paths are made short.
            np.minimum.at(parent, np.maximum(a, b), np.minimum(a, b))
            while not np.array_equal(shorter := parent[parent], parent):
                parent[:] = shorter

    def labels(self) -> NDArray[np.int64]:
        """Give each member its cluster's smallest member, int64[n]."""
        return self._parent.copy()


def components(keys: NDArray[np.uint64], whole: ShingleSets, *, threshold: float) -> NDArray[np.int64]:
    """Label the connected components of all candidate pairs whose true similarity reaches the threshold.

    Args:
        keys: uint64[N, bands], from `band_keys`; rows with an equal key in a column are candidates.
        whole: The sets of N rows. Empty sets are alone.
        threshold: Jaccard similarity in (0, 1]; 0.8 means 4/5, compared in exact integers.

    Returns:
        int64[N], the smallest row number of each row's component. Permuting the rows permutes the components.

    Raises:
        ValueError: The threshold is outside (0, 1], or the lengths differ.
    """
    count = len(whole)
    if len(keys) != count:
        raise ValueError(f"keys and sets must be of the same {count} rows; got {len(keys)} rows of keys")
    num, den = exact_threshold(threshold)
    first = _first_of_equal(whole)
    clusters = Clusters(count)
    clusters.union(np.arange(count), first)

    rows = np.flatnonzero((first == np.arange(count)) & (whole.sizes > 0))
    buckets = group(keys[rows])
    crowded = np.any(buckets.of >= 0, axis=1)
    rows, buckets = rows[crowded], buckets.of_rows(crowded)
    if not len(rows):
        return clusters.labels()
    layers = lay_out([whole], rows)
    optional = np.zeros((len(rows), 1), np.uint8)
    few = few_pairs(buckets, layers)
    if few is not None:
        left, right, _ = judge(layers, optional, few, num, den)
        clusters.union(rows[left], rows[right])
        return clusters.labels()
    from ftdata.near_duplicates import pair_kernels

    reachable, shared, parity = describe(layers, optional, num, den)
    inside = buckets.of_rows(reachable)
    parent = np.arange(int(reachable.sum()))
    pair_kernels.link_rows(
        np.ascontiguousarray(layers.starts[reachable]),
        np.ascontiguousarray(layers.sizes[reachable]),
        np.ascontiguousarray(shared[reachable]),
        np.ascontiguousarray(layers.alone[reachable]),
        np.ascontiguousarray(parity[reachable]),
        layers.hashes,
        inside.of,
        inside.starts,
        inside.members,
        num,
        den,
        parent,
    )
    clusters.union(rows[reachable], rows[reachable][parent])
    return clusters.labels()


def _first_of_equal(sets: ShingleSets) -> NDArray[np.int64]:
    """Give each row the first row of the same word sequence and the same set, itself if there is none.

    A hundred thousand copies of one text would fill their buckets with five billion pairs. The 64-bit hash says which
    texts may be equal, their sets must agree too.
    """
    order = np.argsort(sets.sequence, kind="stable")
    sizes = sets.sizes[order]
    same = (sets.sequence[order][1:] == sets.sequence[order][:-1]) & (sizes[1:] == sizes[:-1]) & (sizes[1:] > 0)
    at = np.flatnonzero(same)
    width = np.cumsum(sizes[at + 1])
    for chunk in np.split(at, np.flatnonzero(np.diff(width // _COMPARE)) + 1):
        pair, later = sets.take(order[chunk]), sets.take(order[chunk + 1])
        differs = np.repeat(np.arange(len(chunk)), pair.sizes)[pair.hashes != later.hashes]
        same[chunk[differs]] = False
    group_start = np.flatnonzero(np.concatenate(([True], ~same)))[: len(order)]
    first = np.empty(len(order), np.int64)
    number = np.cumsum(np.concatenate(([True], ~same)))[: len(order)] - 1
    first[order] = order[group_start][number]  # argsort is stable: the first of a group is its smallest row
    return first
