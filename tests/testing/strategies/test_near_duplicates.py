"""Near-copies and groups of them."""

from __future__ import annotations

import string
from random import Random

import polars as pl
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from ftdata.near_duplicates import normalise
from ftdata.testing.strategies import DuplicateGroups, near_duplicate_groups, near_duplicates_of

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEARCH = settings(max_examples=2000, database=None, deadline=None, suppress_health_check=list(HealthCheck))
TEXT = " ".join(string.ascii_lowercase)


def words_of(text: str) -> list[str]:
    return normalise(pl.Series([text]))[0].split(" ")


def shingles(text: str, n: int) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[i : i + n]) for i in range(max(1, len(words) - n + 1))}


@FEW
@given(near_duplicates_of(TEXT, max_edits=2, filler="new"))
def test_an_edit_changes_one_word(text) -> None:
    left, right = set(words_of(TEXT)), set(words_of(text))
    assert len(left - right) <= 2
    assert right - left <= {"new"}


@FEW
@given(near_duplicates_of(TEXT, kinds=("case", "white_space", "punctuation", "zero_width")))
def test_four_kinds_of_edit_leave_the_words_the_same(text) -> None:
    assert words_of(text) == words_of(TEXT)


@FEW
@given(near_duplicates_of("one", max_edits=5))
def test_a_text_of_one_word_keeps_a_word(text) -> None:
    assert text.strip()


def test_a_near_copy_shrinks_to_the_text_itself() -> None:
    assert find(near_duplicates_of(TEXT), lambda text: True, settings=SEARCH, random=Random(1)) == TEXT


@FEW
@given(near_duplicate_groups(words=12, max_copies=2))
def test_groups_share_no_word(found: DuplicateGroups) -> None:
    words: dict[int, set[str]] = {}
    for text, group in zip(found.texts, found.groups, strict=True):
        words.setdefault(group, set()).update(words_of(text))
    seen: set[str] = set()
    for of_group in words.values():
        assert not seen & of_group
        seen |= of_group


@FEW
@given(near_duplicate_groups(words=20, max_groups=2), st.integers(1, 5))
def test_every_copy_is_as_alike_as_the_oracle_says(found, ngram) -> None:
    for text, group in zip(found.texts, found.groups, strict=True):
        original = " ".join(f"w{group}x{number}" for number in range(20))
        one, other = shingles(original, ngram), shingles(text, ngram)
        assert len(one & other) / len(one | other) >= found.least_similarity(ngram=ngram)


def test_one_edit_in_forty_words_is_three_quarters_alike() -> None:
    assert DuplicateGroups((), (), 40, 1).least_similarity() == 31 / 41


def test_groups_shrink_to_equal_texts() -> None:
    found = find(
        near_duplicate_groups(words=3),
        lambda found: len(found.texts) >= 3 and len(set(found.groups)) == 2,
        settings=SEARCH,
        random=Random(1),
    )
    assert len(found.texts) == 3
    assert set(found.texts) == {"w0x0 w0x1 w0x2", "w1x0 w1x1 w1x2"}
