"""The story of one row: from the frames of a Result, or of a run on disk."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import orjson

from ftdata.errors import ReadError
from ftdata.report.text import one_line

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

__all__ = ["FATE_COLUMNS", "Story", "story_of_run", "tell_story"]

FATE_COLUMNS: Final = (
    "row", "source", "line", "origin", "fate", "stage", "reason", "kept_row", "output", "output_line"
)  # fmt: skip
"""The columns of `rows.parquet` before the marks."""
_LEDGER_COLUMNS: Final = ("row", "source", "line", "stage", "action", "reason", "detail")


@dataclasses.dataclass(frozen=True)
class Story:
    """All that happened to one row; `print` it.

    Attributes:
        source: Its file.
        line: Its line.
        fate: `kept` or `dropped`.
        output: The file it stands in now, and None for a dropped row.
        output_line: Its line there, counted from 1.
        events: Its lines of the ledger in order: `stage, action, reason, detail`.
        kept_in_its_place: Address of the row that stayed instead of a duplicate, `source:line`.
    """

    source: str
    line: int
    fate: str
    output: str | None
    output_line: int | None
    events: tuple[dict[str, Any], ...]
    kept_in_its_place: str | None

    def __str__(self) -> str:
        told = [one_line(f"{self.source}:{self.line}")]
        for event in self.events:
            detail = one_line(", ".join(f"{key}: {_plain(value)}" for key, value in event["detail"].items()))
            told.append(f"  {event['stage']}: {event['action']} {event['reason']}" + (f" ({detail})" if detail else ""))
        if self.fate == "kept":
            told.append(f"  kept: {self.output}:{self.output_line}")
        elif self.kept_in_its_place:
            told.append(f"  dropped; {one_line(self.kept_in_its_place)} stands in its place")
        else:
            told.append("  dropped")
        return "\n".join(told)


def tell_story(rows: pl.DataFrame, ledger: pl.DataFrame, source: str, line: int) -> Story:
    """Find a row by its address and tell what happened to it.

    Raises:
        LookupError: No such file or line was read; the message says which files were.
    """
    import polars as pl

    sources: list[str] = rows["source"].unique(maintain_order=True).to_list()
    fitting = [name for name in sources if name == source] or [
        name for name in sources if f"/{name}".endswith(f"/{source}")
    ]
    if len(fitting) != 1:
        what = "matches several inputs" if fitting else "is not an input of this run"
        shown = ", ".join((fitting or sources)[:5])
        raise LookupError(f"{source} {what}; there are: {shown}{' ...' if len(fitting or sources) > 5 else ''}")
    found = rows.filter((pl.col("source") == fitting[0]) & (pl.col("line") == line))
    if found.height > 1:
        raise LookupError(f"{found.height} rows have the address {fitting[0]}:{line}: two inputs have the same name")
    if not found.height:
        last: Any = rows.filter(pl.col("source") == fitting[0])["line"].max()
        raise LookupError(f"no row begins at line {line} of {fitting[0]}; its last one is at line {last}")
    row = found.row(0, named=True)
    events = ledger.filter(pl.col("row") == row["row"])
    kept, stand_in, seen = None, row["kept_row"], {row["row"]}
    while stand_in is not None and stand_in not in seen:  # a later stage may have dropped the row that was kept first
        seen.add(stand_in)
        other = rows.filter(pl.col("row") == stand_in).row(0, named=True)
        kept, stand_in = f"{other['source']!s}:{other['line']}", other["kept_row"]
    return Story(
        source=fitting[0],
        line=line,
        fate=row["fate"],
        output=row["output"],
        output_line=row["output_line"],
        events=tuple(
            {"stage": stage, "action": action, "reason": reason, "detail": orjson.loads(detail)}
            for stage, action, reason, detail in events.select("stage", "action", "reason", "detail").iter_rows()
        ),
        kept_in_its_place=kept,
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def story_of_run(folder: Path, source: str, line: int) -> Story:
    """The story of a row in a run on disk.

    Raises:
        ReadError: The folder holds no run.
        LookupError: No such file or line was read.
    """
    import polars as pl

    for name in ("manifest.json", "rows.parquet", "ledger.parquet"):
        if not (folder / name).is_file():
            raise ReadError(f"there is no {name}: this is no run; give the folder that --out named", file=str(folder))
    try:
        rows, ledger = (pl.read_parquet(folder / name) for name in ("rows.parquet", "ledger.parquet"))
    except (pl.exceptions.PolarsError, OSError):
        raise ReadError("its tables cannot be read: the run is damaged; run it again", file=str(folder)) from None
    if not {*FATE_COLUMNS} <= {*rows.columns} or not {*_LEDGER_COLUMNS} <= {*ledger.columns}:
        raise ReadError("its tables are not those of a run; run it again", file=str(folder))
    return tell_story(rows, ledger, source, line)
