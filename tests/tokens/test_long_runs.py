"""Enormous runs of white space are counted exactly instead of ending the run of the program."""

from __future__ import annotations

import functools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftdata.tokens import PACKAGED, load_encoding
from ftdata.tokens.constants import PUBLISHED
from ftdata.tokens.encodings import build_encoding
from ftdata.tokens.long_runs import WHOLE_PIECE_PATTERN, cut_long_runs

# All of Unicode's White_Space, what Python alone takes for it (U+001C-1F), and neighbours that patterns treat in their own way.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000"
ALMOST = "\x1c\x1d\x1e\x1f\u180e\u200b\u2060\ufeff"
spaced_texts = st.lists(
    st.sampled_from(
        [*SPACES, *ALMOST, "   ", " \t", "\n\n", "\r\n", "a", "Z", "1", "!", "/", "'s", "é", "日", "\ud800"]
    ),
    max_size=24,
).map("".join)


@functools.cache
def whole_piece(name):
    return build_encoding(name, pattern=WHOLE_PIECE_PATTERN)


def ids_by_parts(name, text, limit):
    ids = []
    for part, one_piece in cut_long_runs(
        text, trailing_stands_alone=PUBLISHED[name].trailing_space_stands_alone, limit=limit
    ):
        ids += (whole_piece(name) if one_piece else load_encoding(name).encoding).encode_ordinary(part)
    return ids


@pytest.mark.parametrize("name", PACKAGED)
@settings(max_examples=400, deadline=None)
@given(spaced_texts, st.integers(2, 5))
@example("!\n  ", 2)
@example("\n\n  x", 2)
@example("x  ", 2)
@example("  \nx", 2)
@example("a \x1c  b", 2)
def test_ids_by_parts_are_the_ids_of_the_whole(name, text, limit):
    assert ids_by_parts(name, text, limit) == load_encoding(name).encoding.encode_ordinary(text)


@settings(max_examples=200, deadline=None)
@given(spaced_texts, st.booleans(), st.integers(2, 5))
def test_the_parts_joined_are_the_text(text, trailing, limit):
    assert "".join(part for part, _ in cut_long_runs(text, trailing_stands_alone=trailing, limit=limit)) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("o200k_base", " " * 999_999),
        ("o200k_base", "\u3000" * 999_999),
        ("cl100k_base", " " * 999_999),
        ("cl100k_base", "x\n" + " " * 600_000 + "1" + " " * 300_000 + "\n!"),
    ],
    ids=["spaces", "wide spaces", "spaces to the end", "two runs"],
)
def test_the_longest_runs_the_independent_library_takes_give_its_count(reference, name, text):
    """It stops below a million characters; tiktoken alone panics from 999,999 on."""
    expected = len(reference.get_encoding(name).encode_ordinary(text))
    assert load_encoding(name).count([text]).tolist() == [expected]


@pytest.mark.parametrize("name", PACKAGED)
@pytest.mark.parametrize(
    "text",
    [
        "x" + " " * 1_100_000 + "y",
        "!\n" + "\t " * 520_000 + "z",
        "x\n" + "\u3000" * 1_000_000,
        "\ud800" + " " * 1_000_000 + "\n1",
    ],
    ids=["between letters", "two kinds", "to the end", "newline behind"],
)
def test_runs_beyond_the_limit_of_the_engine_are_counted(name, text):
    counter = load_encoding(name)
    low, high = counter.bounds([text])
    assert low[0] <= counter.count([text])[0] <= high[0]


def test_runs_a_little_too_short_are_left_to_the_engine():
    text = ("x" + " " * 99_998) * 5
    assert list(cut_long_runs(text, trailing_stands_alone=True)) == [(text, False)]
