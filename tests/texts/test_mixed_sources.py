"""Rows of another format than their source's: their texts are their own, and the source is told as mixed."""

from __future__ import annotations

import json

import pytest

from ftdata import Dataset, Deduplicate, ScrubPII
from ftdata.testing.laws import assert_laws

ASKED = {"role": "user", "content": "Which of the boats leaves at noon?"}
MAIL = "ada@example.com"


def chats(count: int) -> list[dict]:
    return [
        {"messages": [{"role": "user", "content": f"Ask {i}"}, {"role": "assistant", "content": f"Say {i * 7919}"}]}
        for i in range(count)
    ]


def pairs(count: int) -> list[dict]:
    return [
        {"messages": [ASKED], "chosen": {"role": "assistant", "content": f"The {i}th."}, "rejected": {"role": "assistant", "content": f"No, {i}."}}
        for i in range(count)
    ]  # fmt: skip


def texts(data: Dataset) -> list[tuple[int, str, str]]:
    return [found for shard in data.each_shard() for found in shard.texts.select("row", "part", "text").iter_rows()]


def findings(data: Dataset) -> list[dict]:
    found = data.ledger.filter(data.ledger["reason"] == "file.mixed_formats")
    return [json.loads(detail) for detail in found["detail"]]


def test_pairs_behind_chats_are_not_copies_of_each_other_and_are_told() -> None:
    data = Dataset.from_rows([*chats(1_000), *pairs(30)], origin="human")
    assert len(Deduplicate(near=False)(data)) == 1_030
    (told,) = findings(data)
    assert told == {
        "severity": "warning",
        "message": "30 of 1030 rows are of another format than openai-chat: axolotl-dpo-chat-template (30); split the file",
        "rows": 30,
        "first": 1_001,
    }
    assert set(data.column("format")) == {"openai-chat"}, "rows are judged by the format of their source"


def test_a_few_odd_rows_are_an_info_and_broken_ones_none() -> None:
    told = findings(Dataset.from_rows([*chats(200), *pairs(1), {"messages": []}, {"x": 1}]))
    assert [(one["severity"], one["rows"], one["first"]) for one in told] == [("info", 1, 201)]
    assert not findings(Dataset.from_rows([*chats(3), {"messages": []}]))
    unanswered = {"messages": [ASKED], "topic": "boats"}
    assert not findings(Dataset.from_rows([*chats(1_100), unanswered])), "a chat without its answer is a chat"
    assert not findings(Dataset.from_rows([*chats(3), *pairs(1)], format="openai-chat"))


@pytest.mark.parametrize(
    "row",
    [
        {"conversations": [{"from": "human", "value": f"I am {MAIL}"}, {"from": "gpt", "value": "Hi"}], "tools": "[]"},
        {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hi"}], "system": f"Serve {MAIL}.", "tools": "[]"},
        {"messages": [ASKED], "rejected_response": f"Ask {MAIL}"},
        {"messages": [ASKED], "chosen": f"Ask {MAIL}", "rejected": "No"},
        {"messages": [ASKED], "chosen": "Yes", "rejected": f"Ask {MAIL}"},
        {"messages": [{"content": f"I am {MAIL}"}], "note": f"of {MAIL}", "tools": [{"name": "f"}]},
        {"dialogue": [f"I am {MAIL}"], "tools": [{"name": "f"}]},
    ],
)  # fmt: skip
def test_nothing_private_stays_in_a_row_of_another_format_or_of_none(row) -> None:
    data = Dataset.from_rows([*chats(20), row], origin="human")
    (*_, scrubbed) = ScrubPII()(data).raw()
    assert MAIL.encode() not in scrubbed


def test_a_row_without_the_members_of_the_format_that_was_given_is_walked_whole() -> None:
    row = {"conversations": [{"from": "human", "value": "Who?"}], "tools": [{"name": "f"}], "system": "Be kind."}
    data = Dataset.from_rows([row, *chats(1)], format="openai-chat")
    assert {"Who?", "Be kind.", "f"} <= {text for number, _, text in texts(data) if number == 0}
    assert {part for number, part, _ in texts(data) if number == 1} == {"messages"}


def test_a_row_keeps_the_format_that_was_given_where_it_has_its_members() -> None:
    assert texts(Dataset.from_rows(pairs(1), format="openai-chat")) == [(0, "messages", ASKED["content"])]


def test_one_file_read_as_told_and_as_given_has_two_sets_of_texts() -> None:
    rows = [*chats(20), *pairs(1)]
    told, given = (texts(Dataset.from_rows(rows, format=label)) for label in ("auto", "openai-chat"))
    assert len(told) == len(given) + 2


def test_the_laws_hold_on_mixed_rows() -> None:
    data = Dataset.from_rows([*chats(8), *pairs(3), {"x": MAIL}, {"messages": [{"content": MAIL}]}], origin="human")
    for stage in (Deduplicate(), ScrubPII()):
        assert_laws(stage, data)
