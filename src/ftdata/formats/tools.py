"""Tools and their calls, to records and back.

Three spellings are read: nested (`{"type": "function", "function": {...}}`, OpenAI), flat (name and arguments side by
side, Fireworks and the entries of OpenAI's older `functions`) and the older `function_call` of a message. Arguments
come as JSON text (OpenAI, Together) or as an object (TRL); the tools of a row may be JSON text as a whole (TRL 1.16).
The text is kept beside the parsed value, and the text is what is written again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, TypedDict

from ftdata.records import Tool, ToolCall

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject, JsonValue
    from ftdata.records import Chat, Completion, Preference

__all__ = ["ToolFields", "read_call", "read_calls", "read_tools", "write_call", "write_tools"]

# Text nested deeper than this is not parsed: pydantic refuses values beyond some 250 levels, and no tool has such.
_MAX_DEPTH = 100


class ToolFields(TypedDict):
    """The fields that every record with tools shares, as keyword arguments for its constructor."""

    tools: tuple[Tool, ...] | None
    tools_raw: str | None
    legacy_functions: bool
    parallel_tool_calls: bool | None


def read_tools(rest: JsonObject) -> ToolFields:
    """Takes the tools out of the keys of a row that are still unread.

    Args:
        rest: The unread keys; what is understood is removed, everything else stays.

    Returns:
        The tool fields of the record.
    """
    legacy = "functions" in rest and "tools" not in rest
    key = "functions" if legacy else "tools"
    written = rest.get(key)
    raw = written if isinstance(written, str) and not legacy else None
    tools = _read_list(written if raw is None else _parse(raw), flat=legacy)
    if tools is not None:
        del rest[key]
    parallel = rest.get("parallel_tool_calls")
    if isinstance(parallel, bool):
        del rest["parallel_tool_calls"]
    return ToolFields(
        tools=tools,
        tools_raw=None if tools is None else raw,
        legacy_functions=legacy and tools is not None,
        parallel_tool_calls=parallel if isinstance(parallel, bool) else None,
    )


def write_tools(record: Chat | Preference | Completion) -> JsonObject:
    """Writes the tools of a record under the keys they came from.

    Args:
        record: A record of any kind that has tools.
    """
    out: JsonObject = {}
    if record.tools_raw is not None:
        out["tools"] = record.tools_raw
    elif record.tools is not None:
        out["functions" if record.legacy_functions else "tools"] = [_write_tool(tool) for tool in record.tools]
    if record.parallel_tool_calls is not None:
        out["parallel_tool_calls"] = record.parallel_tool_calls
    return out


def read_calls(value: JsonValue) -> tuple[ToolCall, ...] | None:
    """Reads the `tool_calls` of a message; None when they are not a list of calls, each with a name.

    Args:
        value: What the message holds there.
    """
    if not isinstance(value, list):
        return None
    calls = [call for item in value if (call := read_call(item)) is not None]
    return tuple(calls) if len(calls) == len(value) else None


def read_call(value: JsonValue, *, legacy: bool = False) -> ToolCall | None:
    """Reads one call; None when it has no name.

    Args:
        value: What the list holds there.
        legacy: Whether it is the `function_call` of a message.
    """
    if not isinstance(value, dict):
        return None
    outer = dict(value)
    layout: Literal["nested", "flat", "legacy"] = "legacy" if legacy else "flat"
    inner = outer
    nested = outer.get("function")
    if not legacy and isinstance(nested, dict):
        layout, inner = "nested", dict(nested)
        del outer["function"]
    name = inner.pop("name", None)
    if not isinstance(name, str):
        return None
    absent = "arguments" not in inner
    arguments = inner.pop("arguments", None)
    identifier, type_ = outer.get("id"), outer.get("type")
    if isinstance(identifier, str):
        del outer["id"]
    if isinstance(type_, str):
        del outer["type"]
    return ToolCall(
        id=identifier if isinstance(identifier, str) else None,
        name=name,
        arguments=_parse(arguments) if isinstance(arguments, str) else arguments,
        arguments_raw=arguments if isinstance(arguments, str) else None,
        arguments_absent=absent,
        layout=layout,
        type=type_ if isinstance(type_, str) else None,
        extras=outer,
        function_extras=inner if layout == "nested" else {},
    )


def write_call(call: ToolCall) -> JsonObject:
    """Writes one call in the layout it was read from.

    Args:
        call: A call of a record.
    """
    out: JsonObject = {}
    if call.id is not None:
        out["id"] = call.id
    if call.type is not None:
        out["type"] = call.type
    function: JsonObject = {"name": call.name}
    if not call.arguments_absent:
        function["arguments"] = call.arguments if call.arguments_raw is None else call.arguments_raw
    if call.layout == "nested":
        return {**out, "function": {**function, **call.function_extras}, **call.extras}
    return {**out, **function, **call.extras}


def _read_list(value: JsonValue, *, flat: bool) -> tuple[Tool, ...] | None:
    if not isinstance(value, list):
        return None
    tools = [tool for item in value if (tool := _read_tool(item, flat=flat)) is not None]
    return tuple(tools) if len(tools) == len(value) else None


def _read_tool(value: JsonValue, *, flat: bool) -> Tool | None:
    if not isinstance(value, dict):
        return None
    outer = dict(value)
    inner = outer
    nested = outer.get("function")
    if not flat and isinstance(nested, dict):
        inner = dict(nested)
        del outer["function"]
    name, type_ = inner.pop("name", None), outer.get("type")
    if not isinstance(name, str):
        return None
    if isinstance(type_, str):
        del outer["type"]
    description, parameters, strict = inner.get("description"), inner.get("parameters"), inner.get("strict")
    tool = Tool(
        name=name,
        description=description if isinstance(description, str) else None,
        parameters=parameters if isinstance(parameters, dict) else None,
        strict=strict if isinstance(strict, bool) else None,
        layout="flat" if inner is outer else "nested",
        type=type_ if isinstance(type_, str) else None,
    )
    understood = {
        key for key in ("description", "parameters", "strict") if key in inner and getattr(tool, key) is not None
    }
    rest: JsonObject = {key: item for key, item in inner.items() if key not in understood}
    if inner is outer:
        return tool.model_copy(update={"extras": rest})
    return tool.model_copy(update={"extras": outer, "function_extras": rest})


def _write_tool(tool: Tool) -> JsonObject:
    out: JsonObject = {} if tool.type is None else {"type": tool.type}
    function: JsonObject = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    if tool.parameters is not None:
        function["parameters"] = tool.parameters
    if tool.strict is not None:
        function["strict"] = tool.strict
    if tool.layout == "nested":
        return {**out, "function": {**function, **tool.function_extras}, **tool.extras}
    return {**out, **function, **tool.extras}


def _parse(text: str) -> JsonValue:
    """The value that a JSON text means, or None when it is not JSON (or nested too deep to be of use)."""
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if _depth_is_fine(value) else None


def _refuse(_: str) -> JsonValue:
    raise ValueError("not JSON")  # NaN and Infinity, which Python's parser would let pass


def _depth_is_fine(value: JsonValue) -> bool:
    level: list[JsonValue] = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            child
            for item in level
            if isinstance(item, list | dict)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return True
    return False
