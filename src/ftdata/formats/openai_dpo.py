"""`openai-dpo`: a conversation under `input` and the two answers that compete, as Together and Fireworks read it too.

Source: `FineTunePreferenceRequestInput`, openai-openapi f7f4b05 (2.3.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ftdata.formats.messages import read_messages, write_messages
from ftdata.formats.tools import read_tools, write_tools
from ftdata.formats.unreadable import UnreadableRow
from ftdata.records import Answer, Preference

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject, JsonValue

__all__ = ["FORMATS", "RECORD", "read", "write"]

FORMATS = ("openai-dpo",)
RECORD = Preference


def read(value: JsonObject, format: str) -> Preference:
    """Reads a preference row.

    Args:
        value: The parsed row; it is not changed.
        format: The format being read, a label of `FORMATS`.

    Raises:
        UnreadableRow: `input` is not an object with messages, or an output is neither messages nor text.
    """
    rest = dict(value)
    prompt = rest.pop("input", None)
    if not isinstance(prompt, dict):
        raise UnreadableRow(format, ("input",), "an object with messages")
    inner = dict(prompt)
    messages = read_messages(inner.pop("messages", None), format, ("input", "messages"))
    return Preference(
        prompt=messages,
        answers=(
            _read_output(rest, "preferred_output", "chosen", format),
            _read_output(rest, "non_preferred_output", "rejected", format),
        ),
        **read_tools(inner),
        prompt_extras=inner,
        extras=rest,
    )


def write(record: Preference, format: str) -> JsonObject:  # noqa: ARG001
    """Writes a preference row.

    Args:
        record: The record.
        format: The format to write, a label of `FORMATS`.

    Raises:
        ValueError: The record is not a prompt of messages with one chosen and one rejected answer of messages.
    """
    if isinstance(record.prompt, str) or [answer.source for answer in record.answers] != ["chosen", "rejected"]:
        raise ValueError("openai-dpo holds a prompt of messages with one chosen and one rejected answer")
    chosen, rejected = record.answers
    inner: JsonObject = {"messages": write_messages(record.prompt), **write_tools(record), **record.prompt_extras}
    return {
        "input": inner,
        "preferred_output": _write_output(chosen),
        "non_preferred_output": _write_output(rejected),
        **record.extras,
    }


def _read_output(rest: JsonObject, key: str, source: Literal["chosen", "rejected"], format: str) -> Answer:
    output = rest.pop(key, None)
    if isinstance(output, str):  # Fireworks' loader takes a bare text
        return Answer(source=source, text=output)
    return Answer(source=source, messages=read_messages(output, format, (key,)))


def _write_output(answer: Answer) -> JsonValue:
    return answer.text if answer.messages is None else write_messages(answer.messages)
