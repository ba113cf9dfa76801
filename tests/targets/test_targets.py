"""Laws of every target: any JSON value is judged without a crash, by documented rules, without quoting the row."""

import pickle
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.errors import RecipeError
from ftdata.formats import FORMATS
from ftdata.targets import SetFacts, get_target, targets

KEYS = """
    messages role content tool_calls function function_call name arguments id
    type text prompt completion chosen rejected input preferred_output non_preferred_output
    tools functions parameters required properties weight image_url url detail
    images label labels completions tool_call_id refusal parallel_tool_calls chat_template_kwargs strict
    description
""".split()  # noqa: SIM905  a table of words is easier to read
CANARY = "zq7"
WORDS = """
    system developer user assistant tool function User text image_url image refusal c1 {} [] {
    data:image/png;base64,AA==
""".split()  # noqa: SIM905
words = st.sampled_from(
    [*WORDS, '{"a": 1}', "", " ", CANARY, f"{CANARY} {CANARY}", f"data:{CANARY}", f"https://{CANARY}.example"]
)
leaves = st.none() | st.booleans() | st.sampled_from([0, 1, 2, 0.5, 1.0, 10**400]) | words
keys = st.sampled_from([*KEYS, CANARY, CANARY.upper()])
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)
functions = st.fixed_dictionaries(
    {}, optional={"name": words | values, "arguments": words | values, "parameters": values}
)
calls = st.fixed_dictionaries({}, optional={"id": words, "type": words, "function": functions | values, CANARY: values})
messages = st.lists(
    st.fixed_dictionaries(
        {"role": words | values},
        optional={
            "content": words | st.lists(values, max_size=2) | values,
            "tool_calls": st.lists(calls | values, max_size=2) | values,
            "function_call": functions | values,
            "tool_call_id": words | values,
            "weight": leaves,
            "name": leaves,
            CANARY: values,
        },
    )
    | values,
    max_size=4,
)
sides = messages | words | values
rows = values | st.fixed_dictionaries(
    {},
    optional={
        "messages": sides,
        "prompt": sides,
        "completion": sides,
        "chosen": sides,
        "rejected": sides,
        "input": st.fixed_dictionaries({"messages": sides}) | values,
        "preferred_output": sides,
        "non_preferred_output": sides,
        "tools": st.lists(calls | values, max_size=2) | values,
        "functions": st.lists(functions | values, max_size=2) | values,
        "images": values,
        "label": leaves,
        "completions": values,
        "labels": values,
        CANARY: values,
    },
)


@settings(max_examples=300, deadline=None)
@given(rows, st.sampled_from(sorted(FORMATS)))
def test_any_row_is_judged_by_documented_rules_and_never_quoted(row, label):
    """No crash; every rule is in the table with its severity; no word of the row is in a message."""
    for name in targets():
        target = get_target(name)
        for as_format in {label, "unknown", "invalid"}:
            for problem in target.check_row(row, as_format):
                assert problem.severity == target.rules[problem.rule].severity
                assert CANARY not in problem.message.lower()
                assert problem.message
                assert hash(problem.path) == hash(problem.path)  # keys and positions, nothing that cannot be a key


@settings(max_examples=200, deadline=None)
@given(rows)
def test_paths_lead_to_a_place_or_to_where_a_key_is_missing(row):
    """Every step but the last leads somewhere; the last one too unless something is missing there."""
    for name in targets():
        for problem in get_target(name).check_row(row, "unknown"):
            here = row
            for position, step in enumerate(problem.path):
                missing = isinstance(here, dict) and step not in here
                missing = missing or (isinstance(here, list) and not here and step == 0)
                if missing:
                    assert position == len(problem.path) - 1
                    assert problem.rule in {"schema.missing", "content.null"}
                else:
                    here = here[step]


def test_rules_say_where_they_were_read():
    for name in targets():
        for rule, entry in get_target(name).rules.items():
            assert "." in rule
            assert entry.says
            assert entry.source
            assert entry.says[0].islower() or entry.says[0].isdigit()


def test_targets_are_listed_and_found_by_name():
    assert len(targets()) == 12
    assert list(targets()) == sorted(targets())
    for name in targets():
        target = get_target(name)
        assert target.name == name
        assert set(target.formats) <= FORMATS
        assert "invalid" not in target.formats
        for label in target.formats:
            problems = target.check_row({}, label)
            assert problems
            assert "schema.format" not in {problem.rule for problem in problems}
        assert isinstance(target.check_set(SetFacts(rows=0)), list)


def test_an_unknown_target_is_a_mistake_of_the_recipe():
    with pytest.raises(RecipeError, match="openai/sft"):
        get_target("openapi")


def test_a_target_can_be_sent_to_another_process():
    for name in targets():
        again = pickle.loads(pickle.dumps(get_target(name)))
        assert again.check_row({"messages": []}, "invalid") == get_target(name).check_row({"messages": []}, "invalid")


def test_checking_loads_neither_pydantic_nor_polars():
    program = (
        "import sys; sys.path[:0] = {path}; from ftdata.targets import get_target; get_target('trl').check_row({{}}, 'text');"
        "assert not {{'pydantic', 'polars', 'numba'}} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program.format(path=sys.path)], check=True)
