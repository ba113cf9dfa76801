"""Verbs refuse what would corrupt the rows or mislead who reads the ledger, without showing what they were given."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ftdata import Dataset, Pipeline, RecipeError, StageError, stage

SECRET = "Secret John"


@pytest.fixture
def data() -> Dataset:
    return Dataset.from_rows([{"text": text} for text in "abc"])


def refused(words: str, call) -> None:
    with pytest.raises(StageError, match=words) as caught:
        call()
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None


MASK = [False, True, False]


@pytest.mark.parametrize("mask", [pl.Series(MASK), MASK, np.array(MASK), pl.Series([], dtype=pl.Boolean)], ids=str)
def test_a_mask_is_not_taken_for_row_numbers(data, mask) -> None:
    words = r'this is a mask of True and False; give dataset\.column\("row"\)\.filter\(mask\)'
    refused(r"^stage Test: drop: .*" + words, lambda: data.drop(mask, by="Test", reason="gone"))
    refused("find: .*" + words, lambda: data.find(mask, by="Test", rule="a.rule", severity="info"))
    refused("view: .*" + words, lambda: data.view(mask))
    assert len(data.drop(data.column("row").filter(pl.Series(MASK)), by="Test", reason="gone")) == 2


@pytest.mark.parametrize("where", [[1.5], ["1"], [SECRET], pl.Series([1, None])], ids=str)
def test_row_numbers_are_whole_numbers(data, where) -> None:
    refused("drop: .*row number", lambda: data.drop(where, by="Test", reason="gone"))


@pytest.mark.parametrize("where", [[3], [-1], [0, 99]])
def test_a_row_that_is_not_there_has_no_findings_and_is_in_no_view(data, where) -> None:
    refused("stage Test: find: a row is not there", lambda: data.find(where, by="Test", rule="a.rule", severity="info"))
    refused("view: a row is not there", lambda: data.view(where))
    marks = pl.DataFrame({"row": where, "m": [1] * len(where)})
    refused("mark: a row is not there", lambda: data.mark(marks, of="row"))
    refused("drop: a row is not there", lambda: data.drop([0], by="Test", reason="copy", kept_as=where[-1:]))


@pytest.mark.parametrize("reason", [SECRET, "", "Gone", "gone!", "gone\n", "a.b", None], ids=repr)
def test_a_reason_is_a_constant_in_snake_case(data, reason) -> None:
    words = "a reason is a constant in snake_case, such as not_wanted; this one is not"
    refused("^stage Test: drop: " + words, lambda: data.drop([0], by="Test", reason=reason))
    refused("^stage Test: drop: " + words, lambda: data.drop([], by="Test", reason=reason))
    refused("^stage Test: edit: " + words, lambda: data.edit({}, by="Test", reason=reason))


@pytest.mark.parametrize("rule", [SECRET, "", "Tool.bad", ".bad", "tool bad", None], ids=repr)
def test_a_rule_is_an_id_of_words_with_dots(data, rule) -> None:
    words = "^stage Test: find: a rule is an id of snake_case words with dots between them"
    refused(words, lambda: data.find([0], by="Test", rule=rule, severity="info"))


def test_a_severity_is_one_of_three(data) -> None:
    words = "^stage Test: find: severity is one of error, warning, info; this is another$"
    refused(words, lambda: data.find([0], by="Test", rule="a.rule", severity=SECRET))


def test_what_a_mark_is_of_is_one_of_three(data) -> None:
    words = "mark: of is one of text, row, set; this is another"
    refused(words, lambda: data.mark(pl.DataFrame({"row": [0], "m": [1]}), of=SECRET))


def test_a_mark_has_one_line_per_row(data) -> None:
    twice = pl.DataFrame({"row": [0, 0], "m": [1, 2]})
    refused("mark: a row is named twice; give one line per row", lambda: data.mark(twice, of="row"))
    refused("mark: the frame has no column row", lambda: data.mark(pl.DataFrame({"m": [1]}), of="row"))


def test_a_null_writes_over_what_a_row_was_marked_with(data) -> None:
    marked = data.mark(pl.DataFrame({"row": [0, 1, 2], "m": [1, 2, 3]}), of="row")
    again = marked.mark(pl.DataFrame({"row": [2, 0], "m": [None, 9]}), of="row")
    assert again.column("m").to_list() == [9, 2, None]
    assert again.marks.schema == marked.marks.schema
    assert marked.mark(pl.DataFrame({"row": [1], "m": [None]}), of="row").marks["m"].to_list() == [1, None, 3]


@pytest.mark.parametrize("size", [0, -1])
def test_shards_have_rows(tmp_path, size) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text":"a"}\n')
    for call in (
        lambda: Dataset.from_rows([{"text": "a"}], shard_rows=size),
        lambda: Dataset.from_polars(pl.DataFrame({"text": ["a"]}), shard_rows=size),
        lambda: Dataset.read(path, shard_rows=size),
    ):
        with pytest.raises(RecipeError, match=f"shard_rows is {size}; give 1 or more, or None"):
            call()


def test_a_column_called_by_a_value_of_a_row_is_not_shown(data) -> None:
    """A stage may make columns of what stands in rows; an error must not tell them."""
    one = data.mark(pl.DataFrame({"row": [0], SECRET: [1], "x" * 41: [1]}), of="row")
    other = data.mark(pl.DataFrame({"row": [0], SECRET: ["x"]}), of="row")
    refused(r"the column \[column\] is Int64 for some rows and String for others", lambda: one + other)
    for asked in ("nothing", SECRET + "!"):
        with pytest.raises(KeyError, match=r"no column ('nothing'|\[column\]); there are: .*, \[column\]") as caught:
            one.column(asked)
        assert SECRET not in str(caught.value)
        assert "x" * 41 not in str(caught.value)


def test_in_a_pipeline_a_verb_that_knows_no_name_is_told_with_that_of_its_stage(data) -> None:
    @stage()
    def marks_twice(dataset):
        return dataset.mark(pl.DataFrame({"row": [0, 0], "m": [1, 2]}), of="row")

    with pytest.raises(StageError, match=r"^stage 1\.marks_twice: mark: a row is named twice") as caught:
        Pipeline([marks_twice]).run(data)
    assert caught.value.stage == "1.marks_twice"
    with pytest.raises(StageError, match=r"^stage 1\.pipeline/1\.marks_twice: mark:"):
        Pipeline([Pipeline([marks_twice])]).run(data)
