"""The slow, strict scan of one line that names the first rule it breaks and the byte where it does.

It runs only on lines that orjson refused, or whose keys could not be proved distinct. It keeps its own stack, so no
input can make it recurse, and it quotes nothing of the line but key names of the public formats.
"""

from __future__ import annotations

import math
import re
from typing import Final, NoReturn

import orjson

from ftdata.json_bytes.paths import KNOWN_KEYS
from ftdata.json_bytes.scan import end_of_string, skip_white
from ftdata.json_bytes.values import JsonFault

__all__ = ["MAX_DEPTH", "diagnose"]

MAX_DEPTH: Final = 200
"""Levels of nesting a row may have; the row itself is the first. pydantic-core's JSON reader stops at about 200 and
orjson at about 1,024 levels, and Arrow's crashes the process on very deep rows."""

_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(rb"(?:true|false|null)")
_NOT_FINITE = re.compile(rb"-?(?:[Ii]nf(?:inity)?|NaN|nan)(?![0-9A-Za-z_])")
# What needs a look inside a string: control characters, which must not stand there, and everything behind a backslash.
_SPECIAL = re.compile(rb'[\x00-\x1f]|\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])?')

_OBJECT, _OBJECT_END, _ARRAY, _ARRAY_END = b"{}[]"
_OPENING = frozenset(b"{[")
_QUOTE, _COLON, _COMMA, _BACKSLASH = b'":,\\'


def diagnose(line: bytes) -> JsonFault | None:
    """The first fault of a line, or None when it is one JSON object without repeated keys.

    Where several rules are broken, bad UTF-8 goes before all, then the first in the order of the bytes; a second value,
    a value that is no object and a repeated key are reported of lines that are JSON otherwise.

    Args:
        line: The bytes of a line without its terminator.
    """
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return JsonFault("json.utf8", error.start, f"byte {error.start} is not UTF-8")
    scan = _Scan(line)
    try:
        scan.run()
    except _FaultError as found:
        return found.fault
    return scan.repeated


class _FaultError(Exception):
    def __init__(self, fault: JsonFault) -> None:
        self.fault = fault
        super().__init__(fault.rule)


def _fail(rule: str, offset: int, message: str) -> NoReturn:
    raise _FaultError(JsonFault(rule, offset, f"{message}, at byte {offset}"))


class _Scan:
    def __init__(self, line: bytes) -> None:
        self.line = line
        self.repeated: JsonFault | None = None

    def run(self) -> None:
        line = self.line
        start = skip_white(line, 0)
        if start == len(line):
            _fail("json.parse", 0, "the line is empty")
        if line.startswith(b"\xef\xbb\xbf", start):
            _fail("json.parse", start, "a byte order mark stands before the value")
        end = skip_white(line, self.value(start))
        if end < len(line):
            self.rest(end)
        if line[start] != _OBJECT:
            _fail("json.not_object", start, "the line holds a JSON value that is no object")

    def rest(self, at: int) -> NoReturn:
        """Say what stands behind the value: a second one, whole or in part, or something else."""
        line = self.line
        begin = skip_white(line, at + 1) if line[at] == _COMMA else at
        if begin < len(line) and (line[begin] in b'{["' or _NUMBER.match(line, begin) or _WORD.match(line, begin)):
            _fail("json.two_values", begin, "a second value stands on the line")
        _fail("json.parse", at, "something stands behind the value")

    def value(self, at: int) -> int:
        """The offset behind the value at `at`. One turn of the loop reads one token."""
        line, size = self.line, len(self.line)
        open_keys: list[set[str] | None] = []  # one entry per open bracket; None for an array
        expect = "value"
        while True:
            at = skip_white(line, at)
            if at == size:
                _fail("json.parse", at, "the line ends inside a value")
            byte = line[at]
            if expect in {"value", "value or end"}:
                if byte in _OPENING:
                    if len(open_keys) == MAX_DEPTH:
                        _fail("json.depth", at, f"nested deeper than {MAX_DEPTH} levels")
                    open_keys.append(set() if byte == _OBJECT else None)
                    expect = "key or end" if byte == _OBJECT else "value or end"
                    at += 1
                    continue
                if byte == _ARRAY_END and expect == "value or end":
                    open_keys.pop()
                    at += 1
                else:
                    at = self.string(at) if byte == _QUOTE else self.scalar(at)
            elif expect in {"key", "key or end"}:
                if byte == _OBJECT_END and expect == "key or end":
                    open_keys.pop()
                    at += 1
                elif byte == _QUOTE:
                    keys = open_keys[-1]
                    assert keys is not None
                    at = self.key(at, keys)
                    expect = "value"
                    continue
                else:
                    _fail("json.parse", at, "a key in double quotes is missing")
            elif byte == _COMMA:
                at += 1
                expect = "value" if open_keys[-1] is None else "key"
                continue
            elif byte == (_ARRAY_END if open_keys[-1] is None else _OBJECT_END):
                open_keys.pop()
                at += 1
            else:
                _fail("json.parse", at, "a comma or a closing bracket is missing")
            if not open_keys:
                return at
            expect = "comma or end"

    def key(self, start: int, keys: set[str]) -> int:
        """Read a key and its colon; remember it."""
        line = self.line
        end = self.string(start)
        key: str = orjson.loads(line[start:end])
        if key in keys and self.repeated is None:
            shown = f'the key "{key}"' if key in KNOWN_KEYS else "a key"
            self.repeated = JsonFault("json.dup_key", start, f"{shown} is written twice in one object, at byte {start}")
        keys.add(key)
        at = skip_white(line, end)
        if at == len(line):
            _fail("json.parse", at, "the line ends inside a value")
        if line[at] != _COLON:
            _fail("json.parse", at, "a colon is missing behind a key")
        return at + 1

    def string(self, start: int) -> int:
        """Check a string; the offset behind it."""
        line = self.line
        end = end_of_string(line, start)
        high = -1  # where the second half of a surrogate pair must begin
        for match in _SPECIAL.finditer(line, start + 1, end - 1 if end >= 0 else len(line)):
            at, token = match.start(), match.group()
            if token[0] != _BACKSLASH:
                _fail("json.parse", at, "a control character stands in a string without an escape")
            if len(token) == 1:
                _fail("json.parse", at, "a backslash in a string begins no escape")
            unit = int(token[2:6], 16) if len(token) == 6 else 0
            if high >= 0 and (at != high or not 0xDC00 <= unit <= 0xDFFF):
                _fail("json.surrogate", high - 6, "half of a surrogate pair is escaped alone")
            if high < 0 and 0xDC00 <= unit <= 0xDFFF:
                _fail("json.surrogate", at, "half of a surrogate pair is escaped alone")
            high = match.end() if 0xD800 <= unit <= 0xDBFF else -1
        if end < 0:
            _fail("json.parse", start, "a string is not closed")
        if high >= 0:
            _fail("json.surrogate", high - 6, "half of a surrogate pair is escaped alone")
        return end

    def scalar(self, at: int) -> int:
        """Check a number or one of the three words; the offset behind it."""
        match = _NUMBER.match(self.line, at)
        if match is not None:
            # A number of fewer digits than this cannot reach 1.8e308 without an exponent.
            if (match.end() - at > 300 or b"e" in match[0] or b"E" in match[0]) and math.isinf(float(match[0])):
                _fail("json.number", at, "a number is too large for a double")
            return match.end()
        word = _WORD.match(self.line, at)
        if word is not None:
            return word.end()
        if _NOT_FINITE.match(self.line, at):
            _fail("json.number", at, "NaN and Infinity are no JSON numbers")
        _fail("json.parse", at, "no JSON value begins here")
