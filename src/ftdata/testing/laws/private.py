"""The law of privacy: canaries are planted in the rows, and looked for in everything that may be shown around."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import logging
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ftdata.testing.laws.changed import with_bytes
from ftdata.testing.laws.outcome import broken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ftdata.dataset import Dataset
    from ftdata.pipeline import Result
    from ftdata.stage import Stage

__all__ = ["Canaries", "assert_private", "plant_canaries"]

_WORD: Final = "Zq7Canary"  # in no language, no format and no ftdata name
_FACTS: Final = ("id", "generator", "group", "created", "stratum")


@dataclasses.dataclass(frozen=True)
class Canaries:
    """A Dataset with strings planted in it that must not be seen elsewhere.

    Attributes:
        dataset: The Dataset.
        words: The strings; they are looked for whatever their case.
    """

    dataset: Dataset
    words: tuple[str, ...]


def plant_canaries(dataset: Dataset) -> tuple[Canaries, Canaries]:
    """Plant canaries in a Dataset, in two ways.

    Args:
        dataset: Where they are planted; it is not changed.

    Returns:
        First the rows with one more key, its name and value canaries: rows that are still right. Then the rows with a
        canary at the end of *every* string, roles and types too, so that little is right and much is complained about;
        ids, groups and the other facts of the index carry it, and so do the bytes of lines that are no rows.
    """
    key, value, everywhere = f"{_WORD}Key", f"{_WORD}Value", f"{_WORD}Text"
    kept = set(dataset.kept_rows.tolist())
    member = json.dumps({key: value})[1:-1].encode()

    def with_key(row: int, raw: bytes) -> bytes:
        if row not in kept:
            return raw
        start = raw.index(b"{") + 1
        return raw[:start] + member + (b"" if json.loads(raw) == {} else b",") + raw[start:]

    def with_text(row: int, raw: bytes) -> bytes:
        if row not in kept:
            return raw + everywhere.encode()
        return json.dumps(_marked(json.loads(raw), everywhere), ensure_ascii=False).encode()

    import polars as pl

    index = dataset.index.with_columns(
        *(pl.col(name) + everywhere for name in _FACTS), pl.col("parents").list.eval(pl.element() + everywhere)
    )
    right = Canaries(with_bytes(dataset, with_key), (key, value))
    return right, Canaries(dataclasses.replace(with_bytes(dataset, with_text), index=index), (everywhere,))


def assert_private(stage: Stage, dataset: Dataset, *, canaries: Collection[str] | None = None) -> None:
    """Law 8: no text of a row is in the ledger, marks, notes, report, rows, manifest, log, warning, error or traceback.

    The stage is run as a pipeline of its own, written to a temporary folder, and everything but the data files and
    `rejected.jsonl` is searched; so is what the run printed and what it raised. An error that ftdata raises on purpose
    breaks no law as long as it is silent about the rows.

    Args:
        stage: The stage.
        dataset: What it is given.
        canaries: Strings in its rows to look for; planted by `plant_canaries` when not given.
    """
    planted = plant_canaries(dataset) if canaries is None else (Canaries(dataset, tuple(canaries)),)
    for one in planted:
        for place, text in _shown(stage, one.dataset):
            found = [word for word in one.words if _holds(text, word)]
            if found:
                at = text.casefold().find(found[0].casefold())
                excerpt = text[max(0, at - 80) : at + 80] if at >= 0 else ""
                broken("privacy", f"{place} holds text of a row ({found[0]})", repr(excerpt))


def _holds(text: str, word: str) -> bool:
    folded = text.casefold()
    return word.casefold() in folded or json.dumps(word)[1:-1].casefold() in folded


def _marked(value: Any, word: str) -> Any:
    """A JSON value with a word at the end of every string in it."""
    if isinstance(value, str):
        return value + word
    if isinstance(value, list):
        return [_marked(one, word) for one in value]
    if isinstance(value, dict):
        return {key: _marked(one, word) for key, one in value.items()}
    return value


def _shown(stage: Stage, dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Everything that a run of the stage shows, as (what it is, text)."""
    from ftdata.errors import FtdataError
    from ftdata.pipeline import Pipeline

    said, logged = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(logged)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("always")
            out = Path(folder, "run")
            try:
                stage(dataset)  # by itself, too: a pipeline keeps silent what a stage would say
            except FtdataError as error:
                yield "the error", "".join(traceback.format_exception(error))
            except Exception:  # noqa: BLE001, S110  # not raised on purpose, so it can only be silenced, by the pipeline
                pass
            try:
                result = Pipeline([stage]).run(dataset, out=out, progress="off")
            except FtdataError as error:
                yield "the error", "".join(traceback.format_exception(error))
            else:
                yield from _in_memory(result)
                yield from _in_files(out, {f"{name}.jsonl" for name in result.splits})
            yield from (("a warning", str(one.message)) for one in warned)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    yield "what was printed", said.getvalue()
    yield "the log", logged.getvalue()


def _in_memory(result: Result) -> Iterator[tuple[str, str]]:
    yield "the ledger", json.dumps(result.ledger.rows(), default=str)
    yield "the notes", json.dumps(dict(result.dataset.notes), default=str)
    yield "the marks", json.dumps(result.dataset.marks.rows(), default=str)
    yield "the report", str(result.report)
    yield "the repr", repr(result) + repr(result.dataset)
    for source, line in result.rows.select("source", "line").iter_rows():
        yield f"the story of {source}:{line}", str(result.why(source, line))


def _in_files(out: Path, data: set[str]) -> Iterator[tuple[str, str]]:
    import polars as pl

    for path in sorted(out.rglob("*")):
        if path.name in data | {"rejected.jsonl"} or not path.is_file():
            continue
        yield path.name, path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":  # compressed, so its bytes say nothing
            yield path.name, json.dumps(pl.read_parquet(path).rows(), default=str)
