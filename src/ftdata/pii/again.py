"""A number that was told once is known wherever it stands: values found in one text are looked for in all of its conversation.

`My SSN is 123 45 6789` tells what its number is, the answer `Got it: 123 45 6789` does not: seen alone it could be anything.
So when all texts of a conversation were searched, the digits of what was found are looked for once more, in whatever blocks
they are written there. The same digits in the same order are evidence enough, if nothing touches them: they are never
taken out of a longer number, a decimal, a version, a path or a name.

A phone number is also known with and without its country code (`+1`, `001`, `1`) and the trunk prefix of its country (the 0 of
030 1234567); both are libphonenumber's. Behind a `+` the country code must be one of its own: +49 2125550199 is not the
2125550199 of New York.

Addresses, wallets and IBANs speak for themselves wherever they stand, so there is little to look for: IBANs in other
blocks or without their country, and IPv4 addresses behind an `@`, where alone they could be versions.

The cost is one pass over the digits of each text, whatever the number of values: blocks of digits are looked up in a table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from ftdata.pii.detect import Span
from ftdata.pii.folding import fold
from ftdata.pii.numbering_plans import readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Known"]

_LEAST: Final = 7
"""Digits of a value that is looked for again: fewer are equal by chance."""
_LEAST_ALONE: Final = 10
"""Digits behind a comma that cannot be decimals, but the next cell of a line."""
_MOST_BLOCKS: Final = 9  # an IBAN of 33 in fours
_MOST_DIGITS: Final = 34
_SCORE: Final = 0.3
"""Below every finding that its own text speaks for: they win an overlap."""
_SURE_PHONE: Final = 0.5
"""A phone number with less is only shaped like one (`phones`): it is looked for again only if it is written in blocks."""
_NO_NUMBERS: Final = frozenset({"DATE_TIME", "EMAIL_ADDRESS", "CRYPTO", "IP_ADDRESS", "MAC_ADDRESS", "URL", "UUID"})

_RUN = re.compile(rf"(?:\+ ?)?\(?[0-9](?: ?[-./()]{{0,2}} ?[0-9]){{{_LEAST - 1},}}")
_SEVEN = re.compile(rf"(?:\D*\d){{{_LEAST}}}")  # digits of any script; what escapes a digit is written with digits
_BLOCK = re.compile(r"[0-9]+")
_LETTERED = re.compile(r"([A-Za-z]{0,3})[ -]?([0-9][0-9 .-]*)")
_EXTENSION = re.compile(r" ?(?:x|ext|#).*\Z", re.IGNORECASE | re.DOTALL)
_LETTERS_BEFORE = re.compile(r"(?<![^\W_])([A-Za-z]{1,3})[ .-]?\Z")

_TOUCHED_BEFORE = re.compile(r"(?:\w|[@\\€£¥$#+/%]|[0-9][.:]|[0-9A-Za-z]-|(?:[^A-Za-z]|\A)\.)\Z")
_TOUCHED_AFTER = re.compile(r"\w|[@%€£]|:[0-9]|[/-][0-9A-Za-z]|(?!\.0(?![0-9A-Za-z.]))\.[0-9a-z]|,[0-9]{1,3}(?![0-9])")
_CELL_BEFORE = re.compile(r"[0-9],\Z")
_HOST_BEHIND_AT = re.compile(r"(?<=@)[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z_]|[.-][0-9A-Za-z])")


class _Value(NamedTuple):
    kind: str
    text: str  # as it was found
    letters: str  # before its digits, in capitals


class Known:
    """The values of one conversation that are looked for again.

    Args:
        found: Findings, each with the text of its span.
        regions: Regions whose national phone notation is understood (ISO 3166-1 alpha-2).
    """

    def __init__(self, found: Iterable[tuple[Span, str]], regions: tuple[str, ...]) -> None:
        self._digits: dict[str, _Value] = {}
        self._abroad: dict[str, _Value] = {}  # digits behind a +
        self._hosts: dict[str, _Value] = {}
        phones: list[_Value] = []
        for span, text in found:
            plain = fold(text).plain
            value = _Value(span.kind, text, "")
            if span.kind == "IP_ADDRESS":
                if _SEVEN.match(plain):
                    self._hosts.setdefault(plain, value)
            elif span.kind == "PHONE_NUMBER":
                if span.score >= _SURE_PHONE or len(_BLOCK.findall(plain)) > 1:
                    phones.append(value)
            elif span.kind not in _NO_NUMBERS and (parts := _LETTERED.fullmatch(plain)):
                digits = "".join(_BLOCK.findall(parts[2]))
                self._digits.setdefault(digits, value._replace(letters=parts[1].upper()))
        self._regions = regions
        self._phones: dict[
            str, list[tuple[_Value, str]]
        ] = {}  # last digits -> numbers whose other forms nobody asked for yet
        for value in phones:
            number = _EXTENSION.sub("", fold(value.text).plain)
            digits = "".join(_BLOCK.findall(number))
            (self._abroad if number.startswith("+") else self._digits).setdefault(digits, value)
            self._phones.setdefault(digits[-_LEAST:], []).append((value, number))
        self._digits = {digits: value for digits, value in self._digits.items() if len(digits) >= _LEAST}

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._digits or self._abroad or self._hosts)

    def __repr__(self) -> str:
        """Counts: the values are private."""
        return f"Known({len(self._digits) + len(self._abroad) + len(self._hosts)})"

    def may_stand_in(self, text: str) -> bool:
        """False for most texts in which nothing is to be found, at little cost.

        Args:
            text: As in `find`; what other findings hold may be left out.
        """
        return bool(self) and _SEVEN.match(text) is not None

    def _lookup(self, digits: str, *, abroad: bool) -> _Value | None:
        """The value that some digits are; what is written so is that number before any other.

        libphonenumber is asked only about numbers that end in the same digits: it takes long.
        """
        table = self._abroad if abroad else self._digits
        if (value := table.get(digits)) is None and digits[-_LEAST:] in self._phones:
            for phone, number in self._phones.pop(digits[-_LEAST:]):
                self._add_forms(phone, number)
            value = table.get(digits)
        return value

    def _add_forms(self, value: _Value, number: str) -> None:
        for country, trunk, national in readings(number, self._regions):
            if len(national) >= _LEAST:
                for digits in (country + national, f"{country}0{national}"):  # +49 (0)30 1234567
                    self._abroad.setdefault(digits, value)
                    self._digits.setdefault(f"00{digits}", value)
                for digits in (national, trunk + national, country + national):
                    self._digits.setdefault(digits, value)

    def find(self, text: str) -> Iterator[tuple[Span, str]]:
        """Finds the values in one text.

        Args:
            text: Any text of the conversation.

        Yields:
            A span in code points of `text`, and the value as it was found where it was told. Spans do not overlap.
        """
        folded = fold(text)
        masked = folded.masked
        if self._digits or self._abroad:
            for run in _RUN.finditer(masked):
                for start, end, value in self._in_run(masked, *run.span()):
                    yield Span(*folded.original(start, end), value.kind, _SCORE), value.text
        if self._hosts:
            for host in _HOST_BEHIND_AT.finditer(masked):
                if known := self._hosts.get(host.group()):
                    yield Span(*folded.original(*host.span()), known.kind, _SCORE), known.text

    def _in_run(self, masked: str, start: int, end: int) -> Iterator[tuple[int, int, _Value]]:
        """Values in one run of digits and separators, the longest first at each block."""
        blocks = [match.span() for match in _BLOCK.finditer(masked, start, end)]
        plus = masked[start] == "+"
        first, done = 0, 0  # behind what was taken a new number may begin
        while first < len(blocks) and (first == done or not plus):
            abroad = plus and first == 0
            for last, digits in _candidates(masked, blocks, first):
                value = self._lookup(digits, abroad=abroad)
                if value is None or not _apart(masked, blocks, first, last, done):
                    continue
                begin = start if abroad else _opened(masked, blocks[first][0], blocks[last][1])
                taken = _bounded(masked, begin, blocks[last][1], value, len(digits))
                if taken is not None:
                    yield taken, blocks[last][1], value
                    done = last + 1
                    break
            first = max(first + 1, done)


def _candidates(masked: str, blocks: list[tuple[int, int]], first: int) -> list[tuple[int, str]]:
    """What some blocks from one on are together, if it is long enough; the longest first."""
    found: list[tuple[int, str]] = []
    digits = ""
    for last in range(first, min(first + _MOST_BLOCKS, len(blocks))):
        digits += masked[slice(*blocks[last])]
        if len(digits) > _MOST_DIGITS:
            break
        if len(digits) >= _LEAST:
            found.append((last, digits))
    return found[::-1]


def _apart(masked: str, blocks: list[tuple[int, int]], first: int, last: int, done: int) -> bool:
    """Whether other blocks of the run stand apart, behind a blank, and otherwise than the blocks of the value from each other."""

    def gap(at: int) -> str:
        return masked[blocks[at][1] : blocks[at + 1][0]]

    inside = {gap(at) for at in range(first, last)}
    if last == first + 1 and inside == {"."}:
        return False  # 1.2125550199 is a decimal
    outside = [gap(first - 1)] if first > done else []
    outside += [gap(last)] if last + 1 < len(blocks) else []
    return all(" " in one and one not in inside for one in outside)


def _opened(masked: str, start: int, end: int) -> int:
    """Where a number begins: at its bracket, if that is closed inside."""
    return start - (masked[start - 1 : start] == "(" and ")" in masked[start:end])


def _bounded(masked: str, start: int, end: int, value: _Value, size: int) -> int | None:
    """Where the value begins, with the letters that belong to it; None if it is a piece of something longer."""
    if masked.count("(", start, end) != masked.count(")", start, end) or _TOUCHED_AFTER.match(masked, end):
        return None
    if value.letters:
        letters = _LETTERS_BEFORE.search(masked[max(0, start - 6) : start])
        if letters is not None and letters[1].upper() == value.letters:
            start -= len(letters.group())
        elif value.kind != "IBAN_CODE":
            return None
    before = masked[max(0, start - 2) : start]
    if _TOUCHED_BEFORE.search(before) or (size < _LEAST_ALONE and _CELL_BEFORE.search(before)):
        return None
    return start
