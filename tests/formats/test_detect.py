"""One question after another tells the format of a row."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.formats.detect import FORMATS, LOOK_ALIKES, detect

USER = {"role": "user", "content": "When is low tide?"}
ANSWER = {"role": "assistant", "content": "At four."}
TURNS = [USER, ANSWER]
PARTS = [{"role": "user", "content": [{"text": "When?"}]}, {"role": "assistant", "content": [{"text": "At four."}]}]

ROWS = [
    ("invalid", None),
    ("invalid", [{"messages": TURNS}]),
    ("invalid", {"messages": []}),
    ("invalid", {"messages": {"role": "user"}}),
    ("invalid", {"messages": ["hello"]}),
    ("invalid", {"messages": [{"content": "no role"}]}),
    ("invalid", {"messages": None}),
    ("unknown", {}),
    ("unknown", {"completion": "c"}),
    ("unknown", {"prompt": None, "text": None}),
    ("unknown", {"chosen": [{"from": "gpt", "value": "a"}], "rejected": [{"from": "gpt", "value": "b"}]}),
    ("gemini-sft", {"contents": []}),
    ("gemini-preference", {"contents": [], "completions": []}),
    ("gemini-rft", {"contents": [], "references": {}}),
    ("openai-dpo", {"input": {"messages": [USER]}, "preferred_output": [ANSWER], "non_preferred_output": [ANSWER]}),
    ("fireworks-samples", {"samples": [{"messages": TURNS, "score": 1.0}]}),
    ("axolotl-input-output", {"segments": [{"label": True, "text": "a"}]}),
    ("pretokenized", {"input_ids": [1], "text": "a"}),
    ("sharegpt-ranking", {"conversations": [], "chosen": {}, "rejected": {}}),
    ("alpaca-ranking", {"instruction": "i", "chosen": "a", "rejected": "b"}),
    ("axolotl-dpo-chat-template", {"messages": [USER], "chosen": ANSWER, "rejected": ANSWER}),
    ("trl-preference-standard", {"prompt": "p", "chosen": "a", "rejected": "b"}),
    ("trl-preference-implicit-standard", {"chosen": "p a", "rejected": "p b"}),
    ("trl-preference-conversational", {"prompt": [USER], "chosen": [ANSWER], "rejected": [ANSWER]}),
    ("trl-preference-conversational", {"prompt": [], "chosen": [ANSWER], "rejected": []}),
    ("trl-preference-implicit-conversational", {"chosen": TURNS, "rejected": TURNS}),
    ("trl-preference-implicit-conversational", {"prompt": "p", "chosen": TURNS, "rejected": TURNS}),
    ("swift-dpo", {"messages": TURNS, "rejected_response": "no"}),
    ("swift-dpo", {"messages": TURNS, "rejected_messages": TURNS}),
    ("mistral-instruct", {"interactions": []}),
    ("bedrock-conversation", {"schemaVersion": "bedrock-conversation-2024", "messages": PARTS}),
    ("bedrock-conversation", {"messages": PARTS}),
    ("nova-dpo", {"schemaVersion": "v", "messages": [PARTS[0], {"role": "assistant", "candidates": []}]}),
    ("cohere-chat", {"messages": [{"role": "User", "content": "a"}, {"role": "Chatbot", "content": "b"}]}),
    ("anthropic-messages", {"messages": [USER, {"role": "assistant", "content": [{"type": "tool_use", "id": "t"}]}]}),
    ("anthropic-messages", {"system": "s", "messages": TURNS}),
    ("openai-chat", {"system": "s", "messages": [{"role": "system", "content": "t"}, *TURNS]}),
    ("swift-messages", {"messages": [USER, {"role": "tool_call", "content": "{}"}]}),
    ("swift-messages", {"messages": [USER, ANSWER | {"loss": True}]}),
    ("swift-kto", {"messages": TURNS, "label": False}),
    ("openai-rft", {"messages": [USER], "reference": "four"}),
    ("openai-chat", {"messages": [USER], "tools": []}),
    ("openai-chat", {"messages": TURNS, "topic": "tides"}),
    ("openai-chat", {"messages": TURNS, "text": None, "contents": None, "input_ids": None}),
    ("sharegpt", {"conversations": [{"from": "human", "value": "a"}]}),
    ("sharegpt", {"conversations": [{"from": "human", "value": "a"}], "messages": None}),
    ("sharegpt-kto", {"conversations": [{"from": "human", "value": "a"}], "kto_tag": True}),
    ("messages-under-conversations", {"conversations": TURNS}),
    ("swift-pairs", {"conversation": [{"human": "a", "assistant": "b"}]}),
    ("trl-stepwise", {"prompt": "p", "completions": ["a"], "labels": [True]}),
    ("alpaca", {"instruction": "i", "output": "o"}),
    ("prompt-completion", {"prompt": "p", "completion": "c"}),
    ("prompt-completion", {"prompt": "p", "completion": "c", "label": "topic"}),
    ("trl-prompt-completion-conversational", {"prompt": [USER], "completion": [ANSWER]}),
    ("trl-unpaired-standard", {"prompt": "p", "completion": "c", "label": True}),
    ("trl-unpaired-conversational", {"prompt": [USER], "completion": [ANSWER], "label": True}),
    ("trl-prompt-only", {"prompt": "p"}),
    ("trl-prompt-only", {"prompt": [USER]}),
    ("swift-query-response", {"query": "q", "response": "r"}),
    ("torchtune-input-output", {"input": "i", "output": "o"}),
    ("text", {"text": "t", "source": "book"}),
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "type", "messages", "prompt", "chosen", "rejected", "conversations"]),
            inner,
        )
    ),
    max_leaves=15,
)


@pytest.mark.parametrize(("label", "row"), ROWS, ids=[f"{n}-{label}" for n, (label, _) in enumerate(ROWS)])
def test_each_layout_has_its_label(label, row):
    assert detect(row) == label


def test_the_examples_name_every_label():
    assert {label for label, _ in ROWS} == FORMATS
    assert LOOK_ALIKES.keys() <= FORMATS


@settings(max_examples=200)
@given(json_values)
def test_every_json_value_has_a_label(value):
    assert detect(value) in FORMATS
