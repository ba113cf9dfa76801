"""All that could be read below a JSON value: its strings, also those in JSON text that a string holds, telling keys and numbers.

Tool calls carry JSON in strings, and that JSON may carry JSON in strings again; each step inside is a None in the path,
so that everything listed here can be edited where it stands (`splice`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from ftdata.json_bytes.parse import parse_line
from ftdata.json_bytes.values import JsonFault, JsonValue, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Found", "embedded", "is_plain_name", "walk"]

_LEAST_NUMBER: Final = 10**6
"""Numbers of less than seven digits tell nothing about a person: no kind of private data is so short."""
_MOST_EXACT: Final = 2**53
"""Whole numbers written with a point or an exponent are told up to here, where a double still holds each of them."""
# What JSON text begins and ends with, white space allowed.
_OPEN: Final = frozenset("{[ \t\r\n")
_CLOSE: Final = frozenset("}] \t\r\n")

Found: TypeAlias = tuple[Path, Literal["string", "inner", "key", "number"], str, bool]
"""One thing below a value: where it stands (of a key, the path of its member); `string` (of the value itself), `inner` (of the
JSON text in such a string), `key` or `number`; the string, the key or the digits; whether a string is JSON text whose strings
follow as `inner`. A plain tuple: there are millions of them."""


def embedded(text: str) -> JsonValue:
    """The object or array that `text` is the JSON of, or None. JSON that repeats a key is text: a parser hides half of it.

    Args:
        text: A string of a row.
    """
    if text[-1:] not in _CLOSE or text[:1] not in _OPEN:
        return None
    stripped = text.strip(" \t\r\n")
    if stripped[:1] + stripped[-1:] not in {"{}", "[]"}:
        return None
    wrapped = parse_line(b'{"":' + stripped.encode("utf-8", "surrogatepass") + b"}")
    return None if isinstance(wrapped, JsonFault) else wrapped[""]


def is_plain_name(key: str) -> bool:
    """Whether a key is letters and low lines only, as nearly all are: such a one can hold no address and no number.

    Args:
        key: A key of an object, or another word.
    """
    return not key or key.replace("_", "").isalpha()


def walk(value: JsonValue, path: Path) -> Iterator[Found]:
    """List strings, those of an object in the order of its keys by name, and of each object first the keys that are no plain names, and numbers of seven digits or more.

    A stack, not recursion: nesting is the data's choice, not ours. Numbers are whole ones, also where they are written with
    a point (`4.0`), as tables with gaps are exported.

    Args:
        value: What a parser gave.
        path: Where it stands; a path that holds a None begins inside the JSON text of a string already.
    """
    stack: list[tuple[JsonValue, Path, bool]] = [(value, path, False)]
    while stack:
        item, here, inside = stack.pop()
        if isinstance(item, str):
            below = embedded(item) if item[-1:] in _CLOSE else None
            yield here, "inner" if inside else "string", item, below is not None
            if below is not None:
                stack.append((below, (*here, None), True))
        elif isinstance(item, dict):
            keys = sorted(item)
            for key in keys:
                if not key.isalpha() and not is_plain_name(key):
                    yield (*here, key), "key", key, False
            stack.extend((item[key], (*here, key), inside) for key in reversed(keys))
        elif isinstance(item, list):
            stack.extend((inner, (*here, i), inside) for i, inner in reversed(list(enumerate(item))))
        elif isinstance(item, int):
            if abs(item) >= _LEAST_NUMBER:
                yield here, "number", str(abs(item)), False
        elif isinstance(item, float) and _LEAST_NUMBER <= abs(item) < _MOST_EXACT and item.is_integer():
            yield here, "number", str(abs(int(item))), False
