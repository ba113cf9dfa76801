"""Which rows belong together, told by the rows alone: written apart from Split, by brute force, with no import of ours."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any


def components(rows: list[dict[str, Any] | None], *, key: str, related: float) -> list[set[int]]:
    """Rows that must stand in one split, as sets of their places.

    Rows are tied by a group, by an id that one has and another names as a parent, by a parent that both name (there or
    not), by an id that both have if any row names it as a parent, and by what user and assistant say, most of
    whose five words in a row they share; and ties are passed on.

    Args:
        rows: Every row that was read, None for a broken one.
        key: Where the facts of a row stand.
        related: Least share of common five-word sequences.
    """
    joined: list[set[int]] = [{place} for place in range(len(rows))]
    facts = [(row or {}).get(key, {}) for row in rows]
    named = [_names("group", [one.get("group")]) for one in facts]
    parents = [one.get("parents") for one in facts]
    asked = [_names("id", one if isinstance(one, list) else [one]) for one in parents]
    anybodys = set[str]().union(*asked)
    for ties, parents_of_it, one in zip(named, asked, facts, strict=True):
        ties.update(parents_of_it, _names("id", [one.get("id")]) & anybodys)
    words = [_five_words(row) for row in rows]
    for left, right in combinations(range(len(rows)), 2):
        common, every = words[left] & words[right], words[left] | words[right]
        if named[left] & named[right] or (every and len(common) / len(every) >= related):
            one, other = (next(part for part in joined if place in part) for place in (left, right))
            if one is not other:
                joined.remove(other)
                one |= other
    return joined


def _names(kind: str, values: list[Any]) -> set[str]:
    """What can be a name: text that is not blank, and whole numbers, however they are written."""
    known = [value for value in values if isinstance(value, str | int | float) and not isinstance(value, bool)]
    told = {
        f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip() for value in known
    }
    return {f"{kind} {name}" for name in told if name}


def _five_words(row: dict[str, Any] | None) -> set[tuple[str, ...]]:
    messages = [one for one in (row or {}).get("messages", ()) if one.get("role") != "system"]
    said = " ".join(one["content"] for one in messages).lower().split()
    return {tuple(said[at : at + 5]) for at in range(max(1, len(said) - 4))} if said else set()


def parsed(lines: list[bytes]) -> list[dict[str, Any] | None]:
    """The rows of lines, None for a line that is none."""
    made: list[dict[str, Any] | None] = []
    for raw in lines:
        try:
            value = json.loads(raw)
        except ValueError:
            value = None
        made.append(value if isinstance(value, dict) else None)
    return made
