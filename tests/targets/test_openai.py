"""OpenAI's rules: one breaking row per rule, every problem of a row at once, and set rules."""

import pytest

from ftdata.targets import SetFacts, get_target
from ftdata.targets.openai_rules import RULES

USER = {"role": "user", "content": "When is low tide?"}
ANSWER = {"role": "assistant", "content": "At four."}
CALL = {"id": "c1", "type": "function", "function": {"name": "tide", "arguments": '{"port": "Husum"}'}}
CALLING = {"role": "assistant", "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "16:00"}
TOOL = {"type": "function", "function": {"name": "tide", "parameters": {"type": "object", "required": ["port"]}}}
IMAGE = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}


def chat(*messages, **more):
    return {"messages": list(messages), **more}


def call(**changes):
    return {"role": "assistant", "tool_calls": [CALL | changes]}


def invoke(**changes):
    return call(function=CALL["function"] | changes)


def pair(prompt=(USER,), good=(ANSWER,), bad=({"role": "assistant", "content": "No."},), **more):
    return {
        "input": {"messages": list(prompt)},
        "preferred_output": list(good),
        "non_preferred_output": list(bad),
        **more,
    }


def says(*parts):
    return {"role": "user", "content": list(parts)}


# target, row, the problems that it must have: (rule, path)
BREAKING = [
    ("sft", [USER], [("schema.type", ())]),
    ("sft", {}, [("schema.missing", ("messages",))]),
    ("sft", chat(), [("schema.missing", ("messages", 0))]),
    ("sft", {"messages": "a"}, [("schema.type", ("messages",))]),
    ("sft", chat(USER, ANSWER, metadata={}), [("schema.extra_key", ("metadata",))]),
    (
        "sft",
        {"Messages": [USER, ANSWER]},
        [("schema.extra_key", ("Messages",)), ("schema.missing", ("messages",))],
    ),
    ("sft", chat(USER, ANSWER | {"loss": True}), [("schema.extra_message_key", ("messages", 1, "loss"))]),
    ("sft", chat("hi", ANSWER), [("schema.type", ("messages", 0))]),
    ("sft", chat({"content": "a"}, ANSWER), [("schema.missing", ("messages", 0, "role"))]),
    ("sft", chat({"role": 1, "content": "a"}, ANSWER), [("schema.type", ("messages", 0, "role"))]),
    ("sft", chat({"role": "human", "content": "a"}, ANSWER), [("role.unknown", ("messages", 0, "role"))]),
    ("sft", chat({"role": "User", "content": "a"}, ANSWER), [("role.case", ("messages", 0, "role"))]),
    ("sft", chat({"role": "developer", "content": "a"}, ANSWER), [("role.developer", ("messages", 0, "role"))]),
    ("sft", chat(USER), [("role.no_assistant", ("messages",))]),
    ("sft", chat(USER, ANSWER, USER), [("role.last_not_assistant", ("messages", 2))]),
    ("sft", chat({"role": "user"}, ANSWER), [("schema.missing", ("messages", 0, "content"))]),
    ("sft", chat({"role": "user", "content": None}, ANSWER), [("content.null", ("messages", 0, "content"))]),
    ("sft", chat({"role": "user", "content": 5}, ANSWER), [("schema.type", ("messages", 0, "content"))]),
    ("sft", chat({"role": "user", "content": " \n"}, ANSWER), [("content.blank", ("messages", 0, "content"))]),
    ("sft", chat(USER, {"role": "assistant", "content": None}), [("content.null", ("messages", 1, "content"))]),
    ("sft", chat(USER, {"role": "assistant", "content": ""}), [("content.empty", ("messages", 1, "content"))]),
    ("sft", chat(USER, {"role": "assistant", "content": " "}), [("content.blank", ("messages", 1, "content"))]),
    ("sft", chat(says(), ANSWER), [("content.empty", ("messages", 0, "content"))]),
    ("sft", chat(says("a"), ANSWER), [("schema.type", ("messages", 0, "content", 0))]),
    ("sft", chat(says({"text": "a"}), ANSWER), [("schema.missing", ("messages", 0, "content", 0, "type"))]),
    ("sft", chat(says({"type": "text"}), ANSWER), [("schema.missing", ("messages", 0, "content", 0, "text"))]),
    (
        "sft",
        chat(says({"type": "input_audio", "input_audio": {}}), ANSWER),
        [("content.part_type", ("messages", 0, "content", 0, "type"))],
    ),
    (
        "sft",
        chat(USER, {"role": "assistant", "content": [IMAGE]}),
        [("content.image_role", ("messages", 1, "content", 0))],
    ),
    (
        "sft",
        chat(says({"type": "image_url", "image_url": "u"}), ANSWER),
        [("schema.type", ("messages", 0, "content", 0, "image_url"))],
    ),
    (
        "sft",
        chat(says({"type": "image_url", "image_url": {"url": "b.png"}}), ANSWER),
        [("content.image_url", ("messages", 0, "content", 0, "image_url", "url"))],
    ),
    (
        "sft",
        chat(
            says({"type": "image_url", "image_url": {"url": "data:image/gif;base64,AA==", "detail": ["low"]}}), ANSWER
        ),
        [
            ("schema.type", ("messages", 0, "content", 0, "image_url", "detail")),
            ("content.image_url", ("messages", 0, "content", 0, "image_url", "url")),
        ],
    ),
    ("sft", chat(says(*[IMAGE] * 11), ANSWER), [("content.image_count", ("messages",))]),
    ("sft", chat(USER, ANSWER | {"weight": True}), [("weight.type", ("messages", 1, "weight"))]),
    ("sft", chat(USER, ANSWER | {"weight": None}), [("weight.type", ("messages", 1, "weight"))]),
    ("sft", chat(USER, ANSWER | {"weight": 0.5}), [("weight.value", ("messages", 1, "weight"))]),
    ("sft", chat(USER, ANSWER | {"weight": 1.0}), [("weight.float", ("messages", 1, "weight"))]),
    ("sft", chat(USER | {"weight": 0}, ANSWER), [("weight.role", ("messages", 0, "weight"))]),
    ("sft", chat(USER, ANSWER | {"weight": 0}), [("weight.all_zero", ("messages",))]),
    ("sft", chat(USER | {"name": None}, ANSWER), [("schema.type", ("messages", 0, "name"))]),
    ("sft", chat(USER, ANSWER | {"refusal": 5}), [("schema.type", ("messages", 1, "refusal"))]),
    ("sft", chat(USER, ANSWER | {"tool_calls": None}), [("schema.type", ("messages", 1, "tool_calls"))]),
    ("sft", chat(USER, ANSWER | {"tool_calls": []}), [("tool.empty_calls", ("messages", 1, "tool_calls"))]),
    ("sft", chat(USER, call(type="retrieval")), [("tool.type", ("messages", 1, "tool_calls", 0, "type"))]),
    ("sft", chat(USER, call(id=5)), [("schema.type", ("messages", 1, "tool_calls", 0, "id"))]),
    ("sft", chat(USER, call(function="f")), [("schema.type", ("messages", 1, "tool_calls", 0, "function"))]),
    (
        "sft",
        chat(USER, {"role": "assistant", "tool_calls": [CALL, CALL]}),
        [("tool.dup_id", ("messages", 1, "tool_calls", 1, "id"))],
    ),
    (
        "sft",
        chat(USER, invoke(name="low tide")),
        [("tool.name_pattern", ("messages", 1, "tool_calls", 0, "function", "name"))],
    ),
    (
        "sft",
        chat(USER, invoke(arguments={"port": "Husum"})),
        [("tool.args_type", ("messages", 1, "tool_calls", 0, "function", "arguments"))],
    ),
    (
        "sft",
        chat(USER, invoke(arguments="{port: Husum}")),
        [("tool.args_json", ("messages", 1, "tool_calls", 0, "function", "arguments"))],
    ),
    (
        "sft",
        chat(USER, invoke(arguments="{}"), tools=[TOOL]),
        [("tool.args_schema", ("messages", 1, "tool_calls", 0, "function", "arguments"))],
    ),
    (
        "sft",
        chat(USER, invoke(name="moon"), tools=[TOOL]),
        [("tool.unknown_function", ("messages", 1, "tool_calls", 0, "function", "name"))],
    ),
    ("sft", chat(USER, RESULT, ANSWER), [("tool.orphan_result", ("messages", 1, "tool_call_id"))]),
    ("sft", chat(USER, CALLING, RESULT, RESULT, ANSWER), [("tool.orphan_result", ("messages", 3, "tool_call_id"))]),
    ("sft", chat(USER, CALLING, ANSWER), [("tool.unanswered", ("messages", 1, "tool_calls", 0))]),
    (
        "sft",
        chat(USER, CALLING, {"role": "tool", "content": "16:00"}, ANSWER),
        [("schema.missing", ("messages", 2, "tool_call_id"))],
    ),
    ("sft", chat({"role": "function", "content": "5"}, ANSWER), [("schema.missing", ("messages", 0, "name"))]),
    ("sft", chat(USER, ANSWER, tools={}), [("schema.type", ("tools",))]),
    ("sft", chat(USER, ANSWER, tools=[5]), [("schema.type", ("tools", 0))]),
    (
        "sft",
        chat(USER, CALLING, tools=[{"name": "tide"}]),  # no complaint about the call: nobody knows what is declared
        [("schema.missing", ("tools", 0, "type")), ("schema.missing", ("tools", 0, "function"))],
    ),
    ("sft", chat(USER, ANSWER, tools=[TOOL] * 129), [("tool.count", ("tools",))]),
    ("sft", chat(USER, ANSWER, functions=[]), [("tool.count", ("functions",))]),
    (
        "sft",
        chat(USER, ANSWER, functions=[{"name": "f", "parameters": {"type": "dict", "required": "port"}}]),
        [
            ("tool.schema_invalid", ("functions", 0, "parameters", "type")),
            ("tool.schema_invalid", ("functions", 0, "parameters", "required")),
        ],
    ),
    ("sft", chat(USER, ANSWER, parallel_tool_calls="no"), [("schema.type", ("parallel_tool_calls",))]),
    (
        "dpo",
        {},
        [
            ("schema.missing", ("input",)),
            ("schema.missing", ("preferred_output",)),
            ("schema.missing", ("non_preferred_output",)),
        ],
    ),
    ("dpo", pair(topic="sea"), [("schema.extra_key", ("topic",))]),
    ("dpo", pair(good=(ANSWER, ANSWER)), [("preference.multi_message", ("preferred_output",))]),
    ("dpo", pair(bad=()), [("schema.missing", ("non_preferred_output", 0))]),
    ("dpo", pair(bad=(USER,)), [("role.order", ("non_preferred_output", 0, "role"))]),
    ("dpo", pair(prompt=(USER, ANSWER)), [("preference.not_last_turn", ("input", "messages", 1))]),
    ("dpo", pair(bad=(ANSWER,)), [("preference.no_contrast", ("non_preferred_output",))]),
    ("dpo", pair(prompt=(says(IMAGE),)), [("preference.image", ("input", "messages", 0, "content", 0))]),
    ("dpo", pair(prompt=()), [("schema.missing", ("input", "messages", 0))]),
    ("rft", chat({"role": "system", "content": "s"}, USER), [("role.unknown", ("messages", 0, "role"))]),
    ("rft", chat(USER, ANSWER, reference=1), [("role.order", ("messages", 1))]),
    ("rft", chat(says(IMAGE), reference=1), [("content.part_type", ("messages", 0, "content", 0))]),
    (
        "completions",
        {"prompt": 1, "completion": ""},
        [("schema.type", ("prompt",)), ("content.empty", ("completion",))],
    ),
    ("completions", {"prompt": "p", "completion": "c"}, [("content.leading_space", ("completion",))]),
    ("completions", {"prompt": "p", "completion": " c", "x": 1}, [("schema.extra_key", ("x",))]),
]

