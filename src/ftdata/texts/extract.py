"""The walk through a row: message contents, content parts, tool calls and results, prompt, chosen and rejected, tools.

Every stage that looks at text reads the frame made here, and none walks the JSON on its own. Six things are easy to get
wrong and are settled here:

* JSON inside a string (tool-call arguments, tool results, an answer in JSON) is listed whole, because that is what is
  counted and compared, *and* string by string (`kind="leaf"`), because that is what can be edited without breaking it.
* What no one counts or compares may still be private. So it is listed for the stages that edit (`BESIDE`): strings of JSON
  that a leaf holds in its turn, ids and reference answers (`inner`), keys that are more than a name (`key`), long numbers
  (`number`), and addresses of pictures and files (`address`), which lead nowhere once they are edited.
* In which order the members of an object stand in the file says nothing in JSON. So texts come in an order of their own: known
  members as a model reads them, others by name.
* A part that is not text (an image, a file) is listed as a fingerprint (`kind="media"`), because two rows that ask
  the same of different pictures are different rows.
* What is no text and yet decides what a row teaches (a label, a reference answer, the tools it declares) is listed as
  a fingerprint too (`kind="verdict"`), because two rows with the same text and opposite labels are not copies. Which
  members that are is said in `layouts`.
* A row of a layout we do not know is not a row without text: all its strings are listed.
* Of these, strings that only number or date the row are listed apart (`part="beside"`): an e-mail address in them is
  found, but they are neither counted nor compared.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final, Literal

import orjson

from ftdata.json_bytes import canonical, embedded, is_plain_name, walk
from ftdata.texts.layouts import (
    COUNTED,
    COUNTED_IN_MESSAGES,
    LAYOUTS,
    OPEN,
    PROVENANCE,
    distinguishing,
    is_laid_out_so,
    is_numbering,
    known_members,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import polars as pl

    from ftdata.json_bytes import JsonObject, JsonValue, Path

__all__ = ["BESIDE", "KINDS", "PARTS", "ROLES", "Kind", "empty_texts", "extract_texts"]

Kind = Literal[
    "content", "reasoning", "arguments", "name", "declaration", "leaf", "media", "verdict", "inner", "key", "number", "address"
]  # fmt: skip
BESIDE: Final = ("inner", "key", "number", "address")
"""Kinds that are listed for stages that edit, and belong to no text that is counted or compared."""
KINDS: Final = ("content", "reasoning", "arguments", "name", "declaration", "leaf", "media", "verdict", *BESIDE)
PARTS: Final = ("messages", "prompt", "completion", "chosen", "rejected", "text", "tools", "other", "beside")
ROLES: Final = ("system", "developer", "user", "assistant", "tool", "function", "tools", "other")
"""Roles are a closed list: an unknown role is a user's own word and may be private, so it is shown as `other`."""

_PLUMBING: Final = ("role", "from", "id", "type", "tool_call_id", "index", "call_id")
"""Keys of messages and calls that hold them together and say nothing themselves."""
_DEFAULT_ROLE: Final = {
    "system": "system", "prompt": "user", "completion": "assistant", "chosen": "assistant", "rejected": "assistant",
}  # fmt: skip
_ROLE_NAMES: Final = {
    "human": "user", "gpt": "assistant", "chatgpt": "assistant", "observation": "tool", "function_call": "assistant",
    "tool_call": "assistant", "tool_response": "tool",
}  # fmt: skip
"""Roles of other families: ShareGPT (LLaMA-Factory 0.9.5), ms-swift 4.6.0."""
_REASONING_KEYS: Final = ("reasoning_content", "reasoning", "thinking")
_SYSTEM: Final = ("system", "developer")
_MESSAGE: Final = (
    "role", "from", "tool_call_id", "name", *_REASONING_KEYS, "content", "value", "refusal", "tool_calls", "function_call",
)  # fmt: skip
_CALL: Final = ("index", "id", "call_id", "type", "function", "name", "arguments", "args")
"""Members of messages and calls in the order in which chat templates write them (OpenAI's and Qwen's among others: name, reasoning,
answer, calls), which is the order of their texts wherever they stand in the file."""
_TEXT_KEYS: Final = ("content", "refusal", "tool_calls", "function_call", *_REASONING_KEYS)
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}://\S+|data:(?![^,]{0,255};base64,)\S+", re.IGNORECASE)
_PAYLOAD: Final = re.compile(r"(?:data:[^,\s]{0,255},)?[A-Za-z0-9+/_-]{64,}={0,2}", re.IGNORECASE)
_LEAST_PAYLOAD: Final = 64
"""Bytes in base64 (RFC 4648): a sound, a picture, a signature. Nobody reads them as text."""
_PART_TEXTS: Final = ("text", "refusal", "thinking")
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


