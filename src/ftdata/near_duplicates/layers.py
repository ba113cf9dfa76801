"""The sets that a pair is judged by, side by side, and the exact arithmetic of the judgement.

A layer is one text of every row: the parts first (the fewest shingles first, so that what is cheap refuses first), the
whole last. Only rows that can have a partner at all are laid out: their sets are copied next to each other, the rest
costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from ftdata.near_duplicates.buckets import pairs
from ftdata.near_duplicates.shingle import kernels_loaded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftdata.near_duplicates.buckets import Buckets
    from ftdata.near_duplicates.shingle import ShingleSets

__all__ = ["MAY_LEAVE", "MAY_STAY", "Layers", "describe", "exact_threshold", "few_pairs", "judge", "lay_out"]

MAY_STAY, MAY_LEAVE = 1, 2  # bits; a compiled kernel takes numbers, not names
"""A text may be missing in the partner that stays, or in the one that leaves."""

_SMALL_PAIRS = 100_000  # up to here numpy is done before numba is even loaded
_SMALL_SHINGLES = 4_000_000  # shingles of all pairs together
_LARGEST = (1 << 31) - 1  # no set has more shingles; products of two such numbers fit int64


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The sets of M rows in L layers.

    Attributes:
        starts: int64[M, L], where a set begins in `hashes`.
        sizes: int32[M, L].
        alone: uint64[M, L]: for a text that is one shingle its 64-bit hash, else 0. Two such texts are equal only if
            these are: 32 bits would make unrelated short texts equal now and then.
        hashes: uint32, all sets, layer by layer.
    """

    starts: NDArray[np.int64]
    sizes: NDArray[np.int32]
    alone: NDArray[np.uint64]
    hashes: NDArray[np.uint32]


def exact_threshold(threshold: float) -> tuple[int, int]:
    """Write a threshold as a fraction that decides every comparison in integers.

    The number meant is the one written: 0.8 is 4/5, not the float beside it. `overlap / union >= threshold` holds
    exactly when `overlap * den >= num * union`; a threshold with many digits is replaced by the next fraction above
    it whose parts fit 31 bits, which decides every pair of sets of up to 2^31 shingles alike.

    Args:
        threshold: Jaccard similarity in (0, 1].

    Returns:
        (num, den), both in 1..2^31 - 1.

    Raises:
        ValueError: The threshold is outside (0, 1].
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"a threshold lies in (0, 1]; got {threshold}")
    exact = Fraction(str(threshold))
    near = exact.limit_denominator(_LARGEST)
    if near < exact:  # its right neighbour among fractions of that size (Farey sequence)
        p, q = near.numerator, near.denominator
        den = _LARGEST - (_LARGEST + pow(p, -1, q)) % q
        near = Fraction((1 + p * den) // q, den)
    return near.numerator, near.denominator


def lay_out(layers: Sequence[ShingleSets], rows: NDArray[np.int64]) -> Layers:
    """Copy the sets of some rows, layer by layer.

    Args:
        layers: L collections of N sets.
        rows: int64[M], the rows to copy, in this order.

    Returns:
        Their layers.
    """
    chosen = [sets.take(rows) for sets in layers]
    base = np.cumsum([0, *(len(sets.hashes) for sets in chosen)])
    starts = np.stack([sets.offsets[:-1] + at for sets, at in zip(chosen, base, strict=False)], axis=1)
    sizes = np.stack([sets.sizes for sets in chosen], axis=1).astype(np.int32)
    alone = np.stack(
        [np.where((sets.sizes == 1) & (sets.words <= sets.n), sets.sequence, np.uint64(0)) for sets in chosen], axis=1
    )
    hashes = chosen[0].hashes if len(chosen) == 1 else np.concatenate([sets.hashes for sets in chosen])
    return Layers(np.ascontiguousarray(starts), np.ascontiguousarray(sizes), np.ascontiguousarray(alone), hashes)


def few_pairs(buckets: Buckets, layers: Layers) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """List the pairs to judge, where they are so few that numpy is done with them before the compiled loops are loaded.

    Args:
        buckets: The buckets of M rows.
        layers: Their sets.

    Returns:
        The two rows of each pair, as `pairs` gives them; None where compiled loops are quicker, or loaded already.
    """
    if buckets.pair_count > _SMALL_PAIRS or kernels_loaded():
        return None
    left, right = pairs(buckets)
    return (left, right) if int(layers.sizes[left].sum(dtype=np.int64)) <= _SMALL_SHINGLES else None


def judge(
    layers: Layers,
    optional: NDArray[np.uint8],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    num: int,
    den: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Keep the pairs that reach the threshold in every layer, by whole-array operations: for small inputs.

    Args:
        layers: The sets of M rows.
        optional: uint8[M, L], whether a partner without this text is as good: `MAY_STAY`, `MAY_LEAVE`, both or 0.
        pairs: int64[P] twice, the rows of each pair: the one that may stay, and the one that may leave.
        num: Threshold, numerator.
        den: Threshold, denominator.

    Returns:
        The rows of the Q pairs that do, int64[Q] twice, and int64[Q], the shingles their wholes share.
    """
    left, right = pairs
    found = np.zeros(len(left), np.int64)
    for layer in range(layers.sizes.shape[1]):
        sizes = layers.sizes[:, layer].astype(np.int64)
        a, b = sizes[left], sizes[right]
        found = np.zeros(len(left), np.int64)
        both = np.minimum(a, b) * den >= np.maximum(a, b) * num
        both &= (a > 0) & (b > 0)
        found[both] = _overlaps(layers, layer, left[both], right[both])
        good = both & (found * den >= (a + b - found) * num)
        good |= (a == b) & (a == 0)
        good |= (a > 0) & (b == 0) & (optional[left, layer] & MAY_LEAVE > 0)
        good |= (b > 0) & (a == 0) & (optional[right, layer] & MAY_STAY > 0)
        left, right, found = left[good], right[good], found[good]
    return left, right, found


