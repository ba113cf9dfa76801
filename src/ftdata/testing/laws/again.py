"""The laws about applying a stage more than once: again, in other shards, in another order, to its own result, to a part."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ftdata.testing.laws.changed import cut, permuted, slice_of
from ftdata.testing.laws.files import differ_in_files, files_of_run
from ftdata.testing.laws.once import order as in_order
from ftdata.testing.laws.outcome import Outcome, broken, differ, observe, show

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from ftdata.dataset import Dataset
    from ftdata.stage import Stage

__all__ = ["assert_deterministic", "assert_idempotent", "assert_local", "assert_order_independent"]

SHARD_ROWS: Final = (1, 2, 7)
"""Rows per shard that determinism tries: every row alone, pairs that tear neighbours apart, and a rest at the end."""


def assert_deterministic(
    stage: Stage, dataset: Dataset, *, workers: int | None = None, shard_rows: Sequence[int] = SHARD_ROWS
) -> None:
    """Law 4: the same rows give the same bytes, marks, ledger and notes, and a run writes the same files, byte for byte.

    Args:
        stage: The stage.
        dataset: What it is given.
        workers: Try that many worker processes, too. They are started once, which takes a while; every one has a
            hash seed of its own, which finds what depends on `hash()`. A stage that cannot be sent to them (a function
            inside a function) is run in this process, and nothing is found.
        shard_rows: Rows per shard to try.
    """
    determinism(stage, dataset, observe(stage(dataset)), workers=workers, shard_rows=shard_rows)


def determinism(
    stage: Stage,
    dataset: Dataset,
    first: Outcome,
    *,
    workers: int | None = None,
    shard_rows: Sequence[int] = SHARD_ROWS,
) -> None:
    """Law 4, given what the stage did once."""
    law = "determinism"
    differ(law, first, observe(stage(dataset)), names=("the first time", "the second time"))
    written = files_of_run(stage, dataset)
    differ_in_files(law, written, files_of_run(stage, dataset), names=("the first run", "the second run"))
    tried = {tuple(ref.rows for ref in dataset.shards)}
    for size in shard_rows:
        parts = cut(dataset, shard_rows=size)
        layout = tuple(ref.rows for ref in parts.shards)
        if layout not in tried:
            tried.add(layout)
            names = ("as given", f"in shards of {size}")
            differ(law, first, observe(stage(parts)), names=names)
            differ_in_files(law, written, files_of_run(stage, parts), names=names)
    if workers is not None:
        # Two calls or more for each worker, so that every one of them has work.
        parts = cut(dataset, shard_rows=max(1, len(dataset.index) // (2 * workers)))
        names = ("in this process", f"in {workers} processes")
        differ_in_files(law, written, files_of_run(stage, parts, workers=workers), names=names)


def assert_order_independent(stage: Stage, dataset: Dataset, *, order: Sequence[int] | None = None) -> None:
    """Law 5: permuting the rows permutes the outcome and changes nothing else, save which of two byte-equal rows is kept.

    Row numbers in details (keys that are or end in `row`, with the `source` and `line` beside them) stand for the rows
    they name. Whole numbers in marks of the set are taken as labels: which rows have the same one is what counts.

    Args:
        stage: The stage.
        dataset: What it is given.
        order: For each place the number of the row that goes there; the reverse and one shuffle when not given.
    """
    order_independence(stage, dataset, observe(stage(dataset)), order=order)


def order_independence(stage: Stage, dataset: Dataset, first: Outcome, *, order: Sequence[int] | None = None) -> None:
    """Law 5, given what the stage did to the rows as they are."""
    count = len(dataset.index)
    shuffled = random.Random(count).sample(range(count), count)  # noqa: S311  # any fixed order will do
    told = _by_content(dataset, first)
    for new in [list(order)] if order is not None else [list(range(count))[::-1], shuffled]:
        other = permuted(dataset, new)
        outcome = observe(stage(other))
        in_order(observe(other), outcome)
        _compare(told, _by_content(other, outcome))


def assert_idempotent(stage: Stage, dataset: Dataset) -> None:
    """Law 6, idempotence: a stage applied to its own result drops nothing, edits nothing and marks the same.

    Findings about rows may be written once more, but no new ones.

    Args:
        stage: The stage.
        dataset: What it is given.
    """
    idempotence(stage, stage(dataset))


def idempotence(stage: Stage, after: Dataset) -> None:
    """Law 6, idempotence, for a Dataset that came out of the stage."""
    law = "idempotence"
    once, twice = observe(after), observe(stage(after))
    new = twice.new_events(once)
    for event in new:
        if event.action != "finding":
            broken(
                law,
                f"the second time {once.address(event.row or 0)} gets a {event.action} ({event.reason})",
                show(once.every.get(event.row or 0)),
            )
    known = {(event.row, event.reason, event.detail) for event in once.ledger}
    for event in new:
        if event.row is not None and (event.row, event.reason, event.detail) not in known:
            broken(
                law, f"the second time there is a finding {event.reason} about {once.address(event.row)}", event.detail
            )
    if once.rows != twice.rows or once.raws != twice.raws:
        broken(
            law, "the second time other rows or bytes leave", f"once : {show(once.rows)}", f"twice: {show(twice.rows)}"
        )
    for row in once.rows:
        if once.marks[row] != twice.marks[row]:
            broken(
                law,
                f"{once.address(row)}: other marks",
                f"once : {show(once.marks[row])}",
                f"twice: {show(twice.marks[row])}",
            )


def assert_local(stage: Stage, dataset: Dataset) -> None:
    """Law 6, locality: a per-row stage does to each row the same when it is given only a part of the rows.

    Args:
        stage: A stage with `per_row = True`, or with a `row_part` that is such a stage.
        dataset: What it is given; each of its rows is tried alone when there are few, else five parts.
    """
    part = row_part(stage)
    if part is None:
        broken("locality", "the stage does not say per_row = True, so nothing is promised")
    locality(part, dataset, observe(part(dataset)))


def row_part(stage: Stage) -> Stage | None:
    """What of a stage judges each row by itself: all of it, its `row_part`, or nothing."""
    if getattr(stage, "per_row", False):
        return stage
    part: Stage | None = getattr(stage, "row_part", None)
    return part


def locality(stage: Stage, dataset: Dataset, whole: Outcome) -> None:
    """Law 6, locality, given what the stage did to the whole."""
    law, before = "locality", observe(dataset)
    count = len(dataset.index)
    step = max(1, -(-count // 5)) if count > 8 else 1
    events = whole.new_events(before)
    for start in range(0, count, step):
        stop = min(count, start + step)
        part = observe(stage(slice_of(dataset, start, stop)))
        names = ("in the whole", f"in rows {start} to {stop - 1} alone")
        for row in range(start, stop):
            for what, left, right in (
                ("fate", whole.index[row]["status"], part.index[row]["status"]),
                ("bytes", whole.every[row], part.every.get(row)),
                ("marks", whole.marks[row], part.marks[row]),
                ("events", _told(events, row), _told(part.ledger, row)),
            ):
                if left != right:
                    broken(
                        law,
                        f"{whole.address(row)}: other {what}",
                        *(f"{name}: {show(one)}" for name, one in zip(names, (left, right), strict=True)),
                    )


def _told(events: Sequence[Any], row: int) -> list[tuple[str, str, str]]:
    return sorted((event.action, event.reason, event.detail) for event in events if event.row == row)


# -- law 5: outcomes by content ---------------------------------------------------------------------------------------

_Class = tuple[bytes, str, str]  # bytes as given, origin, format: rows that nothing tells apart but their place


def _by_content(dataset: Dataset, outcome: Outcome) -> tuple[Counter[tuple[_Class, Hashable]], Counter[Hashable], str]:
    """What happened to each row, the row being named by its content; what happened to the set; the notes."""
    given = observe(dataset)
    formats = [facts.format for facts in dataset.sources]
    classes: dict[int, _Class] = {
        row: (given.every[row], told["origin"], formats[told["source"]]) for row, told in given.index.items()
    }
    marks = _marks_by_content(outcome, classes)
    events: dict[int | None, list[Hashable]] = {}
    for event in outcome.ledger:
        detail = _detail_by_content(json.loads(event.detail), classes)
        events.setdefault(event.row, []).append((event.stage, event.action, event.reason, detail))
    rows: Counter[tuple[_Class, Hashable]] = Counter()
    for row, told in outcome.index.items():
        kept_as = told["kept_as"]
        what: tuple[tuple[str, Hashable], ...] = (
            ("fate", told["status"]),
            ("bytes", outcome.every[row]),
            ("kept in its place", None if kept_as is None else repr(classes[kept_as])),
            ("marks", marks[row]),
            ("events", tuple(sorted(map(repr, events.get(row, []))))),
        )
        rows[classes[row], what] += 1
    return rows, Counter(map(repr, events.get(None, []))), outcome.notes


def _marks_by_content(outcome: Outcome, classes: dict[int, _Class]) -> dict[int, Hashable]:
    labels = [
        name
        for name in outcome.set_marks
        if all(
            isinstance(told.get(name), int | None) and not isinstance(told.get(name), bool)
            for told in outcome.marks.values()
        )
    ]
    members: dict[tuple[str, Any], list[_Class]] = {}
    for row, told in outcome.marks.items():
        for name in labels:
            members.setdefault((name, told.get(name)), []).append(classes[row])
    made: dict[int, Hashable] = {}
    for row, told in outcome.marks.items():
        shown = {
            name: value if name not in labels else repr(sorted(members[name, value])) for name, value in told.items()
        }
        made[row] = repr(sorted(shown.items()))
    return made


def _detail_by_content(detail: dict[str, Any], classes: dict[int, _Class]) -> str:
    named = {key for key in detail if (key == "row" or key.endswith("_row")) and detail[key] in classes}
    beside = {key.removesuffix("row") + what for key in named for what in ("source", "line")}
    shown = {key: repr(classes[value]) if key in named else value for key, value in detail.items() if key not in beside}
    return json.dumps(shown, sort_keys=True)


def _compare(one: Any, other: Any) -> None:
    law = "order independence"
    for (name, what), count in one[0].items():
        if other[0][name, what] == count:
            continue
        instead = [told for (same, told), _ in (other[0] - one[0]).items() if same == name]
        if not instead:
            continue
        different = [key for (key, left), (_, right) in zip(what, instead[0], strict=True) if left != right]
        lines = [f"row: {show(name[0])} ({name[1]}, {name[2]})"]
        for key in different:
            lines += [f"{key}, as given: {show(dict(what)[key])}", f"{key}, permuted: {show(dict(instead[0])[key])}"]
        broken(law, f"the {' and '.join(different)} of a row depend on the order of the rows", *lines)
    if one[0] != other[0]:
        broken(law, "the outcome depends on the order of the rows", show(one[0] - other[0]), show(other[0] - one[0]))
    if one[1] != other[1]:
        broken(
            law, "what was found about the set depends on the order", show(one[1] - other[1]), show(other[1] - one[1])
        )
    if one[2] != other[2]:
        broken(law, "the notes depend on the order", f"as given: {show(one[2])}", f"permuted: {show(other[2])}")
