"""JSON in pieces: nothing lost, and a rewritten row is told from an edited one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.json_bytes import Insert, Remove, Rename, Replace, ReplaceText, apply_edits
from ftdata.testing.laws.json_pieces import changed_outside, pieces

FEW = settings(max_examples=150, deadline=None)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
ROW = b'{ "a" : [1, 2.50 , "x\\u00e9"], "b":{"c" : "hello there" , "d": null}, "e" : [ ] }'


@FEW
@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_the_pieces_make_up_the_text(value, indent, ascii_only) -> None:
    raw = json.dumps({"value": value}, indent=indent, ensure_ascii=ascii_only).encode()
    assert b"".join(pieces(raw).values()) == raw


@FEW
@given(VALUES)
def test_a_text_differs_nowhere_from_itself(value) -> None:
    raw = json.dumps({"value": value}).encode()
    assert changed_outside(raw, raw) is None


@pytest.mark.parametrize("raw", [b'{"a": "open}', b'{"a": 1} "', b'\xff"'])
def test_what_is_no_json_is_refused(raw) -> None:
    with pytest.raises(ValueError):
        pieces(raw)


@pytest.mark.parametrize(
    "edit",
    [
        Replace(("b", "c"), "other"),
        ReplaceText(("b", "c"), 0, 5, "bye"),
        ReplaceText(("a", 2), 0, 1, "y"),
        Replace(("a",), {"new": [1]}),
        Replace(("b",), {"c": "hello there", "d": 1}),
        Remove(("b",)),
        Remove(("a",)),
        Remove(("e",)),
        Remove(("b", "c")),
        Remove(("a", 0)),
        Insert(("f",), 1),
        Insert(("b", "z"), [1]),
        Insert(("e", 0), 1),
        Rename(("b",), "bb"),
    ],
    ids=repr,
)
def test_an_edit_changes_nothing_outside_itself(edit) -> None:
    assert changed_outside(ROW, apply_edits(ROW, [edit])) is None


@pytest.mark.parametrize(
    ("after", "place"),
    [
        (json.dumps(json.loads(ROW)).encode(), "$.a[1]"),
        (json.dumps(json.loads(ROW), separators=(",", ":")).encode(), "$"),
        (ROW.replace(b"2.50", b"2.5"), r"$.a[1]"),
        (ROW.replace(b"\\u00e9", "é".encode()), r"$.a[2]"),
        (ROW.replace(b'"c" :', b'"c":'), "$.b.c (key)"),
        (ROW.replace(b'"a"', b'"\\u0061"'), "$.a (key)"),
        (ROW.replace(b"null}", b"null }"), "$.b.d"),
        (ROW.replace(b'"hello there" ', b'"bye"'), "$.b.c"),
    ],
)
def test_a_rewritten_row_is_found_out(after, place) -> None:
    assert place in (changed_outside(ROW, after) or "")
