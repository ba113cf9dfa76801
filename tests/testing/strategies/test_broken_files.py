"""Broken files: the truth beside them is the truth."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import HealthCheck, find, given, settings

from ftdata import Dataset
from ftdata.testing.strategies import corrupt_jsonl, text_records

FEW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEARCH = settings(max_examples=500, database=None, deadline=None, suppress_health_check=list(HealthCheck))
REFUSED = ("truncated", "trailing_comma", "bad_utf8", "two_values", "single_quotes")
NO_RECORD = {"repeated_key", "not_object"}


def lines_of(data: bytes) -> list[bytes]:
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n")


def json_refuses(line: bytes) -> bool:
    try:
        json.loads(line.decode("utf-8"))
    except ValueError:
        return True
    return False


@FEW
@given(corrupt_jsonl(kinds=REFUSED, blank_lines=True, bom=True))
def test_bad_lines_are_the_lines_that_json_refuses(file) -> None:
    refused = [number for number, line in enumerate(lines_of(file.data), 1) if line and json_refuses(line)]
    assert refused == list(file.bad_lines)


@FEW
@given(corrupt_jsonl(blank_lines=True, bom=True))
def test_good_lines_are_the_rows(file) -> None:
    lines = lines_of(file.data)
    assert {number: json.loads(lines[number - 1]) for number in file.good} == dict(file.good)
    assert not file.good.keys() & file.bad_lines.keys()
    assert file.bad_lines


@FEW
@given(corrupt_jsonl(min_bad=3, newlines=("\n",), final_newline=True))
def test_bad_lines_and_line_ends_are_as_asked(file) -> None:
    assert len(file.bad_lines) >= 3
    assert file.data.endswith(b"\n")
    assert b"\r\n" not in file.data


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(file=corrupt_jsonl(blank_lines=True, bom=True))
def test_reading_such_a_file_finds_exactly_the_bad_lines(file, tmp_path_factory) -> None:
    """The product agrees with the truth: every bad line is dropped with its line and reason, every good row stays."""
    path = tmp_path_factory.mktemp("files") / "rows.jsonl"
    path.write_bytes(file.data)
    data = Dataset.read(path)
    drops = data.ledger.filter(data.ledger["action"] == "drop")
    wanted = {line: "invalid_record" if kind in NO_RECORD else "invalid_json" for line, kind in file.bad_lines.items()}
    assert dict(zip(drops["line"], drops["reason"], strict=True)) == wanted
    assert list(data.rows()) == list(file.good.values())
    assert data.column("line").to_list() == list(file.good)


@pytest.mark.parametrize("kind", ["bad_utf8", "repeated_key"])
def test_a_broken_file_shrinks_to_one_line(kind) -> None:
    file = find(
        corrupt_jsonl(records=text_records()),
        lambda file: kind in file.bad_lines.values(),
        settings=SEARCH,
        random=Random(1),
    )
    assert dict(file.bad_lines) == {1: kind}
    assert not file.good
    assert file.data.startswith(b'{"text": "0", ')


def test_a_bad_second_line_shrinks_to_two_rows() -> None:
    file = find(
        corrupt_jsonl(records=text_records()),
        lambda file: 2 in file.bad_lines and file.good,
        settings=SEARCH,
        random=Random(1),
    )
    assert dict(file.good) == {1: {"text": "0"}}
    assert list(file.bad_lines) == [2]
