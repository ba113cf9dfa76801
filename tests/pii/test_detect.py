"""Laws of finding: exact gates, no network, lazy imports, settings that travel between processes."""

import os
import pickle
import random
import string
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

from ftdata.errors import MissingExtraError, RecipeError
from ftdata.pii import DEFAULT_KINDS, KINDS, Detector, Span
from ftdata.pii.detect import _find, _finders, resolve
from ftdata.pii.phones import DEFAULT_REGIONS
from pii.pieces import texts

SRC = Path(__file__).parents[2] / "src"


def run(code, **env):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": str(SRC), **env},
        capture_output=True,
        text=True,
        check=False,
    )


@given(texts)
@settings(max_examples=300, deadline=None)
def test_gates_change_nothing(text):
    for kinds in (DEFAULT_KINDS, tuple(KINDS)):
        assert _find(text, kinds, DEFAULT_REGIONS, gated=True) == _find(text, kinds, DEFAULT_REGIONS, gated=False)


@given(texts)
@settings(max_examples=200, deadline=None)
def test_spans_are_sorted_inside_the_text_and_do_not_overlap(text):
    spans = Detector(kinds=tuple(KINDS)).find(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= len(text) and 0 < span.score <= 1 for span in spans)


@given(texts)
@settings(max_examples=100, deadline=None)
def test_finding_is_a_function_of_the_text(text):
    first = Detector().find(text)
    _finders.cache_clear()
    assert Detector().find(text) == first


def test_a_span_shows_no_text():
    (span,) = Detector().find("write to ana@example.com")
    assert repr(span) == "Span(start=9, end=24, kind='EMAIL_ADDRESS', score=1.0)"


def test_overlaps_go_to_the_higher_score_then_the_longer_then_the_earlier():
    spans = [
        Span(0, 4, "PHONE_NUMBER", 0.4),
        Span(2, 8, "IBAN_CODE", 1.0),
        Span(8, 10, "URL", 0.6),
        Span(8, 12, "IP_ADDRESS", 0.6),
        Span(20, 24, "UUID", 0.5),
        Span(22, 26, "UUID", 0.5),
    ]
    expected = [spans[1], spans[3], spans[4]]
    for _ in range(5):
        random.shuffle(spans)
        assert resolve(spans) == expected


def test_settings_are_normal_comparable_and_picklable():
    one = Detector(kinds=["US_SSN", "EMAIL_ADDRESS", "US_SSN"], regions=["US", "DE"])
    other = Detector(kinds=("EMAIL_ADDRESS", "US_SSN"), regions=("DE", "US"))
    assert one == other
    assert hash(one) == hash(other)
    copy = pickle.loads(pickle.dumps(one))
    assert copy == one
    assert copy.find("ssn 212099999") == one.find("ssn 212099999") != []


def test_only_the_kinds_asked_for_are_found():
    text = "ana@example.com 212-09-9999 10.2.3.4"
    assert [s.kind for s in Detector(kinds=["IP_ADDRESS"]).find(text)] == ["IP_ADDRESS"]


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(RecipeError, match=r"EMAIL\b.*EMAIL_ADDRESS.*US_DRIVER_LICENSE"):
        Detector(kinds=["EMAIL"])


@pytest.mark.parametrize("kinds", [[], "US_SSN"])
def test_no_kind_and_a_bare_string_are_refused(kinds):
    with pytest.raises(RecipeError):
        Detector(kinds=kinds)


@pytest.mark.parametrize("regions", [["XX"], ["us"], "US"])
def test_an_unknown_region_is_refused(regions):
    with pytest.raises(RecipeError, match="region"):
        Detector(regions=regions)


def test_a_region_adds_its_national_notation():
    text = "9123 4567 is my hotline"
    assert Detector(regions=["SG"]).find("hotline 9123 4567")[0].score == 0.7
    assert Detector(regions=["US"]).find(text) == []


@pytest.mark.parametrize("library", ["presidio_analyzer", "phonenumbers", "tldextract", "regex"])
def test_a_missing_library_names_the_extra(monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtraError, match=r"ftdata\[pii\]") as caught:
        Detector(check=True)
    assert caught.value.extra == "pii"


