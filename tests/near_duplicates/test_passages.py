"""Passages that much of a set shares are left out of the comparison; nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.near_duplicates import common_lines, compared_parts, count_lines
from ftdata.near_duplicates.passages import COMMON_ROWS
from ftdata.texts import extract_texts

if TYPE_CHECKING:
    import polars as pl

TASK = "Say of the following sentence whether it is about the weather or not."


def texts_of(prompts: list[str], answers: list[str]) -> pl.DataFrame:
    rows = [
        {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]}
        for prompt, answer in zip(prompts, answers, strict=True)
    ]
    return extract_texts(range(len(rows)), rows, ["openai-chat"] * len(rows))


def common_of(texts: pl.DataFrame, rows: int) -> frozenset[int]:
    return common_lines(count_lines(texts), rows=rows)


def test_a_line_of_many_prompts_is_left_out_and_told_as_the_template() -> None:
    texts = texts_of([f"{TASK}\nRow {i} speaks of other things." for i in range(COMMON_ROWS)], ["No."] * COMMON_ROWS)
    parts = compared_parts(texts, common=common_of(texts, COMMON_ROWS))
    assert parts["whole"].to_list() == [f"Row {i} speaks of other things.\nNo." for i in range(COMMON_ROWS)]
    assert set(parts["verdict"]) == {TASK}


def test_a_line_of_fewer_rows_stays() -> None:
    texts = texts_of([f"{TASK}\nRow {i}." for i in range(COMMON_ROWS - 1)], ["No."] * (COMMON_ROWS - 1))
    assert not common_of(texts, COMMON_ROWS - 1)


def test_in_a_large_set_a_line_must_stand_in_one_of_a_thousand_rows() -> None:
    texts = texts_of([TASK] * COMMON_ROWS, ["No."] * COMMON_ROWS)
    assert common_of(texts, 1000 * COMMON_ROWS)
    assert not common_of(texts, 1000 * COMMON_ROWS + 1)


def test_a_line_that_stands_twice_in_a_row_counts_once() -> None:
    texts = texts_of([f"{TASK}\n{TASK}"] * (COMMON_ROWS - 1), ["No."] * (COMMON_ROWS - 1))
    assert not common_of(texts, 10)


def test_answers_and_short_lines_are_always_compared() -> None:
    """A refusal that stands in every row is what is trained on; `Yes.` is too short to be a passage."""
    refusal = "I am sorry, but I cannot help you with that question."
    texts = texts_of(["Yes."] * COMMON_ROWS, [refusal] * COMMON_ROWS)
    parts = compared_parts(texts, common=common_of(texts, COMMON_ROWS))
    assert set(parts["whole"]) == {f"Yes.\n{refusal}"}


def test_a_line_without_spaces_is_long_enough_from_twenty_characters_on() -> None:
    line = "判断下面的句子是否与天气有关并且只回答是或否"
    for size, common in ((19, 0), (20, 1)):
        texts = texts_of([f"{line[:size]}\n{i}" for i in range(COMMON_ROWS)], ["否"] * COMMON_ROWS)
        assert len(common_of(texts, COMMON_ROWS)) == common


def test_two_templates_make_two_examples_of_one_sentence() -> None:
    other = "Say of the following sentence whether it is written in good English."
    prompts = [f"{task}\nIt rains {i} days." for task in (TASK, other) for i in range(COMMON_ROWS)]
    texts = texts_of(prompts, ["Yes."] * len(prompts))
    parts = compared_parts(texts, common=common_of(texts, len(prompts)))
    assert parts["whole"][0] == parts["whole"][COMMON_ROWS]
    assert parts["verdict"][0] != parts["verdict"][COMMON_ROWS]


def test_the_lines_of_a_template_are_told_in_order() -> None:
    prompts = [f"{TASK}\nAnswer with yes or with no and nothing else.\nRow {i}." for i in range(COMMON_ROWS)]
    texts = texts_of(prompts, ["No."] * COMMON_ROWS)
    parts = compared_parts(texts, common=common_of(texts, COMMON_ROWS))
    assert set(parts["verdict"]) == {f"{TASK}\nAnswer with yes or with no and nothing else."}
