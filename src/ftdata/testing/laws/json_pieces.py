"""A JSON text in pieces that make it up again, each with its place: what tells an edited row from a rewritten one.

Written apart from `ftdata.json_bytes`, which makes the edits, so that a mistake there cannot hide itself here.
"""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["changed_outside", "pieces"]

_TOKEN = re.compile(rb'[ \t\r\n]*("(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+)[ \t\r\n]*', re.DOTALL)
Place = tuple[str, ...]


def pieces(raw: bytes) -> dict[Place, bytes]:
    """Cut a JSON text into tokens with the white space around them, each under its place.

    Returns:
        Place to bytes. A place is the path of keys and positions, then what stands there: `value` (a string, number or
        word), `open`, `close`, `key`, `colon`, or `comma` (behind an element). Joined in order they are `raw`.

    Raises:
        ValueError: It is no JSON text.
    """
    found: dict[Place, bytes] = {}
    tokens = [match.group(0) for match in _TOKEN.finditer(raw)]
    if b"".join(tokens) != raw:
        raise ValueError("not JSON")
    # Containers that are open: path, whether it is an object, key or position of the element at hand.
    stack: list[tuple[Place, bool, str]] = []
    path: Place = ()
    wants_key = False
    for token in tokens:
        mark = token.strip()
        if mark in (b"{", b"["):
            found[*path, "open"] = token
            stack.append((path, mark == b"{", "0"))
            wants_key = mark == b"{"
            path = (*path, "0")
        elif mark in (b"}", b"]"):
            path = stack.pop()[0]
            found[*path, "close"] = token
            wants_key = False
        elif mark == b",":
            found[*path, "comma"] = token
            above, is_object, at = stack[-1]
            following = at if is_object else str(int(at) + 1)
            stack[-1] = (above, is_object, following)
            path, wants_key = (*above, following), is_object
        elif mark == b":":
            found[*path, "colon"] = token
            wants_key = False
        elif wants_key:
            path = (*stack[-1][0], "." + json.loads(mark))
            found[*path, "key"] = token
        else:
            found[*path, "value"] = token
    return found


def changed_outside(before: bytes, after: bytes) -> str | None:
    """Where two versions of a row differ although they mean the same there, or None.

    What is only in one of them was put in or taken out, and the white space where it was joined with its neighbours
    went with it. Inside an array that grew or shrank, elements have other positions, so it is not looked into.

    Args:
        before: The row before an edit.
        after: The row after it.

    Raises:
        ValueError: One of them is no JSON text.
    """
    old, new = pieces(before), pieces(after)
    sizes = _sizes(new)
    resized = [place for place, size in _sizes(old).items() if sizes.get(place, size) != size]
    joined = {place[:-2] for place in old.keys() ^ new.keys() if place[-1] == "key"}
    for place in sorted(old.keys() & new.keys()):
        was, now = old[place], new[place]
        if any(place[: len(one)] == one for one in resized):
            continue
        if (place[:-1] if place[-1] == "open" else place[:-2]) in joined:
            was, now = was.rstrip(), now.rstrip()
        if was == now:
            continue
        if place[-1] != "value":
            return f"{_name(place)} was {was!r} and is {now!r}"
        if _means(was) == _means(now):
            return f"the same value at {_name(place)} was {was!r} and is {now!r}"
        if _around(was) != _around(now):
            return f"white space around {_name(place)} was {was!r} and is {now!r}"
    return None


def _sizes(found: dict[Place, bytes]) -> dict[Place, int]:
    """How many elements each array has."""
    arrays = {place[:-1]: 0 for place, token in found.items() if place[-1] == "open" and token.strip() == b"["}
    for place in found:
        for length in range(len(place) - 1):
            if place[:length] in arrays:
                arrays[place[:length]] = max(arrays[place[:length]], int(place[length]) + 1)
    return arrays


def _means(token: bytes) -> tuple[type, Any]:
    value = json.loads(token)
    return type(value), value


def _around(token: bytes) -> tuple[bytes, bytes]:
    stripped = token.strip()
    start = token.index(stripped)
    return token[:start], token[start + len(stripped) :]


def _name(place: Place) -> str:
    return "$" + "".join(step if step.startswith(".") else f"[{step}]" for step in place[:-1]) + f" ({place[-1]})"
