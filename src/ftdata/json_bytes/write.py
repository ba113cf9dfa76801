"""The one fixed writer of rows that were not JSONL, and the remover of white space for elements of JSON arrays.

orjson is fast, but writes NaN as null, refuses integers beyond 64 bits and gives words to some values JSON has none for
(UUIDs, enumerations). So its answer counts only when it reads back equal; anything else goes through the exact writer
below, which writes what it was given or says which value it cannot write.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import orjson

from ftdata.json_bytes.paths import KNOWN_KEYS, show_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ftdata.json_bytes.values import JsonValue

__all__ = ["JsonText", "compact", "dump"]

# A string, a run of other bytes, or all behind a quote that is never closed: what is left over is white space. The
# quantifiers are possessive, so that a string of many escapes needs no memory for ways back.
_TOKENS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^" \t\r\n]++|".*', re.DOTALL)


@dataclass(frozen=True, slots=True)
class JsonText:
    """A value that somebody wrote as JSON before: `dump` takes the text over, so that digits and repeated keys stay.

    Attributes:
        text: One JSON value; whoever makes this has parsed it.
    """

    text: bytes


def dump(value: object) -> bytes:
    r"""Write a value as compact UTF-8 JSON, keys in their order.

    NaN, infinities and lone surrogates are written as they are (`NaN`, `\ud800`), so that `parse_lines` reports them;
    integers keep all their digits; tuples become arrays.

    Args:
        value: None, bool, int, float, str, `JsonText`, and lists, tuples and dicts of these.

    Returns:
        One line without terminator.

    Raises:
        TypeError: JSON has no word for a value or key; names its path and type, never the value.
    """
    try:
        raw = orjson.dumps(value, option=_STRICT)
        if orjson.loads(raw) == value:
            return raw
    except (TypeError, ValueError, RecursionError):  # orjson's errors are of the first two kinds
        pass
    return b"".join(_pieces(value))


_STRICT = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def compact(raw: bytes) -> bytes:
    """Remove the white space outside strings; every other byte stays, also of broken JSON.

    Args:
        raw: JSON text. From a quote that is never closed on, the bytes are left as they are.
    """
    return b"".join(_TOKENS.findall(raw))


def _scalar(value: object) -> bytes | None:
    """The JSON word of a scalar, or None when it has none."""
    if value is None:
        return b"null"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int):
        return _digits(int(value))
    if isinstance(value, float):
        number = float(value)
        # NaN, Infinity, -Infinity are no JSON, and are reported when parsed; orjson would write null.
        return orjson.dumps(number) if math.isfinite(number) else json.dumps(number).encode()
    if isinstance(value, str):
        return _string(str.__str__(value))
    if isinstance(value, JsonText):
        return value.text
    return None


def _digits(number: int) -> bytes:
    if number.bit_length() <= 64:
        return b"%d" % number
    # Python refuses to write very many digits at once (a guard against quadratic work): write halves.
    if number.bit_length() <= 2_000:
        return str(number).encode()
    if number < 0:
        return b"-" + _digits(-number)
    places = int(number.bit_length() * 0.30103) // 2
    high, low = divmod(number, 10**places)
    return _digits(high) + _digits(low).rjust(places, b"0")


def _string(text: str) -> bytes:
    try:
        return orjson.dumps(text)
    except orjson.JSONEncodeError:  # a lone surrogate: written as an escape
        return json.dumps(text).encode()


def _pieces(value: object) -> Iterator[bytes]:
    """The exact writer: a stack of open containers, so depth is bounded by memory only."""
    word = _scalar(value)
    if word is not None:
        yield word
        return
    stack: list[_Open] = []
    opened: set[int] = set()
    yield _open(value, stack, opened)
    while stack:
        top = stack[-1]
        try:
            step, child = next(top.members)
        except StopIteration:
            stack.pop()
            opened.discard(id(top.value))
            yield b"}" if top.keyed else b"]"
            continue
        yield b"" if top.first else b","
        top.first = False
        top.step = step
        if top.keyed:
            if not isinstance(step, str):
                raise TypeError(f"{_place(stack[:-1])} has a key of type {_type(step)}; JSON keys are strings")
            yield _string(str.__str__(step)) + b":"
        word = _scalar(child)
        yield _open(child, stack, opened) if word is None else word


class _Open:
    """A container whose brackets are open, and how far its members are written."""

    __slots__ = ("first", "keys", "members", "step", "value")

    def __init__(self, value: object, members: Iterator[tuple[object, object]], keys: Iterable[object] | None) -> None:
        self.value, self.members, self.keys = value, members, keys
        self.first = True
        self.step: object = None

    @property
    def keyed(self) -> bool:
        return self.keys is not None


def _open(value: object, stack: list[_Open], opened: set[int]) -> bytes:
    if id(value) in opened:
        raise TypeError(f"{_place(stack)} contains itself; JSON has no word for that")
    if isinstance(value, dict):
        table = cast("dict[object, object]", value)
        stack.append(_Open(table, iter(table.items()), table.keys()))
    elif isinstance(value, list | tuple):
        row = cast("Sequence[object]", value)
        stack.append(_Open(row, iter(enumerate(row)), None))
    else:
        raise TypeError(f"{_place(stack)} is of type {_type(value)}; JSON has no word for that")
    opened.add(id(stack[-1].value))
    return b"{" if stack[-1].keyed else b"["


def _type(value: object) -> str:
    return type(value).__name__


def _place(stack: list[_Open]) -> str:
    """The path of the value being written, with unknown keys shown by position."""
    shown = "$"
    for box in stack:
        if isinstance(box.step, str):
            # show_path needs no more of the value than the keys of this one object.
            keys: JsonValue = {key: None for key in box.keys or () if isinstance(key, str)}
            shown += show_path((box.step,), keys, KNOWN_KEYS)[1:]
        elif isinstance(box.step, int):
            shown += f"[{box.step}]"
    return shown
