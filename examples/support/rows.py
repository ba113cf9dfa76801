"""One row of the example: its words, its layout, and what was planted in it."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slots import Slots, draw, pick

if TYPE_CHECKING:
    from blocks import Scenario

SYSTEM = (
    "You are the support assistant of Quillmoor, maker of the Slate paper tablets. Answer in the language of the "
    "customer, politely and to the point. Name the menu or page that is meant. Never ask for card numbers, passwords or "
    "identity numbers. If you cannot solve something, say what happens next and when."
)
HELLO = ["Hi,", "Hello,", "Good morning,", "Dear Quillmoor team,", "Hey,", "Hi there!", "", "", "", "", "", ""]
BYE = [
    "Thanks!",
    "Thank you, {name}",
    "Regards, {name}",
    "Best, {name}",
    "cheers",
    "Thanks in advance.",
    "",
    "",
    "",
    "",
]
OPEN = [
    "Thanks for writing, {name}.",
    "Hello {name}.",
    "Good question.",
    "I had a look.",
    "Thank you for the details.",
    "Let me help with that.",
    "",
    "",
    "",
    "",
]
CLOSE = [
    "Let me know how it goes.",
    "Have a good day!",
    "Write again if anything is unclear.",
    "I hope that helps.",
    "Is there anything else?",
    "Best wishes from Tallinn.",
    "",
    "",
    "",
    "",
    "",
]
PERSONAS = [
    "a primary school teacher",
    "a retired engineer",
    "a student of medicine",
    "the secretary of a law office",
    "a freelance illustrator",
    "a violinist in an orchestra",
    "a nurse on night shifts",
    "the owner of a bakery",
    "a doctoral student in botany",
    "a volunteer at a public library",
    "a journalist who travels a lot",
    "a project manager with a large team",
]
ASK = [
    "I am {persona} and have run into the following: {gist}. What are my options?",
    "As {persona}, I would be grateful for clear instructions. The situation is this: {gist}.",
    "Dear support team, here is my problem: {gist}. I am {persona} and would like to have it solved by {date}.",
    "A quick question from {persona}. What do you recommend when {gist}?",
    "Could you explain to {persona} what has to be done if {gist}? I have a {device} and use version {version}.",
    "{gist}, and that has happened to me twice since {month}. I work as {persona}, so please keep it simple.",
]


@dataclass
class Row:
    """One line on its way into a file, with what was planted in it."""

    key: str  # name of the row in planted.json
    value: dict | None = None
    raw: bytes | None = None  # instead of value: written as it stands
    secrets: dict[str, str] = field(default_factory=dict)  # planted private values -> kind
    style: str = ""  # "compact", "ascii", "spaced", "reversed": how the JSON is written
    end: bytes = b"\n"
    place: tuple[str, int] = ("", 0)

    def line(self, *, compact: bool) -> bytes:
        if self.raw is not None:
            return self.raw
        value = dict(reversed(self.value.items())) if self.style == "reversed" else self.value
        separators = (" ,  ", " :  ") if self.style == "spaced" else ((",", ":") if compact else (", ", ": "))
        return json.dumps(value, ensure_ascii=self.style == "ascii", separators=separators).encode()


def ticket_id(name: str) -> str:
    return f"QM-{draw('ticket' + name, 16**6):06X}"


def metadata(key: str, day: str) -> dict:
    return {"ticket_id": key, "customer": f"c-{1000 + draw('customer' + key, 170)}", "created": day}


def day_of(name: str, month: int) -> str:
    return f"2026-{month:02}-{1 + draw('day' + name, 30):02}"


def decorate(words: list[str], before: list[str], after: list[str], key: str) -> str:
    return " ".join(part for part in (pick(before, key + "<"), *words, pick(after, key + ">")) if part)


def conversation(
    key: str, scenario: Scenario, variant: int, *, plain: bool = False
) -> tuple[list[dict], dict[str, str]]:
    """The messages of one ticket, and the private values that its slots were filled with."""
    slots = Slots(key, secret=scenario.topic == "private")
    asked = scenario.users[variant % len(scenario.users)]
    answer = [options[variant % len(options)] for options in scenario.answers]
    if not plain:
        asked, answer = decorate([asked], HELLO, BYE, key), [decorate(answer, OPEN, CLOSE, key)]
    messages: list[dict] = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": slots.fill(asked)}]
    number = 0
    for step in scenario.calls:  # consecutive calls are made in parallel, then answered in the same order
        if step.kind == "c":
            number += 1
            arguments = json.dumps(json.loads(slots.fill(step.text)))
            call = {"id": f"call_{draw(key + str(number), 10**8):08}", "type": "function"}
            call["function"] = {"name": step.name, "arguments": arguments}
            if messages[-1]["role"] == "assistant":
                messages[-1]["tool_calls"].append(call)
            else:
                messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        else:
            answered = sum(message["role"] == "tool" for message in messages)
            calls = [call for message in messages for call in message.get("tool_calls", ())]
            messages.append({"role": "tool", "tool_call_id": calls[answered]["id"], "content": slots.fill(step.text)})
    messages.append({"role": "assistant", "content": slots.fill(" ".join(answer))})
    for followup, reply in scenario.followups:
        messages += [
            {"role": "user", "content": slots.fill(followup)},
            {"role": "assistant", "content": slots.fill(reply)},
        ]
    if scenario.picture:
        picture = {"url": f"https://uploads.quillmoor.example/{draw(key, 10**6):06}.png"}
        parts = [{"type": "text", "text": messages[1]["content"]}, {"type": "image_url", "image_url": picture}]
        messages[1]["content"] = parts
    return messages, slots.secrets


def ticket(scenario: Scenario, variant: int, month: int, *, plain: bool = False) -> Row:
    name = f"{scenario.topic}/{scenario.name}/{variant}"
    key = ticket_id(name)
    messages, secrets = conversation(name, scenario, variant, plain=plain)
    value: dict = {"messages": messages}
    if tools := scenario.tools():
        value["tools"] = tools
    if scenario.followups and draw("weight" + name, 2):
        for message in messages:
            if message["role"] == "assistant":
                message["weight"] = int(message is messages[-1])
    value["metadata"] = metadata(key, day_of(name, month))
    return Row(name, value, secrets=secrets, style="ascii" if draw("ascii" + name, 9) == 0 else "")


def single(name: str, user: str, answer: str, *, month: int = 4, system: bool = True, key: str | None = None) -> Row:
    """A row with one question and one answer, as most planted rows are."""
    messages = [{"role": "system", "content": SYSTEM}] if system else []
    messages += [{"role": "user", "content": user}, {"role": "assistant", "content": answer}]
    number = key or ticket_id(name)
    return Row(name, {"messages": messages, "metadata": metadata(number, day_of(name, month))})


def copy_of(row: Row, name: str, **changes: str) -> Row:
    """The same conversation again, with changes to its metadata."""
    value = copy.deepcopy(row.value)
    value["metadata"] |= changes
    return Row(name, value, secrets=dict(row.secrets), style=row.style)


def edited(scenario: Scenario, text: str) -> str:
    old, new = scenario.edit
    return text.replace(old, new)
