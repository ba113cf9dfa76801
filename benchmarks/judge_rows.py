"""What the judge reads: the input lines, the lines that came out, and which came from which.

Inputs and outputs are brought together by content: what was replaced by a placeholder is masked on both sides, so that it
does not matter which words a contender puts in the place of a private value. Only the standard library is used.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from brute_force import NGRAM, Texts, grams

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

SPLITS = ("train", "val", "test")
PLACEHOLDER = re.compile(r"<[A-Z]+(?:_[A-Z]+)*(?:_\d+)?>")
MASK = "<*>"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One line of an input or of an output.

    Attributes:
        file: Name of the input as the list of planted faults has it, or of the split.
        line: Number of the line, from 1.
        raw: Its bytes, without the line feed.
        origin: Who wrote it, as far as the input tells; empty for an output.
        values: Private values that were planted in it.
    """

    file: str
    line: int
    raw: bytes
    origin: str = ""
    values: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        return self.raw.decode(errors="replace")

    @cached_property
    def value(self) -> dict[str, Any] | None:
        """What Python's own parser makes of it, which is lenient; None for what is no object."""
        try:
            value = json.loads(self.text)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    @cached_property
    def slots(self) -> list[tuple[str, str]]:
        """The texts in their order, each with the role that speaks."""
        return slots(self.value) if self.value else []

    @cached_property
    def key(self) -> str:
        """Two lines that say the same have the same key, however they are written and whatever stands beside it."""
        if not self.slots:
            return self.text
        return json.dumps([[role, self.masked(text)] for role, text in self.slots])

    def masked(self, text: str) -> str:
        for value in sorted(self.values, key=len, reverse=True):
            text = text.replace(value, MASK)
        return PLACEHOLDER.sub(MASK, text)

    @cached_property
    def spoken(self) -> str:
        """What is compared: all texts but the system prompt, masked."""
        said = [self.masked(text) for role, text in self.slots if role not in {"system", "developer"}]
        return "\n".join(said) if said else self.text

    @cached_property
    def answer(self) -> str:
        """The last text that the assistant says."""
        return next((self.masked(text) for role, text in reversed(self.slots) if role == "assistant"), "")

    def look_up(self, path: str) -> str | None:
        here: Any = self.value
        for key in path.split("."):
            here = here.get(key) if isinstance(here, dict) else None
        return here if isinstance(here, str) else None


def slots(value: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for place in ("messages", "prompt", "chosen", "rejected"):
        messages = value.get(place)
        for message in messages if isinstance(messages, list) else []:
            if not isinstance(message, dict):
                continue
            role, content = str(message.get("role")), message.get("content")
            parts = content if isinstance(content, list) else [{"text": content}]
            found += [
                (role, part["text"]) for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)
            ]
            found += [(role, text) for text in arguments(message)]
    return found


def arguments(message: dict[str, Any]) -> list[str]:
    """The arguments of the tool calls of a message, as they are written: JSON inside a string."""
    told = [call.get("function", {}).get("arguments") for call in message.get("tool_calls") or []]
    return [text for text in told if isinstance(text, str)]


def read_lines(path: Path, name: str, origin: str = "", planted: Iterable[dict[str, Any]] = ()) -> list[Line]:
    """The lines of a file that are not blank; `planted` are private values with `file`, `line` and `value`."""
    values: dict[int, list[str]] = {}
    for one in planted:
        if one["file"] == name:
            values.setdefault(one["line"], []).append(one["value"])
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = enumerate(data.removeprefix(BOM).split(b"\n"), 1)
    return [
        Line(name, number, raw.rstrip(b"\r"), origin, tuple(values.get(number, ())))
        for number, raw in lines
        if raw.strip()
    ]


def read_outputs(folder: Path) -> list[Line]:
    return [line for split in SPLITS for line in read_lines(folder / f"{split}.jsonl", split)]


def members(text: str) -> list[tuple[str, str]]:
    """The keys of a JSON object with the text of their values, exactly as written."""
    decoder, place, found = json.JSONDecoder(), text.index("{") + 1, []
    while True:
        place = _skip(text, place, " \t\r\n,")
        if text[place] == "}":
            return found
        key, place = decoder.raw_decode(text, place)
        start = _skip(text, place, " \t\r\n:")
        _, place = decoder.raw_decode(text, start)
        found.append((key, text[start:place]))


def _skip(text: str, place: int, over: str) -> int:
    while text[place] in over:
        place += 1
    return place


def same_bytes(one: Line, other: Line, removed: Collection[str]) -> bool:
    """Whether the lines are written alike, apart from the keys that were to be removed."""
    if not removed:
        return one.raw == other.raw
    told = [[(key, text) for key, text in members(line.text) if key not in removed] for line in (one, other)]
    return told[0] == told[1]


@dataclass
class Matched:
    """Which input lines each output line can have come from (several when they say the same), as numbers."""

    given: Sequence[Line]
    left: Sequence[Line]
    sources: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        by_key: dict[str, list[int]] = {}
        for number, line in enumerate(self.given):
            by_key.setdefault(line.key, []).append(number)
        self.sources = [by_key.get(line.key, []) for line in self.left]
        for length in (NGRAM, 1):  # a text was changed: the input that is most like it, if one is at all
            changed = [number for number, sources in enumerate(self.sources) if not sources]
            texts = Texts((line.spoken for line in self.given) if changed else (), length)
            for number in changed:
                self.sources[number] = texts.most_alike(grams(self.left[number].spoken, length), 0.3)

    def exact(self, number: int) -> bool:
        """Whether the output says what its input says, but for masked places."""
        return any(self.given[i].key == self.left[number].key for i in self.sources[number])

    @cached_property
    def outputs_of(self) -> dict[str, list[int]]:
        """The output lines by the key of the input they came from."""
        found: dict[str, list[int]] = {}
        for number, sources in enumerate(self.sources):
            for key in {self.given[i].key for i in sources[:1]}:
                found.setdefault(key, []).append(number)
        return found
