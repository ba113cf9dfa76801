"""Messages, to records and back: shared by every format that holds conversations.

Reading takes a key out of the object when its value has the shape the key promises and leaves it there otherwise; what
is left becomes `extras`. Writing puts the fields back and then the extras, so the two are exact inverses. Only the
skeleton is demanded (a list of objects, each with a role): a row without it is no conversation.

The layout is that of OpenAI's fine-tuning schemas (openai-openapi f7f4b05, version 2.3.0); the keys for reasoning are
those of Together, Fireworks and TRL 1.16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from ftdata.formats.tools import read_call, read_calls, write_call
from ftdata.formats.unreadable import UnreadableRow
from ftdata.records import ImagePart, Message, OtherPart, RefusalPart, Role, TextPart

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject, JsonValue, Path
    from ftdata.records import Part, ToolCall

__all__ = ["read_messages", "take_str", "write_messages"]

_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",  # the older name, kept in role_raw
}
_ReasoningKey: TypeAlias = Literal["reasoning_content", "reasoning", "thinking"]
_REASONING: tuple[_ReasoningKey, ...] = ("reasoning_content", "reasoning", "thinking")


def read_messages(value: JsonValue, format: str, path: Path) -> tuple[Message, ...]:
    """Reads a list of messages.

    Args:
        value: What the row holds at `path`.
        format: The format being read, for the error.
        path: Where the list is in the row.

    Returns:
        The messages in order; an empty list gives none.

    Raises:
        UnreadableRow: `value` is not a list of objects that each have a role.
    """
    if not isinstance(value, list):
        raise UnreadableRow(format, path, "a list of messages")
    return tuple(_read_message(item, format, (*path, index)) for index, item in enumerate(value))


def write_messages(messages: tuple[Message, ...]) -> list[JsonValue]:
    """Writes messages as they were read.

    Args:
        messages: Messages of a record.
    """
    return [_write_message(message) for message in messages]


def take_str(rest: JsonObject, key: str) -> str | None:
    """Removes and returns `rest[key]` if it is a string; leaves anything else where it is.

    Args:
        rest: The unread keys; changed.
        key: Which of them.
    """
    value = rest.get(key)
    if isinstance(value, str):
        del rest[key]
        return value
    return None


def _read_message(value: JsonValue, format: str, path: Path) -> Message:
    if not isinstance(value, dict):
        raise UnreadableRow(format, path, "a message (an object)")
    rest = dict(value)
    written = take_str(rest, "role")
    if written is None:
        raise UnreadableRow(format, (*path, "role"), "a role (a string)")
    role = _ROLES.get(written, "other")
    content, form = _take_content(rest)
    reasoning_key: _ReasoningKey | None = next((key for key in _REASONING if isinstance(rest.get(key), str)), None)
    reasoning = take_str(rest, reasoning_key) if reasoning_key else None
    weight, weight_raw = _take_weight(rest)
    return Message(
        role=role,
        role_raw=None if role == written else written,
        content=content,
        content_form=form,
        reasoning=reasoning,
        reasoning_key=reasoning_key,
        refusal=take_str(rest, "refusal"),
        name=take_str(rest, "name"),
        tool_calls=_take_calls(rest),
        tool_call_id=take_str(rest, "tool_call_id"),
        weight=weight,
        weight_raw=weight_raw,
        extras=rest,
    )


def _write_message(message: Message) -> JsonObject:
    out: JsonObject = {"role": message.role if message.role_raw is None else message.role_raw}
    if message.content_form == "null":
        out["content"] = None
    elif message.content_form == "string":
        out["content"] = message.text
    elif message.content is not None:
        out["content"] = [_write_part(part) for part in message.content]
    if message.reasoning_key is not None:
        out[message.reasoning_key] = message.reasoning
    calls = message.tool_calls
    if calls is not None and len(calls) == 1 and calls[0].layout == "legacy":
        out["function_call"] = write_call(calls[0])
    elif calls is not None:
        out["tool_calls"] = [write_call(call) for call in calls]
    for key, value in (
        ("tool_call_id", message.tool_call_id),
        ("name", message.name),
        ("refusal", message.refusal),
        ("weight", message.weight if message.weight_raw is None else message.weight_raw),
    ):
        if value is not None:
            out[key] = value
    return {**out, **message.extras}


def _take_content(rest: JsonObject) -> tuple[tuple[Part, ...] | None, Literal["string", "parts", "null", "absent"]]:
    if "content" not in rest:
        return None, "absent"
    content = rest["content"]
    if content is None:
        del rest["content"]
        return None, "null"
    if isinstance(content, str):
        del rest["content"]
        return (TextPart(text=content),), "string"
    if isinstance(content, list):
        del rest["content"]
        return tuple(_read_part(part) for part in content), "parts"
    return None, "absent"  # a number or an object: stays in the extras


def _read_part(value: JsonValue) -> Part:
    if not isinstance(value, dict):
        return OtherPart(raw=value)
    rest = dict(value)
    match rest.pop("type", None):
        case "text" if isinstance(text := rest.pop("text", None), str):
            return TextPart(text=text, extras=rest)
        case "refusal" if isinstance(refusal := rest.pop("refusal", None), str):
            return RefusalPart(refusal=refusal, extras=rest)
        case "image_url" if isinstance(inner := rest.pop("image_url", None), dict):
            url, detail = inner.get("url"), inner.get("detail")
            spelled = {"url": url} if detail is None else {"url": url, "detail": detail}
            if isinstance(url, str) and isinstance(detail, str | None) and inner.keys() == spelled.keys():
                return ImagePart(url=url, detail=detail, extras=rest)
        case "image" if not rest:
            return ImagePart()
        case _:
            pass
    return OtherPart(raw=value)


def _write_part(part: Part) -> JsonValue:
    match part:
        case TextPart():
            return {"type": "text", "text": part.text, **part.extras}
        case RefusalPart():
            return {"type": "refusal", "refusal": part.refusal, **part.extras}
        case ImagePart(url=None):
            return {"type": "image", **part.extras}
        case ImagePart():
            image: JsonObject = {"url": part.url}
            if part.detail is not None:
                image["detail"] = part.detail
            return {"type": "image_url", "image_url": image, **part.extras}
        case OtherPart():
            return part.raw


def _take_calls(rest: JsonObject) -> tuple[ToolCall, ...] | None:
    if "tool_calls" in rest:
        calls = read_calls(rest["tool_calls"])
        if calls is not None:
            del rest["tool_calls"]
        return calls
    legacy = read_call(rest.get("function_call"), legacy=True)
    if legacy is None:
        return None
    del rest["function_call"]
    return (legacy,)


def _take_weight(rest: JsonObject) -> tuple[Literal[0, 1] | None, float | bool | None]:
    value = rest.get("weight")
    if not isinstance(value, bool | int | float) or value not in {0, 1}:
        return None, None
    del rest["weight"]
    return (1 if value else 0), (None if type(value) is int else value)
