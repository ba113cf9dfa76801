"""Candidates: rows that stand in one bucket may be near-duplicates.

The joins know only buckets, not where they come from: today from the bands of MinHash signatures, and any other
generator whose candidates are rows that share something (the tokens of an exact prefix filter, say) can take its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Buckets", "group", "pairs"]


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """The buckets of N rows, those with two rows or more.

    Attributes:
        of: int32[N, bands], the row's bucket in each band, -1 where it is alone. Buckets of an earlier band have
            smaller numbers.
        starts: int64[B + 1]; the rows of bucket i are `members[starts[i]:starts[i + 1]]`.
        members: int32, rows, ascending within a bucket.
    """

    of: NDArray[np.int32]
    starts: NDArray[np.int64]
    members: NDArray[np.int32]

    def of_rows(self, keep: NDArray[np.bool_]) -> Buckets:
        """Leave rows out; the others are numbered anew, in order.

        Args:
            keep: bool[N].

        Returns:
            The buckets of the kept rows; some may be left with one row or none.
        """
        inside = keep[self.members]
        number = (np.cumsum(keep) - 1).astype(np.int32)
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(inside, dtype=np.int64)))
        starts = before[self.starts]
        return Buckets(np.ascontiguousarray(self.of[keep]), starts, number[self.members[inside]])

    @property
    def pair_count(self) -> int:
        """Pairs in all buckets together; a pair that shares several counts in each."""
        sizes = np.diff(self.starts)
        return int((sizes * (sizes - 1) // 2).sum())


def group(keys: NDArray[np.uint64]) -> Buckets:
    """Put rows with equal keys in one column into one bucket.

    Args:
        keys: uint64[N, bands].

    Returns:
        The buckets, independent of anything but the keys.
    """
    count, bands = keys.shape
    of = np.full((count, bands), -1, np.int32)
    starts, members = [np.zeros(1, np.int64)], [np.empty(0, np.int32)]
    buckets, filled = 0, 0
    for band in range(bands):
        column = np.ascontiguousarray(keys[:, band])
        rows = _sorted_rows(column)
        same = column[rows[1:]] == column[rows[:-1]]
        crowded = np.zeros(count, np.bool_)
        crowded[1:] = same
        crowded[:-1] |= same
        begins = crowded.copy()
        begins[1:] &= ~same
        number = np.cumsum(begins[crowded]) - 1 + buckets
        inside = rows[crowded]
        of[inside, band] = number
        members.append(inside.astype(np.int32))
        ends = np.append(np.flatnonzero(begins[crowded])[1:], len(inside)) if len(inside) else np.empty(0, np.int64)
        starts.append(ends + filled)
        buckets, filled = buckets + len(ends), filled + len(inside)
    return Buckets(of, np.concatenate(starts), np.concatenate(members))


def _sorted_rows(column: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Order rows by key, then by number.

    Sorting keys whose low bits are replaced by the row number is faster than a stable argsort (measured:
    `benchmarks/twins.py`); it is the same unless two different keys agree in all other bits.
    """
    low = np.uint64(max(len(column) - 1, 1).bit_length())
    mixed = ((column >> low) << low) | np.arange(len(column), dtype=np.uint64)
    mixed.sort()
    rows = (mixed & ((np.uint64(1) << low) - np.uint64(1))).astype(np.int64)
    top = mixed >> low
    ordered = column[rows]
    if bool(((top[1:] == top[:-1]) & (ordered[1:] != ordered[:-1])).any()):
        return np.argsort(column, kind="stable")
    return rows


def pairs(buckets: Buckets) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List each pair of rows that share a bucket once. For small inputs: all pairs stand in memory.

    Args:
        buckets: The buckets of N rows.

    Returns:
        (int64[P], int64[P]), the smaller and the larger row of each pair, ordered by the larger, then the smaller.
    """
    number = np.repeat(np.arange(len(buckets.starts) - 1), np.diff(buckets.starts))
    found = [np.empty(0, np.int64)]
    rows = buckets.members.astype(np.int64)
    count = len(buckets.of)
    for distance in range(1, len(rows)):
        same = number[distance:] == number[:-distance]
        if not same.any():
            break
        found.append(rows[distance:][same] * count + rows[:-distance][same])
    codes = np.unique(np.concatenate(found))
    return codes % count if count else codes, codes // count if count else codes
