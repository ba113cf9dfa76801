"""The story of one row, from the tables of a run."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import orjson

from ftdata.errors import ReadError
from ftdata.report.address import find_source
from ftdata.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

__all__ = ["FATE_COLUMNS", "LEDGER_COLUMNS", "Story", "tell_stories", "tell_story"]

FATE_COLUMNS: Final = (
    "row", "source", "line", "origin", "fate", "stage", "reason", "kept_row", "output", "output_line"
)  # fmt: skip
"""The columns of `rows.parquet` before the marks."""
LEDGER_COLUMNS: Final = ("row", "source", "line", "stage", "action", "reason", "detail")
"""The columns of `ledger.parquet`."""


@dataclasses.dataclass(frozen=True)
class Story:
    """All that happened to one row; `print` it.

    Attributes:
        source: Its file.
        line: Its line.
        fate: `kept`, `dropped`, or `set_aside` where only one split was run.
        output: The file it stands in now, and None for a dropped row.
        output_line: Its line there, counted from 1.
        events: Its lines of the ledger in order: `stage, action, reason, detail`.
        kept_in_its_place: Address of the row that stayed instead of a duplicate: `source:line`, with `#nth` where
            several rows begin on that line.
        nth: Which of the rows that begin on this line it is, counted from 1.
        rows_on_line: How many rows begin there: more than one in an array that is written on one line.
        asked: The line that was asked for, where it lies behind the first line of the row; else None.
        last: Whether the row is the last of its file: what was asked for may then lie behind it.
    """

    source: str
    line: int
    fate: str
    output: str | None
    output_line: int | None
    events: tuple[dict[str, Any], ...]
    kept_in_its_place: str | None
    nth: int = 1
    rows_on_line: int = 1
    asked: int | None = None
    last: bool = False

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}"
        if self.rows_on_line > 1:
            place += f"#{self.nth} (row {self.nth} of {self.rows_on_line:,} that begin on this line)"
        told = [one_line(place)]
        if self.asked is not None:
            where = "in or behind the last row, which" if self.last else "inside the row that"
            told.insert(0, one_line(f"line {self.asked} of {self.source} lies {where} begins at line {self.line}"))
        for event in self.events:
            detail = one_line(", ".join(f"{key}: {_plain(value)}" for key, value in event["detail"].items()))
            told.append(f"  {event['stage']}: {event['action']} {event['reason']}" + (f" ({detail})" if detail else ""))
        if self.fate == "kept":
            told.append(f"  kept: {self.output}:{self.output_line}")
        elif self.kept_in_its_place:
            told.append(f"  dropped; {one_line(self.kept_in_its_place)} stands in its place")
        else:
            told.append(f"  {self.fate.replace('_', ' ')}")
        return "\n".join(told)


def tell_story(
    rows: pl.DataFrame,
    ledger: pl.DataFrame,
    source: str,
    line: int,
    *,
    nth: int | None = None,
    sizes: Mapping[str, int | None] | None = None,
    blank: Mapping[str, int] | None = None,
) -> Story:
    """Find a row by its address and tell what happened to it.

    Args:
        rows: The table of rows.
        ledger: The ledger.
        source: Its file, as `find_source` takes it.
        line: Its line.
        nth: Which of the rows that begin there, counted from 1; needed where several do.
        sizes: Name to bytes of each input, None where not known: a file of another size on disk is not the one that was
            read.
        blank: Name to blank lines of each input that was read to its end: tells whether rows may have several lines.

    Raises:
        LookupError: No such file or line was read, or several rows begin there; the message says what there is.
    """
    name, found, around = _rows_at(rows, source, line, sizes or {}, blank or {})
    if around is not None and nth is None:
        return _around(rows, ledger, found, line)
    if around is not None:
        raise LookupError(
            f"no row begins at line {line} of {name}; it lies in or behind the one that begins at line {around}"
        )
    if nth is None and found.height > 1:
        raise LookupError(
            f"{found.height:,} rows begin on line {line} of {name}; say which with nth=1 to nth={found.height}, or "
            f"{name}:{line}#1 on the command line"
        )
    if nth is not None and not 1 <= nth <= found.height:
        raise LookupError(f"{found.height:,} rows begin on line {line} of {name}; there is no row {nth} among them")
    return _story(rows, ledger, found, nth or 1)


def tell_stories(
    rows: pl.DataFrame,
    ledger: pl.DataFrame,
    source: str,
    line: int,
    *,
    most: int,
    sizes: Mapping[str, int | None] | None = None,
    blank: Mapping[str, int] | None = None,
) -> tuple[list[Story], int]:
    """The stories of the first `most` rows that begin on a line, and how many rows begin there.

    Args:
        rows: One line per row ever read; at least `FATE_COLUMNS`.
        ledger: The lines of `ledger.parquet`; at least `LEDGER_COLUMNS`.
        source: Their file, as `find_source` takes it.
        line: Their line, counted from 1.
        most: How many stories are told.
        sizes: As in `tell_story`.
        blank: As in `tell_story`.

    Raises:
        LookupError: No such file or line was read; the message says what there is.
    """
    _, found, around = _rows_at(rows, source, line, sizes or {}, blank or {})
    if around is not None:
        return [_around(rows, ledger, found, line)], 1
    return [_story(rows, ledger, found, nth) for nth in range(1, min(most, found.height) + 1)], found.height


def _rows_at(
    rows: pl.DataFrame, source: str, line: int, sizes: Mapping[str, int | None], blank: Mapping[str, int]
) -> tuple[str, pl.DataFrame, int | None]:
    """The name of a file, and its rows that begin on a line; or on the last line before it that any begins on, and that line."""
    import polars as pl

    name = find_source(source, rows["source"].unique(maintain_order=True).to_list(), sizes)
    there = rows.filter(pl.col("source") == name)
    found = there.filter(pl.col("line") == line)
    if found.height:
        return name, found, None
    before = there.filter(pl.col("line") < line)["line"].max()
    if before is not None and _has_long_rows(there["line"], blank.get(name)):
        return name, there.filter(pl.col("line") == before), int(before)  # type: ignore[arg-type]
    last: Any = there["line"].max()
    raise LookupError(f"no row begins at line {line} of {name}; its last one is at line {last}")


def _has_long_rows(lines: pl.Series, blank: int | None) -> bool:
    """Whether rows of a file may have several lines each: it was read to its end, and lines are neither rows nor blank.

    In JSONL every line that is not blank is a row, so the rows of a file without blank lines are at 1, 2, 3 ...
    """
    return blank == 0 and lines.n_unique() != lines.max()


def _around(rows: pl.DataFrame, ledger: pl.DataFrame, found: pl.DataFrame, line: int) -> Story:
    """The story of the row in which a line lies: the last of those that begin on one line before it."""
    import polars as pl

    story = _story(rows, ledger, found, found.height)
    behind = rows.filter((pl.col("source") == story.source) & (pl.col("line") > story.line))
    return dataclasses.replace(story, asked=line, last=not behind.height)


def _story(rows: pl.DataFrame, ledger: pl.DataFrame, found: pl.DataFrame, nth: int) -> Story:
    """The story of one of the rows that begin on a line."""
    import polars as pl

    row = found.row(nth - 1, named=True)
    events = ledger.filter(pl.col("row") == row["row"])
    kept, stand_in, seen = None, row["kept_row"], {row["row"]}
    while stand_in is not None and stand_in not in seen:  # a later stage may have dropped the row that was kept first
        seen.add(stand_in)
        other = rows.filter(pl.col("row") == stand_in).row(0, named=True)
        kept, stand_in = _address(rows, other), other["kept_row"]
    return Story(
        source=row["source"],
        line=row["line"],
        fate=row["fate"],
        output=row["output"],
        output_line=row["output_line"],
        events=tuple(
            {"stage": stage, "action": action, "reason": reason, "detail": _detail(detail)}
            for stage, action, reason, detail in events.select("stage", "action", "reason", "detail").iter_rows()
        ),
        kept_in_its_place=kept,
        nth=nth,
        rows_on_line=found.height,
    )


def _address(rows: pl.DataFrame, row: Mapping[str, Any]) -> str:
    """`source:line`, with `#nth` where several rows begin on that line."""
    import polars as pl

    same = rows.filter((pl.col("source") == row["source"]) & (pl.col("line") == row["line"]))["row"]
    nth = f"#{int((same <= row['row']).sum())}" if len(same) > 1 else ""
    return f"{row['source']}:{row['line']}{nth}"


def _detail(text: str) -> dict[str, Any]:
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise ReadError("the ledger is not as ftdata writes it: a detail is no JSON object; run again")
    return told


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
