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

    Args:
        raw: The JSON text.

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
    went with it. Not looked into are arrays that grew or shrank (their elements have other positions), and objects and
    arrays below the row itself that changed and are compact now: they were replaced whole, which an edit may do.

    Args:
        before: The row before an edit.
        after: The row after it.

    Raises:
        ValueError: One of them is no JSON text.
    """
    old, new = pieces(before), pieces(after)
    sizes = _sizes(new)
    whole = [place for place, size in _sizes(old).items() if sizes.get(place, size) != size]
    whole += [place for place in _containers(new) if place in _containers(old) and _replaced(old, new, place)]
    joined = {place[:-2] for place in old.keys() ^ new.keys() if place[-1] == "key"}
    for place in sorted(old.keys() & new.keys()):
        was, now = old[place], new[place]
        if any(_inside(place, one) for one in whole):
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


def _containers(found: dict[Place, bytes]) -> list[Place]:
    """The objects and arrays, the outermost left out."""
    return [place[:-1] for place in found if place[-1] == "open" and len(place) > 1]


def _inside(place: Place, container: Place) -> bool:
    """Whether a piece is a part of the value at `container`, its key and comma left out."""
    below = place[: len(container)] == container
    return below and (len(place) > len(container) + 1 or place[-1] in ("open", "close"))


def _replaced(old: dict[Place, bytes], new: dict[Place, bytes], container: Place) -> bool:
    """Whether an object or array was replaced whole: it means something else and is written without white space."""
    was, now = (b"".join(found[place] for place in found if _inside(place, container)) for found in (old, new))
    meant = json.loads(now)
    return (
        meant != json.loads(was)
        and now.strip() == json.dumps(meant, ensure_ascii=False, separators=(",", ":")).encode()
    )


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