def extract_texts(
    rows: Sequence[int],
    values: Sequence[JsonObject],
    formats: Sequence[str],
    *,
    named: Sequence[Collection[Path]] | None = None,
) -> pl.DataFrame:
    """List the texts of parsed rows.

    Args:
        rows: Row numbers, one per value.
        values: Parsed rows.
        formats: Format label of each row, as told by `ftdata.formats.detect`: the row's own where its source holds rows of
            several. A row that has none of the members of that format is walked as one of an unknown layout.
        named: For each row, where members stand that only number it or say where it came from, because its owner said so;
            they are as the members of `NUMBERING`, unless `COUNTED` names them. None: there are none.

    Returns:
        A frame with one line per text, in the order of the rows; in a row, that of lists is theirs, and known members of
        an object come as a model reads them, others by name, wherever they stand in the file: `row` (Int64), `path` (String, a
        JSON array of steps), `part`, `role`, `kind` (Enum), `holds_json` (the text is JSON whose strings follow as
        `leaf`), `text`.
    """
    import polars as pl

    columns: tuple[list[int], list[str], list[str], list[str], list[str], list[bool], list[str]] = (
        [], [], [], [], [], [], [],
    )  # fmt: skip
    for row, value, label, beside in zip(rows, values, formats, named or [()] * len(rows), strict=True):
        listed = known_members(label) if is_laid_out_so(value, label) else frozenset[str]()
        entries = [
            (part, entry)
            for key, part in LAYOUTS.get(label, ())
            if key in listed and key in value
            for entry in _walk_part(value[key], (key,), part)
        ]
        found = any(kind not in BESIDE for _, (_, _, kind, _, _) in entries)
        verdict = distinguishing(value, label if found else "unknown")
        told = [one for one in verdict if not _stands_in(one[0], beside)] if beside else verdict
        if not found:
            listed, entries = frozenset[str](), []
        if not found or label in OPEN:
            rest: JsonObject = {key: item for key, item in value.items() if key not in listed}
            entries += ((_part(entry[0], beside, known=found), entry) for entry in _leaves(rest, (), "other"))
        else:
            entries += (("other", entry) for entry in _counted(value, listed, [path for path, _ in verdict]))
        for part, entry in entries:
            _append(columns, row, "prompt" if part == "system" else part, entry)
        if told:
            _append(columns, row, "other", ((), "other", "verdict", _fingerprint(told), False))
    return pl.DataFrame(dict(zip(empty_texts().columns, columns, strict=True)), schema=empty_texts().schema)


def _part(path: Path, named: Collection[Path], *, known: bool) -> str:
    """The part of a string of a layout that is not walked: `beside` where it only numbers or dates the row."""
    numbers = any(isinstance(step, str) and is_numbering(step) for step in path)
    return "beside" if numbers or (known and path[0] in PROVENANCE) or _stands_in(path, named) else "other"


def _stands_in(path: Path, named: Collection[Path]) -> bool:
    """Whether a value is, or stands in, a member that its owner says only numbers the row."""
    return any(path[: len(one)] == one for one in named) and path[0] not in COUNTED


def _counted(value: JsonObject, listed: Collection[str], paths: Sequence[Path]) -> Iterator[_Entry]:
    """What stands in the members that tell a row apart and are no text, for stages that edit only."""
    heads = {path[0] for path in paths}
    for key, item in _in_order(value, ()):
        if key not in listed and key in heads:
            yield from _inside(item, (key,), "other")


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
        yield from _declarations(value, path, part)
    elif isinstance(value, str):
        yield from _string(value, path, role, "content")
    elif isinstance(value, list):
        place = 0  # a message is where it is whether a system prompt stands before it or not
        for i, item in enumerate(value):
            if isinstance(item, dict):
                yield from _message(item, (*path, i), role, place)
                place += item.get("role") not in _SYSTEM and item.get("from") not in _SYSTEM
            elif isinstance(item, str):
                yield from _string(item, (*path, i), role, "content")
            else:
                yield from _leaves(item, (*path, i), role)
    elif isinstance(value, dict):
        if "messages" in value:  # OpenAI DPO keeps prompt and tools together under `input`
            yield from _walk_part(value["messages"], (*path, "messages"), part)
            for key in ("tools", "functions"):
                if key in value:
                    yield from _declarations(value[key], (*path, key), part)
            for key, item in _in_order(value, ()):
                if key not in {"messages", "tools", "functions"}:
                    yield from _key((*path, key), role)
                    yield from _inside(item, (*path, key), role)
        else:
            yield from _message(value, path, role, 0)
    else:
        yield from _leaves(value, path, role)


def _message(message: dict[str, JsonValue], path: Path, default_role: str, place: int) -> Iterator[_Entry]:
    named = message.get("role", message.get("from"))
    role = _ROLE_NAMES.get(named, named) if isinstance(named, str) else default_role
    silent = all(message.get(key) is None for key in (*_TEXT_KEYS, *(("value",) if "from" in message else ())))
    for key, value in _in_order(message, _MESSAGE):
        here = (*path, key)
        if key == "content" or (key == "value" and "from" in message):
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
            yield from _key(here, role)
            if value is not None and (silent or key in COUNTED_IN_MESSAGES):
                yield here, role, "verdict", _fingerprint([place, key, value]), False
            yield from _without_payloads(_leaves(value, here, role))
        else:
            yield from _plumbing(value, here, role)


