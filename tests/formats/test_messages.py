"""States that look alike stay apart in a record: absent, null, empty, parts; spelled one way or another."""

import pytest

from ftdata.formats.messages import read_messages, write_messages
from ftdata.formats.unreadable import UnreadableRow
from ftdata.records import ImagePart, OtherPart, RefusalPart, TextPart


def read(message):
    (found,) = read_messages([message], "openai-chat", ("messages",))
    (again,) = write_messages((found,))
    assert again == message
    return found


@pytest.mark.parametrize(
    ("message", "content", "form"),
    [
        ({}, None, "absent"),
        ({"content": None}, None, "null"),
        ({"content": ""}, (TextPart(text=""),), "string"),
        ({"content": []}, (), "parts"),
        ({"content": "a"}, (TextPart(text="a"),), "string"),
        ({"content": [{"type": "text", "text": "a"}]}, (TextPart(text="a"),), "parts"),
    ],
)
def test_the_forms_of_content_are_told_apart(message, content, form):
    found = read({"role": "user"} | message)
    assert (found.content, found.content_form) == (content, form)


def test_content_of_no_known_form_is_kept_aside():
    found = read({"role": "user", "content": 5})
    assert (found.content, found.extras) == (None, {"content": 5})


def test_parts_become_what_they_are():
    parts = [
        {"type": "text", "text": "a", "train": False},
        {"type": "image_url", "image_url": {"url": "https://a.example/b.png", "detail": "low"}},
        {"type": "image"},
        {"type": "refusal", "refusal": "no"},
        {"type": "image_url", "image_url": "https://a.example/b.png"},
        {"type": "image_url", "image_url": {"url": "u", "width": 5}},
        {"type": "text"},
        "loose",
    ]
    assert read({"role": "user", "content": parts}).content == (
        TextPart(text="a", extras={"train": False}),
        ImagePart(url="https://a.example/b.png", detail="low"),
        ImagePart(),
        RefusalPart(refusal="no"),
        *(OtherPart(raw=part) for part in parts[4:]),
    )


@pytest.mark.parametrize(
    ("written", "role", "raw"),
    [("user", "user", None), ("function", "tool", "function"), ("User", "other", "User"), ("gpt", "other", "gpt")],
)
def test_roles_are_canonical_and_keep_their_spelling(written, role, raw):
    found = read({"role": written})
    assert (found.role, found.role_raw) == (role, raw)


@pytest.mark.parametrize(
    ("weight", "canonical", "raw"),
    [(0, 0, None), (1, 1, None), (1.0, 1, 1.0), (True, 1, True), (False, 0, False)],
)
def test_weights_are_0_or_1_and_keep_their_spelling(weight, canonical, raw):
    found = read({"role": "assistant", "weight": weight})
    assert found.weight == canonical
    assert type(found.weight) is int
    assert (found.weight_raw, type(found.weight_raw)) == (raw, type(raw))


@pytest.mark.parametrize("weight", [None, 2, 0.5, "1", [1]])
def test_other_weights_are_kept_aside(weight):
    found = read({"role": "assistant", "weight": weight})
    assert (found.weight, found.extras) == (None, {"weight": weight})


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning", "thinking"])
def test_reasoning_is_found_under_each_of_its_names(key):
    found = read({"role": "assistant", "content": "a", key: "because"})
    assert (found.reasoning, found.reasoning_key, found.extras) == ("because", key, {})


def test_a_second_reasoning_is_kept_aside():
    found = read({"role": "assistant", "thinking": "b", "reasoning_content": "a"})
    assert (found.reasoning, found.extras) == ("a", {"thinking": "b"})


def test_no_calls_and_an_empty_list_of_calls_differ():
    assert read({"role": "assistant"}).tool_calls is None
    assert read({"role": "assistant", "tool_calls": []}).tool_calls == ()
    assert read({"role": "assistant", "tool_calls": None}).extras == {"tool_calls": None}


def test_a_function_call_is_a_legacy_call():
    found = read({"role": "assistant", "content": None, "function_call": {"name": "tide", "arguments": "{}"}})
    assert [call.layout for call in found.tool_calls] == ["legacy"]
    both = read({"role": "assistant", "tool_calls": [], "function_call": {"name": "tide"}})
    assert (both.tool_calls, both.extras) == ((), {"function_call": {"name": "tide"}})


@pytest.mark.parametrize("value", [None, {}, "a", [1], [{"content": "a"}], [{"role": None}]])
def test_a_conversation_is_a_list_of_objects_with_a_role(value):
    with pytest.raises(UnreadableRow):
        read_messages(value, "openai-chat", ("messages",))
