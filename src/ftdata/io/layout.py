"""How rows lie in a stream whose name does not tell: one array, values one after the other, or JSONL.

A name that ends in `.json` promises JSON: what is no JSONL there is read as an array or as objects, however they are broken.
Standard input promises nothing, and most of it is JSONL: there each line is a row, and a bad line one bad row, unless the
first two lines cannot be JSONL that is whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import orjson

if TYPE_CHECKING:
    from ftdata.io.compression import PlainBytes

__all__ = ["Layout", "tell_layout", "tell_unnamed_layout"]

Layout: TypeAlias = Literal["array", "values", "lines"]

_NOT_WHITE = re.compile(rb"[^ \t\r\n]")
_OBJECT, _ARRAY = b"{", b"["
_LONG_ARRAY = 1 << 20
"""Bytes of a first line that begins as an array and is one: no longer line is looked through for its end."""


class _Begin(NamedTuple):
    """The beginning of a stream: its first line that is not blank, and what is known of the next one; empty for none."""

    first: bytes
    second: bytes


def tell_layout(plain: PlainBytes, max_line: int) -> Layout:
    """How rows lie in a .json file: one array, one object (or several, one after the other), or JSONL.

    JSONL shows by its first line, which is a whole object although the file goes on; where that line is broken, by its
    closing brace and the opening one of the next line.

    Args:
        plain: The stream; what is looked at still comes.
        max_line: Bytes of the longest line that is looked at.
    """
    begin = _begin(plain, max_line)
    if begin.first and not begin.first.startswith(_OBJECT):
        return "array" if begin.first.startswith(_ARRAY) else "lines"
    another = begin.second.startswith(_OBJECT) and begin.first.endswith(b"}")
    return "lines" if begin.second and (another or _is_whole(begin.first)) else "values"


def tell_unnamed_layout(plain: PlainBytes, max_line: int) -> Layout:
    """How rows lie in standard input: one array, one object over several lines, or JSONL.

    Args:
        plain: The stream; what is looked at still comes.
        max_line: Bytes of the longest line that is looked at.
    """
    first, second = _begin(plain, max_line)
    if not first.startswith((_OBJECT, _ARRAY)) or (second and _is_whole(first)):
        return "lines"
    row_follows = second.startswith(_OBJECT) and _is_whole(second)
    if first.startswith(_ARRAY):
        return "lines" if row_follows and first != _ARRAY and not first.endswith(b",") else "array"
    if first.endswith(b","):
        return "lines" if second.startswith(_OBJECT) else "values"
    return "values" if second and first.endswith((_OBJECT, _ARRAY)) and not row_follows else "lines"


def _begin(plain: PlainBytes, max_line: int) -> _Begin:
    """Look at the first lines; all of it is pushed back."""
    head = bytearray()
    start = newline = following = -1  # of the first line, where it ends, and of the second
    while piece := plain.read(256 << 10):
        seen = len(head)
        head += piece
        if start < 0:
            start = _first_byte(head, seen)
            if start < 0:
                continue
            if head.startswith(_ARRAY, start):
                max_line = min(max_line, _LONG_ARRAY)
            elif not head.startswith(_OBJECT, start):
                break
        if newline < 0:
            newline = head.find(b"\n", max(start, seen))
            if newline < 0 and len(head) - start > max_line:
                break
        following = _first_byte(head, max(newline, seen)) if newline >= 0 else -1
        if following >= 0:
            break
    plain.push_back(bytes(head))
    if start < 0:
        return _Begin(b"", b"")
    first = bytes(head[start : newline if newline >= 0 else len(head)]).rstrip()
    end = head.find(b"\n", following) if following >= 0 else -1
    second = bytes(head[following : end if end >= 0 else len(head)]).rstrip() if following >= 0 else b""
    return _Begin(first, second)


def _first_byte(data: bytearray, start: int) -> int:
    match = _NOT_WHITE.search(data, start)
    return -1 if match is None else match.start()


def _is_whole(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
