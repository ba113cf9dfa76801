"""Rows with facts of their own: everything that is odd about them in real files comes up, and is read as it stands."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from ftdata.testing.strategies import FACTS_KEY, datasets, fields_of_facts, row_facts, text_records

FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(datasets(text_records(), facts=True, min_rows=1, max_rows=6))
def test_facts_are_in_the_rows_and_in_the_index(data) -> None:
    for raw, *told in zip(
        data.raw(), *(data.column(name) for name in ("id", "group", "created", "stratum")), strict=True
    ):
        facts = json.loads(raw).get(FACTS_KEY, {})
        assert told == [
            None if facts.get(n) in {None, ""} else str(facts[n]) for n in ("id", "group", "created", "stratum")
        ]
    assert [source.removesuffix(".jsonl") for source in data.column("source")] == data.column("origin").to_list()


@FEW
@given(datasets(text_records(), facts=True, fields=fields_of_facts(), min_rows=1, max_rows=4))
def test_the_origin_can_be_a_fact_too(data) -> None:
    for raw, origin in zip(data.raw(), data.column("origin"), strict=True):
        said = json.loads(raw).get(FACTS_KEY, {}).get("origin")
        assert origin == (said if said in {"human", "synthetic"} else "unknown")


def names(one: object) -> list[str]:
    return [str(name) for name in (one if isinstance(one, list) else [one]) if name is not None]


def odd_in(rows: list[dict[str, Any]]) -> set[str]:
    """What is odd about the families in some rows."""
    told = [(names(row.get("id")), names(row.get("parents"))) for row in rows]
    parents = {name: ups for own, ups in told for name in own}
    seen = {"a number for an id"} if any(isinstance(row.get("id"), int) for row in rows) else set()
    seen |= {"two rows of one id"} if len(parents) < sum(len(own) for own, _ in told) else set()
    for name, ups in parents.items():
        seen |= {"its own parent"} if name in ups else set()
        seen |= {"a parent that is nowhere"} if "lost" in ups else set()
        for up in set(ups) & parents.keys() - {name}:
            seen |= {"a cycle"} if name in parents[up] else {"a parent"}
            seen |= {"a chain"} if set(parents[up]) & parents.keys() - {name, up} else set()
    return seen


def test_few_rows_have_every_kind_of_family() -> None:
    seen: set[str] = set()

    @settings(FEW, max_examples=150, phases=[Phase.generate], derandomize=True)
    @given(st.lists(row_facts(), max_size=6))
    def look(rows) -> None:
        seen.update(odd_in(rows))

    look()
    assert seen == {
        "a number for an id", "two rows of one id", "its own parent", "a parent that is nowhere", "a cycle", "a parent", "a chain",
    }  # fmt: skip


def test_copies_may_have_facts_of_their_own() -> None:
    seen: set[bool] = set()

    @settings(FEW, max_examples=40, phases=[Phase.generate], derandomize=True)
    @given(datasets(text_records(), facts=True, max_rows=6))
    def look(data) -> None:
        rows = list(data.rows())
        seen.add(len({row["text"] for row in rows}) < len({json.dumps(row) for row in rows}))

    look()
    assert seen == {True, False}


def test_facts_shrink_to_none() -> None:
    assert find(row_facts(), lambda _: True, settings=settings(database=None), random=Random(1)) == {}
