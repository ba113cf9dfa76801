"""The findings of a ledger as the list of problems that `ftdata check` prints."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import orjson

from ftdata.report.findings import findings_of, message_of

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FoundProblem", "find_problems", "list_problems"]

_TOLD: Final = ("file", "line", "path", "rule", "severity", "message")

_BROKEN: Final = {
    "json.parse": "the line is not JSON",
    "json.utf8": "the line is not UTF-8 text",
    "json.number": "NaN, Infinity or a number out of range: JSON has no such number",
    "json.surrogate": "half of a surrogate pair: it cannot be written as UTF-8",
    "json.depth": "nested too deep for the readers of trainers",
    "json.too_long": "the line is longer than ftdata reads",
    "json.two_values": "two values on one line; write one object per line",
    "json.dup_key": "an object has the same key twice; readers keep one of the two and not all the same one",
    "json.not_object": "the line is JSON but no object; a row is an object",
    "json.declared": "a value of the row is not JSON, although the type of its column says so (arrow.json)",
}


@dataclasses.dataclass(frozen=True)
class FoundProblem:
    """A problem of a row, of a file, or of the whole set.

    Attributes:
        row: Number of the row; None for a file or the set.
        file: Its file; None for the set.
        line: Its line there; None for a file or the set.
        path: Where in the row, `$` for all of it.
        rule: Dotted id.
        severity: `error`, `warning` or `info`.
        message: What is wrong, without text of the row.
    """

    row: int | None
    file: str | None
    line: int | None
    path: str
    rule: str
    severity: str
    message: str


def find_problems(ledger: pl.DataFrame) -> list[FoundProblem]:
    """All problems, by file and line; what concerns the whole set comes last.

    Args:
        ledger: Of rows that were read and validated: findings, and the drops of reading.
    """
    import polars as pl

    columns = ("row", "source", "line", "reason", "detail")
    problems: list[FoundProblem] = []
    for row, source, line, rule, detail, severity in findings_of(ledger).select(*columns, "severity").iter_rows():
        told = orjson.loads(detail)
        message = message_of(rule, told)
        paths = told.get("paths", ["$"])
        problems += [FoundProblem(row, source, line, path, rule, severity, message) for path in paths]
    unread = ledger.filter((pl.col("action") == "drop") & (pl.col("stage") == "read"))
    for row, source, line, _, detail in unread.select(columns).iter_rows():
        rule = orjson.loads(detail)["rule"]
        message = _BROKEN.get(rule, "the line cannot be read")
        problems.append(FoundProblem(row, source, line, "$", rule, "error", message))
    return sorted(problems, key=lambda one: (one.file is None, one.file or "", one.line or 0))


def list_problems(ledger: pl.DataFrame) -> list[dict[str, Any]]:
    """All problems as JSON objects, by file and line; what concerns the whole set comes last.

    Args:
        ledger: As `find_problems` takes it.

    Returns:
        Objects with `file, line, path, rule, severity, message`; `file` and `line` are None for the whole set.
    """
    return [{name: getattr(one, name) for name in _TOLD} for one in find_problems(ledger)]
