"""Texts of any JSON: the order of keys says nothing, no value stops a run, no string is passed over."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, Deduplicate, Split
from ftdata.near_duplicates import compared_parts, exact_keys, related_bodies
from ftdata.testing.strategies import chat_records, completion_records, preference_records, text_records
from ftdata.texts import extract_texts
from texts.rows_of_formats import ROWS

if TYPE_CHECKING:
    import random

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["user", "system", "ada@example.com", "x", '{"a": ["b"]}']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["role", "content", "text", "function", "arguments", "messages", "type", "from", "value", "name", "x@y.org"]),
        inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip
ANY_ROW = st.sampled_from(list(ROWS.values())) | chat_records(tools=True, parts=True) | preference_records() | (
    completion_records() | text_records()
)  # fmt: skip


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same JSON with the keys of every object in another order."""
    if isinstance(value, list):
        return [shuffled(item, chance) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    chance.shuffle(keys)
    return {key: shuffled(value[key], chance) for key in keys}


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """All paths of a value, its own left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in items for found in ((*path, key), *places(item, (*path, key)))]


def replaced(row: Any, path: tuple, value: Any) -> Any:
    made = copy.deepcopy(row)
    inner = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return made


@SOME
@given(ANY_ROW, st.sampled_from(sorted(ROWS)), st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_text(row, label, chance) -> None:
    one, other = (extract_texts([0], [value], [label]) for value in (row, shuffled(row, chance)))
    counted = (pl.col("kind") == "declaration") & (pl.col("part") != "other")  # as written, and compared by value
    texts = pl.when(counted).then(pl.lit("")).otherwise("text").alias("text")
    assert one.with_columns(texts).equals(other.with_columns(texts))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(chat_records(tools=True, parts=True) | preference_records(), min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
def test_a_row_and_itself_with_other_orders_of_keys_are_exact_copies_and_stay_in_one_split(drawn, chance) -> None:
    rows = [*ROWS.values(), *drawn]
    for label in ("auto", "openai-chat", "unknown"):
        data = Dataset.from_rows([*rows, *(shuffled(row, chance) for row in rows)], origin="human", format=label)
        after = Deduplicate(near=False)(data)
        assert len(after) <= len(rows)
        told = [
            json.loads(detail) for detail in after.ledger.filter(after.ledger["reason"] == "exact_duplicate")["detail"]
        ]
        assert len(told) >= len(rows)
        assert {one["similarity"] for one in told} == {1.0}
        split = Split(train=0.4, val=0.3, test=0.3, max_cluster=1)(data).column("split").to_list()
        assert split[: len(rows)] == split[len(rows) :]


def test_tool_calls_written_with_sorted_keys_are_copies() -> None:
    rows = [
        {"messages": [
            {"role": "user", "name": "ann", "content": f"Book a table for {i}."},
            {"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "book", "arguments": f'{{"n":{i}}}'}}],
             "reasoning_content": "A table.", "content": "Just a moment.", "function_call": {"name": "close", "arguments": "{}"}},
        ]}
        for i in range(5)
    ]  # fmt: skip
    again = [json.loads(json.dumps(row, sort_keys=True)) for row in rows]
    assert len(Deduplicate(near=False)(Dataset.from_rows([*rows, *again], origin="human"))) == 5


def test_a_row_of_nothing_but_numbers_of_itself_is_a_copy_whatever_the_order() -> None:
    rows = [{"id": 1, "uuid": "u"}, {"uuid": "u", "id": 1}, {"id": 2, "uuid": "u"}]
    assert len(Deduplicate(near=False)(Dataset.from_rows(rows))) == 2


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(ROWS)), st.data())
def test_no_json_at_any_place_of_a_row_stops_the_walk(label, data) -> None:
    row = replaced(ROWS[label], data.draw(st.sampled_from(places(ROWS[label]))), data.draw(JSON))
    texts = extract_texts([0], [row], [label])
    for made in (compared_parts, exact_keys, related_bodies):
        made(texts)
    paths = texts.filter(
        texts["kind"].is_in(["content", "reasoning", "name", "leaf", "inner", "address"]) & ~texts["holds_json"]
    )
    assert paths["path"].is_unique().all(), "an edit would be made twice"


@pytest.mark.parametrize("bad", [{"a": 1}, [1], {"role": "user"}, [["user"]], 7, None, True])
@pytest.mark.parametrize("key", ["role", "from"])
def test_a_role_that_is_no_string_is_no_role(bad, key) -> None:
    rows = [{"messages": [{key: bad, "content": "Hello", "value": "there"}]}]
    for label in ("openai-chat", "sharegpt", "messages-under-conversations"):
        assert extract_texts([0], rows, [label]).height


@pytest.mark.parametrize("key", ["function", "messages", "content", "tool_calls", "x"])
def test_a_value_as_deep_as_a_row_may_be_stops_nothing(key) -> None:
    deep: Any = "ada@example.com"
    for _ in range(190):
        deep = {key: deep}
    rows = [{"messages": deep}, {"messages": [deep]}, {"messages": [{"role": "user", "tool_calls": [deep]}]}]
    for row in rows:
        assert "ada@example.com" in extract_texts([0], [row], ["openai-chat"])["text"].to_list()


# What says where a row came from is metadata, and alone is left alone.
_SEEN = {"openai-chat", "openai-dpo", "sharegpt", "messages-under-conversations", "trl-preference-conversational"}
_PATHS = [
    (label, path) for label in sorted(_SEEN) for path in places(ROWS[label])
    if path[0] in {"messages", "input", "preferred_output", "conversations", "chosen", "rejected", "prompt"}
]  # fmt: skip


@pytest.mark.parametrize("label", sorted(_SEEN))
def test_every_string_put_into_a_message_is_listed(label) -> None:
    """Whatever member it stands in, known or not, beside a known role or none."""
    for path in [path for one, path in _PATHS if one == label]:
        held = ROWS[label]
        for step in path:
            held = held[step]
        made = [replaced(ROWS[label], path, "ada@example.com")]
        if isinstance(held, dict):
            made += [replaced(ROWS[label], (*path, key), "ada@example.com")
                     for key in ("from", "role", "value", "refusal", "thinking", "text", "note", "name", "id", "type", "index")]  # fmt: skip
            made += [replaced(ROWS[label], (*path, key), {"x": "ada@example.com"})
                     for key in ("from", "refusal", "thinking", "name", "reasoning", "type", "note", "call_id")]  # fmt: skip
        for row in made:
            if "messages" not in row or isinstance(row["messages"], list):
                texts = extract_texts([0], [row], [label])
                listed = texts.filter((texts["text"] == "ada@example.com") & ~texts["kind"].is_in(["media", "verdict"]))
                assert listed.height == 1, (path, row)


def test_numbers_that_no_double_holds_are_compared_as_written(tmp_path) -> None:
    call = """{"messages": [{"role": "user", "content": "Go"}, {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {"n": %s}}}]}]}"""
    path = tmp_path / "rows.jsonl"
    for form in ('{"prompt": "p", "completion": "c", "score": %s}', '{"id": %s}', '{"n": %s}', call):
        for one, other in ((f"{2**70}", f"{2**70 + 1}"), ("0.1", "0.10000000000000000001"), ("1e-400", "1e-401")):
            path.write_text("\n".join([form % one, form % other, (form % one).replace(": ", ":")]))
            assert len(Deduplicate(near=False)(Dataset.read(path))) == 2, (form, one)
