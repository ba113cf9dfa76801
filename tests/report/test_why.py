"""The story of a row, as a value and in words."""

from __future__ import annotations

import json

import polars as pl
import pytest

from ftdata import Dataset, Deduplicate, Filter, Pipeline, RecipeError, Result
from ftdata.report import story_of_run
from ftdata.report.run_folder import stories_of_run
from report.small_run import HOSTILE
from small_set import chats


def test_a_story_has_all_that_the_ledger_says_of_the_row(result: Result) -> None:
    source = result.dataset.sources[0].path
    for line in (4, 10, 21, 30):
        row = result.rows.filter((pl.col("source") == source) & (pl.col("line") == line)).row(0, named=True)
        story = result.why(source, line)
        events = result.ledger.filter(pl.col("row") == row["row"])
        assert [(event["stage"], event["action"], event["reason"]) for event in story.events] == [
            *events.select("stage", "action", "reason").iter_rows()
        ]
        assert (story.source, story.line, story.fate) == (source, line, row["fate"])
        assert len(str(story).splitlines()) == 2 + len(story.events)


def test_the_end_of_a_path_is_enough(result: Result) -> None:
    assert result.why("a.jsonl", 1) == result.why("in/a.jsonl", 1) == result.why(result.dataset.sources[0].path, 1)


def test_a_name_cannot_break_out_of_the_story(result: Result) -> None:
    story = str(result.why(HOSTILE.replace("/", "∕"), 2))
    assert "\x1b" not in story
    assert len(story.splitlines()) <= 4


def test_an_ending_that_fits_two_files_is_refused(tmp_path) -> None:
    from small_set import write_lines

    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_lines(tmp_path / name / "x.jsonl", chats(2, start=ord(name)))
    result = Pipeline([]).run(Dataset.read(tmp_path))
    with pytest.raises(LookupError, match=r"x\.jsonl matches several inputs; there are: .*a/x\.jsonl, .*b/x\.jsonl"):
        result.why("x.jsonl", 1)
    assert result.why("b/x.jsonl", 1).fate == "kept"


def test_a_row_kept_for_a_copy_and_dropped_later_is_not_said_to_stay() -> None:
    """The row in whose place it left has a story of its own."""
    rows = chats(2)
    result = Pipeline([Deduplicate(keep="first"), Filter(where="line > 1")]).run(
        Dataset.from_rows([rows[0], rows[1], rows[0]])
    )
    story = result.why("memory", 3)
    assert story.fate == "dropped"
    assert story.kept_in_its_place == "memory:1"
    assert result.why("memory", 1).fate == "dropped"


def test_no_run_no_story(tmp_path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(RecipeError, match="this is no run; give the folder that --out named"):
            story_of_run(folder, "a", 1)


def told_in(folder, name: str, text: str, lines: list[int]) -> list[str]:
    """What is said of lines of a file: by the Result, and the same by the folder of the run."""
    (folder / name).write_text(text)
    result = Pipeline([]).run(Dataset.read(folder / name), out=folder / f"{name}.run")
    told: list[str] = []
    for asked in lines:
        try:
            story = str(result.why(name, asked))
            assert str(story_of_run(folder / f"{name}.run", name, asked)) == story
            assert str(stories_of_run(folder / f"{name}.run", name, asked, most=9)[0][0]) == story
        except LookupError as error:
            with pytest.raises(LookupError):
                story_of_run(folder / f"{name}.run", name, asked)
            story = str(error)
        told.append(story.replace(f"{folder}/", ""))
    return told


def test_a_line_inside_a_row_stands_for_that_row(tmp_path) -> None:
    text = json.dumps([{"text": "a"}, {"text": "b"}, {"text": "c"}], indent=1)
    bracket, first, inside, second, last, far = told_in(tmp_path, "a.json", text, [1, 2, 3, 6, 10, 99])
    assert bracket == "no row begins at line 1 of a.json; its last one is at line 8"
    assert first.splitlines() == ["a.json:2", "  kept: data.jsonl:1"]
    assert inside.splitlines() == ["line 3 of a.json lies inside the row that begins at line 2", *first.splitlines()]
    assert second.splitlines()[:2] == ["line 6 of a.json lies inside the row that begins at line 5", "a.json:5"]
    assert last.startswith("line 10 of a.json lies in or behind the last row, which begins at line 8\na.json:8\n")
    assert far.startswith("line 99 of a.json lies in or behind the last row, which begins at line 8\n")


def test_of_rows_that_begin_on_one_line_the_last_goes_on(tmp_path) -> None:
    (told,) = told_in(tmp_path, "a.json", '[{"text":"a"}, {"text":\n"b"},\n{"text":"c"}]', [2])
    assert told.splitlines()[1].startswith("a.json:1#2 ")


@pytest.mark.parametrize("text", ['{"text":"a"}\n\n{"text":"b"}\n\n', '{"text":"a"}\n{"text":"b"}\n'])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_no_row_of_jsonl_has_another_line(name: str, text: str, tmp_path) -> None:
    rows = [number for number, one in enumerate(text.splitlines(), 1) if one]
    asked = [number for number in range(1, 6) if number not in rows]
    for story in told_in(tmp_path, name, text, asked):
        assert story.startswith("no row begins at line ")


def test_of_a_file_that_was_not_read_to_its_end_no_line_is_said_to_lie_in_a_row(tmp_path) -> None:
    """Its blank lines were not counted."""
    (tmp_path / "a.jsonl").write_text('{"text":"a"}\n\n{"text":"b"}\n{"text":"c"}\n')
    result = Pipeline([]).run(Dataset.read(tmp_path / "a.jsonl", limit=2))
    with pytest.raises(LookupError, match="no row begins at line 2"):
        result.why("a.jsonl", 2)


def test_a_row_of_several_is_not_asked_for_by_an_inner_line(tmp_path) -> None:
    (tmp_path / "a.json").write_text('[\n{"text":\n"a"}]')
    result = Pipeline([]).run(Dataset.read(tmp_path / "a.json"))
    with pytest.raises(
        LookupError, match=r"no row begins at line 3 of .*; it lies in or behind the one that begins at line 2"
    ):
        result.why("a.json", 3, nth=1)
