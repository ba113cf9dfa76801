"""What can be done to a value in a row, and the tree that brings the edits of one row in order by path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from ftdata.json_bytes.paths import KNOWN_KEYS, show_path
from ftdata.json_bytes.values import JsonValue, Path, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Edit",
    "EditError",
    "EditNode",
    "Insert",
    "Remove",
    "Rename",
    "Replace",
    "ReplaceText",
    "edit_tree",
    "place",
]


class EditError(ValueError):
    """An edit does not fit the row: nothing stands at its path, or it overlaps with another edit."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Put another value in the place of the one at `path`."""

    path: Path
    value: JsonValue


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """Put `text` in the place of the code points `start` to `end` (exclusive) of the string at `path`.

    The rest of the string keeps its bytes, escapes included.
    """

    path: Path
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Take the member or element at `path` out of its object or array, with one comma."""

    path: Path


@dataclass(frozen=True, slots=True)
class Insert:
    """Add a value. The last step of `path` is its key, which goes to the end of the object, or its index.

    An index counts the elements as they were: 0 is before the first, the length of the array behind the last. Several
    values for one index stand in the order of their edits.
    """

    path: Path
    value: JsonValue


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the member at `path` another key; its place and its value stay."""

    path: Path
    key: str


Edit: TypeAlias = Replace | ReplaceText | Remove | Insert | Rename


@dataclass(slots=True)
class EditNode:
    """The edits of the value at one path, and of what is below it."""

    path: Path
    children: dict[Step, EditNode] = field(default_factory=dict[Step, "EditNode"])
    replace: Replace | None = None
    texts: list[ReplaceText] = field(default_factory=list[ReplaceText])
    remove: bool = False
    rename: str | None = None
    inserts: list[Insert] = field(default_factory=list[Insert])

    @property
    def goes_inside(self) -> bool:
        """Whether members of the object or array here are edited."""
        return bool(self.inserts) or any(step is not None for step in self.children)


def place(path: Path) -> str:
    """The path for an error message: keys that are not of a public format do not show.

    Args:
        path: Steps from the row down.
    """
    return show_path(path, None, KNOWN_KEYS)


def edit_tree(edits: Iterable[Edit]) -> EditNode:
    """Bring edits in order by path.

    Args:
        edits: The edits of one row.

    Raises:
        EditError: Two edits touch the same bytes, whatever the row is.
    """
    root = EditNode(())
    for edit in edits:
        if not isinstance(edit, Replace | ReplaceText) and (not edit.path or edit.path[-1] is None):
            raise EditError(f"{place(edit.path)} is no member of an object or array")
        node = _node(root, edit.path[:-1] if isinstance(edit, Insert) else edit.path)
        if isinstance(edit, Insert):
            node.inserts.append(edit)
        elif isinstance(edit, ReplaceText):
            node.texts.append(edit)
        elif isinstance(edit, Replace):
            if node.replace is not None:
                raise EditError(f"{place(edit.path)} is replaced twice")
            node.replace = edit
        elif isinstance(edit, Remove):
            if node.remove:
                raise EditError(f"{place(edit.path)} is removed twice")
            node.remove = True
        else:
            if node.rename is not None:
                raise EditError(f"{place(edit.path)} is renamed twice")
            node.rename = edit.key
    _check(root)
    return root


def _node(root: EditNode, path: Path) -> EditNode:
    node = root
    for depth, step in enumerate(path, 1):
        below = node.children.get(step)
        if below is None:
            below = node.children[step] = EditNode(path[:depth])
        node = below
    return node


def _check(root: EditNode) -> None:
    nodes = [root]
    while nodes:
        node = nodes.pop()
        kinds = (
            node.replace is not None,
            bool(node.texts),
            node.goes_inside,
            None in node.children,
            node.remove,
        )
        if sum(kinds) > 1 or (node.remove and node.rename is not None):
            raise EditError(f"edits at and below {place(node.path)} overlap")
        nodes.extend(node.children.values())
