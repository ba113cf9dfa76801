"""Sets to signatures to band keys: which pairs are worth comparing.

MinHash (Broder 1997) with banded locality-sensitive hashing (Indyk and Motwani 1998). The signatures are those of
datasketch 2.0, scheme affine32, bit for bit: a row of them can be handed to `datasketch.LeanMinHash` and to any index
built on it. Nothing is decided here: keys propose, `join` and `clusters` decide by the true similarity.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from ftdata.near_duplicates.shingle import fmix64, kernels_loaded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftdata.near_duplicates.shingle import ShingleSets

__all__ = ["NUM_PERM", "RECALL", "band_keys", "expected_recall", "parameters", "signatures"]

NUM_PERM = 128
"""Permutations per signature: the customary number, 512 bytes per row."""

RECALL = 0.99
"""Share of pairs AT the threshold that the bands must propose; pairs above it are found more surely."""

_SMALL_SHINGLES = 200_000  # up to here numpy is done before numba is even loaded
_KEY_ROWS = 1 << 16  # signatures turned into keys at a time


def signatures(sets: ShingleSets, *, num_perm: int = NUM_PERM, seed: int = 1) -> NDArray[np.uint32]:
    """Compute the MinHash signature of each set, as datasketch 2.0 does with scheme affine32.

    Args:
        sets: N shingle sets.
        num_perm: Number of permutations K.
        seed: Seed of the permutations; datasketch's default is 1.

    Returns:
        uint32[N, K]; the smallest `a[j] * fmix32(shingle) + b[j]` mod 2^32 of each set, all ones for an empty set.

    Raises:
        ValueError: `num_perm` is below 1.
    """
    if num_perm < 1:
        raise ValueError(f"a signature has at least 1 permutation; got num_perm={num_perm}")
    a, b = _permutations(num_perm, seed)
    if len(sets.hashes) <= _SMALL_SHINGLES and not kernels_loaded():
        return _signatures_numpy(sets, a, b)
    from ftdata.near_duplicates import kernels

    out = np.empty((len(sets), num_perm), np.uint32)
    kernels.sign_sets(sets.offsets, sets.hashes, a, b, out)
    return out


def _permutations(num_perm: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Draw the factors and summands in datasketch's order (datasketch.MinHash._init_permutations, 2.0)."""
    draw = np.random.RandomState(seed)  # the legacy generator, whose stream numpy promises never to change
    a = draw.randint(0, 1 << 31, num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return a, draw.randint(0, 1 << 32, num_perm, dtype=np.uint32)


def _signatures_numpy(sets: ShingleSets, a: NDArray[np.uint32], b: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Do what `kernels.sign_sets` does, one permutation at a time: slower, ready at once."""
    out = np.full((len(sets), len(a)), 0xFFFFFFFF, np.uint32)
    filled = np.flatnonzero(sets.sizes)
    if not len(filled):
        return out
    h = sets.hashes ^ (sets.hashes >> np.uint32(16))
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    starts = sets.offsets[:-1][filled]
    for j, (factor, summand) in enumerate(zip(a, b, strict=True)):
        out[filled, j] = np.minimum.reduceat(h * factor + summand, starts)
    return out


def parameters(threshold: float, *, num_perm: int = NUM_PERM) -> tuple[int, int]:
    """Choose the bands for a threshold.

    Long bands propose few false pairs, short bands miss few true ones. Verification pays for false pairs, nothing
    brings back a missed one: so the longest band with which all the permutations together reach `RECALL` at the
    threshold. A fixed 14 x 8, made for 0.8, would find 56 % of the pairs at 0.7 and 21 % at 0.6.

    ==========  ======  ======  ==============================
    threshold   bands   rows    expected recall at threshold
    ==========  ======  ======  ==============================
    0.5         42      3       0.9963
    0.6         42      3       1.0000
    0.7         32      4       0.9998
    0.8         21      6       0.9983
    0.9         12      10      0.9942
    0.95        8       16      0.9903
    ==========  ======  ======  ==============================

    Below about 0.036 no choice of 128 permutations reaches 0.99; then it is one permutation per band.

    Args:
        threshold: Jaccard similarity in (0, 1].
        num_perm: Permutations of the signatures.

    Returns:
        (bands, rows per band), `bands * rows <= num_perm`.

    Raises:
        ValueError: The threshold is outside (0, 1], or `num_perm` is below 1.
    """
    if not 0 < threshold <= 1 or num_perm < 1:
        raise ValueError(f"a threshold lies in (0, 1] and num_perm is at least 1; got {threshold} and {num_perm}")
    similarity, allowed = Fraction(str(threshold)), 1 - Fraction(str(RECALL))  # exact: the same choice on every machine
    for rows in range(num_perm, 0, -1):
        if (1 - similarity**rows) ** (num_perm // rows) <= allowed:
            return num_perm // rows, rows
    return num_perm, 1


def expected_recall(similarity: float, bands: int, rows: int) -> float:
    """Give the chance that a pair shares a band: 1 - (1 - s^r)^b.

    Args:
        similarity: Jaccard similarity s of the pair.
        bands: Number of bands b.
        rows: Permutations per band r.

    Returns:
        Probability in 0..1, over the choice of permutations.
    """
    return 1 - (1 - similarity**rows) ** bands


def band_keys(signatures: NDArray[np.uint32], *, bands: int, rows: int) -> NDArray[np.uint64]:
    """Hash each band of each signature to 64 bits.

    Args:
        signatures: uint32[N, K].
        bands: Number of bands, `bands * rows <= K`.
        rows: Permutations per band.

    Returns:
        uint64[N, bands]; equal in a column where two signatures agree in that band (and by accident once in 2^64).

    Raises:
        ValueError: The bands do not fit the signatures.
    """
    if bands < 1 or rows < 1 or bands * rows > signatures.shape[1]:
        raise ValueError(f"{bands} bands of {rows} rows need {bands * rows} permutations; got {signatures.shape[1]}")
    keys = np.empty((len(signatures), bands), np.uint64)
    for start in range(0, len(signatures), _KEY_ROWS):
        part = signatures[start : start + _KEY_ROWS].astype(np.uint64)
        for band in range(bands):
            h = np.full(len(part), band + 1, np.uint64)
            for column in part[:, band * rows : (band + 1) * rows].T:
                h = fmix64(h ^ column) * np.uint64(0x9E3779B97F4A7C15)
            keys[start : start + _KEY_ROWS, band] = h
    return keys
