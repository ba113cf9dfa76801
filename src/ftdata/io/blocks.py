"""Lines from a stream of bytes, block by block, in memory of one block and one line.

A line ends at the byte 0x0A and nowhere else: U+2028, U+0085, vertical tab and form feed are content in JSON text, and
`str.splitlines` would break rows at them. Blocks are small because what fits the processor's cache is split, parsed and
counted fastest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["BLOCK_BYTES", "LineBlock", "line_blocks"]

BLOCK_BYTES = 256 << 10  # as `json_bytes.parse` takes them: larger ones leave the processor's cache and are slower


class LineBlock(NamedTuple):
    """Some whole lines of a stream.

    Attributes:
        offset: Byte offset of the first line in the stream.
        lines: The lines without their newline; the length in bytes stands for a line that is too long.
        terminated: Whether the last of them ends with a newline; only the last block of a stream may say no.
    """

    offset: int
    lines: list[bytes | int]
    terminated: bool


def line_blocks(read: Callable[[int], bytes], *, max_line: int, size: int = BLOCK_BYTES) -> Iterator[LineBlock]:
    """Cut a stream into lines.

    Args:
        read: Gives some bytes of the stream, about as many as asked for, and none at its end.
        max_line: The longest line that is kept, in bytes; longer ones are dropped while they come.
        size: How many bytes to ask for at once.

    Yields:
        Blocks of lines; in all of them together, every line of the stream once and in order.
    """
    offset = 0  # of the line that is being gathered
    begun: list[bytes] = []  # its pieces so far: joined once, so that a line of many blocks costs linear time
    length = 0
    while piece := read(size):
        last = piece.rfind(b"\n")
        if last < 0:
            length += len(piece)
            if length > max_line:
                begun.clear()
            else:
                begun.append(piece)
            continue
        head, *whole = piece[:last].split(b"\n")
        length += len(head)
        lines: list[bytes | int] = [length if length > max_line else b"".join((*begun, head))]
        lines += whole if max(map(len, whole), default=0) <= max_line else [_capped(line, max_line) for line in whole]
        yield LineBlock(offset, lines, terminated=True)
        offset += length + 1 + last - len(head)
        rest = piece[last + 1 :]
        begun, length = [rest], len(rest)
        if length > max_line:
            begun = []
    if length:
        yield LineBlock(offset, [length if length > max_line else b"".join(begun)], terminated=False)


def _capped(line: bytes, max_line: int) -> bytes | int:
    return line if len(line) <= max_line else len(line)
