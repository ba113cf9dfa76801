"""Texts of messages."""

from __future__ import annotations

from random import Random

from hypothesis import find, given, settings
from hypothesis import strategies as st

from ftdata.testing.strategies import message_texts

FEW = settings(max_examples=100, deadline=None)
SEARCH = settings(max_examples=2000, database=None, deadline=None)


@FEW
@given(st.data(), st.integers(0, 8))
def test_texts_are_utf8_and_not_too_short(data, size) -> None:
    text = data.draw(message_texts(min_size=size))
    assert len(text) >= size
    assert text.encode("utf-8").decode("utf-8") == text


@FEW
@given(message_texts(alphabet="ab", min_size=1, max_size=3))
def test_an_alphabet_is_all_there_is(text) -> None:
    assert set(text) <= set("ab")
    assert 1 <= len(text) <= 3


def test_awkward_pieces_are_found_and_stand_alone() -> None:
    for piece in ("\u2028", "\x00", "e\u0301", "<|im_end|>"):
        assert (
            find(message_texts(), lambda text, piece=piece: piece in text, settings=SEARCH, random=Random(1)) == piece
        )


def test_the_smallest_text_is_one_zero() -> None:
    assert find(message_texts(), bool, settings=SEARCH, random=Random(1)) == "0"
