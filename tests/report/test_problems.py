"""The findings and drops of a ledger as the list that `ftdata check` prints."""

from __future__ import annotations

import tracemalloc
from collections import deque
from pathlib import Path

import polars as pl

from ftdata import Dataset, Filter, Pipeline, Result, Validate
from ftdata.report.by_rule import problems_by_rule
from ftdata.report.problems import _BROKEN, find_problems, list_problems
from small_set import BROKEN, chats

DATA = Path(__file__).parents[1] / "data"


def test_every_broken_line_is_an_error_in_words(result: Result) -> None:
    problems = list_problems(result.ledger)
    source = result.dataset.sources[0].path
    broken = [one for one in problems if one["file"] == source and one["rule"].startswith("json.")]
    assert [(one["line"], one["rule"]) for one in broken] == [(21 + i, rule) for i, (_, _, rule) in enumerate(BROKEN)]
    assert {one["severity"] for one in broken} == {"error"}
    assert not [one for one in broken if one["message"] == "the line cannot be read"]


def test_every_fault_of_a_line_has_words() -> None:
    """None falls back on the general sentence."""
    assert {rule for _, _, rule in BROKEN} | {"json.too_long", "json.declared"} == set(_BROKEN)


def test_a_value_that_a_column_declares_to_be_json_and_is_not_is_said_to_be_none() -> None:
    """And the rows beside it stay; one that writes a key twice in it is no row, as it would be in a line."""
    data = Dataset.read(DATA / "json_types.parquet")
    told = [(one["line"], one["rule"], one["message"]) for one in list_problems(data.ledger) if one["line"]]
    assert [(line, rule) for line, rule, _ in told] == [(3, "json.dup_key"), (4, "json.declared")]
    assert "not JSON, although the type of its column says so (arrow.json)" in told[1][2]
    assert dict(data.ledger.select("line", "reason").iter_rows()) == {3: "invalid_record", 4: "invalid_json"}
    assert len(data) == 3


def test_problems_are_sorted_by_file_and_line_and_those_of_the_set_come_last(result: Result) -> None:
    keys = [(one["file"] is None, one["file"] or "", one["line"] or 0) for one in list_problems(result.ledger)]
    assert keys == sorted(keys)


def test_rows_that_leave_for_another_reason_are_no_problem() -> None:
    """Only findings, and lines that could not be read, are."""
    result = Pipeline([Filter(where="line > 1")]).run(Dataset.from_rows(chats(3)))
    assert result.ledger.height == 1
    assert list_problems(result.ledger) == []


def test_a_row_with_several_problems_is_there_with_each() -> None:
    row = {"messages": [{"role": "user"}, {"role": "robot", "content": "x"}]}
    result = Pipeline([Validate(target="openai")]).run(Dataset.from_rows([*chats(12), row]))
    problems = [one for one in list_problems(result.ledger) if one["line"] == 13]
    assert len({one["rule"] for one in problems}) >= 2
    assert all(one["path"].startswith("$") for one in problems)
    findings = result.ledger.filter((pl.col("action") == "finding") & (pl.col("line") == 13))
    assert len(problems) == findings.height


def test_an_empty_ledger_has_no_problems() -> None:
    assert list_problems(Pipeline([]).run(Dataset.from_rows([])).ledger) == []


def test_problems_are_made_one_by_one_and_counted_without_being_kept() -> None:
    """A large export has millions: as a list these would be 6 MB here, and the ledger that they come from is columns."""
    rows = [{"messages": [], "id": number} for number in range(6000)]
    result = Pipeline([Validate(target="openai")]).run(Dataset.from_rows(rows))
    told = problems_by_rule(result.dataset, find_problems(result.ledger))  # what is loaded once is loaded
    assert "6,000 rows" in told[0]
    for look in (lambda found: deque(found, maxlen=0), lambda found: problems_by_rule(result.dataset, found)):
        tracemalloc.start()
        try:
            look(find_problems(result.ledger))
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert most < 1_500_000
