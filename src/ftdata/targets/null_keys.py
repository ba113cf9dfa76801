"""Keys that are null because the row comes from a table: where the format means the same when the key is not there.

A table has one set of columns, and Parquet has it for the fields of a struct too: every message of a chat comes with every
key that any message of the file has, `"tool_calls": null, "name": null` and so on. Providers refuse such rows. Which keys
are optional is that of the openai-openapi schemas (f7f4b05, version 2.3.0) that the targets check; keys that these do not
have are optional in a message too: nobody trains on them.

Never among them: `role` and `content` (null beside tool calls is an answer), `tool_call_id` of a result and `name` of a
function's result, which are required, and whatever stands inside arguments, results and parameters: there null is a value.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftdata.json_bytes import JsonObject, JsonValue, Path
    from ftdata.targets.problem import Problem

__all__ = ["name_repair", "null_keys", "without_keys"]

_OF_ROW = ("tools", "functions", "parallel_tool_calls", "chat_template_kwargs")
_OF_DECLARATION = ("description", "parameters", "strict")
_MESSAGES = ("messages", "prompt", "completion", "chosen", "rejected", "preferred_output", "non_preferred_output")
_REQUIRED = {"tool": frozenset({"role", "content", "tool_call_id"}), "function": frozenset({"role", "content", "name"})}
_ANY_REQUIRED = frozenset({"role", "content"})
_PARTS = frozenset({"text", "image_url", "image", "refusal", "input_audio", "file"})
"""Types of parts; each holds what it is under a key of the same name, and a struct of all has all these keys."""


def null_keys(value: JsonValue) -> list[Path]:
    """Where a row has a key that is null and means the same when it is not there.

    Args:
        value: The parsed row.

    Returns:
        A path for each such key, in the order of the row's parts; none lies inside another.

    Example:
        >>> null_keys({"messages": [{"role": "user", "content": None, "name": None}], "tools": None})
        [('tools',), ('messages', 0, 'name')]
    """
    return list(_of_row(value, ())) if isinstance(value, dict) else []


def without_keys(value: JsonObject, paths: Iterable[Path]) -> JsonObject:
    """The row without these keys; the given one stays as it is.

    Args:
        value: The parsed row.
        paths: As `null_keys` gives them.
    """
    gone: dict[Any, Any] = {}
    for path in paths:
        node = gone
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = None
    left: JsonObject = _copied(value, gone)
    return left


def name_repair(problems: list[Problem], value: JsonValue) -> list[Problem]:
    """The problems, those of a key that `null_keys` finds with the repair that removes it.

    Args:
        problems: What a target found in the row.
        value: The parsed row.
    """
    mended = set(null_keys(value)) if problems else set[Any]()
    if not mended:
        return problems
    advice = "null means none here: leave the key out, as repair: [null_keys] of Validate does"
    return [
        dataclasses.replace(one, message=advice, repair="null_keys") if one.path in mended else one for one in problems
    ]


def _of_row(row: JsonObject, path: Path) -> Iterator[Path]:
    yield from ((*path, key) for key in _OF_ROW if key in row and row[key] is None)
    for key in ("tools", "functions"):
        declared = row.get(key)
        for index, tool in enumerate(declared if isinstance(declared, list) else ()):
            function, at = tool, (*path, key, index)
            if key == "tools":
                function, at = tool.get("function") if isinstance(tool, dict) else None, (*at, "function")
            if isinstance(function, dict):
                yield from ((*at, name) for name in _OF_DECLARATION if name in function and function[name] is None)
    for key in _MESSAGES:
        messages = row.get(key)
        for index, message in enumerate(messages if isinstance(messages, list) else ()):
            if isinstance(message, dict) and "role" in message:
                yield from _of_message(message, (*path, key, index))
    inner = row.get("input")
    if not path and isinstance(inner, dict):  # the prompt of a preference
        yield from _of_row(inner, ("input",))


def _of_message(message: JsonObject, path: Path) -> Iterator[Path]:
    role, content = message["role"], message.get("content")
    required = _REQUIRED.get(role, _ANY_REQUIRED) if isinstance(role, str) else _ANY_REQUIRED
    yield from ((*path, key) for key, held in message.items() if held is None and key not in required)
    if required is not _ANY_REQUIRED or not isinstance(content, list):
        return  # what a tool gave is its own affair
    for index, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(part, dict) or not isinstance(kind, str) or kind not in _PARTS:
            continue
        at = (*path, "content", index)
        yield from ((*at, key) for key, held in part.items() if held is None and key in _PARTS and key != kind)
        image = part.get("image_url")
        if isinstance(image, dict) and "detail" in image and image["detail"] is None:
            yield (*at, "image_url", "detail")


def _copied(value: Any, gone: dict[Any, Any]) -> Any:
    """A copy of the objects and arrays on the way to what is gone, without it."""
    if isinstance(value, dict):
        kept = ((key, one) for key, one in value.items() if key not in gone or gone[key] is not None)
        return {key: _copied(one, gone[key]) if key in gone else one for key, one in kept}
    return [_copied(one, gone[index]) if index in gone else one for index, one in enumerate(value)]
