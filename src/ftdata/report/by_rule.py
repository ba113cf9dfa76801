"""Problems rule by rule, as `ftdata check` shows them: an export has thousands of problems and few kinds of them.

A kind is a rule, a place in the row with the indexes left out, and a message. Each is told once, with how many rows have
it and where the first of them are.
"""

from __future__ import annotations

import dataclasses
import re
from array import array
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
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


def problems_by_rule(dataset: Dataset, problems: Iterable[FoundProblem]) -> list[str]:
    """Lines of text: each rule with its kinds, errors first, then by how many rows have them.

    Args:
        dataset: The rows that were checked.
        problems: All their problems, in order. Each is looked at once, and none is kept but the first of its kind.
    """
    nth = rows_on_one_line(dataset)
    tally = _Tally(nth)
    for one in problems:
        tally.add(one)
    tally.count()
    worst = {severity: place for place, severity in enumerate(SEVERITIES)}
    ordered = sorted(tally.rules.values(), key=lambda rule: (worst.get(rule.severity, 3), -rule.rows, rule.name))
    lines: list[str] = []
    for rule in ordered:
        lines += _rule_lines(rule, tally, dataset)
    return [one_line(line) for line in lines]


@dataclasses.dataclass(slots=True)
class _Same:
    """What is known of problems of one rule or of one kind, beside the columns of the tally.

    Attributes:
        first: The first of them.
        problems: How many there are.
        rows: How many different rows or places they are in, once they have been counted.
        of_rows: Whether any is of a row.
    """

    first: FoundProblem
    problems: int = 0
    rows: int = 0
    of_rows: bool = False

    def add(self, one: FoundProblem) -> None:
        self.problems += 1
        self.of_rows |= one.row is not None

    def count(self) -> str:
        if not self.of_rows:
            return f"{self.rows:,} {'place' if self.rows == 1 else 'places'}"
        return f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}"


@dataclasses.dataclass(slots=True)
class _Kind(_Same):
    """Problems of one kind.

    Attributes:
        number: Its number in the columns of the tally.
        path: The place in the row, without indexes.
        words: The message, without numbers: it orders the kinds.
        places: The first file and address of each row, one more than are shown.
    """

    number: int = 0
    path: str = ""
    words: str = ""
    places: list[tuple[str, str]] = dataclasses.field(default_factory=list[tuple[str, str]])

    @property
    def hides(self) -> bool:
        return "[key]" in self.path


@dataclasses.dataclass(slots=True)
class _RuleFound(_Same):
    """Problems of one rule and severity.

    Attributes:
        name: The rule.
        severity: How bad it is.
        placed: The first problem that has a file.
        one_message: Whether all say the same.
        kinds: Its kinds, by path and message.
    """

    name: str = ""
    severity: str = ""
    placed: FoundProblem | None = None
    one_message: bool = True
    kinds: dict[tuple[str, str], _Kind] = dataclasses.field(default_factory=dict[tuple[str, str], _Kind])


