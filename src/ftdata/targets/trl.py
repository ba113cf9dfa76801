"""TRL, by dataset type: language modeling, prompts, prompts with completions, preferences, verdicts, steps.

`trl` takes whichever type the source has; `trl/preference` and the others insist on one and then also check rows of a
source without a known format. The rules are in `trl_rules`.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from ftdata.formats.shared_prompt import shared_messages
from ftdata.targets.null_keys import name_repair
from ftdata.targets.plain_shapes import is_plain_chat
from ftdata.targets.problem import Findings, Problem, SetFacts, Target
from ftdata.targets.trl_messages import check_images, check_messages
from ftdata.targets.trl_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftdata.json_bytes import JsonObject, JsonValue

__all__ = ["RULES", "TARGETS"]

# Formats by dataset type. A reinforcement row is a conversation with columns that TRL ignores.
_TAKES = {
    "language-modeling": ("openai-chat", "openai-rft", "text"),
    "prompt-only": ("trl-prompt-only",),
    "prompt-completion": ("prompt-completion", "trl-prompt-completion-conversational"),
    "preference": (
        "trl-preference-standard",
        "trl-preference-conversational",
        "trl-preference-implicit-standard",
        "trl-preference-implicit-conversational",
    ),
    "unpaired": ("trl-unpaired-standard", "trl-unpaired-conversational"),
    "stepwise": ("trl-stepwise",),
}
_TYPE_OF = {label: type_ for type_, labels in _TAKES.items() for label in labels}
_NONE = ("invalid", "unknown")
# The columns that `apply_chat_template` looks at, and the sets of them that it takes.
_COLUMNS = frozenset({"messages", "prompt", "completion", "chosen", "rejected", "label"})
_SETS = {
    "language-modeling": (frozenset({"messages"}),),
    "prompt-only": (frozenset({"prompt"}),),
    "prompt-completion": (frozenset({"prompt", "completion"}),),
    "preference": (frozenset({"prompt", "chosen", "rejected"}), frozenset({"chosen", "rejected"})),
    "unpaired": (frozenset({"prompt", "completion", "label"}),),
}
_PROMPT_ENDS = ("user", "tool", "assistant")


def _check_row(value: JsonValue, format: str, *, type_: str | None) -> list[Problem]:
    chosen = type_
    if chosen is None:  # `invalid` is what a broken list of messages is called
        chosen = "language-modeling" if format == "invalid" else _TYPE_OF.get(format)
    if chosen is None or (type_ is not None and format not in (*_TAKES[chosen], *_NONE)):
        name, takes = ("trl", tuple(_TYPE_OF)) if type_ is None else (f"trl/{type_}", _TAKES[type_])
        message = f"{name} takes {', '.join(takes)}: convert this source to one of them"
        return [Problem("schema.format", (), RULES["schema.format"].severity, message)]
    if chosen == "language-modeling" and is_plain_chat(value):
        return []
    found = Findings(RULES)
    if isinstance(value, dict):
        _CHECKS[chosen](found, value)
        _check_tools(found, value)
    else:
        found.add("schema.type", (), "a row must be an object")
    return name_repair(found.problems, value)


def _check_language_modeling(found: Findings, value: JsonObject) -> None:
    if "text" in value and "messages" not in value:
        text = value["text"]
        if not isinstance(text, str):
            found.add("schema.type", ("text",), "text must be a string")
        elif not text:
            found.add("length.dropped", ("text",), "fill the text or remove the row")
        return
    messages = _take(found, value, "messages", text=False)
    if not isinstance(messages, list):
        return
    _check_columns(found, value, "language-modeling")
    check_messages(found, messages, ("messages",))
    check_images(found, value, [(("messages",), [(("messages",), messages)])])
    if messages and not any(isinstance(message, dict) and message.get("role") == "assistant" for message in messages):
        found.add("role.no_assistant", ("messages",), "add the assistant message that is to be learnt")


def _check_prompt_only(found: Findings, value: JsonObject) -> None:
    prompt = _take(found, value, "prompt")
    if isinstance(prompt, list):
        _check_columns(found, value, "prompt-only")
        _check_prompt(found, prompt)
        check_images(found, value, [(("prompt",), [(("prompt",), prompt)])])


def _check_prompt_completion(found: Findings, value: JsonObject, *, type_: str = "prompt-completion") -> None:
    prompt = _take(found, value, "prompt")
    completion = _take(found, value, "completion", may_be_empty=True)
    if isinstance(prompt, list) or isinstance(completion, list):
        _check_columns(found, value, type_)
    if isinstance(prompt, list):
        _check_prompt(found, prompt)
    if isinstance(completion, list):
        check_messages(found, completion, ("completion",), before=prompt if isinstance(prompt, list) else None)
    if prompt is not None and completion is not None and type(prompt) is not type(completion):
        found.add(
            "content.mixed_forms", ("completion",), "write prompt and completion both as text or both as messages"
        )
    elif isinstance(prompt, list) and isinstance(completion, list):
        check_images(found, value, [(("prompt",), [(("prompt",), prompt), (("completion",), completion)])])
    if completion is not None and not completion:
        found.add("length.dropped", ("completion",), "fill the completion or remove the row")


def _check_unpaired(found: Findings, value: JsonObject) -> None:
    _check_prompt_completion(found, value, type_="unpaired")
    if "label" not in value:
        found.add("schema.missing", ("label",), "add label: true for a wanted completion, false for an unwanted one")
    elif not isinstance(value["label"], bool):
        found.add("preference.label_values", ("label",), "label must be true or false")


def _check_preference(found: Findings, value: JsonObject) -> None:
    chosen = _take(found, value, "chosen", may_be_empty=True)
    rejected = _take(found, value, "rejected", may_be_empty=True)
    prompt = value.get("prompt")
    if prompt is not None and not isinstance(prompt, str | list):
        found.add("schema.type", ("prompt",), "prompt must be text or a list of messages")
        prompt = None
    for key, side in (("chosen", chosen), ("rejected", rejected)):
        if side is not None and not side:
            found.add("content.empty", (key,), f"fill {key} or remove the row")
        if isinstance(side, list):
            check_messages(found, side, (key,), before=prompt if isinstance(prompt, list) else None)
    if isinstance(prompt, list):
        if prompt:
            _check_prompt(found, prompt)
        else:
            found.add("schema.missing", ("prompt", 0), "add messages: the list is empty")
    if isinstance(chosen, list) or isinstance(rejected, list) or isinstance(prompt, list):
        _check_columns(found, value, "preference")
    if chosen is None or rejected is None:
        return
    if type(chosen) is not type(rejected) or (isinstance(prompt, list) and isinstance(chosen, str)):
        found.add(
            "content.mixed_forms", ("rejected",), "write prompt, chosen and rejected all as text or all as messages"
        )
        return
    if chosen and chosen == rejected:
        found.add("preference.no_contrast", ("rejected",), "the two answers are equal: remove the row")
    if isinstance(chosen, list) and isinstance(rejected, list):
        before = [(("prompt",), prompt)] if isinstance(prompt, list) else []
        sides = ((("chosen",), chosen), (("rejected",), rejected))
        check_images(found, value, [(side[0], [*before, side]) for side in sides])
        if not isinstance(prompt, list):
            _check_shared_prompt(found, prompt, chosen, rejected)


def _check_shared_prompt(
    found: Findings, prompt: str | None, chosen: list[JsonValue], rejected: list[JsonValue]
) -> None:
    if not chosen or not rejected:
        return
    same = next((i for i, pair in enumerate(zip(chosen, rejected, strict=False)) if pair[0] != pair[1]), None)
    # TRL's own count: without a difference the last message that was compared begins the answers.
    if (min(len(chosen), len(rejected)) - 1 if same is None else same) == 0:
        found.add(
            "preference.no_prompt", ("rejected", 0), "begin both answers with the same prompt, or add a prompt column"
        )
    elif prompt is not None:
        shared = chosen[: shared_messages(chosen, rejected)]
        if not any(isinstance(message, dict) and message.get("content") == prompt for message in shared):
            found.add("preference.prompt", ("prompt",), "remove prompt, or make it the text of the shared messages")


def _check_stepwise(found: Findings, value: JsonObject) -> None:
    if not isinstance(value.get("prompt"), str):
        found.missing_or_type(value, (), "prompt", "text")
    lists: dict[str, int] = {}
    for key, kind, what in (("completions", str, "texts"), ("labels", bool, "true and false")):
        items = value.get(key)
        if not isinstance(items, list):
            found.missing_or_type(value, (), key, f"a list of {what}")
            continue
        lists[key] = len(items)
        rule = "schema.type" if key == "completions" else "preference.label_values"
        for index, item in enumerate(items):
            if not isinstance(item, kind):
                found.add(rule, (key, index), f"{key} must hold {what}")
    if lists.get("completions") == 0:
        found.add("schema.missing", ("completions", 0), "add the steps: the list is empty")
    if len(set(lists.values())) > 1:
        found.add("preference.steps", ("labels",), "give every completion one label")


_CHECKS: dict[str, Callable[[Findings, JsonObject], None]] = {
    "language-modeling": _check_language_modeling,
    "prompt-only": _check_prompt_only,
    "prompt-completion": _check_prompt_completion,
    "preference": _check_preference,
    "unpaired": _check_unpaired,
    "stepwise": _check_stepwise,
}


def _check_prompt(found: Findings, prompt: list[JsonValue]) -> None:
    check_messages(found, prompt, ("prompt",))
    last = prompt[-1] if prompt else None
    if isinstance(last, dict) and "role" in last and last["role"] not in _PROMPT_ENDS:
        found.add("role.order", ("prompt", len(prompt) - 1, "role"), "end the prompt with the user or a tool")


def _check_columns(found: Findings, value: JsonObject, type_: str) -> None:
    columns = _COLUMNS & value.keys()
    allowed = frozenset[str]().union(*_SETS[type_])
    for key in value:
        if key in columns and key not in allowed:
            found.add("schema.key_set", (key,), f"remove {key}: a conversational row of this type cannot have it")


def _check_tools(found: Findings, value: JsonObject) -> None:
    tools = value.get("tools")
    if isinstance(tools, str):
        try:
            tools = json.loads(tools)
        except (ValueError, RecursionError):
            tools = False
        if not isinstance(tools, list):
            found.add("tool.schema_invalid", ("tools",), "this string must hold a JSON list of tools")
    elif not isinstance(tools, list | None):
        found.add("schema.type", ("tools",), "tools must be a list, or a string that holds one as JSON")
    if not isinstance(value.get("chat_template_kwargs"), dict | None):
        found.add("schema.type", ("chat_template_kwargs",), "chat_template_kwargs must be an object")


def _take(
    found: Findings, value: JsonObject, key: str, *, text: bool = True, may_be_empty: bool = False
) -> str | list[JsonValue] | None:
    side = value.get(key)
    if isinstance(side, list):
        if not side and not may_be_empty:
            found.add("schema.missing", (key, 0), "add messages: the list is empty")
        return side
    if text and isinstance(side, str):
        return side
    found.missing_or_type(value, (), key, "text or a list of messages" if text else "a list of messages")
    return None


def _check_set(facts: SetFacts, *, type_: str | None) -> list[Problem]:  # noqa: ARG001  the same for all types
    found = Findings(RULES)
    types = {_TYPE_OF.get(label, label) for label in facts.formats if label not in _NONE}
    forms = {
        label.endswith("-conversational") or label.startswith("openai-") for label in facts.formats if label in _TYPE_OF
    }
    if facts.rows < 1:
        found.add("file.min_examples", (), "there is no row")
    if len(types) > 1 or (len(forms) > 1 and types != {"prompt-only"}):
        names = ", ".join(sorted(facts.formats))
        found.add("file.mixed_formats", (), f"one dataset holds one type, these rows have {names}: split them")
    return found.problems


def _target(type_: str | None) -> Target:
    return Target(
        name="trl" if type_ is None else f"trl/{type_}",
        formats=tuple(_TYPE_OF) if type_ is None else _TAKES[type_],
        rules=RULES,
        check_row=partial(_check_row, type_=type_),
        check_set=partial(_check_set, type_=type_),
    )


TARGETS: tuple[Target, ...] = tuple(_target(type_) for type_ in (None, *_TAKES))
