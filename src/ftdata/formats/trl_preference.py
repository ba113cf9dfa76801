"""The four preference layouts of TRL: prompt apart or repeated in both answers, as text or as messages.

An implicit prompt is taken out at reading (see `shared_prompt`) and put back at writing. A text under `prompt` beside
answers of messages is redundant and stays in the extras.
Source: `docs/source/dataset_formats.md` and `trl/data_utils.py` of TRL 1.16.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.formats.messages import read_messages, take_str, write_messages
from ftdata.formats.shared_prompt import shared_messages, shared_text
from ftdata.formats.tools import read_tools, write_tools
from ftdata.formats.unreadable import UnreadableRow
from ftdata.records import Answer, Preference

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject

__all__ = ["FORMATS", "RECORD", "read", "write"]

FORMATS = (
    "trl-preference-standard",
    "trl-preference-conversational",
    "trl-preference-implicit-standard",
    "trl-preference-implicit-conversational",
)
RECORD = Preference


def read(value: JsonObject, format: str) -> Preference:
    """Reads a preference row.

    Args:
        value: The parsed row; it is not changed.
        format: The format being read, a label of `FORMATS`.

    Raises:
        UnreadableRow: chosen, rejected or an explicit prompt is missing or not of the kind the format says.
    """
    implicit = "-implicit-" in format
    if format.endswith("-conversational"):
        return _read_messages(value, format, implicit=implicit)
    rest = dict(value)
    prompt = "" if implicit else take_str(rest, "prompt")
    chosen, rejected = take_str(rest, "chosen"), take_str(rest, "rejected")
    if prompt is None or chosen is None or rejected is None:
        missing = "prompt" if prompt is None else "chosen" if chosen is None else "rejected"
        raise UnreadableRow(format, (missing,), "a text")
    if implicit:
        shared = shared_text(chosen, rejected)
        prompt, chosen, rejected = chosen[:shared], chosen[shared:], rejected[shared:]
    return Preference(
        prompt=prompt,
        prompt_layout="implicit" if implicit else "explicit",
        answers=(Answer(source="chosen", text=chosen), Answer(source="rejected", text=rejected)),
        **read_tools(rest),
        extras=rest,
    )


def _read_messages(value: JsonObject, format: str, *, implicit: bool) -> Preference:
    rest = dict(value)
    chosen, rejected = rest.pop("chosen", None), rest.pop("rejected", None)
    good, bad = read_messages(chosen, format, ("chosen",)), read_messages(rejected, format, ("rejected",))
    if implicit:
        assert isinstance(chosen, list)
        assert isinstance(rejected, list)
        shared = shared_messages(chosen, rejected)
        prompt, good, bad = good[:shared], good[shared:], bad[shared:]
    else:
        prompt = read_messages(rest.pop("prompt", None), format, ("prompt",))
    return Preference(
        prompt=prompt,
        prompt_layout="implicit" if implicit else "explicit",
        answers=(Answer(source="chosen", messages=good), Answer(source="rejected", messages=bad)),
        **read_tools(rest),
        extras=rest,
    )


def write(record: Preference, format: str) -> JsonObject:
    """Writes a preference row in the layout that `format` names.

    Args:
        record: The record.
        format: The format to write, a label of `FORMATS`.

    Raises:
        ValueError: The record has not one chosen and one rejected answer of the kind that the format holds.
    """
    if [answer.source for answer in record.answers] != ["chosen", "rejected"]:
        raise ValueError(f"{format} holds one chosen and one rejected answer")
    implicit = "-implicit-" in format
    out: JsonObject = {}
    if format.endswith("-conversational"):
        if isinstance(record.prompt, str):
            raise ValueError(f"{format} holds messages, not text")
        if not implicit:
            out["prompt"] = write_messages(record.prompt)
        for answer in record.answers:
            if answer.messages is None:
                raise ValueError(f"{format} holds messages, not text")
            out[answer.source] = write_messages((*record.prompt, *answer.messages) if implicit else answer.messages)
    else:
        if not isinstance(record.prompt, str):
            raise ValueError(f"{format} holds text, not messages")
        if not implicit:
            out["prompt"] = record.prompt
        for answer in record.answers:
            if answer.text is None:
                raise ValueError(f"{format} holds text, not messages")
            out[answer.source] = record.prompt + answer.text if implicit else answer.text
    return {**out, **write_tools(record), **record.extras}
