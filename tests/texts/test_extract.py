"""The texts of a row: what is listed, under which path, as what."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata.formats import detect
from ftdata.testing.strategies import chat_records, completion_records, preference_records, text_records
from ftdata.texts import BESIDE, KINDS, PARTS, ROLES, empty_texts, extract_texts

ANY_ROW = chat_records(tools=True, parts=True) | preference_records() | completion_records() | text_records()


def listed(row: dict, format: str | None = None) -> list[tuple]:
    frame = extract_texts([0], [row], [format or detect(row)])
    return [
        (json.loads(path), part, role, kind, text)
        for path, part, role, kind, text in frame.select("path", "part", "role", "kind", "text").iter_rows()
    ]


def at(row, path):
    """The value at a path; None is a step into JSON text."""
    for step in path:
        row = json.loads(row) if step is None else row[step]
    return row


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANY_ROW, max_size=3))
def test_every_text_stands_where_its_path_says(rows) -> None:
    frame = extract_texts(range(len(rows)), rows, [detect(row) for row in rows])
    assert frame.schema == empty_texts().schema
    assert frame["row"].is_sorted()
    for row, path, part, role, kind, text in frame.drop("holds_json").iter_rows():
        assert part in PARTS
        assert role in ROLES
        assert kind in KINDS
        steps = json.loads(path)
        if kind == "number":
            assert abs(at(rows[row], steps)) == int(text)
        elif kind == "key":
            assert steps[-1] == text
            assert text in at(rows[row], steps[:-1])
        elif kind not in {"media", "verdict", "declaration"}:
            assert at(rows[row], steps) == text


def test_a_conversation_with_tools_is_listed_whole() -> None:
    row = {
        "messages": [
            {"role": "system", "content": "Be nice."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"}], "name": "ann"},
            {"role": "assistant", "content": None, "reasoning_content": "Hm.", "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "send", "arguments": '{"to": ["ann"], "n": 1}'}},
            ]},
            {"role": "tool", "tool_call_id": "c1", "content": '{"ok": "yes"}'},
            {"role": "assistant", "content": "Done."},
        ],
        "metadata": {"note": "not read by a model"},
    }  # fmt: skip
    call = ["messages", 2, "tool_calls", 0, "function"]
    assert listed(row) == [
        (["messages", 0, "content"], "messages", "system", "content", "Be nice."),
        (["messages", 1, "name"], "messages", "user", "name", "ann"),
        (["messages", 1, "content", 0, "text"], "messages", "user", "content", "Hi"),
        (["messages", 2, "reasoning_content"], "messages", "assistant", "reasoning", "Hm."),
        (["messages", 2, "tool_calls", 0, "id"], "messages", "assistant", "inner", "c1"),
        ([*call, "name"], "messages", "assistant", "name", "send"),
        ([*call, "arguments"], "messages", "assistant", "arguments", '{"to": ["ann"], "n": 1}'),
        ([*call, "arguments", None, "to", 0], "messages", "assistant", "leaf", "ann"),
        (["messages", 3, "tool_call_id"], "messages", "tool", "inner", "c1"),
        (["messages", 3, "content"], "messages", "tool", "content", '{"ok": "yes"}'),
        (["messages", 3, "content", None, "ok"], "messages", "tool", "leaf", "yes"),
        (["messages", 4, "content"], "messages", "assistant", "content", "Done."),
    ]


def test_json_text_is_marked_so_that_it_is_counted_once_and_edited_inside() -> None:
    frame = extract_texts([0], [{"text": '["a", {"b": "c"}]'}], ["text"])
    assert frame.select("kind", "holds_json", "text").rows() == [
        ("content", True, '["a", {"b": "c"}]'),
        ("leaf", False, "a"),
        ("leaf", False, "c"),
    ]


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "{not json}", "[1, 2", '{"a": NaN}', "7", '"x"', ""])
def test_what_only_looks_like_json_is_text(text) -> None:
    """JSON that repeats a key is text, too: what a parser shows of it is half of it."""
    assert listed({"text": text}) == [(["text"], "text", "other", "content", text)]


def test_arguments_as_an_object_are_listed_as_json_and_by_string() -> None:
    call = {"function": {"name": "send", "arguments": {"to": "ann", "n": 1}}}
    row = {"messages": [{"role": "user", "content": "Go"}, {"role": "assistant", "tool_calls": [call]}]}
    assert [(kind, text) for *_, kind, text in listed(row, "openai-chat")][1:] == [
        ("name", "send"),
        ("arguments", '{"n":1,"to":"ann"}'),
        ("leaf", "ann"),
    ]


def test_the_sides_of_a_pair_are_parts_of_their_own() -> None:
    row = {"prompt": "p", "chosen": "c", "rejected": "r"}
    assert [entry[1:] for entry in listed(row)] == [
        ("prompt", "user", "content", "p"),
        ("chosen", "assistant", "content", "c"),
        ("rejected", "assistant", "content", "r"),
    ]
    dpo = {
        "input": {"messages": [{"role": "user", "content": "p"}], "tools": [{"name": "f"}]},
        "preferred_output": [{"role": "assistant", "content": "c"}],
        "non_preferred_output": [{"role": "assistant", "content": "r"}],
    }
    assert [(part, kind, text) for _, part, _, kind, text in listed(dpo)[:-1]] == [
        ("prompt", "content", "p"),
        ("prompt", "declaration", '[{"name":"f"}]'),
        ("prompt", "leaf", "f"),
        ("chosen", "content", "c"),
        ("rejected", "content", "r"),
    ]
    assert listed(dpo)[-1][3] == "verdict"  # the tools, compared by value


def test_rows_of_other_families_have_parts_and_roles() -> None:
    row = {"system": "s", "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}], "id": "i7"}
    assert [entry[1:] for entry in listed(row)] == [
        ("prompt", "system", "content", "s"),
        ("messages", "user", "content", "q"),
        ("messages", "assistant", "content", "a"),
    ]
    alpaca = {"instruction": "i", "input": "n", "output": "o", "history": [["q", "a"]], "dataset": "d", "context": "c"}
    assert [(part, role, text) for _, part, role, _, text in listed(alpaca)] == [
        ("prompt", "user", "i"),
        ("prompt", "user", "n"),
        ("other", "other", "q"),
        ("other", "other", "a"),
        ("completion", "assistant", "o"),
        ("other", "other", "c"),
        ("beside", "other", "d"),
    ]
    steps = {"prompt": "p", "completions": ["one", "two"], "labels": [True, False]}
    assert [(part, kind, text) for _, part, _, kind, text in listed(steps)[:-1]] == [
        ("prompt", "content", "p"),
        ("completion", "content", "one"),
        ("completion", "content", "two"),
    ]


def test_strings_that_only_number_a_row_of_an_unknown_layout_are_beside_its_texts() -> None:
    row = {"question": "q", "uuid": "7f-3", "ticket_id": "t-9", "made": {"created_at": "2026-01-01"}}
    assert {text: part for _, part, _, _, text in listed(row, "unknown")} == {
        "q": "other",
        "7f-3": "beside",
        "t-9": "beside",
        "2026-01-01": "beside",
    }


def test_notes_on_a_message_say_nothing_but_weights_and_scores_do() -> None:
    def verdicts(**members: object) -> list[str]:
        row = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", **members}]}
        return [text for *_, kind, text in listed(row, "openai-chat") if kind == "verdict"]

    assert verdicts(timestamp="2026", message_id=7, model="m", mood="glad") == []
    assert verdicts(mood={"x": "ann@example.com"}) == []  # but the address is found
    assert verdicts(weight=0) != verdicts(weight=1) != []
    assert verdicts(weight=0) != verdicts(score=0)
    assert len(verdicts(content=None, text="said under another name")) == 1


def test_a_weight_belongs_to_its_message_whether_a_system_prompt_stands_before_it_or_not() -> None:
    def verdicts(*messages: dict) -> list[str]:
        return [text for *_, kind, text in listed({"messages": list(messages)}, "openai-chat") if kind == "verdict"]

    first, second = {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}
    system = {"role": "system", "content": "s"}
    assert verdicts(first | {"weight": 0}, second) != verdicts(first, second | {"weight": 0})
    assert verdicts(system, first, second | {"weight": 0}) == verdicts(first, second | {"weight": 0})


def picture(url: str) -> dict:
    return {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}


def test_a_picture_is_a_fingerprint_that_differs_from_picture_to_picture() -> None:
    one, other = listed(picture("a")), listed(picture("b"))
    assert one[0][3] == "media"
    assert one != other
    assert [entry[3:] for entry in listed(picture("https://shop.example/a.png"))][1:] == [
        ("address", "https://shop.example/a.png"),  # of a kind of its own: one that was edited is a lost picture
        ("leaf", "image_url"),
    ]


def test_a_label_is_a_fingerprint_that_differs_from_label_to_label() -> None:
    rows = [{"prompt": "p", "completion": "c", "label": label} for label in (True, False)]
    one, other = (listed(row, "trl-unpaired-standard") for row in rows)
    assert one[:2] == other[:2]
    assert one[2][3] == other[2][3] == "verdict"
    assert one[2] != other[2]


def test_a_row_of_an_unknown_layout_lists_all_its_strings() -> None:
    row = {"question": "q", "deep": {"er": ["x", 7, {"y": "z"}]}, "score_of": 3, "id": 9}
    found = listed(row, "unknown")
    assert [entry[:1] + entry[3:] for entry in found[:3]] == [
        (["deep", "er", 0], "leaf", "x"),
        (["deep", "er", 2, "y"], "leaf", "z"),
        (["question"], "leaf", "q"),
    ]
    assert {entry[1] for entry in found} == {"other"}
    assert found[3][3] == "verdict"
    assert listed({**row, "id": 10}, "unknown") == found  # what only numbers the rows decides nothing
    assert listed({**row, "score_of": 4}, "unknown") != found


def test_a_role_outside_the_list_is_other() -> None:
    """It is a user's own word, and may be private."""
    row = {"messages": [{"role": "Mrs Secret", "content": "x"}, {"role": "assistant", "content": "y"}]}
    found = listed(row, "openai-chat")
    assert [entry[2:] for entry in found] == [
        ("other", "inner", "Mrs Secret"),
        ("other", "content", "x"),
        ("assistant", "content", "y"),
    ]


