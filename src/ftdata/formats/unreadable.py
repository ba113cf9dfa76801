"""The two ways in which a row cannot become a record: its format has no reader, or it is not laid out as its format.

Both name the format and, where there is one, the place; neither holds anything of the row but keys that the formats
themselves define.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.errors import ReadError

if TYPE_CHECKING:
    from ftdata.json_bytes import Path

__all__ = ["UnreadableFormat", "UnreadableRow"]


class UnreadableFormat(ReadError):  # noqa: N818  named for what is the case, as in errors.py
    """The format is known by its label but cannot be read to a record (or is no format at all).

    Args:
        readable: The formats that can be read, for the message.
        known: All formats that are known by a label.

    Attributes:
        format: The label that was asked for.
    """

    def __init__(self, format: str, readable: tuple[str, ...], known: frozenset[str]) -> None:
        self.format = format
        what = (
            f"rows of format {format} are recognised but cannot be read to records"
            if format in known
            else "there is no format of that name"
        )
        super().__init__(f"{what}; readable formats: {', '.join(readable)}")


class UnreadableRow(ReadError):  # noqa: N818
    """A row is not laid out as its format says.

    Args:
        expected: What should be at that place, for the message.

    Attributes:
        format: The format as which the row was to be read.
        path: The place in the row that does not fit.
    """

    def __init__(self, format: str, path: Path, expected: str) -> None:
        self.format, self.path = format, path
        place = "$" + "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in path)
        super().__init__(f"not a row of format {format}: expected {expected} at {place}")
