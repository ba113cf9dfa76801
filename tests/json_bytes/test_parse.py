"""Lines in, rows or faults out."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.json_bytes import MAX_DEPTH, JsonFault, parse_line, parse_lines
from ftdata.json_bytes.parse import count_key_ends, count_keys

FAULTS = [
    (b'{"a":"\xff"}', "json.utf8", 6),
    (b'{"a":"\xed\xa0\x80"}', "json.utf8", 6),  # a surrogate written as bytes
    (b'{"a":"caf\xe9', "json.utf8", 9),
    (b'{"a":NaN}', "json.number", 5),
    (b'{"a":[1, Infinity]}', "json.number", 9),
    (b'{"a":-Infinity}', "json.number", 5),
    (b'{"a":1e999}', "json.number", 5),
    (b'{"a":' + b"9" * 400 + b"}", "json.number", 5),
    (b'{"a":"\\ud800"}', "json.surrogate", 6),
    (b'{"a":"\\udc00 x"}', "json.surrogate", 6),
    (b'{"a":"\\ud83d\\u0041"}', "json.surrogate", 6),
    (b'{"a":"\\ud83d x\\ude00"}', "json.surrogate", 6),
    (b'{"\\ud800":1}', "json.surrogate", 2),
    (b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", "json.depth", 204),
    (b'{"a":' * 201 + b"1" + b"}" * 201, "json.depth", 1000),
    (b'{"a":' * 200_000, "json.depth", 1000),
    (b"[" * 200_000, "json.depth", 200),
    (b'{"a":1}{"b":2}', "json.two_values", 7),
    (b'{"a":1} {"b":', "json.two_values", 8),
    (b'{"a":1}, {"b":2}', "json.two_values", 9),
    (b'{"a":1} null', "json.two_values", 8),
    (b'{"a":1},', "json.parse", 7),
    (b'{"a":1}}', "json.parse", 7),
    (b'{"a":1} # note', "json.parse", 8),
    (b'[{"a":1}]', "json.not_object", 0),
    (b"null", "json.not_object", 0),
    (b" 5", "json.not_object", 1),
    (b'"text"', "json.not_object", 0),
    (b'[{"a":1,"a":2}]', "json.not_object", 0),
    (b"", "json.parse", 0),
    (b" \t\r", "json.parse", 0),
    (b'{"a":1', "json.parse", 6),
    (b'{"a":"x', "json.parse", 5),
    (b'{"a"', "json.parse", 4),
    (b'{"a":tru}', "json.parse", 5),
    (b"{'a':1}", "json.parse", 1),
    (b'{"a":01}', "json.parse", 6),
    (b'{"a":+1}', "json.parse", 5),
    (b'{"a":1,}', "json.parse", 7),
    (b'{"a":[1,]}', "json.parse", 8),
    (b'{"a":[1}', "json.parse", 7),
    (b'{"a" 1}', "json.parse", 5),
    (b'{"a":"\x01"}', "json.parse", 6),
    (b'{"a":"\n"}', "json.parse", 6),
    (b'{"a":"\\x"}', "json.parse", 6),
    (b'{"a":"\\u12g4"}', "json.parse", 6),
    (b"\xef\xbb\xbf{}", "json.parse", 0),
    (b'{"a":1,"a":2}', "json.dup_key", 7),
    (b'{"a":1,"\\u0061":2}', "json.dup_key", 7),
    (b'{"a" : 1, "a"\t:2}', "json.dup_key", 10),
    (b'{"x":[{"role":"user","role":"tool"}]}', "json.dup_key", 21),
    (b'{"\\\\":1,"\\\\":2}', "json.dup_key", 8),
    (b'{"":1,"":2}', "json.dup_key", 6),
    (b'{"k\\"":1,"k\\"":2}', "json.dup_key", 9),
]


@pytest.mark.parametrize(("line", "rule", "offset"), FAULTS)
def test_each_kind_of_badness_has_its_rule_and_place(line, rule, offset):
    fault = parse_line(line)
    assert isinstance(fault, JsonFault)
    assert (fault.rule, fault.offset) == (rule, offset)


def test_a_bad_line_does_not_touch_its_neighbours():
    lines = [line for bad, _, _ in FAULTS for line in (b'{"good":":x"}', bad)]
    parsed = parse_lines([*lines, b'{"good":":x"}'])
    assert parsed[::2] == [{"good": ":x"}] * (len(FAULTS) + 1)
    assert [fault.rule for fault in parsed[1::2]] == [rule for _, rule, _ in FAULTS]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"{}", {}),
        (b' {"a" : [ ] }\t\r', {"a": []}),
        (b'{"a":1180591620717411303424}', {"a": 2.0**70}),  # 2**70: a float here, its digits in the line
        (b'{"a":"\\u0000\\ud83d\\ude00"}', {"a": "\0\U0001f600"}),
        ('{"a":"\u2028"}'.encode(), {"a": "\u2028"}),
        (b'{"a":{"a":{"a":1}},"b":{"a":2}}', {"a": {"a": {"a": 1}}, "b": {"a": 2}}),
        (b'{"\\u0061":1,"A":2}', {"a": 1, "A": 2}),
        (b'{"a":"\\":","b":":","c":" :","d":"\\\\"}', {"a": '":', "b": ":", "c": " :", "d": "\\"}),
        (b'{"a":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}", ...),
    ],
)
def test_what_json_allows_is_a_row(line, value):
    parsed = parse_line(line)
    assert isinstance(parsed, dict)
    assert value is ... or parsed == value


def test_messages_never_quote_the_line():
    for line in (b'{"canary":1,"canary":2}', b'{"x":"canary', b'{"x":canary}', b"canary", b'{"x":1} canary'):
        fault = parse_line(line)
        assert isinstance(fault, JsonFault)
        assert "canary" not in fault.message


def test_a_repeated_key_of_a_public_format_is_named():
    fault = parse_line(b'{"role":"a","role":"b"}')
    assert isinstance(fault, JsonFault)
    assert '"role"' in fault.message


def test_the_scan_of_long_runs_is_linear():
    """A run of a million backslashes or blanks must not be walked again from each of its bytes."""
    run = 1_000_000
    assert parse_line(b'{"a":"' + b"\\" * run + b'":1}').rule == "json.parse"
    assert parse_line(b'{"a":"' + b"\\" * run + b'"}') == {"a": "\\" * (run // 2)}
    assert parse_line(b'{"a"' + b" " * run + b':":","b":1}') == {"a": ":", "b": 1}
    assert parse_line(b'{"a":"' + b'\\":' * run + b'"}') == {"a": '":' * run}


def test_blocks_do_not_change_the_result():
    lines = [b'{"n":%d,"text":"%s"}' % (n, b"x" * 997) for n in range(700)]
    lines[300] = b'{"n":1,"n":2}'
    lines[650] = b"{"
    parsed = parse_lines(lines)
    assert parsed == [parse_line(line) for line in lines]
    assert [position for position, row in enumerate(parsed) if isinstance(row, JsonFault)] == [300, 650]


KEYS = ["a", "b", "role", 'k\\"', "x\\\\", "\u00e9", "\\u0061", "a:", "a :", "", '\\\\\\"']
CHUNKS = ["a", '\\"', "\\\\", '\\":', '\\" :', ":", " :", "{", "}", ",", "\\u0022:", "\u00e9"]


def adversarial_line(rng: random.Random, *, spaced: bool) -> bytes:
    """An object of keys and texts that look like each other's ends."""

    def space() -> str:
        return rng.choice(["", "", " ", "\t", "  ", " " * 9]) if spaced else ""

    def value(depth: int) -> str:
        roll = rng.random()
        if depth > 3 or roll < 0.5:
            if rng.random() < 0.8:
                return '"' + "".join(rng.choice(CHUNKS) for _ in range(rng.randrange(6))) + '"'
            return rng.choice(["1", "null", "true", "9" * 30])
        if roll < 0.6:
            return "[" + ",".join(value(depth + 1) for _ in range(rng.randrange(3))) + "]"
        return members(depth + 1)

    def members(depth: int) -> str:
        count = rng.randrange(5)
        return "{" + ",".join(f'"{rng.choice(KEYS)}"{space()}:{value(depth)}' for _ in range(count)) + "}"

    return members(0).encode()