def test_what_its_owner_says_only_numbers_a_row_is_neither_counted_nor_compared_and_still_listed() -> None:
    """In rows where any member may matter; a label stays one."""
    row = {"sentence": "q", "about": {"ticket": ["ann 7"], "kind": "k"}, "label": "good"}
    frame = extract_texts([0], [row], ["unknown"], named=[[("about", "ticket"), ("label",)]])
    assert dict(frame.select("text", "part").iter_rows()) == {
        "q": "other",
        "ann 7": "beside",
        "k": "other",
        "good": "other",
    }
    task = {"messages": [{"role": "user", "content": "q"}], "ticket": "ann 7"}
    alone = extract_texts([0], [task], ["openai-rft"])
    named = extract_texts([0], [task], ["openai-rft"], named=[[("ticket",)]])
    assert alone.filter(alone["kind"] != "verdict").equals(named)
    assert ("ann 7", "inner") in list(named.select("text", "kind").iter_rows())


def test_what_is_beside_all_texts_is_listed_for_stages_that_edit() -> None:
    """Strings of JSON in JSON, keys that are no names, long numbers, ids, reference answers."""
    deep = json.dumps({"a b": 1, "say": json.dumps({"1.2.3.4": [20255501430]})})
    row = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "q", "cites": [{"source": "ann 7"}]}], "who": {"x": 2_025_550_143.0}},
            {"role": "tool", "tool_call_id": "call 7", "content": json.dumps({"deep": deep, "n": [True, 999_999, 1_000_000, 1.5e6, -7654321, 1e300, 0.5]})},
        ],
        "reference_answer": {"it is": "ann 8"},
        "rubric": {"a b": "any member may be read by a grader"},
    }  # fmt: skip
    told = [(kind, text) for *_, kind, text in listed(row, "openai-rft") if kind in BESIDE or kind == "leaf"]
    assert told == [
        ("inner", "ann 7"), ("number", "2025550143"), ("inner", "call 7"),
        ("leaf", deep), ("key", "a b"), ("inner", json.loads(deep)["say"]), ("key", "1.2.3.4"), ("number", "20255501430"),
        ("number", "1000000"), ("number", "1500000"), ("number", "7654321"),
        ("key", "it is"), ("inner", "ann 8"), ("key", "a b"), ("inner", "any member may be read by a grader"),
    ]  # fmt: skip
    noted = {
        "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}],
        "rubric": row["rubric"],
    }
    assert [text for *_, text in listed(noted, "openai-chat")] == ["q", "a"]


