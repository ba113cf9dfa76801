"""Counts what a cleaning run got wrong, from its inputs, its outputs and the list of what was planted.

    python benchmarks/judge.py OUT --input tickets/2026-04.jsonl=PATH:human ... [--planted planted.json] [--removed metadata]

It shares no code and no library with either contender: only the standard library is imported, near-copies are found by
brute force with a definition of its own, and rows are matched by content. OUT holds `train.jsonl`, `val.jsonl`,
`test.jsonl`, and whatever names the rows that left: `rejected.jsonl` (source, line) or text files `*.log` (file:line).

Every figure is a number of faults; 0 is right. `WORDS` says what each counts.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brute_force import Texts, grams, jaccard, sample
from judge_rows import PLACEHOLDER, Line, Matched, arguments, read_lines, read_outputs, same_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

NEAR = 0.8
CLEARLY_OTHER = 0.7  # where 0.8 was asked for: room for another definition of words
HELD_OUT = {"val", "test"}

WORDS = {
    "exact_left": "planted exact duplicates left",
    "near_left": "planted near-duplicates left",
    "look_alikes_removed": "planted look-alikes removed",
    "good_rows_lost": "other good rows lost",
    "broken_through": "broken rows let through",
    "wrong_length_through": "rows outside the token limits let through",
    "private_left": "private values left",
    "harmless_changed": "rows with harmless text replaced",
    "synthetic_held_out": "synthetic rows in val or test",
    "customers_straddling": "customers in more than one split",
    "families_straddling": "seeds and rows made from them in more than one split",
    "held_out_copied": "rows of val and test with a near-copy in another split",
    "untraced": "rows that left and that no output names",
    "bytes_altered": "lines with other bytes though nothing was replaced",
    "not_json": "lines that are no strict JSON",
    "arguments_broken": "tool-call arguments that are JSON no more",
    "copies_left": "exact duplicates left",
    "near_copies_left": "rows left with a near-copy that gives the same answer",
    "removed_unlike": "rows removed though no row left is even 0.7 like them",
}


@dataclass(frozen=True)
class Case:
    """What the judge is told about the inputs.

    Attributes:
        planted: The planted faults, as `examples/support/planted.json` has them; None for data nobody planted.
        removed: Keys beside the texts that the run was to remove.
        customer, id, parent: Where in a row these stand, as dotted paths.
        most: How many rows at most are compared with all others, where nothing was planted.
    """

    planted: dict[str, Any] | None = None
    removed: tuple[str, ...] = ()
    customer: str | None = None
    id: str | None = None
    parent: str | None = None
    most: int = 1000


def judge(given: Sequence[Line], folder: Path, case: Case) -> dict[str, Any]:
    """All counts, with the number of rows read and left and how many were compared."""
    left = read_outputs(folder)
    matched = Matched(given, left)
    texts = Texts(line.spoken for line in left)
    counts = {"rows": len(given), "left": len(left), **_anywhere(matched, texts, folder, case)}
    return counts | (_planted(matched, case) if case.planted else _unplanted(matched, texts, case))


# -- what holds for any data ------------------------------------------------------------------------------------------


def _anywhere(matched: Matched, texts: Texts, folder: Path, case: Case) -> dict[str, Any]:
    given, left = matched.given, matched.left
    origins = [{given[i].origin for i in sources} for sources in matched.sources]
    held_out = [number for number, line in enumerate(left) if line.file in HELD_OUT]
    compared = [held_out[i] for i in sample(len(held_out), case.most)]
    copied = [
        number
        for number in compared
        if any(left[other].file != left[number].file for other, _ in texts.alike(texts.sets[number], NEAR))
    ]
    altered = [
        number
        for number, line in enumerate(left)
        if not _replaced(matched, number)
        and not any(same_bytes(line, given[i], case.removed) for i in matched.sources[number] if given[i].value)
    ]
    return {
        "held_out": len(held_out),
        "held_out_compared": len(compared),
        # a row that may be a copy of a human one is taken for human
        "synthetic_held_out": sum(origins[number] == {"synthetic"} for number in held_out),
        "held_out_copied": len(copied),
        "untraced": _untraced(matched, folder),
        "bytes_altered": len(altered),
        "not_json": sum(not _strict(line) for line in left),
        "arguments_broken": sum(_broken_arguments(matched, number) for number in range(len(left))),
    }


def _replaced(matched: Matched, number: int) -> bool:
    """Whether an output has a placeholder that its input does not have."""
    before = {found for i in matched.sources[number] for found in PLACEHOLDER.findall(matched.given[i].text)}
    return bool(set(PLACEHOLDER.findall(matched.left[number].text)) - before)


def _untraced(matched: Matched, folder: Path) -> int:
    """Input rows that are neither in a split nor named by file and line; of equal rows any may be the one that is left."""
    named = _named(folder, {line.file for line in matched.given})
    groups: dict[str, list[Line]] = {}
    for line in matched.given:
        groups.setdefault(line.key, []).append(line)
    return sum(
        max(
            0,
            len(lines) - len(matched.outputs_of.get(key, ())) - sum((line.file, line.line) in named for line in lines),
        )
        for key, lines in groups.items()
    )


def _named(folder: Path, files: set[str]) -> set[tuple[str, int]]:
    told: list[tuple[str, int]] = []
    if (folder / "rejected.jsonl").exists():
        for raw in (folder / "rejected.jsonl").read_bytes().splitlines():
            row = json.loads(raw)
            told.append((row["source"], row["line"]))
    for log in folder.glob("*.log"):
        told += [(file, int(line)) for file, line in re.findall(r"(\S+):(\d+)\b", log.read_text(errors="replace"))]
    return {(name, line) for source, line in told for name in files if source == name or source.endswith(f"/{name}")}


def _strict(line: Line) -> bool:
    def refuse(word: str) -> None:
        raise ValueError(word)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    try:
        value = json.loads(line.raw, parse_constant=refuse, object_pairs_hook=unique)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except ValueError:
        return False
    return isinstance(value, dict)


def _broken_arguments(matched: Matched, number: int) -> int:
    """How many arguments of an output are no JSON although all those of its inputs are."""
    if any(_unreadable(matched.given[i]) for i in matched.sources[number]):
        return 0
    return _unreadable(matched.left[number])


def _unreadable(line: Line) -> int:
    broken = 0
    messages = (line.value or {}).get("messages")
    for message in messages if isinstance(messages, list) else []:
        for text in arguments(message) if isinstance(message, dict) else []:
            try:
                json.loads(text)
            except ValueError:
                broken += 1
    return broken


# -- what was planted -------------------------------------------------------------------------------------------------


def _planted(matched: Matched, case: Case) -> dict[str, Any]:
    planted, given, left = case.planted or {}, matched.given, matched.left
    at = {(line.file, line.line): number for number, line in enumerate(given)}
    outputs = matched.outputs_of

    def rows(group: dict[str, Any]) -> list[Line]:
        return [given[at[file, line]] for file, line in group["rows"] if (file, line) in at]

    def ones(section: str) -> set[int]:
        return {at[one["file"], one["line"]] for one in planted[section] if (one["file"], one["line"]) in at}

    def extra(prefix: str) -> int:
        """Outputs beyond the first, over the groups of duplicates of a kind."""
        groups = [rows(group) for group in planted["duplicates"] if group["kind"].startswith(prefix)]
        found = [sum(len(outputs.get(key, ())) for key in {line.key for line in group}) for group in groups]
        return sum(max(0, count - 1) for count in found)

    twin = {line.key: number for number, group in enumerate(planted["duplicates"]) for line in rows(group)}
    alike = {line.key for group in planted["not_duplicates"] for line in rows(group)}
    broken, length = ones("broken"), ones("over_long") | ones("too_short")
    good = {line.key for number, line in enumerate(given) if number not in broken | length}
    saved = {twin[key] for key in twin.keys() & outputs.keys()}
    # of a group of duplicates one row must be left, whichever
    lost = {twin.get(key, key) for key in good - alike if key not in outputs and twin.get(key) not in saved}
    kinds = set(planted["left_by_default"])
    values = {one["value"] for one in planted["pii"] if one["kind"] not in kinds and (one["file"], one["line"]) in at}
    everything = "\n".join(text for line in left for _, text in line.slots)
    whole = [number for number in range(len(left)) if not any(given[i].values for i in matched.sources[number])]
    return {
        "exact_left": extra("exact") + extra("preference.exact"),
        "near_left": extra("near"),
        "look_alikes_removed": sum(key not in outputs for key in alike),
        "good_rows_lost": len(lost),
        "broken_through": sum(bool(sources) and set(sources) <= broken for sources in matched.sources),
        "wrong_length_through": sum(bool(sources) and set(sources) <= length for sources in matched.sources),
        "private_left": sum(value in everything for value in values),
        "harmless_changed": sum(_replaced(matched, number) or not matched.exact(number) for number in whole),
        "customers_straddling": _straddling(
            matched, [line.look_up(case.customer) if case.customer else None for line in given]
        ),
        "families_straddling": _straddling(matched, _families(given, case)),
    }


def _families(given: Sequence[Line], case: Case) -> list[str | None]:
    """The id of the row that a row goes back to, by way of any number of parents; its own where it has none."""
    if not case.id or not case.parent:
        return [None] * len(given)
    ids = [line.look_up(case.id) for line in given]
    parents = {own: line.look_up(case.parent) for own, line in zip(ids, given, strict=True) if own}

    def root(one: str) -> str:
        passed = {one}
        while (parent := parents.get(one)) and parent not in passed:
            passed.add(parent)
            one = parent
        return one

    return [root(own) if own else None for own in ids]


def _straddling(matched: Matched, belongs: Sequence[str | None]) -> int:
    """How many customers (or families) are in more than one split; an output that may be one of several's is left out."""
    splits: dict[str, set[str]] = {}
    for line, sources in zip(matched.left, matched.sources, strict=True):
        owners = {belongs[i] for i in sources}
        if len(owners) == 1 and (owner := owners.pop()):
            splits.setdefault(owner, set()).add(line.file)
    return sum(len(found) > 1 for found in splits.values())


