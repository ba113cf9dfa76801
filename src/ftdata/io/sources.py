"""From what the user named (files, folders, patterns, `-`) to the list of files to read, or one line that says what to do."""

from __future__ import annotations

import glob
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from ftdata.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["STANDARD_INPUT", "Compression", "Kind", "Source", "find_sources"]

STANDARD_INPUT = "-"

Kind: TypeAlias = Literal["jsonl", "json", "parquet"]
Compression: TypeAlias = Literal["none", "gzip", "zstd"]

_KINDS: dict[str, Kind] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".parquet": "parquet"}
_COMPRESSIONS: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd"}
_READABLE = ".jsonl, .ndjson or .json (also .gz or .zst of these), or .parquet"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of rows.

    Attributes:
        path: The file as the user named it; `-` is standard input.
        kind: How rows lie in it. `json` is one array, one object, or JSONL under another name.
        compression: How its bytes are packed.
    """

    path: str
    kind: Kind
    compression: Compression = "none"


def find_sources(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[Source]:
    """The files that paths stand for, in the order they were named; those of a folder or pattern sorted by name.

    Args:
        paths: Files, folders (searched in depth, hidden entries left out), patterns with `*`, `?` or `[...]` (`**`
            goes in depth), or `-` for JSONL from standard input. Folders and patterns pass over files of other kinds.

    Raises:
        ReadError: Nothing was named, a file is missing or of an unknown kind, a folder or pattern holds no data, a
            folder is the output of a run, or a file is there twice. The message says what to do.
    """
    named = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not named:
        raise ReadError("no input is named; name a file, a folder, a pattern, or - for standard input")
    sources: list[Source] = []
    seen: dict[object, str] = {}
    for path in named:
        for source in _sources(os.fspath(path)):
            if not source.path.isascii() and source.path.encode(errors="ignore").decode() != source.path:
                raise ReadError(
                    "its name is not UTF-8 text and cannot be written down; rename it", file=ascii(source.path)
                )
            identity = _identity(source.path)
            if identity in seen:
                raise ReadError(f"is read twice (also as {seen[identity]}); name it once", file=source.path)
            seen[identity] = source.path
            sources.append(source)
    return sources


def _identity(path: str) -> object:
    """The same for two names of one file, links included."""
    if path == STANDARD_INPUT:
        return path
    try:
        found = Path(path).stat()
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", file=path) from None
    return found.st_dev, found.st_ino


def _classify(path: str) -> Source | None:
    name = Path(path.lower())
    suffix = name.suffix
    compression = _COMPRESSIONS.get(suffix, "none")
    if compression != "none":
        suffix = Path(name.stem).suffix
    kind = _KINDS.get(suffix)
    if kind is None or (kind == "parquet" and compression != "none"):
        return None
    return Source(path, kind, compression)


def _sources(path: str) -> list[Source]:
    if path == STANDARD_INPUT:
        return [Source(STANDARD_INPUT, "jsonl")]
    if not path:
        raise ReadError("an empty path is named; name a file, a folder, a pattern, or - for standard input")
    if "\0" in path:
        raise ReadError("a path holds a NUL character")
    if not os.path.lexists(path) and glob.has_magic(path):
        return _matches(path)
    try:
        mode = Path(path).stat().st_mode
    except FileNotFoundError:
        raise ReadError("there is no such file or folder; check the spelling", file=path) from None
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", file=path) from None
    if stat.S_ISDIR(mode):
        return _folder(path)
    source = _classify(path)
    if source is None:
        raise ReadError(f"is of an unknown kind; rename it to {_READABLE}", file=path)
    return [source]


def _folder(path: str) -> list[Source]:
    sources: list[Source] = []
    entries = 0

    def refuse(error: OSError) -> None:
        raise ReadError(f"cannot be opened: {error.strerror}", file=error.filename or path) from None

    for folder, folders, files in os.walk(path, onerror=refuse):
        if "manifest.json" in files and "ledger.parquet" in files:
            raise ReadError(
                "is the output of a run; name the files in it that you want, such as train.jsonl", file=folder
            )
        entries += len(files)
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith("."):
                source = _classify(str(Path(folder) / name))
                if source is not None:
                    sources.append(source)
    if not sources:
        found = "the folder is empty" if not entries else f"none of the {entries} files in the folder is data"
        raise ReadError(f"{found}; put {_READABLE} there, or name another", file=path)
    return sorted(sources, key=lambda source: Path(source.path).parts)


def _matches(pattern: str) -> list[Source]:
    found = [path for path in glob.glob(pattern, recursive=True) if not Path(path).is_dir()]  # noqa: PTH207 - any pattern
    if not found:
        raise ReadError("no file matches the pattern; check the spelling, or name a folder", file=pattern)
    sources = [source for path in found if (source := _classify(path)) is not None]
    if not sources:
        raise ReadError(f"none of the {len(found)} files that match is data; name {_READABLE}", file=pattern)
    return sorted(sources, key=lambda source: Path(source.path).parts)
