"""The ledger: one canonical order, whatever was written first."""

from __future__ import annotations

import itertools

from ftdata import Dataset
from ftdata.dataset.ledger import empty_events, make_events, ordered_ledger

COLUMNS = ["row", "source", "line", "stage", "action", "reason", "detail"]


def test_events_are_ordered_by_stage_row_action_reason_and_detail() -> None:
    data = Dataset.from_rows([{"text": t} for t in "abc"])
    events = [
        make_events([2], step=1, stage="1.A", action="drop", reason="x", details=[{}]),
        make_events([0, None], step=1, stage="1.A", action="finding", reason="y", details=[{"n": 1}, {}]),
        make_events([0], step=1, stage="1.A", action="drop", reason="x", details=[{}]),
        make_events([0], step=1, stage="1.A", action="finding", reason="y", details=[{"n": 0}]),
        make_events([1], step=0, stage="read", action="drop", reason="z", details=[{}]),
    ]
    told = {tuple(ordered_ledger(some, data.index, ["memory"]).rows()) for some in itertools.permutations(events)}
    assert told == {
        (
            (1, "memory", 2, "read", "drop", "z", "{}"),
            (None, None, None, "1.A", "finding", "y", "{}"),
            (0, "memory", 1, "1.A", "drop", "x", "{}"),
            (0, "memory", 1, "1.A", "finding", "y", '{"n":0}'),
            (0, "memory", 1, "1.A", "finding", "y", '{"n":1}'),
            (2, "memory", 3, "1.A", "drop", "x", "{}"),
        )
    }


def test_an_event_about_a_file_has_its_source_and_line() -> None:
    data = Dataset.from_rows([{"text": "a"}])
    event = make_events(
        [None], step=0, stage="read", action="finding", reason="json.blank", details=[{}], places=[(0, 7)]
    )
    assert ordered_ledger([event], data.index, ["a.jsonl"]).rows() == [
        (None, "a.jsonl", 7, "read", "finding", "json.blank", "{}")
    ]


def test_a_ledger_without_events_has_its_columns() -> None:
    assert Dataset.from_rows([]).ledger.columns == COLUMNS
    assert ordered_ledger([empty_events()], Dataset.from_rows([]).index, []).height == 0
