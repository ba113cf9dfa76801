"""What a sum says of the rows of its right side is about these rows, under the numbers and names that they have now."""

from __future__ import annotations

import json

import pytest

from ftdata import Dataset, Deduplicate, Describe, Pipeline, ReadError
from ftdata.dataset.ledger import readdressed
from ftdata.report.summary import make_report


def details(data: Dataset) -> list[dict]:
    return [json.loads(detail) for detail in data.ledger["detail"]]


def test_the_detail_of_a_copy_names_the_row_of_its_own_side() -> None:
    left = Dataset.from_rows([{"text": "something else"}, {"text": "and more"}])
    right = Deduplicate()(Dataset.from_rows([{"text": "the same"}, {"text": "the same"}, {"text": "another"}]))
    (told,) = details(left + right)
    assert (told["kept_row"], told["kept_source"], told["kept_line"]) == (2, "memory-2", 1)
    (told,) = details(left + (left + right))  # a sum on the right: its own names move again
    assert (told["kept_row"], told["kept_source"]) == (4, "memory-3")
    (told,) = details(right + left)
    assert (told["kept_row"], told["kept_source"]) == (0, "memory")


def test_a_copy_of_a_copy_is_named_by_the_same_rule() -> None:
    left = Dataset.from_rows([{"text": "x"}])
    right = Dataset.from_rows([{"text": text} for text in "abc"])
    told = {"kept_row": 0, "kept_source": "memory", "copy_of_row": 1, "copy_of_source": "memory", "similarity": 1.0}
    right = right.drop([2], by="Test", reason="copy", detail=told, kept_as=[0])
    right = right.find([1], by="Test", rule="a.rule", severity="info", detail={"of": [{"other_row": [0, 2]}]})
    right = right.find(by="Test", rule="a.rule", severity="info", detail={"rows": 2, "source": "memory"})
    after = left + right
    moved = {**told, "kept_row": 1, "kept_source": "memory-2", "copy_of_row": 2, "copy_of_source": "memory-2"}
    assert details(after) == [
        {"severity": "info", "rows": 2, "source": "memory"},  # neither name ends so: left as it is
        {"severity": "info", "of": [{"other_row": [1, 3]}]},
        moved,
    ]
    assert details(right)[2] == told
    assert right.ledger["detail"].to_list()[0] == after.ledger["detail"].to_list()[0]


def test_what_is_no_number_of_a_row_and_no_name_of_a_source_stays() -> None:
    told = {"a_row": None, "b_row": True, "c_row": "x", "d_source": 3, "e_source": "raw.jsonl", "f_source": ["memory"]}
    moved = readdressed(told, rows=10, sources={"memory": "memory-2", "raw.jsonl": "raw.jsonl"})
    assert moved == {**told, "f_source": ["memory-2"]}


def test_notes_move_by_the_same_rule() -> None:
    left = Dataset.from_rows([{"text": "x"}])
    right = Dataset.from_rows([{"text": "y"}]).note("seed", {"first_row": 0, "first_source": "memory", "rows": 1})
    assert (left + right).notes["seed"] == {"first_row": 1, "first_source": "memory-2", "rows": 1}
    assert right.notes["seed"]["first_row"] == 0


def test_a_description_by_source_names_the_sources_as_they_are_now() -> None:
    left, right = (Describe(by="source")(Dataset.from_rows([{"text": text}])) for text in ("x", "longer"))
    described = (left + right).notes["describe"]
    assert [[group["group"] for group in one["groups"]] for one in described] == [
        ["all", "memory"],
        ["all", "memory-2"],
    ]


def test_what_the_same_stage_did_alike_to_both_sides_is_told_twice() -> None:
    """The table of stages and the header count the same rows."""
    rows = [{"text": "the same"}, {"text": "the same"}, {"text": "another"}]
    one, two = (Pipeline([Deduplicate()]).run(Dataset.from_rows(rows)).dataset for _ in range(2))
    data = make_report(one + two, []).data
    assert data["rows"]["dropped"] == 2
    assert sum(sum(stage["dropped"].values()) for stage in data["flow"]) == 2
    assert [stage["stage"] for stage in data["flow"]] == ["read", "1.Deduplicate", "1.Deduplicate"]


def test_names_and_hashes_in_notes_are_kept_once() -> None:
    one = Dataset.from_rows([{"text": "x"}]).note("targets", ["openai"])
    assert (one + one.note("targets", ["openai", "trl"])).notes["targets"] == ["openai", "trl"]


def test_a_file_whose_name_begins_like_memory_is_a_file(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "memory.jsonl").write_text('{"text":"a"}\n')
    with pytest.raises(ReadError, match="its rows are in both Datasets"):
        Dataset.read("memory.jsonl") + Dataset.read("memory.jsonl")


def test_why_tells_one_row_and_not_two() -> None:
    left = Dataset.from_rows([{"text": "something else"}, {"text": "and more"}])
    result = Pipeline([Deduplicate()]).run(Dataset.from_rows([{"text": "the same"}, {"text": "the same"}]))
    both = Pipeline([Describe()]).run(left + result.dataset)
    told = str(both.why("memory-2", 2))
    assert "memory-2:1" in told
    assert '"memory"' not in told
    assert "kept_source memory," not in told
    (copy,) = [event for event in both.why("memory-2", 2).events if event["action"] == "drop"]
    assert (copy["detail"]["kept_source"], copy["detail"]["kept_row"]) == ("memory-2", 2)
