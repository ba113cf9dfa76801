r"""Elements of a JSON array, or values that stand one after the other, out of a stream: one element in memory at a time.

Brackets are matched and strings skipped; nothing is parsed, so a broken element is given out with the bytes it has. An
element whose brackets match is delimited exactly, whatever else is wrong with it. Where they cannot match, one of these
shows it, all impossible in JSON: a newline inside a string; a string followed by something else than `,` `:` `]` `}`;
a bracket closed that was not opened; an object or array inside an object without a colon before it. The element then
ends where the next one begins, at `}, {` and the first key of the present element: that key keeps nested lists of
objects (the messages of a chat) from being taken for elements. Where a comma and such an object stand in the element itself,
where only a key may, the element was never closed and ends before them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from ftdata.io.byte_window import READ_BYTES, WHITE, ByteWindow
from ftdata.json_bytes import JsonFault, compact
from ftdata.json_bytes.scan import end_of_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["JsonElements"]

_MISSES = 16
"""Guesses in a row that may fail before they are given up. Measured (`benchmarks/array_guesses.py`): guessing pays where
elements begin alike, anything from 4 to 64 is the same, and without an end elements whose first keys differ take several
times as long. The first guess cannot be right: the key is learnt from it."""
_OVERLAP = 4 << 10  # bytes looked at again when more come, so that a separator over two reads is seen
_INSIDE = re.compile(rb'["{}\[\]]')
_BETWEEN = re.compile(rb'["{}\[\],]')  # outside all brackets of an element: a comma ends it
_JUNK = re.compile(rb"[{\n]")  # what ends something that is no object where values stand one after the other
_FIRST_KEY = re.compile(rb'\{[ \t\r\n]*"(?:[^"\\]|\\.)*"')
_NEXT_ELEMENT = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)")
_NEXT_VALUE = re.compile(rb"\}[ \t\r]*\n[ \t\r\n]*(?=\{)")
_AFTER_STRING = frozenset(b",:]}")
_AFTER_ELEMENT = frozenset(b",]{[")
_OPENING = frozenset(b"{[")
_QUOTE, _COMMA, _COLON, _OBJECT, _ARRAY, _ARRAY_END = b'",:{[]'
_OPENER = {0x7D: _OBJECT, _ARRAY_END: _ARRAY}


class _BrokenError(Exception):
    """The brackets of an element cannot match; the next element is to be sought from `at` on, or `ended` there."""

    def __init__(self, at: int, *, ended: bool = False) -> None:
        self.at, self.ended = at, ended
        super().__init__(at)


class _EndedError(Exception):
    """The stream ends inside an element."""


class JsonElements(ByteWindow):
    """Iterate over it for (line where it begins, compact bytes, fault of the array around it or None).

    Args:
        read: Gives some bytes of the stream, none at its end.
        array: Whether elements stand in one array, or one after the other without brackets and commas.
        max_bytes: Bytes of the longest element that is kept; a longer one is dropped while it comes.
        first: Offset of the first byte of the stream in the file it comes from.
    """

    def __init__(self, read: Callable[[int], bytes], *, array: bool, max_bytes: int, first: int = 0) -> None:
        super().__init__(read, first=first)
        self._array = array
        self._max = max_bytes
        self._indent = b""  # what stands before the first element, from the line end on
        self._dropped = 0  # bytes of the present element that are gone because it is too long
        self._separator: re.Pattern[bytes] | None = None
        self._misses = 0
        self._damaged = False  # whether an element was broken: brackets may then stand anywhere

    def __iter__(self) -> Iterator[tuple[int, bytes, JsonFault | None]]:
        """The elements in their order."""
        yield from self._elements() if self._array else self._values()
        self.final_newline = self._last_byte == b"\n"

    def _values(self) -> Iterator[tuple[int, bytes, JsonFault | None]]:
        while (start := self._significant(0)) >= 0:
            self._drop(start)
            yield self._take()

    def _elements(self) -> Iterator[tuple[int, bytes, JsonFault | None]]:
        self._drop(self._significant(0) + 1)  # the opening bracket
        before = ""  # "", "element" or "comma": what stands before
        while (start := self._significant(0)) >= 0:
            if not before:
                self._indent = bytes(self._data[max(self._data.rfind(b"\n", 0, start), 0) : start])
            self._drop(start)
            byte = self._data[0]
            if byte == _ARRAY_END:
                closed = self._significant(1) < 0
                if closed or not self._damaged:
                    if before == "comma":
                        yield self._line, b"", _fault("an element is missing behind a comma")
                    if not closed:
                        self._drop(self._significant(1))
                        stray = _fault("something stands behind the array", "json.two_values")
                        yield self._line, self._rest(self._max), stray
                    return
            if byte == _COMMA:
                if before != "element":
                    yield self._line, b"", _fault("an element is missing before a comma")
                self._drop(1)
                before = "comma"
                continue
            line, raw, fault = self._take()
            if before == "element" and fault is None:
                fault = _fault("a comma is missing before the element")
            yield line, raw, fault
            before = "element"
        self._drop(len(self._data))
        yield self._line, b"", _fault("the file ends before its array is closed")

    def _take(self) -> tuple[int, bytes, JsonFault | None]:
        """Take the element that begins at the first byte."""
        line, offset = self._line, self._offset
        self._dropped = 0
        try:
            end = self._quick_end() or self._end()
        except _BrokenError as broken:
            self._damaged = True
            end = broken.at if broken.ended else self._next_start(broken.at)
        except _EndedError:
            self._damaged = True
            end = self._next_line()
        length = self._dropped + end
        if length > self._max:
            self._drop(end)
            message = f"the element is {length} bytes long; the limit is {self._max}"
            return line, b"", JsonFault("json.too_long", offset, message, length)
        element = bytes(self._data[:end]).rstrip(WHITE)
        self._drop(end)
        return line, _written(element), None

    def _quick_end(self) -> int:
        """A guess at the offset behind the element, proved by parsing it, or 0.

        What parses as one object from the first byte on is the element. The guess is the next place that looks like
        the separator before an element with the same first key as the last one.
        """
        if self._misses >= _MISSES:  # objects with changing keys, or something else: not worth the search
            return 0
        if self._separator is not None:
            match = self._separator.search(self._data, 0, min(self._max, READ_BYTES))
            if match is not None:
                end = match.start() + 1
                try:
                    orjson.loads(memoryview(self._data)[:end])
                except orjson.JSONDecodeError:
                    pass
                else:
                    self._misses = 0
                    return end
        self._misses += 1
        key = _FIRST_KEY.match(self._data, 0, _OVERLAP)
        if key is not None and self._array:
            self._separator = re.compile(_NEXT_ELEMENT.pattern.replace(rb"\{", _same_key(key[0])))
        return 0

    def _end(self) -> int:
        """The offset behind the element that begins at the first byte."""
        data = self._data
        bracketed = data[0] in _OPENING
        between = _BETWEEN if self._array else _JUNK
        stack = bytearray()  # opening brackets
        at = 0
        while True:
            if at > self._max:  # too long to be kept
                self._dropped += at
                self._drop(at)
                at = 0
            match = (_INSIDE if stack or bracketed else between).search(data, at)
            if match is None:
                at = len(data)
                if not self._more():
                    raise _EndedError
                continue
            at = match.start()
            byte = data[at]
            if not self._array and not bracketed:
                return at
            if byte == _QUOTE:
                at = self._string(at, inside=bool(stack))
            elif byte == _COMMA:
                return at
            elif byte in _OPENING:
                if stack and stack[-1] == _OBJECT:
                    self._check_colon(at, in_element=len(stack) == 1)
                stack.append(byte)
                at += 1
            elif stack:
                opened = stack.rfind(_OPENER[byte])
                if opened < 0:
                    raise _BrokenError(at)
                self._damaged |= opened < len(stack) - 1  # closes others that were left open
                del stack[opened:]
                at += 1
                if bracketed and not stack:
                    after = self._significant(at) if self._array else -1
                    if after < 0 or data[after] in _AFTER_ELEMENT:
                        return at
                    bracketed = False  # what follows belongs to no other element: up to the comma it is a part of this
            elif byte == _ARRAY_END and at:
                return at
            else:  # a closing bracket that closes nothing: a part of what is broken
                at += 1

    def _string(self, start: int, *, inside: bool) -> int:
        """The offset behind the string that opens at `start`."""
        data = self._data
        resume = start + 1
        while True:
            end = end_of_string(data, start, resume=resume)
            if data.find(b"\n", resume, end if end >= 0 else len(data)) >= 0:
                raise _BrokenError(start)
            if end >= 0:
                break
            resume = len(data)
            if resume > self._max:  # too long to be kept: only whether the next byte is escaped matters
                slashes = resume - len(data.rstrip(b"\\"))
                keep = b'"' + b"\\" * (slashes % 2)
                self._dropped += resume - len(keep)
                self._offset += resume - len(keep)
                data[:] = keep
                start, resume = 0, len(keep)
            if not self._more():
                raise _EndedError
        if inside:
            after = self._significant(end)
            if after < 0:
                raise _EndedError
            if data[after] not in _AFTER_STRING:
                raise _BrokenError(start)
        return end

    def _check_colon(self, at: int, *, in_element: bool) -> None:
        data = self._data
        before = at - 1
        while before > 0 and data[before] in WHITE:
            before -= 1
        if before > 0 and data[before] != _COLON:
            if in_element and data[before] == _COMMA and self._begins_alike(at):
                raise _BrokenError(before, ended=True)
            # From the byte before the comma on: that is where the element should have ended.
            raise _BrokenError(len(data[:before].rstrip(WHITE)) - 1 if data[before] == _COMMA else before)

    def _begins_alike(self, at: int) -> bool:
        """Whether an object at an offset has the first key of the present element."""
        key = _FIRST_KEY.match(self._data, 0, at)
        if key is None or self._dropped or not self._array or self._data[at] != _OBJECT:
            return False
        name = key[0][1:].lstrip(WHITE)
        begin = self._significant(at + 1)
        while begin >= 0 and len(self._data) < begin + len(name) and self._more():
            pass
        return begin >= 0 and self._data.startswith(name, begin)

    def _next_start(self, start: int) -> int:
        """The offset behind a broken element: where the separator before the next one begins."""
        data = self._data
        begin = max(start, 0)
        patterns = [_NEXT_ELEMENT if self._array else _NEXT_VALUE]
        key = _FIRST_KEY.match(data, 0, begin)
        if key is not None:
            patterns.insert(0, re.compile(patterns[0].pattern.replace(rb"\{", _same_key(key[0]))))
        for pattern in patterns:
            at = begin
            while True:
                match = pattern.search(data, at)
                if match is not None:
                    return match.start() + 1
                at = max(begin, len(data) - _OVERLAP)
                if len(data) > self._max or not self._more():
                    break
        while self._more():  # nowhere in all that may be kept: go on in what comes
            match = patterns[-1].search(data, max(begin, len(data) - READ_BYTES - _OVERLAP))
            if match is not None:
                return match.start() + 1
            self._dropped += len(data) - _OVERLAP
            self._drop(len(data) - _OVERLAP)
            begin = 0
        end = len(data.rstrip(WHITE))
        # The last bracket of a file closes its array more likely than anything in the broken element.
        return end - 1 if self._array and data.endswith(b"]", 0, end) else len(data)

    def _next_line(self) -> int:
        """The offset behind an element that was never closed, when all that follows has been read.

        It is the next line that begins like this element, by its indentation and first key; else the element is the rest.
        """
        data = self._data
        key = _FIRST_KEY.match(data)
        if key is None or self._dropped or not self._array or not self._indent.startswith(b"\n"):
            return len(data)
        opening = rb",[ \t\r]*" + re.escape(self._indent) + rb"(?=" + _same_key(key[0]) + rb")"
        match = re.compile(opening).search(data, key.end())
        return len(data) if match is None else match.start()


def _same_key(opening: bytes) -> bytes:
    """A pattern for the beginning of an object with the same first key."""
    return rb"\{[ \t\r\n]*" + re.escape(opening[1:].lstrip(WHITE))


def _fault(message: str, rule: str = "json.parse") -> JsonFault:
    return JsonFault(rule, None, message)


def _written(element: bytes) -> bytes:
    """An element as a row: without white space that means nothing; one that is not JSON stays as it is, byte for byte."""
    try:
        orjson.loads(element)
    except orjson.JSONDecodeError:
        return element
    return compact(element)