FINE = [
    ("sft", "openai-chat", chat(USER, ANSWER)),
    ("sft", "openai-chat", chat({"role": "system", "content": "Be brief."}, USER, USER, ANSWER, USER, ANSWER)),
    ("sft", "openai-chat", chat(USER, CALLING, RESULT, ANSWER, tools=[TOOL], parallel_tool_calls=True)),
    ("sft", "openai-chat", chat(USER, CALLING | {"content": ""})),
    ("sft", "openai-chat", chat(USER, CALLING | {"content": None}, RESULT | {"content": ""}, ANSWER)),
    ("sft", "openai-chat", chat(says({"type": "text", "text": "What is this?"}, IMAGE), ANSWER)),
    ("sft", "openai-chat", chat(USER, {"role": "assistant", "content": None, "refusal": "No."})),
    ("sft", "openai-chat", chat(USER, ANSWER | {"weight": 0}, USER, ANSWER | {"weight": 1})),
    ("dpo", "openai-dpo", pair()),
    ("dpo", "openai-dpo", pair(good=(CALLING,))),
    ("rft", "openai-rft", chat({"role": "developer", "content": "d"}, USER, reference={"time": "16:00"})),
    ("completions", "prompt-completion", {"prompt": "low tide ->", "completion": " four"}),
]


