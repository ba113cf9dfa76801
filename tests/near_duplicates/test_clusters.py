from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata.near_duplicates import Clusters, ShingleSets, band_keys, components, signatures
from near_duplicates.brute_force import labels, shingle_set

WORD = st.sampled_from(["a", "b", "c", "d", "e"])
TEXT = st.lists(WORD, max_size=9).map(" ".join)
THRESHOLD = st.sampled_from(["0.3", "0.5", "0.6", "0.75", "0.8", "1"])
RELAXED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@given(
    st.integers(1, 30).flatmap(
        lambda n: st.tuples(st.just(n), st.lists(st.lists(st.tuples(*[st.integers(0, n - 1)] * 2))))
    )
)
@settings(max_examples=120, deadline=None)
def test_clusters_are_the_transitive_closure_with_the_smallest_member_as_label(case):
    n, rounds = case
    clusters, label = Clusters(n), list(range(n))
    for edges in rounds:
        pairs = np.array(edges, np.int64).reshape(-1, 2)
        clusters.union(pairs[:, 0], pairs[:, 1])
        for a, b in edges:
            low, high = sorted((label[a], label[b]))
            label = [low if x == high else x for x in label]
        assert clusters.labels().tolist() == label


def test_a_long_chain_in_any_order_is_one_cluster():
    n = 50_000
    chain = np.random.default_rng(1).permutation(n)
    clusters = Clusters(n)
    clusters.union(chain[1:], chain[:-1])
    assert (clusters.labels() == 0).all()


def test_labels_are_a_copy():
    clusters = Clusters(2)
    clusters.labels()[1] = 0
    assert clusters.labels().tolist() == [0, 1]


@given(texts=st.lists(TEXT, max_size=14), n=st.integers(1, 3), threshold=THRESHOLD)
@RELAXED
def test_with_every_pair_a_candidate_components_are_those_of_brute_force(engine, sets_of, texts, n, threshold):
    sets = sets_of(texts, n)
    keys = np.zeros((len(texts), 1), np.uint64)
    expected = labels([shingle_set(text, n) for text in texts], Fraction(threshold))
    assert components(keys, sets, threshold=float(threshold)).tolist() == expected


@given(
    texts=st.lists(TEXT, max_size=14),
    n=st.integers(1, 3),
    threshold=THRESHOLD,
    bands=st.sampled_from([(3, 2), (128, 1)]),
)
@RELAXED
def test_components_are_those_of_brute_force_on_the_candidates(engine, sets_of, texts, n, threshold, bands):
    sets = sets_of(texts, n)
    keys = band_keys(signatures(sets), bands=bands[0], rows=bands[1])
    truth = [shingle_set(text, n) for text in texts]
    expected = labels(truth, Fraction(threshold), lambda i, j: bool((keys[i] == keys[j]).any()))
    got = components(keys, sets, threshold=float(threshold))
    assert got.tolist() == expected
    assert got.dtype == np.int64


@given(texts=st.lists(TEXT, max_size=14), threshold=THRESHOLD, random=st.randoms(use_true_random=False))
@RELAXED
def test_permuting_the_rows_permutes_the_components(engine, sets_of, texts, threshold, random):
    sets = sets_of(texts, 2)
    keys = band_keys(signatures(sets), bands=128, rows=1)
    p = np.array(random.sample(range(len(texts)), len(texts)), np.int64)
    one = components(keys, sets, threshold=float(threshold))
    other = components(keys[p], sets.take(p), threshold=float(threshold))
    together = one[p][:, None] == one[p][None]
    assert np.array_equal(together, other[:, None] == other[None])


def test_equal_sequences_with_different_sets_are_not_collapsed(engine):
    """A collision of the 64-bit hash joins nothing: the sets must agree too."""
    hashes = np.array([1, 2, 3, 4, 1, 2], np.uint32)
    sets = ShingleSets(np.array([0, 2, 4, 6]), hashes, np.full(3, 9, np.uint64), np.full(3, 7, np.int32), 5)
    assert components(np.zeros((3, 1), np.uint64), sets, threshold=0.8).tolist() == [0, 1, 0]


def test_empty_texts_stay_alone(engine, sets_of):
    sets = sets_of(["", "a", "", "a"])
    assert components(np.zeros((4, 1), np.uint64), sets, threshold=0.8).tolist() == [0, 1, 2, 1]


@pytest.mark.parametrize("own", [0, 2])
def test_a_hundred_thousand_copies_of_one_template_cost_one_comparison_each(own):
    copies, template = 100_000, 18
    mine = (np.arange(copies * own).reshape(copies, own) + 2**31).astype(np.uint32)
    hashes = np.hstack([np.tile(np.arange(template, dtype=np.uint32), (copies, 1)), mine]).ravel()
    sequence = np.arange(1, copies + 1, dtype=np.uint64) if own else np.ones(copies, np.uint64)
    sets = ShingleSets(np.arange(copies + 1) * (template + own), hashes, sequence, np.full(copies, 99, np.int32), 5)
    got = components(np.zeros((copies, 4), np.uint64), sets, threshold=0.8)
    assert (got == 0).all()


def test_lengths_that_differ_and_a_false_threshold_are_refused(sets_of):
    sets = sets_of(["a", "b"])
    with pytest.raises(ValueError, match="same 2 rows"):
        components(np.zeros((1, 1), np.uint64), sets, threshold=0.8)
    with pytest.raises(ValueError, match="threshold"):
        components(np.zeros((2, 1), np.uint64), sets, threshold=2)
