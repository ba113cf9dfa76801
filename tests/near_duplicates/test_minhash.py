from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from datasketch import LeanMinHash, MinHash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata.near_duplicates import ShingleSets, band_keys, expected_recall, parameters, shingle, signatures

HASHES = st.lists(st.integers(0, 2**32 - 1), max_size=90, unique=True).map(sorted)
RELAXED = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def as_sets(lists):
    offsets = np.cumsum([0, *map(len, lists)])
    count = len(lists)
    flat = np.array([h for hashes in lists for h in hashes], np.uint32)
    return ShingleSets(offsets, flat, np.zeros(count, np.uint64), np.ones(count, np.int32), 5)


@given(lists=st.lists(HASHES, max_size=5), num_perm=st.sampled_from([1, 16, 128]), seed=st.sampled_from([1, 7]))
@RELAXED
def test_signatures_are_datasketchs_bit_for_bit(engine, lists, num_perm, seed):
    mine = signatures(as_sets(lists), num_perm=num_perm, seed=seed)
    assert mine.dtype == np.uint32
    assert mine.shape == (len(lists), num_perm)
    for hashes, row in zip(lists, mine, strict=True):
        theirs = MinHash(num_perm=num_perm, seed=seed, hashfunc=int, scheme="affine32")
        for h in hashes:
            theirs.update(h)
        assert np.array_equal(theirs.hashvalues, row)
        lean = LeanMinHash(seed=seed, hashvalues=row, scheme="affine32")
        assert lean == LeanMinHash(theirs)


def test_datasketchs_estimate_from_our_signatures_is_near_the_truth():
    words = [f"w{i}" for i in range(400)]
    sets = shingle(pl.Series([" ".join(words), " ".join(words[100:])]))
    one, other = (LeanMinHash(seed=1, hashvalues=row, scheme="affine32") for row in signatures(sets))
    assert one.jaccard(other) == pytest.approx(296 / 396, abs=0.15)


def test_parameters_reach_99_percent_at_the_threshold_wherever_128_permutations_can():
    for threshold in [i / 100 for i in range(1, 101)]:
        bands, rows = parameters(threshold)
        assert bands * rows <= 128
        reachable = expected_recall(threshold, 128, 1) >= 0.99
        if reachable:
            missed = (1 - Fraction(str(threshold)) ** rows) ** bands
            assert missed <= Fraction(1, 100)
        else:
            assert (bands, rows) == (128, 1)


@pytest.mark.parametrize(
    ("threshold", "expected", "recall"),
    [(0.5, (42, 3), 0.9963), (0.6, (42, 3), 1.0), (0.7, (32, 4), 0.9998), (0.8, (21, 6), 0.9983),
     (0.9, (12, 10), 0.9942), (0.95, (8, 16), 0.9903)],
)  # fmt: skip
def test_the_table_in_the_docstring_is_true(threshold, expected, recall):
    assert parameters(threshold) == expected
    assert round(expected_recall(threshold, *expected), 4) == recall
    row = f"{threshold}".ljust(12) + f"{expected[0]}".ljust(8) + f"{expected[1]}".ljust(8) + f"{recall:.4f}"
    assert row in (parameters.__doc__ or "")


def test_what_the_docstring_says_of_fixed_bands_is_true():
    told = [round(expected_recall(similarity, 14, 8) * 100) for similarity in (0.7, 0.6)]
    assert "{} % of the pairs at 0.7 and {} % at 0.6".format(*told) in (parameters.__doc__ or "")


def test_parameters_of_one_and_of_few_permutations():
    assert parameters(1) == (1, 128)
    assert parameters(0.8, num_perm=1) == (1, 1)


@pytest.mark.parametrize("threshold", [0, -0.1, 1.01, float("nan")])
def test_a_threshold_outside_zero_to_one_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold"):
        parameters(threshold)


def test_the_measured_recall_follows_the_formula():
    """Pairs of similarity 0.8 share a band as often as 1 - (1 - s^r)^b says."""
    draw = np.random.default_rng(3)
    lists = []
    for _ in range(600):
        pool = draw.choice(2**32, 100, replace=False)
        lists += [sorted(pool[:90]), sorted(pool[10:])]  # 80 of 100 shared
    sig = signatures(as_sets(lists))
    for bands, rows in [(21, 6), (14, 8), (9, 13)]:
        keys = band_keys(sig, bands=bands, rows=rows)
        share = (keys[::2] == keys[1::2]).any(axis=1).mean()
        assert share == pytest.approx(expected_recall(0.8, bands, rows), abs=0.05)


@given(draw=st.integers(0, 2**32 - 1), bands=st.integers(1, 6), rows=st.integers(1, 4))
@RELAXED
def test_keys_agree_exactly_where_bands_agree(draw, bands, rows):
    sig = np.random.default_rng(draw).integers(0, 2, (12, 24), dtype=np.uint32)
    keys = band_keys(sig, bands=bands, rows=rows)
    assert keys.dtype == np.uint64
    for band in range(bands):
        part = sig[:, band * rows : (band + 1) * rows]
        agree = (part[:, None] == part[None]).all(axis=2)
        assert np.array_equal(agree, keys[:, band][:, None] == keys[:, band][None])


def test_bands_that_do_not_fit_and_no_permutation_are_refused():
    with pytest.raises(ValueError, match="permutations"):
        band_keys(np.zeros((1, 10), np.uint32), bands=3, rows=4)
    with pytest.raises(ValueError, match="num_perm"):
        signatures(as_sets([[1]]), num_perm=0)
