"""Edits that change a value in the raw bytes of a row and leave every other byte as it was written.

The edits of a row are brought into a tree by path; one walk over the bytes finds the spans they touch, each edit
becomes splices (offset, offset, new bytes), and all splices are applied at once. Text held by a string is spliced unit
by unit (see `strings`); JSON text held by a string is edited as JSON of its own, whose splices are then carried out
through the escapes of the string around it. Paths and offsets always refer to the row as it was before all edits.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import orjson

from ftdata.json_bytes.containers import Container, Splice, write_value
from ftdata.json_bytes.edits import (
    Edit,
    EditError,
    EditNode,
    Insert,
    Remove,
    Rename,
    Replace,
    ReplaceText,
    edit_tree,
    place,
)
from ftdata.json_bytes.scan import end_of_value, skip_white
from ftdata.json_bytes.strings import byte_offsets, prefers_ascii, token_offsets, write_content

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftdata.json_bytes.values import Path

__all__ = [
    "Edit",
    "EditError",
    "Insert",
    "Remove",
    "Rename",
    "Replace",
    "ReplaceText",
    "apply_edits",
    "find_span",
]

_QUOTE, _COMMA = b'",'


def apply_edits(raw: bytes, edits: Iterable[Edit]) -> bytes:
    r"""Apply edits to the bytes of a row, all in one go.

    Paths and text offsets refer to the row as it is given. Bytes outside the edited spans stay as they are. New text
    is written with the escapes that JSON demands and no others, but in pure ASCII where the bytes it goes into are
    ASCII and use `\uXXXX` already. Inserted members copy the white space of the last member.

    Args:
        raw: One JSON value.
        edits: What to do; edits must not touch the same bytes.

    Returns:
        The new bytes.

    Raises:
        EditError: `raw` is not JSON, nothing stands at a path, a key would be there twice, or edits overlap. The
            message holds no text of the row.
        TypeError: JSON has no word for a new value.
    """
    root = edit_tree(edits)
    if not (root.children or root.replace or root.texts or root.inserts):
        return raw
    pieces: list[bytes] = []
    at = 0
    for start, end, text in _plan(raw, root):
        pieces += (raw[at:start], text)
        at = end
    pieces.append(raw[at:])
    return b"".join(pieces)


def find_span(raw: bytes, path: Path) -> tuple[int, int]:
    """Where the value at `path` stands: offset of its first byte, and offset behind its last.

    Behind a None step the span is that of the escaped JSON text inside the string.

    Args:
        raw: The bytes of the row.
        path: Steps from the row down.

    Raises:
        EditError: `raw` is not JSON, or nothing stands at `path`.
    """
    splice = _plan(raw, edit_tree([Replace(path, None)]))[0]
    return splice.start, splice.end


def _plan(raw: bytes, root: EditNode) -> list[Splice]:
    """The splices of all edits in the tree, in the order of the bytes and without overlap."""
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise EditError(f"{place(root.path)} holds no JSON") from None
    splices = sorted(_walk(raw, root), key=lambda splice: splice[:2])
    for before, after in pairwise(splices):
        if before.end > after.start:
            raise EditError("edits overlap")
    return splices


def _walk(raw: bytes, root: EditNode) -> list[Splice]:
    """One pass over the bytes with a stack of the containers whose members are edited; others are skipped whole."""
    splices: list[Splice] = []
    boxes: list[Container] = []
    node: EditNode | None = root
    at = skip_white(raw, 0)
    while True:
        if node is not None and node.goes_inside:
            if raw[at] not in b"{[":
                raise EditError(f"{place(node.path)} is no object or array")
            boxes.append(Container(node, at, keyed=raw[at : at + 1] == b"{"))
            at = skip_white(raw, at + 1)
            if raw[at] not in b"}]":
                node, at = boxes[-1].begin_member(raw, at)
                continue
            splices += boxes.pop().close(raw, at)
            at += 1
        else:
            start, at = at, end_of_value(raw, at)
            if node is not None:
                splices += _value_splices(raw, start, at, node)
        while boxes:  # a value ends here: on to the next member, or up past closing brackets
            boxes[-1].members[-1].end = at
            at = skip_white(raw, at)
            if raw[at] == _COMMA:
                break
            splices += boxes.pop().close(raw, at)
            at += 1
        else:
            return splices
        node, at = boxes[-1].begin_member(raw, skip_white(raw, at + 1))


def _value_splices(raw: bytes, start: int, end: int, node: EditNode) -> list[Splice]:
    """The splices inside one value that is replaced, or whose text is."""
    token = raw[start:end]
    if node.replace is not None:
        return [Splice(start, end, write_value(node.replace.value, ascii_only=prefers_ascii(token)))]
    embedded = node.children.get(None)
    if not node.texts and embedded is None:
        return []
    if token[0] != _QUOTE:
        raise EditError(f"{place(node.path)} is no string")
    text: str = orjson.loads(token)
    inner = _plan(text.encode(), embedded) if embedded is not None else _text_splices(text, node)
    ascii_only = prefers_ascii(token)
    bounds = iter(token_offsets(token, [offset for splice in inner for offset in splice[:2]]))
    return [
        Splice(start + next(bounds), start + next(bounds), write_content(new.decode(), ascii_only=ascii_only))
        for _, _, new in inner
    ]


def _text_splices(text: str, node: EditNode) -> list[Splice]:
    """Replaced stretches of a text as splices of its UTF-8 bytes."""
    edits = sorted(node.texts, key=lambda edit: (edit.start, edit.end))
    at = 0
    for edit in edits:
        if not 0 <= edit.start <= edit.end <= len(text):
            raise EditError(
                f"{edit.start} to {edit.end} is no stretch of {place(node.path)}, {len(text)} characters long"
            )
        if edit.start < at:
            raise EditError(f"edits of the text at {place(node.path)} overlap")
        at = edit.end
    bounds = iter(byte_offsets(text, [offset for edit in edits for offset in (edit.start, edit.end)]))
    try:
        return [Splice(next(bounds), next(bounds), edit.text.encode()) for edit in edits]
    except UnicodeEncodeError:
        raise EditError("the new text holds a lone surrogate") from None
