"""Find where JSON values begin and end in bytes, without building them and without recursion.

These functions trust that the bytes parse (orjson has said so), so they only need to tell strings from structure. Bytes
below 0x80 never occur inside a multi-byte UTF-8 character, so quotes, backslashes and brackets can be sought as bytes.
Every function is linear in the bytes it passes over.
"""

from __future__ import annotations

import re

__all__ = ["end_of_string", "end_of_value", "skip_white"]

_WHITE = re.compile(rb"[ \t\r\n]*")
_STRUCTURE = re.compile(rb'["{}\[\]]')
_SCALAR = re.compile(rb"[^,\]}\s]*")

_QUOTE, _BACKSLASH = 0x22, 0x5C  # their bytes in UTF-8
_OPENING = frozenset(b"{[")


def skip_white(raw: bytes | bytearray, start: int) -> int:
    """The first offset at or after `start` that holds no JSON white space.

    Args:
        raw: JSON.
        start: Offset to begin at.
    """
    match = _WHITE.match(raw, start)
    assert match is not None
    return match.end()


def end_of_string(raw: bytes | bytearray, start: int, *, resume: int | None = None) -> int:
    """The offset after the closing quote of the string that opens at `start`, or -1 when it is not closed.

    Args:
        raw: JSON text.
        start: Offset of the opening quote.
        resume: Offset to go on from, when the bytes before it are known to hold no closing quote.
    """
    at = start + 1 if resume is None else resume
    while (at := raw.find(b'"', at)) >= 0:
        before = at - 1
        while raw[before] == _BACKSLASH:  # ends at the opening quote at the latest
            before -= 1
        if (at - before) % 2:  # an even number of backslashes: they escape each other, not the quote
            return at + 1
        at += 1
    return -1


def end_of_value(raw: bytes, start: int) -> int:
    """The offset after the value that begins at `start`, for bytes that are known to parse.

    Args:
        raw: JSON.
        start: Offset of the first byte of the value.
    """
    first = raw[start]
    if first == _QUOTE:
        return end_of_string(raw, start)
    if first not in _OPENING:
        match = _SCALAR.match(raw, start)
        assert match is not None
        return match.end()
    depth, at = 1, start + 1
    while depth:
        match = _STRUCTURE.search(raw, at)
        assert match is not None
        found = raw[match.start()]
        if found == _QUOTE:
            at = end_of_string(raw, match.start())
            continue
        depth += 1 if found in _OPENING else -1
        at = match.end()
    return at
