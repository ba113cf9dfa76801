"""A quick test for rows that no rule can object to: most rows of most files.

A row of the plainest shape (nothing but `messages`; messages of nothing but role and content; every content a text with
something in it; the assistant last) is accepted without going through the rules. That this agrees with the rules is
tested by asking both; when a rule is added that such a row can break, that test fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftdata.json_bytes import JsonValue

__all__ = ["are_plain_messages", "is_plain_chat"]

_ROLES = frozenset({"system", "user", "assistant"})


def is_plain_chat(value: JsonValue) -> bool:
    """True for a chat of the plainest shape that ends with the assistant.

    Args:
        value: The parsed row.
    """
    if type(value) is not dict or len(value) != 1:
        return False
    messages = value.get("messages")
    return (
        type(messages) is list
        and bool(messages)
        and are_plain_messages(messages)
        and messages[-1]["role"] == "assistant"  # type: ignore[index,call-overload]  # just proved to be an object
    )


def are_plain_messages(messages: Sequence[JsonValue]) -> bool:
    """True when all messages are of the plainest shape: a common role and a text that is not blank.

    Args:
        messages: The list.
    """
    for message in messages:
        if type(message) is not dict or len(message) != 2:
            return False
        content, role = message.get("content"), message.get("role")
        if type(content) is not str or type(role) is not str or role not in _ROLES:
            return False
        if not content or content.isspace():
            return False
    return True
