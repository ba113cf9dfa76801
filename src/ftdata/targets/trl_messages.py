"""What TRL, and the chat templates behind it, make of a list of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject, JsonValue, Path
    from ftdata.targets.problem import Findings

__all__ = ["check_images", "check_messages"]

_ROLES = frozenset({"system", "user", "assistant", "tool"})


def check_messages(
    found: Findings, messages: list[JsonValue], path: Path, *, before: list[JsonValue] | None = None
) -> None:
    """Checks messages one by one; `before` are those of the prompt that they continue.

    Args:
        found: Where problems are put.
        messages: The list.
        path: Where it is in the row.
        before: Messages of the prompt that these continue.
    """
    after_call = _leaves_call_open(before or [])
    for index, message in enumerate(messages):
        at = (*path, index)
        if not isinstance(message, dict):
            found.add("schema.type", at, "a message must be an object with role and content")
            continue
        role = _check_role(found, message, at)
        calls = message.get("tool_calls")
        _check_content(found, message, at)
        if calls is not None:
            _check_calls(found, calls, (*at, "tool_calls"))
        weight = message.get("weight")
        if isinstance(weight, bool | int | float) and not weight:
            found.add(
                "weight.lost", (*at, "weight"), "TRL trains this turn: split the row or use prompt and completion"
            )
        if role == "tool":
            if not after_call:
                found.add("tool.orphan_result", at, "put this result after the assistant message with its call")
        else:
            after_call = role == "assistant" and bool(calls)


def check_images(
    found: Findings, value: JsonObject, conversations: list[tuple[Path, list[tuple[Path, list[JsonValue]]]]]
) -> None:
    """Checks a row with an `images` column: each conversation that TRL renders has one placeholder per image.

    Args:
        found: Where problems are put.
        value: The row.
        conversations: Of each conversation the place to name and its pieces, a prompt and an answer, say: where each is in
            the row, and its messages.
    """
    images = value.get("images")
    if images is None:
        return
    if not isinstance(images, list):
        found.add("schema.type", ("images",), "images must be a list")
        return
    told: set[Path] = set()  # a prompt stands before two answers
    for path, pieces in conversations:
        placeholders = 0
        inserted = False
        for at, message in (((*place, index), one) for place, messages in pieces for index, one in enumerate(messages)):
            if not isinstance(message, dict):
                continue
            role, content = message.get("role"), message.get("content")
            if isinstance(role, str) and role not in _ROLES and at not in told:
                told.add(at)
                note = "rows with images take system, user, assistant and tool only"
                found.add("role.image_row", (*at, "role"), note)
            if isinstance(content, list):
                placeholders += sum(isinstance(part, dict) and part.get("type") == "image" for part in content)
            elif role == "user" and isinstance(content, str) and not inserted:
                placeholders += len(images)  # TRL puts all of them before the first user text
                inserted = True
        if placeholders != len(images):
            note = f"{placeholders} image placeholders for {len(images)} images: make them equal"
            found.add("content.image_count", path, note)


def _check_role(found: Findings, message: JsonObject, path: Path) -> str | None:
    role, at = message.get("role"), (*path, "role")
    if not isinstance(role, str):
        rule = "schema.type" if "role" in message else "schema.missing"
        found.add(rule, at, "a message must have a role, a string (rename from and value to role and content)")
        return None
    if role in _ROLES:
        return role
    meant = role.strip().lower()
    if meant in _ROLES:
        found.add("role.case", at, f"write this role as {meant}")
        return meant
    if meant == "developer":
        found.add("role.developer", at, "write system: many templates drop or refuse developer")
    else:
        found.add(
            "role.unknown", at, "role should be system, user, assistant or tool; map human to user, gpt to assistant"
        )
    return None


def _check_content(found: Findings, message: JsonObject, path: Path) -> None:
    content, at = message.get("content"), (*path, "content")
    if content is None:
        if not message.get("tool_calls"):
            found.add("content.null", at, "give this message a content, a text")
    elif isinstance(content, list):
        for index, part in enumerate(content):
            if not isinstance(part, dict):
                found.add("schema.type", (*at, index), "a part must be an object with type")
            elif part.get("type") == "image_url":
                note = "write {type: image} and put the image into the images column"
                found.add("content.part_type", (*at, index), note)
    elif not isinstance(content, str):
        found.add("schema.type", at, "content must be a string or a list of parts")


def _check_calls(found: Findings, calls: JsonValue, path: Path) -> None:
    if not isinstance(calls, list):
        found.add("schema.type", path, "tool_calls must be a list")
        return
    for index, call in enumerate(calls):
        at: Path = (*path, index)
        function: JsonValue = call
        if isinstance(call, dict) and "function" in call:
            function, at = call["function"], (*at, "function")
        if not isinstance(function, dict):
            found.add("schema.type", at, "a call must be an object with name and arguments")
            continue
        if not isinstance(function.get("name"), str):
            rule = "schema.type" if "name" in function else "schema.missing"
            found.add(rule, (*at, "name"), "a call must have a name, a string")
        if isinstance(function.get("arguments"), str):
            found.add("tool.args_type", (*at, "arguments"), "write arguments as an object, not as a string of JSON")


def _leaves_call_open(messages: list[JsonValue]) -> bool:
    for message in reversed(messages):
        if not isinstance(message, dict):
            return False
        if message.get("role") != "tool":
            return bool(message.get("tool_calls"))
    return False
