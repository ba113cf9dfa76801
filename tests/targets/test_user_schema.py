"""A user's own model judges rows, and nothing of the row comes out with the verdict."""

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import UUID4, BaseModel, ConfigDict, Field, Json, field_validator
from pydantic_core import PydanticCustomError

from ftdata.targets.user_schema import check

CANARY = "zq7"


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")
    port: str


class Question(BaseModel):
    role: Literal["user"]
    content: str = Field(min_length=2)


class Answer(BaseModel):
    role: Literal["assistant"]
    content: str
    call: Json[Arguments] | None = None


class Row(BaseModel):
    model_config = ConfigDict(strict=True)
    messages: list[Annotated[Question | Answer, Field(discriminator="role")]]
    score: Annotated[float, Field(ge=0, le=1)] = 0.5
    either: int | bool | None = None
    span: tuple[int, int] | None = None
    key: UUID4 | None = None
    checked: str = ""
    odd: str = ""

    @field_validator("checked")
    @classmethod
    def refuse(cls, value: str) -> str:
        if value == "value":
            raise ValueError(f"{CANARY} {value}")
        assert value != "assertion", CANARY
        if value == "custom":
            raise PydanticCustomError("too_salty", "salt: {salt}", {"salt": CANARY})
        if value == "disguised":
            raise PydanticCustomError("missing", "lost: {lost}", {"lost": CANARY})
        if value == "crash":
            raise KeyError(CANARY)
        return value


def found(row):
    return [(problem.rule, problem.path) for problem in check(Row, row)]


USER, ANSWER = {"role": "user", "content": "When?"}, {"role": "assistant", "content": "At four."}


def test_a_fitting_row_has_no_problem():
    assert check(Row, {"messages": [USER, ANSWER | {"call": '{"port": "Husum"}'}], "score": 1, "span": [1, 2]}) == []


@pytest.mark.parametrize(
    ("row", "problems"),
    [
        ({}, [("schema.user.missing", ("messages",))]),
        ([], [("schema.user.model_type", ())]),
        ({"messages": {}}, [("schema.user.list_type", ("messages",))]),
        ({"messages": [USER, {"role": "assistant"}]}, [("schema.user.missing", ("messages", 1, "content"))]),
        (
            {"messages": [{"role": "user", "content": "a"}]},
            [("schema.user.string_too_short", ("messages", 0, "content"))],
        ),
        ({"messages": [{"role": CANARY}]}, [("schema.user.union_tag_invalid", ("messages", 0))]),
        ({"messages": [{}]}, [("schema.user.union_tag_not_found", ("messages", 0))]),
        (
            {"messages": [ANSWER | {"call": '{"port": 5, "zq7": 1}'}]},
            [
                ("schema.user.string_type", ("messages", 0, "call", None, "port")),
                ("schema.user.extra_forbidden", ("messages", 0, "call", None, "zq7")),
            ],
        ),
        ({"messages": [ANSWER | {"call": "{}"}]}, [("schema.user.missing", ("messages", 0, "call", None, "port"))]),
        ({"messages": [ANSWER | {"call": "zq7"}]}, [("schema.user.json_invalid", ("messages", 0, "call"))]),
        ({"messages": [], "score": 2}, [("schema.user.less_than_equal", ("score",))]),
        (
            {"messages": [], "either": "zq7"},
            [("schema.user.int_type", ("either",)), ("schema.user.bool_type", ("either",))],
        ),
        ({"messages": [], "key": "zq7"}, [("schema.user.uuid_parsing", ("key",))]),
        ({"messages": [], "checked": "value"}, [("schema.user.value_error", ("checked",))]),
        ({"messages": [], "checked": "assertion"}, [("schema.user.assertion_error", ("checked",))]),
        ({"messages": [], "checked": "custom"}, [("schema.user.too_salty", ("checked",))]),
        ({"messages": [], "checked": "disguised"}, [("schema.user.missing", ("checked",))]),
        ({"messages": [], "checked": "crash"}, [("schema.user.crash", ())]),
        (
            {"messages": [{"role": "user"}], "score": "a"},
            [("schema.user.missing", ("messages", 0, "content")), ("schema.user.float_type", ("score",))],
        ),
    ],
)
def test_problems_have_their_place_and_quote_nothing(row, problems):
    assert found(row) == problems
    assert all(CANARY not in problem.message and problem.message for problem in check(Row, row))


def test_messages_made_from_the_model_are_kept():
    (problem,) = check(Row, {"messages": [], "score": 2})
    assert problem.message == "Input should be less than or equal to 1"
    assert problem.severity == "error"


def test_the_name_of_an_exception_is_all_that_is_told_of_a_crash():
    (problem,) = check(Row, {"messages": [], "checked": "crash"})
    assert problem.message == "a validator of the schema raised KeyError"


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([CANARY, "user", "value", "crash", '{"port": "zq7"}']),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*Row.model_fields, "role", "content", "call"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_any_value_is_judged_without_a_trace_of_it(value):
    assert all(CANARY not in problem.message for problem in check(Row, value))
