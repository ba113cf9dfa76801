"""Small sets of rows that the tests of whole runs share: few, all different, and quick to work on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_THINGS = ("apples", "bridges", "candles", "drums", "engines", "forests", "glaciers", "harbours", "islands", "jungles")
_VERBS = ("paints", "counts", "repairs", "forgets", "describes", "collects", "admires")


def chat(number: int, **more: Any) -> dict[str, Any]:
    """A chat unlike those of other numbers."""
    thing, verb = _THINGS[number % 10], _VERBS[number % 7]
    words = " ".join(f"{thing[:3]}{(number * 7919 + i * 104729) % 9973}" for i in range(12))
    return {
        "messages": [
            {"role": "user", "content": f"Who {verb} the {thing} of street {number}?"},
            {"role": "assistant", "content": f"Nobody {verb} them. Here is why: {words}."},
        ],
        **more,
    }


def chats(count: int, *, start: int = 0) -> list[dict[str, Any]]:
    """Chats that are all different."""
    return [chat(number) for number in range(start, start + count)]


def line(value: Any) -> bytes:
    """A row as a line of JSONL, without its newline."""
    return json.dumps(value, ensure_ascii=False).encode()


def write_lines(path: Path, rows: Iterable[Any]) -> Path:
    """Write rows (bytes stand for themselves) as JSONL."""
    path.write_bytes(b"".join((row if isinstance(row, bytes) else line(row)) + b"\n" for row in rows))
    return path


BROKEN: tuple[tuple[bytes, str, str], ...] = (
    (b'{"messages": [', "invalid_json", "json.parse"),
    (b'{"text": "\xff\xfe"}', "invalid_json", "json.utf8"),
    (b'{"text": NaN}', "invalid_json", "json.number"),
    (b'{"text": "\\ud800"}', "invalid_json", "json.surrogate"),
    (b"[" * 300 + b"]" * 300, "invalid_json", "json.depth"),
    (b'{"text": "a"} {"text": "b"}', "invalid_json", "json.two_values"),
    (b'{"text": "a", "text": "b"}', "invalid_record", "json.dup_key"),
    (b'["text"]', "invalid_record", "json.not_object"),
    (b"17", "invalid_record", "json.not_object"),
)
"""Lines that are no rows: the line, the reason it leaves for, the rule that it breaks."""
