"""Keys that are null out of a table: which are optional, and that the message of each names the repair."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.formats import detect
from ftdata.json_bytes import Remove, apply_edits, dump
from ftdata.targets import get_target, null_keys, without_keys

CALL = {"id": "c", "type": "function", "function": {"name": "tide", "arguments": '{"day":1,"place":null}'}}
TOOL = {"type": "function", "function": {"name": "tide", "parameters": {"type": "object", "properties": {"day": {"enum": [None]}}}}}  # fmt: skip
PLAIN = {
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c", "content": "null"},
        {"role": "assistant", "content": "done"},
    ],
    "tools": [TOOL],
}  # fmt: skip
KEYS = ["name", "weight", "refusal", "tool_calls", "function_call", "tool_call_id", "audio", "thinking", "own key"]


def as_table(row):
    """The row as a struct of a table has it: every key in every message, part and declaration."""
    wide = copy.deepcopy(row)
    for message in wide["messages"]:
        for key in KEYS:
            message.setdefault(key, None)
        for part in message["content"] if isinstance(message["content"], list) else ():
            for key in ("text", "image_url"):
                part.setdefault(key, None)
            if part["image_url"]:
                part["image_url"]["detail"] = None
    for tool in wide.get("tools", ()):
        tool["function"] |= {"description": None, "strict": None}
    for key in ("tools", "functions", "parallel_tool_calls"):
        wide.setdefault(key, None)
    return wide


@pytest.mark.parametrize("row", [PLAIN, {"messages": PLAIN["messages"]}])
def test_a_row_out_of_a_table_is_the_row_again(row):
    wide = as_table(row)
    before = copy.deepcopy(wide)
    paths = null_keys(wide)
    assert without_keys(wide, paths) == row
    assert wide == before
    assert json.loads(apply_edits(dump(wide), [Remove(path) for path in paths])) == row
    assert null_keys(row) == []


def test_a_preference_and_an_answer_of_another_layout_are_looked_into():
    said = {"role": "assistant", "content": "a", "weight": None}
    rows = [
        {"input": {"messages": [said], "tools": None}, "preferred_output": [said], "non_preferred_output": [said]},
        {"prompt": [said], "chosen": [said], "rejected": [said], "completion": [said]},
    ]
    for row in rows:
        assert len(null_keys(row)) == 4
        assert b"null" not in dump(without_keys(row, null_keys(row)))


@pytest.mark.parametrize(
    "row",
    [
        {"messages": None},
        {"messages": [{"role": "assistant", "content": None}]},
        {"messages": [{"role": None, "content": None}]},
        {"messages": [{"role": "tool", "content": None, "tool_call_id": None}]},
        {"messages": [{"role": "function", "content": None, "name": None}]},
        {"messages": [{"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "a", "image_url": None}]}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": None}, {"type": "own", "text": None}]}]},
        {"messages": [{"role": "assistant", "tool_calls": [{"id": None, "function": {"name": "f", "arguments": {"a": None}}}]}]},
        {"messages": [{"from": "human", "name": None}]},
        {"messages": [], "tools": [{"function": {"name": "f", "parameters": {"properties": {"a": None}}}}, None]},
        {"messages": [], "own": None, "reference_answer": None, "input": None},
        {"text": None},
        [None],
        None,
    ],
)  # fmt: skip
def test_a_null_that_says_something_stays(row):
    assert null_keys(row) == []


LEAVES = st.none() | st.sampled_from(["text", "tool", "user", "assistant", "image_url", 1])
ANY = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "role", "content", "type", "text", "tools", "function", "input", "name", "image_url", "detail"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)  # fmt: skip


@given(ANY)
@settings(max_examples=100)
def test_no_path_lies_inside_another_and_none_is_left(row):
    paths = null_keys(row)
    assert len(set(paths)) == len(paths)
    if isinstance(row, dict):
        mended = without_keys(row, paths)
        assert null_keys(mended) == []
        assert json.loads(apply_edits(dump(row), [Remove(path) for path in paths])) == mended


@pytest.mark.parametrize("target", ["openai", "openai/sft", "openai/rft", "trl"])
@pytest.mark.parametrize("row", [PLAIN, {"messages": PLAIN["messages"]}])
def test_a_problem_names_the_repair_where_it_helps_and_nowhere_else(target, row):
    check = get_target(target).check_row
    wide = as_table(row)
    mended = set(null_keys(wide))
    problems = check(wide, detect(wide))
    for one in problems:
        assert (one.path in mended) == (one.repair == "null_keys") == ("repair: [null_keys]" in one.message)
    left = [one for one in problems if one.repair is None]
    assert left == check(row, detect(row))
    assert len(problems) > len(left) or target == "trl"
