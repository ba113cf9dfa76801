"""Shards: the bytes of the rows, in files, some 16,000 rows at a time.

A shard file holds one column, `raw`, of rows that follow each other; which rows they are is told by the reference, not
by the file, so that adding two Datasets moves numbers and no bytes. A reference (path, digest, first row, count) is
what is handed around; the file is loaded where it is worked on. Shard files are never changed: an edit writes a new one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from bisect import bisect_left
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ftdata.dataset.index import located
from ftdata.errors import StageError, work_folder_failed
from ftdata.formats import detect
from ftdata.json_bytes import EditError, JsonFault, apply_edits, parse_line, parse_lines, with_digits
from ftdata.texts import extract_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from ftdata.json_bytes import Edit, JsonObject

__all__ = ["SHARD_BYTES", "SHARD_ROWS", "Shard", "ShardRef", "load_raws", "spliced", "write_shard"]

SHARD_ROWS = 16_384  # reached by rows shorter than 128 bytes, which cost more by their number than by their bytes
SHARD_BYTES = 2 << 20
"""A shard is full at either limit: long rows must not make a shard that does not fit a worker's memory. Smaller ones
cost CPU time, larger ones memory (measured: `benchmarks/shard_size.py`)."""


@dataclasses.dataclass(frozen=True)
class ShardRef:
    """Where the bytes of some rows are.

    Attributes:
        path: The shard file.
        digest: BLAKE2b digest of its rows, in hexadecimal.
        first: Number of its first row.
        rows: How many rows it holds, dropped ones too.
    """

    path: str
    digest: str
    first: int
    rows: int


def write_shard(folder: Path, first: int, raws: Sequence[bytes]) -> ShardRef:
    """Write rows as a shard file named after its content (temporary name, then rename) and return its reference.

    Args:
        folder: The work folder.
        first: Number of the first row.
        raws: The bytes of each row.
    """
    import polars as pl

    digest = hashlib.blake2b(digest_size=16)
    for raw in raws:
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)
    path = folder / f"rows-{digest.hexdigest()}.arrow"
    if not path.exists():
        _write_frame(pl.DataFrame({"raw": raws}, schema={"raw": pl.Binary}), path)
    return ShardRef(path=str(path), digest=digest.hexdigest(), first=first, rows=len(raws))


def _write_frame(frame: pl.DataFrame, path: Path) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        frame.write_ipc(temporary, compression="lz4")
        temporary.replace(path)
    except OSError as error:
        raise work_folder_failed(error, path.parent) from None


@lru_cache(maxsize=2)  # rows and texts of one shard
def _load_frame(path: str) -> pl.DataFrame:
    """A frame of the work folder; the last two are kept, since a stage often needs rows and texts of one shard."""
    import polars as pl

    with open(path, "rb") as file:  # noqa: PTH123  # by its name polars would take [ ] in a folder's name for a pattern
        return pl.read_ipc(file)


def load_raws(ref: ShardRef) -> list[bytes]:
    """The bytes of all rows of a shard, dropped ones too, in order.

    Args:
        ref: Which shard.
    """
    return _load_frame(ref.path)["raw"].to_list()


def spliced(
    shards: Sequence[ShardRef], edits: Mapping[int, Sequence[Edit]], folder: Path, stage: str
) -> tuple[ShardRef, ...]:
    """The shards with the edits of some rows applied; a shard without any stays the file it is.

    Args:
        shards: In the order of their rows.
        edits: Row number to its edits.
        folder: Where new shard files go.
        stage: Who edits, for the message of an error.

    Raises:
        StageError: A path is not there, edits overlap, or the result is no JSON object.
    """
    rows = sorted(edits)
    made: list[ShardRef] = []
    for ref in shards:
        here = rows[bisect_left(rows, ref.first) : bisect_left(rows, ref.first + ref.rows)]
        if not here:
            made.append(ref)
            continue
        raws = load_raws(ref)
        for row in here:
            raws[row - ref.first] = _edited(raws[row - ref.first], edits[row], stage)
        made.append(write_shard(folder, ref.first, raws))
    return tuple(made)


def _edited(raw: bytes, changes: Sequence[Edit], stage: str) -> bytes:
    try:
        made = apply_edits(raw, changes)
    except EditError as error:
        raise StageError(f"edit: {error}", stage=stage) from None
    if isinstance(parse_line(made), JsonFault):
        raise StageError("edit: the result would not be a JSON object", stage=stage)
    return made


class Shard:
    """The rows of one shard that are still kept, as a function given to `map_shards` sees them.

    Args:
        ref: The file it is in.
        formats: Format label of each source.
        alike: For each source, the labels that its rows may have; None: its rows have the format that was given.
        named: For each source, dotted paths of what only says which row it is, or where it came from.
        sources: Number of the source of each row of the file, dropped ones too.

    Attributes:
        rows: Their row numbers, int64, ascending.
        columns: The index columns and marks that were asked for, one line per row, `row` first.
    """

    def __init__(
        self,
        ref: ShardRef,
        rows: NDArray[np.int64],
        columns: pl.DataFrame,
        formats: list[str],
        alike: list[frozenset[str] | None],
        named: list[tuple[str, ...]],
        sources: NDArray[np.uint32],
    ) -> None:
        self._ref, self.rows, self.columns = ref, rows, columns
        self._formats, self._alike, self._named, self._sources = formats, alike, named, sources

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def first(self) -> int:
        """The number of the first row of the shard, whether or not it is kept: it tells one shard from another."""
        return self._ref.first

    @cached_property
    def _labels(self) -> list[str]:
        return [self._formats[source] for source in self._sources.tolist()]

    @property
    def sources(self) -> list[int]:
        """The number of the source of each row."""
        numbers: list[int] = self._sources[self.rows - self._ref.first].tolist()
        return numbers

    @property
    def formats(self) -> list[str]:
        """The format label of each row: that of its source."""
        return [self._labels[i] for i in (self.rows - self._ref.first).tolist()]

    @cached_property
    def raw(self) -> list[bytes]:
        """The bytes of each row."""
        every = _load_frame(self._ref.path)["raw"]
        return every.gather(self.rows - self._ref.first).to_list()

    @cached_property
    def values(self) -> list[JsonObject]:
        """Each row parsed. A row that does not parse was dropped when it was read, so none is here."""
        parsed = parse_lines(self.raw)
        return [{} if isinstance(value, JsonFault) else value for value in parsed]

    def _walked_as(self, value: JsonObject, source: int) -> str:
        """The label whose layout a row is walked by: its own one where its source was only told to be of another."""
        alike = self._alike[source]
        if alike is None:
            return self._formats[source]
        own = detect(value)
        return self._formats[source] if own in alike else own

    @cached_property
    def texts(self) -> pl.DataFrame:
        """The texts of the rows (see `ftdata.texts`), extracted once and kept in the work folder for the next stage.

        Rows that were dropped before are not looked at. A stage behind drops more, and finds all it needs.
        """
        import numpy as np
        import polars as pl

        wanted = np.zeros(self._ref.rows, bool)
        wanted[self.rows - self._ref.first] = True
        alike = [one if one is None else sorted(one) for one in self._alike]
        told = list(zip(self._formats, alike, self._named, strict=True))
        of_rows = "\n".join(repr(told[source]) for source in self._sources.tolist())
        layout = hashlib.blake2b(of_rows.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        noted = Path(self._ref.path).with_name(f"texts-{self._ref.digest}-{layout}.rows")
        extracted = _read_rows(noted, len(wanted))
        if (wanted & ~extracted).any() or not noted.exists():
            extracted |= wanted
            _write_frame(self._extracted(np.flatnonzero(extracted).tolist()), _frame_of(noted, extracted))
            _write_rows(noted, extracted)
        frame = _load_frame(str(_frame_of(noted, extracted))).with_columns(pl.col("row") + self._ref.first)
        if len(self.rows) == extracted.sum():
            return frame
        return frame.filter(pl.col("row").is_in(pl.Series(self.rows).implode()))

    def _extracted(self, places: list[int]) -> pl.DataFrame:
        """The texts of rows that stand at some places of the file, numbered by these."""
        raws = load_raws(self._ref)
        lines = [raws[i] for i in places]
        good = [
            (i, with_digits(value, raw))
            for i, value, raw in zip(places, parse_lines(lines), lines, strict=True)
            if not isinstance(value, JsonFault)
        ]
        sources: list[int] = self._sources[[i for i, _ in good]].tolist()
        values = [value for _, value in good]
        named = [self._named[source] for source in sources]
        found = [[located(value, path) for path in paths] for value, paths in zip(values, named, strict=True)]
        return extract_texts(
            [i for i, _ in good],
            values,
            [self._walked_as(value, source) for value, source in zip(values, sources, strict=True)],
            named=[[path for path in paths if path is not None] for paths in found],
        )


def _frame_of(noted: Path, extracted: NDArray[np.bool_]) -> Path:
    """The file of the texts of some rows: of a name of its own, since a loaded frame is known by its name."""
    which = hashlib.blake2b(extracted.tobytes(), digest_size=6).hexdigest()
    return noted.with_name(f"{noted.stem}-{which}.arrow")


def _read_rows(noted: Path, count: int) -> NDArray[np.bool_]:
    """Of which rows of a shard the texts were extracted: bool[count]."""
    import numpy as np

    if not noted.exists():
        return np.zeros(count, bool)
    return np.unpackbits(np.frombuffer(noted.read_bytes(), np.uint8), count=count).astype(bool)


def _write_rows(noted: Path, extracted: NDArray[np.bool_]) -> None:
    import numpy as np

    temporary = noted.with_suffix(f".{os.getpid()}.tmp")
    try:
        temporary.write_bytes(np.packbits(extracted).tobytes())
        temporary.replace(noted)
    except OSError as error:
        raise work_folder_failed(error, noted.parent) from None
