"""The optional folder of cases: every detection case is right, every record case survives reading and writing."""

import json

import pytest

from ftdata.formats import READABLE, UnreadableRow, detect, read_record, write_record
from ftdata.formats.shared_prompt import shared_messages, shared_text


@pytest.fixture(scope="session")
def cases(shared_data):
    folder = shared_data.parent / "cases" / "formats"
    if not folder.is_dir():
        pytest.skip("the optional folder of cases is absent")
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in folder.glob("*.jsonl")
    }


def test_every_detection_case_is_right(cases):
    assert len(cases["detection"]) >= 21
    wrong = [
        (case["expected_format"], found)
        for case in cases["detection"]
        if (found := detect(case["record"])) != case["expected_format"]
    ]
    assert not wrong


def test_every_record_case_is_read_exactly(cases):
    read = 0
    providers = cases.keys() - {"conversions", "chat_templates", "file_level"}
    for case in (case for name in providers for case in cases[name]):
        row = case["record"]
        name = detect(row)
        if name not in READABLE:
            continue
        try:
            record = read_record(row, name)
        except UnreadableRow:
            assert not case["valid"], case.get("id")
            continue
        assert json.dumps(write_record(record, name), sort_keys=True) == json.dumps(row, sort_keys=True)
        read += 1
    assert read >= 140


def test_shared_prompts_are_those_of_the_conversion_cases(cases):
    compared = 0
    for case in cases["conversions"]:
        if not case["format"].endswith("extract_prompt") or not case["valid"] or "chosen" not in case["record"]:
            continue
        row, expected = case["record"], case["expected"]
        if "prompt" in row:
            continue
        shared = shared_text if isinstance(row["chosen"], str) else shared_messages
        assert row["chosen"][: shared(row["chosen"], row["rejected"])] == expected["prompt"]
        compared += 1
    assert compared == 4