def test_finding_works_without_network_and_without_a_home(tmp_path):
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from ftdata.pii import Detector\n"
        "spans = Detector(check=True).find('ana@example.co.uk, call +49 30 1234567, 10.2.3.4')\n"
        "assert [s.kind for s in spans] == ['EMAIL_ADDRESS', 'PHONE_NUMBER', 'IP_ADDRESS'], spans\n"
    )
    cache = {"TLDEXTRACT_CACHE": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = run(code, **cache)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []


def test_a_suffix_list_in_a_cache_changes_nothing(tmp_path):
    code = "from ftdata.pii import Detector; print(len(Detector().find('ana@host.invented')))"
    done = run(code, TLDEXTRACT_CACHE=str(tmp_path), TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS=(tmp_path / "none").as_uri())
    assert done.stdout == "0\n", done.stderr


def test_importing_the_room_and_building_a_detector_loads_nothing_heavy():
    heavy = "presidio_analyzer spacy phonenumbers tldextract regex numpy"
    code = (
        "import sys, ftdata.pii as room; room.Detector(); room.detector_versions()\n"
        f"print([name for name in '{heavy}'.split() if name in sys.modules])"
    )
    done = run(code)
    assert done.stdout == "[]\n", done.stderr


def test_no_names_model_and_no_engine_is_built(monkeypatch):
    import presidio_analyzer

    def refuse(*_args, **_kwargs):
        raise AssertionError("engine")

    monkeypatch.setattr(presidio_analyzer.AnalyzerEngine, "__init__", refuse)
    _finders.cache_clear()
    assert Detector().find("ana@example.com")


def test_the_clock_of_presidio_is_not_used(monkeypatch):
    """With presidio's time limit at nothing, stock recognisers skip patterns; here nothing changes."""
    import presidio_analyzer.pattern_recognizer as stock

    monkeypatch.setattr(stock, "REGEX_TIMEOUT_SECONDS", 1e-9)
    text = "from 10.2.3.4, card 4111 1111 1111 1111 " + "word " * 1000
    assert [s.kind for s in Detector().find(text)] == ["IP_ADDRESS", "CREDIT_CARD"]


MILLION = 1_000_000


def test_values_at_the_end_of_a_long_text_are_found():
    filler = "".join(random.Random(5).choices(string.ascii_lowercase + " \n", k=MILLION))
    text = filler + " ana@example.com, call +1 212 555 0199"
    assert [s.kind for s in Detector().find(text)] == ["EMAIL_ADDRESS", "PHONE_NUMBER"]
    crowded = "12 34-56 " * 20_000 + "call 212-555-0199"
    assert [s.kind for s in Detector().find(crowded)] == ["PHONE_NUMBER"]


def test_labelled_texts_are_found(shared_data):
    """All values of the pattern kinds in presidio-research's synthetic texts, with exact offsets."""
    import json

    kinds = set(DEFAULT_KINDS)
    wanted = found = 0
    with (shared_data / "pii_presidio_synth_v2.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            gold = {(s["start"], s["end"], s["label"]) for s in row["spans"] if s["label"] in kinds}
            got = {(s.start, s.end, s.kind) for s in Detector().find(row["text"])} if gold else set()
            wanted, found = wanted + len(gold), found + len(gold & got)
    assert found >= 0.97 * wanted > 100


@pytest.mark.parametrize(
    ("key", "value", "kinds"),
    [
        ("phone", "2125550199", ["PHONE_NUMBER"]),
        ("phoneNumber", "2125550199", ["PHONE_NUMBER"]),
        ("customer mobile_no", "2125550199", ["PHONE_NUMBER"]),
        ("ssn", "212099999", ["US_SSN"]),
        ("socialSecurity", "212099999", ["US_SSN"]),
        ("cardNumber", "5010123456789129", ["CREDIT_CARD"]),
        ("order_id", "2125550199", []),
        ("phone order_id", "2125550199", []),
        ("total", "212099999", []),
        ("", "2125550199", []),
        ("order_id", "+1 212-555-0199", ["PHONE_NUMBER"]),  # what speaks for itself needs no key
        ("phone", "see 2125550199 or " + "so on " * 20, []),  # running text is not the value of its key
        ("phone", "555", []),
    ],
)
def test_a_key_says_what_its_value_is(key, value, kinds):
    spans = Detector().find_under(key, value)
    assert [span.kind for span in spans] == kinds
    assert all(0 <= span.start < span.end <= len(value) for span in spans)


def test_texts_without_digit_and_at_are_left_aside_only_where_no_kind_needs_them():
    assert Detector().needs_digit_or_at
    for kind in ("URL", "UUID", "MAC_ADDRESS", "US_PASSPORT", "DATE_TIME"):
        assert not Detector(kinds=["EMAIL_ADDRESS", kind]).needs_digit_or_at
    assert Detector(kinds=["URL"]).find("see https://example.com/a")
