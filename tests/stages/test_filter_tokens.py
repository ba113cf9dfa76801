"""FilterTokens: counts are exact, limits inclusive."""

from __future__ import annotations

import json

import pytest
import tiktoken
from hypothesis import HealthCheck, given, settings

from ftdata import Dataset, EncodingUnavailable, FilterTokens, RecipeError
from ftdata.testing.laws import assert_laws
from ftdata.testing.strategies import chat_records, completion_records, datasets, preference_records, text_records
from ftdata.tokens import load_encoding
from stages.fates import details_by_line, drops, kept_lines

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
MIXED = chat_records(tools=True, parts=True, max_turns=2) | preference_records() | text_records()


def tokens(data: Dataset) -> list[int]:
    return data.column("content_tokens").to_list()


def counted(*texts: str, encoding: str = "o200k_base") -> int:
    return int(load_encoding(encoding).count(list(texts)).sum())


@FEW
@given(datasets(MIXED, broken=True, max_rows=6))
def test_the_laws_hold(data) -> None:
    assert_laws(FilterTokens(max_tokens=20, min_tokens=3), data)


@settings(max_examples=30, deadline=None)
@given(chat_records())
def test_a_plain_chat_counts_the_sum_of_its_contents(row) -> None:
    after = FilterTokens(min_tokens=0)(Dataset.from_rows([row]))
    assert tokens(after) == [counted(*(message["content"] for message in row["messages"]))]


@settings(max_examples=20, deadline=None)
@given(completion_records())
def test_a_completion_counts_both_sides(row) -> None:
    after = FilterTokens(min_tokens=0)(Dataset.from_rows([row]))
    assert tokens(after) == [counted(row["prompt"], row["completion"])]


def test_the_packaged_encodings_count_as_tiktoken_does() -> None:
    """Where tiktoken has its own rank files at hand; it would fetch them otherwise."""
    ranks = load_encoding("o200k_base")
    assert ranks.backend.startswith(f"tiktoken {tiktoken.__version__}")
    said = "Hello, world! Größe 你好 👩‍👩‍👧 <|endoftext|>"
    assert counted(said) == counted(said[:5]) + counted(said[5:])  # "Hello" ends a word


def test_a_pair_is_as_long_as_its_longer_side() -> None:
    prompt, chosen, rejected = "Is it open?", "Yes, from nine to five on every day of the week.", "No."
    row = {
        "prompt": [{"role": "user", "content": prompt}],
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
    }
    swapped = {**row, "chosen": row["rejected"], "rejected": row["chosen"]}
    longer = counted(prompt) + counted(chosen)
    assert tokens(FilterTokens()(Dataset.from_rows([row, swapped]))) == [longer, longer]


def test_tool_calls_results_and_declarations_count() -> None:
    arguments = '{"order": 17}'
    tools = [{"type": "function", "function": {"name": "refund", "parameters": {"type": "object"}}}]
    call = {"id": "call_1", "type": "function", "function": {"name": "refund", "arguments": arguments}}
    row = {
        "messages": [
            {"role": "user", "content": "Refund it"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "done"},
        ],
        "tools": tools,
    }
    declared = json.dumps(tools, separators=(",", ":"))
    expected = counted("Refund it", "refund", arguments, "done", declared)
    assert tokens(FilterTokens()(Dataset.from_rows([row]))) == [expected]


def test_images_and_strings_inside_arguments_count_nothing_twice() -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://images.example.com/1.png"}}
    row = {"messages": [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]}]}
    assert tokens(FilterTokens()(Dataset.from_rows([row]))) == [counted("What is it?")]


def test_special_tokens_in_a_text_are_text() -> None:
    assert counted("<|endoftext|>") > 1
    assert tokens(FilterTokens()(Dataset.from_rows([{"text": "<|endoftext|>"}]))) == [counted("<|endoftext|>")]


def test_limits_are_inclusive_and_told_in_the_ledger() -> None:
    rows = [{"text": " ".join(["word"] * count)} for count in (1, 2, 3, 4)]
    after = FilterTokens(min_tokens=2, max_tokens=3)(Dataset.from_rows(rows))
    assert kept_lines(after) == [2, 3]
    assert drops(after) == {1: "too_few_tokens", 4: "too_many_tokens"}
    assert details_by_line(after) == {
        1: {"tokens": 1, "min_tokens": 2, "encoding": "o200k_base"},
        4: {"tokens": 4, "max_tokens": 3, "encoding": "o200k_base"},
    }


def test_a_row_without_text_has_too_few_tokens_unless_none_are_asked_for() -> None:
    empty = Dataset.from_rows([{"text": ""}, {"text": "x"}])
    assert drops(FilterTokens()(empty)) == {1: "too_few_tokens"}
    assert tokens(FilterTokens(min_tokens=0)(empty)) == [0, 1]


def test_dropped_rows_keep_their_mark() -> None:
    after = FilterTokens(max_tokens=1)(Dataset.from_rows([{"text": "one"}, {"text": "one two"}]))
    assert after.marks["content_tokens"].to_list() == [1, 2]


def test_encodings_differ() -> None:
    text = "你好，请问这件商品什么时候可以发货？"
    data = Dataset.from_rows([{"text": text}])
    for name in ("o200k_base", "cl100k_base"):
        assert tokens(FilterTokens(encoding=name)(data)) == [counted(text, encoding=name)]
    assert counted(text) < counted(text, encoding="cl100k_base")


def test_what_cannot_be_is_said_when_it_is_built() -> None:
    with pytest.raises(RecipeError, match="below min_tokens"):
        FilterTokens(max_tokens=5, min_tokens=6)
    with pytest.raises(RecipeError, match="max_tokens"):
        FilterTokens(max_tokens=0)
    with pytest.raises(EncodingUnavailable, match="r50k_base"):
        FilterTokens(encoding="r50k_base")
