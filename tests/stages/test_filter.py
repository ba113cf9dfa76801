"""Filter: a condition of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args, get_origin, get_type_hints

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, Fields, Filter, FilterTokens, RecipeError, StageError
from ftdata.conditions import FUNCTIONS
from ftdata.testing.laws import assert_conservation, assert_laws, assert_local, assert_order_independent
from ftdata.testing.strategies import datasets, text_records
from stages.fates import details, drops, kept_lines
from testing.laws.some_stages import IfItCan

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


@pytest.mark.parametrize(
    "where",
    [
        "n > AVG(n)", "COUNT(*) > 1", "ROW_NUMBER() OVER (ORDER BY n) > 1", "first(n) = 1", "first_value(row) = row",
        '"max"(row) = row', "max/**/(row) = row", "max -- x\n(row) = row", "`max`(row) = row", "x = $$a$$ or max(row) = row",
        "max\u00a0(n) = n", "n = 'a'' or ' or max(n) = n",
        "n > ANY(select 1)", "n in (select secret from read_csv('private.csv'))", "exists (select 1)", "n in (table x)",
        "current_date > '2026-11-22'", "now() > created", "random() > 0.5", "n > 1; drop table x",
    ],
)  # fmt: skip
def test_a_condition_on_more_than_the_row_is_refused_when_it_is_built(where: str) -> None:
    """On other rows it would depend on the shard; on a clock, on the day; on a file, it would read what nobody named."""
    with pytest.raises(RecipeError, match="one row by itself"):
        Filter(where=where)


@pytest.mark.parametrize("name", sorted(FUNCTIONS - {"cast", "try_cast", "extract"}))
def test_a_function_that_is_allowed_looks_at_its_own_row(name: str) -> None:
    """Each row by itself gives what all of them give together."""
    given = {
        "round": "n, 1", "pow": "n, 2", "power": "n, 2", "mod": "n, 2", "div": "n, 2", "left": "s, 1", "right": "s, 1",
        "substr": "s, 1, 2", "substring": "s, 1, 2", "strpos": "s, 'b'", "replace": "s, 'a', 'b'", "starts_with": "s, 'a'",
        "ends_with": "s, 'c'", "concat": "s, s", "concat_ws": "'-', s, s", "regexp_like": "s, 'a'", "coalesce": "n, 1",
        "nullif": "n, 1", "ifnull": "n, 1", "if": "n > 1, 1, 2", "least": "n, m", "greatest": "n, m", "date": "d",
        "strptime": "d, '%Y-%m-%d'", "timestamp": "t", "strftime": "date(d), '%Y'", "date_part": "'year', date(d)",
        "split_part": "s, ' ', 1", "log": "n, 2",
    }  # fmt: skip
    texts = "length char_length character_length octet_length bit_length lower upper ltrim rtrim trim reverse initcap normalize"
    arguments = given.get(name, "s" if name in texts.split() else "n")
    frame = pl.DataFrame({
        "n": [1.0, 2.5, 7.0], "m": [3.0, 1.0, 2.0], "s": ["a b", "cA", "b c"], "d": ["2026-01-01", "2025-02-02", "2024-03-03"],
        "t": ["2026-01-01 10:00:00"] * 3,
    })  # fmt: skip
    asked = pl.sql_expr(f"{name}({arguments})").alias("told")
    together = frame.select(asked)["told"].to_list()
    assert [frame[i : i + 1].select(asked)["told"].to_list() for i in range(3)] == [[one] for one in together]


def test_whole_numbers_are_compared_as_such() -> None:
    rows = [{"text": "a", "n": 2**53 + 1}, {"text": "b", "n": 2**53}, {"text": "c", "n": 2**70}]
    after = Filter(where=f"n = {2**53 + 1}")(Dataset.from_rows(rows))
    assert [row["text"] for row in after.rows()] == ["a"]
    assert [row["text"] for row in Filter(where="n > 1e20")(Dataset.from_rows(rows)).rows()] == ["c"]


@pytest.mark.parametrize(
    ("where", "stay"),
    [("tools IS NOT NULL", "ab"), ("tools IS NULL", "c"), ("tools LIKE '%\"sea\"%'", "a"), ("tools = '[]'", "b")],
)
def test_a_list_or_an_object_is_its_json(where: str, stay: str) -> None:
    rows = [{"text": "a", "tools": [{"name": "sea"}]}, {"text": "b", "tools": []}, {"text": "c", "tools": None}]
    assert "".join(row["text"] for row in Filter(where=where)(Dataset.from_rows(rows)).rows()) == stay


def test_a_field_that_is_called_like_a_column_is_told_and_can_be_named() -> None:
    data = Dataset.from_rows([{"text": "a", "source": "web"}, {"text": "b", "source": "book"}])
    after = Filter(where="source = 'web'")(data)
    assert after.ledger["reason"].to_list() == ["filter.column", "condition_false", "condition_false"]
    assert [row["text"] for row in Filter(where="\"$.source\" = 'web'")(data).rows()] == ["a"]


def test_a_comment_is_as_good_as_a_space() -> None:
    data = Dataset.from_rows([{"text": "a"}, {"text": "b"}])
    assert len(Filter(where="text = 'a' -- the first (and only) one of max(x)")(data)) == 1


def test_quoted_words_are_no_functions() -> None:
    data = Dataset.from_rows([{"text": "MAX(1)"}, {"text": "b"}])
    assert len(Filter(where="text = 'MAX(1)'")(data)) == 1


BAD = st.sampled_from(
    [1, 5, 0, -1, 2.5, "4", "n/a", "", "2026-01-02", "10/11/12", "99-01-01", None, True, [], [1], {"a": 1}]
)
ON_VALUES = [
    'CAST("c" AS INTEGER) >= 3', "DATE(\"c\") > DATE('2000-01-01')", "date_part('year', DATE(c)) > 11", "10 / c > 2",
    "c % 0 IS NULL", "CASE WHEN c = '4' THEN 1 ELSE CAST(c AS INTEGER) END > 0", "length(c) > 2", "c LIKE '[%' OR c = '[1]'",
    "coalesce(CAST(c AS INTEGER), 7) > 1", "c",
]  # fmt: skip


@pytest.mark.parametrize("where", ON_VALUES)
def test_the_laws_hold_of_conditions_that_fail_on_values(where: str) -> None:
    """Shards, order and the other rows decide nothing: not even whether it is the condition that is wrong."""
    stage = Filter(where=where)

    @FEW
    @given(datasets(text_records(extra={"c": BAD}), max_rows=8))
    def check(data) -> None:
        assert_local(stage, data)
        assert_conservation(stage.row_part, data)
        assert_order_independent(stage.row_part, data)
        assert_laws(IfItCan(stage), data)

    check()


@pytest.mark.parametrize("shard_rows", [1, 2, 4, 7, 10, 100])
@pytest.mark.parametrize(
    ("where", "good", "bad"), [('CAST("c" AS INTEGER) >= 3', "5", "n/a"), ("DATE(\"c\") > DATE('2020-01-01')", "2021-01-01", "-")]
)  # fmt: skip
def test_a_bad_value_makes_its_own_row_unknown(where: str, good: str, bad: str, shard_rows: int) -> None:
    rows = [{"text": str(n), "c": bad if n == 6 else good} for n in range(20)]
    after = Filter(where=where)(Dataset.from_rows(rows, shard_rows=shard_rows))
    assert drops(after) == {7: "condition_false"}
    assert details(after, "drop") == [{"condition": "unknown"}]


@pytest.mark.parametrize("shard_rows", [1, 2, 7, 100])
def test_a_condition_that_fails_on_every_row_names_the_first_whatever_the_shards(shard_rows: int) -> None:
    rows = [{"text": "a"}, *({"text": "b", "c": "no" if n % 2 else 10**9} for n in range(9))]
    with pytest.raises(StageError, match=r"the condition failed on memory:2 \(InvalidOperationError\)"):
        Filter(where="CAST(c AS TINYINT) > 1")(Dataset.from_rows(rows, shard_rows=shard_rows))


@pytest.mark.parametrize("shard_rows", [1, 2, 100])
def test_how_a_date_is_read_does_not_depend_on_the_dates_before_it(shard_rows: int) -> None:
    """Day first when it stands alone; polars reads it year first behind 2021-01-02."""
    rows = [{"text": "a", "c": "2021-01-02"}, {"text": "b", "c": "10/11/12"}]
    after = Filter(where="date_part('year', DATE(c)) = 12")(Dataset.from_rows(rows, shard_rows=shard_rows))
    assert [row["text"] for row in after.rows()] == ["b"]


def test_a_function_works_row_by_row_and_an_expression_has_a_part_that_does() -> None:
    assert Filter(where=is_short).per_row
    assert not Filter(where="line > 1").per_row  # it tells of the set what no row can
    assert Filter(where="line > 1").row_part.per_row


def test_type_checkers_refuse_what_is_no_condition() -> None:
    """`Any` there would take a 7."""
    text, function = get_args(get_type_hints(Filter)["where"])
    assert text is str
    assert get_origin(function) is Callable
    assert get_args(function) == ([dict[str, Any]], bool)
