"""`prompt-completion` (OpenAI completions, Together instructions, TRL), its conversational form, and prompts alone.

Source: OpenAI's completions input (openai-openapi f7f4b05) and `docs/source/dataset_formats.md` of TRL 1.16.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.formats.messages import read_messages, take_str, write_messages
from ftdata.formats.tools import read_tools, write_tools
from ftdata.formats.unreadable import UnreadableRow
from ftdata.records import Completion

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject, JsonValue
    from ftdata.records import Message

__all__ = ["FORMATS", "RECORD", "read", "read_side", "write", "write_side"]

FORMATS = ("prompt-completion", "trl-prompt-completion-conversational", "trl-prompt-only")
RECORD = Completion


def read(value: JsonObject, format: str) -> Completion:
    """Reads a prompt with or without what follows it.

    Args:
        value: The parsed row; it is not changed.
        format: The format being read, a label of `FORMATS`.

    Raises:
        UnreadableRow: prompt or completion is missing or not of the kind the format says.
    """
    rest = dict(value)
    prompt = read_side(rest, "prompt", format)
    completion = None if format == "trl-prompt-only" else read_side(rest, "completion", format)
    return Completion(prompt=prompt, completion=completion, **read_tools(rest), extras=rest)


def write(record: Completion, format: str) -> JsonObject:
    """Writes a prompt with or without what follows it.

    Args:
        record: The record.
        format: The format to write, a label of `FORMATS`.

    Raises:
        ValueError: The record has a completion where the format has none, or the other way round, or its sides are
            not of the kind that the format holds.
    """
    if (record.completion is None) != (format == "trl-prompt-only"):
        raise ValueError("trl-prompt-only holds no completion, every other format of this kind holds one")
    out: JsonObject = {"prompt": write_side(record.prompt, format)}
    if record.completion is not None:
        out["completion"] = write_side(record.completion, format)
    return {**out, **write_tools(record), **record.extras}


def read_side(rest: JsonObject, key: str, format: str) -> str | tuple[Message, ...]:
    """Takes a text or messages out of the unread keys, whichever the format holds (`trl-prompt-only` holds both).

    Args:
        rest: The unread keys; changed.
        key: Which of them.
        format: The format being read, a label of `FORMATS`.

    Raises:
        UnreadableRow: The value is missing or of the other kind.
    """
    if not format.endswith("-conversational"):
        text = take_str(rest, key)
        if text is not None:
            return text
        if format != "trl-prompt-only":
            raise UnreadableRow(format, (key,), "a text")
    return read_messages(rest.pop(key, None), format, (key,))


def write_side(side: str | tuple[Message, ...], format: str) -> JsonValue:
    """Writes a text or messages.

    Args:
        side: A text or messages.
        format: The format to write, a label of `FORMATS`.

    Raises:
        ValueError: The format holds the other kind.
    """
    if format != "trl-prompt-only" and isinstance(side, str) == format.endswith("-conversational"):
        raise ValueError(f"{format} holds {'text' if not isinstance(side, str) else 'messages'} only")
    return side if isinstance(side, str) else write_messages(side)
