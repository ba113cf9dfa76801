"""What a run left on disk, read back: nothing is told of a table that is not the one the run wrote."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any, Final

import orjson

from ftdata.errors import ReadError, RecipeError, what_stopped
from ftdata.report.why import FATE_COLUMNS, LEDGER_COLUMNS, Story, tell_stories, tell_story

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import polars as pl

__all__ = ["stories_of_run", "story_of_run"]

_COLUMNS: Final = {"rows.parquet": FATE_COLUMNS, "ledger.parquet": LEDGER_COLUMNS}
_NUMBERS: Final = frozenset({"row", "line", "kept_row", "output_line"})
_AGAIN: Final = "run again, or take the folder back from where it was copied"


def story_of_run(folder: Path, source: str, line: int, *, nth: int | None = None) -> Story:
    """The story of a row in a run on disk; as `Result.why`.

    Args:
        folder: The folder that `--out` named.
        source: Its file, as `find_source` takes it.
        line: Its line, counted from 1; the ordinal for Parquet and rows from memory.
        nth: Which of the rows that begin there, counted from 1; needed where several do.

    Raises:
        RecipeError: The folder holds no run.
        ReadError: A file of the run is not as ftdata wrote it.
        LookupError: No such file or line was read, or several rows begin there and `nth` does not say which.
    """
    rows, ledger, sizes, blank = _tables(folder)
    return tell_story(rows, ledger, source, line, nth=nth, sizes=sizes, blank=blank)


def stories_of_run(folder: Path, source: str, line: int, *, most: int) -> tuple[list[Story], int]:
    """The stories of the first `most` rows that begin on a line, and how many rows begin there.

    Args:
        folder: The folder that `--out` named.
        source: Their file, as `find_source` takes it.
        line: Their line, counted from 1.
        most: How many stories are told: a file may be one long line.

    Raises:
        RecipeError: The folder holds no run.
        ReadError: A file of the run is not as ftdata wrote it.
        LookupError: No such file or line was read.
    """
    rows, ledger, sizes, blank = _tables(folder)
    return tell_stories(rows, ledger, source, line, most=most, sizes=sizes, blank=blank)


def _tables(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int | None], dict[str, int]]:
    """`rows.parquet`, `ledger.parquet`, the sizes of the inputs, and the blank lines of those that were read to the end."""
    manifest = _manifest(folder)
    try:
        digests = {name: manifest["files"][name]["sha256"] for name in _COLUMNS}
        sizes = {str(one["path"]): one["bytes"] for one in manifest["inputs"]}
        blank = {str(one["path"]): int(one["blank_lines"]) for one in manifest["inputs"] if one["bytes"] is not None}
    except (KeyError, TypeError, ValueError):
        raise _foreign(folder, "manifest.json") from None
    rows, ledger = (_table(folder, name, digest) for name, digest in digests.items())
    if not rows["row"].is_sorted() or rows["row"].is_duplicated().any():
        raise _foreign(folder, "rows.parquet")
    if not _within(ledger["row"], rows["row"]):
        raise _foreign(folder, "ledger.parquet")
    if not _within(rows["kept_row"], rows["row"]):
        raise _foreign(folder, "rows.parquet")
    return rows, ledger, sizes, blank


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        told = (folder / "manifest.json").read_bytes()
    except ValueError:
        raise RecipeError("the folder of a run is wanted; its name cannot hold a NUL character") from None
    except (FileNotFoundError, NotADirectoryError):
        what = "there is no manifest.json: this is no run; give the folder that --out named"
        raise RecipeError(f"{folder}: {what}") from None
    except OSError as error:
        raise ReadError(f"cannot be read: {what_stopped(error)}", file=str(folder / "manifest.json")) from None
    try:
        manifest = orjson.loads(told)
    except orjson.JSONDecodeError:
        raise _foreign(folder, "manifest.json") from None
    if not isinstance(manifest, dict) or "format_version" not in manifest:
        raise _foreign(folder, "manifest.json")
    return manifest


def _table(folder: Path, name: str, digest: str) -> pl.DataFrame:
    """A table, when it has the digest that the manifest tells and the columns that ftdata writes."""
    import polars as pl

    path = folder / name
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ReadError(f"it is missing: the run is not whole; {_AGAIN}", file=str(path)) from None
    except OSError as error:
        raise ReadError(f"cannot be read: {what_stopped(error)}", file=str(path)) from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ReadError(f"it is not the file that the run wrote (see manifest.json); {_AGAIN}", file=str(path))
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError):
        raise _foreign(folder, name) from None
    if not _has(frame.schema, _COLUMNS[name]):
        raise _foreign(folder, name)
    return frame


def _has(schema: pl.Schema, columns: Iterable[str]) -> bool:
    """Whether a table has columns of the kinds that ftdata writes."""
    import polars as pl

    return all(
        name in schema
        and (schema[name] == pl.Int64 if name in _NUMBERS else isinstance(schema[name], pl.String | pl.Enum))
        for name in columns
    )


def _within(some: pl.Series, rows: pl.Series) -> bool:
    return some.drop_nulls().is_in(rows.implode()).all()


def _foreign(folder: Path, name: str) -> ReadError:
    return ReadError(f"it is not as ftdata writes it; {_AGAIN}", file=str(folder / name))
