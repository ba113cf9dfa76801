"""What is known of each input since it was read, and what of it is worth a finding."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ftdata.dataset.index import NAMING
from ftdata.dataset.ledger import make_events
from ftdata.formats import AGREEMENT, HEAD_ROWS, NO_FORMAT, detect, settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from ftdata.io import FileFacts
    from ftdata.json_bytes import JsonFault, JsonObject

__all__ = ["RowFormats", "SourceFacts", "facts_of", "file_findings", "format_findings", "wrapped_findings"]

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
        alike: The labels that rows of this format may have; None where the format was given. A row of another one is walked
            for texts as what it is.
        agreement: Share of the rows looked at that are of this format.
        disagreement: Where they do not agree, which formats were found and what to do; else empty.
        others: Rows that have another format, in the whole of the source; 0 where the format was given.
        first_other: Line of the first of them.
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
    others: int = 0
    first_other: int | None = None
    alike: frozenset[str] | None = None
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


class RowFormats:
    """The formats of the rows of a source, each told by itself.

    Args:
        format: A label that was given, or `auto`: a format that was given is not asked of the rows.
    """

    def __init__(self, format: str) -> None:
        self.format = format
        self._head: Counter[str] = Counter()
        self._all: Counter[str] = Counter()
        self._rows = 0
        self._first: dict[str, int] = {}

    def add(self, rows: Iterable[tuple[int, JsonObject]]) -> None:
        """Ask rows for their formats.

        Args:
            rows: Line and value of each, in order.
        """
        if self.format != "auto":
            return
        for line, value in rows:
            label = detect(value)
            if label not in self._first:
                self._first[label] = line
            self._all[label] += 1
            self._rows += 1
            if self._rows == HEAD_ROWS:
                self._head = self._all.copy()

    def told(self) -> dict[str, Any]:
        """`format`, and what is known of the others where it was told from rows: of the first ones, as every reader does."""
        if self.format != "auto":
            return {"format": self.format}
        found = settle(self._head or self._all)
        others = {label: count for label, count in self._all.items() if label not in found.same | NO_FORMAT}
        problem = found.problem or ""
        if others and not problem:
            named = ", ".join(f"{label} ({count})" for label, count in sorted(others.items()))
            problem = f"{sum(others.values())} of {self._rows} rows are of another format than {found.format}: {named}; split the file"
        return {
            "format": found.format,
            "agreement": found.agreement,
            "disagreement": problem,
            "alike": found.same,
            "others": sum(others.values()),
            "first_other": min((self._first[label] for label in others), default=None),
        }


def facts_of(facts: FileFacts, rows: int, labels: RowFormats, *, place: str) -> SourceFacts:
    """What was seen of a file, with the rows that were taken and their format.

    Args:
        facts: What the reader saw.
        rows: Rows that were taken, broken ones too.
        labels: What its rows say of their formats.
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
        **labels.told(),
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
    """What is to be said when the rows of a source are not all of one format: a warning, for a few odd rows an info.

    Args:
        number: Number of the source.
        facts: What is known of the source.
    """
    if not facts.rows or (facts.agreement >= AGREEMENT and not facts.others):
        return []
    few = facts.agreement >= AGREEMENT and facts.others <= (1 - AGREEMENT) * facts.rows
    detail: dict[str, Any] = {"severity": "info" if few else "warning", "message": facts.disagreement}
    if facts.others:
        detail |= {"rows": facts.others, "first": facts.first_other}
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
