from __future__ import annotations

import sys

import polars as pl
import pytest

from ftdata.near_duplicates import normalise, shingle

HUGE = 1 << 60


@pytest.fixture(params=["numpy", "kernels"])
def engine(request, monkeypatch):
    """Every law holds for the whole-array twin and for the compiled loops."""
    import ftdata.near_duplicates.layers
    import ftdata.near_duplicates.minhash  # noqa: F401

    small = HUGE if request.param == "numpy" else -1
    for module, limits in {
        "shingle": ["_SMALL_BYTES"],
        "minhash": ["_SMALL_SHINGLES"],
        "layers": ["_SMALL_PAIRS", "_SMALL_SHINGLES"],
    }.items():
        # Through sys.modules: `shingle` in the package is the function.
        home = sys.modules[f"ftdata.near_duplicates.{module}"]
        monkeypatch.setattr(home, "kernels_loaded", lambda: False)
        for limit in limits:
            monkeypatch.setattr(home, limit, small)
    return request.param


@pytest.fixture
def sets_of():
    def build(texts, n=5):
        return shingle(normalise(pl.Series(texts, dtype=pl.String)), n=n)

    return build
