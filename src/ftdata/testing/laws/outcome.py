"""All that can be seen of a Dataset, as plain values, and the words for a difference between two of them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftdata.dataset import Dataset

__all__ = ["Event", "Outcome", "broken", "differ", "observe", "show"]

_SHOWN = 400  # characters of a row in a message


@dataclasses.dataclass(frozen=True)
class Event:
    """One line of the ledger."""

    row: int | None
    source: str | None
    line: int | None
    stage: str
    action: str
    reason: str
    detail: str


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a Dataset is made of.

    Attributes:
        rows: Numbers of the kept rows, in the order in which they are written.
        raws: Their bytes, in the same order.
        every: The bytes of all rows, dropped ones too, by number, read from the shard files.
        index: The index, one mapping per row, by row number.
        marks: The marks, likewise.
        set_marks: Names of the marks computed from the whole set.
        ledger: The events, in order.
        notes: The notes as JSON, without the pipeline's own account of its flow.
    """

    rows: tuple[int, ...]
    raws: tuple[bytes, ...]
    every: Mapping[int, bytes]
    index: Mapping[int, Mapping[str, Any]]
    marks: Mapping[int, Mapping[str, Any]]
    set_marks: frozenset[str]
    ledger: tuple[Event, ...]
    notes: str

    def place(self, row: int) -> tuple[Any, Any]:
        """Source and line of a row.

        Args:
            row: Number of the row.
        """
        return self.index[row]["source"], self.index[row]["line"]

    def address(self, row: int) -> str:
        """A row as a message names it.

        Args:
            row: Number of the row.
        """
        told = self.index.get(row)
        return f"row {row}" if told is None else f"row {row} (source {told['source']}, line {told['line']})"

    def new_events(self, before: Outcome) -> tuple[Event, ...]:
        """The events that are not in the ledger of an earlier outcome.

        Args:
            before: The earlier outcome.
        """
        old = list(before.ledger)
        fresh: list[Event] = []
        for event in self.ledger:
            if event in old:
                old.remove(event)
            else:
                fresh.append(event)
        return tuple(fresh)

    def lost_events(self, before: Outcome) -> tuple[Event, ...]:
        """The events of an earlier outcome that are gone from the ledger.

        Args:
            before: The earlier outcome.
        """
        return before.new_events(self)


def observe(dataset: Dataset) -> Outcome:
    """Look at everything in a Dataset.

    Args:
        dataset: What is looked at.
    """
    import polars as pl

    rows: list[int] = []
    raws: list[bytes] = []
    for shard in dataset.each_shard():
        rows += shard.rows.tolist()
        raws += shard.raw
    every: dict[int, bytes] = {}
    for ref in dataset.shards:
        # Straight from the file: a stage that writes into a shard file must not hide behind a cache.
        stored = pl.read_ipc(Path(ref.path).read_bytes())["raw"].to_list()
        every.update(enumerate(stored, ref.first))
    notes = {key: value for key, value in dataset.notes.items() if key != "flow"}
    return Outcome(
        rows=tuple(rows),
        raws=tuple(raws),
        every=every,
        index={one["row"]: one for one in dataset.index.iter_rows(named=True)},
        marks={one.pop("row"): one for one in dataset.marks.iter_rows(named=True)},
        set_marks=frozenset(name for name, of in dataset.marks_of.items() if of == "set"),
        ledger=tuple(Event(*told) for told in dataset.ledger.iter_rows()),
        notes=json.dumps(notes, sort_keys=True, default=repr),
    )


def broken(law: str, what: str, *lines: str) -> NoReturn:
    """Say that a law is broken.

    Args:
        law: Name of the law.
        what: What it says of the case.
        lines: What was found, a line each.
    """
    raise AssertionError("\n  ".join([f"{law}: {what}", *lines]))


def show(value: object) -> str:
    """A value in a message, cut when it is long.

    Args:
        value: Any value.
    """
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ... ({len(text)} characters)"


def differ(law: str, one: Outcome, other: Outcome, *, names: tuple[str, str]) -> None:
    """Raise when two outcomes are not the same in everything.

    Args:
        law: The law that asks for it.
        one: An outcome.
        other: Another one.
        names: What the two are, for the message, such as `("the first time", "the second time")`.
    """
    if one.rows != other.rows:
        broken(law, "other rows are kept", *_sides(names, one.rows, other.rows))
    for row, left, right in zip(one.rows, one.raws, other.raws, strict=True):
        if left != right:
            broken(law, f"{one.address(row)} has other bytes", *_sides(names, left, right))
    for row in one.every:
        if one.every[row] != other.every.get(row):
            broken(
                law,
                f"{one.address(row)} has other bytes in its shard",
                *_sides(names, one.every[row], other.every.get(row)),
            )
    _differ_by_row(law, "index", one, one.index, other.index, names)
    _differ_by_row(law, "marks", one, one.marks, other.marks, names)
    if one.ledger != other.ledger:
        broken(law, "the ledger differs", *_sides(names, *_first_difference(one.ledger, other.ledger)))
    if one.notes != other.notes:
        broken(law, "the notes differ", *_sides(names, one.notes, other.notes))


def _differ_by_row(
    law: str, what: str, told: Outcome, one: Mapping[int, Any], other: Mapping[int, Any], names: tuple[str, str]
) -> None:
    for row in sorted(one.keys() | other.keys()):
        left, right = one.get(row), other.get(row)
        if left != right:
            broken(law, f"{told.address(row)}: its {what} differ", *_sides(names, *_only_different(left, right)))


def _only_different(left: Any, right: Any) -> tuple[Any, Any]:
    if left is None or right is None:
        return left, right
    keys = [key for key in {**left, **right} if left.get(key) != right.get(key)]
    return {key: left.get(key) for key in keys}, {key: right.get(key) for key in keys}


def _first_difference(one: Sequence[object], other: Sequence[object]) -> tuple[object, object]:
    for left, right in zip(one, other, strict=False):
        if left != right:
            return left, right
    longer = one if len(one) > len(other) else other
    extra: Any = longer[min(len(one), len(other))]
    return (extra, "nothing") if longer is one else ("nothing", extra)


def _sides(names: tuple[str, str], left: object, right: object) -> Iterable[str]:
    width = max(map(len, names))
    return (f"{name:<{width}}: {show(value)}" for name, value in zip(names, (left, right), strict=True))
