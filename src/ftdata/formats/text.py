"""`text`: one text to learn as it stands (Together general, TRL language modeling, Axolotl completion)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.formats.messages import take_str
from ftdata.formats.unreadable import UnreadableRow
from ftdata.records import PlainText

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject

__all__ = ["FORMATS", "RECORD", "read", "write"]

FORMATS = ("text",)
RECORD = PlainText


def read(value: JsonObject, format: str) -> PlainText:
    """Reads a text row.

    Args:
        value: The parsed row; it is not changed.
        format: The format being read, a label of `FORMATS`.

    Raises:
        UnreadableRow: `text` is not a string.
    """
    rest = dict(value)
    text = take_str(rest, "text")
    if text is None:
        raise UnreadableRow(format, ("text",), "a text")
    return PlainText(text=text, extras=rest)


def write(record: PlainText, format: str) -> JsonObject:  # noqa: ARG001
    """Writes a text row.

    Args:
        record: The record.
        format: The format to write, a label of `FORMATS`.
    """
    return {"text": record.text, **record.extras}
