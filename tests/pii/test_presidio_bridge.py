"""presidio's parts: versions for the manifest, checks that cannot judge, errors without values."""

import re

import pytest

from ftdata.pii import detector_versions
from ftdata.pii.presidio_bridge import Recogniser, host_is_public, load_recogniser


def test_versions_name_everything_that_can_change_findings():
    versions = detector_versions()
    assert list(versions) == [
        "ftdata_pii_rules", "phonenumbers", "presidio-analyzer", "regex", "tldextract", "tldextract_suffixes",
    ]  # fmt: skip
    assert re.fullmatch("[0-9a-f]{16}", versions["tldextract_suffixes"])


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("example.com", True),
        ("a.b.example.co.uk", True),
        ("пример.рф", True),
        ("localhost", False),
        ("co.uk", False),
        ("a.invented", False),
    ],
)
def test_the_packaged_suffix_list_decides(host, public):
    assert host_is_public(host) is public


def test_a_check_that_breaks_neither_hides_a_match_nor_quotes_it():
    def broken(value):
        raise ValueError(value)

    known = Recogniser("URL", (), None, broken, broken)
    assert known.score("4111", 0.3) == 0.3


def test_a_context_word_must_stand_alone():
    context = load_recogniser("US_DRIVER_LICENSE").context
    assert context is not None
    assert context.search("my driver license")
    assert not context.search("public duplicate")


def test_presidio_does_not_log_values(caplog):
    load_recogniser("IBAN_CODE").score("DE89 not an iban ü", 0.5)
    assert "not an iban" not in caplog.text
