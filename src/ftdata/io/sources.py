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
        path: The file to open, from where the process stands; `-` is standard input.
        kind: How rows lie in it. `json` is one array, one object, or JSONL under another name.
        compression: How its bytes are packed.
        named: What outputs call it, where that is not `path`.
    """

    path: str
    kind: Kind
    compression: Compression = "none"
    named: str | None = None

    @property
    def name(self) -> str:
        """What ledger, tables, manifest and report call the file."""
        return self.path if self.named is None else self.named


def find_sources(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], *, under: str | os.PathLike[str] | None = None
) -> list[Source]:
    """The files that paths stand for, in the order they were named; those of a folder or pattern sorted by name.

    Args:
        paths: Files, folders (searched in depth, hidden entries left out), patterns with `*`, `?` or `[...]` (`**`
            goes in depth), or `-` for standard input (JSONL or one array, packed or not). Folders and patterns pass
            over files of other kinds.
        under: The folder that paths are relative to. The sources are then named as seen from there, with `/` between
            folders, so that the names are the same wherever the process stands. None: they are named as they were given.

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
        for source in _sources(os.fspath(path), None if under is None else os.fspath(under)):
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


def _classify(path: str, under: str | None) -> Source | None:
    name = Path(path.lower())
    suffix = name.suffix
    compression = _COMPRESSIONS.get(suffix, "none")
    if compression != "none":
        suffix = Path(name.stem).suffix
    kind = _KINDS.get(suffix)
    if kind is None or (kind == "parquet" and compression != "none"):
        return None
    return Source(_placed(path, under), kind, compression, None if under is None else Path(path).as_posix())


def _placed(path: str, under: str | None) -> str:
    """A path as it is opened from where the process stands."""
    return path if under in {None, "", "."} else os.path.join(under or "", path)  # noqa: PTH118  # keeps `..` as it is


def _sources(path: str, under: str | None) -> list[Source]:
    if path == STANDARD_INPUT:
        return [Source(STANDARD_INPUT, "jsonl")]
    if not path:
        raise ReadError("an empty path is named; name a file, a folder, a pattern, or - for standard input")
    if "\0" in path:
        raise ReadError("a path holds a NUL character")
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        raise ReadError("a path holds half a character (a lone surrogate), which no file name has") from None
    opened = _placed(path, under)
    if not os.path.lexists(opened) and glob.has_magic(path):
        return _matches(path, under)
    try:
        mode = Path(opened).stat().st_mode
    except FileNotFoundError:
        raise ReadError("there is no such file or folder; check the spelling", file=opened) from None
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", file=opened) from None
    if stat.S_ISDIR(mode):
        return _folder(path, under)
    source = _classify(path, under)
    if source is None:
        raise ReadError(f"is of an unknown kind; rename it to {_READABLE}", file=opened)
    return [source]


def _folder(path: str, under: str | None) -> list[Source]:
    sources: list[Source] = []
    entries = 0
    top = _placed(path, under)

    def refuse(error: OSError) -> None:
        raise ReadError(f"cannot be opened: {error.strerror}", file=error.filename or top) from None

    for folder, folders, files in os.walk(top, onerror=refuse):
        if "manifest.json" in files and "ledger.parquet" in files:
            raise ReadError(
                "is the output of a run; name the files in it that you want, such as train.jsonl", file=folder
            )
        entries += len(files)
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(path, Path(folder).relative_to(top))
        for name in files:
            if not name.startswith("."):
                source = _classify(str(inside / name), under)
                if source is not None:
                    sources.append(source)
    if not sources:
        found = "the folder is empty" if not entries else f"none of the {entries} files in the folder is data"
        raise ReadError(f"{found}; put {_READABLE} there, or name another", file=top)
    return sorted(sources, key=lambda source: Path(source.name).parts)


def _holds_a_run(folder: str) -> bool:
    return all(Path(folder, name).is_file() for name in ("manifest.json", "ledger.parquet"))


def _matches(pattern: str, under: str | None) -> list[Source]:
    found = [
        path
        for path in glob.glob(pattern, root_dir=under or None, recursive=True)  # noqa: PTH207  # any pattern
        if not Path(_placed(path, under)).is_dir()
    ]
    opened = _placed(pattern, under)
    if not found:
        raise ReadError("no file matches the pattern; check the spelling, or name a folder", file=opened)
    sources = [source for path in found if (source := _classify(path, under)) is not None]
    if not sources:
        raise ReadError(f"none of the {len(found)} files that match is data; name {_READABLE}", file=opened)
    for folder in sorted({os.path.dirname(source.path) for source in sources}):  # noqa: PTH120  # keeps `..` as it is
        if _holds_a_run(folder) and folder != os.path.dirname(opened):  # noqa: PTH120
            raise ReadError(f"matches the output of a run in {folder}; write a pattern that leaves it out", file=opened)
    return sorted(sources, key=lambda source: Path(source.name).parts)