# -- where nothing was planted ----------------------------------------------------------------------------------------


def _unplanted(matched: Matched, texts: Texts, case: Case) -> dict[str, Any]:
    given, left = matched.given, matched.left
    compared = sample(len(left), case.most)
    near = sum(_has_twin(left, texts, number) for number in compared)
    gone = [line for key, line in {line.key: line for line in given}.items() if key not in matched.outputs_of]
    gone = [line for line in gone if line.slots and len(line.spoken) < 8000]  # longer ones may have been too long
    asked = [gone[i] for i in sample(len(gone), case.most)]
    unlike = sum(not texts.alike(grams(line.spoken), CLEARLY_OTHER) for line in asked)
    return {
        "copies_left": len(left) - len({line.key for line in left}),
        "left_compared": len(compared),
        "near_copies_left": near,
        "removed_compared": len(asked),
        "removed_unlike": unlike,
    }


def _has_twin(left: Sequence[Line], texts: Texts, number: int) -> bool:
    """Whether another row is as like as `NEAR`, the answer taken by itself too."""
    answer = grams(left[number].answer)
    found = texts.alike(texts.sets[number], NEAR)
    return any(other != number and jaccard(answer, grams(left[other].answer)) >= NEAR for other, _ in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--input", action="append", required=True, metavar="NAME=PATH:ORIGIN")
    parser.add_argument("--planted", type=Path)
    parser.add_argument("--removed", action="append", default=[], metavar="KEY")
    parser.add_argument("--customer")
    parser.add_argument("--id")
    parser.add_argument("--parent")
    arguments_given = parser.parse_args()
    planted = json.loads(arguments_given.planted.read_text()) if arguments_given.planted else None
    given: list[Line] = []
    for told in arguments_given.input:
        name, _, rest = told.partition("=")
        path, _, origin = rest.rpartition(":")
        given += read_lines(Path(path), name, origin, planted["pii"] if planted else ())
    case = Case(
        planted, tuple(arguments_given.removed), arguments_given.customer, arguments_given.id, arguments_given.parent
    )
    print(json.dumps(judge(given, arguments_given.out, case), indent=1))


if __name__ == "__main__":
    main()
