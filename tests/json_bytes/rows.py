"""Random rows in random spellings, random edits of them, and what the edits should give."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ftdata.json_bytes import Insert, Remove, Rename, Replace, ReplaceText

CHARS = [
    "a",
    "b",
    " ",
    '"',
    "\\",
    "/",
    "\n",
    "\t",
    "\x00",
    "\x7f",
    "é",
    "日",
    "\u2028",
    "\U0001f600",
    "{",
    "}",
    ":",
    ",",
]
SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "/": "\\/"}


def random_text(rng, most=8):
    return "".join(rng.choice(CHARS) for _ in range(rng.randrange(most)))


def random_value(rng, depth=0):
    roll = rng.random()
    if depth > 3 or roll < 0.45:
        return rng.choice([None, True, -1, 0.5, 10**18, "", random_text(rng), random_text(rng)])
    if roll < 0.55:  # JSON text in a string, once or twice
        return Spelled(rng, random_value(rng, depth + 1))
    if roll < 0.75:
        return [random_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return random_row(rng, depth + 1)


def random_row(rng, depth=0):
    return {
        rng.choice(["a", "b", "é", 'q"', "role", "x\\"]): random_value(rng, depth + 1) for _ in range(rng.randrange(5))
    }


class Spelled(str):
    """A string that holds JSON text."""

    __slots__ = ("value",)

    def __new__(cls, rng, value):
        self = super().__new__(cls, spell(value, rng))
        self.value = value
        return self


def spell(value, rng, style=None):
    """JSON text for a value: odd white space, needless escapes, ASCII or not."""
    style = style or rng.choice(["ascii", "raw", "mixed"])
    roomy = rng.random() < 0.5

    def space():
        return rng.choice(["", " ", "\n  ", "\t", "\r\n"]) if roomy else ""

    def quoted(text):
        out = []
        for char in text:
            number = ord(char)
            if char in SHORT and (char != "/" or rng.random() < 0.5) and rng.random() < 0.8:
                out.append(SHORT[char])
            elif (
                char in '"\\'
                or number < 32
                or (number > 126 and style == "ascii")
                or (style == "mixed" and rng.random() < 0.3)
            ):
                out.append(json.dumps(char)[1:-1] if number > 126 else f"\\u{number:04X}")
            else:
                out.append(char)
        return '"' + "".join(out) + '"'

    def written(here):
        if isinstance(here, str):
            return quoted(here)
        if isinstance(here, list):
            return "[" + space() + f"{space()},{space()}".join(map(written, here)) + space() + "]"
        if isinstance(here, dict):
            members = [f"{quoted(key)}{space()}:{space()}{written(child)}" for key, child in here.items()]
            return "{" + space() + f"{space()},{space()}".join(members) + space() + "}"
        return json.dumps(here)

    return space() + written(value) + space()


def random_edits(rng, value, path=(), *, structure=True):
    """Edits that fit the value and do not touch each other."""
    edits = []
    roll = rng.random()
    if path and roll < 0.15:
        return [Replace(path, rng.choice([None, 7, "né\U0001f600", {"k": ["ü"]}, [], ""]))]
    if isinstance(value, Spelled) and roll < 0.8:
        return random_edits(rng, value.value, (*path, None), structure=structure)
    if isinstance(value, str) and roll < 0.7:
        cuts = sorted(rng.randrange(len(value) + 1) for _ in range(2 * rng.randrange(4)))
        edits = [
            ReplaceText(path, start, end, random_text(rng)) for start, end in zip(cuts[::2], cuts[1::2], strict=True)
        ]
        rng.shuffle(edits)
        # Two insertions at one place stand in the order of their edits: kept out, the model need not know.
        return edits if len({cut.start for cut in edits}) == len(edits) else edits[:1]
    if isinstance(value, list):
        for index, child in enumerate(value):
            if structure and rng.random() < 0.25:
                edits.append(Remove((*path, index)))
            else:
                edits += random_edits(rng, child, (*path, index), structure=structure)
        if structure:
            edits += [Insert((*path, rng.randrange(len(value) + 1)), random_text(rng)) for _ in range(rng.randrange(3))]
    if isinstance(value, dict):
        for key, child in value.items():
            if structure and rng.random() < 0.2:
                edits.append(Remove((*path, key)))
                continue
            if structure and rng.random() < 0.2:
                edits.append(Rename((*path, key), f"new {key}"))
            edits += random_edits(rng, child, (*path, key), structure=structure)
        if structure:
            edits += [Insert((*path, f"more {n} é"), [n, random_text(rng)]) for n in range(rng.randrange(3))]
    return edits


@dataclass
class Embedded:
    """A string whose JSON text must mean this."""

    value: object


def expected(value, edits, path=()):
    """The edits carried out on parsed values, by another way than the bytes."""
    here = [edit for edit in edits if edit.path == path and not isinstance(edit, Insert)]
    for edit in here:
        if isinstance(edit, Replace):
            return edit.value
    texts = sorted((edit for edit in here if isinstance(edit, ReplaceText)), key=lambda edit: (edit.start, edit.end))
    if texts:
        for edit in reversed(texts):
            value = value[: edit.start] + edit.text + value[edit.end :]
        return value
    below = [edit for edit in edits if edit.path[: len(path)] == path and len(edit.path) > len(path)]
    if not below:
        return value
    if isinstance(value, str):
        return Embedded(expected(json.loads(value), edits, (*path, None)))
    removed = {edit.path for edit in edits if isinstance(edit, Remove)}
    inserts = [edit for edit in edits if isinstance(edit, Insert) and edit.path[:-1] == path]
    if isinstance(value, list):
        out = []
        for index in range(len(value) + 1):
            out += [edit.value for edit in inserts if edit.path[-1] == index]
            if index < len(value) and (*path, index) not in removed:
                out.append(expected(value[index], edits, (*path, index)))
        return out
    renamed = {edit.path: edit.key for edit in edits if isinstance(edit, Rename)}
    out = {
        renamed.get((*path, key), key): expected(child, edits, (*path, key))
        for key, child in value.items()
        if (*path, key) not in removed
    }
    return out | {edit.path[-1]: edit.value for edit in inserts}


def same(actual, wanted):
    """Equal values, keys in the same order, embedded JSON compared by what it means."""
    if isinstance(wanted, Embedded):
        return isinstance(actual, str) and same(json.loads(actual), wanted.value)
    if isinstance(wanted, dict):
        return list(actual) == list(wanted) and all(same(actual[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return len(actual) == len(wanted) and all(map(same, actual, wanted))
    return type(actual) is type(wanted) and actual == wanted if not isinstance(wanted, str) else actual == wanted
