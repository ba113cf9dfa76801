"""Whoever breaks a law is found with rows that Hypothesis draws, and told so with an example that a person can read."""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from ftdata import Dataset
from ftdata.testing import laws
from ftdata.testing.strategies import datasets, text_records
from testing.laws.bad_stages import BAD, knows_where_it_runs

SEARCH = settings(max_examples=60, database=None, deadline=None, suppress_health_check=list(HealthCheck))
NOT_SHRUNK = settings(SEARCH, phases=[Phase.generate])  # where every look is a dozen runs; three rows are few anyway
TEXTS = text_records(content=st.sampled_from(("a", "b", "cc")))
LONGEST = 700  # characters of a message: it fits on a screen
LAW = {
    laws.assert_deterministic: "determinism",
    laws.assert_idempotent: "idempotence",
    laws.assert_local: "locality",
    laws.assert_private: "privacy",
    laws.assert_truthful: "truth",
    laws.assert_order_independent: "order independence",
}
"""How a message begins, where that is not the name of the law's function."""


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


def name_of(bad: object) -> str:
    return getattr(bad, "__name__", None) or getattr(bad, "name", None) or type(bad).__name__


@pytest.mark.parametrize("bad", BAD, ids=name_of)
def test_a_stage_that_breaks_a_law_is_found_with_few_small_rows(bad) -> None:
    law = BAD[bad]
    more = {"workers": 2} if bad is knows_where_it_runs else {}
    quick = {"shard_rows": [1]} if law is laws.assert_deterministic else {}
    told: list[str] = []

    def is_found(data) -> bool:
        try:
            law(bad, data, **more, **quick)
        except AssertionError as error:
            told.append(str(error))
            return True
        return False

    origins = ("synthetic",) if law is laws.assert_fidelity else ("human",)
    rows = datasets(TEXTS, max_rows=3, origins=origins, copies=False)
    search = NOT_SHRUNK if law in {laws.assert_deterministic, laws.assert_private} else SEARCH
    smallest = find(rows, is_found, settings=search, random=Random(1))
    assert len(smallest) <= 3
    assert all(len(raw) < 20 for raw in smallest.raw()), list(smallest.raw())
    name = LAW.get(law, law.__name__.removeprefix("assert_"))
    assert told[-1].startswith(f"{name}: "), told[-1]
    assert len(told[-1]) < LONGEST
    fixed = Dataset.from_rows([{"text": text} for text in ("a", "b", "cc")], origin="synthetic")
    with pytest.raises(AssertionError):
        laws.assert_laws(bad, fixed, **more)


def test_every_law_has_a_stage_that_breaks_it() -> None:
    every = {name for name in laws.__all__ if name.startswith("assert_") and name != "assert_laws"}
    assert {law.__name__ for law in BAD.values()} == every
