"""A fact about a file is told once: where it is, and as bad as the target has it."""

from __future__ import annotations

import pytest

from ftdata import Dataset, Pipeline, Validate
from ftdata.report.findings import findings_of
from ftdata.report.problems import list_problems
from small_set import chats, line


@pytest.mark.parametrize(("target", "severity"), [("openai", "warning"), (None, "info")])
def test_marks_and_blank_lines_are_told_once(target: str | None, severity: str, tmp_path) -> None:
    lines = [line(row) for row in chats(12)]
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\n".join([lines[0], b"", *lines[1:]]))
    (tmp_path / "b.jsonl").write_bytes(b"\xef\xbb\xbf" + line(chats(1, start=50)[0]))
    result = Pipeline([Validate(target=target)]).run(Dataset.read(tmp_path))
    expected = {("json.bom", 1), ("json.blank", 2), ("json.bom", 1)}
    told = [one for one in list_problems(result.ledger) if one["rule"].startswith("json.")]
    assert len(told) == 3
    assert {(one["rule"], one["line"]) for one in told} == expected
    assert {one["severity"] for one in told} == {severity}
    counted = {one["reason"]: one for one in result.report.data["findings"] if one["reason"].startswith("json.")}
    assert {rule: (one["severity"], one["times"]) for rule, one in counted.items()} == {
        "json.bom": (severity, 2),
        "json.blank": (severity, 1),
    }
    assert str(result.report).count("json.bom") == 1


def test_findings_of_rows_stay_as_they_are() -> None:
    data = Dataset.from_rows(chats(3)).find([0, 1], by="own", rule="json.blank", severity="warning")
    data = data.find(by="own", rule="other.rule", severity="error")
    found = findings_of(data.ledger)
    assert found.select("row", "severity").rows() == [(None, "error"), (0, "warning"), (1, "warning")]
