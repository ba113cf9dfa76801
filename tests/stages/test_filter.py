"""Filter: a condition of the user's own."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, Fields, Filter, FilterTokens, RecipeError, StageError
from ftdata.testing.laws import assert_laws
from ftdata.testing.strategies import datasets, text_records
from stages.fates import details, drops, kept_lines

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
SCORED = text_records(extra={"score": st.none() | st.integers(0, 5)})
ROWS = [
    {"text": "a", "metadata": {"quality": 5, "tag": "x"}},
    {"text": "b", "metadata": {"quality": 1, "tag": "y"}},
    {"text": "c", "metadata": {}},
    {"text": "d"},
]


def is_short(row) -> bool:
    return len(row["text"]) < 5


def filtered(where, **told) -> Dataset:
    return Filter(where=where, **told)(Dataset.from_rows(ROWS, origin="human", fields=Fields(group="metadata.tag")))


@pytest.mark.parametrize("where", ["score >= 3", "origin = 'human' AND line > 1", is_short], ids=str)
def test_the_laws_hold(where) -> None:
    @FEW
    @given(datasets(SCORED, broken=True, max_rows=6))
    def check(data):
        assert_laws(Filter(where=where), data)

    check()


def test_a_field_of_the_row_is_named_by_its_path() -> None:
    after = filtered('"metadata.quality" >= 3')
    assert kept_lines(after) == [1]
    assert drops(after) == dict.fromkeys((2, 3, 4), "condition_false")
    assert details(after, "drop") == [{"condition": "false"}, {"condition": "unknown"}, {"condition": "unknown"}]


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        ("origin = 'human'", [1, 2, 3, 4]),
        ("origin = 'synthetic'", []),
        ("\"group\" = 'y'", [2]),
        ("source = 'memory' AND line <= 2", [1, 2]),
        ("format = 'text'", [1, 2, 3, 4]),
        ('"metadata.quality" IS NULL', [3, 4]),
        ("\"metadata.quality\" > 3 OR text = 'd'", [1, 4]),
        ("nowhere = 1", []),
    ],
)
def test_columns_and_fields_can_be_asked_for(where, lines) -> None:
    assert kept_lines(filtered(where)) == lines


def test_marks_can_be_asked_for() -> None:
    counted = FilterTokens()(Dataset.from_rows([{"text": "one"}, {"text": "one two three"}]))
    assert kept_lines(Filter(where="content_tokens > 1")(counted)) == [2]


def test_a_function_sees_the_parsed_row() -> None:
    assert kept_lines(filtered(lambda row: row["text"] in "ad")) == [1, 4]


def test_the_reason_can_be_named() -> None:
    assert set(drops(filtered("text = 'a'", reason="not_an_a")).values()) == {"not_an_a"}


def test_a_function_that_fails_is_told_with_file_and_line_and_no_text() -> None:
    with pytest.raises(StageError, match=r"Filter: the condition failed on memory:3 \(it raised KeyError\)") as caught:
        filtered(lambda row: row["metadata"]["quality"] > 0)
    assert caught.value.__cause__ is None


def test_a_value_that_cannot_be_asked_is_unknown_whatever_the_shards() -> None:
    rows = [{"text": "a", "n": 1}, {"text": "b", "n": "one"}, {"text": "c", "n": 2.5}]
    for shard_rows in (1, 2, 9):
        after = Filter(where="n > 0")(Dataset.from_rows(rows, shard_rows=shard_rows))
        assert [row["text"] for row in after.rows()] == ["a", "c"]
        assert after.ledger["detail"].to_list() == ['{"condition":"unknown"}']


def test_the_types_in_other_rows_decide_nothing() -> None:
    """A field of several types: each row is judged by its own value, with the others there and without them."""
    rows = [{"text": "a", "kind": "x"}, {"text": "b", "kind": 1}, {"text": "c"}, {"text": "d", "kind": 2}]
    for where, stay in (
        ("kind IS NULL", ["c"]),
        ("kind = 'x'", ["a"]),
        ("kind >= 2", ["d"]),
        ("kind IS NOT NULL", ["a", "b", "d"]),
    ):
        once = Filter(where=where)(Dataset.from_rows(rows))
        assert [row["text"] for row in once.rows()] == stay
        assert [row["text"] for row in Filter(where=where)(once).rows()] == stay


def test_a_field_that_no_row_has_is_told() -> None:
    after = Filter(where="nowhere = 1")(Dataset.from_rows([{"text": "a"}]))
    assert after.ledger["reason"].to_list() == ["filter.no_field", "condition_false"]


def test_an_index_column_is_meant_only_if_fields_named_it() -> None:
    rows = [{"text": "a", "created": "2026-02-01"}, {"text": "b", "created": "2025-02-01"}]
    after = Filter(where="created >= '2026'")(Dataset.from_rows(rows))
    assert [row["text"] for row in after.rows()] == ["a"]


def test_a_condition_that_is_none_is_told() -> None:
    with pytest.raises(StageError, match="Filter"):
        filtered("text")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"where": "text ="}, "not an SQL expression"),
        ({"where": 7}, "SQL expression"),
        ({"where": "text = 'a'", "reason": "It is bad"}, "reason"),
        ({}, "where"),
    ],
)
def test_a_wrong_setting_is_said_when_it_is_built(told, words) -> None:
    with pytest.raises(RecipeError, match=words):
        Filter(**told)


def test_only_an_expression_has_a_version() -> None:
    assert Filter(where="line > 1").version == "1"
    assert Filter(where=is_short).version is None


@pytest.mark.parametrize(
    "where", ["n > 1 AND n < 3", "n BETWEEN 2 AND 2", "row = 1", "line > 1 AND line < 3", "n = 2 OR n = 2.0"]
)
def test_a_column_may_be_named_twice(where: str) -> None:
    data = Dataset.from_rows([{"text": t, "n": n} for n, t in enumerate("abc", 1)])
    assert [row["text"] for row in Filter(where=where)(data).rows()] == ["b"]


@pytest.mark.parametrize("where", ["n > AVG(n)", "COUNT(*) > 1", "ROW_NUMBER() OVER (ORDER BY n) > 1", "first(n) = 1"])
def test_a_condition_on_several_rows_is_refused_when_it_is_built(where: str) -> None:
    with pytest.raises(RecipeError, match="one row by itself"):
        Filter(where=where)


def test_quoted_words_are_no_functions() -> None:
    data = Dataset.from_rows([{"text": "MAX(1)"}, {"text": "b"}])
    assert len(Filter(where="text = 'MAX(1)'")(data)) == 1
