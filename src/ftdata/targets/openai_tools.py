"""OpenAI's rules on tools, their calls and their results, for any JSON value that stands where one should be."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject, JsonValue, Path
    from ftdata.targets.problem import Findings

__all__ = ["Declared", "OpenCalls", "check_calls", "check_function", "check_tools"]

# Tool name -> parameters that it declares as required. None: the row declares no tools at all.
Declared: TypeAlias = "dict[str, tuple[str, ...]] | None"

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # FunctionObject.description of the schema
_MAX_TOOLS = 128  # tool.count in `openai_rules`, where its source stands


class OpenCalls:
    """The calls of the last assistant message that no tool message has answered yet, in order."""

    __slots__ = ("_calls",)

    def __init__(self) -> None:
        self._calls: list[tuple[str | None, Path]] = []

    def open(self, identifier: str | None, path: Path) -> None:
        """A call was made; without an id it can be answered by any result.

        Args:
            identifier: The id of the call.
            path: Where the call is in the row.
        """
        self._calls.append((identifier, path))

    def answer(self, found: Findings, message: JsonObject, path: Path) -> None:
        """A tool message came: closes the call that it answers, or reports that there is none.

        Args:
            found: Where problems are put.
            message: The message.
            path: Where it is in the row.
        """
        identifier = message.get("tool_call_id")
        if not isinstance(identifier, str):
            rule, what = ("schema.type", "a string") if "tool_call_id" in message else ("schema.missing", "there")
            found.add(rule, (*path, "tool_call_id"), f"tool_call_id must be {what}: the id of the call it answers")
            if self._calls:  # most likely it answers the oldest one: do not report that as well
                del self._calls[0]
            return
        fitting = [place for place, (known, _) in enumerate(self._calls) if known in {identifier, None}]
        if fitting:
            del self._calls[next((place for place in fitting if self._calls[place][0] == identifier), fitting[0])]
        else:
            message_ = "no open call of the preceding assistant message has this id: correct it or remove the message"
            found.add("tool.orphan_result", (*path, "tool_call_id"), message_)

    def close(self, found: Findings) -> None:
        """Another turn begins: whatever is still open stays unanswered.

        Args:
            found: Where problems are put.
        """
        for _, path in self._calls:
            found.add("tool.unanswered", path, "add the tool message that answers this call, or remove the call")
        self._calls.clear()


def check_tools(found: Findings, value: JsonObject, path: Path) -> Declared:
    """Checks `tools`, `functions` and `parallel_tool_calls` of a row or an input, and says which tools there are.

    Args:
        found: Where problems are put.
        value: The row, or the input of a preference row.
        path: Where it is in the row.
    """
    declared: dict[str, tuple[str, ...]] = {}
    complete = "tools" in value or "functions" in value
    if "parallel_tool_calls" in value and not isinstance(value["parallel_tool_calls"], bool):
        found.add("schema.type", (*path, "parallel_tool_calls"), "parallel_tool_calls must be true or false")
    if "tools" in value:
        tools, at = value["tools"], (*path, "tools")
        if not isinstance(tools, list):
            found.add("schema.type", at, "tools must be a list; leave the key out when there are none")
            return None
        if len(tools) > _MAX_TOOLS:
            found.add("tool.count", at, f"at most {_MAX_TOOLS} tools")
        for index, tool in enumerate(tools):
            complete = _check_tool(found, tool, (*at, index), declared) and complete
    if "functions" in value:
        functions, at = value["functions"], (*path, "functions")
        if not isinstance(functions, list):
            found.add("schema.type", at, "functions must be a list; leave the key out when there are none")
            return None
        if not 1 <= len(functions) <= _MAX_TOOLS:
            found.add("tool.count", at, f"functions must have 1 to {_MAX_TOOLS} entries; leave the key out for none")
        for index, function in enumerate(functions):
            complete = _check_declaration(found, function, (*at, index), declared) and complete
    # With an entry that has no name, nobody can say which functions are unknown.
    return declared if complete else None


def check_calls(found: Findings, calls: JsonValue, path: Path, declared: Declared, opened: OpenCalls) -> bool:
    """Checks the `tool_calls` of an assistant message and says whether there are any.

    Args:
        found: Where problems are put.
        calls: What the message holds there.
        path: Where it is in the row.
        declared: The tools that the row declares.
        opened: The calls that wait for a result; changed.
    """
    if not isinstance(calls, list):
        found.add("schema.type", path, "tool_calls must be a list; leave the key out when there are none")
        return False
    if not calls:
        found.add("tool.empty_calls", path, "leave tool_calls out when there are none")
    seen: set[str] = set()
    for index, call in enumerate(calls):
        at = (*path, index)
        if not isinstance(call, dict):
            found.add("schema.type", at, "a tool call must be an object with id, type and function")
            opened.open(None, at)
            continue
        identifier = call.get("id")
        if not isinstance(identifier, str):
            found.missing_or_type(call, at, "id", "a string")
            opened.open(None, at)
        else:
            opened.open(identifier, at)
            if identifier in seen:
                found.add("tool.dup_id", (*at, "id"), "give each call of this message an id of its own")
            seen.add(identifier)
        _check_type(found, call, at)
        if isinstance(call.get("function"), dict):
            check_function(found, call["function"], (*at, "function"), declared)
        else:
            found.missing_or_type(call, at, "function", "an object with name and arguments")
    return bool(calls)


def check_function(found: Findings, function: JsonValue, path: Path, declared: Declared) -> None:
    """Checks the name and arguments of a call (or of a `function_call`).

    Args:
        found: Where problems are put.
        function: What the call holds there.
        path: Where it is in the row.
        declared: The tools that the row declares.
    """
    if not isinstance(function, dict):
        found.add("schema.type", path, "a call must be an object with name and arguments")
        return
    name = _check_name(found, function, path)
    required: tuple[str, ...] = ()
    if name is not None and declared is not None:
        if name not in declared:
            found.add("tool.unknown_function", (*path, "name"), "declare this function in tools, or correct its name")
        required = declared.get(name, ())
    arguments, at = function.get("arguments"), (*path, "arguments")
    if "arguments" not in function:
        found.add("schema.missing", at, 'add arguments; "{}" when there are none')
    elif not isinstance(arguments, str):
        found.add("tool.args_type", at, "arguments must be a string that holds JSON, not the value itself")
    else:
        parsed = _parse(arguments)
        if not isinstance(parsed, dict):
            found.add("tool.args_json", at, "arguments must parse as a JSON object")
        elif not parsed.keys() >= set(required):
            found.add("tool.args_schema", at, "a parameter that the tool declares as required is missing")


def _check_tool(found: Findings, tool: JsonValue, path: Path, declared: dict[str, tuple[str, ...]]) -> bool:
    if not isinstance(tool, dict):
        found.add("schema.type", path, "a tool must be an object with type and function")
        return False
    _check_type(found, tool, path)
    if "function" in tool:
        return _check_declaration(found, tool["function"], (*path, "function"), declared)
    found.add("schema.missing", (*path, "function"), "add function, an object with name and parameters")
    return False


def _check_declaration(found: Findings, function: JsonValue, path: Path, declared: dict[str, tuple[str, ...]]) -> bool:
    if not isinstance(function, dict):
        found.add("schema.type", path, "a function must be an object with a name")
        return False
    name = _check_name(found, function, path)
    if "description" in function and not isinstance(function["description"], str):
        found.add("schema.type", (*path, "description"), "description must be a string; leave it out for none")
    if "strict" in function and not isinstance(function["strict"], bool | None):
        found.add("schema.type", (*path, "strict"), "strict must be true or false")
    required: list[str] = []
    if "parameters" in function:
        parameters, at = function["parameters"], (*path, "parameters")
        if not isinstance(parameters, dict):
            found.add("schema.type", at, "parameters must be an object (a JSON Schema); leave them out for none")
        else:
            if parameters.get("type", "object") != "object":
                found.add("tool.schema_invalid", (*at, "type"), "the type of parameters must be object")
            if not isinstance(parameters.get("properties", {}), dict):
                found.add("tool.schema_invalid", (*at, "properties"), "properties must be an object")
            names = parameters.get("required", [])
            if isinstance(names, list) and all(isinstance(entry, str) for entry in names):
                required = [entry for entry in names if isinstance(entry, str)]
            else:
                found.add("tool.schema_invalid", (*at, "required"), "required must be a list of names")
    if name is None:
        return False
    declared[name] = tuple(required)
    return True


def _check_type(found: Findings, value: JsonObject, path: Path) -> None:
    type_ = value.get("type")
    if not isinstance(type_, str):
        found.missing_or_type(value, path, "type", "function")
    elif type_ != "function":
        found.add("tool.type", (*path, "type"), "type must be function")


def _check_name(found: Findings, function: JsonObject, path: Path) -> str | None:
    name = function.get("name")
    if not isinstance(name, str):
        found.missing_or_type(function, path, "name", "a string")
        return None
    if not _NAME.fullmatch(name):
        message = "a function name has 1 to 64 letters, digits, underscores or hyphens"
        found.add("tool.name_pattern", (*path, "name"), message)
    return name


def _parse(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value


def _refuse(_: str) -> JsonValue:
    raise ValueError("not JSON")
