"""What is refused beforehand is what libphonenumber refuses; the oracle asks it about every region."""

from __future__ import annotations

import random

import phonenumbers as lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftdata.pii import Detector
from ftdata.pii.numbering_plans import grouped_as_usual, valid
from ftdata.pii.phones import DEFAULT_REGIONS

REGIONS = sorted(lib.SUPPORTED_REGIONS)
BEGINNINGS = ["", "0", "00", "1", "8", "06", "011", "044", "0015", "49", "1 2", "(0", "+", "+1 ", "+44 "]
BLOCKS = st.lists(st.text("0123456789", min_size=1, max_size=6), min_size=1, max_size=5)


def is_valid(number: str, region: str) -> bool:
    try:
        return lib.is_valid_number(lib.parse(number, region))
    except lib.NumberParseException:
        return False


def is_grouped(number: str, region: str) -> bool:
    if number.startswith("+") or not is_valid(number, region):
        return False
    matcher = lib.PhoneNumberMatcher(number, region, leniency=lib.Leniency.STRICT_GROUPING)
    return any(match.raw_string == number for match in matcher)


def examples() -> list[tuple[str, str]]:
    """The library's own example of each region and type, as it is written there."""
    found: list[tuple[str, str]] = []
    for region in REGIONS:
        for kind in range(11):
            number = lib.example_number_for_type(region, kind)
            if number is not None:
                found += [
                    (lib.format_number(number, form), region)
                    for form in (lib.PhoneNumberFormat.NATIONAL, lib.PhoneNumberFormat.INTERNATIONAL)
                ]
    return [(text, region) for text, region in found if set(text) <= set("0123456789 +-./()")]


def test_the_examples_of_the_library_are_judged_as_it_does() -> None:
    chosen = random.Random(1).sample(examples(), 300)
    for number, region in chosen:
        assert valid(number, (region,)) == is_valid(number, region), (number, region)
        assert grouped_as_usual(number, (region,)) == is_grouped(number, region), (number, region)
    assert sum(grouped_as_usual(number, (region,)) for number, region in chosen) > 50


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(BEGINNINGS),
    BLOCKS,
    st.sampled_from([" ", " ", "-", ".", "/", " - "]),
    st.lists(st.sampled_from(REGIONS), min_size=1, max_size=4, unique=True),
)
@example("0", ["30", "1234567"], " ", ["DE"])
@example("", ["555", "013", "4228"], "-", ["CA"])
@example("0", ["11", "2345", "6789"], " ", ["AR"])
def test_random_digits_are_judged_as_the_library_does(
    beginning: str, blocks: list[str], separator: str, regions: list[str]
) -> None:
    number = beginning + separator.join(blocks)
    assert valid(number, tuple(regions)) == any(is_valid(number, region) for region in regions)
    assert grouped_as_usual(number, tuple(regions)) == any(is_grouped(number, region) for region in regions)


@pytest.mark.parametrize(("separators", "most"), [([" "], 1), ([" ", " - "], 12)])
def test_a_table_of_numbers_asks_the_library_seldom(
    separators: list[str], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row has some 15 stretches of blocks, each of which may be a number in 30 regions; `most` is per row."""
    asked = 0
    parse = lib.phonenumberutil.parse

    def counted(*args: object, **kwargs: object) -> object:
        nonlocal asked
        asked += 1
        return parse(*args, **kwargs)  # type: ignore[arg-type]

    for module in (lib, lib.phonenumbermatcher):
        monkeypatch.setattr(module, "parse", counted)
    draw = random.Random(2)
    rows = ["".join(f"{draw.randint(10, 99_999)}{draw.choice(separators)}" for _ in range(6)) for _ in range(100)]
    Detector(kinds=["PHONE_NUMBER"], regions=DEFAULT_REGIONS).find("\n".join(rows))
    assert asked <= most * len(rows), asked
