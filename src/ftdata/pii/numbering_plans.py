"""What libphonenumber knows of numbering plans: whether a number is valid in one of some regions, and written as usual there.

To ask the library once takes some 15 microseconds, to ask it about grouping 200; 30 regions and a table full of numbers make
hours of that. So a region is asked only where its answer can be yes. A number is refused beforehand when neither it nor
what is left of it without the region's trunk prefix (the 0 of 030 1234567) is of a type and length of the plan, or when it
lacks a trunk prefix that the plan writes. Both are read from the library's own tables, never guessed: where a number could
be anything else (it begins with the way abroad or a country code, or the plan rewrites it) the library is asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phonenumbers import NumberFormat, PhoneMetadata, PhoneNumberDesc

__all__ = ["grouped_as_usual", "possible", "readings", "valid"]

_TYPES: Final = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip
"""Of which a valid number is one (libphonenumber's `getNumberType`)."""
_NOTHING_BEFORE: Final = re.compile(r"\(?\\1\)?")  # libphonenumber's FIRST_GROUP_ONLY_PREFIX_PATTERN
_NEVER: Final = re.compile(r"(?!)")


@lru_cache(maxsize=4096)  # numbers of one file repeat: the desk's own, those of frequent callers; some 1 MB
def valid(number: str, regions: tuple[str, ...]) -> bool:
    """Whether the number is valid when it is dialled from one of the regions. A number with + needs no region.

    Args:
        number: Digits, spaces and `+-./()`, with a digit at its end.
        regions: ISO 3166-1 alpha-2 codes.
    """
    if number.startswith("+"):
        return _valid_in(number, None)
    digits = re.sub(r"[^0-9]", "", number)
    return any(_plan(region).may_have(digits) and _valid_in(number, region) for region in regions)


def _valid_in(number: str, region: str | None) -> bool:
    import phonenumbers as lib

    try:
        return bool(lib.is_valid_number(lib.parse(number, region)))
    except lib.NumberParseException:
        return False


def possible(number: str) -> bool:
    """Whether a number with + has a known country code and a length that goes with it.

    Args:
        number: As in `valid`.
    """
    import phonenumbers as lib

    try:
        return bool(lib.is_possible_number(lib.parse(number, None)))
    except lib.NumberParseException:
        return False


@lru_cache(maxsize=4096)  # as in `valid`
def readings(number: str, regions: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """What a number is: its country codes, one for each region in which it is valid, with what is dialled there.

    Args:
        number: As in `valid`. A number with + needs no region and need not be valid.
        regions: ISO 3166-1 alpha-2 codes.

    Returns:
        Country code, trunk prefix (empty if the country has none), national significant number; digits all.
    """
    import phonenumbers as lib

    digits = re.sub(r"[^0-9]", "", number)
    abroad = number.startswith("+")
    found: dict[tuple[str, str, str], None] = {}
    for region in (None,) if abroad else regions:
        if region is not None and not _plan(region).may_have(digits):
            continue
        try:
            parsed = lib.parse(number, region)
        except lib.NumberParseException:
            continue
        if parsed.country_code is not None and (abroad or lib.is_valid_number(parsed)):
            main = lib.region_code_for_country_code(parsed.country_code)
            trunk = lib.ndd_prefix_for_region(main, True) or ""
            found[str(parsed.country_code), trunk, lib.national_significant_number(parsed)] = None
    return tuple(found)


@lru_cache(maxsize=4096)  # numbers of one file repeat: the desk's own, those of frequent callers; some 1 MB
def grouped_as_usual(number: str, regions: tuple[str, ...]) -> bool:
    """Whether one of the regions in which the number is valid writes it in these blocks (libphonenumber's STRICT_GROUPING).

    Args:
        number: As in `valid`; one with + is written in no region's way.
        regions: ISO 3166-1 alpha-2 codes.
    """
    if number.startswith("+"):
        return False
    digits = re.sub(r"[^0-9]", "", number)
    return any(_plan(region).may_write(digits) and _written_in(number, region) for region in regions)


def _written_in(number: str, region: str) -> bool:
    import phonenumbers as lib

    # The number as a whole is tried first; after one more try the library stops looking for others inside it.
    strict = lib.Leniency.STRICT_GROUPING
    return any(match.raw_string == number for match in lib.PhoneNumberMatcher(number, region, strict, max_tries=1))


class _Plan:
    """The numbering plan of a region, as far as it refuses numbers.

    A country code may be shared (+1); its numbers are valid when any of its regions has them, and are written as its main
    region writes them.
    """

    def __init__(self, region: str) -> None:
        from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

        here = PhoneMetadata.metadata_for_region(region)
        assert here is not None, region
        assert here.country_code is not None, region
        sharing = [PhoneMetadata.metadata_for_region(one) for one in COUNTRY_CODE_TO_REGION_CODE[here.country_code]]
        shared = [one for one in sharing if one is not None]
        types = [told for one in shared for told in _described(one)]
        self._elsewhere = re.compile(f"(?:{here.international_prefix or '(?!)'})|{here.country_code}")
        self._trunk = _compiled(here.national_prefix_for_parsing)
        self._rewrites = bool(here.national_prefix_transform_rule)
        self._lengths = frozenset(length for _, lengths in types for length in lengths)
        self._types = re.compile("|".join(dict.fromkeys(f"(?:{pattern})" for pattern, _ in types)))
        self._main_trunk = _compiled(shared[0].national_prefix_for_parsing)
        self._formats = [
            (
                re.compile(one.leading_digits_pattern[-1] if one.leading_digits_pattern else ""),
                re.compile(one.pattern or ""),
                _with_trunk(one),
            )
            for one in shared[0].number_format
        ]

    def may_have(self, digits: str) -> bool:
        """False for digits that are no valid number of the region."""
        if self._elsewhere.match(digits) or self._is_number(digits):
            return True
        trunk = self._trunk.match(digits)
        return trunk is not None and (self._rewrites or self._is_number(digits[trunk.end() :]))

    def may_write(self, digits: str) -> bool:
        """False for digits that are no valid number of the region, or that lack the prefix it is written with."""
        if self._elsewhere.match(digits) or self._trunk.match(digits) or self._main_trunk.match(digits):
            return self.may_have(digits)
        if not self._is_number(digits):
            return False
        for leading, pattern, with_trunk in self._formats:  # the first that fits is the one
            if leading.match(digits) and pattern.fullmatch(digits):
                return not with_trunk
        return True

    def _is_number(self, digits: str) -> bool:
        return len(digits) in self._lengths and self._types.fullmatch(digits) is not None


def _described(metadata: PhoneMetadata) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Pattern and lengths of each type of number of a region."""
    general = metadata.general_desc
    for name in _TYPES:
        desc: PhoneNumberDesc | None = getattr(metadata, name)
        if desc is not None and desc.national_number_pattern and general is not None:
            yield desc.national_number_pattern, desc.possible_length or general.possible_length


def _with_trunk(one: NumberFormat) -> bool:
    """Whether what is written in a format begins with the trunk prefix."""
    rule = one.national_prefix_formatting_rule
    return bool(rule) and not one.national_prefix_optional_when_formatting and not _NOTHING_BEFORE.fullmatch(rule or "")


def _compiled(pattern: str | None) -> re.Pattern[str]:
    return re.compile(pattern) if pattern else _NEVER


@lru_cache(maxsize=256)  # more than there are regions
def _plan(region: str) -> _Plan:
    return _Plan(region)
