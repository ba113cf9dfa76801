"""What stands below a value is listed with paths at which it can be edited, however deep JSON stands in JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.json_bytes import Rename, Replace, ReplaceText, apply_edits, embedded, is_plain_name, walk

KEYS = st.sampled_from(["name", "to_whom", "", "a b", "1.2.3.4", "é@x", "<x>", "\U0001f600 1"])
LEAVES = st.sampled_from(
    [
        "x",
        "[",
        "{}",
        "[]",
        "  {}\n",
        '{"a":1,"a":2}',
        "é\u2028\U0001f600",
        7,
        1_234_567,
        -12_345_678.0,
        1e300,
        None,
        True,
    ]
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3) | st.builds(json.dumps, inner, ensure_ascii=st.booleans()),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(VALUES, st.booleans())
def test_everything_that_is_listed_can_be_edited_where_it_stands(value, ascii_only) -> None:
    raw = json.dumps({"v": value}, ensure_ascii=ascii_only).encode()
    for number, (path, kind, text, holds_json) in enumerate(walk({"v": value}, ())):
        new = f"NEW{number}"
        if kind == "key":
            made = apply_edits(raw, [Rename(path, new)])
        elif kind == "number":
            made = apply_edits(raw, [Replace(path, new)])
        else:
            made = apply_edits(raw, [ReplaceText(path, 0, len(text), new)])
        found = {(kind, text) for _, kind, text, _ in walk(json.loads(made), ())}
        assert (kind if kind != "number" else "inner" if None in path else "string", new) in found
        assert holds_json == (kind in {"string", "inner"} and embedded(text) is not None)


def test_keys_come_before_the_values_and_what_a_string_holds_behind_it() -> None:
    held = '{"a 1": ["x", 1234567]}'
    assert list(walk({"b 2": held, "plain": "y"}, ("v",))) == [
        (("v", "b 2"), "key", "b 2", False),
        (("v", "b 2"), "string", held, True),
        (("v", "b 2", None, "a 1"), "key", "a 1", False),
        (("v", "b 2", None, "a 1", 0), "inner", "x", False),
        (("v", "b 2", None, "a 1", 1), "number", "1234567", False),
        (("v", "plain"), "string", "y", False),
    ]


@pytest.mark.parametrize(
    ("number", "told"),
    [(999_999, []), (1_000_000, ["1000000"]), (-2_025_550_143, ["2025550143"]), (2_025_550_143.0, ["2025550143"]), (2_025_550_143.5, []), (2.0**53, []), (True, [])],
)  # fmt: skip
def test_long_whole_numbers_are_told_by_their_digits(number, told) -> None:
    assert [text for _, _, text, _ in walk([number], ())] == told


@pytest.mark.parametrize("key", ["", "name", "to_whom", "größe", "имя", "_"])
def test_letters_and_low_lines_are_a_name(key) -> None:
    assert is_plain_name(key) == (key != "_")


@pytest.mark.parametrize("key", ["a1", "a b", "a@b", "a-b", "a.b", "１", "<x>"])
def test_a_key_with_anything_else_is_more_than_a_name(key) -> None:
    assert not is_plain_name(key)


def test_many_levels_of_json_in_json_are_no_problem() -> None:
    value: object = {"x": 1}
    for _ in range(12):
        value = [json.dumps(value)]
    assert sum(kind == "inner" for _, kind, _, _ in walk(value, ())) == 11
    flat: object = "deep"
    for _ in range(150):
        flat = {"x": flat}
    assert [text for _, _, text, _ in walk([json.dumps(flat)], ())][-1] == "deep"
