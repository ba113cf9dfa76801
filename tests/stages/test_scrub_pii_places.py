"""ScrubPII in every place of a row: nothing private is left in any output, or a finding says where it is."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, Pipeline, ScrubPII, Split, Validate
from ftdata.pii import DEFAULT_KINDS
from ftdata.testing.laws import assert_laws
from ftdata.testing.laws.changed import with_bytes
from stages.fates import chat, details

VALUES = {
    "EMAIL_ADDRESS": "ada.canary@example.com",
    "PHONE_NUMBER": "+1 202-555-0143",
    "CREDIT_CARD": "4000000000000002",
    "IBAN_CODE": "DE89370400440532013000",
    "US_SSN": "212-09-9999",
    "IP_ADDRESS": "198.51.100.77",
    "CRYPTO": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
}
ROLES = ("system", "developer", "user", "assistant", "tool", "function")


def call(name: str, arguments: Any, **more: Any) -> dict:
    return {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}, **more}


def conversation(value: str) -> dict[str, Any]:
    """A row with the value wherever a model or a trainer would read it, in keys and in JSON in JSON too."""
    nested = json.dumps({value: {"deep": json.dumps([{f"k {value}": [value, {value: 1}]}])}})
    broken = f'{{"a": "{value}", "b": '
    fenced = f"See:\n```json\n{json.dumps({value: [value], 's': json.dumps({value: value})})}\n```"
    said = [{"role": role, "content": f"{role}: {value}."} for role in ROLES]
    parts = [
        {"type": "text", "text": f"is {value}", "citations": [{"title": value}]},
        {"type": "refusal", "refusal": value},
    ]
    return {
        "messages": [
            *said,
            {"role": "user", "content": parts, "name": value, "note": f"https://example.net/ says {value}"},
            {"role": "assistant", "content": None, "reasoning_content": value, "refusal": value, "tool_calls": [
                call(value, nested), call("f", {value: {"x": [value]}}), call("f", broken), call("f", json.dumps(nested)), call("f", "{}", id=value),
            ]},
            {"role": "tool", "tool_call_id": value, "content": nested},
            {"role": "assistant", "content": fenced, "function_call": {"name": "f", "arguments": nested}, value: {"of": value}},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "description": f"as {value}", "parameters": {
            "type": "object", "properties": {value: {"type": "string", "default": value, "enum": [value]}}, "required": [value]}}}],
        "reference_answer": {"mail": value, value: 1},
    }  # fmt: skip


def scrubbed(*rows: dict, **told: Any) -> list[dict]:
    return list(ScrubPII(**told)(Dataset.from_rows(rows)).rows())


def test_there_is_a_value_of_every_default_kind() -> None:
    assert set(VALUES) == set(DEFAULT_KINDS)


@pytest.mark.parametrize("kind", VALUES)
def test_every_place_is_clean_and_all_else_is_as_it_was(kind) -> None:
    (row,) = scrubbed(conversation(VALUES[kind]))
    assert row == json.loads(json.dumps(conversation(f"<{kind}_1>"), ensure_ascii=False))


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("layout", ["chat", "pair", "completion", "dpo", "text", "unknown"])
def test_no_output_of_a_run_holds_a_value(kind, layout, tmp_path) -> None:
    value = VALUES[kind]
    whole = conversation(value)
    row = {
        "chat": whole,
        "pair": {"prompt": whole["messages"][:3], "chosen": whole["messages"][3:], "rejected": [{"role": "assistant", "content": value}]},
        "completion": {"prompt": f"q {value}", "completion": json.dumps({value: value})},
        "dpo": {"input": {"messages": whole["messages"][:2], "tools": whole["tools"]}, "preferred_output": whole["messages"][3:4],
                "non_preferred_output": [{"role": "assistant", "content": value}]},
        "text": {"text": json.dumps([value, {value: json.dumps({value: value})}])},
        "unknown": {"question": value, value: {"deep": [json.dumps({value: [value]})]}},
    }[layout]  # fmt: skip
    raws = [json.dumps(row, ensure_ascii=False), json.dumps(row).replace("@", "\\u0040")]
    (tmp_path / "in.jsonl").write_text("".join(f"{raw}\n" for raw in raws), encoding="utf-8")
    stages = [ScrubPII(), Validate(), Split(train=1, val=0, test=0)]
    result = Pipeline(stages).run(Dataset.read(tmp_path / "in.jsonl", origin="human"), out=tmp_path / "out")
    assert [told["kinds"].keys() for told in details(result.dataset, "edit")] == [{kind}] * 2
    seen = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()} - {"rejected.jsonl"}
    assert {"train.jsonl", "ledger.parquet", "report.html"} <= seen
    spellings = {value, value.replace("@", "\\u0040"), value.replace("@", "%40"), value.removeprefix("+1 ")}
    for name in seen:
        told = (tmp_path / "out" / name).read_bytes().decode("utf-8", "replace")
        if name.endswith(".parquet"):
            told = str(pl.read_parquet(tmp_path / "out" / name).to_dicts())
        assert not any(spelling in told for spelling in spellings), name


NUMBERS = {"phone": 12025550143, "card": 4000000000000002, "ssn": 212099999}
KINDS = {"phone": "PHONE_NUMBER", "card": "CREDIT_CARD", "ssn": "US_SSN"}


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("write", [int, float, lambda n: -n], ids=["whole", "point", "negative"])
def test_a_number_becomes_a_string_and_that_is_said(key, write) -> None:
    number = write(NUMBERS[key])
    deep = json.dumps({"a": json.dumps({key: [number]})})
    row = chat("Go", "ok", tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}])
    row["messages"][1]["tool_calls"] = [
        call("f", json.dumps({key: number, "n": 7})),
        call("f", deep),
        call("f", {key: number}),
    ]
    after = ScrubPII()(Dataset.from_rows([row]))
    (got,) = after.rows()
    stand_in = f"<{KINDS[key]}_1>"
    arguments = [one["function"]["arguments"] for one in got["messages"][1]["tool_calls"]]
    assert json.loads(arguments[0]) == {key: stand_in, "n": 7}
    assert json.loads(json.loads(arguments[1])["a"]) == {key: [stand_in]}
    assert arguments[2] == {key: stand_in}
    place = "$.messages[1].tool_calls[{}].function.arguments".format
    told = [one for one in details(after, "finding") if one["severity"] == "info"]
    assert [one["kinds"] for one in told] == [{KINDS[key]: 1}] * 3
    assert [one["path"] for one in told] == [
        f"{place(0)}~$[key 1]",
        f"{place(1)}~$[key 1]~$[key 1][0]",
        f"{place(2)}[key 1]",
    ]
    assert set(after.ledger.filter(pl.col("action") == "finding")["reason"]) == {"pii.number_to_string"}


def test_a_number_of_the_same_value_has_the_same_placeholder() -> None:
    row = chat(
        "Call +1 202-555-0143", '{"phone": 12025550143, "other": [4000000000000002], "card": "4000 0000 0000 0002"}'
    )
    (got,) = scrubbed(row)
    assert [message["content"] for message in got["messages"]] == [
        "Call <PHONE_NUMBER_1>",
        '{"phone": "<PHONE_NUMBER_1>", "other": ["<CREDIT_CARD_1>"], "card": "<CREDIT_CARD_1>"}',
    ]


@pytest.mark.parametrize(
    "member",
    ['"n": 2025550143', '"order_id": 12025550143', '"cell": 20255501', '"created": 1700000000', '"card": 4000000000000003', '"pi": 3.141592653589793', '"phone": 1e300'],
)  # fmt: skip
def test_a_number_that_is_nothing_stays(member) -> None:
    row = chat("Go", f"{{{member}}}")
    assert scrubbed(row) == [row]


def test_one_address_in_many_spellings_has_one_placeholder() -> None:
    spellings = [
        "josé@example.com", "jose\u0301@example.com", "JOSÉ@EXAMPLE.COM", "josé＠ｅｘａｍｐｌｅ．com", "jo\u200bsé@exam\u00adple.com",
        "josé%40example.com", "josé&#64;example.com", r"jos\u00e9\u0040example.com",
    ]  # fmt: skip
    row = chat(*spellings, json.dumps({spelling: spelling for spelling in spellings[:1]}))
    (got,) = scrubbed(row)
    texts = [message["content"] for message in got["messages"]]
    assert texts == ["<EMAIL_ADDRESS_1>"] * len(spellings) + ['{"<EMAIL_ADDRESS_1>": "<EMAIL_ADDRESS_1>"}']


def test_keys_that_would_become_one_stay_two() -> None:
    row = chat(
        "ada@example.com",
        '{"ADA@example.com": 1, "ada@example.com": 2, "ada%40example.com": 3, "<EMAIL_ADDRESS_3>": 4}',
    )
    (got,) = scrubbed(row)
    assert [message["content"] for message in got["messages"]] == [
        "<EMAIL_ADDRESS_1>",
        '{"<EMAIL_ADDRESS_1>": 1, "<EMAIL_ADDRESS_4>": 2, "<EMAIL_ADDRESS_2>": 3, "<EMAIL_ADDRESS_3>": 4}',
    ]


def test_bytes_around_keys_numbers_and_deep_strings_stay() -> None:
    raw = (
        b'{"messages":[{"role":"user","content":"\xf0\x9f\x98\x80 \\ud83d\\ude00 ada\\u0040example.com \\/"} ,'
        b'{"role":"assistant" , "content":"{ \\"\xf0\x9f\x98\x80\\" :\\"\\\\ud83d\\\\ude00\\" , \\"ada\\\\u0040example.com\\" :\\t4.000000000000002e15 ,'
        b' \\"s\\":\\" [ \\\\\\"\\\\\\\\u00e9 ada@example.com \\\\\\" ] \\" }"}]}'
    )
    data = with_bytes(Dataset.from_rows([chat("a", "b")]), lambda row, _: raw)
    (made,) = ScrubPII()(data).raw()
    assert made == (
        b'{"messages":[{"role":"user","content":"\xf0\x9f\x98\x80 \\ud83d\\ude00 <EMAIL_ADDRESS_1> \\/"} ,'
        b'{"role":"assistant" , "content":"{ \\"\xf0\x9f\x98\x80\\" :\\"\\\\ud83d\\\\ude00\\" , \\"<EMAIL_ADDRESS_1>\\" :\\t\\"<CREDIT_CARD_1>\\" ,'
        b' \\"s\\":\\" [ \\\\\\"\\\\\\\\u00e9 <EMAIL_ADDRESS_1> \\\\\\" ] \\" }"}]}'
    )
    assert json.loads(json.loads(json.loads(made)["messages"][1]["content"])["s"]) == ["é <EMAIL_ADDRESS_1> "]


def test_json_inside_running_text_stays_json() -> None:
    text = 'Here:\n```json\n{"ada@example.com": {"phone": 12025550143, "s": "{\\"card\\": 4000000000000002}"}, "cards": [4000000000000002, 1]}\n```\nok'
    (got,) = scrubbed(chat(text, "ok"))
    inner = json.loads(got["messages"][0]["content"].split("```")[1].removeprefix("json"))
    assert inner == {
        "<EMAIL_ADDRESS_1>": {"phone": "<PHONE_NUMBER_1>", "s": '{"card": "<CREDIT_CARD_1>"}'},
        "cards": ["<CREDIT_CARD_1>", 1],
    }


# -- what is not removed, and what is not found --------------------------------------------------------------------------


def findings(row: dict) -> list[tuple[str, str, dict]]:
    after = ScrubPII()(Dataset.from_rows([row]))
    assert list(after.rows()) == [row]
    told = after.ledger.filter(pl.col("action") == "finding")
    assert set(told["reason"]) <= {"pii.not_removed"}
    return [(one["severity"], one["path"], one["kinds"]) for one in map(json.loads, told["detail"])]


@pytest.mark.parametrize(
    "url",
    ["https://shop.example/p.png?for=ada@example.com", "https://shop.example/ada%40example.com/p.png", "data:text/plain,ada@example.com"],
)  # fmt: skip
def test_the_address_of_a_picture_is_not_edited_and_that_is_said(url) -> None:
    row = {
        "messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]},
            *chat("a", "b")["messages"][1:],
        ]
    }
    assert findings(row) == [("warning", "$.messages[0].content[0].image_url.url", {"EMAIL_ADDRESS": 1})]


def test_a_number_in_the_declaration_of_a_tool_is_not_edited_and_that_is_said() -> None:
    """A schema with a string in the place of a number is refused as a whole."""
    schema = {"type": "object", "properties": {"card": {"type": "integer", "default": 4000000000000002}}}
    row = chat("a", "b", tools=[{"type": "function", "function": {"name": "f", "parameters": schema}}])
    assert findings(row) == [("warning", "$.tools[0].function.parameters.properties[key 1][key 2]", {"CREDIT_CARD": 1})]


@pytest.mark.parametrize(
    ("why", "row"),
    [
        ("metadata is beside the texts", chat("a", "b", metadata={"mail": "ada@example.com", "ada@example.com": 4000000000000002})),
        ("base64", chat("YWRhQGV4YW1wbGUuY29t", "b")),
        ("the bytes of a file", chat([{"type": "file", "file": {"file_data": "data:text/plain;base64," + "ada1" * 40}}], "b")),
        ("written for people", chat("ada (at) example (dot) com, ada at example.com", "two oh two, 555 0143")),
        ("a quoted local part", chat('"ada l"@example.com', "b")),
        ("no public suffix", chat("ada@intranet", "ada@host.invented")),
        ("letters percent-encoded", chat("%61da%40ex%61mple.com", "b")),
        ("a name", chat("Ada Lovelace, 12 St James's Square, London", "b")),
        ("a number over two strings", chat('["4000 0000", "0000 0002"]', "b")),
        ("a phone number without a word or grouping for it", chat("2125550199", '{"n": 2125550199}')),
        ("a phone number after a word for others", chat("order number is 212-555-0199", "order no. +1 212 555 0199, 订单号：010-65276611")),
        ("bare digits and both words", chat("call me about my order: it was placed from 2125550199", "b")),
        ("a phone number that lost its zero", chat('{"phone": 301234567}', "b")),
        ("what is a product in code", chat("y = x@w.to(device)", "a@b.name")),
    ],
    ids=lambda told: told if isinstance(told, str) else "",
)  # fmt: skip
def test_what_is_documented_as_not_found_is_not_found(why, row) -> None:
    assert findings(row) == [], why


# -- laws ----------------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["ada@example.com", "ADA%40example.com", r"ada\u0040example.com", "4000000000000002", "198.51.100.7", "phone", "x", "😀", " ", "é", "<EMAIL_ADDRESS_1>", '"', "{", "\\"]
)  # fmt: skip
WORDS = st.lists(PIECES, max_size=3).map("".join)
ANY = st.recursive(
    WORDS | st.sampled_from([4000000000000002, 2025550143, 12025550143.0, 7, None]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=3) | inner.map(json.dumps),
    max_leaves=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(ANY, ANY, WORDS), min_size=1, max_size=3))
def test_the_laws_hold_wherever_private_data_is(found) -> None:
    rows = []
    for inner, arguments, said in found:
        row = chat(
            said,
            json.dumps(inner),
            tools=[{"type": "function", "function": {"name": "f", "parameters": {"default": inner}}}],
        )
        row["messages"][1]["tool_calls"] = [call("f", arguments)]
        rows += [row, {"any": inner, said: arguments}]
    assert_laws(ScrubPII(), Dataset.from_rows(rows))
