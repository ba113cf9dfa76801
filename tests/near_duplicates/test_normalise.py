from __future__ import annotations

import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.near_duplicates import normalise


def words(text):
    return normalise(pl.Series([text], dtype=pl.String))[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a<b", "a>b"), ("a <= b", "a >= b"), ("x += 1", "x -= 1"), ("2+2", "2-2"), ("2*3", "2/3"), ("-5", "5"),
        ("−5", "5"), ("$5", "€5"), ("$5", "5"), ("5%", "5"), ("x != y", "x == y"), ("x ≠ y", "x = y"), ("a & b", "a | b"),
        ("if (!done)", "if (done)"), ("if (!(a))", "if ((a))"), ("do not", "do"), ("can't", "can"), ("~x", "x"),
        ("C#", "C"), ("C++", "C"), ("5²", "52"), ("1½", "11/2"), ("3.14", "314"), ("3.14", "3 14"), ("1,000", "1 000"),
        ("12:30", "12 30"), (".5", "5"), ("-.5", "-5"), ("1.5", "1:5"), ("snake_case", "snake case"), ("👍", "👎"),
        ("I feel 😀", "I feel 😢"), ("!!!", "???"), ("!!!", "!!"), ("...", ""), ("v1.2", "v12"), ("你好", "您好"),
        ("@a", "a"), ("a@b", "a b"), ("x^2", "x2"), ("\\n", "n"), ("±5", "5"), ("5‰", "5"), ("5°", "5"),
    ],
)  # fmt: skip
def test_what_carries_meaning_stays(one, other):
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yes.", "yes"), ("YES!", "yes"), (" yes\n", "yes"), ("Straße", "STRASSE"), ("ﬁn", "fin"), ("don’t", "don't"),
        ("“Hi”, he said…", '"hi" he said...'), ("−5", "-5"), ("–5", "-5"), ("ｘ＝５", "x=5"), ("３，５", "3,5"),
        ("co\u00adop", "coop"), ("\ufeffyes", "yes"), ("é", "e\u0301"), ("ΣΑΣ", "σας"), ("好！我", "好。我"),
        ("is it？yes", "is it? yes"), ("你好，世界", "你好世界"), ("a\u00a0b", "a b"), ("½", "1/2"), ("❤️", "❤"),
        ("x+=1", "x += 1"), ("(yes)", "yes"), ("¿Sí?", "sí"), ("! !", "!\t!"),
    ],
)  # fmt: skip
def test_case_width_spelling_and_sentence_punctuation_go(one, other):
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cat, sat.", "the cat sat"),
        ("x += 1", "x + = 1"),
        ("a!=b", "a != b"),
        ("costs $1,234.50!", "costs $ 1,234.50"),
        ("at 12:30: go", "at 12:30 go"),
        ("x.5 and .5", "x .5 and .5"),
        ("12.5abc6.7", "12.5abc6.7"),
        ("5²", "5 ^ 2"),
        ("你好！我们", "你 好 我 们"),
        ("ภาษา", "ภ า ษ า"),
        ("カタカナー3個", "カ タ カ ナ ー 3 個"),
        ("한국어 문장", "한국어 문장"),
        ("hi👍🏽", "hi 👍"),
        ("  ", ""),
        ("", ""),
        (None, ""),
        (" !!! ", "!!!"),
        ("?\n?", "?\u00a0?"),
    ],
)
def test_the_words_are_these(text, expected):
    assert words(text) == expected


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(st.lists(ANY_TEXT, max_size=6), st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_each_text_is_normalised_by_itself_whatever_the_slices(texts, width):
    module = sys.modules["ftdata.near_duplicates.normalise"]
    alone = [words(text) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_SLICE_BYTES", width)
        assert normalise(pl.Series(texts, dtype=pl.String)).to_list() == alone


@given(st.text(st.characters(max_codepoint=127), max_size=60))
@settings(max_examples=150, deadline=None)
def test_ascii_texts_have_the_same_words_on_both_ways(text):
    """The quick pattern for ASCII and the one for all of Unicode are one rule."""
    both = words(f"{text} é").split(" ")
    assert both == [*words(f"{text} e").split(" ")[:-1], "é"]


@given(ANY_TEXT)
@settings(max_examples=150, deadline=None)
def test_words_are_separated_by_single_spaces_and_stay_words(text):
    once = words(text)
    assert "  " not in once
    assert once == once.strip(" ")
    assert not once or all(once.split(" "))
    assert (once == "") == (not text.strip() and once == "")


def test_the_name_of_the_column_and_an_empty_column_survive():
    assert normalise(pl.Series("t", ["A"])).name == "t"
    assert normalise(pl.Series("t", [], dtype=pl.String)).to_list() == []
    assert normalise(pl.Series("t", [None, None], dtype=pl.Null)).to_list() == ["", ""]
