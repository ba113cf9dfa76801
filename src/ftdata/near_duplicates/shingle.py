"""Words to sets of word n-grams, as sorted 32-bit hashes in flat arrays.

Four bytes per word keep the sets of a whole collection in memory, so that every candidate pair can be decided by its
true similarity. The hash functions are written down here, fixed and versioned: they use no library whose next release
could hash otherwise, and give the same numbers on every machine, with or without compiled kernels.

Hashing, all modulo 2^64 (`fmix64` is the finaliser of MurmurHash3, public domain, Austin Appleby):

    word       fmix64(sum of byte[j] * BYTE^j)          UTF-8 bytes of the word
    shingle    fmix64(sum of word[i] * WORD^i + k * COUNT) >> 32     its k words
    sequence   the same over all words of the text, all 64 bits

False overlap: two unrelated sets of a and b shingles are expected to share about a * b / 2^32 hashes by accident:
0.0023 for two texts of 3,000 words. Texts of one shingle would be equal by accident once in 2^32 pairs, which a
collection of 100,000 short rows reaches, so equality of such texts is decided by `sequence`, with 64 bits. The hashes
are not keyed: someone who wants a collision can make one.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

__all__ = ["SHINGLE_VERSION", "ShingleSets", "sets_of_values", "shingle"]

SHINGLE_VERSION = 1
"""Goes up whenever `shingle` gives other numbers for any normalised text."""

BYTE = 0x9E3779B97F4A7C15  # odd, from the golden ratio
WORD = 0xD6E8FEB86659FD93  # odd, any
COUNT = 0xA0761D6478BD642F  # odd, any
FMIX_A, FMIX_B = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53  # of the 64-bit finaliser of MurmurHash3

_SMALL_BYTES = 1 << 20  # text of up to this size numpy has hashed before numba is even loaded
_NUMPY_SLICE, _KERNEL_SLICE = 1 << 20, 4 << 20  # text hashed at a time; numpy needs some 50 bytes per byte of it


@dataclass(frozen=True, slots=True, eq=False)
class ShingleSets:
    """The shingle sets of N texts, one after another.

    Attributes:
        offsets: int64[N + 1]; the set of text i is `hashes[offsets[i]:offsets[i + 1]]`.
        hashes: uint32, ascending and distinct within a text.
        sequence: uint64[N], hash of the whole word sequence. Equal texts have equal ones; 0 for an empty text.
        words: int32[N], number of words.
        n: words per shingle.
    """

    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint32]
    sequence: NDArray[np.uint64]
    words: NDArray[np.int32]
    n: int

    def __len__(self) -> int:
        return len(self.sequence)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """int64[N], distinct shingles of each text."""
        return np.diff(self.offsets)

    def take(self, rows: NDArray[np.int64]) -> ShingleSets:
        """Give the sets of some rows, in the order asked for.

        Args:
            rows: int64[M], row numbers in 0..N-1.

        Returns:
            The M sets, copied.
        """
        sizes = self.sizes[rows]
        offsets = _offsets(sizes)
        at = np.arange(int(offsets[-1]), dtype=np.int64) + np.repeat(self.offsets[rows] - offsets[:-1], sizes)
        return ShingleSets(offsets, self.hashes[at], self.sequence[rows], self.words[rows], self.n)

    @staticmethod
    def concatenate(parts: Sequence[ShingleSets]) -> ShingleSets:
        """Put the sets of several shards one after another.

        Args:
            parts: At least one, all with the same `n`.

        Returns:
            The sets of all texts, in order.

        Raises:
            ValueError: There is no part, or they differ in `n`.
        """
        if len({part.n for part in parts}) != 1:
            raise ValueError(f"shingle sets to join must be of one n; got n of {sorted({part.n for part in parts})}")
        return ShingleSets(
            _offsets(np.concatenate([part.sizes for part in parts])),
            np.concatenate([part.hashes for part in parts]),
            np.concatenate([part.sequence for part in parts]),
            np.concatenate([part.words for part in parts]),
            parts[0].n,
        )


def shingle(normalised: pl.Series, *, n: int = 5) -> ShingleSets:
    """Cut normalised texts into sets of word n-grams.

    A text of k >= n words has its k - n + 1 windows of n words (distinct ones counted once). A text of fewer words is
    ONE shingle of all of them, so "yes" equals only "yes"; datatrove skips such texts and data-juicer merges them all.
    An empty text has the empty set: what that means is for the caller to say.

    Args:
        normalised: String column of N texts as `normalise` gives them: words with spaces (U+0020) between.
        n: Words per shingle. 5 is what text-dedup, datatrove and data-juicer use; 3 finds more among short rows.

    Returns:
        The N sets.

    Raises:
        ValueError: `n` is below 1.
    """
    if n < 1:
        raise ValueError(f"a shingle has at least 1 word; got n={n}")
    ends = _offsets(normalised.str.len_bytes().fill_null(0).to_numpy().astype(np.int64))
    compiled = bool(ends[-1] > _SMALL_BYTES) or kernels_loaded()
    width = _KERNEL_SLICE if compiled else _NUMPY_SLICE
    parts: list[ShingleSets] = []
    start = 0
    while start < len(normalised):
        stop = max(start + 1, int(np.searchsorted(ends, ends[start] + width, side="right")) - 1)
        parts.append(_shingle_slice(normalised.slice(start, stop - start), n, compiled=compiled))
        start = stop
    if not parts:
        none = np.empty(0, np.int64)
        return ShingleSets(_offsets(none), none.astype(np.uint32), none.astype(np.uint64), none.astype(np.int32), n)
    return ShingleSets.concatenate(parts) if len(parts) > 1 else parts[0]


def sets_of_values(values: pl.Series) -> ShingleSets:
    """Make sets that are equal or have nothing in common: of one shingle per value, empty for null.

    Args:
        values: UInt64 hashes of N values, or null.

    Returns:
        The N sets.
    """
    there = values.is_not_null().to_numpy()
    numbers: NDArray[np.uint64] = values.fill_null(0).to_numpy().astype(np.uint64)
    return ShingleSets(
        offsets=_offsets(there),
        hashes=(numbers[there] >> np.uint64(32)).astype(np.uint32),
        sequence=numbers,
        words=there.astype(np.int32),
        n=1,
    )


def _shingle_slice(texts: pl.Series, n: int, *, compiled: bool) -> ShingleSets:
    import polars as pl

    data = np.frombuffer(texts.fill_null("").str.join("").cast(pl.Binary).item() or b"", np.uint8)
    offsets = _offsets(texts.str.len_bytes().fill_null(0).to_numpy().astype(np.int64))
    if compiled:
        from ftdata.near_duplicates import kernels

        hashes = np.empty(len(data) // 2 + len(texts), np.uint32)  # words <= (bytes + 1) / 2
        words, sequence = np.empty(len(texts), np.int32), np.empty(len(texts), np.uint64)
        hashes = hashes[: kernels.shingle_texts(data, offsets, n, hashes, words, sequence)]
    else:
        hashes, words, sequence = _shingle_numpy(data, offsets, n)
    counts = np.where(words > 0, np.maximum(words.astype(np.int64) - n + 1, 1), 0)
    return _distinct(hashes, counts, sequence, words, n)


def _distinct(
    hashes: NDArray[np.uint32],
    counts: NDArray[np.int64],
    sequence: NDArray[np.uint64],
    words: NDArray[np.int32],
    n: int,
) -> ShingleSets:
    """Sort the shingles within each text and drop repeats: one sort of (text << 32 | hash) does it for all."""
    keys = np.repeat(np.arange(len(counts), dtype=np.uint64) << np.uint64(32), counts) | hashes
    keys.sort()
    if len(keys):
        keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    sizes = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(counts))
    return ShingleSets(_offsets(sizes), keys.astype(np.uint32), sequence, words, n)


def _shingle_numpy(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], n: int
) -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.uint64]]:
    """Do what `kernels.shingle_texts` does, by whole-array operations: slower (`benchmarks/twins.py`), ready at once."""
    rows = len(offsets) - 1
    inside = data != 32  # a word begins where the byte before is a space or another text
    begins = inside.copy()
    begins[1:] &= ~inside[:-1]
    edges = offsets[:-1][offsets[:-1] < offsets[1:]]
    begins[edges] = inside[edges]
    starts = np.flatnonzero(begins)
    words = np.diff(np.searchsorted(starts, offsets)).astype(np.int32)
    sequence = np.zeros(rows, np.uint64)
    if not len(starts):
        return np.empty(0, np.uint32), words, sequence

    place = np.flatnonzero(inside)
    local = place - starts[np.cumsum(begins)[place] - 1]
    terms = data[place].astype(np.uint64) * _powers(BYTE, int(local.max()) + 1)[local]
    hashed = fmix64(np.add.reduceat(terms, np.flatnonzero(begins[place])))

    filled = words > 0
    first = np.cumsum(words[filled]) - words[filled]  # where the words of each text that has any begin
    local = np.arange(len(hashed)) - np.repeat(first, words[filled])
    power = _powers(WORD, max(n, int(words.max())))
    whole = np.add.reduceat(hashed * power[local], first)
    sequence[filled] = fmix64(whole + words[filled].astype(np.uint64) * np.uint64(COUNT))

    windows = np.zeros(len(hashed), np.uint64)
    for i in range(min(n, len(hashed))):
        windows[: len(hashed) - i] += hashed[i:] * power[i]
    left = np.repeat(words[filled], words[filled]) - local  # words from here to the end of the text
    short = np.repeat(words[filled] < n, words[filled])
    shingles = (fmix64(windows + np.uint64(n * COUNT % 2**64)) >> np.uint64(32)).astype(np.uint32)
    shingles[first] = np.where(words[filled] < n, sequence[filled] >> np.uint64(32), shingles[first])
    return shingles[(left >= n) | (short & (local == 0))], words, sequence


def _powers(factor: int, count: int) -> NDArray[np.uint64]:
    powers = np.full(count, factor, np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


def kernels_loaded() -> bool:
    """Tell whether the compiled loops are there already: then they are used for small inputs too. Same numbers."""
    return "ftdata.near_duplicates.kernels" in sys.modules


def fmix64(h: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix 64-bit numbers, one to one: the finaliser of MurmurHash3."""
    h = (h ^ (h >> np.uint64(33))) * np.uint64(FMIX_A)
    h = (h ^ (h >> np.uint64(33))) * np.uint64(FMIX_B)
    return h ^ (h >> np.uint64(33))


def _offsets(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)))
