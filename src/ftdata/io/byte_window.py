"""A window over a stream of bytes that moves forward: what is done with goes, more comes when it is wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["READ_BYTES", "WHITE", "ByteWindow"]

READ_BYTES = 256 << 10  # as `io.blocks` reads, for the same reason
WHITE = b" \t\r\n"
"""What JSON calls white space (RFC 8259, section 2)."""
_NOT_WHITE = re.compile(rb"[^ \t\r\n]")


class ByteWindow:
    """The bytes of a stream from the first one that is not done with to the last one read.

    Args:
        read: Gives some bytes of the stream, none at its end.
        first: Offset of the first byte of the stream in the file it comes from.

    Attributes:
        crlf: Line ends that are CR LF, known at the end.
        final_newline: Whether the last byte is a newline, known at the end.
    """

    def __init__(self, read: Callable[[int], bytes], *, first: int = 0) -> None:
        self._read = read
        self._data = bytearray()  # from the first byte that is not done with
        self._line = 1  # of its first byte
        self._offset = first  # of its first byte
        self._last_byte = b""
        self.crlf = 0
        self.final_newline = False

    def _rest(self, most: int) -> bytes:
        """All that follows, but no more than so many bytes."""
        while self._more():
            del self._data[most:]  # the offset no longer counts: nothing comes behind the rest
        return bytes(self._data).rstrip(WHITE)

    def _significant(self, at: int) -> int:
        """The offset of the first byte from `at` on that is no white space, or -1 at the end of the stream."""
        while (match := _NOT_WHITE.search(self._data, at)) is None:
            at = len(self._data)
            if not self._more():
                return -1
        return match.start()

    def _more(self) -> bool:
        piece = self._read(READ_BYTES)
        if not piece:
            return False
        self.crlf += piece.count(b"\r\n") + (self._last_byte == b"\r" and piece.startswith(b"\n"))
        self._last_byte = piece[-1:]
        self._data += piece
        return True

    def _drop(self, count: int) -> None:
        """Be done with the first bytes."""
        self._line += self._data.count(b"\n", 0, count)
        self._offset += count
        del self._data[:count]
