"""The words for JSON values, paths into them, and what is wrong with a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, Union

__all__ = ["JsonFault", "JsonObject", "JsonValue", "Path", "Step"]

# Union with quoted members, not `|`: the alias refers to itself and must exist at run time for pydantic.
JsonValue: TypeAlias = Union[bool, int, float, str, list["JsonValue"], dict[str, "JsonValue"], None]  # noqa: UP007

JsonObject: TypeAlias = dict[str, JsonValue]

Step: TypeAlias = str | int | None
"""One step of a path: an object key, an array index from 0, or None: "the string here is itself JSON text: go inside"."""

Path: TypeAlias = tuple[Step, ...]
"""Where a value stands: `("messages", 1, "tool_calls", 0, "function", "arguments", None, "to")`."""


@dataclass(frozen=True, slots=True)
class JsonFault:
    """Why a line is no row.

    Attributes:
        rule: One of `json.parse`, `json.utf8`, `json.number` (NaN, Infinity or a number beyond a double),
            `json.surrogate` (half of a surrogate pair), `json.depth` (more than 200 levels), `json.too_long`,
            `json.two_values` (a second value on the line), `json.dup_key`, `json.not_object`, `json.declared` (a value
            of a Parquet file that its column declares to be JSON is none).
        offset: Byte in the line where the trouble shows, counted from 0; None when there is no such place. Of a row
            that was too long to be kept, the byte of the (unpacked) source where it begins.
        message: One sentence. It never quotes the line.
        length: Bytes of a row that was too long to be kept.
    """

    rule: str
    offset: int | None
    message: str
    length: int | None = None