def _content(value: JsonValue, path: Path, role: str) -> Iterator[_Entry]:
    if isinstance(value, str):
        yield from _string(value, path, role, "content")
    elif isinstance(value, list):
        for i, part in enumerate(value):
            here = (*path, i)
            if not isinstance(part, dict):
                yield from _leaves(part, here, role)
                continue
            known: list[str] = []
            for key in _PART_TEXTS:
                text = part.get(key)
                if isinstance(text, str):
                    known.append(text)
                    kind = "reasoning" if key == "thinking" else "content"
                    yield from _string(text, (*here, key), role, kind)
            if not known:
                yield here, role, "media", _fingerprint(part), False
                yield from _without_payloads(_leaves(part, here, role))
                continue
            if told := {key: item for key, item in part.items() if key in COUNTED_IN_MESSAGES}:
                yield here, role, "verdict", _fingerprint([known, told]), False
            for key, more in _in_order(part, ()):
                if key not in _PART_TEXTS or not isinstance(more, str):
                    yield from _key((*here, key), role)
                    yield from _plumbing(more, (*here, key), role)
    elif value is not None:
        yield from _leaves(value, path, role)


def _call(call: dict[str, JsonValue], path: Path, role: str) -> Iterator[_Entry]:
    for key, value in _in_order(call, _CALL):
        here = (*path, key)
        if key == "name" and isinstance(value, str):
            yield here, role, "name", value, False
        elif key in {"arguments", "args"}:
            if isinstance(value, str):
                yield from _string(value, here, role, "arguments")
            elif value is not None:
                yield here, role, "arguments", canonical(value).decode(), True
                yield from _leaves(value, here, role)
        elif key == "function" and isinstance(value, dict):
            yield from _call(value, here, role)
        elif key not in _PLUMBING:
            yield from _key(here, role)
            if value is not None:  # a call has no room for notes: what we do not know counts
                yield here, role, "verdict", _fingerprint(value), False
                yield from _without_payloads(_leaves(value, here, role))
        else:
            yield from _plumbing(value, here, role)


def _key(path: Path, role: str) -> Iterator[_Entry]:
    """A key of a message, a call or a part that none of them has."""
    if isinstance(key := path[-1], str) and not is_plain_name(key):
        yield path, role, "key", key, False


def _plumbing(value: JsonValue, path: Path, role: str) -> Iterator[_Entry]:
    """What holds messages together: read by nobody, but ids are made of anything."""
    if not (value is None or (isinstance(value, str) and is_plain_name(value))):
        yield from _inside(value, path, role)


def _inside(value: JsonValue, path: Path, role: str) -> Iterator[_Entry]:
    """What stands in a value, for stages that edit only."""
    for here, who, kind, text, holds_json in _without_payloads(_leaves(value, path, role)):
        yield here, who, "inner" if kind == "leaf" else kind, text, holds_json


def _without_payloads(entries: Iterator[_Entry]) -> Iterator[_Entry]:
    """Addresses told apart, bytes left out: both belong to a picture or a file, and would be lost by an edit."""
    for entry in entries:
        path, role, kind, text, _ = entry
        if kind not in {"leaf", "inner"} or not (":" in text or len(text) >= _LEAST_PAYLOAD):
            yield entry
        elif _ADDRESS.fullmatch(text):
            yield path, role, "address", text, False
        elif not _PAYLOAD.fullmatch(text):
            yield entry


def _declarations(value: JsonValue, path: Path, part: str) -> Iterator[_Entry]:
    if isinstance(value, str):
        yield from _string(value, path, "tools", "declaration")
    elif value:
        # Counted as it is written, since a model reads it so; compared as a text where nothing else tells of it.
        yield path, "tools", "declaration", canonical(value, sort_keys=part == "other").decode(), True
        yield from _leaves(value, path, "tools")


def _string(text: str, path: Path, role: str, kind: str) -> Iterator[_Entry]:
    """A string, and what stands inside it when it is the text of a JSON object or array."""
    inner = embedded(text)
    yield path, role, kind, text, inner is not None
    if inner is not None:
        yield from _leaves(inner, (*path, None), role)


def _leaves(value: JsonValue, path: Path, role: str) -> Iterator[_Entry]:
    """All strings below a value, in order, and what else may be private there."""
    for here, kind, text, holds_json in walk(value, path):
        yield here, role, "leaf" if kind == "string" else kind, text, holds_json


def _in_order(members: JsonObject, known: Sequence[str]) -> Iterator[tuple[str, JsonValue]]:
    """The members of an object in one order, wherever they stand in the file: the known ones, then the others by name."""
    for key in known:
        if key in members:
            yield key, members[key]
    for key in sorted(members.keys() - known):
        yield key, members[key]


def _fingerprint(told: object) -> str:
    return hashlib.blake2b(canonical(told), digest_size=16).hexdigest()
