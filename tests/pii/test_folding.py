"""Folding keeps a way back to the original offsets and hides nothing that is private."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.pii import Detector
from ftdata.pii.folding import BLANK, fold

characters = st.text(
    st.characters() | st.sampled_from("０１２＠．\u00ad\u200b\ufeff\u00a0‑电話ก한٣𝟜<>\\n@1.-"), max_size=40
)


@given(characters)
@settings(deadline=None)
def test_both_views_have_one_length_and_lead_back(text):
    folded = fold(text)
    assert len(folded.plain) == len(folded.masked)
    for i in range(len(folded.plain)):
        start, end = folded.original(i, i + 1)
        assert end == start + 1 <= len(text)
    if folded.back is None:
        assert len(folded.plain) == len(text)


@given(st.text(st.characters(max_codepoint=127, exclude_characters="<\\"), max_size=40))
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