def _overlaps(layers: Layers, layer: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count what each pair of filled sets shares in one layer."""
    sizes, starts = layers.sizes[:, layer].astype(np.int64), layers.starts[:, layer]
    low = int(starts[0])  # the layer's sets stand one after another, rows ascending
    row = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes) << np.uint64(32)
    table = row | layers.hashes[low : low + len(row)]
    swap = sizes[left] > sizes[right]
    small, large = np.where(swap, right, left), np.where(swap, left, right)
    pair = np.repeat(np.arange(len(left)), sizes[small])
    inner = np.arange(len(pair)) - np.repeat(np.cumsum(sizes[small]) - sizes[small], sizes[small])
    wanted = (large[pair].astype(np.uint64) << np.uint64(32)) | layers.hashes[starts[small][pair] + inner]
    at = np.minimum(np.searchsorted(table, wanted), max(len(table) - 1, 0))
    found = np.bincount(pair[table[at] == wanted], minlength=len(left))
    one, other = layers.alone[left, layer], layers.alone[right, layer]
    found[(one != other) & (one != 0) & (other != 0)] = 0
    return found


def describe(
    layers: Layers, optional: NDArray[np.uint8], num: int, den: int
) -> tuple[NDArray[np.bool_], NDArray[np.int32], NDArray[np.uint64]]:
    """Find what refuses a pair, or a row as a whole, without a look at the sets.

    A row of k shingles, s of them found elsewhere too, shares at most s with any other, so its similarity to any is at
    most s / k. On a template whose slots are filled with words of their own this refuses a pair by two numbers. The
    parity bitmap of the whole refuses most of the rest.

    Args:
        layers: The sets of M rows.
        optional: uint8[M, L], as in `judge`.
        num: Threshold, numerator.
        den: Threshold, denominator.

    Returns:
        bool[M], false for a row that no other can reach; int32[M, L], s of each row and layer, an upper bound;
        uint64[M, 8], the bitmaps.
    """
    from ftdata.near_duplicates import pair_kernels

    count, depth = layers.sizes.shape
    shared, parity = np.empty((count, depth), np.int32), np.empty((count, 8), np.uint64)
    for layer in range(depth):
        tokens = int(layers.sizes[:, layer].sum(dtype=np.int64))
        bits = min(26, max(12, tokens.bit_length() + 2))  # 64 MB at most
        column = np.empty(count, np.int32)
        pair_kernels.describe_sets(layers.starts, layers.sizes, layers.hashes, layer, bits, column, parity)
        shared[:, layer] = column
    reach = shared.astype(np.int64) * den >= layers.sizes.astype(np.int64) * num
    return (reach | (optional > 0) | (layers.sizes == 0)).all(axis=1), shared, parity
