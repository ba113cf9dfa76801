"""JSON Lines files with broken lines, and the truth about which they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from ftdata.testing.strategies.rows import chat_records
from ftdata.testing.strategies.thinned import thinned_lists

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from ftdata.json_bytes import JsonObject

__all__ = ["BREAKAGES", "CorruptJsonl", "break_line", "corrupt_jsonl"]


@dataclass(frozen=True)
class CorruptJsonl:
    """A JSON Lines file and what is wrong with it.

    Attributes:
        data: The bytes of the file.
        bad_lines: Line number, counted from 1, to the name of what is wrong (a key of `BREAKAGES`).
        good: Line number to the row, for all other lines that are not blank.
    """

    data: bytes
    bad_lines: Mapping[int, str]
    good: Mapping[int, JsonObject]


def _with_member(line: bytes, member: bytes) -> bytes:
    """A member put at the end of the object that a line is."""
    return line[:-1] + (b"" if line == b"{}" else b", ") + member + b"}"


def _repeated(line: bytes) -> bytes:
    """The first key of the object once more, with another value."""
    key = json.dumps(next(iter(json.loads(line)), "x")).encode()
    twice = _with_member(line, key + b": 1")
    return twice if line != b"{}" else _with_member(twice, key + b": 2")


Breakage = Callable[[bytes], bytes]
BREAKAGES: Final[Mapping[str, Breakage]] = {
    "truncated": lambda line: line[:-1],
    "trailing_comma": lambda line: line[:-1] + b",}",
    "bad_utf8": lambda line: _with_member(line, b'"x": "\xff"'),
    "two_values": lambda line: line + b" " + line,
    "single_quotes": lambda _: b"{'messages': []}",
    "nan": lambda line: _with_member(line, b'"x": NaN'),
    "lone_surrogate": lambda line: _with_member(line, b'"x": "\\ud83d"'),
    "repeated_key": _repeated,
    "not_object": lambda line: b"[" + line + b"]",
}
"""What can be wrong with a line, and how it is made wrong: the bytes of a row to broken bytes.

Every parser refuses the first five. `nan` and `lone_surrogate` are refused by strict ones; Python's `json` takes them.
`repeated_key` and `not_object` are JSON, but no row: readers differ about the value of a key that is there twice.
"""


def break_line(line: bytes, breakage: str) -> bytes:
    """The bytes of a row, broken in one of the ways of `BREAKAGES`.

    Args:
        line: The bytes of the row.
        breakage: A name of `BREAKAGES`.
    """
    return BREAKAGES[breakage](line)


@st.composite
def corrupt_jsonl(  # noqa: D417  # Hypothesis gives `draw`
    draw: DrawFn,
    *,
    records: SearchStrategy[JsonObject] | None = None,
    kinds: Sequence[str] | None = None,
    min_bad: int = 1,
    max_lines: int = 6,
    newlines: Sequence[str] = ("\n", "\r\n"),
    final_newline: bool | None = None,
    blank_lines: bool = False,
    bom: bool = False,
) -> CorruptJsonl:
    """JSON Lines files of which some lines are broken. Shrinks to one broken line.

    Args:
        records: Rows; `chat_records(max_turns=1)` when not given.
        kinds: What may be wrong, names from `BREAKAGES`; all of them when not given.
        min_bad: Fewest broken lines.
        max_lines: Most lines, blank ones not counted.
        newlines: Line ends to choose from, one per file.
        final_newline: Whether the last line is ended; None draws it.
        blank_lines: Some blank lines stand between the others; they have numbers, too.
        bom: Some files begin with a byte order mark.
    """
    record = records if records is not None else chat_records(max_turns=1)
    names = tuple(kinds or BREAKAGES)
    fate = st.none() | st.sampled_from(names)
    blanks = st.integers(0, 2) if blank_lines else st.just(0)
    line = st.tuples(blanks, fate, st.booleans(), record)
    plan = draw(thinned_lists(line, min_size=min_bad, max_size=max_lines))
    missing = min_bad - sum(kind is not None for _, kind, _, _ in plan)
    lines: list[bytes] = []
    bad: dict[int, str] = {}
    good: dict[int, JsonObject] = {}
    for before, drawn, escaped, row in plan:
        kind = drawn
        if kind is None and missing > 0:  # mended, not thrown away
            kind, missing = names[0], missing - 1
        lines += [b""] * before
        raw = _line(row, escaped=escaped)
        if kind is None:
            good[len(lines) + 1] = row
        else:
            raw, bad[len(lines) + 1] = break_line(raw, kind), kind
        lines.append(raw)
    newline = draw(st.sampled_from(tuple(newlines))).encode()
    ended = draw(st.booleans()) if final_newline is None else final_newline
    mark = b"\xef\xbb\xbf" if bom and draw(st.booleans()) else b""
    return CorruptJsonl(mark + newline.join(lines) + (newline if ended else b""), bad, good)


def _line(row: Mapping[str, Any], *, escaped: bool) -> bytes:
    return json.dumps(row, ensure_ascii=escaped).encode()
