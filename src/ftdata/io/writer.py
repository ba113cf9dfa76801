"""Files that are there whole or not at all, whatever kills the process.

A file is written under a hidden temporary name beside its own, flushed to the disk, then renamed. What a killed process
leaves looks like nothing, and is removed when the same file is written again, unless a lock says that its process is
still alive.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ftdata.errors import WriteError

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

__all__ = ["atomic_file", "is_still", "lock", "remove_if_unlocked", "shortened", "sync_folder", "write_errors"]

_BUFFER = 1 << 20  # what is written row by row (rejected.jsonl) reaches the system in pieces of this size
_NAME_BYTES = 200  # of 255 that a name may have
_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike[str], *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Write a file that appears under its name only when it is whole.

    Args:
        path: The file; replaced when it exists. Its folder must exist.
        mode: Permissions of the file before the process's umask; 0o600 for data nobody else may read.

    Yields:
        A file to write bytes to. When the block ends without an error, the file is flushed to the disk and renamed;
        on an error nothing is left.

    Raises:
        WriteError: The disk is full, or the file cannot be written.
    """
    final = Path(path)
    with write_errors(final):
        temporary, handle = _temporary_file(final, mode)
    raw = _Handle(handle, final)
    file = io.BufferedWriter(raw, _BUFFER)
    try:
        yield file
        file.flush()
        with write_errors(final):
            os.fsync(handle)
            temporary.replace(final)
            sync_folder(final.parent)
    except BaseException:
        raw.discard = True
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    finally:
        file.close()


class _Handle(io.RawIOBase):
    """A file to write to whose errors say which file it was."""

    def __init__(self, handle: int, path: Path) -> None:
        super().__init__()
        self._handle = handle
        self._path = path
        self.discard = False  # what is still buffered has nowhere to go

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._handle

    def write(self, data: Buffer, /) -> int:
        if self.discard:
            return memoryview(data).nbytes
        with write_errors(self._path):
            return os.write(self._handle, data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            os.close(self._handle)


def _temporary_file(final: Path, mode: int) -> tuple[Path, int]:
    """Create and lock a hidden sibling.

    The first choice has a fixed name, so that what a killed run left there is found without searching the folder.
    """
    stem = f".ftdata-{shortened(final.name)}"
    names = [f"{stem}.tmp"] if sys.platform != "win32" else []
    while True:
        temporary = final.with_name(names.pop() if names else f"{stem}-{secrets.token_hex(8)}.tmp")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        except FileExistsError:
            if remove_if_unlocked(temporary):
                names = [temporary.name]
            continue
        if lock(handle) is not False and is_still(temporary, handle):
            return temporary, handle
        os.close(handle)  # another process took it for a leftover: try again


@contextlib.contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` into a `WriteError` that names the output and says what to do about a full disk.

    Args:
        path: The output that is being written.

    Raises:
        WriteError: The machine cannot write it.
    """
    try:
        yield
    except OSError as error:
        full = error.errno in _FULL
        message = "the disk is full; free some space and run again" if full else f"cannot be written: {error.strerror}"
        raise WriteError(message, path=str(path)) from None


def lock(handle: int) -> bool | None:
    """Lock an open file or folder until it is closed: whether it worked, or None where there are no locks.

    Args:
        handle: Number of the open file or folder.
    """
    if sys.platform == "win32":
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def is_still(path: Path, handle: int) -> bool:
    """Whether `path` names the open file or folder.

    Args:
        path: A path.
        handle: Number of an open file or folder.
    """
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except OSError:
        return False


def remove_if_unlocked(path: Path) -> bool:
    """Remove what a killed run left; False when its run may be alive.

    Args:
        path: A file or folder that a run was writing.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        if not lock(handle) or not is_still(path, handle):
            return False
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
    finally:
        os.close(handle)
    return not os.path.lexists(path)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, where the system can.

    Args:
        folder: Which folder.
    """
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def shortened(name: str) -> str:
    """A file name that leaves room for a prefix and a suffix.

    Args:
        name: A file name.
    """
    return os.fsdecode(os.fsencode(name)[:_NAME_BYTES])
