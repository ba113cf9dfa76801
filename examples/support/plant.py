"""The faults that are planted in the example: broken lines, pasted walls of text, and where private values stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slots import draw, pick

if TYPE_CHECKING:
    from blocks import Scenario

Spoil = Callable[[dict[str, Any]], bytes]


def written(value: object) -> bytes:
    """A row as the export writes it."""
    return json.dumps(value, ensure_ascii=False).encode()


def truncated(value: dict[str, Any]) -> bytes:
    """The export was cut off in the middle of a string."""
    raw = written(value)
    return raw[: len(raw) * 2 // 3]


def trailing_comma(value: dict[str, Any]) -> bytes:
    """Lines that were cut out of an array keep its comma inside the object."""
    return written(value)[:-1] + b",}"


def bad_utf8(value: dict[str, Any]) -> bytes:
    """A Latin-1 letter in a UTF-8 file."""
    return written(value).replace("ü".encode(), b"\xfc")


def not_a_number(value: dict[str, Any]) -> bytes:
    """Python writes a missing score as NaN, which is not JSON."""
    value["metadata"]["score"] = float("nan")
    return written(value)


def lone_surrogate(value: dict[str, Any]) -> bytes:
    """Half of an emoji, cut by a program that counts in UTF-16."""
    return written(value).replace(b"HALF", b"\\ud83d")


def array_row(value: dict[str, Any]) -> bytes:
    """The messages alone, without the object around them."""
    return written(value["messages"])


def duplicate_key(value: dict[str, Any]) -> bytes:
    """The same key twice: most readers silently take the second."""
    return b'{"messages": [], ' + written(value)[1:]


def two_values(value: dict[str, Any]) -> bytes:
    """Two rows on one line, the line feed between them lost."""
    return written(value) + written(value)


def missing_messages(value: dict[str, Any]) -> bytes:
    """The conversation stands under another name."""
    return written({"conversation_text": value["messages"][1]["content"], "metadata": value["metadata"]})


def empty_messages(value: dict[str, Any]) -> bytes:
    """A ticket that was opened and never filled."""
    return written({"messages": [], "metadata": value["metadata"]})


def unknown_role(value: dict[str, Any]) -> bytes:
    """A role that the help desk knows and no trainer does."""
    value["messages"][1]["role"] = "customer"
    return written(value)


def orphan_tool_result(value: dict[str, Any]) -> bytes:
    """A tool result whose call was lost."""
    value["messages"].insert(2, {"role": "tool", "tool_call_id": "call_00000000", "content": '{"state": "open"}'})
    return written(value)


def assistant_without_content(value: dict[str, Any]) -> bytes:
    """An answer that says nothing and calls nothing."""
    del value["messages"][2]["content"]
    return written(value)


@dataclass(frozen=True)
class Fault:
    """One broken line: what it would have said, how it is spoilt, and why it has to leave."""

    month: int
    spoil: Spoil
    reason: str
    rule: str
    user: str
    answer: str

    @property
    def kind(self) -> str:
        return self.spoil.__name__


BROKEN = [
    Fault(
        4,
        truncated,
        "invalid_json",
        "json.parse",
        "The tablet beeps when I turn it on. Three short, one long.",
        "That is the sound of an empty cell, please charge it for an hour.",
    ),
    Fault(
        5,
        truncated,
        "invalid_json",
        "json.parse",
        "Could you send a spare nib to my hotel?",
        "Gladly, please tell me until when you are staying.",
    ),
    Fault(
        5,
        truncated,
        "invalid_json",
        "json.parse",
        "My bill has a line called 'ink'. There is no ink in a tablet!",
        "It is the name of our font package, and you can cancel it.",
    ),
    Fault(
        4,
        trailing_comma,
        "invalid_json",
        "json.parse",
        "Does the cover exist in linen?",
        "In linen and in wool felt, both in grey.",
    ),
    Fault(
        5,
        trailing_comma,
        "invalid_json",
        "json.parse",
        "Which cable is in the box?",
        "A braided one, a metre long, with the same plug on both ends.",
    ),
    Fault(
        4,
        bad_utf8,
        "invalid_json",
        "json.utf8",
        "Ich möchte mein Gerät zurückgeben, was muss ich tun?",
        "Öffnen Sie bitte die Bestellung und wählen Sie dort Rückgabe.",
    ),
    Fault(
        5,
        bad_utf8,
        "invalid_json",
        "json.utf8",
        "Die Stiftspitze drückt sich ein.",
        "Dann schicken wir Ihnen gern ein Tütchen mit neuen Spitzen.",
    ),
    Fault(
        4,
        not_a_number,
        "invalid_json",
        "json.number",
        "Can I rename a notebook after sharing it?",
        "Yes, and everybody sees the new name at once.",
    ),
    Fault(
        5,
        lone_surrogate,
        "invalid_json",
        "json.surrogate",
        "The stickers come out as boxes HALF on the printed page.",
        "Please install the print font from the settings page.",
    ),
    Fault(
        4,
        array_row,
        "invalid_record",
        "json.not_object",
        "How many pages fit on a Mini?",
        "About eighty thousand if you mostly write.",
    ),
    Fault(
        4,
        duplicate_key,
        "invalid_record",
        "json.dup_key",
        "Is there a ruler tool?",
        "Hold the pen still at the end of a line and it becomes straight.",
    ),
    Fault(
        5,
        two_values,
        "invalid_json",
        "json.two_values",
        "Do you ship to islands?",
        "To every island with a post office.",
    ),
    Fault(
        5,
        missing_messages,
        "invalid_record",
        "schema.missing",
        "Who answers on Sundays?",
        "A smaller team, from ten to four.",
    ),
    Fault(4, empty_messages, "invalid_record", "schema.min_items", "", ""),
    Fault(
        5,
        unknown_role,
        "invalid_record",
        "role.unknown",
        "My notes from 2019 are gone from the list.",
        "They were archived; tap the box at the bottom of the list.",
    ),
    Fault(
        4,
        orphan_tool_result,
        "invalid_record",
        "tool.orphan_result",
        "What is the state of my repair?",
        "It is open, the technician starts on Thursday.",
    ),
    Fault(5, assistant_without_content, "invalid_record", "content.empty", "Are you a person?", ""),
]


def long_log(number: int) -> str:
    """A device log of more than 4,096 tokens, as customers paste it."""
    parts = ["sync", "store", "index", "display", "pen", "power", "radio", "clock"]
    verbs = ["queued", "sent", "retried", "skipped", "written", "checked", "opened", "closed", "waiting"]
    things = ["page", "stroke", "layer", "cover", "thumbnail", "bundle", "notebook", "tag"]
    lines = []
    for step in range(220):
        name = f"log{number}/{step}"
        lines.append(
            f"[{step:04}] {pick(parts, 'p' + name)}: {pick(verbs, 'v' + name)} {pick(things, 't' + name)} "
            f"{draw(name, 4096):03x} after {draw('ms' + name, 900)} ms, {draw('left' + name, 60)} left, "
            f"{pick(['ok', 'ok', 'ok', 'slow', 'again'], 'end' + name)}"
        )
    return "\n".join(lines)


def long_export(scenarios: list[Scenario]) -> str:
    """Most answers of the help desk in one message, with slots taken out."""
    sections = []
    for scenario in scenarios:
        text = " ".join(options[-1] for options in scenario.answers if "{" not in options[-1])
        asked = "" if "{" in scenario.users[-1] else scenario.users[-1] + " "
        sections.append(f"{scenario.name.replace('_', ' ').title()}: {asked}{text}")
        sections += [reply for _, reply in scenario.followups if "{" not in reply]
    return "\n".join(sections)


def strings(value: object, path: str = "$") -> Iterator[tuple[str, str]]:
    """All strings of a row with their JSON paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from strings(child, f"{path}.{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from strings(child, f"{path}[{index}]")


def place_of(path: str, row: dict[str, Any]) -> str:
    """Where a string stands, in words."""
    if path.endswith(".arguments"):
        return "tool_arguments"
    if not path.startswith("$.messages"):
        return path.removeprefix("$.").partition("[")[0]
    if path.endswith(".text"):
        return "content_part"
    role = row["messages"][int(path.removeprefix("$.messages[").partition("]")[0])]["role"]
    return "tool_result" if role == "tool" else role


def planted_pii(row: dict[str, Any], secrets: dict[str, str], place: tuple[str, int]) -> Iterator[dict[str, Any]]:
    """One entry per private value and string that holds it."""
    for path, text in strings(row):
        for value, kind in secrets.items():
            if times := text.count(value):
                file, line = place
                about = {"kind": kind, "file": file, "line": line, "path": path, "place": place_of(path, row)}
                yield about | {"value": value, "times": times}