class RepeatedError(Exception):
    pass


def distinct(pairs):
    if len(dict(pairs)) != len(pairs):
        raise RepeatedError
    return dict(pairs)


def has_repeated_key(line: bytes) -> bool:
    try:
        json.loads(line, object_pairs_hook=distinct)
    except RepeatedError:
        return True
    return False


@pytest.mark.parametrize("size", [1, 7])
def test_no_repeated_key_is_missed_and_none_is_made_up(size):
    rng = random.Random(size)
    lines = [adversarial_line(rng, spaced=number % 4 == 0) for number in range(6_000)]
    found = []
    for start in range(0, len(lines), size):
        found += [isinstance(row, JsonFault) for row in parse_lines(lines[start : start + size])]
    assert found == [has_repeated_key(line) for line in lines]


@given(seed=st.integers(0, 2**32), spaced=st.booleans())
@settings(max_examples=200)
def test_the_count_in_the_bytes_is_never_below_the_keys_written(seed, spaced):
    line = adversarial_line(random.Random(seed), spaced=spaced)
    written = 0

    def count(pairs):
        nonlocal written
        written += len(pairs)
        return dict(pairs)

    value = json.loads(line, object_pairs_hook=count)
    assert count_keys(value) <= written <= count_key_ends(line)


PIECES = [
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b'"',
    b'"a"',
    b'"b"',
    b"\\",
    b"\\ud83d",
    b"\\ude00",
    b"\\u00",
    b"\\n",
    b"1",
]
PIECES += [b"-", b".5", b"e9", b"e999", b"0", b"true", b"null", b"NaN", b" ", b"\t", b"\x00", b"\xff", "é".encode()]


def reference_fault(line: bytes) -> bool:
    """Whether Python's own parser, made strict, refuses the line."""

    def refuse(word):
        raise ValueError(word)

    try:
        value = json.loads(line.decode(), object_pairs_hook=distinct, parse_constant=refuse)
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (ValueError, RepeatedError):
        return True
    return not isinstance(value, dict)


@given(st.lists(st.sampled_from(PIECES), max_size=24).map(b"".join), st.booleans())
@settings(max_examples=600)
def test_random_bytes_are_judged_as_by_a_strict_python_parser(line, wrap):
    if wrap:
        line = b'{"x":[' + line + b'],"a":1}'
    assert isinstance(parse_line(line), JsonFault) == reference_fault(line)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_row_or_a_fault(line):
    parsed = parse_line(line)
    assert isinstance(parsed, JsonFault) == reference_fault(line)


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=6), min_size=1), st.data())
@settings(max_examples=200)
def test_a_damaged_row_never_raises(row, data):
    line = bytearray(json.dumps(row, ensure_ascii=data.draw(st.booleans())).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(parse_line(bytes(line)), JsonFault) == reference_fault(bytes(line))
