"""Every number of a report is the number of rows that the ledger names."""

from __future__ import annotations

import json
from collections import Counter

import polars as pl

from ftdata import Dataset, Pipeline, Result, Validate
from small_set import chats, line


def ledger_of(result: Result, action: str) -> list[dict]:
    rows = result.ledger.filter(pl.col("action") == action).to_dicts()
    return [{**row, "detail": json.loads(row["detail"])} for row in rows]


def test_rows_read_are_rows_kept_and_rows_dropped(result: Result) -> None:
    rows = result.report.data["rows"]
    assert rows == {
        "read": len(result.dataset.index),
        "kept": len(result.dataset),
        "dropped": len(ledger_of(result, "drop")),
    }
    assert rows["read"] == rows["kept"] + rows["dropped"] == 53


def test_inputs_are_counted_by_origin(result: Result) -> None:
    told = result.report.data["inputs"]
    assert [(one["rows"], one["human"], one["synthetic"], one["unknown"]) for one in told] == [
        (31, 31, 0, 0),
        (22, 0, 22, 0),
    ]
    assert [one["source"] for one in told] == [facts.path for facts in result.dataset.sources]


def test_each_stage_says_what_it_did(result: Result) -> None:
    """Stage by stage the rows in are those that came out before, and the reasons are those of the ledger."""
    flow = result.report.data["flow"]
    assert [one["stage"] for one in flow] == [
        "read", "1.Validate", "2.ScrubPII", "3.<i>in</i>/1.Deduplicate", "4.FilterTokens", "5.Split", "6.Describe", "7.Describe",
    ]  # fmt: skip
    reached = len(result.dataset.index)
    for one in flow:
        assert one["rows_in"] == reached
        reached = one["rows_out"]
        for action in ("drop", "edit", "finding"):
            events = [event for event in ledger_of(result, action) if event["stage"] == one["stage"]]
            if action == "drop":
                assert one["dropped"] == dict(Counter(event["reason"] for event in events))
                assert one["rows_in"] - one["rows_out"] == len(events)
            else:
                assert one[{"edit": "edited", "finding": "findings"}[action]] == len(events)
    assert reached == len(result.dataset)
    assert sum(one["edited"] for one in flow) == 2


def test_reasons_are_counted_with_the_first_of_their_rows(result: Result) -> None:
    told = result.report.data["dropped"]
    events = ledger_of(result, "drop")
    assert {(one["stage"], one["reason"]): one["rows"] for one in told} == dict(
        Counter((event["stage"], event["reason"]) for event in events)
    )
    for one in told:
        rows = [event for event in events if (event["stage"], event["reason"]) == (one["stage"], one["reason"])]
        assert one["first"] == [f"{event['source']}:{event['line']}" for event in rows[:5]]
    assert [one["rows"] for one in told] == sorted((one["rows"] for one in told), reverse=True)


def test_what_was_replaced_is_counted_by_kind(result: Result) -> None:
    kinds: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for event in ledger_of(result, "edit"):
        kinds.update(event["detail"]["kinds"])
        rows.update(event["detail"]["kinds"].keys())
    told = result.report.data["replaced"]
    assert {one["kind"]: (one["values"], one["rows"]) for one in told} == {
        kind: (kinds[kind], rows[kind]) for kind in kinds
    }
    assert kinds["EMAIL_ADDRESS"] == 2


def test_findings_are_counted_by_rule_errors_first(result: Result) -> None:
    told = result.report.data["findings"]
    found = Counter((event["reason"], event["detail"]["severity"]) for event in ledger_of(result, "finding"))
    assert found.pop(("json.blank", "info")) == found[("json.blank", "warning")] == 1, "of the file, and of the set"
    assert {(one["reason"], one["severity"]): one["times"] for one in told} == dict(found)
    order = [("error", "warning", "info").index(one["severity"]) for one in told]
    assert order == sorted(order)
    assert len(set(order)) >= 2


