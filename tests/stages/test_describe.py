"""Describe: numbers about the rows; no row is touched."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, Describe, Fields, FilterTokens, RecipeError, Split
from ftdata.report.html import to_html
from ftdata.report.summary import make_report
from ftdata.report.text import describe_text
from ftdata.testing.laws import assert_laws
from ftdata.testing.strategies import chat_records, datasets, preference_records
from stages.fates import chat

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def groups(data: Dataset) -> dict[str, dict]:
    return {one["group"]: one for one in data.notes["describe"][-1]["groups"]}


@pytest.mark.parametrize("by", [None, "origin", "source", "split", "group"])
def test_the_laws_hold(by) -> None:
    record = chat_records(tools=True, parts=True, max_turns=2, extra={"customer": st.sampled_from("abc")})

    @settings(FEW, max_examples=5)
    @given(datasets(record | preference_records(), broken=True, max_rows=6, fields=Fields(group="customer")))
    def check(data):
        assert_laws(Describe(by=by), data)

    check()


def test_turns_and_characters_are_counted() -> None:
    rows = [chat("abc", "de"), chat("f", "g", "h", "i", system="jkl"), {"messages": []}]
    after = Describe()(Dataset.from_rows(rows))
    assert after.column("turns").to_list() == [2, 4, 1]
    assert after.column("characters").to_list() == [5, 7, 0]
    assert len(after) == 3
    assert after.ledger.height == 0
    assert groups(after)["all"] == {
        "group": "all",
        "rows": 3,
        "turns": {"min": 1, "median": 2, "p95": 4, "max": 4, "sum": 7, "mean": 2.3},
        "characters": {"min": 0, "median": 5, "p95": 7, "max": 7, "sum": 12, "mean": 4.0},
    }


def test_the_95th_percentile_and_the_median_are_those_of_the_rows() -> None:
    """The value nearest to the place that is asked for: of 1 to 100, in any order."""
    told = groups(Describe()(Dataset.from_rows([{"text": "x" * (i * 37 % 101)} for i in range(1, 101)])))["all"]
    assert told["characters"] == {"min": 1, "median": 51, "p95": 95, "max": 100, "sum": 5050, "mean": 50.5}


def test_rows_are_told_by_group_with_tokens_when_they_were_counted() -> None:
    data = Dataset.from_rows([{"text": "one"}], origin="synthetic") + Dataset.from_rows(
        [{"text": "one"}, {"text": "one two three"}], origin="human"
    )
    told = groups(Describe(by="origin")(FilterTokens()(data)))
    assert {name: one["rows"] for name, one in told.items()} == {"all": 3, "human": 2, "synthetic": 1}
    assert told["human"]["content_tokens"] == {"min": 1, "median": 3, "p95": 3, "max": 3, "sum": 4, "mean": 2.0}


def test_names_of_the_users_own_are_numbers() -> None:
    rows = [{"text": "a", "who": "Mrs Secret"}, {"text": "b", "who": "Mr Hidden"}, {"text": "c", "who": "Mrs Secret"}]
    after = Describe(by="group")(Dataset.from_rows(rows, fields=Fields(group="who")))
    assert {name: one["rows"] for name, one in groups(after).items()} == {"all": 3, "group 1": 2, "group 2": 1}
    assert "Secret" not in json.dumps(after.notes)


def test_the_largest_groups_are_shown_and_the_others_counted() -> None:
    rows = [{"text": "x" * (i % 7), "who": f"c{i % 60 if i < 120 else i % 20}"} for i in range(160)]
    after = Describe(by="group")(Dataset.from_rows(rows, fields=Fields(group="who")))
    told = after.notes["describe"][-1]
    assert [one["rows"] for one in told["groups"]] == [160, *[4] * 20, *[2] * 30]
    assert told["not_shown"] == {"groups": 10, "rows": 20}
    assert told["groups"][0]["characters"]["sum"] == sum(i % 7 for i in range(160))
    assert "10 smaller groups with 20 rows are not shown" in describe_text([told])
    assert "10 smaller groups with 20 rows are not shown" in to_html(
        {**make_report(after, []).data, "describe": [told]}
    )
    assert "not_shown" not in Describe(by="origin")(after).notes["describe"][-1]


def test_each_group_is_described_as_if_it_were_alone() -> None:
    rows = [
        {"text": "x" * length, "who": who} for who, length in zip("abaabbac", (3, 9, 1, 4, 4, 2, 8, 6), strict=True)
    ]
    told = groups(Describe(by="group")(Dataset.from_rows(rows, fields=Fields(group="who"))))
    for number, who in enumerate("abc", 1):
        alone = groups(Describe()(Dataset.from_rows([row for row in rows if row["who"] == who])))["all"]
        assert told[f"group {number}"] == {**alone, "group": f"group {number}"}


def test_splits_are_told_when_there_are_some() -> None:
    data = Dataset.from_rows([{"text": f"{i} and so on"} for i in range(40)], origin="human")
    assert list(groups(Describe(by="split")(data))) == ["all"]
    split = Split(train=0.5, val=0.25, test=0.25, seed=1)(data)
    told = groups(Describe(by="split")(split))
    assert {name: one["rows"] for name, one in told.items() if name != "all"} == {
        name: count for name, count in split.notes["split"]["rows"].items() if count
    }


def test_dropped_rows_are_not_counted() -> None:
    data = Dataset.from_rows([{"text": "a"}, {"text": "bbb"}]).drop([1], by="x", reason="gone")
    assert groups(Describe()(data))["all"]["rows"] == 1


def test_a_set_without_rows_has_zeros() -> None:
    told = groups(Describe(by="origin")(Dataset.from_rows([])))["all"]
    assert told["rows"] == 0
    assert told["characters"]["max"] == 0


def test_a_wrong_setting_is_said_when_it_is_built() -> None:
    with pytest.raises(RecipeError, match="by='mood'"):
        Describe(by="mood")
