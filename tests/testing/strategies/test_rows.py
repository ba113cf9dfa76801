"""Rows in wire formats: valid for their readers, with small and readable minima."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from ftdata.formats import detect, read_record, write_record
from ftdata.targets import get_target
from ftdata.testing.strategies import chat_records, completion_records, preference_records, text_records

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEARCH = settings(max_examples=500, database=None, deadline=None, suppress_health_check=list(HealthCheck))
EXTRA = {"metadata": st.fixed_dictionaries({"customer": st.sampled_from("abc")})}

FORMATS = {
    "openai-chat": chat_records(tools=True, parts=True, extra=EXTRA),
    "trl-preference-conversational": preference_records(extra=EXTRA),
    "openai-dpo": preference_records(layout="openai", extra=EXTRA),
    "prompt-completion": completion_records(extra=EXTRA),
    "trl-prompt-completion-conversational": completion_records(conversational=True, extra=EXTRA),
    "text": text_records(extra=EXTRA),
}


@pytest.mark.parametrize("name", FORMATS)
def test_rows_are_of_their_format_and_survive_reading_and_writing(name) -> None:
    @FEW
    @given(FORMATS[name])
    def check(row):
        assert json.loads(json.dumps(row, ensure_ascii=False).encode()) == row
        assert detect(row) == name
        assert write_record(read_record(row, name), name) == row
        assert row["metadata"]["customer"] in "abc"

    check()


@FEW
@given(chat_records(tools=True, parts=True))
def test_a_provider_finds_nothing_wrong_with_a_chat(row) -> None:
    problems = get_target("openai").check_row(row, "openai-chat")
    assert not [problem for problem in problems if problem.severity == "error"]


@FEW
@given(chat_records(tools=True))
def test_every_tool_call_is_declared_and_answered(row) -> None:
    calls = [call for message in row["messages"] for call in message.get("tool_calls", [])]
    answers = [message["tool_call_id"] for message in row["messages"] if message["role"] == "tool"]
    assert [call["id"] for call in calls] == answers
    assert len(set(answers)) == len(answers)
    declared = {tool["function"]["name"] for tool in row.get("tools", [])}
    assert {call["function"]["name"] for call in calls} == declared
    assert all(isinstance(json.loads(call["function"]["arguments"]), dict) for call in calls)


@FEW
@given(chat_records(min_turns=2, max_turns=3, system=True), chat_records(system=False))
def test_turns_and_system_message_are_as_asked(row, without) -> None:
    assert row["messages"][0]["role"] == "system"
    assert 2 <= sum(message["role"] == "user" for message in row["messages"]) <= 3
    assert without["messages"][0]["role"] == "user"
    assert row["messages"][-1]["role"] == "assistant"


@FEW
@given(preference_records(content=st.sampled_from("ab")))
def test_the_two_answers_of_a_pair_differ(row) -> None:
    assert row["chosen"] != row["rejected"]


@pytest.mark.parametrize(
    ("strategy", "wanted", "smallest"),
    [
        (
            chat_records(content=st.sampled_from("01")),
            lambda row: row["messages"][0]["role"] == "system",
            [("system", "0"), ("user", "0"), ("assistant", "0")],
        ),
        (
            chat_records(content=st.sampled_from("01")),
            lambda row: len(row["messages"]) >= 4,
            [("user", "0"), ("assistant", "0"), ("user", "0"), ("assistant", "0")],
        ),
        (
            chat_records(tools=True, content=st.sampled_from("01")),
            lambda row: any("tool_calls" in message for message in row["messages"]),
            [("user", "0"), ("assistant", None), ("tool", "0"), ("assistant", "0")],
        ),
        (
            chat_records(),
            lambda row: any("\u2028" in (message["content"] or "") for message in row["messages"]),
            [("user", "0"), ("assistant", "\u2028")],
        ),
    ],
    ids=["system", "two turns", "tool call", "U+2028"],
)
def test_chats_shrink_to_what_a_person_can_read(strategy, wanted, smallest) -> None:
    row = find(strategy, wanted, settings=SEARCH, random=Random(3))
    found = [(message["role"], message["content"]) for message in row["messages"]]
    assert found in (smallest, [("user", "\u2028"), ("assistant", "0")])  # either place is as small


def test_a_pair_shrinks_to_the_smallest_difference() -> None:
    row = find(preference_records(), lambda row: True, settings=SEARCH, random=Random(3))
    assert row == {
        "prompt": [{"role": "user", "content": "0"}],
        "chosen": [{"role": "assistant", "content": "0"}],
        "rejected": [{"role": "assistant", "content": "00"}],
    }
