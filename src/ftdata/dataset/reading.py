"""From files or Python rows to a Dataset.

Rows are cut into shards as they come, so that one shard is in memory and not the file. What is no JSON object in its
own right (broken JSON, bytes that are not UTF-8, a number on a line, an object that repeats a key and so reads
differently in different readers) becomes a row all the same, and is dropped at once with a reason: it has an address,
it is in `rejected.jsonl` byte for byte, and no stage has to think of it.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from ftdata.dataset.dataset import Dataset
from ftdata.dataset.facts import told_fields
from ftdata.dataset.index import ORIGINS, Fields, empty_index, index_rows
from ftdata.dataset.limits import equal_parts, rows_up_to
from ftdata.dataset.shards import SHARD_BYTES, SHARD_ROWS, write_shard
from ftdata.dataset.sources import RowFormats, SourceFacts, facts_of, file_findings, format_findings, wrapped_findings
from ftdata.errors import ReadError, RecipeError
from ftdata.formats import FORMATS, HEAD_ROWS
from ftdata.json_bytes import JsonFault, dump, parse_lines

if TYPE_CHECKING:
    import os
    from collections.abc import Generator, Iterable, Sequence

    from ftdata.dataset.index import Origin
    from ftdata.dataset.run import Run
    from ftdata.dataset.shards import ShardRef
    from ftdata.io.reader import RowBatch, RowReader
    from ftdata.json_bytes import JsonObject

__all__ = ["INVALID_JSON", "INVALID_RECORD", "read_files", "read_memory"]

INVALID_JSON: Final = "invalid_json"
INVALID_RECORD: Final = "invalid_record"
_NO_RECORD: Final = frozenset({"json.not_object", "json.dup_key"})
"""JSON, but no row that every reader reads alike. Everything else that does not parse is `invalid_json`."""


class _Growing:
    """Shards, index and faults of the rows read so far."""

    def __init__(self, run: Run, shard_rows: int | None, fields: Fields, origin: Origin) -> None:
        self.run, self.limit = run, shard_rows or SHARD_ROWS
        self.fields = fields
        self.origin: Origin = origin
        self.shards: list[ShardRef] = []
        self.index: list[pl.DataFrame] = []
        self.faults: dict[int, JsonFault] = {}
        self.rows = 0
        self._raws: list[bytes] = []
        self._bytes = 0

    def add(
        self, source: int, lines: Sequence[int], raws: Sequence[bytes], given: Mapping[int, JsonFault]
    ) -> list[tuple[int, JsonObject]]:
        """Take in rows of one source; returns those that parse, with their lines."""
        values: list[JsonObject | JsonFault] = list(parse_lines(raws))
        for position, fault in given.items():
            values[position] = fault
        for position, value in enumerate(values):
            if isinstance(value, JsonFault):
                self.faults[self.rows + position] = value
        self.index.append(index_rows(self.rows, source, lines, raws, values, self.origin, self.fields))
        self.rows += len(raws)
        for raw in raws:
            self._raws.append(raw)
            self._bytes += len(raw)
            if len(self._raws) >= self.limit or self._bytes >= SHARD_BYTES:
                self._flush()
        return [(line, value) for line, value in zip(lines, values, strict=True) if not isinstance(value, JsonFault)]

    def _flush(self) -> None:
        first = sum(ref.rows for ref in self.shards)
        self.shards.append(write_shard(self.run.path, first, self._raws))
        self._raws, self._bytes = [], 0

    def dataset(self, sources: Sequence[SourceFacts], notes: Sequence[pl.DataFrame]) -> Dataset:
        """All of it, with the broken rows dropped."""
        if self._raws:
            self._flush()
        index = pl.concat([empty_index(), *self.index]).rechunk()
        named = ((field.name, getattr(self.fields, field.name)) for field in dataclasses.fields(Fields))
        told = {name: path for name, path in named if path}
        made = Dataset(
            shards=tuple(self.shards),
            index=index,
            sources=tuple(dataclasses.replace(one, origin=self.origin, fields=told) for one in sources),
            run=self.run,
            marks=index.select("row"),
            events=tuple(notes),
            step=0,
        )
        for reason in (INVALID_JSON, INVALID_RECORD):
            rows = [
                row for row, fault in self.faults.items() if (fault.rule in _NO_RECORD) == (reason == INVALID_RECORD)
            ]
            detail = [_told(self.faults[row]) for row in rows]
            made = made.drop(rows, by="read", reason=reason, detail=detail)
        return dataclasses.replace(told_fields(made, told), step=None)


def _told(fault: JsonFault) -> dict[str, Any]:
    """A fault as the ledger has it."""
    length = {} if fault.length is None else {"length": fault.length}
    return {"rule": fault.rule, "offset": fault.offset, **length}


def read_files(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    format: str,
    origin: Origin,
    fields: Fields | None,
    limit: int | None,
    shard_rows: int | None,
    run: Run,
    under: str | os.PathLike[str] | None = None,
) -> Dataset:
    """Read files into a Dataset; what `Dataset.read` does.

    Args:
        paths: Files, folders and patterns, as `find_sources` takes them.
        format: Format label of the rows; `auto` tells it from the first 1,000 rows of each file.
        origin: Who wrote the rows, unless `fields.origin` names a path in the row.
        fields: Where the rows' own facts (id, parents, group ...) stand; None: the rows have none.
        limit: Most rows of all files together, an equal part of each (`equal_parts`); None reads all.
        shard_rows: Most rows of a shard; None: `SHARD_ROWS`. Shards are cut at `SHARD_BYTES` too.
        run: Engine and work folder.
        under: The folder that paths are relative to, and that names are seen from; None: as they were given.

    Raises:
        ReadError: A file is missing, not readable or no text, or there is no row in any of them.
        RecipeError: An unknown format or origin, a limit or `shard_rows` below 1, or `fields` that are no `Fields`.
    """
    from ftdata.io import FileFacts, RowReader, find_sources

    _check(format, origin, limit, fields, shard_rows)
    growing = _Growing(run, shard_rows, fields or Fields(), origin)
    sources: list[SourceFacts] = []
    notes: list[pl.DataFrame] = []
    files = find_sources(paths, under=under)
    there = [] if limit is None else rows_up_to(files, limit)
    for number, source in enumerate(files):
        before = growing.rows
        if limit is not None and before >= limit:
            break
        most = None if limit is None else before + equal_parts(limit - before, there[number:])[0]
        labels = RowFormats(format)
        only: JsonObject | JsonFault | None = None
        reader = RowReader(source)
        with closing(_batches(reader)) as batches:
            for batch in batches:
                take = len(batch.raws) if most is None else min(len(batch.raws), most - growing.rows)
                faults = {i: fault for i, fault in batch.faults.items() if i < take}
                values = growing.add(number, batch.lines[:take], batch.raws[:take], faults)
                labels.add(values)
                only = values[0][1] if values else faults.get(0)
                run.tick(take)
                if most is not None and growing.rows >= most:
                    break
            # After the last one look more: of a file that was not read to its end neither digest nor size is known.
            facts = reader.facts if next(batches, None) is None else FileFacts(source.name)
        sources.append(facts_of(facts, growing.rows - before, labels, place=source.path))
        notes.extend(file_findings(number, facts, sources[-1]))
        if sources[-1].rows == 1 and only is not None and facts.sha256:
            notes.extend(wrapped_findings(number, only))
    if not growing.rows:
        names = ", ".join(facts.path for facts in sources[:3])
        raise ReadError(f"no rows: {names} {'is' if len(sources) == 1 else 'are'} empty; give files that hold rows")
    return growing.dataset(sources, notes)


def _batches(reader: RowReader) -> Generator[RowBatch]:
    """The batches of a reader, as something that can be closed before its end."""
    yield from reader


def read_memory(
    rows: Iterable[Mapping[str, Any]],
    *,
    format: str,
    origin: Origin,
    fields: Fields | None,
    shard_rows: int | None,
    run: Run,
) -> Dataset:
    """Make a Dataset of Python rows; what `Dataset.from_rows` does.

    Args:
        rows: The rows, taken one by one.
        format: Format label of all rows; `auto` tells it from the first 1,000.
        origin: Who wrote the rows, unless `fields.origin` names a path in the row.
        fields: Where the rows' own facts (id, parents, group ...) stand; None: the rows have none.
        shard_rows: Most rows of a shard; None: `SHARD_ROWS`. Shards are cut at `SHARD_BYTES` too.
        run: Engine and work folder.

    Raises:
        ReadError: A row that is no dict, or a value that JSON has no word for; names the row and the path.
        RecipeError: An unknown format or origin, or `shard_rows` below 1.
    """
    _check(format, origin, None, fields, shard_rows)
    growing = _Growing(run, shard_rows, fields or Fields(), origin)
    labels = RowFormats(format)
    digest, size, waiting = hashlib.sha256(), 0, list[bytes]()

    def take() -> None:
        first = growing.rows + 1
        labels.add(growing.add(0, range(first, first + len(waiting)), waiting, {}))
        waiting.clear()

    for number, row in enumerate(rows, 1):
        given: object = row  # not everybody has a type checker
        if not isinstance(given, Mapping):
            what = f"a row is a dict, this one is of type {type(given).__name__}; give a list of dicts"
            raise ReadError(what, file="memory", line=number)
        try:
            raw = dump(dict(row))
        except (TypeError, ValueError) as error:
            raise ReadError(f"{error}", file="memory", line=number) from None
        digest.update(raw + b"\n")
        size += len(raw) + 1
        waiting.append(raw)
        if len(waiting) >= HEAD_ROWS:
            take()
    take()
    facts = SourceFacts(
        path="memory", sha256=digest.hexdigest(), size=size, rows=growing.rows, **labels.told()
    )  # fmt: skip
    return growing.dataset([facts], format_findings(0, facts))


def _check(format: str, origin: str, limit: int | None, fields: object, shard_rows: int | None) -> None:
    if fields is not None and not isinstance(fields, Fields):
        names = ", ".join(field.name for field in dataclasses.fields(Fields))
        found = f"fields is of type {type(fields).__name__}"
        raise RecipeError(f"{found}; give fields=Fields(id='metadata.id'), by name and as paths; names: {names}")
    if format != "auto" and format not in FORMATS:
        raise RecipeError(f"format {format!r} is not known; there are: auto, {', '.join(sorted(FORMATS))}")
    if origin not in ORIGINS:
        raise RecipeError(f"origin {origin!r} is not known; there are: {', '.join(sorted(ORIGINS))}")
    if limit is not None and limit < 1:
        raise RecipeError(f"limit is {limit}; give 1 or more")
    if shard_rows is not None and shard_rows < 1:
        raise RecipeError(f"shard_rows is {shard_rows}; give 1 or more, or None")
