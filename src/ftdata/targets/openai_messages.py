"""OpenAI's rules on messages: roles, content and its parts, weights, calls and their results.

Which roles and images a layout takes differs between supervised training, preferences and reinforcement; everything
else is the same. Works on any JSON value and reports every problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftdata.targets.openai_tools import OpenCalls, check_calls, check_function

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject, JsonValue, Path
    from ftdata.targets.openai_tools import Declared
    from ftdata.targets.problem import Findings

__all__ = ["Layout", "check_messages"]

# Keys of a message by role; weight on another role than assistant has a rule of its own.
_ANY = frozenset({"role", "content", "name", "weight"})
_KEYS = {
    "assistant": _ANY | {"refusal", "tool_calls", "function_call", "audio"},
    "tool": (_ANY | {"tool_call_id"}) - {"name"},
}
# Their sources stand with the rules `content.image_url` and `content.image_count`, in `openai_rules`.
_IMAGE_TYPES = ("jpeg", "jpg", "png", "webp")
_MAX_IMAGES = 10  # content.image_count
_MAX_IMAGE_BYTES = 10 * 1000 * 1000  # content.image_url
_DETAILS = ("auto", "low", "high")


@dataclass(frozen=True, slots=True)
class Layout:
    """What the messages of one training method may be.

    Attributes:
        roles: Roles that it takes.
        image_rule: The rule that an image breaks, None where users may show images.
        without_developer: True when `developer` is accepted but not listed.
        advice: Which role to take instead of an unknown one.
    """

    roles: frozenset[str]
    image_rule: str | None
    without_developer: bool
    advice: str


def check_messages(found: Findings, messages: list[JsonValue], path: Path, layout: Layout, declared: Declared) -> None:
    """Checks a list of messages, one by one and in their order.

    Args:
        found: Where problems are put.
        messages: The list.
        path: Where it is in the row.
        layout: Which of the layouts the row has.
        declared: The tools that the row declares.
    """
    calls = OpenCalls()
    images = 0
    for index, message in enumerate(messages):
        at = (*path, index)
        if not isinstance(message, dict):
            found.add("schema.type", at, "a message must be an object with role and content")
            continue
        role = _check_role(found, message, at, layout)
        if role == "tool":
            calls.answer(found, message, at)
        else:
            calls.close(found)
        images += _check_message(found, message, role, at, layout, declared=declared, calls=calls)
    if images > _MAX_IMAGES and layout.image_rule is None:
        found.add("content.image_count", path, f"at most {_MAX_IMAGES} images in an example (64 on Azure)")


def _check_role(found: Findings, message: JsonObject, path: Path, layout: Layout) -> str | None:
    role, at = message.get("role"), (*path, "role")
    if isinstance(role, str) and role in layout.roles:
        return role
    if "role" not in message:
        found.add("schema.missing", at, "add role")
        return None
    if not isinstance(role, str):
        found.add("schema.type", at, "role must be a string")
        return None
    if role == "developer" and layout.without_developer:
        found.add("role.developer", at, "developer is for the o-series; write system for other models")
        return role
    meant = role.strip().lower()
    if meant in layout.roles:
        found.add("role.case", at, f"write this role as {meant}")
        return meant
    found.add("role.unknown", at, layout.advice)
    return None


def _check_message(
    found: Findings,
    message: JsonObject,
    role: str | None,
    path: Path,
    layout: Layout,
    *,
    declared: Declared,
    calls: OpenCalls,
) -> int:
    if role is not None:
        known = _KEYS.get(role, _ANY)
        for key in message:
            if key not in known:
                note = f"remove this key: a {role} message has no such key in fine-tuning files"
                found.add("schema.extra_message_key", (*path, key), note)
    if "name" in message and not isinstance(message["name"], str):
        found.add("schema.type", (*path, "name"), "name must be a string; leave it out for none")
    if role == "function" and "name" not in message:
        found.add("schema.missing", (*path, "name"), "add name: the function whose result this is")
    if "weight" in message:
        _check_weight(found, message["weight"], role, (*path, "weight"))
    says_elsewhere = False
    if role == "assistant":
        if "tool_calls" in message:
            says_elsewhere = check_calls(found, message["tool_calls"], (*path, "tool_calls"), declared, calls)
        if "function_call" in message:
            check_function(found, message["function_call"], (*path, "function_call"), declared)
            says_elsewhere = True
        refusal = message.get("refusal")
        if not isinstance(refusal, str | None):
            found.add("schema.type", (*path, "refusal"), "refusal must be a string")
        says_elsewhere = says_elsewhere or bool(refusal)
    return _check_content(found, message, role, (*path, "content"), layout, says_elsewhere=says_elsewhere)


def _check_weight(found: Findings, weight: JsonValue, role: str | None, path: Path) -> None:
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        found.add("weight.type", path, "weight must be the number 0 or 1; leave the key out for 1")
    elif weight not in {0, 1}:
        found.add("weight.value", path, "weight must be 0 or 1")
    elif isinstance(weight, float):
        found.add("weight.float", path, "write weight as 0 or 1, without a decimal point")
    if role not in {"assistant", None}:
        found.add("weight.role", path, "only assistant messages have a weight: remove it here")


def _check_content(
    found: Findings, message: JsonObject, role: str | None, path: Path, layout: Layout, *, says_elsewhere: bool
) -> int:
    if "content" not in message:
        if not says_elsewhere:
            found.add("schema.missing", path, "add content")
        return 0
    content = message["content"]
    if isinstance(content, str):
        if not content or content.isspace():
            _check_blank(found, content, role, path, says_elsewhere=says_elsewhere)
        return 0
    if isinstance(content, list):
        if not content:
            found.add("content.empty", path, "add a part, or make content a string")
        return sum(_check_part(found, part, role, (*path, index), layout) for index, part in enumerate(content))
    if content is not None:
        found.add("schema.type", path, "content must be a string or a list of parts")
    elif not says_elsewhere and role != "function":  # the schema lets a function's result be null
        found.add("content.null", path, "content may be null only beside tool calls or a refusal of the assistant")
    return 0


def _check_blank(found: Findings, content: str, role: str | None, path: Path, *, says_elsewhere: bool) -> None:
    if says_elsewhere or role in {"tool", "function"}:
        return  # a call needs no text beside it, and a tool may return nothing
    if role == "assistant" and not content:
        found.add("content.empty", path, "an assistant message without a call must say something")
    else:
        found.add("content.blank", path, "this message is blank: fill it or remove it")


def _check_part(found: Findings, part: JsonValue, role: str | None, path: Path, layout: Layout) -> int:
    if not isinstance(part, dict):
        found.add("schema.type", path, "a part must be an object with type")
        return 0
    kind = part.get("type")
    if not isinstance(kind, str):
        rule, message = ("schema.type", "type must be a string") if "type" in part else ("schema.missing", "add type")
        found.add(rule, (*path, "type"), message)
    elif kind == "text" or (kind == "refusal" and role in {"assistant", None}):
        if not isinstance(part.get(kind), str):
            rule = "schema.type" if kind in part else "schema.missing"
            found.add(rule, (*path, kind), f"{kind} must be there and be a string")
    elif kind == "image_url":
        if layout.image_rule is not None:
            found.add(layout.image_rule, path, "remove this image: this training method takes text only")
        elif role not in {"user", None}:
            found.add("content.image_role", path, "move this image to a user message")
        else:
            _check_image(found, part.get("image_url"), (*path, "image_url"))
        return 1
    else:
        takes = {"user": "text or image_url", "assistant": "text or refusal"}.get(role or "user", "text")
        found.add("content.part_type", (*path, "type"), f"the type of this part must be {takes}")
    return 0


def _check_image(found: Findings, image: JsonValue, path: Path) -> None:
    if not isinstance(image, dict):
        rule = "schema.missing" if image is None else "schema.type"
        found.add(rule, path, "image_url must be an object with url")
        return
    if "detail" in image and image["detail"] not in _DETAILS:
        found.add("schema.type", (*path, "detail"), "detail must be auto, low or high")
    url, at = image.get("url"), (*path, "url")
    if not isinstance(url, str):
        found.add("schema.type" if "url" in image else "schema.missing", at, "url must be there and be a string")
    elif url[:5].lower() == "data:":
        head, _, data = url.partition(",")
        mime, _, encoding = head[5:].lower().partition(";")
        if mime not in {f"image/{name}" for name in _IMAGE_TYPES} or encoding != "base64":
            found.add("content.image_url", at, "a data URL must hold a base64 image of type JPEG, PNG or WEBP")
        elif len(data) * 3 // 4 > _MAX_IMAGE_BYTES:
            found.add("content.image_url", at, "an image has at most 10 MB")
    elif not url.lower().startswith(("http://", "https://")):
        found.add("content.image_url", at, "an image needs a web address or a data URL")
