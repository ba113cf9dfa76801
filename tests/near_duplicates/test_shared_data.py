"""On real rows, where they are at hand: what brute force finds, the bands find too."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import orjson
import polars as pl
import pytest

from ftdata.near_duplicates import band_keys, leaders, normalise, parameters, shingle, signatures
from near_duplicates.brute_force import greedy, jaccard, shingle_set


def bodies(path, count):
    texts = []
    for line in path.read_bytes().splitlines()[:count]:
        row = orjson.loads(line)
        texts.append("\n".join(value for key, value in row.items() if isinstance(value, str) and key != "id"))
    return texts


@pytest.mark.parametrize("name", ["gpteacher_toolformer_dedup_tiers.jsonl", "banking77_test.jsonl"])
@pytest.mark.parametrize("threshold", ["0.7", "0.8"])
def test_nearly_every_row_that_brute_force_removes_is_removed(shared_data, name, threshold):
    normalised = normalise(pl.Series(bodies(shared_data / name, 700)))
    sets = shingle(normalised)
    bands, rows = parameters(float(threshold))
    got = leaders(band_keys(signatures(sets), bands=bands, rows=rows), sets, threshold=float(threshold))

    truth = [shingle_set(text, 5) for text in normalised]
    exact = Fraction(threshold)
    kept, _ = greedy(range(len(truth)), truth, [], exact, lambda i, j: not truth[i].isdisjoint(truth[j]))
    true_removed = {i for i, j in enumerate(kept) if i != j}
    removed = set(np.flatnonzero(got.kept != np.arange(len(truth))).tolist())
    assert len(true_removed - removed) <= 0.02 * len(true_removed)
    for i in removed:
        assert jaccard(truth[i], truth[got.kept[i]]) >= exact
