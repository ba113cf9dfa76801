"""How alike two texts are, by a definition of the judge's own: the Jaccard similarity of their sets of five words in a row.

Nothing is estimated and nothing is skipped: the texts that share at least one run of words are found by an inverted index,
and the similarity follows from how many they share. Only the standard library is used, so that neither contender is
measured with its own yardstick.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NGRAM = 5
# Han, hiragana and katakana have no spaces between words: each character counts as one.
UNSPACED = "\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")


def words(text: str) -> list[str]:
    """The words of a text, without regard to case, width or punctuation."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def grams(text: str, length: int = NGRAM) -> frozenset[bytes]:
    """The runs of `length` words of a text, hashed to 8 bytes; a shorter text is one run."""
    told = words(text)
    runs = {" ".join(told[i : i + length]) for i in range(max(1, len(told) - length + 1))} if told else {text.strip()}
    return frozenset(hashlib.blake2b(run.encode(errors="replace"), digest_size=8).digest() for run in runs)


def jaccard(one: frozenset[bytes], other: frozenset[bytes]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


class Texts:
    """Texts that others can be compared with."""

    def __init__(self, texts: Iterable[str], length: int = NGRAM) -> None:
        self.sets = [grams(text, length) for text in texts]
        self._holders: dict[bytes, list[int]] = {}
        for number, one in enumerate(self.sets):
            for gram in one:
                self._holders.setdefault(gram, []).append(number)

    def __len__(self) -> int:
        return len(self.sets)

    def alike(self, one: frozenset[bytes], least: float) -> list[tuple[int, float]]:
        """All texts whose similarity to `one` is at least `least` (above 0), with it."""
        shared: Counter[int] = Counter()
        for gram in one:
            shared.update(self._holders.get(gram, ()))
        found = ((number, count / (len(one) + len(self.sets[number]) - count)) for number, count in shared.items())
        return [(number, similarity) for number, similarity in found if similarity >= least]

    def most_alike(self, one: frozenset[bytes], least: float) -> list[int]:
        """The texts that are most like `one`, if any reaches `least`; several when they tie."""
        found = self.alike(one, least)
        best = max((similarity for _, similarity in found), default=0)
        return [number for number, similarity in found if similarity == best]


def sample(total: int, most: int) -> list[int]:
    """Numbers below `total`, at most `most` of them, spread by a hash so that the choice is the same on every machine."""
    if total <= most:
        return list(range(total))
    by_hash = sorted(range(total), key=lambda number: hashlib.blake2b(str(number).encode(), digest_size=8).digest())
    return sorted(by_hash[:most])
