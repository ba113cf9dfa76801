"""Folding keeps a way back to the original offsets and hides nothing that is private."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.pii import Detector
from ftdata.pii.detect import _TRACE
from ftdata.pii.folding import BLANK, fold

characters = st.text(
    st.characters() | st.sampled_from("０１２＠．\u00ad\u200b\ufeff\u00a0‑电話ก한٣𝟜<>\\n@1.-u04%2&#;x"), max_size=40
)


@given(characters)
@settings(deadline=None)
def test_both_views_have_one_length_and_lead_back(text):
    folded = fold(text)
    assert len(folded.plain) == len(folded.masked)
    done = 0
    for i in range(len(folded.plain)):
        start, end = folded.original(i, i + 1)
        assert done <= start < end <= len(text)
        done = end
    if folded.starts is None:
        assert len(folded.plain) == len(text)


@given(st.text(st.characters(max_codepoint=127, exclude_characters="<\\%&"), max_size=40))
@settings(deadline=None)
def test_plain_ascii_stays_as_it_is(text):
    folded = fold(text)
    assert folded.plain == folded.masked == text


def test_digits_of_any_script_become_ascii():
    assert fold("１٣४𝟜०").plain == "13440"


def test_superscripts_and_em_dashes_stay():
    assert fold("10² — x").plain == "10² — x"


def test_scripts_without_spaces_and_escapes_and_stand_ins_are_blank():
    folded = fold("电话1\\n2<PHONE_NUMBER_3>4<NO_KIND_1>")
    assert folded.masked == BLANK * 2 + "1" + BLANK * 2 + "2" + BLANK * 16 + "4<NO_KIND_1>"
    assert folded.plain.startswith("电话1\\n2" + BLANK)


@given(st.integers(1, 18), st.sampled_from("\u00ad\u200b\u200c\u200d\u2060\ufeff\u202a\u2066\ufe0f"))
@settings(deadline=None)
def test_an_invisible_character_inside_hides_nothing(at, invisible):
    value = "4111 1111 1111 1111"
    text = f"😀 {value[:at]}{invisible}{value[at:]} ."
    (span,) = Detector().find(text)
    assert (span.start, span.end) == (2, 22)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\u0040", "@"), (r"\\u0040", "@"), (r"\\\\U0040", r"\\\\U0040"), (r"\x40", "@"), (r"\\/", "/"), (r"\u00e9", "é"), (r"\u00ad", ""),
        ("%40", "@"), ("%2540", "@"), ("%252540", "@"), ("%2b", "+"), ("%2E", "."), ("%41", "%41"), ("%C3%A9", "%C3%A9"), ("%25", "%"),
        ("100%20", "100 "), ("50% 40", "50% 40"), ("&#64;", "@"), ("&#x40;", "@"), ("&#64", "&#64"), ("&amp;", "&amp;"), (r"\u004", r"\u004"),
    ],
)  # fmt: skip
def test_an_escape_is_the_character_that_it_stands_for(written, meant):
    folded = fold(f"😀a{written}z")
    assert folded.plain == f"😀a{meant}z"
    assert folded.original(len(folded.plain) - 1, len(folded.plain)) == (len(written) + 2, len(written) + 3)
    if meant and len(meant) == 1:
        assert folded.original(2, 3) == (2, 2 + len(written))


def test_no_digit_and_no_at_comes_out_of_a_text_that_shows_none():
    """So that such a text need not be folded: every character, and every escape that is written without a digit."""
    every = map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1)))
    traceless = "".join(character for character in every if _TRACE.search(character) is None)
    assert not any(character.isdecimal() or character == "@" for character in fold(traceless).plain)
    for code in range(0x10000):
        written = f"\\u{code:04x}"
        if _TRACE.search(written) is None:
            assert not chr(code).isdecimal(), written
            assert fold(chr(code)).plain != "@", written
