"""`openai-chat` and `openai-rft`: one conversation under `messages`, with its tools.

Together, Fireworks, TRL (language modeling) and Mistral read the same layout; which of them a file is for is the choice
of a target, not of a format. In a reinforcement row every further key belongs to the grader and is found in `extras`.
Source: `FineTuneChatRequestInput` and `FineTuneReinforcementRequestInput`, openai-openapi f7f4b05 (2.3.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.formats.messages import read_messages, write_messages
from ftdata.formats.tools import read_tools, write_tools
from ftdata.records import Chat

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject

__all__ = ["FORMATS", "RECORD", "read", "write"]

FORMATS = ("openai-chat", "openai-rft")
RECORD = Chat


def read(value: JsonObject, format: str) -> Chat:
    """Reads a chat row.

    Args:
        value: The parsed row; it is not changed.
        format: The format being read, a label of `FORMATS`.

    Raises:
        UnreadableRow: `messages` is not a list of objects that each have a role.
    """
    rest = dict(value)
    messages = read_messages(rest.pop("messages", None), format, ("messages",))
    return Chat(messages=messages, **read_tools(rest), extras=rest)


def write(record: Chat, format: str) -> JsonObject:  # noqa: ARG001
    """Writes a chat row.

    Args:
        record: The record.
        format: The format to write, a label of `FORMATS`.
    """
    return {"messages": write_messages(record.messages), **write_tools(record), **record.extras}
