"""Finds private data in one text: kinds in, spans out, offsets in code points of the text as it was given.

The order of work: ask whether there is a digit or an `@` at all, fold the text (`folding`), ask cheap questions that rule kinds
out (no `[13]` with 25 letters or digits behind it: no bitcoin address), run what is left, settle overlaps. Findings depend on the text and the settings alone: no network, no clock, no cache, no model.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import InitVar, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ftdata.pii import account_numbers, emails, phones
from ftdata.pii.folding import Folded, fold
from ftdata.pii.kinds import DEFAULT_KINDS, KINDS, check_kinds
from ftdata.pii.phones import DEFAULT_REGIONS, check_regions
from ftdata.pii.presidio_bridge import host_is_public, load_recogniser, require_pii
from ftdata.pii.urls import find_urls

if TYPE_CHECKING:
    from ftdata.pii.presidio_bridge import Recogniser

__all__ = ["Detector", "Span", "resolve"]


@dataclass(frozen=True, slots=True)
class Span:
    """One finding. It holds no text, so it can be printed and logged.

    Attributes:
        start: First code point.
        end: One past the last code point.
        kind: A name in `KINDS`.
        score: How certain it is, above 0 up to 1. Used to settle overlaps.
    """

    start: int
    end: int
    kind: str
    score: float


_Finder = Callable[[Folded], Iterator[tuple[int, int, float]]]


@dataclass(frozen=True)
class Detector:
    """What to look for. Settings only: it can be pickled, compared and hashed; the heavy parts are built once per process.

    Args:
        kinds: Names in `KINDS`.
        regions: Regions whose national phone notation is understood (ISO 3166-1 alpha-2).
        check: Whether to make sure now that the libraries of the extra `pii` are installed.

    Raises:
        RecipeError: An unknown kind or region.
        MissingExtraError: `check` is set and a library is not installed.

    Example:
        >>> Detector().find("write to ana@example.com")
        [Span(start=9, end=24, kind='EMAIL_ADDRESS', score=1.0)]
    """

    kinds: tuple[str, ...] = DEFAULT_KINDS
    regions: tuple[str, ...] = DEFAULT_REGIONS
    check: InitVar[bool] = False

    def __post_init__(self, check: bool) -> None:
        object.__setattr__(self, "kinds", check_kinds(self.kinds))
        object.__setattr__(self, "regions", check_regions(self.regions))
        if check:
            require_pii()

    def find(self, text: str) -> list[Span]:
        """Finds private data in one text.

        Args:
            text: Any text.

        Returns:
            Spans in code points of `text`, sorted, without overlaps.

        Raises:
            MissingExtraError: A library of the extra `pii` is not installed.
        """
        return _find(text, self.kinds, self.regions, gated=True)

    def find_under(self, key: str, text: str) -> list[Span]:
        """Finds private data in the value of a key, which may say what it is: `{"phone": 2025550143}`.

        Args:
            key: The key, or several parted by spaces, the nearest last; camelCase is taken apart.
            text: The value; long ones speak for themselves.

        Returns:
            What `find` finds, and what it finds only because of the key. Spans in code points of `text`.
        """
        spans = self.find(text)
        if not key or len(text) > _LONGEST_VALUE or sum(map(str.isdigit, text)) < phones.LEAST_DIGITS:
            return spans
        head = f"{_HUMP.sub(' ', key).replace('_', ' ')[-_LONGEST_VALUE:]}: "
        size = len(head)
        told = (s for s in self.find(head + text) if s.start >= size)
        return resolve([*spans, *(Span(s.start - size, s.end - size, s.kind, s.score) for s in told)])

    @property
    def needs_digit_or_at(self) -> bool:
        """Whether a text without any decimal digit and any `@` can hold none of the kinds."""
        return _needs_trace(self.kinds)


_LONGEST_VALUE = 64  # a value that its key explains is a number, no sentence; an IBAN with blanks has up to 42
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def resolve(spans: Iterable[Span]) -> list[Span]:
    """Settles overlaps: the higher score wins, then the longer span, then the earlier, then the order of `KINDS`.

    Args:
        spans: Any spans.

    Returns:
        Those that are left, sorted, without overlaps.
    """
    order = {kind: i for i, kind in enumerate(KINDS)}
    ranked = sorted(spans, key=lambda s: (-s.score, s.start - s.end, s.start, order.get(s.kind, len(order)), s.kind))
    kept: list[Span] = []
    starts: list[int] = []
    for span in ranked:
        at = bisect_left(starts, span.start)
        if (at == 0 or kept[at - 1].end <= span.start) and (at == len(kept) or span.end <= kept[at].start):
            kept.insert(at, span)
            starts.insert(at, span.start)
    return kept


def _find(text: str, kinds: tuple[str, ...], regions: tuple[str, ...], *, gated: bool) -> list[Span]:
    """Finds spans; `gated=False` asks every finder about every text, for the proof that the gates change nothing."""
    if not text or (gated and _needs_trace(kinds) and _TRACE.search(text) is None):
        return []
    folded = fold(text)
    masked = folded.masked
    digits = sum(map(masked.count, "0123456789")) if gated else 0
    raw: list[Span] = []
    for kind, finder in _finders(kinds, regions):
        if gated and (gate := _GATES.get(kind)) and (digits < gate[0] or gate[1].search(masked) is None):
            continue
        for start, end, score in finder(folded):
            raw.append(Span(*folded.original(start, end), kind, score))
    return resolve(raw) if raw else raw


# -- gates -----------------------------------------------------------------------------------------------------------
# kind: (digits, what a text with such a value must have). Read off the patterns and wider than they are; the differential
# tests hold them to it. Each begins with few characters, so that a search runs over prose without stopping.
_GATES: dict[str, tuple[int, re.Pattern[str]]] = {
    kind: (digits, re.compile(pattern))
    for kind, digits, pattern in (
        ("EMAIL_ADDRESS", 0, "@"),
        ("PHONE_NUMBER", phones.LEAST_DIGITS, rf"[0-9](?: ?[-./()]{{0,2}} ?[0-9]){{{phones.LEAST_DIGITS - 1}}}"),
        ("CREDIT_CARD", 12, r"[0-9](?:[ .-]?[0-9]){11}"),
        ("IBAN_CODE", 2, r"[0-9](?<=[A-Za-z]{2}[0-9])[0-9]"),
        ("US_SSN", 9, r"[0-9]{3}[- .]?[0-9]{2}[- .]?[0-9]{4}"),
        ("IP_ADDRESS", 1, r"[.:](?:(?<=:)[0-9A-Fa-f]{0,4}:|(?<=\.)[0-9]{1,3}\.)"),
        ("CRYPTO", 1, r"[13]\w{25}"),
        ("URL", 0, r"\."),
        ("MAC_ADDRESS", 0, r"[:.-]"),
        ("UUID", 0, "-"),
    )
}


# Before a text is folded: a decimal digit of any script or an `@` of any width, as `folding` knows them. Every escape that
# stands for one of them is written with a digit (the test of `folding` counts them all).
_TRACE = re.compile(r"[\d@\uff20\ufe6b]")


@lru_cache(maxsize=16)  # a process has a detector or two; tests have more
def _needs_trace(kinds: tuple[str, ...]) -> bool:
    return all(kind in _GATES and kind not in {"URL", "MAC_ADDRESS", "UUID"} for kind in kinds)


# -- finders ---------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=16)  # a process has a detector or two; tests have more
def _finders(kinds: tuple[str, ...], regions: tuple[str, ...]) -> tuple[tuple[str, _Finder], ...]:
    """One finder per kind."""
    require_pii()
    return tuple((kind, _finder(kind, regions)) for kind in kinds)


def _finder(kind: str, regions: tuple[str, ...]) -> _Finder:
    if kind == "PHONE_NUMBER":
        return lambda folded: phones.find_phones(folded.masked, folded.plain, regions)
    known = load_recogniser(kind)
    if kind == "EMAIL_ADDRESS":
        return lambda folded: emails.find_emails(folded.masked, folded.plain, lambda value: known.score(value, 0.5))
    if kind == "IBAN_CODE":
        return lambda folded: account_numbers.find_ibans(folded.masked, lambda value: known.score(value, 0.0))
    if kind == "US_SSN":
        return lambda folded: account_numbers.find_ssns(folded.masked, folded.plain)
    if kind == "CREDIT_CARD":
        return lambda folded: _believed(known, folded, lambda s, e: account_numbers.believe_card(folded.plain, s, e))
    if kind == "IP_ADDRESS":
        return lambda folded: _believed(known, folded, lambda s, e: account_numbers.believe_ip(folded.masked, s, e))
    if kind == "URL":
        return lambda folded: find_urls(folded.masked, host_is_public)
    if KINDS[kind].alone or known.context is None:
        return lambda folded: known.matches(folded.masked)
    return lambda folded: _in_context(known, folded)


def _believed(
    known: Recogniser, folded: Folded, believe: Callable[[int, int], bool]
) -> Iterator[tuple[int, int, float]]:
    """Matches that a second look leaves standing."""
    return (match for match in known.matches(folded.masked) if believe(match[0], match[1]))


# Five words to either side, as presidio's enhancer looks (context_prefix_count=5), in characters.
_CONTEXT_BEFORE, _CONTEXT_AFTER = 50, 30


def _in_context(known: Recogniser, folded: Folded) -> Iterator[tuple[int, int, float]]:
    """Matches with one of the recogniser's context words near them."""
    words, plain = known.context, folded.plain
    assert words is not None
    if words.search(plain) is None:
        return
    for start, end, score in known.matches(folded.masked):
        before, after = plain[max(0, start - _CONTEXT_BEFORE) : start], plain[end : end + _CONTEXT_AFTER]
        if words.search(before) or words.search(after):
            yield start, end, known.with_context(score)
