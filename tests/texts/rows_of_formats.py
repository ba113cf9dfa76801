"""A row of every format whose layout is walked, with something in each of its members."""

from __future__ import annotations

from typing import Any

_CALL = {
    "id": "c1",
    "type": "function",
    "function": {"name": "send", "arguments": {"to": "ann", "at": [1, {"b": 2, "a": 3}]}},
}
_TOOLS = [{"type": "function", "function": {"name": "send", "parameters": {"type": "object", "properties": {}}}}]
_SAID = [
    {"role": "system", "content": "Be kind to everyone."},
    {"role": "user", "content": [{"type": "text", "text": "Write to her, please.", "weight": 1}], "name": "bob"},
    {"role": "assistant", "content": "So I do.", "reasoning_content": "She waits.", "tool_calls": [_CALL], "weight": 1},
    {"role": "tool", "tool_call_id": "c1", "content": '{"sent": true}'},
    {"role": "assistant", "content": "It is sent.", "function_call": {"name": "close", "arguments": "{}"}},
]
_ASKED = [{"role": "user", "content": "Who is there?", "name": "eve"}]
_GOOD = [{"role": "assistant", "content": "It is me.", "reasoning_content": "A joke."}]
_BAD = [{"role": "assistant", "content": "Go away, whoever you are."}]
_TOLD = [{"from": "human", "value": "How are you?"}, {"from": "gpt", "value": "I am well, thank you."}]
_PAIR = {"chosen": "It is me.", "rejected": "Go away, whoever you are."}

ROWS: dict[str, dict[str, Any]] = {
    "openai-chat": {"messages": _SAID, "tools": _TOOLS, "parallel_tool_calls": False},
    "openai-rft": {"messages": _ASKED, "answer": {"text": "me", "points": 3}},
    "openai-dpo": {
        "input": {"messages": _ASKED, "tools": _TOOLS, "parallel_tool_calls": True},
        "preferred_output": _GOOD,
        "non_preferred_output": _BAD,
    },
    "prompt-completion": {"prompt": "Who is there?", "completion": "It is me.", "weight": 2},
    "text": {"text": "It was a dark night, and it rained.", "score": 1},
    "trl-prompt-only": {"prompt": _ASKED, "solution": "me", "level": {"of": 3}},
    "trl-prompt-completion-conversational": {"prompt": _ASKED, "completion": _GOOD},
    "trl-unpaired-standard": {"prompt": "Who is there?", "completion": "It is me.", "label": True},
    "trl-unpaired-conversational": {"prompt": _ASKED, "completion": _GOOD, "label": False},
    "trl-stepwise": {"prompt": "Count.", "completions": ["One.", "Two."], "labels": [True, False]},
    "trl-preference-standard": {"prompt": "Who is there?", **_PAIR},
    "trl-preference-conversational": {"prompt": _ASKED, "chosen": _GOOD, "rejected": _BAD},
    "trl-preference-implicit-standard": dict(_PAIR),
    "trl-preference-implicit-conversational": {"chosen": _ASKED + _GOOD, "rejected": _ASKED + _BAD},
    "axolotl-dpo-chat-template": {"messages": _ASKED, "chosen": _GOOD[0], "rejected": _BAD[0]},
    "sharegpt": {"system": "Be kind to everyone.", "conversations": _TOLD, "tools": "[]"},
    "sharegpt-kto": {"conversations": _TOLD, "kto_tag": True},
    "sharegpt-ranking": {
        "conversations": _TOLD[:1],
        "chosen": _TOLD[1],
        "rejected": {"from": "gpt", "value": "Badly."},
    },
    "messages-under-conversations": {"conversations": _SAID},
    "alpaca": {"instruction": "Add them.", "input": "1 2", "output": "3", "history": [["Hi", "Hello"]], "level": "low"},
    "alpaca-ranking": {"instruction": "Who is there?", **_PAIR},
    "swift-messages": {"messages": [*_ASKED, {**_GOOD[0], "loss": True}]},
    "swift-kto": {"messages": _ASKED + _GOOD, "label": True},
    "swift-dpo": {"messages": _ASKED + _GOOD, "rejected_response": "Go away."},
    "swift-query-response": {"query": "Who is there?", "response": "It is me.", "history": [["Hi", "Hello"]]},
    "torchtune-input-output": {"input": "Who is there?", "output": "It is me."},
    "unknown": {"question": "Who is there?", "answer_of": {"text": "It is me.", "level": 3}, "id": 7},
}
