"""Validate: every problem of every row is written down; rows that would be rejected leave."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from ftdata import Dataset, RecipeError, Validate
from ftdata.report.problems import list_problems
from ftdata.testing.laws import assert_laws
from ftdata.testing.strategies import chat_records, completion_records, datasets, preference_records
from stages.fates import chat, details, drops, kept_lines

DATA = Path(__file__).parents[1] / "data"
FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def findings(data: Dataset) -> list[tuple[int, str]]:
    told = data.ledger.filter((data.ledger["action"] == "finding") & data.ledger["row"].is_not_null())
    return list(zip(told["line"], told["reason"], strict=True))


class Metadata(BaseModel):
    quality: int


class Ours(BaseModel):
    metadata: Metadata


@pytest.mark.parametrize(
    ("stage", "record"),
    [
        (Validate(), chat_records(tools=True, parts=True, max_turns=2)),
        (Validate(target="openai"), chat_records(tools=True, max_turns=2)),
        (
            Validate(target="openai", repair=("extra_keys",)),
            chat_records(max_turns=1, extra={"note": st.text(max_size=3)}),
        ),
        (
            Validate(target="openai", repair=("null_keys",)),
            chat_records(tools=True, max_turns=2, extra={"tools": st.none(), "functions": st.none()}),
        ),
        (Validate(target="trl"), preference_records() | completion_records(conversational=True)),
        (Validate(schema=Ours), chat_records(max_turns=1, extra={"metadata": st.just({"quality": 1}) | st.just({})})),
    ],
    ids=["layout", "openai", "repair", "nulls", "trl", "schema"],
)
def test_the_laws_hold(stage, record) -> None:
    @FEW
    @given(datasets(record, broken=True, max_rows=6))
    def check(data):
        assert_laws(stage, data)

    check()


def test_all_problems_of_a_row_are_found_at_once() -> None:
    row = {
        "messages": [
            {"role": "narrator", "content": "x"},
            {"role": "user", "content": 7},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{"}}]},
        ]
    }  # fmt: skip
    after = Validate(target="openai")(Dataset.from_rows([row, chat("Hi", "Hello")]))
    assert drops(after) == {1: "invalid_record"}
    told = [(path, one["severity"]) for one in details(after, "finding") for path in one.get("paths", ())]
    assert {path for path, severity in told if severity == "error"} >= {"$.messages[0].role", "$.messages[1].content"}
    (drop,) = details(after, "drop")
    assert drop["problems"] == sum(severity == "error" for _, severity in told)
    assert drop["rule"] in {rule for _, rule in findings(after)}


def test_a_finding_says_where_and_never_what() -> None:
    row = {"messages": [{"role": "user", "content": "secret words", "a secret key": "secret value"}]}
    after = Validate(target="openai")(Dataset.from_rows([row]))
    assert drops(after) == {1: "invalid_record"}
    told = " ".join(after.ledger["detail"])
    assert "secret" not in told
    assert "[key 3]" in told


def test_problems_of_a_row_that_are_alike_are_one_finding_with_every_path() -> None:
    """A row of an export can have a dozen keys that a target does not take, in each of a million rows."""
    row = chat("Hi", "Hello") | {"day": 1, "month": 2, "Messages": 3}
    after = Validate(target="openai")(Dataset.from_rows([row]))
    told = [one for one in details(after, "finding") if "paths" in one]
    assert [one["paths"] for one in told] == [["$[key 2]", "$[key 3]"], ["$[key 4]"]]
    assert [problem["path"] for problem in list_problems(after.ledger) if problem["line"]] == [
        "$[key 2]", "$[key 3]", "$[key 4]",
    ]  # fmt: skip


def test_rows_with_warnings_stay() -> None:
    warned = {"messages": [*chat("Hi", "Hello")["messages"], {"role": "user", "content": "And?"}]}
    after = Validate(target="openai")(Dataset.from_rows([warned, chat("Hi", "Hello")]))
    assert findings(after) == [(1, "role.last_not_assistant")]
    assert [one["severity"] for one in details(after, "finding") if "paths" in one] == ["warning"]
    assert kept_lines(after) == [1, 2]


def test_a_row_of_another_layout_than_its_source_leaves() -> None:
    data = Dataset.from_rows([chat("Hi", "Hello"), {"messages": "no list"}, chat("Who?", "Me.")])
    after = Validate()(data)
    assert drops(after) == {2: "invalid_record"}
    assert findings(after) == [(2, "schema.layout")]


def test_an_extra_key_at_the_top_is_an_error_that_drops_no_row() -> None:
    after = Validate(target="openai")(Dataset.from_rows([chat("Hi", "Hello", ticket=7)]))
    assert kept_lines(after) == [1]
    assert findings(after) == [(1, "schema.extra_key")]


def test_extra_keys_are_removed_when_asked_and_nothing_else_is_touched() -> None:
    row = chat("Hi", "Hello")
    after = Validate(target="openai", repair=["extra_keys"])(
        Dataset.from_rows([{"ticket": 7, **row, "note": "x"}, row])
    )
    assert list(after.rows()) == [row, row]
    assert details(after, "edit") == [{"paths": ["$[key 1]", "$[key 3]"]}]
    assert findings(after) == []


def test_a_broken_row_is_not_mended_before_it_leaves() -> None:
    bad = {"messages": [{"role": "user"}], "ticket": 7}
    good = [chat("Hi", "Hello"), chat("Who?", "Me.")]
    after = Validate(target="openai", repair=["extra_keys"])(Dataset.from_rows([bad, *good]))
    assert drops(after) == {1: "invalid_record"}
    assert details(after, "edit") == []


def nulled(*keys: str, **more: object) -> dict:
    return {"messages": [{**message, **dict.fromkeys(keys)} for message in chat("Hi", "Hello")["messages"]], **more}


def test_keys_that_are_null_in_a_table_are_removed_when_asked_and_nothing_else_is_touched() -> None:
    rows = [nulled("name", "weight", "my own key", tools=None), chat("Hi", "Hello")]
    data = Dataset.from_rows(rows)
    plain = Validate(target="openai")(data)
    assert drops(plain) == {1: "invalid_record"}
    told = [one["message"] for one in details(plain, "finding") if "paths" in one]
    assert len(told) > 2
    assert all("repair: [null_keys]" in message for message in told)
    after = Validate(target="openai", repair=["null_keys"])(data)
    assert list(after.rows()) == [rows[1], rows[1]]
    assert findings(after) == []
    assert details(after, "edit") == [
        {
            "removed": {
                "$.messages[*].name": 2,
                "$.messages[*].weight": 2,
                "$.messages[*][key 5]": 2,
                "$.tools": 1,
            }
        }
    ]


def test_a_row_is_judged_as_it_is_without_the_keys_that_are_null() -> None:
    """A call that is null answers nothing: what it hid is said, and a row that is wrong all the same is not mended."""
    rows = [chat("Hi", "Hello"), nulled("function_call")]
    rows[1]["messages"][1]["content"] = None
    after = Validate(target="openai", repair=["null_keys"])(Dataset.from_rows(rows))
    assert drops(after) == {2: "invalid_record"}
    assert findings(after) == [(2, "content.null")]
    assert details(after, "edit") == []


def test_both_repairs_mend_one_row() -> None:
    after = Validate(target="openai", repair=["extra_keys", "null_keys"])(
        Dataset.from_rows([nulled("name", ticket=None, tools=None), chat("Hi", "Hello")])
    )
    assert next(after.rows()) == chat("Hi", "Hello")
    assert {tuple(one) for one in details(after, "edit")} == {("removed",), ("paths",)}


def test_chats_that_datasets_wrote_as_structs_are_mended() -> None:
    data = Dataset.read(DATA / "hf_structs.parquet")
    assert len(Validate(target="openai")(data)) == 0
    after = Validate(target="openai", repair=["null_keys"])(data)
    assert len(after) == 12
    assert findings(after) == []
    calls = [row["messages"][1] for row in after.rows()][:6]
    assert [call["content"] for call in calls] == [None] * 6
    assert calls[2]["tool_calls"][0]["function"]["arguments"] == '{"day":2,"place":null}'


def test_a_schema_of_ones_own_judges_rows_and_changes_none() -> None:
    rows = [
        chat("Hi", "Hello", metadata={"quality": 3}),
        chat("Hi", "Hello", metadata={"quality": "seven"}),
        chat("Hi", "Hello"),
    ]
    data = Dataset.from_rows(rows)
    after = Validate(schema=Ours)(data)
    assert kept_lines(after) == [1]
    assert drops(after) == {2: "invalid_record", 3: "invalid_record"}
    assert {rule.split(".")[0] for _, rule in findings(after)} == {"schema"}
    assert list(after.raw()) == [next(data.raw())]
    assert "seven" not in " ".join(after.ledger["detail"])


def test_what_the_target_asks_of_the_whole_file_is_found() -> None:
    after = Validate(target="openai")(Dataset.from_rows([chat("Hi", "Hello")]))
    of_set = after.ledger.filter(after.ledger["row"].is_null())
    assert of_set["reason"].to_list() == ["file.min_examples"]
    assert len(after) == 1


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"target": "nobody"}, "nobody"),
        ({"repair": ["extra_keys"]}, "name the target"),
        ({"target": "openai", "repair": ["everything"]}, "repair"),
        ({"schema": Ours.model_construct()}, "schema"),
        ({"schema": dict}, "schema"),
    ],
)
def test_a_wrong_setting_is_said_when_it_is_built(told, words) -> None:
    with pytest.raises(RecipeError, match=words):
        Validate(**told)
