"""Paths are shown without a user's own keys."""

from __future__ import annotations

import pytest

from ftdata.json_bytes import KNOWN_KEYS, show_path

ROW = {
    "messages": [{"role": "user"}, {"content": "x", "jane@example.org": {"k": [1]}}],
    "arguments": '{"city": "Rome", "text": "\\"[5]\\""}',
    "0": 1,
}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ((), "$"),
        (("messages", 1, "content"), "$.messages[1].content"),
        (("messages", 1, "jane@example.org", "k", 0), "$.messages[1][key 2][key 1][0]"),
        (("arguments", None, "city"), "$.arguments~$[key 1]"),
        (("arguments", None, "text", None, 0), "$.arguments~$.text~$[0]"),
        (("0",), "$[key 3]"),
        (("messages", 0, "content"), "$.messages[0].content"),  # a public key that is missing
        (("messages", 0, "nobody"), "$.messages[0][key ?]"),
        (("messages", 7, "role", "a", None, "b"), "$.messages[7].role[key ?]~$[key ?]"),
        (("messages", None, "role"), "$.messages~$.role"),
    ],
)
def test_keys_of_public_formats_by_name_and_others_by_position(path, shown):
    assert show_path(path, ROW, KNOWN_KEYS) == shown


def test_another_set_of_known_keys_can_be_given():
    assert show_path(("messages", 0, "role"), ROW, {"role"}) == "$[key 1][0].role"


def test_known_keys_cover_the_chat_formats():
    chat = {
        "messages",
        "role",
        "content",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "id",
        "type",
        "text",
        "weight",
    }
    pairs = {"prompt", "completion", "chosen", "rejected", "input", "preferred_output", "non_preferred_output"}
    tools = {"tools", "parameters", "image_url", "url"}
    assert chat | pairs | tools <= KNOWN_KEYS
