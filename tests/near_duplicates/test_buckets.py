from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.near_duplicates.buckets import group, pairs

# Few values, some of which agree in all but the low bits.
KEY = st.sampled_from([0, 1, 2, 3, 1 << 20, (1 << 20) + 1, 2**64 - 1, 2**64 - 2])


@st.composite
def key_arrays(draw):
    bands = draw(st.integers(1, 3))
    rows = draw(st.lists(st.lists(KEY, min_size=bands, max_size=bands), max_size=14))
    return np.array(rows, np.uint64).reshape(len(rows), bands)


@given(key_arrays())
@settings(max_examples=150, deadline=None)
def test_rows_share_a_bucket_exactly_where_they_share_a_key(keys):
    buckets = group(keys)
    count = len(keys)
    for band in range(keys.shape[1]):
        for i in range(count):
            for j in range(count):
                together = buckets.of[i, band] >= 0 and buckets.of[i, band] == buckets.of[j, band]
                assert together == (keys[i, band] == keys[j, band] and (keys[:, band] == keys[i, band]).sum() > 1)
    for number in range(len(buckets.starts) - 1):
        members = buckets.members[buckets.starts[number] : buckets.starts[number + 1]]
        assert len(members) >= 2
        assert np.array_equal(members, np.flatnonzero((buckets.of == number).any(axis=1)))


@given(key_arrays())
@settings(max_examples=100, deadline=None)
def test_pairs_are_listed_once_by_the_later_row(keys):
    left, right = pairs(group(keys))
    expected = [(i, j) for j in range(len(keys)) for i in range(j) if (keys[i] == keys[j]).any()]
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == expected


@given(key_arrays(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_rows_left_out_leave_the_others_together(keys, random):
    keep = np.array([random.random() < 0.6 for _ in range(len(keys))], bool)
    smaller = group(keys).of_rows(keep)
    left, right = pairs(smaller)
    inside = keys[keep]
    expected = [(i, j) for j in range(len(inside)) for i in range(j) if (inside[i] == inside[j]).any()]
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == expected
    assert smaller.pair_count == sum((n * (n - 1)) // 2 for n in np.diff(smaller.starts).tolist())
