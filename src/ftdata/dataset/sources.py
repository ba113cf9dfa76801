"""What is known of each input since it was read."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SourceFacts"]


@dataclasses.dataclass(frozen=True)
class SourceFacts:
    """What is known of one input since it was read.

    Attributes:
        path: The file as the user named it, or `memory`.
        sha256: SHA-256 of the stored bytes; of the rows joined by newlines for rows from memory.
        size: Bytes as stored.
        rows: Rows found, broken ones too.
        format: Format label of its rows, told from the first of them unless it was given.
        agreement: Share of the rows looked at that are of this format.
        bom: Whether it began with a byte order mark.
        crlf: Lines that ended in CR LF.
        blank: Blank lines.
        final_newline: Whether the last line was ended.
        origin: Origin that was given for its rows.
        fields: Where its rows' own facts stand, by name, as they were given.
    """

    path: str
    sha256: str
    size: int
    rows: int
    format: str
    agreement: float = 1.0
    bom: bool = False
    crlf: int = 0
    blank: int = 0
    final_newline: bool = True
    origin: str = "unknown"
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
