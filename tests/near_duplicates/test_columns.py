"""Keys survive the way through a frame."""

from __future__ import annotations

import numpy as np
import polars as pl

from ftdata.near_duplicates import (
    band_keys,
    candidates,
    keys_from_columns,
    keys_to_columns,
    parameters,
    sets_of_values,
    shingle,
    signatures,
)


def test_keys_are_the_upper_half_of_the_band_keys() -> None:
    sets = shingle(pl.Series("t", ["a b c d e f", "a b c d e g", "x y z"]), n=3)
    bands, rows = parameters(0.8)
    frame = pl.DataFrame(keys_to_columns(sets, threshold=0.8))
    assert np.array_equal(
        keys_from_columns(frame), band_keys(signatures(sets), bands=bands, rows=rows) >> np.uint64(32)
    )


def test_candidates_share_a_key_with_another_line() -> None:
    frame = pl.DataFrame({"row": [1, 2, 3, 4], "band_0": [5, 6, 7, 8], "band_1": [1, 2, 2, 3]})
    assert candidates(frame)["row"].to_list() == [2, 3]


def test_values_are_equal_or_have_nothing_in_common() -> None:
    sets = sets_of_values(pl.Series("v", [7, None, 7, 2**63], dtype=pl.UInt64))
    assert sets.sizes.tolist() == [1, 0, 1, 1]
    assert sets.sequence[0] == sets.sequence[2] != sets.sequence[3]
