"""ScrubPII: private data is replaced wherever a model would read it, and nothing else is touched."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, RecipeError, ScrubPII
from ftdata.pii import Detector
from ftdata.testing.laws import assert_laws
from ftdata.testing.laws.changed import with_bytes
from ftdata.testing.strategies import chat_records, datasets, message_texts, pii_texts, preference_records
from stages.fates import chat, details, drops

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
TEXTS = message_texts() | pii_texts().map(lambda planted: planted.text)
MAIL = "ann.lee@example.com"
CARD = "4000 0000 0000 0002"


def scrubbed(*rows: dict, **told) -> list[dict]:
    return list(ScrubPII(**told)(Dataset.from_rows(rows)).rows())


@FEW
@given(datasets(chat_records(tools=True, max_turns=2, content=TEXTS), broken=True, max_rows=6))
def test_the_laws_hold_on_chats(data) -> None:
    assert_laws(ScrubPII(), data)


@FEW
@given(datasets(preference_records(content=TEXTS), max_rows=5))
def test_the_laws_hold_on_pairs(data) -> None:
    assert_laws(ScrubPII(), data)


@settings(max_examples=25, deadline=None)
@given(st.lists(pii_texts(max_spans=4), min_size=1, max_size=3))
def test_no_planted_value_is_left_and_every_other_character_is(planted) -> None:
    (row,) = scrubbed(chat(*(one.text for one in planted)))
    for one, message in zip(planted, row["messages"], strict=True):
        rest = message["content"]
        for start, end, kind in reversed(one.spans):
            assert one.text[start:end] not in rest
            assert f"<{kind}_" in rest
        pieces = "".join(
            one.text[end:start]
            for (_, end, _), (start, _, _) in zip(
                [(0, 0, ""), *one.spans], [*one.spans, (len(one.text), 0, "")], strict=True
            )
        )
        for kind in {kind for _, _, kind in one.spans}:
            for number in range(1, 20):
                rest = rest.replace(f"<{kind}_{number}>", "")
        assert rest == pieces


def everywhere(value: str) -> dict:
    """A row with the same value in every place where a model would read it."""
    arguments = json.dumps({"to": value, "deep": [{"copy": f"also {value}"}], "amount": 3})
    call = {"id": "call_1", "type": "function", "function": {"name": "send_mail", "arguments": arguments}}
    return {
        "messages": [
            {"role": "system", "content": f"The user is {value}."},
            {"role": "developer", "content": f"Never tell {value}."},
            {"role": "user", "content": [{"type": "text", "text": f"I am {value}"}], "name": "ann"},
            {"role": "assistant", "content": None, "reasoning_content": f"So {value} it is.", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"sent": [value]})},
            {"role": "assistant", "content": f"Sent to {value}."},
        ],
        "tools": [{"type": "function", "function": {"name": "send_mail", "description": f"as in {value}", "parameters": {}}}],
        "metadata": {"customer": value},
    }  # fmt: skip


@pytest.mark.parametrize("value", [MAIL, CARD, "+1 202-555-0143", "198.51.100.7", "DE89 3704 0044 0532 0130 00"])
def test_one_value_has_one_placeholder_in_every_place(value) -> None:
    (row,) = scrubbed(everywhere(value))
    kind = next(span.kind for span in Detector().find(f"I am {value}"))
    metadata = row.pop("metadata")
    assert metadata == {"customer": value}  # beside the texts, so not a model's reading
    expected = json.loads(json.dumps(everywhere("PLACE")))
    del expected["metadata"]
    # The strings of embedded JSON are compared as values, their layout below.
    assert row == json.loads(json.dumps(expected).replace("PLACE", f"<{kind}_1>"))


def test_json_inside_strings_stays_valid_and_laid_out_as_it_was() -> None:
    arguments = '{ "to" :"' + MAIL + '" ,"say":"caf\\u00e9 \\"quoted\\" \\/ ' + MAIL + '" }'
    call = {"id": "c", "type": "function", "function": {"name": "send", "arguments": arguments}}
    row = {
        "messages": [{"role": "user", "content": "Go"}, {"role": "assistant", "content": None, "tool_calls": [call]}]
    }
    (after,) = scrubbed(row)
    now = after["messages"][1]["tool_calls"][0]["function"]["arguments"]
    assert now == arguments.replace(MAIL, "<EMAIL_ADDRESS_1>")
    assert json.loads(now)["say"] == 'café "quoted" / <EMAIL_ADDRESS_1>'


def test_bytes_beside_the_values_stay_as_they_were_written() -> None:
    raw = (
        b'{ "messages" : [ {"role":"user","content":"caf\\u00e9 \\/ ' + MAIL.encode() + b' \xc3\xa9\\u2028"} ,\t'
        b'{"role":"assistant","content":"ok"} ] , "n" : 1.50 , "big": 12345678901234567890123 }'
    )
    data = with_bytes(Dataset.from_rows([chat("a", "b")]), lambda row, _: raw)
    assert list(ScrubPII()(data).raw()) == [raw.replace(MAIL.encode(), b"<EMAIL_ADDRESS_1>")]


def test_numbers_run_through_a_conversation_and_begin_anew_in_the_next() -> None:
    one, other = "ann@example.com", "bob@example.com"
    rows = scrubbed(chat(f"{one} and {other}", f"{other}, not {one}"), chat(f"only {other}", "ok"))
    said = [[message["content"] for message in row["messages"]] for row in rows]
    assert said == [
        ["<EMAIL_ADDRESS_1> and <EMAIL_ADDRESS_2>", "<EMAIL_ADDRESS_2>, not <EMAIL_ADDRESS_1>"],
        ["only <EMAIL_ADDRESS_1>", "ok"],
    ]


def test_the_two_sides_of_a_pair_share_their_numbers() -> None:
    row = {
        "prompt": [{"role": "user", "content": f"Who is {MAIL}?"}],
        "chosen": [{"role": "assistant", "content": "I will not say."}],
        "rejected": [{"role": "assistant", "content": f"{MAIL} pays with {CARD}."}],
    }
    (after,) = scrubbed(row)
    assert after["prompt"][0]["content"] == "Who is <EMAIL_ADDRESS_1>?"
    assert after["rejected"][0]["content"] == "<EMAIL_ADDRESS_1> pays with <CREDIT_CARD_1>."
    assert after["chosen"] == row["chosen"]


def test_a_placeholder_that_is_there_already_is_not_given_out_again() -> None:
    (row,) = scrubbed(chat(f"<EMAIL_ADDRESS_1> met {MAIL}", "ok"))
    assert row["messages"][0]["content"] == "<EMAIL_ADDRESS_1> met <EMAIL_ADDRESS_2>"


def test_the_ledger_tells_kinds_and_counts_and_no_value() -> None:
    after = ScrubPII()(Dataset.from_rows([chat(f"{MAIL}, {CARD}", f"{MAIL}"), chat("nothing", "here")]))
    assert details(after, "edit") == [
        {"kinds": {"CREDIT_CARD": 1, "EMAIL_ADDRESS": 2}, "roles": {"assistant": 1, "user": 2}}
    ]
    assert after.ledger["reason"].to_list() == ["pii_replaced"]
    assert drops(after) == {}
    assert not any(word in after.ledger["detail"][0] for word in ("ann", "4000", "example"))


def test_only_the_kinds_that_were_asked_for_are_replaced() -> None:
    (row,) = scrubbed(chat(f"{MAIL} {CARD}", "ok"), kinds=["CREDIT_CARD"])
    assert row["messages"][0]["content"] == f"{MAIL} <CREDIT_CARD_1>"


@pytest.mark.parametrize(
    "text",
    ["See section 4.1.2 and 10.0.", "x = 3.14159265358979", "order 4711, 2026-04-15 10:30", "str.re and @property", "1234567890123456"],
)  # fmt: skip
def test_what_only_looks_like_private_data_stays(text) -> None:
    assert scrubbed(chat(text, "ok")) == [chat(text, "ok")]


def test_an_unknown_kind_is_said_when_it_is_built() -> None:
    with pytest.raises(RecipeError, match="SHOE_SIZE"):
        ScrubPII(kinds=["SHOE_SIZE"])
