"""The table of kinds agrees with presidio, and kinds that are off by default need a context word."""

import pytest

from ftdata import ScrubPII
from ftdata.errors import NamesModelUnavailable, RecipeError
from ftdata.pii import DEFAULT_KINDS, KINDS, Detector
from ftdata.pii.kinds import check_kinds


def test_the_default_kinds():
    assert DEFAULT_KINDS == (
        "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS", "CRYPTO",
    )  # fmt: skip


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.recogniser], ids=lambda k: k.name)
def test_every_kind_is_the_entity_of_its_presidio_recogniser(kind):
    from presidio_analyzer import PatternRecognizer, predefined_recognizers

    recogniser = getattr(predefined_recognizers, kind.recogniser)()
    assert recogniser.supported_entities == [kind.name]
    assert isinstance(recogniser, PatternRecognizer)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("URL", "see https://www.example.com/a?b=(c), and more", "https://www.example.com/a?b=(c)"),
        ("URL", "(www.example.bank/login).", "www.example.bank/login"),
        ("URL", "见https://example.com/a。", "https://example.com/a"),
        ("MAC_ADDRESS", "eth0 00:1A:2B:3C:4D:5E up", "00:1A:2B:3C:4D:5E"),
        ("UUID", "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
        ("US_DRIVER_LICENSE", "driver's license number F1234567", "F1234567"),
        ("UK_NHS", "NHS number 943 476 5919", "943 476 5919"),
        ("US_ITIN", "my itin is 912-70-1234", "912-70-1234"),
        ("US_PASSPORT", "passport A12345678", "A12345678"),
        ("UK_NINO", "national insurance AB123456C", "AB123456C"),
        ("ES_NIF", "mi dni es 12345678Z", "12345678Z"),
        ("IT_FISCAL_CODE", "codice fiscale RSSMRA85T10A562S", "RSSMRA85T10A562S"),
        ("DE_TAX_ID", "Steuer-ID: 86095742719", "86095742719"),
    ],
)
def test_kinds_are_reachable_by_name(kind, text, value):
    assert [text[s.start : s.end] for s in Detector(kinds=[kind]).find(text)] == [value]
    assert [s for s in Detector().find(text) if s.kind == kind] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("US_DRIVER_LICENSE", "a public duplicate of F1234567"),
        ("UK_NHS", "9434765919 is a number"),
        ("DATE_TIME", "released 2024-01-02"),
        ("US_BANK_NUMBER", "1700000000 seconds"),
        ("URL", "str.re nums.si obj.attr chase.ba http://localhost:80/"),
    ],
)
def test_weak_kinds_need_a_whole_context_word(kind, text):
    assert Detector(kinds=[kind]).find(text) == []


def test_kinds_come_back_once_in_table_order():
    assert check_kinds(["URL", "US_SSN", "URL"]) == ("US_SSN", "URL")


def test_the_message_for_an_unknown_kind_lists_all_known():
    with pytest.raises(RecipeError) as caught:
        check_kinds(["EMAIL"])
    assert all(name in str(caught.value) for name in KINDS)


@pytest.mark.parametrize("asked", [["PERSON"], ["EMAIL_ADDRESS", "LOCATION"], ["NRP", "ORGANIZATION", "NO_SUCH"]])
def test_kinds_that_only_a_names_model_finds_are_refused_by_name(asked):
    """Who asks for names must not go on believing that they are gone."""
    with pytest.raises(
        NamesModelUnavailable, match=rf"{asked[-1] if len(asked) < 3 else 'NRP'}.*this version has none"
    ):
        check_kinds(asked)
    with pytest.raises(NamesModelUnavailable):
        ScrubPII(kinds=asked)
