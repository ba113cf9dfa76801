"""The two unpaired preference layouts of TRL: one answer and a verdict on it, as text or as messages.

Source: `docs/source/dataset_formats.md` of TRL 1.16.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.formats.prompt_completion import read_side, write_side
from ftdata.formats.tools import read_tools, write_tools
from ftdata.formats.unreadable import UnreadableRow
from ftdata.records import Answer, Preference

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject

__all__ = ["FORMATS", "RECORD", "read", "write"]

FORMATS = ("trl-unpaired-standard", "trl-unpaired-conversational")
RECORD = Preference


def read(value: JsonObject, format: str) -> Preference:
    """Reads an unpaired preference row.

    Args:
        value: The parsed row; it is not changed.
        format: The format being read, a label of `FORMATS`.

    Raises:
        UnreadableRow: prompt or completion is not of the kind the format says, or label is not true or false.
    """
    rest = dict(value)
    prompt = read_side(rest, "prompt", format)
    completion = read_side(rest, "completion", format)
    label = rest.pop("label", None)
    if not isinstance(label, bool):
        raise UnreadableRow(format, ("label",), "true or false")
    answer = (
        Answer(source="sample", text=completion, label=label)
        if isinstance(completion, str)
        else Answer(source="sample", messages=completion, label=label)
    )
    return Preference(prompt=prompt, answers=(answer,), **read_tools(rest), extras=rest)


def write(record: Preference, format: str) -> JsonObject:
    """Writes an unpaired preference row.

    Args:
        record: The record.
        format: The format to write, a label of `FORMATS`.

    Raises:
        ValueError: The record has not exactly one labelled answer, or it is not of the kind the format holds.
    """
    if len(record.answers) != 1 or record.answers[0].label is None:
        raise ValueError(f"{format} holds exactly one answer with a label")
    answer = record.answers[0]
    completion = answer.text if answer.messages is None else answer.messages
    assert completion is not None, "an answer is either messages or a text"
    out: JsonObject = {
        "prompt": write_side(record.prompt, format),
        "completion": write_side(completion, format),
        "label": answer.label,
    }
    return {**out, **write_tools(record), **record.extras}
