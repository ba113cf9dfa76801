from __future__ import annotations

import tracemalloc
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata.near_duplicates import Part, ShingleSets, band_keys, leaders, shingle, signatures
from near_duplicates.brute_force import greedy, pair_is_good, shingle_set

WORD = st.sampled_from(["a", "b", "c", "d", "e"])
TEXT = st.lists(WORD, max_size=9).map(" ".join)
THRESHOLD = st.sampled_from(["0.3", "0.5", "0.6", "0.75", "0.8", "1"])
RELAXED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@st.composite
def collections(draw):
    """Rows (whole, part, optional, part, optional), a shingle length and an order. The second part must stay."""
    row = st.tuples(TEXT, TEXT, st.booleans(), st.sampled_from(["", "x", "y"]), st.booleans())
    rows = draw(st.lists(row, max_size=12))
    return rows, draw(st.integers(1, 3)), draw(st.permutations(range(len(rows))))


def built(rows, n):
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    texts = [pl.Series(columns[i], dtype=pl.String) for i in (0, 1, 3)]
    sets = [shingle(column, n=n) for column in texts]
    flags = [np.array(columns[i], bool) for i in (2, 4)]
    parts = [Part(sets[1], flags[0]), Part(sets[2], flags[1], stays=True)]
    truth = [[shingle_set(text, n) for text in column] for column in texts]
    return sets[0], parts, truth[0], [(truth[1], flags[0], False), (truth[2], flags[1], True)]


@given(case=collections(), threshold=THRESHOLD)
@RELAXED
def test_with_every_pair_a_candidate_the_result_is_that_of_brute_force(engine, case, threshold):
    rows, n, order = case
    whole, parts, true_whole, true_parts = built(rows, n)
    keys = np.zeros((len(rows), 2), np.uint64)
    got = leaders(keys, whole, parts, threshold=float(threshold), order=np.array(order, np.int64))
    kept, similarity = greedy(order, true_whole, true_parts, Fraction(threshold))
    assert got.kept.tolist() == kept
    assert got.similarity.tolist() == [float(s) for s in similarity]
    assert (got.kept.dtype, got.similarity.dtype) == (np.int64, np.float64)


@given(case=collections(), threshold=THRESHOLD, bands=st.sampled_from([(2, 2), (4, 1), (128, 1)]))
@RELAXED
def test_with_real_bands_the_result_is_that_of_brute_force_on_the_candidates(engine, case, threshold, bands):
    rows, n, _ = case
    whole, parts, true_whole, true_parts = built(rows, n)
    keys = band_keys(signatures(whole), bands=bands[0], rows=bands[1])
    got = leaders(keys, whole, parts, threshold=float(threshold))
    exact = Fraction(threshold)

    def candidate(i, j):
        return bool((keys[i] == keys[j]).any())

    kept, _ = greedy(range(len(rows)), true_whole, true_parts, exact, candidate)
    assert got.kept.tolist() == kept
    for i, j in enumerate(got.kept.tolist()):
        if i != j:  # every removed row has a kept partner that reaches the threshold in every part
            assert got.kept[j] == j
            assert pair_is_good(i, j, true_whole, true_parts, exact)
        for k in range(i):  # and no two kept rows that were compared do
            if got.kept[i] == i and got.kept[k] == k and candidate(i, k):
                assert not pair_is_good(i, k, true_whole, true_parts, exact)


@given(case=collections(), threshold=THRESHOLD)
@RELAXED
def test_the_numbering_of_the_rows_changes_nothing_when_the_order_is_given(engine, case, threshold):
    rows, n, permutation = case
    p = np.array(permutation, np.int64)
    whole, parts, _, _ = built(rows, n)
    moved_whole, moved_parts, _, _ = built([rows[i] for i in permutation], n)
    keys = band_keys(signatures(whole, num_perm=16), bands=16, rows=1)
    one = leaders(keys, whole, parts, threshold=float(threshold), order=p)
    other = leaders(keys[p], moved_whole, moved_parts, threshold=float(threshold))
    assert one.kept[p].tolist() == p[other.kept].tolist()
    assert one.similarity[p].tolist() == other.similarity.tolist()


