"""Which members of a row are texts and which tell it apart: a table that every format has a place in."""

from __future__ import annotations

from pathlib import Path

from ftdata.formats import FORMATS, READABLE
from ftdata.texts import COUNTED, COUNTED_IN_MESSAGES, LAYOUTS, NUMBERING, PROVENANCE, distinguishing
from ftdata.texts.layouts import is_numbering

PAGE = Path(__file__).parents[2] / "docs/reference/stages/deduplicate.md"


def test_the_layouts_are_formats_and_every_readable_one_has_its_texts() -> None:
    assert LAYOUTS.keys() <= FORMATS
    assert set(READABLE) <= LAYOUTS.keys()


def test_no_name_is_in_two_lists() -> None:
    assert not COUNTED.keys() & (NUMBERING | PROVENANCE)
    assert not COUNTED_IN_MESSAGES & (NUMBERING | PROVENANCE)
    assert not [name for name in (*COUNTED, *COUNTED_IN_MESSAGES) if is_numbering(name)]


def test_the_page_of_deduplicate_names_all_of_them() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert not [name for name in (*COUNTED, *COUNTED_IN_MESSAGES, *NUMBERING, *PROVENANCE) if f"`{name}`" not in text]


def test_names_that_end_like_a_number_of_a_row_are_one() -> None:
    assert all(
        is_numbering(name) for name in ("ID", "ticket_id", "parent_ids", "Row_UUID", "content_hash", "created_at")
    )
    assert not any(is_numbering(name) for name in ("idea", "valid", "paid", "ids_of", "format", "chat", "at", "grid"))


def test_members_are_told_with_their_place_and_in_one_order() -> None:
    row = {"messages": [], "b": {"z": 1, "a": [True, None, "x"]}, "label": 0, "row_id": 9, "source": "s"}
    told = [(("b", "a", 0), True), (("b", "a", 2), "x"), (("b", "z"), 1), (("label",), 0)]
    assert distinguishing(row, "openai-rft") == told
    assert distinguishing(dict(reversed(row.items())), "openai-rft") == told
    assert distinguishing(row, "openai-chat") == [(("label",), 0)]
    assert distinguishing(row, "unknown") == [(("b", "a", 0), True), (("b", "z"), 1), (("label",), 0)]


def test_deep_nesting_is_no_problem() -> None:
    deep: dict = {"x": 1}
    for _ in range(3000):
        deep = {"x": deep}
    assert [value for _, value in distinguishing(deep, "unknown")] == [1]
