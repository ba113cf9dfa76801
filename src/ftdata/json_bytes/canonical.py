"""One spelling of a value, for comparison: keys by name, and numbers as they were written where a double cannot hold them.

JSON sets no bounds on a number; a parser gives back the double next to it (RFC 8259, section 6). Two rows whose numbers
differ behind the last digit of a double are two rows all the same. So such numbers are kept with their digits, and only
rows that hold a number long enough, or an exponent far enough down, pay for it.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, cast

import orjson

if TYPE_CHECKING:
    from ftdata.json_bytes.values import JsonObject

__all__ = ["LongNumber", "canonical", "with_digits"]

_SHAPE: Final = bytes.maketrans(b"123456789.E", b"0000000000e")
_MAY_BE_LONG: Final = (b"0" * 16, b"0e-000")
"""Any 15 significant digits survive a double (IEEE 754, `DBL_DIG`), down to 1e-307. Looked for by shape, digits and points as
zeros: a regular expression takes as long as the rest of the walk."""
_WORD: Final = range(-(1 << 63), 1 << 64)
"""Integers that the parser keeps as they are."""
_MOST_DIGITS: Final = 20
"""Characters of the longest of them: Python refuses to read very many."""


class LongNumber(float):
    """A number whose digits a double does not hold.

    Attributes:
        text: The number as it was written.
    """

    __slots__ = ("text",)
    text: str


def with_digits(value: JsonObject, raw: bytes) -> JsonObject:
    """A parsed row with each number that a double does not hold as a `LongNumber`.

    Args:
        value: What the parser gave.
        raw: What it was given.

    Returns:
        The value itself where all numbers are held.
    """
    shape = raw.translate(_SHAPE)
    if not any(long in shape for long in _MAY_BE_LONG):
        return value
    return cast("JsonObject", json.loads(raw.decode(), parse_int=_integer, parse_float=_float))


def canonical(value: object, *, sort_keys: bool = True) -> bytes:
    """Write a value so that equal ones have equal bytes, in whatever order their keys stand.

    Args:
        value: JSON values, lists and tuples of them; `LongNumber` is written as it was.
        sort_keys: False leaves the keys in their order, for what is counted and not compared.
    """
    return orjson.dumps(value, default=_written, option=orjson.OPT_SORT_KEYS if sort_keys else None)


def _written(value: object) -> orjson.Fragment:
    if isinstance(value, LongNumber):
        return orjson.Fragment(value.text)
    raise TypeError(f"JSON has no word for a value of type {type(value).__name__}")


def _integer(text: str) -> int | float:
    if len(text) <= _MOST_DIGITS and (number := int(text)) in _WORD:
        return number
    return _float(text)


def _float(text: str) -> float:
    number = float(text)
    try:
        if Decimal(text) == Decimal(repr(number)):
            return number
    except InvalidOperation:  # an exponent that no decimal has either
        pass
    long = LongNumber(number)
    long.text = text
    return long
