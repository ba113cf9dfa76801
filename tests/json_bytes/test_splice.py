"""Edits change what they say and no other byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.json_bytes import (
    EditError,
    Insert,
    Remove,
    Rename,
    Replace,
    ReplaceText,
    apply_edits,
    dump,
    find_span,
    parse_line,
)
from json_bytes.rows import expected, random_edits, random_row, same, spell


@given(st.randoms(use_true_random=False))
@settings(max_examples=500)
def test_the_new_bytes_mean_the_edited_value(rng):
    row = random_row(rng)
    raw = spell(row, rng).encode()
    edits = random_edits(rng, row)
    edited = apply_edits(raw, edits)
    assert same(json.loads(edited), expected(json.loads(raw), edits))


@given(st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_edits_of_values_together_equal_one_after_the_other(rng):
    """Replace and ReplaceText move no other path, so the last in the bytes can be done first, each for itself."""
    row = random_row(rng)
    raw = spell(row, rng).encode()
    edits = random_edits(rng, row, structure=False)
    alone = raw
    for edit in sorted(edits, key=lambda edit: edit.start if isinstance(edit, ReplaceText) else 0, reverse=True):
        before = alone
        start, end = find_span(before, edit.path)
        alone = apply_edits(before, [edit])
        assert alone.startswith(before[:start])
        assert alone.endswith(before[end:])
    assert json.loads(apply_edits(raw, edits)) == json.loads(alone)


@given(st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_bytes_outside_the_edited_values_stay(rng):
    row = random_row(rng)
    raw = spell(row, rng).encode()
    edits = random_edits(rng, row, structure=False)
    edited = apply_edits(raw, edits)
    spans = sorted({find_span(raw, edit.path) for edit in edits})
    gaps = [raw[at:start] for at, (start, _) in zip([0, *(end for _, end in spans)], spans, strict=False)]
    at = 0
    for gap in gaps:
        at = edited.index(gap, at) + len(gap)
    assert edited.endswith(raw[spans[-1][1] :] if spans else raw)
    assert spans or edited == raw


@given(st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_a_span_holds_the_value(rng):
    row = random_row(rng)
    raw = spell(row, rng).encode()
    for key, value in row.items():
        start, end = find_span(raw, (key,))
        assert json.loads(raw[start:end]) == value


def test_the_rest_of_a_string_keeps_its_escapes():
    raw = rb'{"a": "caf\u00e9 \/ \ud83d\ude00 x@y.z \n"}'
    edited = apply_edits(raw, [ReplaceText(("a",), 9, 14, "<EMAIL>")])
    assert edited == rb'{"a": "caf\u00e9 \/ \ud83d\ude00 <EMAIL> \n"}'


def test_a_surrogate_pair_is_one_code_point():
    assert apply_edits(rb'{"a":"\ud83d\ude00b"}', [ReplaceText(("a",), 0, 1, "")]) == b'{"a":"b"}'
    assert apply_edits(rb'{"a":"\ud83d\ude00b"}', [ReplaceText(("a",), 1, 2, "")]) == rb'{"a":"\ud83d\ude00"}'


@pytest.mark.parametrize(
    ("raw", "edited"),
    [
        (rb'{"a":"x"}', '{"a":"é\U0001f600\\"\\\\\\u0001"}'.encode()),
        ('{"a":"ü"}'.encode(), '{"a":"é\U0001f600\\"\\\\\\u0001"}'.encode()),
        (rb'{"a":"\u00fc"}', rb'{"a":"\u00e9\ud83d\ude00\"\\\u0001"}'),
        (rb'{"a":"\\u00fc"}', '{"a":"é\U0001f600\\"\\\\\\u0001"}'.encode()),  # a backslash and letters, no escape
        ('{"a":"\\u00fcé"}'.encode(), '{"a":"é\U0001f600\\"\\\\\\u0001"}'.encode()),
    ],
)
def test_new_text_is_ascii_only_where_the_token_is_written_so(raw, edited):
    text = 'é\U0001f600"\\\x01'
    assert apply_edits(raw, [Replace(("a",), text)]) == edited
    length = len(json.loads(raw)["a"])
    assert apply_edits(raw, [ReplaceText(("a",), 0, length, text)]) == edited


def test_many_stretches_of_one_string_are_replaced_at_once():
    raw = ('{"a":"' + "é-" * 5_000 + '"}').encode()
    edits = [ReplaceText(("a",), 2 * n, 2 * n + 1, "ab") for n in range(5_000)]
    assert apply_edits(raw, reversed(edits)) == ('{"a":"' + "ab-" * 5_000 + '"}').encode()


def test_insertions_at_one_place_stand_in_their_order():
    edits = [ReplaceText(("a",), 1, 1, "1"), ReplaceText(("a",), 1, 1, "2"), ReplaceText(("a",), 1, 2, "3")]
    assert apply_edits(b'{"a":"xyz"}', edits) == b'{"a":"x123z"}'


def test_embedded_json_keeps_both_levels_of_escapes():
    raw = rb'{"arguments": "{ \"to\":\t\"caf\\u00e9\", \"n\": 1.50 , \"sl\": \"\\/\"}"}'
    edited = apply_edits(raw, [ReplaceText(("arguments", None, "to"), 0, 3, 'T"é')])
    assert edited == rb'{"arguments": "{ \"to\":\t\"T\\\"\\u00e9\\u00e9\", \"n\": 1.50 , \"sl\": \"\\/\"}"}'
    edited = apply_edits(raw, [Remove(("arguments", None, "n")), Insert(("arguments", None, "z"), ["é"])])
    assert edited == rb'{"arguments": "{ \"to\":\t\"caf\\u00e9\", \"sl\": \"\\/\", \"z\": [\"\\u00e9\"]}"}'


def test_embedded_json_may_be_embedded_again():
    raw = dump({"a": dump({"b": dump({"c": "d", "e": 1}).decode(), "f": 2}).decode()})
    edits = [Replace(("a", None, "b", None, "c"), '"é'), Replace(("a", None, "f"), None)]
    outer = json.loads(apply_edits(raw, edits))
    middle = json.loads(outer["a"])
    assert middle["f"] is None
    assert json.loads(middle["b"]) == {"c": '"é', "e": 1}
    start, end = find_span(raw, ("a", None, "b", None, "c"))
    assert raw[start:end] == rb"\\\"d\\\""


@pytest.mark.parametrize(
    ("raw", "edits", "edited"),
    [
        (b"[1, 2, 3]", [Remove((0,))], b"[2, 3]"),
        (b"[1, 2 , 3]", [Remove((1,))], b"[1, 3]"),
        (b"[1, 2, 3 ]", [Remove((2,))], b"[1, 2 ]"),
        (b"[ 1 ]", [Remove((0,))], b"[  ]"),
        (b"[1, 2, 3]", [Remove((1,)), Remove((2,))], b"[1]"),
        (b"[1, 2, 3]", [Remove((0,)), Remove((2,))], b"[2]"),
        (b"[1, 2, 3]", [Remove((0,)), Remove((1,)), Remove((2,))], b"[]"),
        (b"[]", [Insert((0,), "a")], b'["a"]'),
        (b"[ ]", [Insert((0,), 1), Insert((0,), 2)], b"[1,2 ]"),
        (b"[1]", [Insert((1,), 2)], b"[1,2]"),
        (b"[1, 2]", [Insert((0,), 0), Insert((1,), 1.5), Insert((2,), 3)], b"[0, 1, 1.5, 2, 3]"),
        (b"[1, 2]", [Remove((1,)), Insert((2,), 3), Insert((1,), 4)], b"[1, 4, 3]"),
        (b"[1, 2]", [Remove((0,)), Insert((0,), 3)], b"[3, 2]"),
        (b"[1, 2]", [Remove((0,)), Remove((1,)), Insert((1,), 3)], b"[3]"),
        (b"{}", [Insert(("a",), 1)], b'{"a":1}'),
        (b'{"a": 1, "b": 2}', [Insert(("c",), [1])], b'{"a": 1, "b": 2, "c": [1]}'),
        (b'{\n  "a" : 1\n}', [Insert(("c",), None)], b'{\n  "a" : 1,\n  "c" : null\n}'),
        (b'{"a": 1, "b": 2}', [Remove(("a",)), Insert(("a",), 3)], b'{"b": 2, "a": 3}'),
        (b'{"a": 1, "b": 2}', [Rename(("a",), "x\n")], b'{"x\\n": 1, "b": 2}'),
        (b'{"a": 1, "b": 2}', [Rename(("a",), "b"), Rename(("b",), "a")], b'{"b": 1, "a": 2}'),
        (b'{"a": 1, "b": 2}', [Rename(("a",), "b"), Remove(("b",))], b'{"b": 1}'),
        (b'{"a": [1]}', [Rename(("a",), "b"), Replace(("a", 0), 2)], b'{"b": [2]}'),
        (b'{"\\u0061": 1}', [Rename(("a",), "a")], b'{"\\u0061": 1}'),
        (b'{"\\u0061": 1}', [Rename(("a",), "é")], b'{"\\u00e9": 1}'),
        (b' {"a": 1} ', [Replace((), [2])], b" [2] "),
        (b'{"n": 1180591620717411303424, "a": 1}', [Replace(("a",), 2**70 + 1)], None),
    ],
)
def test_members_are_removed_inserted_and_renamed_in_place(raw, edits, edited):
    if edited is None:
        edited = b'{"n": 1180591620717411303424, "a": 1180591620717411303425}'
    assert apply_edits(raw, edits) == edited


@pytest.mark.parametrize(
    ("raw", "edits"),
    [
        (b"{", [Replace(("a",), 1)]),
        (b'{"a":NaN}', [Replace(("a",), 1)]),
        (b'{"a":1}', [Replace(("b",), 1)]),
        (b'{"a":1}', [Replace(("a", "b"), 1)]),
        (b'{"a":1}', [Replace((0,), 1)]),
        (b'{"a":[1]}', [Replace(("a", 1), 1)]),
        (b'{"a":[1]}', [Replace(("a", -1), 1)]),
        (b'{"a":[1]}', [Replace(("a", "0"), 1)]),
        (b'{"a":1}', [ReplaceText(("a",), 0, 0, "")]),
        (b'{"a":"x"}', [ReplaceText(("a",), 0, 2, "")]),
        (b'{"a":"x"}', [ReplaceText(("a",), -1, 1, "")]),
        (b'{"a":"x"}', [ReplaceText(("a",), 1, 0, "")]),
        (b'{"a":"xyz"}', [ReplaceText(("a",), 0, 2, ""), ReplaceText(("a",), 1, 3, "")]),
        (b'{"a":"xyz"}', [ReplaceText(("a",), 0, 2, ""), Replace(("a",), 1)]),
        (b'{"a":"x"}', [ReplaceText(("a",), 0, 1, "\ud800")]),
        (b'{"a":"x"}', [Replace(("a",), "\ud800")]),
        (b'{"a":"x"}', [Replace(("a",), float("nan"))]),
        (b'{"a":"x"}', [Rename(("a",), "\ud800")]),
        (b'{"a":{"b":1}}', [Remove(("a",)), Replace(("a", "b"), 1)]),
        (b'{"a":{"b":1}}', [Replace(("a",), 1), Replace(("a", "b"), 1)]),
        (b'{"a":1}', [Replace(("a",), 1), Replace(("a",), 1)]),
        (b'{"a":1}', [Remove(("a",)), Remove(("a",))]),
        (b'{"a":1}', [Remove(("a",)), Rename(("a",), "b")]),
        (b'{"a":1}', [Rename(("a",), "b"), Rename(("a",), "c")]),
        (b'{"a":1}', [Insert(("a",), 1)]),
        (b'{"a":1}', [Insert(("b",), 1), Insert(("b",), 1)]),
        (b'{"a":1,"b":2}', [Rename(("a",), "b")]),
        (b'{"a":1}', [Insert((0,), 1)]),
        (b'{"a":[]}', [Insert(("a", 1), 1)]),
        (b'{"a":[]}', [Insert(("a", "k"), 1)]),
        (b'{"a":[1]}', [Rename(("a", 0), "k")]),
        (b'{"a":1,"a":2}', [Replace(("a",), 1)]),
        (b'{"a":1,"a":2,"b":1}', [Remove(("b",))]),
        (b'{"a":1}', [Remove(())]),
        (b'{"a":1}', [Insert((), 1)]),
        (b'{"a":"{"}', [Replace(("a", None, "b"), 1)]),
        (b'{"a":"{}"}', [Replace(("a", None, "b"), 1)]),
        (b'{"a":"{}"}', [Remove(("a", None))]),
        (b'{"a":1}', [Replace(("a", None), 1)]),
        (b'{"a":"{}"}', [Insert(("a", None, "b"), 1), ReplaceText(("a",), 0, 0, " ")]),
        (b'{"a":"{}"}', [Insert(("a", None, "b"), 1), Insert(("a", "b"), 1)]),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(raw, edits):
    with pytest.raises(EditError) as caught:
        apply_edits(raw, edits)
    assert caught.value.__cause__ is None


def test_errors_hold_no_text_and_no_key_of_the_row():
    with pytest.raises(EditError) as caught:
        apply_edits(b'{"canary":{"canary":"canary"}}', [Replace(("canary", "canary", None, "canary"), 1)])
    assert "canary" not in str(caught.value)


def test_deep_rows_and_paths_do_not_recurse():
    raw = b'{"a":' * 1_000 + b"1" + b"}" * 1_000
    edited = apply_edits(raw, [Replace(("a",) * 1_000, 2)])
    assert edited == raw.replace(b"1", b"2")
    with pytest.raises(EditError):
        apply_edits(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, [Replace(("a",), 2)])


def test_no_edits_give_the_same_bytes_whatever_they_are():
    assert apply_edits(b"{ no json", []) == b"{ no json"


def test_an_edited_row_is_a_row():
    assert parse_line(apply_edits(b'{"a":[{"b":"c"}]}', [Rename(("a", 0, "b"), "a")])) == {"a": [{"a": "c"}]}
