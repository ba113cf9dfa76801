"""The compiled loops over texts and sets, and how loops are compiled. Import this module only inside a function.

Importing numba takes longer than a small input does without it, and the first compilation longer still (measured:
`benchmarks/import_seconds.py`, `benchmarks/twins.py`), so small inputs never come here: each kernel has a twin of
whole-array operations beside its caller that gives the same bits. Kernels are compiled one by one, when first called,
for one fixed signature (other integer types would quietly compile again), release the GIL, and are kept in numba's
cache, in memory only where no folder can be written.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import numba
import numpy as np

from ftdata.near_duplicates.shingle import BYTE, COUNT, FMIX_A, FMIX_B, WORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["array", "compiled", "inner", "shingle_texts", "sign_sets"]

P = ParamSpec("P")
R = TypeVar("R")

_U64, _U32 = np.uint64, np.uint32
_BYTE, _WORD, _COUNT, _FMIX_A, _FMIX_B = _U64(BYTE), _U64(WORD), _U64(COUNT), _U64(FMIX_A), _U64(FMIX_B)


def array(dtype: str, dims: int, *, readonly: bool = True) -> object:
    """Name the type of a contiguous array; one that is only read may be read-only.

    Args:
        dtype: numba's name of the element type, such as `uint32`.
        dims: Number of dimensions.
        readonly: Whether the kernel only reads it; an array that it writes is refused when it is read-only.

    Returns:
        A type for `compiled`.
    """
    return numba.types.Array(getattr(numba.types, dtype), dims, "C", readonly=readonly)


def compiled(*types: object, result: str = "void") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a function for one signature when it is first called.

    Args:
        *types: Types of the arguments, in order: numba's, or of `array`.
        result: numba's name of what it returns.

    Returns:
        A decorator; the function behind it is compiled at its first call, for these types.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.cache
        def build() -> Callable[P, R]:
            signature = getattr(numba.types, result)(*types)
            try:
                return cast("Callable[P, R]", numba.njit(signature, nogil=True, cache=True)(function))
            except RuntimeError:  # numba finds no folder to write its cache to
                return cast("Callable[P, R]", numba.njit(signature, nogil=True)(function))

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            return build()(*args, **kwargs)

        return call

    return decorate


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function that only kernels call: it is compiled into them.

    Args:
        function: In the part of Python that numba compiles.
    """
    return cast("Callable[P, R]", numba.njit(function))


@inner
def _fmix64(h: np.uint64) -> np.uint64:
    h = (h ^ (h >> _U64(33))) * _FMIX_A
    h = (h ^ (h >> _U64(33))) * _FMIX_B
    return h ^ (h >> _U64(33))


@compiled(
    array("uint8", 1),
    array("int64", 1),
    numba.types.int64,
    array("uint32", 1, readonly=False),
    array("int32", 1, readonly=False),
    array("uint64", 1, readonly=False),
    result="int64",
)
def shingle_texts(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    n: int,
    hashes: NDArray[np.uint32],
    words: NDArray[np.int32],
    sequence: NDArray[np.uint64],
) -> int:
    """Hash the word n-grams of each text, repeats included, one after another into `hashes`; give their number.

    Args:
        data: UTF-8 bytes of N texts; a space separates words.
        offsets: int64[N + 1] into `data`.
        n: Words per shingle.
        hashes: Written; room for (bytes + 1) / 2 per text.
        words: int32[N], written: words of each text.
        sequence: uint64[N], written: hash of the word sequence, 0 for no word.
    """
    longest = 0
    for row in range(len(offsets) - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    word = np.empty(longest // 2 + 1, np.uint64)
    power = np.empty(n, np.uint64)
    power[0] = _U64(1)
    for i in range(1, n):
        power[i] = power[i - 1] * _WORD
    total = 0
    for row in range(len(offsets) - 1):
        at, end, count = offsets[row], offsets[row + 1], 0
        while at < end:
            if data[at] == 32:
                at += 1
                continue
            h, factor = _U64(0), _U64(1)
            while at < end and data[at] != 32:
                h += _U64(data[at]) * factor
                factor *= _BYTE
                at += 1
            word[count] = _fmix64(h)
            count += 1
        h, factor = _U64(0), _U64(1)
        for i in range(count):
            h += word[i] * factor
            factor *= _WORD
        h = _fmix64(h + _U64(count) * _COUNT)
        words[row] = count
        sequence[row] = h if count else _U64(0)
        if 0 < count < n:
            hashes[total] = _U32(h >> _U64(32))
            total += 1
        for start in range(count - n + 1):
            h = _U64(0)
            for i in range(n):
                h += word[start + i] * power[i]
            hashes[total] = _U32(_fmix64(h + _U64(n) * _COUNT) >> _U64(32))
            total += 1
    return total


@compiled(
    array("int64", 1),
    array("uint32", 1),
    array("uint32", 1),
    array("uint32", 1),
    array("uint32", 2, readonly=False),
)
def sign_sets(
    offsets: NDArray[np.int64],
    hashes: NDArray[np.uint32],
    a: NDArray[np.uint32],
    b: NDArray[np.uint32],
    out: NDArray[np.uint32],
) -> None:
    """Write out[row, j] = min over the set's hashes h of a[j] * fmix32(h) + b[j] mod 2^32; all ones for an empty set.

    Args:
        offsets: int64[N + 1] into `hashes`: set i is `hashes[offsets[i]:offsets[i + 1]]`.
        hashes: uint32, the shingles of all sets.
        a: uint32[K], the factor of each permutation; odd, so that no two hashes meet.
        b: uint32[K], what is added.
        out: uint32[N, K], written.
    """
    for row in range(len(offsets) - 1):
        low = out[row]
        low[:] = _U32(0xFFFFFFFF)
        for i in range(offsets[row], offsets[row + 1]):
            h = hashes[i]
            h = _U32((h ^ (h >> _U32(16))) * _U32(0x85EBCA6B))
            h = _U32((h ^ (h >> _U32(13))) * _U32(0xC2B2AE35))
            h ^= h >> _U32(16)
            for j in range(len(a)):
                low[j] = min(low[j], _U32(a[j] * h + b[j]))
