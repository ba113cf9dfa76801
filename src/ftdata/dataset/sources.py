"""What is known of each input since it was read, and what of it is worth a finding."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from ftdata.dataset.ledger import make_events
from ftdata.formats import AGREEMENT, settle

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    import polars as pl

    from ftdata.io import FileFacts

__all__ = ["SourceFacts", "facts_of", "file_findings", "format_findings", "tell_format"]


@dataclasses.dataclass(frozen=True)
class SourceFacts:
    """What is known of one input since it was read.

    Attributes:
        path: The file as the user named it, as seen from the folder of the recipe that names it, or `memory`.
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


def tell_format(format: str, labels: Counter[str]) -> dict[str, Any]:
    """`format`, and `agreement` where it was told from rows.

    Args:
        format: A label that was given, or `auto`.
        labels: How many of the rows looked at are of each format.
    """
    if format != "auto":
        return {"format": format}
    found = settle(labels)
    return {"format": found.format, "agreement": found.agreement}


def facts_of(facts: FileFacts, rows: int, format: str, labels: Counter[str]) -> SourceFacts:
    """What was seen of a file, with the rows that were taken and their format.

    Args:
        facts: What the reader saw.
        rows: Rows that were taken, broken ones too.
        format: A label that was given, or `auto`.
        labels: How many of the rows looked at are of each format.
    """
    return SourceFacts(
        path=facts.path,
        sha256=facts.sha256,
        size=facts.size,
        rows=rows,
        bom=facts.bom,
        crlf=facts.crlf,
        blank=facts.blank,
        final_newline=facts.final_newline,
        **tell_format(format, labels),
    )


def file_findings(number: int, facts: FileFacts, told: SourceFacts) -> list[pl.DataFrame]:
    """What is odd about a file, as events of the ledger; `number` is that of the source.

    Args:
        number: Number of the source.
        facts: What the reader saw.
        told: What is known of the source.
    """
    found: list[pl.DataFrame] = []

    def note(rule: str, line: int | None, **detail: Any) -> None:
        found.append(
            make_events(
                [None], step=0, stage="read", action="finding", reason=rule,
                details=[{"severity": "info", **detail}], places=[(number, line)],
            )
        )  # fmt: skip

    if facts.bom:
        note("json.bom", 1, message="the file begins with a byte order mark; it is never written out")
    if facts.crlf:
        note("file.crlf", None, lines=facts.crlf)
    if facts.blank:
        note(
            "json.blank",
            facts.blank_lines[0] if facts.blank_lines else None,
            lines=facts.blank,
            first=facts.blank_lines[:20],
        )
    if not told.rows:
        note("file.empty", None)
    return found + format_findings(number, told)


def format_findings(number: int, facts: SourceFacts) -> list[pl.DataFrame]:
    """A warning when the rows of a source are not all of one format.

    Args:
        number: Number of the source.
        facts: What is known of the source.
    """
    if facts.agreement >= AGREEMENT or not facts.rows:
        return []
    detail = {"severity": "warning", "format": facts.format, "share": round(facts.agreement, 4)}
    return [
        make_events(
            [None], step=0, stage="read", action="finding", reason="file.mixed_formats", details=[detail], places=[(number, None)]
        )
    ]  # fmt: skip
