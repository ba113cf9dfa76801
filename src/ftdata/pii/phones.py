"""Telephone numbers: libphonenumber's numbering plans, and a looser rule where the text itself says "phone".

libphonenumber alone calls a great deal a number (nine to eleven digits are valid in some country nearly always) and misses
invented or badly grouped numbers that any reader would call one. So a candidate needs evidence beside its digits:

========================  ==========================================================================================
how it is written         what it needs
========================  ==========================================================================================
`+49 30 1234567`          a valid number; or a possible one with separators or a phone word near it; not after "order no."
`(212) 555-0199`          a valid number in one of the regions, or 8 to 15 digits in usual blocks; no year in brackets
`212-555-0199`            a phone word and usual blocks; or valid in a region *and* grouped as that region groups
`0171/1234567`            valid in AT, BE, CH or DE and grouped as there, and no path goes on around it
`2125550199`              a phone word, and valid in a region or 10 to 11 digits
========================  ==========================================================================================

Dates, years, thousands, decimals, addresses, counting rows and numbers directly after words like "order" or "ISBN" (see `phone_words`) are left alone.
The search is linear: candidates are cut out by one pattern, and each holds at most 8 blocks.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from ftdata.errors import MissingExtraError, RecipeError
from ftdata.pii.numbering_plans import grouped_as_usual, possible, valid
from ftdata.pii.phone_words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["DEFAULT_REGIONS", "LEAST_DIGITS", "check_regions", "find_phones"]

DEFAULT_REGIONS: tuple[str, ...] = tuple(
    "AT AU BE BR CH CN CZ DE DK ES FI FR GB HU IE IL IN IT JP KR MX NL NO NZ PL PT RU SE US ZA".split()  # noqa: SIM905
)
"""Regions whose national notation is understood. Numbers with + are understood for the whole world."""

LEAST_DIGITS = 7
"""Fewer digits are never a phone number here (E.164 allows at most 15)."""
_MOST_DIGITS, _MOST_BLOCKS = 15, 8  # E.164 allows 15; written in pairs, as in France, they are eight blocks
_NO_SEPARATOR = frozenset("0123456789()")
_UNMARKED = 0.5  # score of a number that only its own form speaks for

_RUN = re.compile(r"(?:\+ ?)?\(?[0-9](?: ?[-./()]{0,2} ?[0-9])*")
_BLOCK = re.compile(r"[^ /]+")
_EXTENSION = re.compile(r" ?(?:x|ext\.?|extension|#) ?[0-9]{1,6}(?![0-9A-Za-z])", re.IGNORECASE)

_EQUALS_AFTER = re.compile(r" ?(?:=|[-+*/^<>×÷]=? ?[0-9$(])")  # noqa: RUF001 - signs of multiplication
_OPERATOR_BEFORE = re.compile(r"(?:[-+*/^<>×÷]|[<>=!]=|<<) ?\Z")  # noqa: RUF001
_STARS = re.compile(r"(?:\A|[^\w*)]) ?(\*{1,3})\Z")
_LINE_MARK = re.compile(r"(?:\A|\n)[ \t]{0,12}(?:[-*•]|>{1,3}) ?\Z")
_DASH = re.compile(r"[^\W\d_]{3,}[.,)]? --? \Z")  # Ana - 212-555-0199; but x - 212
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,40}>\Z")
_NEVER = re.compile(
    r"(?:19|20)\d\d[-./ ]\d{1,2}[-./ ]\d{1,2}(?: \d{1,2})?"  # 2024-01-02, 2024-01-02 10
    r"|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d\d(?: \d{1,2})?"  # 02/01/2024
    r"|(?:19|20)\d\d(?: ?[-/] ?|[ /])(?:19|20)\d\d.*"  # 1990-2000
    r"|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"  # an IPv4 address
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[- ]?\d{0,6}"  # 20240102, 20240102-101500
)
_NUMERIC = re.compile(  # thousands, decimal, fraction, social security number
    r"\d{1,3}(?:[ .]\d{3})+|\d+\.\d+|\d+(?: ?/ ?\d+)+|\d{3}-\d{2}-\d{4}"
)
_SLASH_REGIONS = frozenset(
    {"AT", "BE", "CH", "DE"}
)  # where a slash after the area code is usual; IT, FI, KR take any fraction
_AREA_AND_SLASH = re.compile(r"0[1-9][0-9]{1,3} ?/ ?[0-9]{4,8}")
_PATH_AFTER = re.compile(r"/|\.\w")
_YEAR_IN_BRACKETS = re.compile(r"\((?:19|20)\d\d\)")
_USUAL_BLOCKS = re.compile(r"\d{1,5}(?:[ .\-/]\d{2,7}){1,5}")
_LOCAL = re.compile(r"\d{3}[-. ]\d{4}")
_BRACKETED = re.compile(r"(?:\d{1,3}[ .-]?)?\(\d{1,5}\)[ .-]?\d{2,7}(?:[ .-]\d{2,5}){0,4}")


def check_regions(regions: Iterable[str]) -> tuple[str, ...]:
    """Gives the regions sorted, once each.

    Args:
        regions: ISO 3166-1 alpha-2 codes in capitals.

    Raises:
        RecipeError: libphonenumber does not know one of them, or a single string stands in place of a list.
        MissingExtraError: Others than the default regions are asked for, and phonenumbers is not installed.
    """
    if isinstance(regions, str):
        raise RecipeError(f"regions must be a list of country codes; type: regions=[{regions!r}]")
    asked = tuple(sorted(set(regions)))
    if set(asked) <= set(DEFAULT_REGIONS):
        return asked
    try:
        from phonenumbers import SUPPORTED_REGIONS
    except ImportError:
        raise MissingExtraError("finding phone numbers", extra="pii") from None
    if unknown := [region for region in asked if region not in SUPPORTED_REGIONS]:
        raise RecipeError(
            f"unknown region: {', '.join(map(str, unknown))}; regions are two capitals, such as US, GB, DE"
        )
    return asked


# -- evidence --------------------------------------------------------------------------------------------------------
def _touches(masked: str, start: int, end: int) -> bool:
    """Whether the candidate is a piece of something longer: a decimal, an identifier, a time, a path."""
    before, after = masked[max(0, start - 4) : start], masked[end : end + 5]
    if before.rstrip("_")[-1:].isalnum() or before[-1:] in {"@", "\\", "€", "£", "¥", "$", "+"}:
        return True
    if re.search(r"[0-9][.:/-]\Z|[A-Za-z][-/]\Z|(?:[^A-Za-z]|\A)\.\Z", before):
        return True
    return re.match(r"_*[^\W_]|[@%€£]|[:./-][0-9]|,[0-9]{3}(?![0-9])|-[A-Za-z]", after) is not None


def _counting(digits: str, blocks: list[str]) -> bool:
    """Whether the blocks count up or down in small equal steps, or the digits are all the same or all 0 and 1."""
    if len(set(digits)) == 1 or set(digits) <= {"0", "1"}:
        return True
    return (
        len(blocks) >= 4
        and len(steps := {int(b) - int(a) for a, b in pairwise(blocks)}) == 1
        and -20 <= steps.pop() <= 20
    )


def _marked_up(plain: str, start: int) -> bool:
    """Whether the sign before it is no operator: a bullet or quote of Markdown at the start of a line, a dash, the end of a tag."""
    before = plain[max(0, start - 48) : start]
    return any(mark.search(before) for mark in (_LINE_MARK, _DASH, _TAG))


def _area_and_slash(plain: str, start: int, end: int) -> bool:
    """Whether a fraction may be a German area code and number, `0171/1234567`: nothing that makes it a path stands around it."""
    return (
        _AREA_AND_SLASH.fullmatch(plain, start, end) is not None
        and plain[max(0, start - 1) : start] not in {"/", "."}
        and _PATH_AFTER.match(plain, end) is None
    )


def _sum(plain: str, start: int, end: int, blocks: list[str]) -> bool:
    """Whether it reads as arithmetic or a range: 3000-1200 =, x >= 2250 - 2146."""
    stars = _STARS.search(plain[max(0, start - 5) : start])
    emphasised = stars is not None and plain.startswith(stars[1], end)
    if not emphasised and _EQUALS_AFTER.match(plain, end):
        return True
    if not emphasised and _OPERATOR_BEFORE.search(plain[max(0, start - 3) : start]) and not _marked_up(plain, start):
        return True
    if len(blocks) == 2 and "-" in plain[start:end] and blocks[0][0] != "0":
        return True
    return all(block.endswith("00") for block in blocks)


def _judge_marked(number: str, digits: str, blocks: list[str], regions: tuple[str, ...]) -> float:
    """The score of a number that has a phone word near it."""
    if len(blocks) == 1:
        return 0.0 if "(" in number else 0.6 if valid(number, regions) else 0.4 if 10 <= len(digits) <= 11 else 0.0
    if number.count(".") == 1 and len(blocks) == 2:
        return 0.0  # a decimal
    if valid(number, regions):
        return 0.7
    shaped = _USUAL_BLOCKS.fullmatch(number) and len(digits) >= 8
    return 0.4 if shaped or _LOCAL.fullmatch(number) or _BRACKETED.fullmatch(number) else 0.0


def _judge(plain: str, words: Words, start: int, end: int, regions: tuple[str, ...]) -> float:
    """The score of one candidate; 0: not a phone number."""
    number = plain[start:end]
    digits = re.sub(r"[^0-9]", "", number)
    if not LEAST_DIGITS <= len(digits) <= _MOST_DIGITS or number.count("(") != number.count(")"):
        return 0.0
    blocks = re.findall("[0-9]+", number)
    if number[0] == "+":
        if words.deny_abroad(start):
            return 0.0
        if valid(number, regions):
            return 0.75
        return 0.4 if possible(number) and (len(blocks) > 1 or words.near(start, end)) else 0.0
    if _NEVER.fullmatch(number) or _YEAR_IN_BRACKETS.match(number) or _counting(digits, blocks):
        return 0.0
    if words.near(start, end):
        return _judge_marked(number, digits, blocks, regions)
    if len(blocks) == 1:
        return 0.0
    if _NUMERIC.fullmatch(number):
        if not _area_and_slash(plain, start, end):
            return 0.0
        regions = tuple(region for region in regions if region in _SLASH_REGIONS)
    if _sum(plain, start, end, blocks) or len(set(number) - _NO_SEPARATOR) > 2 or words.deny(start):
        return 0.0
    if "(" in number and len(digits) >= 8 and _BRACKETED.fullmatch(number):
        return _UNMARKED if valid(number, regions) else 0.4
    return _UNMARKED if grouped_as_usual(number, regions) else 0.0


# -- candidates ------------------------------------------------------------------------------------------------------
def _within(
    masked: str, plain: str, start: int, end: int, regions: tuple[str, ...]
) -> Iterator[tuple[int, int, float]]:
    """Phone numbers in one run of digits and separators: with country code first, then usual grouping, then the longest."""
    words = Words(plain)
    blocks = [(start + m.start(), start + m.end()) for m in _BLOCK.finditer(plain[start:end])]
    if len(blocks) > _MOST_BLOCKS:
        if plain[start] not in "+(" and not words.near(start, end):
            return
        blocks = blocks[:_MOST_BLOCKS]
    found: list[tuple[bool, bool, int, int, int, float]] = []
    for i, (first, _) in enumerate(blocks):
        for _, last in reversed(blocks[i:]):
            if not plain[last - 1].isdigit() or last - first < LEAST_DIGITS:
                continue
            opened = plain[first] == "(" and ")" not in plain[first:last]  # "(030 1234567)"
            begin = first + opened
            extension = _EXTENSION.match(masked, last) if last == end else None
            stop = extension.end() if extension else last
            if _touches(masked, begin, stop):
                continue
            if (
                (begin, stop) != (start, end)
                and plain[begin:last].replace(" ", "").isdigit()
                and not words.near(begin, last)
            ):
                continue  # some blocks out of a row of numbers, for which nothing speaks but their form
            score = _judge(plain, words, begin, last, regions)
            if score:
                grouped = len(blocks) == 1 or grouped_as_usual(plain[begin:last], regions)
                found.append((plain[begin] != "+", not grouped, begin - last, begin, stop, score))
                if plain[begin] == "+" and stop == end:
                    yield begin, stop, score  # nothing in the run can rank before this
                    return
    taken: list[tuple[int, int]] = []
    for *_, begin, stop, score in sorted(found):
        if not any(begin < b and a < stop for a, b in taken):
            taken.append((begin, stop))
            yield begin, stop, score


def find_phones(masked: str, plain: str, regions: tuple[str, ...]) -> Iterator[tuple[int, int, float]]:
    """Finds phone numbers.

    Args:
        masked: Folded text in which what cannot be part of a number is blank.
        plain: Folded text of the same length, for the words around a number.
        regions: Regions whose national notation is understood.

    Yields:
        Start, end, score (0.75 valid with country code ... 0.4 only shaped like one).
    """
    for run in _RUN.finditer(masked):
        if sum(map(str.isdigit, run.group())) >= LEAST_DIGITS:
            yield from _within(masked, plain, *run.span(), regions)
