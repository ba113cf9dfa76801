"""Rows as they stand in files: dicts in the commonest wire formats, valid by construction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal

from hypothesis import strategies as st

from ftdata.testing.strategies.texts import message_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

    from ftdata.json_bytes import JsonObject, JsonValue

__all__ = ["chat_records", "completion_records", "preference_records", "text_records"]

_TOOL_NAMES: Final = ("look_up", "refund", "send_mail")


def chat_records(
    *,
    min_turns: int = 1,
    max_turns: int = 4,
    system: bool | None = None,
    tools: bool = False,
    parts: bool = False,
    content: SearchStrategy[str] | None = None,
    extra: Mapping[str, SearchStrategy[Any]] | None = None,
) -> SearchStrategy[JsonObject]:
    """Chats as OpenAI and TRL read them: `{"messages": [...]}`, user and assistant in turn, the assistant last.

    Shrinks to one question and one answer, both `"0"`.

    Args:
        min_turns: Fewest turns; a turn is a question and its answer.
        max_turns: Most turns.
        system: Whether a system message comes first; None draws it.
        tools: Some turns call a tool before the answer: an assistant message with one or two `tool_calls` and a message
            of role `tool` for each; the tools are declared under `tools` when one is called.
        parts: Some contents of the user are lists of parts (texts and images) instead of a string.
        content: Texts of the messages; `message_texts()` when not given.
        extra: Further top-level keys and what to draw for them, such as
            `{"metadata": st.fixed_dictionaries({"customer": st.sampled_from("abc")})}`.
    """
    content = content if content is not None else message_texts()
    asked: SearchStrategy[Any] = content | st.lists(_parts(content), min_size=1, max_size=2) if parts else content
    # A turn is drawn as one value and the turns as one list, so that whole turns can be taken out when shrinking.
    calls = st.lists(st.tuples(_calls(), content), max_size=2) if tools else st.just([])
    turns = st.lists(st.tuples(asked, calls, content), min_size=min_turns, max_size=max_turns)
    first = {None: st.none() | content, True: content, False: st.none()}[system]
    return st.builds(_chat, first, turns, _extras(extra))


def preference_records(
    *,
    layout: Literal["trl", "openai"] = "trl",
    content: SearchStrategy[str] | None = None,
    distinct: bool = True,
    extra: Mapping[str, SearchStrategy[Any]] | None = None,
) -> SearchStrategy[JsonObject]:
    """Pairs of a better and a worse answer to one question. Shrinks to `"0"`, `"0"` and `"00"`.

    Args:
        layout: `trl` for `prompt`, `chosen`, `rejected` as lists of messages; `openai` for `input`, `preferred_output`,
            `non_preferred_output`.
        content: Texts of the messages; `message_texts()` when not given.
        distinct: Whether the two answers always differ.
        extra: Further top-level keys and what to draw for them.
    """
    content = content if content is not None else message_texts()
    answers = st.tuples(content, content)
    return st.builds(
        _preference, content, answers.map(_distinct) if distinct else answers, st.just(layout), _extras(extra)
    )


def completion_records(
    *,
    conversational: bool = False,
    content: SearchStrategy[str] | None = None,
    extra: Mapping[str, SearchStrategy[Any]] | None = None,
) -> SearchStrategy[JsonObject]:
    """Prompts and their completions: `{"prompt": ..., "completion": ...}`.

    Args:
        conversational: Each side is a list of one message (TRL) instead of a text.
        content: The texts; `message_texts()` when not given.
        extra: Further top-level keys and what to draw for them.
    """
    content = content if content is not None else message_texts()
    if not conversational:
        return st.builds(_merged, st.fixed_dictionaries({"prompt": content, "completion": content}), _extras(extra))
    said = {"prompt": content.map(_by("user")), "completion": content.map(_by("assistant"))}
    return st.builds(_merged, st.fixed_dictionaries(said), _extras(extra))


def text_records(
    *, content: SearchStrategy[str] | None = None, extra: Mapping[str, SearchStrategy[Any]] | None = None
) -> SearchStrategy[JsonObject]:
    """Plain texts to learn: `{"text": ...}`.

    Args:
        content: The texts; `message_texts()` when not given.
        extra: Further top-level keys and what to draw for them.
    """
    content = content if content is not None else message_texts()
    return st.builds(_merged, st.fixed_dictionaries({"text": content}), _extras(extra))


def _extras(extra: Mapping[str, SearchStrategy[Any]] | None) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict(extra or {}))


@st.composite
def _calls(draw: DrawFn) -> tuple[str, str]:
    """The name of a tool and its arguments as JSON text."""
    value = st.text(st.characters(codec="utf-8"), max_size=5) | st.integers(-9, 99)
    arguments = draw(st.dictionaries(st.sampled_from(("to", "amount", "note")), value, max_size=2))
    return draw(st.sampled_from(_TOOL_NAMES)), json.dumps(arguments, ensure_ascii=False)


def _parts(content: SearchStrategy[str]) -> SearchStrategy[dict[str, JsonValue]]:
    addresses = st.integers(0, 9).map("https://images.example.com/{}.png".format)
    return st.builds(_text_part, content) | st.builds(_image_part, addresses)


def _text_part(text: str) -> dict[str, JsonValue]:
    return {"type": "text", "text": text}


def _image_part(url: str) -> dict[str, JsonValue]:
    return {"type": "image_url", "image_url": {"url": url}}


def _chat(system: str | None, turns: list[tuple[Any, list[Any], str]], extra: dict[str, Any]) -> JsonObject:
    messages: list[JsonValue] = []
    if system is not None:
        messages.append({"role": "system", "content": system})
    names: set[str] = set()
    for asked, called, answer in turns:
        messages.append({"role": "user", "content": asked})
        if called:
            first = len(messages)  # makes the ids of a conversation differ
            calls: list[JsonValue] = []
            results: list[JsonValue] = []
            for number, ((name, arguments), result) in enumerate(called):
                names.add(name)
                told = {"id": f"call_{first}_{number}", "type": "function"}
                calls.append({**told, "function": {"name": name, "arguments": arguments}})
                results.append({"role": "tool", "tool_call_id": told["id"], "content": result})
            messages.append({"role": "assistant", "content": None, "tool_calls": calls})
            messages += results
        messages.append({"role": "assistant", "content": answer})
    row: JsonObject = {"messages": messages}
    if names:
        row["tools"] = [_declaration(name) for name in sorted(names)]
    return {**row, **extra}


def _declaration(name: str) -> JsonValue:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}


def _distinct(answers: tuple[str, str]) -> tuple[str, str]:
    """Two answers that differ: equal ones are mended, not thrown away."""
    better, worse = answers
    return better, worse + "0" if worse == better else worse


def _preference(question: str, answers: tuple[str, str], layout: str, extra: dict[str, Any]) -> JsonObject:
    better, worse = answers
    asked, good, bad = _by("user")(question), _by("assistant")(better), _by("assistant")(worse)
    if layout == "trl":
        return {"prompt": asked, "chosen": good, "rejected": bad, **extra}
    return {"input": {"messages": asked}, "preferred_output": good, "non_preferred_output": bad, **extra}


class _by:  # noqa: N801  # reads as a verb: content.map(_by("user"))
    """A list of the one message that `role` says."""

    def __init__(self, role: str) -> None:
        self.role = role

    def __call__(self, content: str) -> list[JsonValue]:
        return [{"role": self.role, "content": content}]

    def __repr__(self) -> str:
        return f"by({self.role})"


def _merged(row: dict[str, Any], extra: dict[str, Any]) -> JsonObject:
    return {**row, **extra}
