"""The strings of a row that a model would read, each with JSON path, part and role.

Every stage that looks at text reads this one frame, so all of them agree on what the text of a row *is*: message
contents, content parts, tool-call arguments and results, prompt, chosen and rejected, tool declarations. No stage
walks the JSON on its own.

Four things are easy to get wrong and are settled here:

* JSON inside a string (tool-call arguments, tool results, an answer in JSON) is listed whole, because that is what is
  counted and compared, *and* string by string (`kind="leaf"`), because that is what can be edited without breaking it.
* A part that is not text (an image, a file) is listed as a fingerprint (`kind="media"`), because two rows that ask
  the same of different pictures are different rows.
* What is no text and yet decides what a row teaches (a label, a reference answer, numbers of a layout we do not know) is
  listed as one fingerprint too (`kind="verdict"`), because two rows with the same text and opposite labels are not copies.
* A row of a layout we do not know is not a row without text: all its strings are listed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, Literal

import orjson

from ftdata.json_bytes import JsonFault, parse_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from ftdata.json_bytes import JsonObject, JsonValue, Path

__all__ = ["KINDS", "PARTS", "ROLES", "Kind", "empty_texts", "extract_texts"]

Kind = Literal["content", "reasoning", "arguments", "name", "declaration", "leaf", "media", "verdict"]
KINDS: Final = ("content", "reasoning", "arguments", "name", "declaration", "leaf", "media", "verdict")
PARTS: Final = ("messages", "prompt", "completion", "chosen", "rejected", "text", "tools", "other")
ROLES: Final = ("system", "developer", "user", "assistant", "tool", "function", "tools", "other")
"""Roles are a closed list: an unknown role is a user's own word and may be private, so it is shown as `other`."""

_CHAT: Final = (("messages", "messages"), ("tools", "tools"), ("functions", "tools"))
_PAIR: Final = (("prompt", "prompt"), ("chosen", "chosen"), ("rejected", "rejected"), ("tools", "tools"))
_COMPLETION: Final = (("prompt", "prompt"), ("completion", "completion"), ("tools", "tools"))
LAYOUTS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "openai-chat": _CHAT,
    "openai-rft": _CHAT,
    "prompt-completion": _COMPLETION,
    "trl-prompt-only": _COMPLETION,
    "trl-prompt-completion-conversational": _COMPLETION,
    "trl-unpaired-standard": _COMPLETION,
    "trl-unpaired-conversational": _COMPLETION,
    "trl-preference-standard": _PAIR,
    "trl-preference-conversational": _PAIR,
    "trl-preference-implicit-standard": _PAIR,
    "trl-preference-implicit-conversational": _PAIR,
    "openai-dpo": (("input", "prompt"), ("preferred_output", "chosen"), ("non_preferred_output", "rejected")),
    "text": (("text", "text"),),
}
"""Top-level key and the part it belongs to, by format label. Formats that are not here list all their strings."""

_VERDICT_KEYS: Final = ("label", "labels", "reference_answer", "reference", "references", "answer", "answers", "ground_truth", "solution", "expected", "target", "score", "reward", "rewards", "rating", "kto_tag")  # fmt: skip
"""Keys at the top of a row that say what is right: the labels of TRL's unpaired and stepwise rows, and the names under
which graders of reinforcement rows look for the answer."""
_PLUMBING: Final = ("role", "id", "type", "tool_call_id", "index", "call_id")
"""Keys of messages and calls that hold them together and say nothing themselves."""
_NUMBERING: Final = ("id", "idx", "index", "uuid")
_DEFAULT_ROLE: Final = {"prompt": "user", "completion": "assistant", "chosen": "assistant", "rejected": "assistant"}
_REASONING_KEYS: Final = ("reasoning_content", "reasoning", "thinking")
_Entry = tuple["Path", str, str, str, bool]  # path, role, kind, text, holds JSON


def empty_texts() -> pl.DataFrame:
    """An empty frame of texts: `row, path, part, role, kind, holds_json, text`."""
    import polars as pl

    return pl.DataFrame(
        schema={
            "row": pl.Int64,
            "path": pl.String,
            "part": pl.Enum(PARTS),
            "role": pl.Enum(ROLES),
            "kind": pl.Enum(KINDS),
            "holds_json": pl.Boolean,
            "text": pl.String,
        }
    )


