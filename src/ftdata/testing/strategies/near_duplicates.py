"""Texts that are nearly the same, and groups of them with the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["WORD_EDITS", "DuplicateGroups", "near_duplicate_groups", "near_duplicates_of"]

WordEdit = Literal["case", "white_space", "punctuation", "zero_width", "swap", "drop", "add"]
WORD_EDITS: Final[tuple[WordEdit, ...]] = ("case", "white_space", "punctuation", "zero_width", "swap", "drop", "add")
"""What can happen to one word; the first four leave the words the same after normalisation."""


@dataclass(frozen=True)
class DuplicateGroups:
    """Texts, and which of them are copies of each other.

    Attributes:
        texts: The texts.
        groups: For each text the number of its group. Texts of different groups have no word in common.
        words: Words of an unedited text.
        max_edits: Words by which a copy may differ from the first text of its group.
    """

    texts: tuple[str, ...]
    groups: tuple[int, ...]
    words: int
    max_edits: int

    def least_similarity(self, *, ngram: int = 5) -> float:
        """A lower bound of the Jaccard similarity, by word n-grams, of a copy and the text it was made from.

        One edited word touches at most `ngram` of the n-grams on either side.

        Args:
            ngram: Words per shingle.
        """
        shingles = max(1, self.words - ngram + 1)
        touched = ngram * self.max_edits
        return max(0.0, (shingles - touched) / (shingles + touched))


def near_duplicates_of(
    text: str, *, max_edits: int = 3, kinds: Sequence[WordEdit] = WORD_EDITS, filler: str = "zz"
) -> SearchStrategy[str]:
    """Texts that differ from `text` in at most `max_edits` words. Shrinks to `text` itself.

    Args:
        text: The text; words stand between single spaces.
        max_edits: Most edits, each of one word.
        kinds: Edits to choose from, a subset of `WORD_EDITS`.
        filler: The word that `add` puts in and `swap` puts in the place of another.
    """
    places = st.tuples(st.sampled_from(tuple(kinds)), st.integers(0, max(0, len(text.split(" ")) - 1)))
    # Edits as one list: it shrinks to none. The place is taken modulo the words that are left, so none is refused.
    return st.lists(places, max_size=max_edits).map(lambda edits: _edited(text, edits, filler))


@st.composite
def near_duplicate_groups(  # noqa: D417  # Hypothesis gives `draw`
    draw: DrawFn, *, min_groups: int = 1, max_groups: int = 4, max_copies: int = 3, words: int = 40, max_edits: int = 1
) -> DuplicateGroups:
    """Groups of near-copies, mixed; no two groups share a word. Shrinks to one text, then to exact copies.

    Args:
        min_groups: Fewest groups.
        max_groups: Most groups.
        max_copies: Most copies of a text besides itself.
        words: Words of a text.
        max_edits: Most edited words of a copy; 1 in 40 words keeps a copy at a Jaccard similarity of 0.75 or more by word
            5-grams (`DuplicateGroups.least_similarity`).
    """
    rows: list[tuple[str, int]] = []
    for group, copies in enumerate(
        draw(st.lists(st.integers(0, max_copies), min_size=min_groups, max_size=max_groups))
    ):
        text = " ".join(f"w{group}x{number}" for number in range(words))
        edited = near_duplicates_of(text, max_edits=max_edits, filler=f"w{group}new")
        rows += [(text, group), *((copy, group) for copy in draw(st.lists(edited, min_size=copies, max_size=copies)))]
    rows = draw(st.permutations(rows))
    return DuplicateGroups(tuple(text for text, _ in rows), tuple(group for _, group in rows), words, max_edits)


def _edited(text: str, edits: list[tuple[WordEdit, int]], filler: str) -> str:
    words = text.split(" ")
    for kind, place in edits:
        at = place % len(words)
        if kind == "case":
            words[at] = words[at].swapcase()
        elif kind == "white_space":
            words[at] += "\u00a0\n"
        elif kind == "punctuation":
            words[at] += ","
        elif kind == "zero_width":
            words[at] += "\u200b"
        elif kind == "swap":
            words[at] = filler
        elif kind == "add":
            words.insert(at, filler)
        elif len(words) > 1:  # drop: the last word stays
            del words[at]
    return " ".join(words)
