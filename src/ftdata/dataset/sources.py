"""What is known of each input since it was read, and what of it is worth a finding."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from ftdata.dataset.index import NAMING
from ftdata.dataset.ledger import make_events
from ftdata.formats import AGREEMENT, NO_FORMAT, detect, settle

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    import polars as pl

    from ftdata.io import FileFacts
    from ftdata.json_bytes import JsonFault, JsonObject

__all__ = ["SourceFacts", "facts_of", "file_findings", "format_findings", "tell_format", "wrapped_findings"]

_WRAPPERS: Final = frozenset({
    "data", "rows", "train", "test", "val", "validation", "dev", "examples", "items", "records", "samples", "results",
    "conversations", "dataset", "instances", "messages",
})  # fmt: skip
"""Keys that may be named: a key of somebody's own may be private."""
_ANY_LIST: Final = ".[] | arrays | .[] | objects"


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
        disagreement: Where they do not agree, which formats were found and what to do; else empty.
        bom: Whether it began with a byte order mark.
        crlf: Lines that ended in CR LF.
        blank: Blank lines.
        final_newline: Whether the last line was ended.
        origin: Origin that was given for its rows.
        fields: Where its rows' own facts stand, by name, as they were given.
        place: The file from where the process stands, for messages that say what to type; it is in no output. Empty for
            rows from memory.
    """

    path: str
    sha256: str
    size: int
    rows: int
    format: str
    agreement: float = 1.0
    disagreement: str = ""
    bom: bool = False
    crlf: int = 0
    blank: int = 0
    final_newline: bool = True
    origin: str = "unknown"
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    place: str = dataclasses.field(default="", compare=False)

    @property
    def named(self) -> tuple[str, ...]:
        """Dotted paths of what only says which row it is, or where it came from."""
        return tuple(self.fields[name] for name in NAMING if name in self.fields)


def tell_format(format: str, labels: Counter[str]) -> dict[str, Any]:
    """`format`, and `agreement` and `disagreement` where it was told from rows.

    Args:
        format: A label that was given, or `auto`.
        labels: How many of the rows looked at are of each format.
    """
    if format != "auto":
        return {"format": format}
    found = settle(labels)
    return {"format": found.format, "agreement": found.agreement, "disagreement": found.problem or ""}


def facts_of(facts: FileFacts, rows: int, format: str, labels: Counter[str], *, place: str) -> SourceFacts:
    """What was seen of a file, with the rows that were taken and their format.

    Args:
        facts: What the reader saw.
        rows: Rows that were taken, broken ones too.
        format: A label that was given, or `auto`.
        labels: How many of the rows looked at are of each format.
        place: The file from where the process stands.
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
        place=place,
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
    if facts.array:
        message = "the file looks like one JSON array and is read line by line: name it .json to have its elements read"
        note("file.array", None, severity="warning", message=message)
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
    detail = {"severity": "warning", "message": facts.disagreement}
    return [
        make_events(
            [None], step=0, stage="read", action="finding", reason="file.mixed_formats", details=[detail], places=[(number, None)]
        )
    ]  # fmt: skip


def wrapped_findings(number: int, only: JsonObject | JsonFault) -> list[pl.DataFrame]:
    """A warning when the only row of a source seems to be all of its rows: one object that holds them in a list.

    Args:
        number: Number of the source.
        only: What its only row parses to.
    """
    if isinstance(only, dict):
        lists = [key for key, value in only.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
        if not lists or detect(only) not in NO_FORMAT:
            return []
        script, where = _ANY_LIST, "a list in it"
        if len(lists) > 1:
            script, where = ".KEY[]", "several lists in it, each for a file of its own"
        elif lists[0] in _WRAPPERS:
            script, where = f".{lists[0]}[]", f"the list at $.{lists[0]}"
        found = f"the file is one object, and its rows seem to be in {where}"
    elif only.rule == "json.too_long":
        script, found = _ANY_LIST, f"the file is one value of {only.length} bytes; if its rows are in a list in it"
    else:
        return []
    message = f"{found}: write them one per line, as jq -c '{script}' FILE > rows.jsonl does, and read that"
    detail = {"severity": "warning", "message": message}
    return [
        make_events(
            [None], step=0, stage="read", action="finding", reason="file.wrapped", details=[detail], places=[(number, None)]
        )
    ]  # fmt: skip