class _Tally:
    """Problems, counted: 16 bytes are held of each, in columns, and its words once for each kind.

    Args:
        nth: Row number to its place among the rows of its line.
    """

    def __init__(self, nth: Mapping[int, int]) -> None:
        self.nth = nth
        self.rules: dict[tuple[str, str], _RuleFound] = {}
        self.kinds: list[_Kind] = []
        self.paths: dict[str, int] = {}  # those that end in a key whose name is not told
        self._rule_of: list[int] = []
        self._set_places: dict[tuple[str | None, int | None], int] = {}
        self._columns = (array("q"), array("i"), array("i"))

    def add(self, one: FoundProblem) -> None:
        rule = self.rules.get((one.severity, one.rule))
        if rule is None:
            rule = _RuleFound(one, name=one.rule, severity=one.severity)
            self.rules[one.severity, one.rule] = rule
        rule.add(one)
        rule.one_message = rule.one_message and one.message == rule.first.message
        if rule.placed is None and one.file is not None:
            rule.placed = one
        key = _kind_of(one.path, one.message)
        kind = rule.kinds.get(key)
        if kind is None:
            kind = _Kind(one, number=len(self.kinds), path=key[0], words=key[1])
            rule.kinds[key] = kind
            self.kinds.append(kind)
            self._rule_of.append(list(self.rules).index((one.severity, one.rule)))
        kind.add(one)
        if len(kind.places) <= _PLACES:
            place = (one.file or "", _address(one, self.nth))
            if place not in kind.places:
                kind.places.append(place)
        places, kinds, paths = self._columns
        places.append(self._place(one))
        kinds.append(kind.number)
        paths.append(self.paths.setdefault(one.path, len(self.paths)) if kind.hides else -1)

    def _place(self, one: FoundProblem) -> int:
        """The number of its row; of what is no row, a number below zero for each file and line."""
        if one.row is not None:
            return one.row
        return self._set_places.setdefault((one.file, one.line), -1 - len(self._set_places))

    def count(self) -> None:
        """Count the different rows of each rule and kind."""
        told = self._told().select("place", "kind")
        for number, rows in told.unique().group_by("kind").len().iter_rows():
            self.kinds[number].rows = rows
        rules = pl.Series(self._rule_of, dtype=pl.Int32)
        of_rules = told.select("place", rules.gather(told["kind"]).alias("rule"))
        found = list(self.rules.values())
        for number, rows in of_rules.unique().group_by("rule").len().iter_rows():
            found[number].rows = rows

    def _told(self) -> pl.DataFrame:
        names = ("place", "kind", "path")
        told = zip(names, self._columns, (np.int64, np.int32, np.int32), strict=True)
        return pl.DataFrame({name: np.frombuffer(column, dtype) for name, column, dtype in told})

    def hidden(self, kind: _Kind) -> pl.DataFrame:
        """`place, path` of the problems of a kind in rows, by row; the path is a number in `paths`."""
        of_kind = (pl.col("kind") == kind.number) & (pl.col("place") >= 0)
        return self._told().filter(of_kind).select("place", "path").unique().sort("place", "path")


@lru_cache(maxsize=4096)  # indexes and numbers make more of a kind, and the same ones come again
def _kind_of(path: str, message: str) -> tuple[str, str]:
    return _KEY.sub("[key]", _INDEX.sub("[*]", path)), _NUMBER.sub("0", message)


def _rule_lines(rule: _RuleFound, tally: _Tally, dataset: Dataset) -> list[str]:
    head = f"{rule.severity}: {rule.name}"
    first = rule.placed or rule.first
    if rule.problems == 1:
        return [f"{head}: {_address(first, tally.nth)}: {_where(first.path)}{first.message}"]
    said = f": {rule.first.message}" if rule.one_message else ""
    lines = [f"{head}: {rule.count()}, first at {_address(first, tally.nth)}{said}"]
    ordered = sorted(rule.kinds.values(), key=lambda kind: (-kind.rows, kind.path, kind.words))
    for kind in ordered[:_KINDS]:
        shown = kind.first.path if kind.problems == 1 else kind.path
        hidden = f" ({_different(dataset, tally, kind)})" if kind.hides and kind.problems > 1 else ""
        message = "" if said else f": {kind.first.message}"
        lines.append(f"    {kind.count()}: {shown}{hidden}{message}, at {_addresses(kind.places)}")
    if len(ordered) > _KINDS:
        rest = sum(kind.problems for kind in ordered[_KINDS:])
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


def _where(path: str) -> str:
    return "" if path == "$" else f"{path}: "


def _address(one: FoundProblem, nth: Mapping[int, int]) -> str:
    if one.file is None:
        return "all rows"
    if one.line is None:
        return one.file
    return f"{one.file}:{one.line}" + (f"#{nth[one.row]}" if one.row is not None and one.row in nth else "")


def _addresses(places: Sequence[tuple[str, str]]) -> str:
    """The first places; of a file that was just named, the line alone."""
    told: list[str] = []
    before = None
    for file, place in places[:_PLACES]:
        told.append(place.removeprefix(f"{file}:") if file == before else place)
        before = file
    return ", ".join(told) + (" ..." if len(places) > _PLACES else "")


def _different(dataset: Dataset, tally: _Tally, kind: _Kind) -> str:
    """How many different keys stand behind `[key]`; a key may be private, so their names are not told."""
    wanted = tally.hidden(kind)
    paths = list(tally.paths)
    keys: set[str] = set()
    for ref in dataset.shards:
        here = wanted.filter(pl.col("place").is_between(ref.first, ref.first + ref.rows, closed="left"))
        raws = load_raws(ref) if len(here) else []
        before, value = None, None
        for row, path in here.iter_rows():
            if row != before:
                before, value = row, parse_line(raws[row - ref.first])
            if not isinstance(value, JsonFault) and (key := _last_key(value, paths[path])) is not None:
                keys.add(key)
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
