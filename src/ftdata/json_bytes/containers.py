"""The members of one object or array in the bytes, and the splices that remove, rename and insert members."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import orjson

from ftdata.json_bytes.edits import EditError, EditNode, Insert, place
from ftdata.json_bytes.scan import end_of_string, skip_white
from ftdata.json_bytes.strings import escape_non_ascii, prefers_ascii, write_content
from ftdata.json_bytes.write import dump

if TYPE_CHECKING:
    from ftdata.json_bytes.values import JsonValue

__all__ = ["Container", "Splice", "write_value"]

_WHITE = b" \t\r\n"


class Splice(NamedTuple):
    """`text` goes in the place of the bytes `start` to `end` (exclusive)."""

    start: int
    end: int
    text: bytes


def write_value(value: JsonValue, *, ascii_only: bool) -> bytes:
    """The bytes of a new value.

    Args:
        value: The value.
        ascii_only: Whether characters beyond ASCII are escaped.

    Raises:
        EditError: The value holds NaN, an infinity or a lone surrogate, or is nested beyond all measure.
    """
    raw = dump(value)
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise EditError("the new value holds NaN, an infinity, a lone surrogate or too many levels") from None
    return escape_non_ascii(raw) if ascii_only else raw


def write_string(text: str, *, ascii_only: bool) -> bytes:
    """The token of a new string or key."""
    try:
        return b'"' + write_content(text, ascii_only=ascii_only) + b'"'
    except ValueError as error:
        raise EditError(str(error)) from None


@dataclass(slots=True)
class _Member:
    start: int  # of the key, or of the element
    key_end: int  # equal to start in an array
    value_start: int
    node: EditNode | None
    key: str | None
    end: int = -1


@dataclass(slots=True)
class Container:
    """An object or array whose members are edited, filled member by member while the walk passes over it.

    Attributes:
        node: The edits of its members.
        start: Offset of the opening bracket.
        keyed: Whether it is an object.
    """

    node: EditNode
    start: int
    keyed: bool
    members: list[_Member] = field(default_factory=list[_Member])

    def begin_member(self, raw: bytes, at: int) -> tuple[EditNode | None, int]:
        """Note the member that begins at `at`; its edits, and the offset of its value.

        Args:
            raw: The bytes of the row.
            at: Offset of the member.
        """
        if not self.keyed:
            node = self.node.children.get(len(self.members))
            self.members.append(_Member(at, at, at, node, None))
            return node, at
        key_end = end_of_string(raw, at)
        token = raw[at:key_end]
        key: str = orjson.loads(token) if b"\\" in token else token[1:-1].decode()
        value_start = skip_white(raw, skip_white(raw, key_end) + 1)
        node = self.node.children.get(key)
        self.members.append(_Member(at, key_end, value_start, node, key))
        return node, value_start

    def close(self, raw: bytes, end: int) -> list[Splice]:
        """The splices of removed, renamed and inserted members, once the closing bracket is reached at `end`.

        Args:
            raw: The bytes of the row.
            end: Offset of the closing bracket.
        """
        found = sum(member.node is not None for member in self.members)
        if found != len(self.node.children):
            self._complain()
        return [*self._renamed(raw), *self._removed(), *self._inserted(raw, end)]

    def _complain(self) -> None:
        steps = {member.key if self.keyed else index for index, member in enumerate(self.members)}
        for step, node in self.node.children.items():
            if step not in steps:
                raise EditError(f"nothing stands at {place(node.path)}")
        raise EditError(f"{place(self.node.path)} holds a key twice")

    def _renamed(self, raw: bytes) -> list[Splice]:
        splices: list[Splice] = []
        keys: list[str] = []
        for member in self.members:
            node, key = member.node, member.key
            if node is not None and node.rename is not None:
                if key is None:
                    raise EditError(f"{place(node.path)} has no key: it stands in an array")
                if node.rename != key:
                    token = raw[member.start : member.key_end]
                    new = write_string(node.rename, ascii_only=prefers_ascii(token))
                    splices.append(Splice(member.start, member.key_end, new))
                    key = node.rename
            if key is not None and not (node is not None and node.remove):
                keys.append(key)
        if self.keyed:
            keys += [step for insert in self.node.inserts if isinstance(step := insert.path[-1], str)]
            if len(set(keys)) < len(keys):
                raise EditError(f"{place(self.node.path)} would hold a key twice")
        return splices

    def _kept(self) -> list[int]:
        return [i for i, member in enumerate(self.members) if member.node is None or not member.node.remove]

    def _removed(self) -> list[Splice]:
        members, kept = self.members, self._kept()
        if len(kept) == len(members):
            return []
        if not kept:
            # With inserted members the gap is theirs: see _inserted.
            return [] if self.node.inserts else [Splice(members[0].start, members[-1].end, b"")]
        splices: list[Splice] = []
        after = 0  # the first member behind the last kept one
        for index in kept:
            if index > after:  # up to the next kept member: the comma on the right goes along
                splices.append(Splice(members[after].start, members[index].start, b""))
            after = index + 1
        if after < len(members):  # none is kept on the right: the comma on the left goes along
            splices.append(Splice(members[after - 1].end, members[-1].end, b""))
        return splices

    def _inserted(self, raw: bytes, end: int) -> list[Splice]:
        if not self.node.inserts:
            return []
        ascii_only = prefers_ascii(raw[self.start : end + 1])
        space, colon = self._style(raw)
        before: dict[int, list[bytes]] = {}  # by the kept member they stand before; len(members): behind all
        kept = self._kept()
        for index, insert in self._ordered_inserts():
            text = write_value(insert.value, ascii_only=ascii_only)
            key = insert.path[-1]
            if isinstance(key, str):
                text = write_string(key, ascii_only=ascii_only) + colon + text
            anchor = next((i for i in kept if i >= index), len(self.members)) if index < len(self.members) else index
            before.setdefault(anchor, []).append(text)
        splices: list[Splice] = []
        for anchor, texts in before.items():
            if anchor < len(self.members):
                at = self.members[anchor].start
                splices.append(Splice(at, at, b"".join(text + b"," + space for text in texts)))
            elif kept:
                at = self.members[kept[-1]].end
                splices.append(Splice(at, at, b"".join(b"," + space + text for text in texts)))
            else:
                first, last = (
                    (self.members[0].start, self.members[-1].end) if self.members else (self.start + 1, self.start + 1)
                )
                splices.append(Splice(first, last, (b"," + space).join(texts)))
        return splices

    def _ordered_inserts(self) -> list[tuple[int, Insert]]:
        """The inserts with the index of the member they go before, in the order they will stand in."""
        found: list[tuple[int, Insert]] = []
        for insert in self.node.inserts:
            step = insert.path[-1]
            if self.keyed:
                if not isinstance(step, str):
                    raise EditError(f"{place(insert.path)}: an object takes keys, no indexes")
                found.append((len(self.members), insert))
            else:
                if not isinstance(step, int) or not 0 <= step <= len(self.members):
                    raise EditError(f"{place(insert.path)} is no place in an array of {len(self.members)} elements")
                found.append((step, insert))
        return sorted(found, key=lambda pair: pair[0])

    def _style(self, raw: bytes) -> tuple[bytes, bytes]:
        """The white space before the last member, and its colon with the white space around it."""
        if not self.members:
            return b"", b":"
        last = self.members[-1]
        edge = len(raw[self.start + 1 : last.start].rstrip(_WHITE)) + self.start + 1
        return raw[edge : last.start], raw[last.key_end : last.value_start] or b":"