def test_the_most_similar_kept_row_is_named_and_the_first_of_equals(engine, sets_of):
    texts = ["a b c d e f g h i j", "a b c d e f g h k l", "a b c d e f g h i l", "q", "a b c d e f g h i j"]
    sets = sets_of(texts, n=1)
    keys = np.zeros((5, 1), np.uint64)
    got = leaders(keys, sets, threshold=0.75)
    assert got.kept.tolist() == [0, 1, 0, 3, 0]  # row 2 is at 9/11 from rows 0 and 1; row 1 at 8/12 from row 0
    assert got.similarity.tolist() == [1.0, 1.0, 9 / 11, 1.0, 1.0]


def test_there_is_no_chaining(engine, sets_of):
    texts = [" ".join(f"w{i}" for i in range(start, start + 20)) for start in range(6)]
    got = leaders(np.zeros((6, 1), np.uint64), sets_of(texts, n=1), threshold=0.9)
    assert got.kept.tolist() == [0, 0, 2, 2, 4, 4]


@pytest.mark.parametrize("threshold", [0.8, 0.7, 0.6, 0.3, 0.29, 0.1])
def test_a_similarity_of_exactly_the_threshold_is_enough(engine, threshold):
    exact = Fraction(str(threshold))
    shared, union = exact.numerator, exact.denominator
    base = np.arange(union, dtype=np.uint32)
    hashes = np.concatenate((base, base[:shared], base[: shared - 1] if shared > 1 else base[:0]))
    sizes = [union, shared, max(shared - 1, 0)]
    sets = ShingleSets(np.cumsum([0, *sizes]), hashes, np.arange(3, dtype=np.uint64), np.full(3, 99, np.int32), 1)
    got = leaders(np.zeros((2, 1), np.uint64), sets.take(np.array([0, 1])), threshold=threshold)
    assert got.kept.tolist() == [0, 0]
    assert got.similarity[1] == shared / union
    got = leaders(np.zeros((2, 1), np.uint64), sets.take(np.array([0, 2])), threshold=threshold)
    assert got.kept.tolist() == [0, 1]


def test_one_shingle_texts_whose_32_bits_collide_are_told_apart_by_64(engine):
    offsets, hashes = np.arange(4), np.full(3, 7, np.uint32)
    sets = ShingleSets(
        offsets, hashes, np.array([7 << 32, (7 << 32) + 1, 7 << 32], np.uint64), np.full(3, 2, np.int32), 5
    )
    got = leaders(np.zeros((3, 1), np.uint64), sets, threshold=0.8)
    assert got.kept.tolist() == [0, 1, 0]


def test_a_repeated_word_is_the_set_it_is(engine, sets_of):
    """More than n times the same word: one shingle, whatever the length, and J is 1."""
    got = leaders(np.zeros((3, 1), np.uint64), sets_of(["ha " * 5, "ha " * 9, "ha " * 4]), threshold=0.8)
    assert got.kept.tolist() == [0, 0, 2]


def test_empty_texts_are_kept_and_rows_without_a_word_are_compared_as_they_are(engine, sets_of):
    texts = ["", "", "!!!", "???", "!!!", "Yes.", "yes", "no", "👍", "👎", " 👍"]
    sets = sets_of(texts)
    got = leaders(band_keys(signatures(sets), bands=16, rows=6), sets, threshold=0.8)
    assert got.kept.tolist() == [0, 1, 2, 3, 2, 5, 5, 7, 8, 9, 8]


def test_an_empty_part_agrees_with_a_filled_one_only_if_the_filled_one_is_optional(engine, sets_of):
    body = "one two three four five six seven"
    whole, part = sets_of([body] * 3), sets_of(["be brief", "", "be brief"])
    keys = np.zeros((3, 1), np.uint64)

    def kept(flags):
        return leaders(keys, whole, [Part(part, np.array(flags))], threshold=0.8).kept.tolist()

    assert kept([False, False, False]) == [0, 1, 0]
    assert kept([False, True, False]) == [0, 1, 0]  # the flag of an empty text says nothing
    assert kept([True, False, False]) == [0, 0, 0]
    assert kept([False, False, True]) == [0, 1, 0]


def test_a_text_that_must_stay_may_be_missing_in_the_row_that_leaves_only(engine, sets_of):
    body = "one two three four five six seven"
    whole, part = sets_of([body] * 3), sets_of(["", "the last word", ""])
    keys, flags = np.zeros((3, 1), np.uint64), np.array([True] * 3)
    got = leaders(keys, whole, [Part(part, flags, stays=True)], threshold=0.8)
    assert got.kept.tolist() == [0, 1, 0]
    got = leaders(keys, whole, [Part(part, flags, stays=True)], threshold=0.8, order=np.array([1, 0, 2]))
    assert got.kept.tolist() == [1, 1, 1]