@pytest.mark.parametrize(
    ("url", "kinds"),
    [
        ("iVBORw0KGgo" * 40 + "==", []),
        ("data:image/png;base64," + "QUJD" * 40, []),
        ("data:text/plain,ann%207", ["address"]),
        ("s3://bucket/ann-7", ["address"]),
        ("look at s3://bucket/ann-7", ["leaf"]),
        ("QUJD", ["leaf"]),
    ],
)
def test_the_bytes_of_a_picture_are_no_text_and_its_address_is_told_apart(url, kinds) -> None:
    assert [kind for *_, kind, text in listed(picture(url)) if text == url] == kinds


def test_what_is_beside_changes_neither_keys_of_copies_nor_what_is_compared() -> None:
    from ftdata.near_duplicates.parts import compared_parts, exact_keys

    call = {"id": "c 1", "function": {"name": "send", "arguments": '{"a b": 20255501430}'}}
    rows = [{"messages": [{"role": "user", "content": "Go"}, {"role": "assistant", "tool_calls": [call]}]}]
    frame = extract_texts([0], rows, ["openai-chat"])
    texts = frame.filter(~frame["kind"].is_in(BESIDE))
    assert len(texts) < len(frame)
    assert exact_keys(frame).equals(exact_keys(texts))
    assert compared_parts(frame).equals(compared_parts(texts))


@pytest.mark.parametrize(
    "row",
    [
        {"messages": "no list"},
        {"messages": [7, None, "x", {"role": 3, "content": 4}]},
        {"messages": [{"role": "user", "content": [1, "x", {"type": "text"}]}]},
        {"messages": [{"role": "assistant", "tool_calls": ["x", {"function": 3}]}], "tools": "none"},
        {"messages": {"role": "user", "content": "x"}},
    ],
)
def test_a_row_that_is_laid_out_wrongly_is_listed_as_well_as_it_can_be(row) -> None:
    for path, _, _, kind, text in listed(row, "openai-chat"):
        if kind in {"content", "leaf", "name"}:
            assert at(row, path) == text


def test_deep_nesting_is_no_problem() -> None:
    deep: dict = {"x": "bottom"}
    for _ in range(190):
        deep = {"x": deep}
    assert [text for *_, text in listed(deep, "unknown")] == ["bottom"]