@pytest.mark.parametrize(("method", "row", "problems"), BREAKING)
def test_a_breaking_row_has_exactly_these_problems(method, row, problems):
    found = get_target(f"openai/{method}").check_row(row, "unknown")
    assert [(problem.rule, problem.path) for problem in found] == problems


def test_there_is_a_breaking_row_for_every_rule_on_rows():
    broken = {rule for _, _, problems in BREAKING for rule, _ in problems}
    assert broken == {rule for rule in RULES if not rule.startswith(("file.", "json."))} - {"schema.format"}


@pytest.mark.parametrize(("method", "label", "row"), FINE)
def test_a_good_row_has_no_problem_in_its_layout_or_told_from_its_source(method, label, row):
    assert get_target(f"openai/{method}").check_row(row, label) == []
    assert get_target("openai").check_row(row, label) == []


@pytest.mark.parametrize(
    ("name", "label"),
    [("openai", "sharegpt"), ("openai", "unknown"), ("openai/sft", "text"), ("openai/dpo", "openai-chat")],
)
def test_a_format_that_is_not_taken_is_one_problem_of_every_row(name, label):
    (problem,) = get_target(name).check_row(chat(USER), label)
    assert (problem.rule, problem.path, problem.severity) == ("schema.format", (), "error")
    assert "convert" in problem.message


