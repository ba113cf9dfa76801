"""The laws about one application: nothing is lost, nothing is touched on the sly."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from ftdata.testing.laws.json_pieces import changed_outside
from ftdata.testing.laws.outcome import Outcome, broken, differ, observe, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftdata.dataset import Dataset
    from ftdata.stage import Stage

__all__ = ["assert_conservation", "assert_fidelity", "assert_order", "assert_purity", "assert_truthful"]

_REASON = re.compile(r"[a-z][a-z0-9_]*")
_AS_READ = ("source", "line", "content_hash", "origin", "id", "parents", "generator", "group", "created", "stratum")


def assert_conservation(stage: Stage, dataset: Dataset) -> None:
    """Law 1: every row that came in is kept, or was dropped in this very step, with exactly one reason.

    Args:
        stage: The stage.
        dataset: What it is given.

    Raises:
        AssertionError: A row was lost, made, brought back, or dropped with no reason or with several.
    """
    conservation(observe(dataset), observe(stage(dataset)))


def assert_fidelity(stage: Stage, dataset: Dataset) -> None:
    """Law 2: an unedited row leaves with the bytes it came with; an edited one differs only inside its edits.

    A row counts as edited when the ledger says so. Of such a row all white space, every key and every value that still
    means the same must be written as before: a row that was parsed and written anew is found out.

    Args:
        stage: The stage.
        dataset: What it is given.

    Raises:
        AssertionError: Bytes changed that no edit accounts for, or what was read once (addresses, origins) changed.
    """
    fidelity(observe(dataset), observe(stage(dataset)))


def assert_order(stage: Stage, dataset: Dataset) -> None:
    """Law 3, order: the rows that stay are in the order of the input.

    Args:
        stage: The stage.
        dataset: What it is given.
    """
    order(observe(dataset), observe(stage(dataset)))


def assert_purity(stage: Stage, dataset: Dataset) -> None:
    """Law 3, purity: the Dataset that was given is afterwards what it was before, down to its files.

    Args:
        stage: The stage.
        dataset: What it is given.
    """
    before = observe(dataset)
    stage(dataset)
    differ("purity", before, observe(dataset), names=("before", "after"))


def assert_truthful(stage: Stage, dataset: Dataset) -> None:
    """Law 7: what is judged is what is shipped.

    The bytes of every row that leaves are one JSON object, in UTF-8, without a key that stands twice in one object (one
    reader sees the first value, another the last), and mean what `Dataset.rows()` shows.

    Args:
        stage: The stage.
        dataset: What it is given.
    """
    after = stage(dataset)
    truth(observe(after), list(after.rows()))


def conservation(before: Outcome, after: Outcome) -> None:
    """Law 1 on what was seen."""
    law = "conservation"
    if set(before.index) != set(after.index):
        lost, made = sorted(set(before.index) - set(after.index)), sorted(set(after.index) - set(before.index))
        broken(law, "the index is not of the same rows", f"lost: {lost}", f"made: {made}", *_shown(before, lost))
    if set(after.every) != set(after.index):
        broken(law, "the shards do not hold the rows of the index", f"shards: {sorted(after.every)}")
    back = sorted(set(after.rows) - set(before.rows))
    if back:
        broken(law, "dropped rows were brought back", *_shown(before, back))
    gone = set(before.rows) - set(after.rows)
    drops = [event for event in after.new_events(before) if event.action == "drop"]
    reasons = Counter(event.row for event in drops)
    silent = sorted(gone - set(reasons))
    if silent:
        broken(law, f"{len(silent)} rows left without a reason in the ledger", *_shown(before, silent))
    for row, count in sorted(reasons.items(), key=str):
        if row not in gone:
            broken(law, f"the ledger says that {after.address(row or 0)} was dropped, and it is still there")
        if count != 1:
            told = [event.reason for event in drops if event.row == row]
            broken(law, f"{after.address(row or 0)} was dropped {count} times, for {', '.join(told)}")
    for event in drops:
        if not _REASON.fullmatch(event.reason) or not event.stage:
            broken(law, f"a drop names its stage and a reason in snake_case, not {event.stage!r}, {event.reason!r}")
    for row in sorted(gone):
        if after.index[row]["status"] != "dropped":
            broken(law, f"{after.address(row)} is gone and its status is {after.index[row]['status']}")
    lost_events = after.lost_events(before)
    if lost_events:
        broken(law, f"{len(lost_events)} earlier events are gone from the ledger", show(lost_events[0]))


def fidelity(before: Outcome, after: Outcome) -> None:
    """Law 2 on what was seen."""
    law = "fidelity"
    edited = {event.row for event in after.new_events(before) if event.action == "edit"}
    for row, raw in zip(after.rows, after.raws, strict=True):
        was = before.every.get(row)
        if was is None:
            broken(law, f"row {row} came from nowhere", show(raw))
        if after.every.get(row) != raw:
            broken(law, f"{after.address(row)}: its shard file holds other bytes than what leaves", show(raw))
        if raw == was:
            continue
        if row not in edited:
            broken(
                law,
                f"{after.address(row)} has other bytes, and no edit is in the ledger",
                f"in : {was!r}",
                f"out: {raw!r}",
            )
        try:
            place = changed_outside(was, raw)
        except ValueError:
            place = "what it became is no JSON"
        if place is not None:
            broken(law, f"{after.address(row)} was written anew: {place}", f"in : {was!r}", f"out: {raw!r}")
    for row, raw in before.every.items():
        if row not in after.rows and row not in edited and after.every.get(row, raw) != raw:
            broken(law, f"the dropped {after.address(row)} has other bytes, and no edit is in the ledger")
        changed = [name for name in _AS_READ if before.index[row][name] != after.index.get(row, {}).get(name)]
        if changed:
            broken(law, f"{before.address(row)}: {', '.join(changed)} changed after reading")


def order(before: Outcome, after: Outcome) -> None:
    """Law 3, order, on what was seen. A row is known by its address: numbers could have been given out anew."""
    law = "order"
    if list(after.rows) != sorted(after.rows):
        broken(law, "the rows that stay are not in the order of the input", f"rows: {show(after.rows)}")
    places = {before.place(row): place for place, row in enumerate(before.rows)}
    last, last_row = -1, -1
    for row in after.rows:
        place = places.get(after.place(row), last)
        if place < last:
            broken(law, f"{after.address(row)} stands behind {after.address(last_row)} and was read before it")
        last, last_row = place, row


def truth(after: Outcome, values: list[Any]) -> None:
    """Law 7 on what was seen."""
    law = "truth"
    if len(values) != len(after.raws):
        broken(law, f"{len(after.raws)} rows leave and {len(values)} are shown")
    for row, raw, value in zip(after.rows, after.raws, values, strict=True):
        try:
            meant = json.loads(
                raw.decode("utf-8"), object_pairs_hook=_object_of(after, row), parse_constant=_no_constant
            )
        except ValueError:
            broken(law, f"{after.address(row)} is no JSON in UTF-8", show(raw))
        if b"\n" in raw or b"\r" in raw or not isinstance(meant, dict):
            broken(law, f"{after.address(row)} is not one object on one line", show(raw))
        if meant != value:
            broken(
                law,
                f"{after.address(row)} means something else than is shown",
                f"bytes: {show(meant)}",
                f"shown: {show(value)}",
            )


def _object_of(after: Outcome, row: int) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def make(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            broken("truth", f"{after.address(row)} has a key twice in one object; readers differ about which counts")
        return made

    return make


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _shown(told: Outcome, rows: list[int]) -> list[str]:
    return [f"{told.address(row)}: {show(told.every.get(row))}" for row in rows[:3]]
