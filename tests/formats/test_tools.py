"""Tools and calls keep every spelling, and their arguments both the text and what it means."""

import json

import pytest

from ftdata.formats.tools import read_call, read_calls, read_tools, write_call
from ftdata.records import Chat

TIDE = {"type": "function", "function": {"name": "tide", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    ("function", "arguments", "raw", "absent"),
    [
        ({}, None, None, True),
        ({"arguments": None}, None, None, False),
        ({"arguments": {"a": 1}}, {"a": 1}, None, False),
        ({"arguments": '{"a": 1}'}, {"a": 1}, '{"a": 1}', False),
        ({"arguments": "{a: 1}"}, None, "{a: 1}", False),
        ({"arguments": "NaN"}, None, "NaN", False),
        ({"arguments": "[" * 5000}, None, "[" * 5000, False),
        ({"arguments": "[" * 300 + "]" * 300}, None, "[" * 300 + "]" * 300, False),
    ],
)
def test_arguments_as_text_and_as_a_value(function, arguments, raw, absent):
    call = {"id": "c", "type": "function", "function": {"name": "tide"} | function}
    found = read_call(call)
    assert (found.arguments, found.arguments_raw, found.arguments_absent) == (arguments, raw, absent)
    assert write_call(found) == call


@pytest.mark.parametrize(
    ("call", "layout"),
    [
        ({"id": "c", "type": "function", "function": {"name": "tide", "arguments": "{}", "x": 1}, "y": 2}, "nested"),
        ({"name": "tide", "arguments": {}, "y": 2}, "flat"),
        ({"name": "tide", "function": "text"}, "flat"),
        ({"id": 5, "type": None, "function": {"name": "tide"}}, "nested"),
    ],
)
def test_layouts_of_calls(call, layout):
    found = read_call(call)
    assert found.layout == layout
    assert write_call(found) == call


def test_a_list_with_a_nameless_call_is_no_list_of_calls():
    assert read_calls([{"function": {}}]) is None
    assert read_calls([{"name": "tide"}, 5]) is None
    assert read_calls({}) is None
    assert read_calls([]) == ()


def test_tools_are_taken_out_of_the_unread_keys():
    rest = {"tools": [TIDE], "parallel_tool_calls": False, "topic": "sea"}
    fields = read_tools(rest)
    assert rest == {"topic": "sea"}
    assert [tool.name for tool in fields["tools"]] == ["tide"]
    assert fields["parallel_tool_calls"] is False


def test_no_tools_and_an_empty_list_differ():
    assert read_tools({})["tools"] is None
    assert read_tools({"tools": []})["tools"] == ()


def test_tools_as_json_text_are_read_and_kept():
    text = json.dumps([TIDE], indent=1)
    fields = read_tools({"tools": text})
    assert fields["tools_raw"] == text
    assert fields["tools"][0].parameters == {"type": "object"}


@pytest.mark.parametrize("value", [None, "no json", "{}", {}, [5], [{"type": "function"}], 7])
def test_tools_that_are_none_stay_among_the_unread_keys(value):
    rest = {"tools": value}
    fields = read_tools(rest)
    assert rest == {"tools": value}
    assert (fields["tools"], fields["tools_raw"], fields["legacy_functions"]) == (None, None, False)


def test_functions_are_legacy_tools_unless_there_are_tools():
    fields = read_tools({"functions": [{"name": "tide", "description": None, "strict": True}]})
    (tool,) = fields["tools"]
    assert fields["legacy_functions"]
    assert (tool.layout, tool.strict, tool.extras) == ("flat", True, {"description": None})
    rest = {"functions": [{"name": "tide"}], "tools": []}
    assert not read_tools(rest)["legacy_functions"]
    assert rest == {"functions": [{"name": "tide"}]}


def test_the_fields_are_those_of_a_record():
    assert Chat(messages=(), **read_tools({})).tools is None
