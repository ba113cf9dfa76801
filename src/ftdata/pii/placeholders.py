"""Stand-ins for private values: `<EMAIL_ADDRESS_1>`, numbered per kind within one conversation.

Equal values get equal stand-ins, so that a model can still learn who wrote to whom: the same number in other punctuation, an
address in other capitals, a phone number with and without its country code. A number that some text of the conversation already
uses is never given out, and a stand-in is never found again: scrubbing twice is scrubbing once.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from ftdata.pii.folding import STAND_IN, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ftdata.pii.detect import Span

__all__ = ["Placeholders", "replace", "scrub", "scrub_text"]

_PUNCTUATION_ONLY = frozenset({"CREDIT_CARD", "IBAN_CODE", "US_SSN", "MAC_ADDRESS"})
_AS_WRITTEN = frozenset({"CRYPTO", "URL"})  # capitals matter
_NOT_ALPHANUMERIC = re.compile(r"[\W_]")
_LEAST_SHARED = 7  # digits of a phone number that must agree before a country code may be supplied


def _normal_form(kind: str, value: str) -> str:
    """What two spellings of one value have in common."""
    plain = fold(value).plain
    if kind in _PUNCTUATION_ONLY:
        return _NOT_ALPHANUMERIC.sub("", plain).upper()
    if kind == "PHONE_NUMBER":
        digits = re.sub(r"[^0-9]", "", plain.replace("(0)", ""))
        international = plain.lstrip().startswith(("+", "00"))
        return ("+" if international else "") + digits.lstrip("0")
    if kind == "IP_ADDRESS":
        try:
            return str(ipaddress.ip_interface(plain))
        except ValueError:
            return plain.casefold()
    spaced = " ".join(plain.split())
    if kind in _AS_WRITTEN and not (kind == "CRYPTO" and spaced.casefold().startswith("bc1")):
        return spaced
    return spaced.casefold()


def _same_phone(one: str, other: str) -> bool:
    """Whether a national and an international normal form are one number: the same end, after a country code of 1 to 3 digits."""
    if one.startswith("+") == other.startswith("+"):
        return False
    long, short = (one[1:], other) if one.startswith("+") else (other[1:], one)
    return len(short) >= _LEAST_SHARED and 0 < len(long) - len(short) <= 3 and long.endswith(short)


class Placeholders:
    """The stand-ins of one conversation.

    Args:
        taken: All texts of the conversation, before scrubbing: stand-ins that occur in them are not given out.

    Example:
        >>> stand_ins = Placeholders(["see <US_SSN_1>"])
        >>> stand_ins.stand_in("US_SSN", "212-09-9999")
        '<US_SSN_2>'
        >>> stand_ins.stand_in("US_SSN", "212 09 9999")
        '<US_SSN_2>'
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken: dict[str, set[int]] = {}
        for text in taken:
            if "<" in text:
                for kind, number in STAND_IN.findall(text):
                    self._taken.setdefault(kind, set()).add(int(number))
        self._known: dict[str, dict[str, str]] = {}
        self._last: dict[str, int] = {}

    def __repr__(self) -> str:
        """Kinds and counts: the values are private."""
        return f"Placeholders({self.counts})"

    @property
    def counts(self) -> dict[str, int]:
        """Number of different values by kind, sorted by kind."""
        return {kind: len(set(known.values())) for kind, known in sorted(self._known.items())}

    def stand_in(self, kind: str, value: str) -> str:
        """The stand-in of a value: the one it has already, or the next free number.

        Args:
            kind: A name in `KINDS`.
            value: The private value as it is written.
        """
        known = self._known.setdefault(kind, {})
        form = _normal_form(kind, value)
        if form in known:
            return known[form]
        if kind == "PHONE_NUMBER":
            for other, given in known.items():  # first come, first matched
                if _same_phone(form, other):
                    known[form] = given
                    return given
        number = self._last.get(kind, 0) + 1
        taken = self._taken.get(kind, ())
        while number in taken:
            number += 1
        self._last[kind] = number
        known[form] = given = f"<{kind}_{number}>"
        return given


def scrub_text(text: str, spans: Iterable[Span], placeholders: Placeholders) -> list[tuple[int, int, str]]:
    """Turns findings into replacements.

    Args:
        text: The text in which they were found.
        spans: Findings, without overlaps.
        placeholders: The stand-ins of the conversation.

    Returns:
        (start, end, replacement), sorted; offsets are code points of `text`.
    """
    ordered = sorted(spans, key=lambda span: span.start)
    return [(s.start, s.end, placeholders.stand_in(s.kind, text[s.start : s.end])) for s in ordered]


def replace(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """The text after the replacements.

    Args:
        text: The text.
        edits: (start, end, replacement), sorted, without overlaps; offsets are code points of `text`.
    """
    pieces: list[str] = []
    done = 0
    for start, end, replacement in edits:
        pieces += (text[done:start], replacement)
        done = end
    pieces.append(text[done:])
    return "".join(pieces)


def scrub(text: str, find: Callable[[str], Iterable[Span]], placeholders: Placeholders) -> list[tuple[int, int, str]]:
    """Finds and replaces until nothing is found any more.

    One pass is nearly always enough. A second can find the rest of a value whose other part won an overlap, or a value that
    was joined to a neighbour. It always ends: stand-ins are never found, so every pass takes characters of the original away.

    Args:
        text: The text.
        find: `Detector.find`.
        placeholders: The stand-ins of the conversation.

    Returns:
        (start, end, replacement), sorted, without overlaps; offsets are code points of the original `text`.
        `find(replace(text, edits))` is empty.
    """
    edits: list[tuple[int, int, str]] = []
    current = text
    while spans := list(find(current)):
        step = scrub_text(current, spans, placeholders)
        edits = _compose(edits, step)
        current = replace(text, edits)
    return edits


def _compose(edits: list[tuple[int, int, str]], later: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The edits of two passes as one; those of the later pass are in offsets of the text after the first."""
    composed: list[tuple[int, int, str]] = list(edits)
    shift, waiting = 0, iter([*edits, None])
    edit = next(waiting)
    for start, end, replacement in later:
        while edit is not None and edit[0] + shift < start:
            shift += len(edit[2]) - (edit[1] - edit[0])
            edit = next(waiting)
        composed.append((start - shift, end - shift, replacement))
    return sorted(composed)
