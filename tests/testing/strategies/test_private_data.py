"""Planted private data: in its place, with valid check digits, in ranges that belong to nobody."""

from __future__ import annotations

import ipaddress
import re
from random import Random

import pytest
from hypothesis import HealthCheck, find, given, settings

from ftdata.pii import DEFAULT_KINDS, Detector
from ftdata.testing.strategies import PII_KINDS, pii_texts, pii_values

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEARCH = settings(max_examples=300, database=None, deadline=None, suppress_health_check=list(HealthCheck))
RESERVED = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]


def test_every_default_kind_can_be_planted() -> None:
    assert set(PII_KINDS) == set(DEFAULT_KINDS)


@FEW
@given(pii_texts(max_spans=4))
def test_spans_are_the_planted_values(planted) -> None:
    assert tuple(planted.text[start:end] for start, end, _ in planted.spans) == planted.values
    assert list(planted.spans) == sorted(planted.spans)
    assert 1 <= len(planted.spans) <= 4


@FEW
@given(pii_texts(kinds=("US_SSN",), min_spans=2, max_spans=2))
def test_kinds_and_numbers_are_as_asked(planted) -> None:
    assert [kind for _, _, kind in planted.spans] == ["US_SSN", "US_SSN"]


@pytest.mark.parametrize("kind", PII_KINDS)
def test_a_detector_finds_every_value_where_it_was_planted(kind) -> None:
    detector = Detector()

    @FEW
    @given(pii_texts(kinds=(kind,), max_spans=2))
    def check(planted):
        found = [(span.start, span.end, span.kind) for span in detector.find(planted.text)]
        assert found == list(planted.spans)

    check()


@FEW
@given(pii_values("EMAIL_ADDRESS"), pii_values("IP_ADDRESS"), pii_values("PHONE_NUMBER"))
def test_names_addresses_and_numbers_are_reserved_ones(email, address, phone) -> None:
    assert re.fullmatch(r"[a-z]+(\.b|\+tag|_7)?@(mail\.)?example\.(com|org|net)", email)
    assert any(ipaddress.ip_address(address) in net for net in RESERVED)
    assert re.search(r"202[)]?[ -]555-01\d\d$", phone)


@FEW
@given(pii_values("CREDIT_CARD"))
def test_a_card_has_its_luhn_digit_and_no_issuer(card) -> None:
    digits = [int(digit) for digit in card.replace(" ", "")]
    assert len(digits) == 16
    assert digits[:6] == [4, 0, 0, 0, 0, 0]
    doubled = [digit if place % 2 == 0 else digit * 2 for place, digit in enumerate(reversed(digits))]
    assert sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


@FEW
@given(pii_values("IBAN_CODE"))
def test_an_iban_leaves_one_modulo_97(iban) -> None:
    assert int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'PERSON'.*EMAIL_ADDRESS"):
        pii_values("PERSON")


def test_a_planted_card_shrinks_to_the_lowest_number() -> None:
    found = find(pii_texts(), lambda planted: planted.spans[0][2] == "CREDIT_CARD", settings=SEARCH, random=Random(1))
    assert found.text == "Write to 4000000000000002 please. "
