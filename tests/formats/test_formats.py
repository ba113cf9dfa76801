"""Reading and writing in the same format are exact inverses, and what cannot be read is refused by name."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.formats import FORMATS, READABLE, UnreadableFormat, UnreadableRow, detect, read_record, write_record
from ftdata.records import Chat, Completion, PlainText, Preference

words = st.text(max_size=8)
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=6
)
extras = st.dictionaries(words.map("x_{}".format), anything, max_size=2)


def objects(required, optional):
    """JSON objects with these keys, some of the optional ones, and keys that no format knows."""
    return st.tuples(st.fixed_dictionaries(required, optional=optional), extras).map(lambda pair: pair[0] | pair[1])


arguments = (
    st.sampled_from(['{"to": "pier"}', "{", "", "[1]", "NaN", '{"a": 1e999}']) | st.dictionaries(words, leaves) | leaves
)
functions = objects({"name": words}, {"arguments": arguments})
calls = objects({"function": functions | anything}, {"id": words | anything, "type": st.just("function") | anything})
declarations = objects(
    {"name": words},
    {"description": words | anything, "parameters": objects({}, {}) | anything, "strict": st.booleans() | anything},
)
tools = objects({"function": declarations}, {"type": st.just("function") | anything}) | declarations
parts = (
    objects({"type": st.just("text"), "text": words | anything}, {})
    | objects({"type": st.just("refusal"), "refusal": words}, {})
    | objects({"type": st.just("image_url"), "image_url": objects({"url": words}, {"detail": words})}, {})
    | st.just({"type": "image"})
    | anything
)
messages = objects(
    {"role": st.sampled_from(["system", "developer", "user", "assistant", "tool", "function", "User", "narrator"])},
    {
        "content": words | st.none() | st.lists(parts, max_size=3) | anything,
        "name": words | anything,
        "refusal": words | st.none(),
        "weight": st.sampled_from([0, 1, 0.0, 1.0, True, False, None, 2, "1", -0.0]),
        "tool_calls": st.lists(calls | functions, max_size=2) | anything,
        "function_call": functions | anything,
        "tool_call_id": words | anything,
        "reasoning_content": words | anything,
        "reasoning": words,
        "thinking": words,
    },
)
conversations = st.lists(messages, max_size=3)
tool_keys = {
    "tools": st.lists(tools, max_size=2) | st.lists(tools, max_size=2).map(json.dumps) | anything,
    "functions": st.lists(declarations, max_size=2) | anything,
    "parallel_tool_calls": st.booleans() | anything,
}
shared_heads = st.tuples(conversations, conversations, conversations).map(
    lambda three: {"chosen": three[0] + three[1], "rejected": three[0] + three[2]}
)
shared_texts = st.tuples(words, words, words).map(
    lambda three: {"chosen": three[0] + three[1], "rejected": three[0] + three[2]}
)
ROWS = {
    "openai-chat": objects({"messages": conversations}, tool_keys),
    "openai-rft": objects({"messages": conversations}, tool_keys),
    "openai-dpo": objects(
        {
            "input": objects({"messages": conversations}, tool_keys),
            "preferred_output": conversations | words,
            "non_preferred_output": conversations,
        },
        {"tools": anything},
    ),
    "text": objects({"text": words}, {"tools": anything}),
    "prompt-completion": objects({"prompt": words, "completion": words}, tool_keys),
    "trl-prompt-completion-conversational": objects({"prompt": conversations, "completion": conversations}, tool_keys),
    "trl-prompt-only": objects({"prompt": words | conversations}, tool_keys | {"completion": st.none()}),
    "trl-unpaired-standard": objects({"prompt": words, "completion": words, "label": st.booleans()}, tool_keys),
    "trl-unpaired-conversational": objects(
        {"prompt": conversations, "completion": conversations, "label": st.booleans()}, tool_keys
    ),
    "trl-preference-standard": objects({"prompt": words, "chosen": words, "rejected": words}, tool_keys),
    "trl-preference-conversational": objects(
        {"prompt": conversations, "chosen": conversations, "rejected": conversations}, tool_keys
    ),
    "trl-preference-implicit-standard": st.tuples(shared_texts, objects({}, tool_keys)).map(
        lambda pair: pair[1] | pair[0]
    ),
    "trl-preference-implicit-conversational": st.tuples(shared_heads, objects({}, tool_keys | {"prompt": words})).map(
        lambda pair: pair[1] | pair[0]
    ),
}


def text_of(value):
    """One text per JSON value: unlike `==` it tells 1, 1.0 and true apart."""
    return json.dumps(value, sort_keys=True)


def test_there_is_a_strategy_for_every_readable_format():
    assert set(ROWS) == set(READABLE) <= FORMATS


@pytest.mark.parametrize("name", READABLE)
def test_same_format_round_trip_is_exact(name):
    """read then write gives the same JSON, and the row that was read is unchanged."""

    @settings(max_examples=60, deadline=None)
    @given(ROWS[name])
    def check(row):
        before = text_of(row)
        record = read_record(row, name)
        assert text_of(write_record(record, name)) == before
        assert text_of(row) == before

    check()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(READABLE), anything | st.one_of(*ROWS.values()))
def test_any_row_is_read_exactly_or_refused(name, row):
    """A row of the wrong shape is an UnreadableRow and nothing else; what is read is read exactly."""
    if not isinstance(row, dict):
        return
    try:
        record = read_record(row, name)
    except UnreadableRow:
        pass
    else:
        assert text_of(write_record(record, name)) == text_of(row)


@settings(max_examples=100, deadline=None)
@given(st.one_of(*ROWS.values()))
def test_a_row_is_readable_as_what_it_is_detected_as(row):
    """Rows made for a format can be read as whatever format they look like."""
    name = detect(row)
    if name in READABLE:
        try:
            record = read_record(row, name)
        except UnreadableRow:
            return
        assert text_of(write_record(record, name)) == text_of(row)


@pytest.mark.parametrize("name", [*sorted(FORMATS - set(READABLE)), "no-such-format"])
def test_other_formats_are_refused_by_name(name):
    with pytest.raises(UnreadableFormat, match=name if name in FORMATS else "no format of that name") as caught:
        read_record({"messages": []}, name)
    assert caught.value.format == name
    with pytest.raises(UnreadableFormat):
        write_record(PlainText(text="a"), name)


@pytest.mark.parametrize(
    ("name", "row", "place"),
    [
        ("openai-chat", {}, r"\$\.messages$"),
        ("openai-chat", {"messages": [{"role": "user"}, {"role": 5}]}, r"\$\.messages\[1\]\.role$"),
        ("openai-chat", {"messages": ["zq7"]}, r"\$\.messages\[0\]$"),
        ("openai-dpo", {"input": "zq7"}, r"\$\.input$"),
        ("openai-dpo", {"input": {"messages": []}, "preferred_output": {}}, r"\$\.preferred_output$"),
        ("text", {"text": None}, r"\$\.text$"),
        ("prompt-completion", {"prompt": "p", "completion": ["zq7"]}, r"\$\.completion$"),
        ("trl-unpaired-standard", {"prompt": "p", "completion": "c", "label": "zq7"}, r"\$\.label$"),
        ("trl-preference-standard", {"chosen": "c", "rejected": "r"}, r"\$\.prompt$"),
        ("trl-preference-standard", {"prompt": "p", "chosen": "c"}, r"\$\.rejected$"),
        ("trl-preference-conversational", {"prompt": "zq7", "chosen": [], "rejected": []}, r"\$\.prompt$"),
    ],
)
def test_a_refusal_names_the_place_and_nothing_of_the_row(name, row, place):
    with pytest.raises(UnreadableRow, match=place) as caught:
        read_record(row, name)
    assert caught.value.format == name
    assert "zq7" not in str(caught.value)


def test_a_row_nested_too_deep_is_refused_without_a_trace_of_it():
    deep: object = "zq7"
    for _ in range(400):
        deep = [deep]
    with pytest.raises(UnreadableRow) as caught:
        read_record({"text": "t", "x": deep}, "text")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_records_of_another_kind_are_not_written():
    text = PlainText(text="t")
    for name in READABLE:
        if name != "text":
            with pytest.raises(ValueError, match=name):
                write_record(text, name)
    pair = read_record({"prompt": "p", "chosen": "a", "rejected": "b"}, "trl-preference-standard")
    for name in ("openai-dpo", "trl-preference-conversational", "trl-unpaired-standard"):
        with pytest.raises(ValueError, match=name):
            write_record(pair, name)
    prompt = Completion(prompt="p", completion=None)
    for name in ("prompt-completion", "trl-prompt-completion-conversational"):
        with pytest.raises(ValueError, match="no completion"):
            write_record(prompt, name)


@pytest.mark.parametrize(("name", "kind"), [("openai-chat", Chat), ("openai-dpo", Preference)])
def test_the_kind_of_record_follows_from_the_format(name, kind):
    row = {"messages": [], "input": {"messages": []}, "preferred_output": [], "non_preferred_output": []}
    assert type(read_record(row, name)) is kind


def test_telling_formats_loads_neither_pydantic_nor_polars():
    program = (
        "import sys; sys.path[:0] = {path}; from ftdata.formats import detect_head, READABLE; detect_head([{{}}]);"
        "assert not {{'pydantic', 'polars', 'numba'}} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program.format(path=sys.path)], check=True)