def extract_texts(rows: Sequence[int], values: Sequence[JsonObject], formats: Sequence[str]) -> pl.DataFrame:
    """List the texts of parsed rows.

    Args:
        rows: Row numbers, one per value.
        values: Parsed rows.
        formats: Format label of each row, as told by `ftdata.formats.detect`.

    Returns:
        A frame with one line per text, in the order of the rows and of their JSON: `row` (Int64), `path` (String, a
        JSON array of steps), `part`, `role`, `kind` (Enum), `holds_json` (the text is JSON whose strings follow as
        `leaf`), `text`.
    """
    import polars as pl

    columns: tuple[list[int], list[str], list[str], list[str], list[str], list[bool], list[str]] = (
        [], [], [], [], [], [], [],
    )  # fmt: skip
    for row, value, label in zip(rows, values, formats, strict=True):
        found = False
        for key, part in LAYOUTS.get(label, ()):
            if key in value:
                for entry in _walk_part(value[key], (key,), part):
                    found = True
                    _append(columns, row, part, entry)
        verdict: JsonValue = {key: value[key] for key in _VERDICT_KEYS if key in value}
        if not found:
            for entry in _leaves(value, (), "other"):
                _append(columns, row, "other", entry)
            verdict = _numbers(value)
        if verdict:
            told = orjson.dumps(verdict, option=orjson.OPT_SORT_KEYS)
            _append(columns, row, "other", ((), "other", "verdict", _fingerprint(told), False))
    return pl.DataFrame(dict(zip(empty_texts().columns, columns, strict=True)), schema=empty_texts().schema)


def _append(
    columns: tuple[list[int], list[str], list[str], list[str], list[str], list[bool], list[str]],
    row: int,
    part: str,
    entry: _Entry,
) -> None:
    path, role, kind, text, holds_json = entry
    columns[0].append(row)
    columns[1].append(orjson.dumps(path).decode())
    columns[2].append(part)
    columns[3].append(role if role in ROLES else "other")
    columns[4].append(kind)
    columns[5].append(holds_json)
    columns[6].append(text)


def _walk_part(value: JsonValue, path: Path, part: str) -> Iterator[_Entry]:
    role = _DEFAULT_ROLE.get(part, "other")
    if part == "tools":
        yield from _declarations(value, path)
    elif isinstance(value, str):
        yield from _string(value, path, role, "content")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            if isinstance(item, dict):
                yield from _message(item, (*path, i), role)
            else:
                yield from _leaves(item, (*path, i), role)
    elif isinstance(value, dict):
        if "messages" in value:  # OpenAI DPO keeps prompt and tools together under `input`
            yield from _walk_part(value["messages"], (*path, "messages"), part)
            for key in ("tools", "functions"):
                if key in value:
                    yield from _declarations(value[key], (*path, key))
        else:
            yield from _message(value, path, role)


def _message(message: dict[str, JsonValue], path: Path, default_role: str) -> Iterator[_Entry]:
    named = message.get("role")
    role = named if isinstance(named, str) else default_role
    for key, value in message.items():
        here = (*path, key)
        if key == "content":
            yield from _content(value, here, role)
        elif key in _REASONING_KEYS and isinstance(value, str):
            yield from _string(value, here, role, "reasoning")
        elif key == "refusal" and isinstance(value, str):
            yield from _string(value, here, role, "content")
        elif key == "name" and isinstance(value, str):
            yield here, role, "name", value, False
        elif key == "tool_calls" and isinstance(value, list):
            for i, call in enumerate(value):
                if isinstance(call, dict):
                    yield from _call(call, (*here, i), role)
                else:
                    yield from _leaves(call, (*here, i), role)
        elif key == "function_call" and isinstance(value, dict):
            yield from _call(value, here, role)
        elif key not in _PLUMBING:
            yield from _unknown(value, here, role)


