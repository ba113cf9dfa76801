"""The story of a row, as a value and in words."""

from __future__ import annotations

import polars as pl
import pytest

from ftdata import Dataset, Deduplicate, Filter, Pipeline, RecipeError, Result
from ftdata.report import story_of_run
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
