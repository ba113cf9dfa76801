"""The fixed writer says what it was given, or what it cannot say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import uuid
from enum import IntEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.json_bytes import JsonFault, compact, dump, parse_line

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(VALUES)
@settings(max_examples=200)
def test_what_is_dumped_reads_back_equal_and_in_order(value):
    raw = dump(value)
    back = json.loads(raw)
    assert back == value
    assert json.dumps(back) == json.dumps(value)
    assert b"\n" not in raw


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ({"b": [1, 2.0, None, True], "a": "é/\u2028"}, '{"b":[1,2.0,null,true],"a":"é/\u2028"}'),
        ({"a": 2**70, "b": "é"}, '{"a":1180591620717411303424,"b":"é"}'),
        ({"a": (1, (2,))}, '{"a":[1,[2]]}'),
        ({"a": 0.1, "b": 2**64}, '{"a":0.1,"b":18446744073709551616}'),
        ({"a": -(10**400)}, '{"a":-1' + "0" * 400 + "}"),
    ],
)
def test_one_spelling(value, raw):
    assert dump(value) == raw.encode()


def test_integers_of_any_length_keep_their_digits():
    assert dump([3**20_000]) == b"[" + dump(3**20_000) + b"]"
    assert int.from_bytes(dump(10**5_000)[:2], "big") == int.from_bytes(b"10", "big")
    assert dump(-(10**5_000)) == b"-1" + b"0" * 5_000


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (math.nan, "json.number"),
        (math.inf, "json.number"),
        (-math.inf, "json.number"),
        ("\ud800", "json.surrogate"),
        (10**400, "json.number"),
    ],
)
def test_what_json_cannot_hold_is_reported_when_parsed_and_never_null(value, rule):
    for row in ({"a": value}, {"b": None, "a": [value]}):
        fault = parse_line(dump(row))
        assert isinstance(fault, JsonFault)
        assert fault.rule == rule


def test_a_lone_surrogate_in_a_key_is_reported_too():
    fault = parse_line(dump({"\ud800": 1}))
    assert isinstance(fault, JsonFault)
    assert fault.rule == "json.surrogate"


@dataclasses.dataclass
class Thing:
    canary: str


@pytest.mark.parametrize(
    "value",
    [{"canary"}, b"canary", Thing("canary"), dt.date(2020, 1, 2), uuid.UUID(int=7), object(), 1j],
)
def test_a_value_without_a_json_word_is_named_by_path_and_type(value):
    with pytest.raises(TypeError) as caught:
        dump({"messages": [{"content": "x"}, {"canary": value}]})
    message = str(caught.value)
    assert "$.messages[1][key 1]" in message
    assert type(value).__name__ in message
    assert "canary" not in message.replace("Thing", "")


def test_keys_must_be_strings():
    with pytest.raises(TypeError, match=r"\$\.messages\[0\] has a key of type int"):
        dump({"messages": [{1: 2}]})


def test_subclasses_are_written_as_what_they_are():
    class Colour(IntEnum):
        RED = 3

    class Text(str):
        __slots__ = ()

    class Float(float):
        __slots__ = ()

    assert (
        dump({"a": Colour.RED, "b": Text("x"), "c": Float(0.5), Text("d"): None}) == b'{"a":3,"b":"x","c":0.5,"d":null}'
    )


def test_deep_values_are_written_and_circles_refused():
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]
    assert dump(deep) == b"[" * 5_001 + b"]" * 5_001
    circle: dict[str, object] = {}
    circle["a"] = [circle]
    with pytest.raises(TypeError, match="contains itself"):
        dump(circle)
    twice = [1]
    assert dump([twice, twice, math.nan]) == b"[[1],[1],NaN]"


@given(VALUES, st.sampled_from([None, 1, "\t", "\r\n "]), st.booleans())
@settings(max_examples=200)
def test_compact_removes_white_space_between_tokens_only(value, indent, ascii_only):
    raw = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert compact(raw) == json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only).encode()


@pytest.mark.parametrize(
    ("raw", "short"),
    [
        (b' { "a" : 1.50 , "b\\" " : [ 1e5 ] } ', b'{"a":1.50,"b\\" ":[1e5]}'),
        (b'{"a": oops }', b'{"a":oops}'),
        (b'{ "a": "never closed } ', b'{"a":"never closed } '),
        (b'{ "a": "x\\\\" }', b'{"a":"x\\\\"}'),
        (b"", b""),
    ],
)
def test_compact_keeps_every_other_byte(raw, short):
    assert compact(raw) == short