def test_no_rows_and_one_row(engine, sets_of):
    for count in (0, 1):
        got = leaders(np.zeros((count, 3), np.uint64), sets_of(["a"] * count), threshold=0.8)
        assert got.kept.tolist() == list(range(count))


def test_read_only_arrays_will_do(engine, sets_of):
    sets = sets_of(["a b c d e f", "a b c d e f", "x"])
    keys = np.zeros((3, 1), np.uint64)
    for array in (sets.offsets, sets.hashes, sets.sequence, sets.words, keys):
        array.flags.writeable = False
    assert leaders(keys, sets, threshold=0.8).kept.tolist() == [0, 0, 2]
    assert signatures(sets).shape == (3, 128)


def test_lengths_that_differ_and_a_false_order_are_refused(sets_of):
    sets = sets_of(["a", "b"])
    keys = np.zeros((2, 1), np.uint64)
    with pytest.raises(ValueError, match="same 2 rows"):
        leaders(keys[:1], sets, threshold=0.8)
    with pytest.raises(ValueError, match="same 2 rows"):
        leaders(keys, sets, [Part(sets, np.zeros(3, bool))], threshold=0.8)
    with pytest.raises(ValueError, match="each of the 2 rows once"):
        leaders(keys, sets, threshold=0.8, order=np.array([0, 0]))
    with pytest.raises(ValueError, match="threshold"):
        leaders(keys, sets, threshold=0)


def template_sets(copies, template, slots, *, vocabulary=None):
    """Copies of a template of shared hashes, each with some of its own (or from a small vocabulary)."""
    own = np.arange(copies * slots).reshape(copies, slots)
    if vocabulary is not None:
        draw = np.random.default_rng(5)
        own = np.stack([draw.choice(vocabulary, slots, replace=False) for _ in range(copies)])
    plain = np.hstack([np.tile(np.arange(template) + copies * slots, (copies, 1)), own]).astype(np.uint32)
    hashes = np.sort(plain * np.uint32(0x9E3779B1), axis=1).ravel()  # spread as real hashes are, one to one
    size = template + slots
    return ShingleSets(
        np.arange(copies + 1) * size,
        hashes,
        np.arange(1, copies + 1, dtype=np.uint64),
        np.full(copies, 999, np.int32),
        5,
    )


def peak_of(run):
    run()  # compiled now: the compiler's memory is not the join's
    tracemalloc.start()
    try:
        result = run()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_copies_just_above_the_threshold_cost_one_comparison_each():
    copies = 100_000
    sets = template_sets(copies, 18, 2)  # 18 / 22 = 0.818
    keys = np.zeros((copies, 4), np.uint64)
    got, peak = peak_of(lambda: leaders(keys, sets, threshold=0.8))
    assert (got.kept == 0).all()
    assert peak < copies * 600  # bytes


@pytest.mark.parametrize("vocabulary", [None, 40])
def test_many_copies_just_below_the_threshold_stay_and_need_no_memory_per_pair(vocabulary):
    copies = 3_000
    sets = template_sets(copies, 16, 6, vocabulary=vocabulary)
    keys = np.zeros((copies, 4), np.uint64)
    got, peak = peak_of(lambda: leaders(keys, sets, threshold=0.99))
    assert (got.kept == np.arange(copies)).mean() > 0.99
    assert peak < 4 << 20  # four million pairs; the table of shared hashes alone may take one


def test_a_hundred_thousand_copies_just_below_the_threshold_with_words_of_their_own_are_not_even_compared():
    copies = 100_000
    sets = template_sets(copies, 90, 12)  # 90 / 114 = 0.789
    keys = np.zeros((copies, 4), np.uint64)
    assert (leaders(keys, sets, threshold=0.8).kept == np.arange(copies)).all()


def test_a_bucket_whose_rows_differ_in_a_part_loses_nothing_and_is_cheap():
    copies = 20_000
    whole = template_sets(copies, 40, 1)
    answers = template_sets(copies, 0, 6)
    keys = np.zeros((copies, 16), np.uint64)
    got = leaders(keys, whole, [Part(answers, np.zeros(copies, bool))], threshold=0.8)
    assert (got.kept == np.arange(copies)).all()
