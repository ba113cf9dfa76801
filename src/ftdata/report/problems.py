"""The findings of a ledger as the problems that `ftdata check` prints.

A large export has a few problems in every row, millions of them: they are sorted as columns, and made one by one.
"""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from ftdata.report.findings import findings_of, message_of

if TYPE_CHECKING:
    from collections.abc import Iterator

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

_UNREAD: Final = "the line cannot be read"
_ALL: Final[tuple[str, ...]] = ("$",)


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

    def told(self) -> dict[str, Any]:
        """The problem as a JSON object: `file, line, path, rule, severity, message`."""
        return {name: getattr(self, name) for name in _TOLD}


def find_problems(ledger: pl.DataFrame) -> Iterator[FoundProblem]:
    """All problems, by file and line, each made when it is asked for; what concerns the whole set comes last.

    Args:
        ledger: Of rows that were read and validated: findings, and the drops of reading.

    Yields:
        One problem for each place of a finding, and one for each line that could not be read.
    """
    import polars as pl

    columns = ("row", "source", "line", "reason", "detail", "severity")
    unread = ledger.filter((pl.col("action") == "drop") & (pl.col("stage") == "read")).with_columns(
        pl.col("detail").str.json_path_match("$.rule").alias("reason"), pl.lit("error").alias("severity")
    )
    found = pl.concat(
        [
            findings_of(ledger).select(*columns, pl.lit(value=False).alias("unread")),
            unread.select(*columns, pl.lit(value=True).alias("unread")),
        ]
    )
    found = found.sort(pl.col("source").is_null(), "source", pl.col("line").fill_null(0), maintain_order=True)
    for row, source, line, rule, detail, severity, no_row in found.iter_rows():
        message, paths = (_BROKEN.get(rule, _UNREAD), _ALL) if no_row else _said(rule, detail)
        for path in paths:
            yield FoundProblem(row, source, line, path, rule, severity, message)


@lru_cache(maxsize=4096)  # thousands of rows say the same, word for word
def _said(rule: str, detail: str) -> tuple[str, tuple[str, ...]]:
    told = orjson.loads(detail)
    return message_of(rule, told), tuple(told.get("paths", _ALL))


def list_problems(ledger: pl.DataFrame) -> list[dict[str, Any]]:
    """All problems as JSON objects, by file and line; what concerns the whole set comes last.

    Args:
        ledger: As `find_problems` takes it.

    Returns:
        Objects with `file, line, path, rule, severity, message`; `file` and `line` are None for the whole set.
    """
    return [one.told() for one in find_problems(ledger)]
