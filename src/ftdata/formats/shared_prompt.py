"""The prompt that two answers share when a preference row repeats it at the head of both (TRL's implicit prompt).

TRL 1.16 (`extract_prompt`) takes the longest common beginning. Where it crashes or splits wrongly the rule here is
defined, not copied: if one answer is the beginning of the other (or they are equal), the shared part is cut back so
that no answer becomes empty: to the last complete user or tool turn, or before the last word of a text. Plain JSON
values in, a length out, so that checking rows needs no records.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftdata.json_bytes import JsonValue

__all__ = ["shared_messages", "shared_text"]


def shared_messages(chosen: Sequence[JsonValue], rejected: Sequence[JsonValue]) -> int:
    """Counts the messages at the head of both answers that are the prompt.

    Args:
        chosen: Messages of the wanted answer, prompt included.
        rejected: Messages of the other one.

    Returns:
        The number of messages, the same in both; 0 when they share none.
    """
    length = 0
    for one, other in zip(chosen, rejected, strict=False):
        if not _same(one, other):
            return length
        length += 1
    # One is the beginning of the other: what the assistant said last belongs to the answer.
    while length and _role(chosen[length - 1]) == "assistant":
        length -= 1
    return length


def shared_text(chosen: str, rejected: str) -> int:
    """Counts the characters at the head of both texts that are the prompt.

    A space at the end of the shared part stays with the answers, as in TRL, because tokenizers join it to the word.

    Args:
        chosen: The wanted answer, prompt included.
        rejected: The other one.

    Returns:
        The number of code points; 0 when the texts differ from the start.
    """
    shorter = min(len(chosen), len(rejected))
    length = next((index for index in range(shorter) if chosen[index] != rejected[index]), shorter)
    if length == shorter:
        return max(chosen[:length].rstrip().rfind(" "), 0)
    return length - 1 if length and chosen[length - 1] == " " else length


def _same(one: JsonValue, other: JsonValue) -> bool:
    # Python holds 1, 1.0 and True for equal; a file does not.
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _role(message: JsonValue) -> JsonValue:
    return message.get("role") if isinstance(message, dict) else None
