"""Elements of arrays: whole ones exactly, broken ones with their bytes, and always back in step."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.io.json_array import JsonElements
from ftdata.json_bytes import JsonFault, compact, parse_line
from json_bytes.rows import random_value, spell


def elements(data, *, array=True, size=7, max_bytes=1 << 20):
    stream = io.BytesIO(data)
    found = JsonElements(lambda _: stream.read(size), array=array, max_bytes=max_bytes)
    return [(line, raw, fault.rule if fault else None) for line, raw, fault in found]


@given(st.randoms(use_true_random=False), st.integers(1, 50))
@settings(max_examples=300)
def test_the_elements_of_an_array_in_any_spelling_and_any_blocks(rng, size):
    values = [random_value(rng, 1) for _ in range(rng.randrange(5))]
    texts = [spell(value, rng).strip(" \t\r\n") for value in values]
    gaps = [rng.choice(["", " ", "\n", "\r\n  "]) for _ in range(2 * len(texts) + 1)]
    text = " [" + gaps[0]
    wanted = []
    for number, element in enumerate(texts):
        text += "," * (number > 0) + gaps[2 * number]
        wanted.append((text.count("\n") + 1, compact(element.encode()), None))
        text += element + gaps[2 * number + 1]
    data = (text + "] \n").encode()
    assert [json.loads(raw) for _, raw, _ in wanted] == json.loads(data)
    assert elements(data, size=size) == wanted


@given(
    st.binary(max_size=60) | st.text(alphabet='[]{}:,"\\\n a1', max_size=60).map(str.encode),
    st.booleans(),
    st.integers(1, 9),
)
@settings(max_examples=500)
def test_any_bytes_end_and_no_element_is_given_that_is_not_there(data, array, size):
    data = (b"[" if array else b"{") + data
    found = elements(data, array=array, size=size)
    assert found == elements(data, array=array, size=1_000)
    try:
        values = json.loads(data)
    except ValueError:
        if array:  # something must tell that the file is no array
            assert any(rule or isinstance(parse_line(raw), JsonFault) for _, raw, rule in found) or not found
    else:
        assert [json.loads(raw) for _, raw, _ in found] == (values if array else [values])


ONE, TWO, THREE = b'{"a": 1}', b'{"a": [{"b": 2}, {"b": "x"}]}', b'{"a": 3}'


@pytest.mark.parametrize(
    "broken",
    [
        b'{"a": oops}',
        b"{'a': 1}",
        b'{"a": [1, 2}',
        b'{"a": {"b": 1}',
        b'{"a": [{"b": 1}, {"b": 2]}',
        b'{"a": "oops}',
        b'{"a": "he said "hi" to me, {really}"}',
        b'{"a": [{"b": "one "quote} left"}, {"b": 2}]}',
        b'{"a": "x"]}',
        b'{"a": 1}}',
        b'{"a": "line\nbreak"}',
        b'{"a": "line\nbreak, never closed}',
        b'{"a" 1}',
        b'{"a": NaN}',
        b"oops",
        b"",
    ],
)
@pytest.mark.parametrize("gap", [b", ", b",\n  "])
def test_a_broken_element_is_one_bad_row_and_the_next_is_whole(broken, gap):
    data = b"[\n" + gap.join([ONE, broken, TWO, THREE]) + b"\n]\n"
    found = elements(data)
    good = [raw for _, raw, rule in found if rule is None and isinstance(parse_line(raw), dict)]
    assert good == [compact(ONE), compact(TWO), compact(THREE)]
    assert len(found) >= 4
    assert elements(data, size=1) == found


def test_brackets_left_open_swallow_no_more_than_their_line():
    """On one line the same would be an array inside the element: nothing tells them apart."""
    data = b"[\n  " + b",\n  ".join([ONE, b'{"a": [1, 2', TWO, b'{"a": [', THREE]) + b"\n]\n"
    found = elements(data)
    assert [raw for _, raw, rule in found if rule is None and isinstance(parse_line(raw), dict)] == [
        compact(ONE),
        compact(TWO),
        compact(THREE),
    ]
    assert [line for line, _, _ in found[:5]] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("size", [1, 7, 1_000])
@pytest.mark.parametrize("gap", [b"\n ,", b",", b" , \n\n"])
@pytest.mark.parametrize("broken", [b'{"text":"b"', b'{"text":"b","more":[{"text":1}]', b'{ "text":"b","x":{"y":{}}'])
def test_an_element_that_is_not_closed_takes_no_other_along(broken, gap, size):
    data = b'[{"a":1},' + broken + gap + b'{"text":"c"},{"text":"d"}]'
    assert [(raw, rule) for _, raw, rule in elements(data, size=size)] == [
        (b'{"a":1}', None),
        (broken, None),  # it does not parse, which its reader finds
        (b'{"text":"c"}', None),
        (b'{"text":"d"}', None),
    ]


def test_an_object_in_the_place_of_a_key_is_no_element_unless_it_begins_like_one():
    data = b'[{"a":1},{"text":"b", {"x":1}, "y":2},{"text":"c"}]'
    assert [raw for _, raw, _ in elements(data)] == [b'{"a":1}', b'{"text":"b", {"x":1}, "y":2}', b'{"text":"c"}']


def test_the_element_before_a_broken_one_may_be_broken_too():
    data = b'[{"a": "oops}, {"a": "oops}, {"a": 1}, {"a": 2}]'
    assert [parse_line(raw) for _, raw, _ in elements(data)][-2:] == [{"a": 1}, {"a": 2}]


def test_messages_are_not_taken_for_elements():
    chat = b'{"messages": [{"role": "u", "content": "x"}, {"role": "a", "content": "y"}]}'
    damaged = chat.replace(b'"x"', b'"say "x" now"')
    found = elements(b"[" + b", ".join([chat, damaged, chat]) + b"]")
    assert [raw for _, raw, _ in found] == [compact(chat), found[1][1], compact(chat)]
    assert isinstance(parse_line(found[1][1]), JsonFault)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"[]", []),
        (b" [ \n ] \n", []),
        (b"[", [(1, b"", "json.parse")]),
        (b'[{"a":1}\n', [(1, b'{"a":1}', None), (2, b"", "json.parse")]),
        (b'[{"a":1},', [(1, b'{"a":1}', None), (1, b"", "json.parse")]),
        (b'[{"a":1},\n{"a":[2', [(1, b'{"a":1}', None), (2, b'{"a":[2', None), (2, b"", "json.parse")]),
        (b'[{"a":1},]', [(1, b'{"a":1}', None), (1, b"", "json.parse")]),
        (b'[,{"a":1}]', [(1, b"", "json.parse"), (1, b'{"a":1}', None)]),
        (b'[{"a":1},,{"a":2}]', [(1, b'{"a":1}', None), (1, b"", "json.parse"), (1, b'{"a":2}', None)]),
        (b'[{"a":1}\n{"a":2}]', [(1, b'{"a":1}', None), (2, b'{"a":2}', "json.parse")]),
        (b'[{"a":1}]\n[{"a":2}]', [(1, b'{"a":1}', None), (2, b'[{"a":2}]', "json.two_values")]),
        (b'[1, "x, ]", null ,[2]]', [(1, b"1", None), (1, b'"x, ]"', None), (1, b"null", None), (1, b"[2]", None)]),
    ],
)
def test_what_is_wrong_with_the_array_is_a_bad_row(data, wanted):
    assert elements(data) == wanted


def test_a_too_long_element_is_dropped_while_it_comes():
    long = b'{"a": "' + b'x\\\\\\"' * 50_000 + b'", "b": [' + b"1," * 50_000 + b"1]}"
    data = b"[" + ONE + b",\n" + long + b",\n" + TWO + b"]"
    for size in (100, 4_097):
        found = elements(data, size=size, max_bytes=1_000)
        assert found == [(1, compact(ONE), None), (2, b"", "json.too_long"), (3, compact(TWO), None)]


@pytest.mark.parametrize("array", [True, False])
@pytest.mark.parametrize("size", [7, 100, 4_097])
def test_a_too_long_element_is_told_by_offset_and_length(array, size):
    """So that its bytes can be found in the file."""
    long = b'{"a": "' + b'x\\\\\\"' * 5_000 + b'", "b": [' + b"1,\n" * 5_000 + b"1]}"
    comma = b"," if array else b""
    data = b"[" * array + b"\n" + ONE + comma + b"\n" + long + comma + b"\n" + TWO + b"]" * array
    stream = io.BytesIO(data)
    found = [
        fault
        for _, _, fault in JsonElements(lambda _: stream.read(size), array=array, max_bytes=1_000, first=3)
        if fault is not None
    ]
    assert [(fault.offset - 3, fault.length) for fault in found] == [(data.index(long), len(long))]


def test_a_giant_broken_element_does_not_fill_the_memory():
    held = []
    pieces = iter([b'[{"a": "x" y', *[b"z" * (1 << 16)] * 500, b'}, {"a": 2}]'])
    found = JsonElements(lambda _: next(pieces, b""), array=True, max_bytes=1 << 18)
    for _, raw, fault in found:
        held.append((raw, fault.rule if fault else None))
    assert held == [(b"", "json.too_long"), (b'{"a":2}', None)]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b'{"a": 1}', [(1, b'{"a":1}')]),
        (b'{\n"a": 1}\n\n{\n"a": "}\\"{"}', [(1, b'{"a":1}'), (4, b'{"a":"}\\"{"}')]),
        (b'{"a": 1}\noops\n{"a": 2}', [(1, b'{"a":1}'), (2, b"oops"), (3, b'{"a":2}')]),
        (b'{\n"a": "oops\n}\n{\n"a": 2}', [(1, b'{\n"a": "oops\n}'), (4, b'{"a":2}')]),
        (b'{\n"a": 1', [(1, b'{\n"a": 1')]),
    ],
)
def test_values_may_stand_one_after_the_other(data, wanted):
    assert elements(data, array=False) == [(line, raw, None) for line, raw in wanted]


def test_line_ends_are_counted_over_reads():
    stream = io.BytesIO(b'[\r\n{"a":\r\n1}\r\n]\n')
    found = JsonElements(lambda _: stream.read(1), array=True, max_bytes=99)
    assert [line for line, _, _ in found] == [2]
    assert (found.crlf, found.final_newline) == (3, True)