def test_what_a_reader_and_a_target_say_under_one_rule_is_told_apart_and_where(tmp_path, monkeypatch) -> None:
    """The mixed formats of a file, and those of the set: two severities, two messages, and the file is named."""
    monkeypatch.chdir(tmp_path)
    rows = [*chats(3), {"prompt": "p", "completion": "c"}]
    (tmp_path / "a.jsonl").write_bytes(b"\r\n".join([*map(line, rows), b"", b""]))
    (tmp_path / "b.jsonl").write_bytes(b"")
    (tmp_path / "c.jsonl").write_bytes(line(rows[-1]))
    report = Pipeline([Validate(target="trl")]).run(Dataset.read(["a.jsonl", "b.jsonl", "c.jsonl"])).report
    told = {(one["severity"], one["reason"]): one for one in report.data["findings"]}
    assert told["error", "file.mixed_formats"]["message"].startswith("one dataset holds one type")
    assert told["error", "file.mixed_formats"]["first"] == []
    assert not told["warning", "file.mixed_formats"]["message"].startswith("one dataset")
    assert told["warning", "file.mixed_formats"]["first"] == ["a.jsonl"]
    assert (told["info", "file.crlf"]["first"], told["info", "file.empty"]["first"]) == (["a.jsonl"], ["b.jsonl"])
    assert told["info", "file.crlf"]["message"] == "5 lines end in CR LF"
    blank = next(one for (_, rule), one in told.items() if rule == "json.blank")
    assert (blank["message"], blank["first"]) == ("1 blank line, line 5", ["a.jsonl:5"])
    assert (blank["times"], blank["rows"]) == (1, 0)
    lines = [one.split() for one in str(report).splitlines() if "file." in one]
    assert [one[:4] for one in lines[:2]] == [
        ["error", "file.mixed_formats", "1", "all"], ["warning", "file.mixed_formats", "1", "a.jsonl"]
    ]  # fmt: skip


def test_two_messages_of_one_rule_are_two_kinds_and_numbers_make_none() -> None:
    data = Dataset.from_rows(chats(3)).find(
        [0, 0], by="x", rule="a.rule", severity="info", detail={"message": "1 thing"}
    )
    data = data.find([1], by="x", rule="a.rule", severity="info", detail={"message": "22 thing"})
    data = data.find([2], by="x", rule="a.rule", severity="info", detail={"message": "another"})
    told = [(one["times"], one["rows"], one["message"]) for one in Pipeline([]).run(data).report.data["findings"]]
    assert told == [(3, 2, "1 thing"), (1, 1, "another")]


def test_the_weakest_removals_are_shown_first(result: Result) -> None:
    pairs = result.report.data["duplicates"]
    assert pairs
    assert [pair["similarity"] for pair in pairs] == sorted(pair["similarity"] for pair in pairs)
    near = [event for event in ledger_of(result, "drop") if event["reason"] == "near_duplicate"]
    assert {(pair["removed"], pair["kept"]) for pair in pairs} <= {
        (f"{one['source']}:{one['line']}", f"{one['detail']['kept_source']}:{one['detail']['kept_line']}")
        for one in near
    }


def test_splits_are_counted_by_origin(result: Result) -> None:
    told = result.report.data["splits"]
    for name, part in result.splits.items():
        assert told["by_origin"][name] == dict(Counter(part.column("origin").cast(pl.String)))
    assert "synthetic" not in {*told["by_origin"]["val"], *told["by_origin"]["test"]}


def test_distributions_are_those_of_the_kept_rows(result: Result) -> None:
    by_split, by_source = result.report.data["describe"]
    groups = {one["group"]: one["rows"] for one in by_split["groups"]}
    assert groups == {"all": len(result.dataset)} | {name: len(part) for name, part in result.splits.items()}
    assert {one["group"]: one["rows"] for one in by_source["groups"]} == {"all": len(result.dataset)} | dict(
        Counter(result.dataset.column("source"))
    )


def test_the_report_is_json_with_sorted_keys(result: Result) -> None:
    text = result.report.to_json()
    assert json.loads(text) == result.report.data
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_many_inputs_do_not_take_long() -> None:
    """Each is counted in one pass over all rows, not in a pass of its own."""
    import time

    data = sum((Dataset.from_rows([row]) for row in chats(60)), start=Dataset.from_rows([]))
    result = Pipeline([]).run(data)
    began = time.process_time()
    inputs = result.report.data["inputs"]
    assert time.process_time() - began < 5
    assert [one["unknown"] for one in inputs] == [0] + [1] * 60