def test_a_broken_list_of_messages_is_explained_and_not_only_unknown():
    (problem,) = get_target("openai").check_row({"messages": []}, "invalid")
    assert problem.rule == "schema.missing"


def test_all_problems_of_a_row_are_reported_at_once():
    row = chat({"role": "human", "content": None}, {"role": "assistant", "content": "", "weight": "1"}, topic=1)
    found = {problem.rule for problem in get_target("openai").check_row(row, "openai-chat")}
    assert found == {"schema.extra_key", "role.unknown", "content.null", "content.empty", "weight.type"}


@pytest.mark.parametrize(
    ("name", "facts", "rules"),
    [
        ("openai", SetFacts(rows=10, formats={"openai-chat": 10}), []),
        ("openai", SetFacts(rows=9, formats={"openai-chat": 9}), ["file.min_examples"]),
        ("openai", SetFacts(rows=20, formats={"openai-chat": 10, "openai-dpo": 10}), ["file.mixed_formats"]),
        ("openai", SetFacts(rows=20, formats={"openai-chat": 19, "invalid": 1}), []),
        ("openai", SetFacts(rows=20, formats={"openai-chat": 10, "openai-rft": 10}), ["file.mixed_formats"]),
        ("openai/sft", SetFacts(rows=20, formats={"openai-chat": 10, "openai-rft": 10}), []),
        ("openai/sft", SetFacts(rows=60_000), []),
        ("openai/rft", SetFacts(rows=50_001), ["file.max_examples"]),
        ("openai", SetFacts(rows=10, bytes=513_000_000), ["file.upload"]),
        ("openai", SetFacts(rows=10, bytes=8_000_000_001), ["file.size"]),
        ("openai", SetFacts(rows=10, bom_files=["zq7.jsonl"], blank_lines=2), ["json.bom", "json.blank"]),
    ],
)
def test_set_rules(name, facts, rules):
    found = get_target(name).check_set(facts)
    assert [problem.rule for problem in found] == rules
    assert all(problem.path == () and "zq7" not in problem.message for problem in found)
