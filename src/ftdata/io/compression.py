"""Stored bytes to plain bytes: none, gzip, zstd; counted and hashed on the way, and never trusted to be whole.

A file is what its name says. Standard input has no name, so its first bytes say how it is packed.

The only file that knows gzip and zstandard. A damaged or truncated archive ends in a `ReadError`, never in fewer rows.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from ftdata.errors import ReadError
from ftdata.io.sources import STANDARD_INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

    from typing_extensions import Buffer

    from ftdata.io.sources import Compression, Source

__all__ = ["MAGIC", "PlainBytes"]

# zstandard gives all that a piece of input stands for at once, and four bytes can stand for 128 KiB: small pieces keep
# a hostile file from filling the memory.
_ZSTD_PIECE = 4 << 10
MAGIC: Final[dict[bytes, Compression]] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
"""How packed bytes begin: RFC 1952, section 2.3.1; RFC 8878, section 3.1.1."""
_ZSTD_WINDOW = 1 << 31  # as `zstd --long=31` may need; the library alone stops at 128 MiB


class _Stored(io.RawIOBase):
    """The stored bytes, counted and hashed as they pass."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self.file = file
        self.digest = hashlib.sha256()
        self.size = 0
        self._seen = b""  # taken from the file, and not given out yet

    def begins(self) -> bytes:
        """The first bytes, enough to tell how they are packed; they still come."""
        while len(self._seen) < max(map(len, MAGIC)) and (piece := self.file.read(1 << 10)):
            self._seen += piece
        return self._seen

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer).cast("B")
        piece = self.take(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def take(self, size: int) -> bytes:
        piece, self._seen = (self._seen[:size], self._seen[size:]) if self._seen else (self.file.read(size), b"")
        self.digest.update(piece)
        self.size += len(piece)
        return piece


class PlainBytes:
    """The plain bytes of a source, read once from start to end, in a `with` block.

    Args:
        source: A file, or standard input.

    Attributes:
        compression: How its bytes are packed.

    Raises:
        ReadError: The file cannot be opened or read, is not what its name says, or is truncated or damaged.
    """

    def __init__(self, source: Source) -> None:
        self._path = source.path
        self.compression: Compression = source.compression
        self._pushed = b""
        if source.path == STANDARD_INPUT and sys.stdin is None:
            raise ReadError("standard input is closed; give it rows, or name a file", file=source.path)
        try:
            # Both are left open here: __exit__ closes what it may close.
            file = sys.stdin.buffer if source.path == STANDARD_INPUT else open(source.path, "rb", buffering=0)  # noqa: SIM115, PTH123
        except OSError as error:
            raise ReadError(f"cannot be opened: {error.strerror}", file=source.path) from None
        self._file: BinaryIO | io.FileIO = file
        self._stored = _Stored(file)
        self._take: Callable[[int], bytes] = self._stored.take
        if source.path == STANDARD_INPUT and source.compression == "none":
            try:
                begins = self._stored.begins()
            except OSError as error:
                raise ReadError(f"cannot be read: {error.strerror}", file=source.path) from None
            found: list[Compression] = [name for magic, name in MAGIC.items() if begins.startswith(magic)]
            self.compression = found[0] if found else "none"
        if self.compression == "gzip":
            self._take = gzip.GzipFile(fileobj=self._stored, mode="rb").read
        elif self.compression == "zstd":
            pieces = _zstd_pieces(self._stored)
            self._take = lambda size: _gather(pieces, size)

    @property
    def sha256(self) -> str:
        """Hash of the stored bytes read so far: of the whole file once `read` has returned nothing."""
        return self._stored.digest.hexdigest()

    @property
    def size(self) -> int:
        """Number of the stored bytes read so far."""
        return self._stored.size

    def read(self, size: int) -> bytes:
        """Some bytes, about `size` of them; none at the end only.

        Args:
            size: About how many bytes are wanted.

        Raises:
            ReadError: The compressed bytes are broken, or the machine cannot read them.
        """
        if self._pushed:
            piece, self._pushed = self._pushed, b""
            return piece
        what = f"damaged or no {self.compression} archive"
        try:
            piece = self._take(size)
        except EOFError:
            raise ReadError("the archive is truncated; copy or download it again", file=self._path) from None
        except gzip.BadGzipFile:
            raise ReadError(f"the file is {what}; check it with gzip -t", file=self._path) from None
        except zlib.error:
            raise ReadError(f"the file is {what}; check it with gzip -t", file=self._path) from None
        except _ZstdDamagedError:
            raise ReadError(f"the file is {what}; check it with zstd -t", file=self._path) from None
        except OSError as error:
            raise ReadError(f"cannot be read: {error.strerror}", file=self._path) from None
        if not piece and not self._stored.size and self.compression != "none":
            raise ReadError(
                f"the file is empty: no {self.compression} archive; copy or download it again", file=self._path
            )
        return piece

    def push_back(self, piece: bytes) -> None:
        """Let the next `read` return these bytes.

        Args:
            piece: Bytes that `read` gave.
        """
        assert not self._pushed
        self._pushed = piece

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path != STANDARD_INPUT:
            self._file.close()


class _ZstdDamagedError(Exception):
    """The bytes are no zstd frame."""


def _zstd_pieces(stored: _Stored) -> Iterator[bytes]:
    """Decompress frame after frame; ends well only between frames."""
    import zstandard

    frame = None
    while piece := stored.take(_ZSTD_PIECE):
        while piece:
            if frame is None:
                frame = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
            try:
                plain = frame.decompress(piece)
            except zstandard.ZstdError:
                raise _ZstdDamagedError from None
            piece = b""
            if frame.eof:
                piece, frame = frame.unused_data, None
            if plain:
                yield plain
    if frame is not None:
        raise EOFError


def _gather(pieces: Iterator[bytes], size: int) -> bytes:
    found: list[bytes] = []
    have = 0
    for piece in pieces:
        found.append(piece)
        have += len(piece)
        if have >= size:
            break
    return b"".join(found)
