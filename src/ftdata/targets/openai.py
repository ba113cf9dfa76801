"""OpenAI fine-tuning (also Azure): supervised chats, preferences, reinforcement, prompts with completions.

`openai` takes whichever of its layouts the source has; `openai/sft` and the others insist on one and then check rows
of any source with messages in that place, so that a broken file is told what is wrong and not only that it is unknown.
The rules are in `openai_rules`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ftdata.targets.null_keys import name_repair
from ftdata.targets.openai_messages import Layout, check_messages
from ftdata.targets.openai_rules import RULES
from ftdata.targets.openai_tools import check_tools
from ftdata.targets.plain_shapes import is_plain_chat
from ftdata.targets.problem import Findings, Problem, SetFacts, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftdata.json_bytes import JsonObject, JsonValue, Path
    from ftdata.targets.openai_tools import Declared

__all__ = ["RULES", "TARGETS"]

_SFT = Layout(
    roles=frozenset({"system", "user", "assistant", "tool", "function"}),
    image_rule=None,
    without_developer=True,
    advice="role must be system, user, assistant or tool",
)
_DPO = Layout(roles=_SFT.roles, image_rule="preference.image", without_developer=True, advice=_SFT.advice)
_RFT = Layout(
    roles=frozenset({"developer", "user", "assistant", "tool"}),
    image_rule="content.part_type",
    without_developer=False,
    advice="role must be developer, user, assistant or tool; instead of system write developer",
)
_TOOL_KEYS = frozenset({"tools", "parallel_tool_calls"})

_METHOD_OF = {
    "openai-chat": "sft",
    "openai-dpo": "dpo",
    "openai-rft": "rft",
    "prompt-completion": "completions",
    "invalid": "sft",  # stands last: no format, but only a broken list of messages is called so
}
# Formats that each method takes. A chat and a reinforcement row differ in nothing but what they are for.
_TAKES = {
    "sft": ("openai-chat", "openai-rft"),
    "dpo": ("openai-dpo",),
    "rft": ("openai-rft", "openai-chat"),
    "completions": ("prompt-completion",),
}
# Their sources stand with the rules that they belong to, in `openai_rules`.
_MIN_EXAMPLES = 10  # file.min_examples
_MAX_RFT_EXAMPLES = 50_000  # file.max_examples
_FILES_API_BYTES = 512 * 1000 * 1000  # file.upload
_UPLOADS_BYTES = 8 * 1000 * 1000 * 1000  # file.size


def _check_row(value: JsonValue, format: str, *, method: str | None) -> list[Problem]:
    layout = _METHOD_OF.get(format) if method is None else method
    if layout is None or (method is not None and format not in {*_TAKES[method], "invalid", "unknown"}):
        takes = tuple(_METHOD_OF)[:-1] if method is None else _TAKES[method]
        name = "openai" if method is None else f"openai/{method}"
        message = f"{name} takes {', '.join(takes)}: convert this source to one of them"
        return [Problem("schema.format", (), RULES["schema.format"].severity, message)]
    if layout == "sft" and is_plain_chat(value):
        return []
    found = Findings(RULES)
    if isinstance(value, dict):
        _CHECKS[layout](found, value)
    else:
        found.add("schema.type", (), "a row must be an object")
    return name_repair(found.problems, value)


def _check_sft(found: Findings, value: JsonObject) -> None:
    _check_keys(found, value, (), _TOOL_KEYS | {"messages", "functions"})
    declared = check_tools(found, value, ())
    messages = _take_messages(found, value, ())
    if not messages:
        return
    check_messages(found, messages, ("messages",), _SFT, declared)
    roles = [_role(message) for message in messages]
    if "assistant" not in roles:
        found.add("role.no_assistant", ("messages",), "add the assistant message that is to be learnt")
    elif roles[-1] != "assistant":
        found.add("role.last_not_assistant", ("messages", len(messages) - 1), "end with the assistant")
    answers = [message for message in messages if isinstance(message, dict) and _role(message) == "assistant"]
    if answers and all(_is_zero(message.get("weight")) for message in answers):
        found.add("weight.all_zero", ("messages",), "give at least one assistant message weight 1, or remove the row")


def _check_dpo(found: Findings, value: JsonObject) -> None:
    _check_keys(found, value, (), frozenset({"input", "preferred_output", "non_preferred_output"}))
    prompt = value.get("input")
    if not isinstance(prompt, dict):
        found.missing_or_type(value, (), "input", "an object with messages")
        declared = None
    else:
        _check_keys(found, prompt, ("input",), _TOOL_KEYS | {"messages"})
        declared = check_tools(found, prompt, ("input",))
        messages = _take_messages(found, prompt, ("input",))
        check_messages(found, messages, ("input", "messages"), _DPO, declared)
        if messages and _role(messages[-1]) == "assistant":
            message = "end the input before the assistant turn that the outputs are"
            found.add("preference.not_last_turn", ("input", "messages", len(messages) - 1), message)
    for key in ("preferred_output", "non_preferred_output"):
        _check_output(found, value, key, declared)
    chosen, rejected = value.get("preferred_output"), value.get("non_preferred_output")
    if chosen and chosen == rejected:
        found.add("preference.no_contrast", ("non_preferred_output",), "the two outputs are equal: remove the row")


def _check_output(found: Findings, value: JsonObject, key: str, declared: Declared) -> None:
    output = value.get(key)
    if not isinstance(output, list):
        found.missing_or_type(value, (), key, "a list with one assistant message")
        return
    if not output:
        found.add("schema.missing", (key, 0), "add the assistant message")
    if len(output) > 1:
        found.add("preference.multi_message", (key,), "keep a single assistant message (Azure takes more)")
    check_messages(found, output, (key,), _DPO, declared)
    for index, message in enumerate(output):
        role = _role(message)
        if role in _DPO.roles | {"developer"} and role != "assistant" and len(output) == 1:
            found.add("role.order", (key, index, "role"), "the output must be an assistant message")


def _check_rft(found: Findings, value: JsonObject) -> None:
    declared = check_tools(found, value, ())
    messages = _take_messages(found, value, ())
    if not messages:
        return
    check_messages(found, messages, ("messages",), _RFT, declared)
    if _role(messages[-1]) != "user":
        found.add("role.order", ("messages", len(messages) - 1), "end with the user: the model is to answer")


def _check_completions(found: Findings, value: JsonObject) -> None:
    _check_keys(found, value, (), frozenset({"prompt", "completion"}))
    for key in ("prompt", "completion"):
        if not isinstance(value.get(key), str):
            found.missing_or_type(value, (), key, "a string")
    completion = value.get("completion")
    if completion == "":
        found.add("content.empty", ("completion",), "fill the completion or remove the row")
    elif isinstance(completion, str) and not completion[0].isspace():
        found.add("content.leading_space", ("completion",), "begin the completion with a space")


_CHECKS: dict[str, Callable[[Findings, JsonObject], None]] = {
    "sft": _check_sft,
    "dpo": _check_dpo,
    "rft": _check_rft,
    "completions": _check_completions,
}


def _check_set(facts: SetFacts, *, method: str | None) -> list[Problem]:
    found = Findings(RULES)
    methods = {_METHOD_OF.get(label, label) for label in facts.formats if label not in {"invalid", "unknown"}}
    if method in {"sft", "rft"}:
        methods = {"sft" if name == "rft" else name for name in methods}
    if facts.rows < _MIN_EXAMPLES:
        message = f"{facts.rows} examples: OpenAI wants at least {_MIN_EXAMPLES}"
        found.add("file.min_examples", (), message)
    if facts.rows > _MAX_RFT_EXAMPLES and "rft" in {method, *methods}:
        message = f"{facts.rows} examples: reinforcement takes at most {_MAX_RFT_EXAMPLES}"
        found.add("file.max_examples", (), message)
    if len(methods) > 1:
        names = ", ".join(sorted(facts.formats))
        found.add("file.mixed_formats", (), f"one file holds one format, these rows have {names}: split them")
    if facts.bytes > _UPLOADS_BYTES:
        found.add("file.size", (), "the file is larger than 8 GB: split it")
    elif facts.bytes > _FILES_API_BYTES:
        found.add("file.upload", (), "the file is larger than 512 MB: send it through Uploads, not Files")
    if facts.bom_files:
        found.add("json.bom", (), f"{len(facts.bom_files)} files begin with a byte order mark: send what ftdata writes")
    if facts.blank_lines:
        found.add("json.blank", (), f"{facts.blank_lines} blank lines: send what ftdata writes, which has none")
    return found.problems


def _check_keys(found: Findings, value: JsonObject, path: Path, known: frozenset[str]) -> None:
    for key in value:
        if key not in known:
            meant = key.strip().lower()
            message = f"write this key as {meant}" if meant in known else "remove this key: the server rejects it"
            found.add("schema.extra_key", (*path, key), message)


def _take_messages(found: Findings, value: JsonObject, path: Path) -> list[JsonValue]:
    messages = value.get("messages")
    if not isinstance(messages, list):
        found.missing_or_type(value, path, "messages", "a list of messages")
        return []
    if not messages:
        found.add("schema.missing", (*path, "messages", 0), "add messages: the list is empty")
    return messages


def _role(message: JsonValue) -> str | None:
    role = message.get("role") if isinstance(message, dict) else None
    return role.strip().lower() if isinstance(role, str) else None


def _is_zero(weight: JsonValue) -> bool:
    return isinstance(weight, int | float) and not isinstance(weight, bool) and weight == 0


def _target(method: str | None) -> Target:
    return Target(
        name="openai" if method is None else f"openai/{method}",
        formats=tuple(_METHOD_OF)[:-1] if method is None else _TAKES[method],
        rules=RULES,
        check_row=partial(_check_row, method=method),
        check_set=partial(_check_set, method=method),
    )


TARGETS: tuple[Target, ...] = tuple(_target(method) for method in (None, *_TAKES))
