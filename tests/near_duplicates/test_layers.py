from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.near_duplicates.layers import exact_threshold


@pytest.mark.parametrize(("threshold", "expected"), [(0.8, (4, 5)), (0.7, (7, 10)), (1, (1, 1)), (0.85, (17, 20))])
def test_a_threshold_is_the_number_written(threshold, expected):
    assert exact_threshold(threshold) == expected


@given(
    st.floats(0, 1, exclude_min=True), st.integers(1, 2000).flatmap(lambda q: st.tuples(st.integers(0, q), st.just(q)))
)
@settings(max_examples=300, deadline=None)
def test_every_comparison_is_that_of_the_exact_number(threshold, pair):
    num, den = exact_threshold(threshold)
    assert 0 < num <= den < 2**31
    overlap, union = pair
    assert (overlap * den >= num * union) == (Fraction(overlap, union) >= Fraction(str(threshold)))


@given(st.integers(1, 10**6).flatmap(lambda q: st.tuples(st.integers(1, q), st.just(q))))
@settings(max_examples=200, deadline=None)
def test_a_similarity_used_as_the_threshold_decides_like_the_float_it_was_written_as(pair):
    """1/3 typed as 0.3333333333333333 is a little less than a third, so a third reaches it; 0.6666666666666667 it misses."""
    overlap, union = pair
    threshold = overlap / union
    num, den = exact_threshold(threshold)
    assert (overlap * den >= num * union) == (Fraction(overlap, union) >= Fraction(str(threshold)))


@pytest.mark.parametrize("threshold", [0, 1.0000001, -1, float("nan"), float("inf")])
def test_a_threshold_outside_zero_to_one_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold"):
        exact_threshold(threshold)
