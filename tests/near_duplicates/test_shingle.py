from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata.near_duplicates import SHINGLE_VERSION, ShingleSets, sets_of_values, shingle
from near_duplicates.brute_force import shingle_set

WORD = st.sampled_from(["a", "b", "c", "é", "中", "longer_than_8_bytes", "-"])
TEXT = st.lists(WORD, max_size=14).map(" ".join)
RELAXED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

MASK = 2**64 - 1


def fmix64(h):
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        h = (h ^ (h >> 33)) * factor & MASK
    return h ^ (h >> 33)


def by_the_book(text, n):
    """The documented formulas, in Python integers."""
    words = [
        fmix64(sum(byte * pow(0x9E3779B97F4A7C15, j, 2**64) for j, byte in enumerate(word.encode())) & MASK)
        for word in text.split()
    ]

    def fold(run):
        total = sum(word * pow(0xD6E8FEB86659FD93, i, 2**64) for i, word in enumerate(run))
        return fmix64((total + len(run) * 0xA0761D6478BD642F) & MASK)

    if not words:
        return [], 0
    windows = [words] if len(words) < n else [words[i : i + n] for i in range(len(words) - n + 1)]
    return sorted({fold(window) >> 32 for window in windows}), fold(words)


@given(texts=st.lists(TEXT, max_size=6), n=st.integers(1, 7))
@RELAXED
def test_hashes_are_those_of_the_documented_formulas(engine, texts, n):
    sets = shingle(pl.Series(texts, dtype=pl.String), n=n)
    assert len(sets) == len(texts)
    assert sets.n == n
    for i, text in enumerate(texts):
        hashes, sequence = by_the_book(text, n)
        assert sets.hashes[sets.offsets[i] : sets.offsets[i + 1]].tolist() == hashes
        assert int(sets.sequence[i]) == sequence
        assert sets.words[i] == len(text.split())


@given(texts=st.lists(TEXT, min_size=2, max_size=5), n=st.integers(1, 5))
@RELAXED
def test_sets_overlap_as_the_sets_of_word_tuples_do(engine, texts, n):
    sets = shingle(pl.Series(texts), n=n)
    mine = [set(sets.hashes[a:b].tolist()) for a, b in zip(sets.offsets[:-1], sets.offsets[1:], strict=True)]
    true = [shingle_set(text, n) for text in texts]
    assert [[len(a & b) for a in mine] for b in mine] == [[len(a & b) for a in true] for b in true]


def test_hashes_never_change_within_a_version(engine):
    """A change here is a new SHINGLE_VERSION: stored signatures would no longer compare."""
    sets = shingle(pl.Series(["the quick brown fox jumps over it", "yes", ""]))
    assert SHINGLE_VERSION == 1
    assert sets.offsets.tolist() == [0, 3, 4, 4]
    assert sets.hashes.tolist() == GOLDEN_HASHES
    assert sets.sequence.tolist() == GOLDEN_SEQUENCE


GOLDEN_HASHES = [123275215, 2294599773, 3766191743, 2755988333]
GOLDEN_SEQUENCE = [2285378422288665316, 11836879761306392190, 0]


def test_dtypes_are_those_promised(engine):
    sets = shingle(pl.Series(["a b c", None, ""]))
    kinds = [sets.offsets.dtype, sets.hashes.dtype, sets.sequence.dtype, sets.words.dtype]
    assert kinds == [np.int64, np.uint32, np.uint64, np.int32]
    assert sets.sizes.tolist() == [1, 0, 0]


def test_short_texts_are_one_shingle_and_differ(engine):
    sets = shingle(pl.Series(["yes", "no", "yes yes", "yes", "a b c d e"]))
    assert sets.sizes.tolist() == [1, 1, 1, 1, 1]
    assert len(set(sets.hashes.tolist())) == 4
    assert sets.hashes[0] == sets.hashes[3]


def test_slices_do_not_show(engine, monkeypatch):
    import sys

    texts = pl.Series([f"{'word ' * (i % 9)}{i}" for i in range(50)])
    whole = shingle(texts)
    for limit in ("_NUMPY_SLICE", "_KERNEL_SLICE"):
        monkeypatch.setattr(sys.modules["ftdata.near_duplicates.shingle"], limit, 64)
    sliced = shingle(texts)
    assert np.array_equal(whole.hashes, sliced.hashes)
    assert np.array_equal(whole.offsets, sliced.offsets)
    assert np.array_equal(whole.sequence, sliced.sequence)


def test_an_empty_column_gives_no_sets(engine):
    sets = shingle(pl.Series([], dtype=pl.String))
    assert len(sets) == 0
    assert sets.offsets.tolist() == [0]


def test_take_and_concatenate_move_whole_sets():
    sets = shingle(pl.Series(["a b c d e f", "", "x", "p q r s t u v"]))
    rows = np.array([3, 1, 0, 0])
    taken = sets.take(rows)
    for at, row in enumerate(rows):
        mine = taken.hashes[taken.offsets[at] : taken.offsets[at + 1]]
        assert np.array_equal(mine, sets.hashes[sets.offsets[row] : sets.offsets[row + 1]])
    assert np.array_equal(taken.sequence, sets.sequence[rows])
    again = ShingleSets.concatenate([sets.take(np.array([0, 1])), sets.take(np.array([2, 3]))])
    assert np.array_equal(again.hashes, sets.hashes)
    assert np.array_equal(again.offsets, sets.offsets)


def test_sets_of_different_n_do_not_mix():
    texts = pl.Series(["a b c"])
    with pytest.raises(ValueError, match="one n"):
        ShingleSets.concatenate([shingle(texts, n=2), shingle(texts, n=3)])
    with pytest.raises(ValueError, match="one n"):
        ShingleSets.concatenate([])
    with pytest.raises(ValueError, match="at least 1 word"):
        shingle(texts, n=0)


def test_values_are_equal_or_have_nothing_in_common() -> None:
    sets = sets_of_values(pl.Series("v", [7, None, 7, 2**63], dtype=pl.UInt64))
    assert sets.sizes.tolist() == [1, 0, 1, 1]
    assert sets.sequence[0] == sets.sequence[2] != sets.sequence[3]
