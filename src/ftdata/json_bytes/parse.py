"""Bytes of lines to values, block by block; a bad line becomes a fault with its rule and never an exception.

orjson is fast and strict, but keeps the last of two equal keys in silence: the text under the first would still be in
the bytes that are shipped. So each block is proved free of repeated keys with three counts:

    K  keys written in the lines that parsed,
    D  keys in the parsed values; D <= K, and D == K exactly when nothing was repeated,
    C  quotes that look as if they closed a key, counted in the raw bytes; C >= K.

C == D leaves K no room: no key is repeated. C != D proves nothing (a string that begins with a colon raises C), so then
the same test runs on each line, and the slow scan of `diagnose` on the lines that fail it. The proof errs towards the
slow scan only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from ftdata.json_bytes.diagnose import MAX_DEPTH, diagnose
from ftdata.json_bytes.values import JsonFault, JsonObject, JsonValue

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MAX_DEPTH", "parse_line", "parse_lines"]

_BLOCK_BYTES = 256 << 10  # more gains nothing (measured: benchmarks/parse_blocks.py)

# A quote, white space, a colon: every key ends so. Possessive: white space is passed over once.
_KEY_END = re.compile(rb'"[ \t\r\n]*+:')
# The same behind backslashes. The look-behind lets a match begin only at the first backslash of a run, or a long run
# would be walked again from each of its backslashes.
_ESCAPED_KEY_END = re.compile(rb'\\(?<!\\\\)(\\*+)"[ \t\r\n]*+:')


_BOXES = (dict, list)


def count_key_ends(block: bytes) -> int:
    """C: never less than the keys written in the valid JSON lines of `block`.

    A quote behind an odd number of backslashes is escaped and closes nothing; behind an even number it is free.
    """
    count = sum(1 for _ in _KEY_END.finditer(block))
    if b'\\"' in block:
        count -= sum(1 for match in _ESCAPED_KEY_END.finditer(block) if len(match[1]) % 2 == 0)
    return count


def count_keys(value: JsonObject) -> int:
    """D: the keys of all objects in a parsed row, or -1 when it is nested deeper than `MAX_DEPTH`.

    Level by level, not by recursion: orjson accepts about a thousand levels, Python's stack does not.
    """
    keys = depth = 0
    level: list[dict[str, JsonValue] | list[JsonValue]] = [value]
    while level:
        depth += 1
        below: list[dict[str, JsonValue] | list[JsonValue]] = []
        for box in level:
            if isinstance(box, dict):
                keys += len(box)
                below += [child for child in box.values() if isinstance(child, _BOXES)]
            else:
                below += [child for child in box if isinstance(child, _BOXES)]
        level = below
    return -1 if depth > MAX_DEPTH else keys


def parse_lines(lines: Sequence[bytes]) -> list[JsonObject | JsonFault]:
    """Parse lines that each should hold one JSON object.

    Args:
        lines: Lines without terminator and without byte order mark.

    Returns:
        For each line its object, or the fault that makes it no row. Integers beyond 64 bits come back as floats; the
        line still holds their digits.
    """
    out: list[JsonObject | JsonFault] = []
    block: list[bytes] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= _BLOCK_BYTES:
            out += _parse_block(block)
            block, size = [], 0
    if block:
        out += _parse_block(block)
    return out


def parse_line(line: bytes) -> JsonObject | JsonFault:
    """Parse one line; see `parse_lines`.

    Args:
        line: The bytes of the line, without its end.
    """
    return _parse_block([line])[0]


def _parse_block(lines: list[bytes]) -> list[JsonObject | JsonFault]:
    out: list[JsonObject | JsonFault] = []
    good: list[int] = []
    counts: list[int] = []
    for position, line in enumerate(lines):
        try:
            value: JsonValue = orjson.loads(line)
        except orjson.JSONDecodeError:
            out.append(diagnose(line) or JsonFault("json.parse", None, "the line is not JSON"))
            continue
        if not isinstance(value, dict):
            out.append(diagnose(line) or JsonFault("json.not_object", 0, "the line holds no JSON object"))
            continue
        keys = count_keys(value)
        if keys < 0:
            out.append(diagnose(line) or JsonFault("json.depth", None, f"nested deeper than {MAX_DEPTH} levels"))
            continue
        out.append(value)
        good.append(position)
        counts.append(keys)
    written = lines if len(good) == len(lines) else [lines[position] for position in good]
    if count_key_ends(b"\n".join(written)) != sum(counts):
        for position, keys in zip(good, counts, strict=True):
            if count_key_ends(lines[position]) != keys:
                fault = diagnose(lines[position])
                if fault is not None:
                    out[position] = fault
    return out
