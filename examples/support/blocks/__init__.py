"""Reads the hand-written conversations: one file per topic, one `# name` per scenario.

Each line of a scenario has a letter: `u` what the customer writes (one line per variant), `p` the same as content
parts with a picture, `c` a tool call and `t` its result, `a` a sentence of the answer with alternatives between `||`,
`f` and `r` a follow-up and its reply, `g` the problem in a few words, `b` a bad answer, `e` an edit `old -> new`,
`s` where the edited copy goes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SLOT = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Step:
    """A tool call (`c`, with the name of the tool) or the result of one (`t`)."""

    kind: str
    text: str
    name: str = ""


@dataclass
class Scenario:
    """One problem that customers have, with several ways to tell and to answer it."""

    topic: str
    name: str
    users: list[str] = field(default_factory=list)
    answers: list[list[str]] = field(default_factory=list)
    calls: list[Step] = field(default_factory=list)
    followups: list[tuple[str, str]] = field(default_factory=list)
    picture: bool = False
    gist: str = ""
    bad: str = ""
    edit: tuple[str, ...] = ()
    source: str = ""

    def tools(self) -> list[dict]:
        """Definitions of the tools that are called, derived from the arguments of the calls."""
        types = {bool: "boolean", int: "integer", str: "string", dict: "object", list: "array"}
        known: dict[str, dict] = {}
        for step in self.calls:
            if step.kind == "c":
                arguments = json.loads(SLOT.sub("x", step.text))
                properties = known.setdefault(step.name, {})
                properties |= {key: {"type": types[type(value)]} for key, value in arguments.items()}
        return [
            {
                "type": "function",
                "function": {
                    "name": name,
                    "description": name.replace("_", " ").capitalize() + ".",
                    "parameters": {"type": "object", "properties": properties, "required": list(properties)[:1]},
                },
            }
            for name, properties in known.items()
        ]


def read_block(path: Path) -> list[Scenario]:
    """All scenarios of one file."""
    found: list[Scenario] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            found.append(Scenario(path.stem, line[2:]))
        elif line:
            add_line(found[-1], line[0], line[3:].replace("\\n", "\n"))
    return found


def add_line(scenario: Scenario, letter: str, text: str) -> None:
    """Put one line into its scenario."""
    match letter:
        case "u" | "p":
            scenario.users.append(text)
            scenario.picture = letter == "p"
        case "a":
            scenario.answers.append(text.split(" || "))
        case "c":
            name, _, arguments = text.partition(" ")
            scenario.calls.append(Step("c", arguments, name))
        case "t":
            scenario.calls.append(Step("t", text))
        case "f":
            scenario.followups.append((text, ""))
        case "r":
            scenario.followups[-1] = (scenario.followups[-1][0], text)
        case "g":
            scenario.gist = text
        case "b":
            scenario.bad = text
        case "e":
            scenario.edit = tuple(text.split(" -> "))
        case "s":
            scenario.source = text
        case _:
            raise ValueError(f"{scenario.topic}/{scenario.name}: no line begins with {letter!r}")


def read_blocks(folder: Path) -> dict[str, list[Scenario]]:
    """All scenarios by topic."""
    return {path.stem: read_block(path) for path in sorted(folder.glob("*.txt"))}
