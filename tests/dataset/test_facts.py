"""What `Fields` names and rows do not have is told: in which file, of how many rows, and once."""

from __future__ import annotations

import json

import polars as pl
import pytest

from ftdata import Dataset, Fields, Pipeline, Split
from small_set import chats, write_lines


def told(data: Dataset) -> list[tuple[str | None, int | None, str, str, str]]:
    lines = data.ledger.filter((pl.col("action") == "finding") & pl.col("reason").str.starts_with("fields."))
    found = []
    for source, line, rule, detail in lines.select("source", "line", "reason", "detail").iter_rows():
        says = json.loads(detail)
        found.append((source, line, rule, says["severity"], says["message"]))
    return found


def test_a_fact_that_only_some_files_have_is_told_file_by_file(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "a.jsonl", [{"text": "a", "meta": {"customer": 1}}, {"text": "b", "meta": {"customer": 2}}])
    write_lines(tmp_path / "b.jsonl", [{"text": "c", "customer": 1}, {"text": "d", "customer": 2}])
    write_lines(tmp_path / "c.jsonl", [{"text": "e", "meta": {"customer": 1}}, {"text": "f"}])
    data = Dataset.read(["a.jsonl", "b.jsonl", "c.jsonl"], fields=Fields(group="meta.customer"))
    assert told(data) == [
        ("b.jsonl", None, "fields.missing", "warning", "2 of 2 rows of b.jsonl have no group (meta.customer)"),
        ("c.jsonl", None, "fields.missing", "info", "1 of 2 rows of c.jsonl have no group (meta.customer)"),
    ]


def test_a_path_that_no_row_of_an_input_has_is_told_once_with_its_first_file(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        write_lines(tmp_path / f"{name}.jsonl", [{"text": name}])
    ((source, _, rule, severity, _),) = told(Dataset.read(["a.jsonl", "b.jsonl"], fields=Fields(group="costumer")))
    assert (source, rule, severity) == ("a.jsonl", "fields.no_row", "warning")


def test_rows_without_parents_were_made_from_none_and_are_no_finding() -> None:
    rows = [{"text": "a", "id": 1}, {"text": "b", "id": 2, "from": 1.0}]
    data = Dataset.from_rows(rows, origin="human", fields=Fields(id="id", parents="from"))
    assert told(Pipeline([]).run(data).dataset) == []


@pytest.mark.parametrize(
    ("parent", "fields", "says"),
    [
        ("seed-{}", {"id": "id"}, "; is it the same key, spelled the same, that id and parents name?"),
        ("seed-{}", {}, ": no row has an id; name the key that holds it (id in fields)"),
        ({"id": 3}, {"id": "id"}, "; 4 of them have an object or a list there, which is no id: name the key of the id itself"),
    ],
)  # fmt: skip
def test_parents_that_are_no_rows_are_told_of_the_whole_set_and_once(parent, fields, says) -> None:
    """Of the sum: the parents of one input are the rows of another."""
    people = Dataset.from_rows(
        [{**row, "id": i} for i, row in enumerate(chats(30))], origin="human", fields=Fields(id="id")
    )
    made = [{**row, "id": 100 + i, "seed": [parent]} for i, row in enumerate(chats(4, start=50))]
    data = people + Dataset.from_rows(made, origin="synthetic", fields=Fields(parents="seed", **fields))
    if not fields:
        data = Dataset.from_rows(made, origin="human", fields=Fields(parents="seed"))
    assert told(data) == []
    result = Pipeline([Split()] if fields else []).run(data)
    why = "4 of 4 rows with parents name none that is the id of a row" + says
    source = "memory-2" if fields else "memory"
    assert told(result.dataset) == [(source, 1, "fields.no_parent", "warning", why)]
    if fields:
        assert told(Split()(Split()(data))) == told(result.dataset), "also where no pipeline asks"


def test_a_parent_that_another_input_has_or_that_was_dropped_is_found() -> None:
    people = Dataset.from_rows([{"text": "a", "id": 3}, {"text": "b", "id": 4}], fields=Fields(id="id"))
    made = [{"text": "c", "seed": 3.0}, {"text": "d", "seed": ["4", "lost"]}]
    data = people.drop([0], by="own", reason="gone") + Dataset.from_rows(made, fields=Fields(parents="seed"))
    assert told(Pipeline([]).run(data).dataset) == []