def _content(value: JsonValue, path: Path, role: str) -> Iterator[_Entry]:
    if isinstance(value, str):
        yield from _string(value, path, role, "content")
    elif isinstance(value, list):
        for i, part in enumerate(value):
            here = (*path, i)
            if not isinstance(part, dict):
                yield from _leaves(part, here, role)
                continue
            known = False
            for key in ("text", "refusal", "thinking"):
                text = part.get(key)
                if isinstance(text, str):
                    known = True
                    kind = "reasoning" if key == "thinking" else "content"
                    yield from _string(text, (*here, key), role, kind)
            if not known:
                yield from _unknown(part, here, role, kind="media")
    elif value is not None:
        yield from _leaves(value, path, role)


def _call(call: dict[str, JsonValue], path: Path, role: str) -> Iterator[_Entry]:
    for key, value in call.items():
        here = (*path, key)
        if key == "name" and isinstance(value, str):
            yield here, role, "name", value, False
        elif key in {"arguments", "args"}:
            if isinstance(value, str):
                yield from _string(value, here, role, "arguments")
            elif value is not None:
                yield here, role, "arguments", orjson.dumps(value).decode(), True
                yield from _leaves(value, here, role)
        elif key == "function" and isinstance(value, dict):
            yield from _call(value, here, role)
        elif key not in _PLUMBING:
            yield from _unknown(value, here, role)


def _unknown(value: JsonValue, path: Path, role: str, *, kind: str = "verdict") -> Iterator[_Entry]:
    """What is no text that we know: a fingerprint, since it may decide what the row teaches, and the strings inside it."""
    if value is not None:
        yield path, role, kind, _fingerprint(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)), False
        for leaf in _leaves(value, path, role):
            if "://" not in leaf[3] and not leaf[3].startswith(
                "data:"
            ):  # an address of a picture that was edited is lost
                yield leaf


def _declarations(value: JsonValue, path: Path) -> Iterator[_Entry]:
    if isinstance(value, str):
        yield from _string(value, path, "tools", "declaration")
    elif value:
        yield path, "tools", "declaration", orjson.dumps(value).decode(), True
        yield from _leaves(value, path, "tools")


def _string(text: str, path: Path, role: str, kind: str) -> Iterator[_Entry]:
    """A string, and the strings inside it when it is the text of a JSON object or array."""
    inner = _embedded(text)
    yield path, role, kind, text, inner is not None
    if inner is not None:
        yield from _leaves(inner, (*path, None), role)


def _embedded(text: str) -> JsonValue:
    """The object or array that `text` is the JSON of, or None. JSON that repeats a key is text: a parser hides half of it."""
    stripped = text.strip(" \t\r\n")
    if stripped[:1] + stripped[-1:] not in {"{}", "[]"}:
        return None
    wrapped = parse_line(b'{"":' + stripped.encode("utf-8", "surrogatepass") + b"}")
    return None if isinstance(wrapped, JsonFault) else wrapped[""]


def _leaves(value: JsonValue, path: Path, role: str) -> Iterator[_Entry]:
    """All strings below a value, in order. A stack, not recursion: nesting is the data's choice, not ours."""
    stack: list[tuple[JsonValue, Path]] = [(value, path)]
    while stack:
        item, here = stack.pop()
        if isinstance(item, str):
            yield here, role, "leaf", item, False
        elif isinstance(item, dict):
            stack.extend((inner, (*here, key)) for key, inner in reversed(item.items()))
        elif isinstance(item, list):
            stack.extend((inner, (*here, i)) for i, inner in reversed(list(enumerate(item))))


def _numbers(value: JsonObject) -> list[JsonValue]:
    """Path and value of everything in a row that is no string, but for what only numbers the rows."""
    found: list[JsonValue] = []
    stack: list[tuple[JsonValue, Path]] = [(value, ())]
    while stack:
        item, here = stack.pop()
        if isinstance(item, dict):
            stack.extend((inner, (*here, key)) for key, inner in reversed(item.items()))
        elif isinstance(item, list):
            stack.extend((inner, (*here, i)) for i, inner in reversed(list(enumerate(item))))
        elif item is not None and not isinstance(item, str):
            name = here[-1]
            if not (isinstance(name, str) and (name.lower() in _NUMBERING or name.lower().endswith("_id"))):
                found.append([list(here), item])
    return found


def _fingerprint(told: bytes) -> str:
    return hashlib.blake2b(told, digest_size=16).hexdigest()
