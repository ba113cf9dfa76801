"""Wire formats: how a row is laid out in a file, to a record and back.

`detect` tells the format of a row and `detect_head` that of a source (`settle`, from labels); all work on plain JSON values and load nothing
heavy. `read_record` and `write_record` are exact inverses: what is read in a format and written in the same format is
the same JSON again. The readers (and pydantic with them) are loaded at the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ftdata.formats.detect import FORMATS, LOOK_ALIKES, NO_FORMAT, detect
from ftdata.formats.head import AGREEMENT, HEAD_ROWS, Detected, detect_head, settle
from ftdata.formats.unreadable import UnreadableFormat, UnreadableRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftdata.json_bytes import JsonObject
    from ftdata.records import Record

__all__ = [
    "AGREEMENT",
    "FORMATS",
    "HEAD_ROWS",
    "LOOK_ALIKES",
    "NO_FORMAT",
    "READABLE",
    "Detected",
    "UnreadableFormat",
    "UnreadableRow",
    "detect",
    "detect_head",
    "read_record",
    "settle",
    "write_record",
]

# Which file reads which format. The names are repeated here so that asking for the list loads no reader.
_MODULES: dict[str, str] = {
    "openai-chat": "openai_chat",
    "openai-dpo": "openai_dpo",
    "openai-rft": "openai_chat",
    "prompt-completion": "prompt_completion",
    "text": "text",
    "trl-preference-conversational": "trl_preference",
    "trl-preference-implicit-conversational": "trl_preference",
    "trl-preference-implicit-standard": "trl_preference",
    "trl-preference-standard": "trl_preference",
    "trl-prompt-completion-conversational": "prompt_completion",
    "trl-prompt-only": "prompt_completion",
    "trl-unpaired-conversational": "trl_unpaired",
    "trl-unpaired-standard": "trl_unpaired",
}

READABLE: tuple[str, ...] = tuple(_MODULES)


def read_record(value: JsonObject, format: str) -> Record:
    """Reads a row to a record.

    Args:
        value: The parsed row; it is not changed, and the record shares parts of it.
        format: A label of `READABLE`, usually what `detect_head` said of the source.

    Returns:
        The record. Keys that the format does not know are in its `extras`.

    Raises:
        UnreadableFormat: No reader for this format.
        UnreadableRow: The row is not laid out as the format says, or is nested too deep.

    Example:
        >>> row = {"messages": [{"role": "user", "content": "Hi"}], "ticket": 7}
        >>> record = read_record(row, "openai-chat")
        >>> record.extras, write_record(record, "openai-chat") == row
        ({'ticket': 7}, True)
    """
    from pydantic import ValidationError

    read = cast("Callable[[JsonObject, str], Record]", _reader(format).read)
    try:
        return read(value, format)
    except (ValidationError, RecursionError):
        # Depth is the one thing that the readers leave to pydantic; its error may quote the row.
        raise UnreadableRow(format, (), "values nested less deep") from None


def write_record(record: Record, format: str) -> JsonObject:
    """Writes a record in a format, the inverse of `read_record`.

    Args:
        record: The record.
        format: A label of `READABLE`. Writing in another format than the record was read from is no conversion: the
            extras go along as they are.

    Returns:
        The row.

    Raises:
        UnreadableFormat: No writer for this format.
        ValueError: The format cannot hold a record of this kind.
    """
    module = _reader(format)
    if not isinstance(record, module.RECORD):
        raise ValueError(f"{format} holds a {module.RECORD.__name__}, not a {type(record).__name__}")  # noqa: TRY004  the format is the wrong value
    write = cast("Callable[[Record, str], JsonObject]", module.write)
    return write(record, format)


def _reader(format: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  one of the modules of this folder
    from importlib import import_module

    if format not in _MODULES:
        raise UnreadableFormat(format, READABLE, FORMATS)
    return import_module(f"ftdata.formats.{_MODULES[format]}")
