"""One spelling of a value: keys in one order, digits as they were written where a double loses them."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.json_bytes import LongNumber, canonical, parse_line, with_digits

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


def spelled(raw: bytes) -> bytes:
    value = parse_line(raw)
    assert isinstance(value, dict)
    return canonical(with_digits(value, raw))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{2**70}", f"{2**70 + 1}"),
        ("0.1", "0.10000000000000000001"),
        ("1e-400", "1e-401"),
        ("1e-99999999999999999999", "0.0"),
        ("18446744073709551615", "18446744073709551616"),
    ],
)
def test_numbers_that_differ_beyond_a_double_differ(one, other) -> None:

    assert spelled(f'{{"n":{one}}}'.encode()) != spelled(f'{{"n":{other}}}'.encode())


@settings(max_examples=200, deadline=None)
@given(NUMBERS, NUMBERS)
def test_two_numbers_are_spelled_alike_only_if_they_are_equal(one, other) -> None:
    spellings = [spelled(f'{{"n": {number}}}'.encode()) for number in (one, other)]
    if spellings[0] == spellings[1]:
        assert Decimal(one) == Decimal(other)


@settings(max_examples=200, deadline=None)
@given(NUMBERS)
def test_a_number_is_spelled_alike_beside_a_long_one_and_alone(number) -> None:
    """Rows without a long number are not parsed again: that must not show."""
    long = spelled(f'{{"a":{number},"b":0.10000000000000000001}}'.encode())
    alone = spelled(f'{{"a":{number}}}'.encode())
    assert long.startswith(alone[:-1] + b",")


def test_the_order_of_keys_says_nothing() -> None:
    assert (
        spelled(b'{"b":{"y":1,"x":2},"a":[1.5,{"d":0,"c":null}]}') == b'{"a":[1.5,{"c":null,"d":0}],"b":{"x":2,"y":1}}'
    )


def test_a_long_number_is_the_double_next_to_it_and_its_text() -> None:
    raw = b'{"n":0.10000000000000000001,"s":"1234567890123456789"}'
    value = with_digits(json.loads(raw), raw)
    number = value["n"]
    assert isinstance(number, LongNumber)
    assert (number, number.text) == (0.1, "0.10000000000000000001")
    assert value["s"] == "1234567890123456789"
    short = {"n": 0.1}
    assert with_digits(short, b'{"n":0.1}') is short


def test_what_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        canonical({"a": set()})
