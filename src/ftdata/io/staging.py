"""The folder of a run, which is there whole or not at all, whatever kills the process.

A run writes into a hidden sibling of its output, locked while the run lives, and renames it at the end. What a killed run
leaves is removed by the next run with the same output. Two runs at once have siblings of their own; the first to finish
wins, and the second says so.

An interrupt (Ctrl+C) comes between any two steps of Python, so three rules hold. Nothing is made while the block is
entered: who is interrupted there is never asked to leave it. A name is known before there is a folder of that name. What
must not stop half-way (the removal, the two renames of a commit) is done `undisturbed`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ftdata.errors import RecipeError, WriteError
from ftdata.io.writer import is_still, lock, remove_if_unlocked, shortened, sync_folder, write_errors
from ftdata.undisturbed import undisturbed

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

__all__ = ["MANIFEST", "StagedFolder"]

MANIFEST: Final = "manifest.json"
"""The file that makes a folder a run."""
REJECTED: Final = "rejected.jsonl"
"""The one output of which the manifest has no digest: it may hold private text, and may be left out."""
_TRIES: Final = 40
_PAUSE: Final = 0.05
"""Seconds between two tries; two seconds in all. A worker that was stopped can at most finish the file it is writing, which
for a whole shard takes 0.01 CPU seconds: that is over after one pause, and a slow disk has forty."""


class StagedFolder:
    """Write a run in a `with` block; `commit` puts it in its place, leaving the block without it removes it.

    Args:
        out: The folder of the run. It may be missing or empty, or hold an older run when `overwrite` is set. Missing
            folders above it are made.
        overwrite: Whether an older run there may be replaced. It is, in one go, by `commit`.

    Attributes:
        path: The folder to write into, from `with` to `commit`; made when it is first asked for.

    Raises:
        RecipeError: `out` is no name of a folder; on entering: it holds a run and `overwrite` is not set, or holds files of somebody else.
        WriteError: The disk is full, or the folder cannot be written.
    """

    def __init__(self, out: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        if not os.fspath(out) or "\0" in os.fspath(out):
            raise RecipeError("the name of the output folder is empty or holds a NUL character; name a folder")
        try:
            os.fspath(out).encode()
        except UnicodeEncodeError:
            raise RecipeError("the name of the output folder is no UTF-8 text; name another folder") from None
        self.out = Path(out)
        self.overwrite = overwrite
        self._final = Path(os.path.realpath(out))  # a link to a folder stays a link
        name = shortened(self._final.name)
        self._stem = f".ftdata-{name}-"
        self._aside = f".ftdata.old-{name}-"  # begins otherwise: no output's staging folder can have such a name
        self._path: Path | None = None
        self._made: list[Path] = []  # every name that was tried; those that are still there go with the block
        self._handles: list[int] = []  # locked while open
        self._open = False

    @property
    def path(self) -> Path:
        """The folder to write into."""
        if not self._open:
            raise RuntimeError("a staged folder is written in a with block, before its commit")
        if self._path is None:
            with write_errors(self.out):
                self._path = self._make()
        return self._path

    def __enter__(self) -> Self:
        with write_errors(self.out):
            self._final.parent.mkdir(parents=True, exist_ok=True)
            self._clear()
            self._check()
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        try:
            if any(os.path.lexists(path) for path in self._made):
                undisturbed(self._remove)
        finally:
            self._unlock()

    def _make(self) -> Path:
        """Make a folder that no other run takes for a leftover, and lock it."""
        while True:
            path = self._final.with_name(self._stem + secrets.token_hex(8))
            self._made.append(path)
            path.mkdir()
            # A run that starts at the same time can take the folder for a leftover before it is locked.
            with contextlib.suppress(FileNotFoundError):
                handle = _open_folder(path)
                if handle is not None:
                    self._handles.append(handle)
                if handle is None or (lock(handle) is not False and is_still(path, handle)):
                    return path

    def _remove(self) -> None:
        """Remove what was made; again when a worker that was stopped while it wrote put a last file there."""
        for _ in range(_TRIES):
            for path in self._made:
                shutil.rmtree(path, ignore_errors=True)
            if not any(os.path.lexists(path) for path in self._made):
                return
            time.sleep(_PAUSE)

    def commit(self) -> None:
        """Flush everything to the disk and put the folder in its place.

        Raises:
            RecipeError: `out` has come to hold files of somebody else, or a run that may not be replaced.
            WriteError: The disk is full, or the folder cannot be put there.
        """
        path = self.path
        with write_errors(self.out):
            _sync_tree(path)
            self._check()
        undisturbed(self._put)

    def _put(self) -> None:
        """Put the folder in its place. Between the two renames of an older and the new run there is none."""
        path = self.path
        with write_errors(self.out):
            aside = self._set_aside()
            try:
                path.rename(self._final)
            except OSError as refused:
                if aside is not None and not os.path.lexists(self._final):
                    aside.rename(self._final)
                if refused.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
                    message = "another run was written there in the meantime; choose another folder"
                    raise WriteError(message, path=str(self.out)) from None
                raise
            self._open = False
            sync_folder(self._final.parent)
            if aside is not None:
                shutil.rmtree(aside, ignore_errors=True)
        self._unlock()

    def _set_aside(self) -> Path | None:
        """Move an older run out of the way, locked, so that no other run takes it for a leftover."""
        if not _is_run(self._final):
            return None
        handle = _open_folder(self._final)
        if handle is not None:
            self._handles.append(handle)
            lock(handle)
        aside = self._final.with_name(self._aside + secrets.token_hex(8))
        self._final.rename(aside)
        return aside

    def _clear(self) -> None:
        """Put back an older run that a killed commit had moved aside, and remove what killed runs left."""
        leftover = re.compile(f"(?:{re.escape(self._stem)}|({re.escape(self._aside)}))[0-9a-f]{{16}}")
        for path in sorted(self._final.parent.iterdir()):
            match = leftover.fullmatch(path.name)
            if match is None:
                continue
            if not (match[1] and _is_run(path) and self._put_back(path)):
                remove_if_unlocked(path)

    def _put_back(self, aside: Path) -> bool:
        """Rename an older run to its place when that is empty and no living run has moved it."""
        if os.path.lexists(self._final):
            return False
        with contextlib.suppress(FileNotFoundError):
            handle = _open_folder(aside)
            if handle is not None:
                try:
                    if lock(handle) and is_still(aside, handle):
                        aside.rename(self._final)
                        return True
                finally:
                    os.close(handle)
        return False

    def _check(self) -> None:
        """Refuse an output that holds a run which may not be replaced, or what no run wrote."""
        final = self._final
        if not os.path.lexists(final):
            return
        if not final.is_dir():
            raise RecipeError(f"{self.out} is a file; choose a folder for the run")
        if _is_run(final):
            added = _added(final)
            if added:
                more = f" and {len(added) - 1} more" if len(added) > 1 else ""
                raise RecipeError(
                    f"{self.out} holds a run and files that it did not write ({shortened(added[0])}{more}); move them, or choose another folder"
                )
            if not self.overwrite:
                raise RecipeError(
                    f"{self.out} holds a run already; type --overwrite (in Python: overwrite=True) to replace it, or choose another folder"
                )
        elif any(final.iterdir()):
            raise RecipeError(f"{self.out} holds files that no run wrote; choose another folder")

    def _unlock(self) -> None:
        for handle in self._handles:
            with contextlib.suppress(OSError):
                os.close(handle)
        self._handles.clear()


def _open_folder(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY)
    except PermissionError:  # a system where folders cannot be opened
        return None


def _sync_tree(top: Path) -> None:
    """Flush all files and names below a folder to the disk."""
    for folder, _, names in os.walk(top, topdown=False):
        for name in names:
            handle = os.open(Path(folder) / name, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_folder(Path(folder))


def _added(folder: Path) -> list[str]:
    """Names in the folder of a run that the run did not write."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes()).get("files")
    except (OSError, ValueError, RecursionError, AttributeError):
        return []
    if not isinstance(told, dict):
        return []
    return sorted({path.name for path in folder.iterdir()} - set(told) - {MANIFEST, REJECTED})


def _is_run(folder: Path) -> bool:
    """Whether a folder holds a run of ours. A foreign folder may have a file of that name too: it is never replaced."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "ftdata" in told and "format_version" in told
