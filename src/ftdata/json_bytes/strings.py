r"""Inside a string token: where a character stands in the bytes, and how new text is written there.

A string token is quotes around units: characters as they are, and escapes (`\n`, `\u00e9`, `\ud83d\ude00`), each of
which stands for exactly one code point. So an offset in the decoded text has one offset in the token, and text can be
replaced without rewriting the units around it. JSON text held by a string is reached by doing this once per level.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["byte_offsets", "escape_non_ascii", "prefers_ascii", "token_offsets", "write_content"]

# A surrogate pair is one unit: it is one code point.
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4}|u[0-9a-fA-F]{4}|.)")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


def prefers_ascii(token: bytes) -> bool:
    r"""Whether text written into these bytes should be ASCII: they are, and escape characters as `\uXXXX` already.

    Args:
        token: Bytes around the place.
    """
    return token.isascii() and b"\\u" in token and any(match[0][1] == 0x75 for match in _ESCAPE.finditer(token))


def write_content(text: str, *, ascii_only: bool) -> bytes:
    """The inside of a string token for `text`: escapes only where JSON demands them, or pure ASCII.

    Args:
        text: The text.
        ascii_only: Whether characters beyond ASCII are escaped.

    Raises:
        ValueError: The text holds a lone surrogate.
    """
    try:
        raw = orjson.dumps(text)[1:-1]
    except orjson.JSONEncodeError:
        raise ValueError("the new text holds a lone surrogate") from None
    return escape_non_ascii(raw) if ascii_only else raw


def escape_non_ascii(raw: bytes) -> bytes:
    r"""JSON with every character beyond ASCII as `\uXXXX`; those can only stand inside strings.

    Args:
        raw: JSON.
    """
    if raw.isascii():
        return raw
    return _NON_ASCII.sub(_escape, raw.decode()).encode()


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number < 0x10000:
        return f"\\u{number:04x}"
    number -= 0x10000
    return f"\\u{0xD800 + (number >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"


def byte_offsets(text: str, offsets: Sequence[int]) -> list[int]:
    """Code-point offsets in `text`, ascending, as offsets in its UTF-8 bytes.

    Args:
        text: The text.
        offsets: Code-point offsets, ascending.
    """
    if text.isascii():
        return list(offsets)
    found: list[int] = []
    at = size = 0
    for offset in offsets:
        size += len(text[at:offset].encode())
        at = offset
        found.append(size)
    return found


def token_offsets(token: bytes, offsets: Sequence[int]) -> list[int]:
    """Offsets in the UTF-8 of a string's text, ascending and between characters, as offsets in its token.

    Args:
        token: The string with its quotes.
        offsets: Byte offsets in the decoded text.
    """
    found: list[int] = []
    inside = iter(offsets)
    wanted = next(inside, None)
    at = 1  # in the token, behind the opening quote
    seen = 0  # bytes of decoded text before `at`
    for match in _ESCAPE.finditer(token, 1, len(token) - 1):
        plain = match.start() - at
        while wanted is not None and wanted <= seen + plain:
            found.append(at + wanted - seen)
            wanted = next(inside, None)
        if wanted is None:
            return found
        seen += plain + _decoded_size(match[0])
        at = match.end()
    while wanted is not None:
        found.append(at + wanted - seen)
        wanted = next(inside, None)
    return found


def _decoded_size(escape: bytes) -> int:
    """Bytes of UTF-8 that an escape stands for."""
    if len(escape) == 2:
        return 1
    if len(escape) == 12:
        return 4
    unit = int(escape[2:6], 16)
    return 1 if unit < 0x80 else 2 if unit < 0x800 else 3
