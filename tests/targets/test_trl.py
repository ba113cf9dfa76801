"""TRL's rules: one breaking row per rule and dataset type, good rows of every type, and set rules."""

import pytest

from ftdata.targets import SetFacts, get_target
from ftdata.targets.trl_rules import RULES

USER = {"role": "user", "content": "When is low tide?"}
ANSWER = {"role": "assistant", "content": "At four."}
OTHER = {"role": "assistant", "content": "Never."}
CALLING = {"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "tide", "arguments": {}}}]}
RESULT = {"role": "tool", "name": "tide", "content": "16:00"}
SHOWN = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is it?"}]}

BREAKING = [
    ("language-modeling", "text", [("schema.type", ())]),
    ("language-modeling", {}, [("schema.missing", ("messages",))]),
    ("language-modeling", {"text": 5}, [("schema.type", ("text",))]),
    ("language-modeling", {"text": ""}, [("length.dropped", ("text",))]),
    ("language-modeling", {"messages": []}, [("schema.missing", ("messages", 0))]),
    ("language-modeling", {"messages": [USER]}, [("role.no_assistant", ("messages",))]),
    ("language-modeling", {"messages": [5, ANSWER]}, [("schema.type", ("messages", 0))]),
    (
        "language-modeling",
        {"messages": [{"from": "human", "value": "a"}, ANSWER]},
        [("schema.missing", ("messages", 0, "role")), ("content.null", ("messages", 0, "content"))],
    ),
    (
        "language-modeling",
        {"messages": [{"role": "human", "content": "a"}, ANSWER]},
        [("role.unknown", ("messages", 0, "role"))],
    ),
    ("language-modeling", {"messages": [USER | {"role": "USER"}, ANSWER]}, [("role.case", ("messages", 0, "role"))]),
    (
        "language-modeling",
        {"messages": [{"role": "developer", "content": "a"}, USER, ANSWER], "images": []},
        [("role.developer", ("messages", 0, "role")), ("role.image_row", ("messages", 0, "role"))],
    ),
    ("language-modeling", {"messages": [USER | {"content": 5}, ANSWER]}, [("schema.type", ("messages", 0, "content"))]),
    (
        "language-modeling",
        {"messages": [USER | {"content": [{"type": "image_url", "image_url": {"url": "u"}}]}, ANSWER]},
        [("content.part_type", ("messages", 0, "content", 0))],
    ),
    ("language-modeling", {"messages": [SHOWN, ANSWER], "images": [1, 2]}, [("content.image_count", ("messages",))]),
    ("language-modeling", {"messages": [USER, ANSWER], "images": "a"}, [("schema.type", ("images",))]),
    ("language-modeling", {"messages": [USER, ANSWER | {"weight": 0}]}, [("weight.lost", ("messages", 1, "weight"))]),
    ("language-modeling", {"messages": [USER, RESULT, ANSWER]}, [("tool.orphan_result", ("messages", 1))]),
    ("language-modeling", {"messages": [USER, ANSWER], "tools": "tide"}, [("tool.schema_invalid", ("tools",))]),
    ("language-modeling", {"messages": [USER, ANSWER], "tools": {}}, [("schema.type", ("tools",))]),
    (
        "language-modeling",
        {"messages": [USER, ANSWER], "chat_template_kwargs": 1},
        [("schema.type", ("chat_template_kwargs",))],
    ),
    ("language-modeling", {"messages": [USER, ANSWER], "prompt": "p"}, [("schema.key_set", ("prompt",))]),
    (
        "language-modeling",
        {"messages": [USER, {"role": "assistant", "tool_calls": [{"name": "tide", "arguments": "{}"}, {}, 5]}]},
        [
            ("tool.args_type", ("messages", 1, "tool_calls", 0, "arguments")),
            ("schema.missing", ("messages", 1, "tool_calls", 1, "name")),
            ("schema.type", ("messages", 1, "tool_calls", 2)),
        ],
    ),
    ("prompt-only", {"prompt": 5}, [("schema.type", ("prompt",))]),
    ("prompt-only", {"prompt": []}, [("schema.missing", ("prompt", 0))]),
    ("prompt-only", {"prompt": [{"role": "system", "content": "a"}]}, [("role.order", ("prompt", 0, "role"))]),
    ("prompt-completion", {"completion": [ANSWER]}, [("schema.missing", ("prompt",))]),
    ("prompt-completion", {"prompt": "p", "completion": ""}, [("length.dropped", ("completion",))]),
    ("prompt-completion", {"prompt": "p", "completion": [ANSWER]}, [("content.mixed_forms", ("completion",))]),
    ("prompt-completion", {"prompt": [USER], "completion": [RESULT]}, [("tool.orphan_result", ("completion", 0))]),
    (
        "prompt-completion",
        {"prompt": [SHOWN], "completion": [ANSWER], "images": []},
        [("content.image_count", ("prompt",))],
    ),
    ("unpaired", {"prompt": "p", "completion": "c"}, [("schema.missing", ("label",))]),
    ("unpaired", {"prompt": "p", "completion": "c", "label": "true"}, [("preference.label_values", ("label",))]),
    ("preference", {"prompt": "p", "chosen": "a"}, [("schema.missing", ("rejected",))]),
    ("preference", {"prompt": 5, "chosen": "a", "rejected": "b"}, [("schema.type", ("prompt",))]),
    ("preference", {"prompt": "p", "chosen": "", "rejected": "b"}, [("content.empty", ("chosen",))]),
    ("preference", {"prompt": "p", "chosen": "a", "rejected": "a"}, [("preference.no_contrast", ("rejected",))]),
    ("preference", {"prompt": "p", "chosen": "a", "rejected": [OTHER]}, [("content.mixed_forms", ("rejected",))]),
    ("preference", {"prompt": [USER], "chosen": "a", "rejected": "b"}, [("content.mixed_forms", ("rejected",))]),
    ("preference", {"prompt": [], "chosen": [ANSWER], "rejected": [OTHER]}, [("schema.missing", ("prompt", 0))]),
    ("preference", {"chosen": [ANSWER], "rejected": [OTHER]}, [("preference.no_prompt", ("rejected", 0))]),
    ("preference", {"chosen": [USER], "rejected": [USER, OTHER]}, [("preference.no_prompt", ("rejected", 0))]),
    (
        "preference",
        {"prompt": "Other words", "chosen": [USER, ANSWER], "rejected": [USER, OTHER]},
        [("preference.prompt", ("prompt",))],
    ),
    (
        "preference",
        {"prompt": [USER], "chosen": [ANSWER], "rejected": [OTHER], "label": True},
        [("schema.key_set", ("label",))],
    ),
    (
        "preference",
        {"prompt": [SHOWN], "chosen": [ANSWER], "rejected": [OTHER], "images": [1, 2]},
        [("content.image_count", ("chosen",)), ("content.image_count", ("rejected",))],
    ),
    (
        "stepwise",
        {"prompt": 1, "completions": ["a", 5], "labels": [1]},
        [
            ("schema.type", ("prompt",)),
            ("schema.type", ("completions", 1)),
            ("preference.label_values", ("labels", 0)),
            ("preference.steps", ("labels",)),
        ],
    ),
    ("stepwise", {"prompt": "p", "completions": [], "labels": []}, [("schema.missing", ("completions", 0))]),
    (
        "stepwise",
        {"prompt": "p", "completions": "a"},
        [("schema.type", ("completions",)), ("schema.missing", ("labels",))],
    ),
]

FINE = [
    ("language-modeling", "text", {"text": "a", "source": 1}),
    ("language-modeling", "openai-chat", {"messages": [USER, ANSWER], "topic": "sea"}),
    ("language-modeling", "openai-chat", {"messages": [USER, CALLING, RESULT, RESULT, ANSWER], "tools": "[]"}),
    ("language-modeling", "openai-chat", {"messages": [SHOWN, ANSWER], "images": [1]}),
    ("language-modeling", "openai-chat", {"messages": [USER, ANSWER, USER, ANSWER], "images": [1, 2]}),
    ("language-modeling", "openai-chat", {"messages": [USER, ANSWER | {"thinking": "t", "weight": 1}]}),
    ("prompt-only", "trl-prompt-only", {"prompt": "p"}),
    ("prompt-only", "trl-prompt-only", {"prompt": [USER, CALLING, RESULT]}),
    ("prompt-completion", "prompt-completion", {"prompt": "p", "completion": "c", "label": "topic"}),
    ("prompt-completion", "trl-prompt-completion-conversational", {"prompt": [USER], "completion": [ANSWER]}),
    (
        "prompt-completion",
        "trl-prompt-completion-conversational",
        {"prompt": [USER, CALLING], "completion": [RESULT, ANSWER]},
    ),
    ("preference", "trl-preference-standard", {"prompt": "p", "chosen": "a", "rejected": "b"}),
    ("preference", "trl-preference-implicit-standard", {"chosen": "p a", "rejected": "p b"}),
    ("preference", "trl-preference-conversational", {"prompt": [USER], "chosen": [ANSWER], "rejected": [OTHER]}),
    (
        "preference",
        "trl-preference-implicit-conversational",
        {"prompt": "When is low tide?", "chosen": [USER, ANSWER], "rejected": [USER, OTHER]},
    ),
    ("unpaired", "trl-unpaired-conversational", {"prompt": [USER], "completion": [ANSWER], "label": False}),
    ("stepwise", "trl-stepwise", {"prompt": "p", "completions": ["a", "b"], "labels": [True, False]}),
]


@pytest.mark.parametrize(("kind", "row", "problems"), BREAKING)
def test_a_breaking_row_has_exactly_these_problems(kind, row, problems):
    found = get_target(f"trl/{kind}").check_row(row, "unknown")
    assert [(problem.rule, problem.path) for problem in found] == problems


def test_there_is_a_breaking_row_for_every_rule_on_rows():
    broken = {rule for _, _, problems in BREAKING for rule, _ in problems}
    assert broken == {rule for rule in RULES if not rule.startswith("file.")} - {"schema.format"}


@pytest.mark.parametrize(("kind", "label", "row"), FINE)
def test_a_good_row_has_no_problem_in_its_type_or_told_from_its_source(kind, label, row):
    assert get_target(f"trl/{kind}").check_row(row, label) == []
    assert get_target("trl").check_row(row, label) == []


@pytest.mark.parametrize(
    ("name", "label"), [("trl", "messages-under-conversations"), ("trl", "unknown"), ("trl/preference", "text")]
)
def test_a_format_that_is_not_taken_is_one_problem_of_every_row(name, label):
    assert [problem.rule for problem in get_target(name).check_row({}, label)] == ["schema.format"]


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        (SetFacts(rows=1, formats={"text": 1}, bom_files=["a"], blank_lines=1), []),
        (SetFacts(rows=0), ["file.min_examples"]),
        (SetFacts(rows=2, formats={"openai-chat": 1, "openai-rft": 1}), []),
        (SetFacts(rows=2, formats={"openai-chat": 1, "invalid": 1}), []),
        (SetFacts(rows=2, formats={"openai-chat": 1, "text": 1}), ["file.mixed_formats"]),
        (SetFacts(rows=2, formats={"openai-chat": 1, "trl-prompt-only": 1}), ["file.mixed_formats"]),
        (
            SetFacts(rows=2, formats={"trl-preference-standard": 1, "trl-preference-conversational": 1}),
            ["file.mixed_formats"],
        ),
    ],
)
def test_set_rules(facts, rules):
    assert [problem.rule for problem in get_target("trl").check_set(facts)] == rules


def test_a_role_is_told_where_it_stands_in_the_prompt_or_the_answer_and_once() -> None:
    """Prompt and answers are one conversation to TRL, and three places to who mends them."""
    odd = {"role": "developer", "content": "x"}
    row = {"prompt": [odd, odd], "chosen": [odd], "rejected": [{"role": "assistant", "content": "y"}], "images": []}
    problems = get_target("trl").check_row(row, "trl-preference-conversational")
    told = [problem.path for problem in problems if problem.rule == "role.image_row"]
    assert told == [("prompt", 0, "role"), ("prompt", 1, "role"), ("chosen", 0, "role")]
