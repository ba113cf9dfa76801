"""Rows of a source, in batches, each with its line and its raw bytes; and what was seen of the file on the way.

A bad line is one bad row and never touches its neighbours; a file that cannot be read at all is a `ReadError`. Nothing
is decoded here, and raw bytes are not altered, save that elements of a JSON array lose the white space around tokens.
`layout.py` tells how rows lie where the name does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ftdata.errors import ReadError
from ftdata.io.blocks import line_blocks
from ftdata.io.compression import MAGIC, PlainBytes
from ftdata.io.json_array import JsonElements
from ftdata.io.layout import tell_layout, tell_unnamed_layout
from ftdata.io.parquet import parquet_rows
from ftdata.io.sources import STANDARD_INPUT
from ftdata.json_bytes import JsonFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftdata.io.sources import Source

__all__ = ["BATCH_BYTES", "MAX_LINE", "FileFacts", "RowBatch", "RowReader"]

MAX_LINE = 64 << 20
"""Bytes of the longest line that is read."""

BATCH_BYTES = 1 << 20
"""Bytes of rows after which a batch is handed on: half a shard, and a fraction of a second for who watches the progress."""

_BOM = b"\xef\xbb\xbf"
_BLANK_LINES_SHOWN = 20  # they are counted, all of them; these are to look at


@dataclass(slots=True)
class FileFacts:
    """What was seen of a file.

    Attributes:
        path: What outputs call the file.
        sha256: Of the bytes as they are stored.
        size: Number of the bytes as they are stored.
        rows: Rows given out, bad ones included.
        bom: Whether the text begins with a byte order mark.
        crlf: Lines that end with CR LF.
        blank: Blank lines; they are no rows.
        blank_lines: Numbers of the first 20 blank lines.
        final_newline: Whether the last byte is a newline.
        array: Whether a file that is JSONL by its name looks like one JSON array.
    """

    path: str
    sha256: str = ""
    size: int = 0
    rows: int = 0
    bom: bool = False
    crlf: int = 0
    blank: int = 0
    blank_lines: list[int] = field(default_factory=list[int])
    final_newline: bool = False
    array: bool = False


@dataclass(slots=True)
class RowBatch:
    """Some rows that follow each other.

    Attributes:
        lines: Where each row begins: its line in the file, or its ordinal in a Parquet file, from 1.
        raws: The bytes of each row.
        faults: What is wrong with a row beyond its bytes, by position in the batch: it was too long to be kept, or the
            array around it is broken.
    """

    lines: list[int] = field(default_factory=list[int])
    raws: list[bytes] = field(default_factory=list[bytes])
    faults: dict[int, JsonFault] = field(default_factory=dict[int, JsonFault])

    def __len__(self) -> int:
        return len(self.lines)


class RowReader:
    """Iterate over it for the batches of a source; `facts` are known afterwards.

    Args:
        source: What to read.
        max_line: Bytes of the longest row; a longer one is given as a fault, and the rest of the file goes on.
        batch_bytes: About how many bytes of rows a batch holds.

    Raises:
        ReadError: While iterating: the file cannot be read, is a damaged archive, or is no UTF-8 text.
    """

    def __init__(self, source: Source, *, max_line: int = MAX_LINE, batch_bytes: int = BATCH_BYTES) -> None:
        self.source = source
        self.max_line = max_line
        self.batch_bytes = batch_bytes
        self._facts: FileFacts | None = None

    @property
    def facts(self) -> FileFacts:
        """What was seen of the file, once all batches have been read."""
        if self._facts is None:
            raise RuntimeError("the facts of a file are known when all of its rows have been read")
        return self._facts

    def __iter__(self) -> Iterator[RowBatch]:
        """The batches, none of them empty."""
        self._facts = None
        facts = FileFacts(self.source.name)
        batch = RowBatch()
        held = 0
        for line, raw, fault in self._rows(facts):
            if fault is not None:
                batch.faults[len(batch)] = fault
            batch.lines.append(line)
            batch.raws.append(raw)
            held += len(raw)
            if held >= self.batch_bytes:
                facts.rows += len(batch)
                yield batch
                batch, held = RowBatch(), 0
        facts.rows += len(batch)
        if batch:
            yield batch
        self._facts = facts

    def _rows(self, facts: FileFacts) -> Iterator[tuple[int, bytes, JsonFault | None]]:
        if self.source.kind == "parquet":
            _hash_file(self.source, facts)
            for ordinal, (raw, fault) in enumerate(parquet_rows(self.source.path), 1):
                short, long = self._checked(raw)
                yield ordinal, short, long or fault
            return
        with PlainBytes(self.source) as plain:
            self._begin(plain, facts)
            named = self.source.path != STANDARD_INPUT
            tell = tell_layout if named and self.source.kind == "json" else tell_unnamed_layout
            layout = tell(plain, self.max_line)
            if named and self.source.kind == "jsonl":  # its name is taken at its word
                facts.array, layout = layout == "array", "lines"
            if layout == "lines":
                yield from self._lines(plain, facts)
            else:
                elements = JsonElements(
                    plain.read, array=layout == "array", max_bytes=self.max_line, first=len(_BOM) * facts.bom
                )
                yield from elements
                facts.crlf, facts.final_newline = elements.crlf, elements.final_newline
            facts.sha256, facts.size = plain.sha256, plain.size

    def _checked(self, raw: bytes) -> tuple[bytes, JsonFault | None]:
        return (raw, None) if len(raw) <= self.max_line else (b"", too_long(len(raw), self.max_line))

    def _begin(self, plain: PlainBytes, facts: FileFacts) -> None:
        """Look at the first bytes: take a byte order mark off, refuse what is no UTF-8 text."""
        head = b""
        while len(head) < 16 and (piece := plain.read(64 << 10)):
            head += piece
        problem = _foreign(head, unpacked=plain.compression != "none", named=self.source.path != STANDARD_INPUT)
        if problem is not None:
            raise ReadError(problem, file=self.source.path)
        facts.bom = head.startswith(_BOM)
        plain.push_back(head.removeprefix(_BOM))

    def _lines(self, plain: PlainBytes, facts: FileFacts) -> Iterator[tuple[int, bytes, JsonFault | None]]:
        number = 0
        for offset, lines, terminated in line_blocks(plain.read, max_line=self.max_line):
            at = offset + len(_BOM) * facts.bom
            last = number + len(lines)
            for line in lines:
                number += 1
                if isinstance(line, int):
                    yield number, b"", too_long(line, self.max_line, offset=at)
                    at += line + 1
                    continue
                at += len(line) + 1
                if line.endswith(b"\r") and (terminated or number < last):
                    facts.crlf += 1
                    line = line[:-1]  # noqa: PLW2901
                if not line or line.isspace():
                    facts.blank += 1
                    if facts.blank <= _BLANK_LINES_SHOWN:
                        facts.blank_lines.append(number)
                    continue
                yield number, line, None
            facts.final_newline = terminated


def too_long(length: int, limit: int, *, offset: int | None = None) -> JsonFault:
    """The fault of a row that was not kept."""
    return JsonFault("json.too_long", offset, f"the row is {length} bytes long; the limit is {limit}", length)


def _hash_file(source: Source, facts: FileFacts) -> None:
    with PlainBytes(source) as stored:
        while stored.read(1 << 20):
            pass
        facts.sha256, facts.size = stored.sha256, stored.size


_SUFFIXES = {"gzip": ".gz", "zstd": ".zst"}
_PARQUET = b"PAR1"
_UNREADABLE = {
    b"PK\x03\x04": "a ZIP archive; unpack it first",
    b"BZh91AY&SY": "packed with bzip2; unpack it first",
    b"\xfd7zXZ\x00": "packed with xz; unpack it first",
    _PARQUET: "a Parquet file; rename it to end in .parquet",
    b"\xff\xfe": "UTF-16 text; convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8",
    b"\xfe\xff": "UTF-16 text; convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8",
    b"\x00\x00\xfe\xff": "UTF-32 text; convert it to UTF-8 first: iconv -f UTF-32 -t UTF-8",
    # Without a mark, the zero bytes of the first ASCII character tell.
    **dict.fromkeys((b"{\x00", b"[\x00"), "UTF-16 text; convert it to UTF-8 first: iconv -f UTF-16LE -t UTF-8"),
    **dict.fromkeys((b"\x00{", b"\x00["), "UTF-16 text; convert it to UTF-8 first: iconv -f UTF-16BE -t UTF-8"),
}


def _foreign(head: bytes, *, unpacked: bool, named: bool) -> str | None:
    """What a file is when its first bytes say that it holds no UTF-8 text."""
    for magic, name in MAGIC.items():
        if head.startswith(magic):
            again = (
                "twice; unpack it once" if unpacked else f"; rename it to end in {_SUFFIXES[name]}, or unpack it first"
            )
            return f"the file is packed with {name}{' ' * unpacked}{again}"
    if head.startswith(_PARQUET) and not named:
        return "standard input is a Parquet file, which cannot be read from its start; name the file instead of -"
    for magic, what in _UNREADABLE.items():
        if head.startswith(magic):
            return f"the file is {what}"
    return None
