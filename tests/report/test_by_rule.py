"""Problems rule by rule: every problem is counted, each kind is told once, and no key that could be private is named."""

from __future__ import annotations

import json

from ftdata import Dataset, Pipeline, Validate
from ftdata.report.by_rule import problem_line, problems_by_rule, rows_on_one_line
from ftdata.report.problems import FoundProblem, find_problems, list_problems
from small_set import chats, write_lines


def problem(
    row: int | None, path: str, message: str = "mend it", *, rule: str = "a.rule", severity: str = "error", file="f"
):
    return FoundProblem(row, file, None if row is None else row + 1, path, rule, severity, message)


def told(*problems: FoundProblem) -> list[str]:
    return problems_by_rule(Dataset.from_rows(chats(2)), problems)


def test_one_problem_is_one_line() -> None:
    assert told(problem(6, "$.messages[2].content")) == ["error: a.rule: f:7: $.messages[2].content: mend it"]
    assert told(problem(6, "$")) == ["error: a.rule: f:7: mend it"]
    assert told(problem(None, "$", file=None)) == ["error: a.rule: all rows: mend it"]


def test_places_that_differ_in_their_indexes_are_one_kind() -> None:
    assert told(*(problem(row, f"$.messages[{row}].name") for row in range(5)), problem(3, "$.messages[1].name")) == [
        "error: a.rule: 5 rows, first at f:1: mend it",
        "    5 rows: $.messages[*].name, at f:1, 2, 3 ...",
    ]


def test_messages_that_differ_stand_with_their_places() -> None:
    found = [problem(0, "$.a", "3 are too many"), problem(1, "$.a", "5 are too many"), problem(1, "$.b", "add it")]
    assert told(*found) == [
        "error: a.rule: 2 rows, first at f:1",
        "    2 rows: $.a: 3 are too many, at f:1, 2",
        "    1 row: $.b: add it, at f:2",
    ]


def test_what_is_not_shown_is_counted() -> None:
    lines = told(*(problem(row, f"$.k{'x' * row}") for row in range(9)))
    assert len(lines) == 1 + 6 + 1
    assert lines[-1] == "    and 3 more in 3 other places"


def test_errors_come_first_and_then_what_most_rows_have() -> None:
    found = [problem(0, "$", severity="info", rule="c.c")] * 3
    found += [problem(0, "$", severity="warning", rule="b.b"), problem(0, "$", rule="a.a")]
    found += [problem(row, "$", rule="z.z") for row in range(4)]
    assert [line.split(": ")[1] for line in told(*found) if not line.startswith(" ")] == ["z.z", "a.a", "b.b", "c.c"]


def test_files_are_named_once_in_a_row() -> None:
    found = [problem(0, "$.a"), problem(1, "$.a"), problem(2, "$.a", file="g")]
    assert told(*found)[1] == "    3 rows: $.a, at f:1, 2, g:3"


def test_keys_that_may_be_private_are_counted_and_not_named() -> None:
    """Also in rows that were dropped, at any depth, and where a key stands at another place in each row."""
    rows = chats(6)
    for number, row in enumerate(rows):
        row["messages"][0] |= {f"Zq7Canary{number % 2}": 1}
        rows[number] = {f"Zq7Canary{n}": n for n in range(number % 3)} | row
    rows[5]["messages"][1]["role"] = "robot"
    result = Pipeline([Validate(target="openai")]).run(Dataset.from_rows(rows))
    assert len(result.dataset) < 6
    lines = problems_by_rule(result.dataset, find_problems(result.ledger))
    assert not [line for line in lines if "Zq7" in line]
    (top,) = [line for line in lines if line.startswith("    4 rows: $[key] (")]
    assert "(2 different keys, whose names are not shown)" in top
    (deep,) = [line for line in lines if "$.messages[*][key] (" in line]
    assert "(2 different keys" in deep


def test_rows_of_an_array_on_one_line_are_told_apart(tmp_path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(chats(3)))
    write_lines(tmp_path / "b.jsonl", chats(3))
    data = Dataset.read(tmp_path)
    assert rows_on_one_line(data) == {0: 1, 1: 2, 2: 3}
    assert problem_line(problem(1, "$"), rows_on_one_line(data)) == "f:2#2: error: $: mend it [a.rule]"


def test_the_list_for_programs_has_every_problem(tmp_path) -> None:
    rows = chats(4)
    for row in rows:
        row["id"] = 1
    result = Pipeline([Validate(target="openai")]).run(Dataset.from_rows(rows))
    found = list(find_problems(result.ledger))
    assert len(list_problems(result.ledger)) == len(found) == 4 + 1  # and too few for the target
    assert {tuple(one) for one in list_problems(result.ledger)} == {
        ("file", "line", "path", "rule", "severity", "message")
    }
