"""Stand-ins for private values: `<EMAIL_ADDRESS_1>`, numbered per kind within one conversation.

Equal values get equal stand-ins, so that a model can still learn who wrote to whom: the same number in other punctuation, an
address in other capitals or encodings, a phone number with and without its country code. A number that some text of the
conversation already uses is never given out, and a stand-in is never found again: scrubbing twice is scrubbing once.

Where code or JSON stands inside a text, a bare number that is the value of a key, or one of an array of such, becomes a string
in the quotes of the key: `{"card": 4111111111111111}` is `{"card": "<CREDIT_CARD_1>"}`.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
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
    plain = unicodedata.normalize("NFC", fold(value).plain)
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


def _without_country(form: str) -> list[str]:
    """What the normal form of a phone number with + or 00 may be without country code (1 to 3 digits) or sign, longest first."""
    return [form[i:] for i in range(1, 5) if len(form) - i >= _LEAST_SHARED] if form.startswith("+") else []


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
        self._national: dict[str, str] = {}  # a phone number without its country code -> the first one with it
        self._other: dict[
            tuple[str, str], str
        ] = {}  # kind and normal form of a spelling -> the value that it is known to be

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
        if (other := self._other.pop((kind, form), None)) is not None:
            known[form] = given = self.stand_in(kind, other)
            return given
        if kind == "PHONE_NUMBER":
            national = _without_country(form)
            for other in national:
                self._national.setdefault(other, form)
            for other in (*national, self._national.get(form, "")):
                if other in known:
                    known[form] = given = known[other]
                    return given
        number = self._last.get(kind, 0) + 1
        taken = self._taken.get(kind, ())
        while number in taken:
            number += 1
        self._last[kind] = number
        known[form] = given = f"<{kind}_{number}>"
        return given

    def equate(self, kind: str, spelling: str, value: str) -> None:
        """Makes a spelling, which tells nothing by itself, one of a value that is known from elsewhere.

        Args:
            kind: A name in `KINDS`.
            spelling: How the value is written here.
            value: How it is written where it was told what it is.
        """
        if (form := _normal_form(kind, spelling)) != _normal_form(kind, value):
            self._other.setdefault((kind, form), value)

    def anew(self) -> Placeholders:
        """Stand-ins for which no value is known yet, but whose numbers run on: for keys that must stay different."""
        other = Placeholders()
        other._taken, other._last = self._taken, self._last
        return other


# A bare number that is the value of a key, or stands behind other numbers, words and short strings in an array that is. The
# quotes of the key are those of its value, however often they are escaped. Bounded windows, so that the search stays linear.
_ELEMENT = r"""(?:[0-9.eE+-]{1,40}|null|true|false|(?P=quote)[^"'\\\n]{0,60}(?P=quote))"""
_KEY_BEFORE = re.compile(
    r"""(?P<quote>\\{0,31}["'])\s{0,8}:\s{0,8}"""
    rf"(?:\[\s{{0,40}}(?:{_ELEMENT}\s{{0,8}},\s{{0,40}}){{0,16}})?(?P<sign>-?)\Z"
)
_VALUE_AFTER = re.compile(r"(?:\.0+)?(?=\s*(?:[],}]|\\+[nr]|\Z))")
_WINDOW = 300  # characters before a number in which its key must begin: a few elements of an array, in linear time


def _as_string(text: str, start: int, end: int, stand_in: str) -> tuple[int, int, str]:
    """The replacement of a bare number, as a string if it is a value in code or JSON."""
    if not (text[start:end].isdecimal() and text[start:end].isascii()):
        return start, end, stand_in
    key = _KEY_BEFORE.search(text, max(0, start - _WINDOW), start)
    after = _VALUE_AFTER.match(text, end, end + _WINDOW)
    if key is None or after is None:
        return start, end, stand_in
    return start - len(key["sign"]), after.end(), f"{key['quote']}{stand_in}{key['quote']}"


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
    return [_as_string(text, s.start, s.end, placeholders.stand_in(s.kind, text[s.start : s.end])) for s in ordered]


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
