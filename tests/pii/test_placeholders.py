"""Stand-ins: equal values share one, numbers in use are skipped, scrubbed text holds nothing more to find."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.pii import KINDS, Detector, Placeholders, Span, replace, scrub, scrub_text
from pii.pieces import texts


def test_numbers_run_per_kind():
    stand_ins = Placeholders()
    assert stand_ins.stand_in("EMAIL_ADDRESS", "ana@example.com") == "<EMAIL_ADDRESS_1>"
    assert stand_ins.stand_in("US_SSN", "212-09-9999") == "<US_SSN_1>"
    assert stand_ins.stand_in("EMAIL_ADDRESS", "ben@example.com") == "<EMAIL_ADDRESS_2>"
    assert stand_ins.stand_in("EMAIL_ADDRESS", "ana@example.com") == "<EMAIL_ADDRESS_1>"


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("PHONE_NUMBER", "212-555-0199", "(212) 555 0199"),
        ("PHONE_NUMBER", "+1 212-555-0199", "212.555.0199"),
        ("PHONE_NUMBER", "030 1234567", "+49 (0)30 1234567"),
        ("PHONE_NUMBER", "0049 30 1234567", "+49 30 1234567"),
        ("PHONE_NUMBER", "２１２-555-0199", "212-555-01\u200b99"),
        ("CREDIT_CARD", "4111 1111 1111 1111", "4111-1111-1111-1111"),
        ("IBAN_CODE", "DE89 3704 0044 0532 0130 00", "de89370400440532013000"),
        ("US_SSN", "212-09-9999", "212099999"),
        ("EMAIL_ADDRESS", "Ana@Example.com", "ana@example.com"),
        ("EMAIL_ADDRESS", "ana%40EXAMPLE.com", "ana@example.com"),
        ("EMAIL_ADDRESS", r"ana\u0040example.com", "ana@example.com"),
        ("EMAIL_ADDRESS", "jose\u0301@exa\u0308mple.com", "josé@exämple.com"),
        ("EMAIL_ADDRESS", "ａｎａ＠example.com", "ana@exam\u00adple.com"),
        ("EMAIL_ADDRESS", "ana%2Btag%40example.com", "ana+tag&#64;example.com"),
        ("PHONE_NUMBER", "12125550199", "+1 212-555-0199"),
        ("PHONE_NUMBER", "%2B1%20212-555-0199", "+1 212-555-0199"),
        ("IP_ADDRESS", "2001:DB8:0::1", "2001:db8::1"),
        ("MAC_ADDRESS", "00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e"),
        ("UK_NHS", "943 476 5919", "943  476\n5919"),
    ],
)
def test_two_spellings_of_one_value_share_a_stand_in(kind, one, other):
    for first, second in ((one, other), (other, one)):
        stand_ins = Placeholders()
        assert stand_ins.stand_in(kind, first) == stand_ins.stand_in(kind, second)
        assert stand_ins.counts == {kind: 1}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("PHONE_NUMBER", "212-555-0199", "212-555-0198"),
        ("PHONE_NUMBER", "+1 212-555-0199", "+44 212-555-0199"),
        ("PHONE_NUMBER", "555-0199", "+1 212-555-0199"),
        ("CRYPTO", "1AbC", "1aBC"),
        ("IP_ADDRESS", "10.0.0.1", "10.0.0.10"),
    ],
)
def test_two_values_do_not_share_a_stand_in(kind, one, other):
    stand_ins = Placeholders()
    assert stand_ins.stand_in(kind, one) != stand_ins.stand_in(kind, other)


def test_numbers_already_in_the_texts_are_skipped():
    stand_ins = Placeholders(["see <US_SSN_1> and <US_SSN_3>", "<URL_2><PHONE_NUMBER_1"])
    values = ["212-09-9991", "212-09-9992", "212-09-9993"]
    assert [stand_ins.stand_in("US_SSN", v) for v in values] == ["<US_SSN_2>", "<US_SSN_4>", "<US_SSN_5>"]
    assert stand_ins.stand_in("PHONE_NUMBER", "212-555-0199") == "<PHONE_NUMBER_1>"


def test_repr_shows_kinds_and_counts_only():
    stand_ins = Placeholders()
    stand_ins.stand_in("US_SSN", "212-09-9999")
    assert repr(stand_ins) == "Placeholders({'US_SSN': 1})"


def test_replacements_are_in_code_points():
    text = "😀 ana@example.com 😀 ben@example.com"
    edits = scrub_text(text, Detector().find(text), Placeholders())
    assert edits == [(2, 17, "<EMAIL_ADDRESS_1>"), (20, 35, "<EMAIL_ADDRESS_2>")]
    assert replace(text, edits) == "😀 <EMAIL_ADDRESS_1> 😀 <EMAIL_ADDRESS_2>"


def test_one_conversation_keeps_who_is_who():
    messages = ["I am ana@example.com", '{"to": "ANA@example.com", "cc": "ben@example.com"}', "sent to ana@example.com"]
    stand_ins = Placeholders(messages)
    scrubbed = [replace(m, scrub(m, Detector().find, stand_ins)) for m in messages]
    assert scrubbed == [
        "I am <EMAIL_ADDRESS_1>",
        '{"to": "<EMAIL_ADDRESS_1>", "cc": "<EMAIL_ADDRESS_2>"}',
        "sent to <EMAIL_ADDRESS_1>",
    ]


@given(texts)
@settings(max_examples=300, deadline=None)
def test_nothing_survives_scrubbing(text):
    for kinds in (None, tuple(KINDS)):
        find = (Detector(kinds=kinds) if kinds else Detector()).find
        edits = scrub(text, find, Placeholders([text]))
        scrubbed = replace(text, edits)
        assert find(scrubbed) == []
        assert scrub(scrubbed, find, Placeholders([scrubbed])) == []
        edges = [edge for start, end, _ in edits for edge in (start, end)]
        assert edges == sorted(edges)
        assert (edits == []) == (find(text) == [])


@given(st.lists(st.sampled_from(["ab", "bc", "cd", "x", "d"]), max_size=12).map("".join))
@settings(deadline=None)
def test_passes_are_composed_in_offsets_of_the_original(text):
    """A finder with overlapping rules: what a second pass finds lands at the right place."""

    def find(current):
        at = current.find("ab")
        if at < 0:
            at = current.find("cd")
        return [Span(at, at + 2, "URL", 1.0)] if at >= 0 else []

    edits = scrub(text, find, Placeholders())
    assert all(text[start:end] in {"ab", "cd"} for start, end, _ in edits)
    scrubbed = replace(text, edits)
    assert "ab" not in scrubbed
    assert "cd" not in scrubbed


@given(st.sampled_from(sorted(KINDS)), st.integers(1, 999999))
@settings(deadline=None)
def test_no_finder_finds_a_stand_in(kind, number):
    text = f"call <{kind}_{number}>, card:<{kind}_{number}><{kind}_{number}>@example.com 4<{kind}_{number}>"
    assert Detector(kinds=tuple(KINDS)).find(text) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('```json\n{"card": 4111111111111111}\n```', '```json\n{"card": "<CREDIT_CARD_1>"}\n```'),
        ('so {"card":4111111111111111,"n":1}', 'so {"card":"<CREDIT_CARD_1>","n":1}'),
        ('{"card": -4111111111111111.0 }x', '{"card": "<CREDIT_CARD_1>" }x'),
        (
            "{'cards': [1, 4111111111111111, 5500005555555559]};",
            "{'cards': [1, '<CREDIT_CARD_1>', '<CREDIT_CARD_2>']};",
        ),
        (r'"{\"card\": 4111111111111111}"', r'"{\"card\": \"<CREDIT_CARD_1>\"}"'),
        (r"{\\\"card\\\": 4111111111111111}", r"{\\\"card\\\": \\\"<CREDIT_CARD_1>\\\"}"),
        ('{"card": "4111111111111111"} x', '{"card": "<CREDIT_CARD_1>"} x'),
        ('{"card": 4111 1111 1111 1111}', '{"card": <CREDIT_CARD_1>}'),  # no JSON before, none after
        ("The card: 4111111111111111, thanks", "The card: <CREDIT_CARD_1>, thanks"),
        ("card = 4111111111111111", "card = <CREDIT_CARD_1>"),
        (
            '{"cards": [ -4111111111111111,\n  null, "x", 5500005555555559 ]}.',
            '{"cards": [ "<CREDIT_CARD_1>",\n  null, "x", "<CREDIT_CARD_2>" ]}.',
        ),
        ('{"a": ["see 4111111111111111, ok"]}.', '{"a": ["see <CREDIT_CARD_1>, ok"]}.'),  # inside a string already
        ('{"a": "b [1, 4111111111111111, 2]"}.', '{"a": "b [1, <CREDIT_CARD_1>, 2]"}.'),
        ("[[4111111111111111]]", "[[<CREDIT_CARD_1>]]"),  # no key tells the quotes
    ],
)
def test_a_bare_number_in_json_inside_a_text_becomes_a_string(before, after):
    assert replace(before, scrub(before, Detector().find, Placeholders([before]))) == after


def test_numbers_given_anew_run_on():
    stand_ins = Placeholders(["<US_SSN_2>"])
    assert stand_ins.stand_in("US_SSN", "212-09-9999") == "<US_SSN_1>"
    assert stand_ins.anew().stand_in("US_SSN", "212-09-9999") == "<US_SSN_3>"
    assert stand_ins.stand_in("US_SSN", "212-09-9998") == "<US_SSN_4>"
    assert stand_ins.stand_in("US_SSN", "212 09 9999") == "<US_SSN_1>"


SCALARS = st.sampled_from(
    [
        4111111111111111,
        -4111111111111111.0,
        12125550199,
        7,
        1.5,
        None,
        True,
        "x",
        "ana@example.com",
        "y 4111111111111111, z",
    ]
)
KEYS = st.sampled_from(["phone", "card", "a", "ana@example.com", "cards of"])
HELD = st.recursive(
    SCALARS | st.sampled_from(['"', "\\", "é\u200b"]),
    lambda inner: st.dictionaries(KEYS, inner | st.lists(SCALARS, max_size=4), max_size=3)
    | st.dictionaries(KEYS, inner, max_size=2).map(json.dumps),
    max_leaves=6,
)  # fmt: skip


@given(st.dictionaries(KEYS, HELD, min_size=1, max_size=3), st.sampled_from([None, 2]), st.booleans())
@settings(max_examples=100, deadline=None)
def test_json_inside_running_text_stays_json(value, indent, ascii_only):
    """Also the JSON in its strings, however deep."""
    text = f"Here:\n```json\n{json.dumps(value, indent=indent, ensure_ascii=ascii_only)}\n```\nok"
    scrubbed = replace(text, scrub(text, Detector().find, Placeholders([text])))

    def same_shape(one, other):
        if isinstance(one, str) and one.startswith("{"):
            one, other = json.loads(one), json.loads(other)
        if isinstance(one, dict):
            one, other = list(one.values()), list(other.values())
        if isinstance(one, list):
            assert len(one) == len(other)
            for pair in zip(one, other, strict=True):
                same_shape(*pair)

    same_shape(value, json.loads(scrubbed.removeprefix("Here:\n```json\n").removesuffix("\n```\nok")))
