"""Problems rule by rule, as `ftdata check` shows them: an export has thousands of problems and few kinds of them.

A kind is a rule, a place in the row with the indexes left out, and a message. Each is told once, with how many rows have
it and where the first of them are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import polars as pl

from ftdata.dataset.shards import load_raws
from ftdata.json_bytes import JsonFault, parse_line
from ftdata.report.findings import SEVERITIES
from ftdata.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftdata.dataset import Dataset
    from ftdata.json_bytes import JsonValue
    from ftdata.report.problems import FoundProblem

__all__ = ["problem_line", "problems_by_rule", "rows_on_one_line"]

_PLACES: Final = 3  # rows named for each kind
_KINDS: Final = 6  # kinds shown for each rule
_NUMBER: Final = re.compile(r"\d+")
_INDEX: Final = re.compile(r"\[\d+\]")
_KEY: Final = re.compile(r"\[key [\d?]+\]")
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]|\[key (\d+)\]")


def problems_by_rule(dataset: Dataset, problems: Sequence[FoundProblem]) -> list[str]:
    """Lines of text: each rule with its kinds, errors first, then by how many rows have them.

    Args:
        dataset: The rows that were checked.
        problems: All their problems, in order.
    """
    nth = rows_on_one_line(dataset)
    rules: defaultdict[tuple[str, str], list[FoundProblem]] = defaultdict(list)
    for one in problems:
        rules[one.severity, one.rule].append(one)
    worst = {severity: place for place, severity in enumerate(SEVERITIES)}
    ordered = sorted(rules.items(), key=lambda rule: (worst.get(rule[0][0], 3), -_rows(rule[1]), rule[0][1]))
    lines: list[str] = []
    for (severity, rule), found in ordered:
        lines += _rule_lines(f"{severity}: {rule}", found, nth, dataset)
    return [one_line(line) for line in lines]


def _rule_lines(head: str, found: list[FoundProblem], nth: Mapping[int, int], dataset: Dataset) -> list[str]:
    kinds: defaultdict[tuple[str, str], list[FoundProblem]] = defaultdict(list)
    for one in found:
        kinds[_KEY.sub("[key]", _INDEX.sub("[*]", one.path)), _NUMBER.sub("0", one.message)].append(one)
    ordered = sorted(kinds.items(), key=lambda kind: (-_rows(kind[1]), kind[0]))
    messages = {one.message for one in found}
    first = next((one for one in found if one.file is not None), found[0])
    said = f": {found[0].message}" if len(messages) == 1 else ""
    lines = [f"{head}: {_count(found)}, first at {_address(first, nth)}{said}"]
    if len(found) == 1:
        return [f"{head}: {_address(first, nth)}: {_where(first.path)}{first.message}"]
    for (path, _), same in ordered[:_KINDS]:
        shown = same[0].path if len(same) == 1 else path
        hidden = f" ({_different(dataset, same)})" if "[key]" in path and len(same) > 1 else ""
        message = "" if said else f": {same[0].message}"
        lines.append(f"    {_count(same)}: {shown}{hidden}{message}, at {_addresses(same, nth)}")
    if len(ordered) > _KINDS:
        rest = sum(len(same) for _, same in ordered[_KINDS:])
        lines.append(f"    and {rest:,} more in {len(ordered) - _KINDS:,} other places")
    return lines


def problem_line(one: FoundProblem, nth: Mapping[int, int]) -> str:
    """One problem on a line of its own.

    Args:
        one: The problem.
        nth: Row number to its place among the rows of its line, as `rows_on_one_line` gives it.
    """
    return one_line(f"{_address(one, nth)}: {one.severity}: {one.path}: {one.message} [{one.rule}]")


def rows_on_one_line(dataset: Dataset) -> dict[int, int]:
    """Which of the rows that begin on its line a row is, from 1, for those that share one: elements of an array.

    Args:
        dataset: The rows that were read, dropped ones too.

    Returns:
        Row number to its place; rows that have a line to themselves are left out.
    """
    same = dataset.index.select(
        "row",
        pl.int_range(1, pl.len() + 1).over("source", "line").alias("nth"),
        pl.len().over("source", "line").alias("rows"),
    )
    return dict(same.filter(pl.col("rows") > 1).select("row", "nth").iter_rows())


def _rows(found: Iterable[FoundProblem]) -> int:
    return len({(one.file, one.line, one.row) for one in found})


def _count(found: Sequence[FoundProblem]) -> str:
    rows = _rows(found)
    if all(one.row is None for one in found):
        return f"{rows:,} {'place' if rows == 1 else 'places'}"
    return f"{rows:,} {'row' if rows == 1 else 'rows'}"


def _where(path: str) -> str:
    return "" if path == "$" else f"{path}: "


def _address(one: FoundProblem, nth: Mapping[int, int]) -> str:
    if one.file is None:
        return "all rows"
    if one.line is None:
        return one.file
    return f"{one.file}:{one.line}" + (f"#{nth[one.row]}" if one.row is not None and one.row in nth else "")


def _addresses(found: Sequence[FoundProblem], nth: Mapping[int, int]) -> str:
    """The first places, each once; of a file that was just named, the line alone."""
    places = list(dict.fromkeys((one.file or "", _address(one, nth)) for one in found))
    told: list[str] = []
    before = None
    for file, place in places[:_PLACES]:
        told.append(place.removeprefix(f"{file}:") if file == before else place)
        before = file
    return ", ".join(told) + (" ..." if len(places) > _PLACES else "")


def _different(dataset: Dataset, found: Sequence[FoundProblem]) -> str:
    """How many different keys stand behind `[key]`; a key may be private, so their names are not told."""
    wanted: defaultdict[int, list[str]] = defaultdict(list)
    for one in found:
        if one.row is not None:
            wanted[one.row].append(one.path)
    keys: set[str] = set()
    for ref in dataset.shards:
        here = [row for row in range(ref.first, ref.first + ref.rows) if row in wanted]
        raws = load_raws(ref) if here else []
        for row in here:
            value = parse_line(raws[row - ref.first])
            if not isinstance(value, JsonFault):
                keys.update(key for path in wanted[row] if (key := _last_key(value, path)) is not None)
    return f"{len(keys):,} different {'key' if len(keys) == 1 else 'keys'}, whose names are not shown"


def _last_key(value: JsonValue, path: str) -> str | None:
    """The key that the last `[key N]` of a path stands for."""
    found = None
    for name, index, number in _STEP.findall(path):
        if index:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
        elif isinstance(value, dict):
            key = name or next((key for place, key in enumerate(value, 1) if place == int(number)), None)
            found = found if name else key
            value = value.get(key) if key is not None else None
        else:
            return found
    return found
