"""The ledger: everything that happened to the rows, one line per event.

Events are collected stage by stage and put in one canonical order when the ledger is asked for, so that it is the same
whatever the number of workers and the size of the shards. Details are JSON objects, one shape per reason, and never
hold text of a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

__all__ = [
    "ACTIONS", "SEVERITIES", "Action", "Detail", "Severity", "empty_events", "make_events", "ordered_ledger", "readdressed",
    "shifted_details", "told_details",
]  # fmt: skip

Action = Literal["drop", "edit", "finding"]
ACTIONS: Final = ("drop", "edit", "finding")
Severity = Literal["error", "warning", "info"]
SEVERITIES: Final = ("error", "warning", "info")
"""The worst first."""
Detail: TypeAlias = Mapping[str, Any]
"""What is told of an event besides its reason: a JSON object without text of a row.

A member whose name ends in `_row` holds the number of another row (or a list of such), one that ends in `_source` the name
of a source, at any depth: `kept_row`, `kept_source`. In `a + b` these move with the rows and sources that they name, so
nothing else may be called like that, and no number of a row stands under another name. The same holds of notes.
"""
_ROW: Final = "_row"
_SOURCE: Final = "_source"


def empty_events() -> pl.DataFrame:
    """An events frame without rows. `row` is null for what concerns a file or the whole set."""
    import polars as pl

    return pl.DataFrame(
        schema={
            "row": pl.Int64,
            "source": pl.UInt32,
            "line": pl.Int64,
            "step": pl.Int32,
            "stage": pl.String,
            "action": pl.Enum(ACTIONS),
            "reason": pl.String,
            "detail": pl.String,
        }
    )


def make_events(
    rows: Sequence[int | None],
    *,
    step: int,
    stage: str,
    action: Action,
    reason: str,
    details: Sequence[Detail],
    places: Sequence[tuple[int | None, int | None]] | None = None,
) -> pl.DataFrame:
    """Events of one kind.

    Args:
        rows: Row numbers; None for what concerns no single row.
        step: Place of the stage in the run, by which the ledger is ordered.
        stage: Path of the stage.
        action: What happened.
        reason: Why, in snake_case; for findings the id of the rule.
        details: One JSON object per row.
        places: Source number and line of events without a row.
    """
    import polars as pl

    count = len(rows)
    where = places or [(None, None)] * count
    return pl.DataFrame(
        {
            "row": list(rows),
            "source": [source for source, _ in where],
            "line": [line for _, line in where],
            "step": [step] * count,
            "stage": [stage] * count,
            "action": [action] * count,
            "reason": [reason] * count,
            "detail": [orjson.dumps(dict(detail), option=orjson.OPT_SERIALIZE_NUMPY).decode() for detail in details],
        },
        schema=empty_events().schema,
    )


def told_details(detail: Detail | Sequence[Detail] | None, count: int) -> Sequence[Detail]:
    """One detail per row, of what a verb was given: nothing, one for all of them, or one for each.

    Args:
        detail: What the verb was given.
        count: How many events there are.

    Raises:
        ValueError: The number of details is not that of the rows.
    """
    if detail is None:
        return [{}] * count
    if isinstance(detail, Mapping):
        return [detail] * count
    if len(detail) != count:
        raise ValueError(f"{len(detail)} details for {count} rows")
    return list(detail)


def readdressed(told: Any, *, rows: int, sources: Mapping[str, str]) -> Any:
    """A detail or note whose row numbers and source names are those of a sum (see `Detail`).

    Args:
        told: Any JSON value.
        rows: What is added to row numbers.
        sources: New names of sources by the names that they had; one that is not there keeps its name.
    """
    if isinstance(told, list | tuple):
        return [readdressed(one, rows=rows, sources=sources) for one in told]
    if not isinstance(told, Mapping):
        return told
    moved: dict[str, Any] = {}
    for name, value in told.items():
        if str(name).endswith(_ROW):
            moved[name] = _each(value, lambda one: one + rows if _is_number(one) else one)
        elif str(name).endswith(_SOURCE):
            moved[name] = _each(value, lambda one: sources.get(one, one) if isinstance(one, str) else one)
        else:
            moved[name] = readdressed(value, rows=rows, sources=sources)
    return moved


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    return [change(one) for one in value] if isinstance(value, list | tuple) else change(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def shifted_details(details: pl.Series, *, rows: int, sources: Mapping[str, str]) -> pl.Series:
    """The details of events as they are in a sum; those that name no row and no source stay as they are, byte for byte.

    Args:
        details: JSON objects.
        rows: What is added to row numbers.
        sources: New names of sources by the names that they had.
    """
    import polars as pl

    if not details.str.contains(f'({_ROW}|{_SOURCE})"', literal=False).any():
        return details
    moved = [
        orjson.dumps(readdressed(orjson.loads(detail), rows=rows, sources=sources)).decode()
        if f'{_ROW}"' in detail or f'{_SOURCE}"' in detail
        else detail
        for detail in details
    ]
    return pl.Series(details.name, moved, dtype=pl.String)


def ordered_ledger(events: Sequence[pl.DataFrame], index: pl.DataFrame, sources: Sequence[str]) -> pl.DataFrame:
    """The public ledger: `row, source, line, stage, action, reason, detail`, in canonical order.

    Order: stage by stage as the run went, within a stage by row (what concerns no row comes first), then by action,
    reason and detail.

    Args:
        events: The frames of events of a run.
        index: The index of its Dataset.
        sources: Names of its sources, by number.
    """
    import polars as pl

    every = pl.concat([empty_events(), *events])
    address = index.select("row", pl.col("source").alias("row_source"), pl.col("line").alias("row_line"))
    names = pl.DataFrame(
        {"number": range(len(sources)), "name": sources}, schema={"number": pl.UInt32, "name": pl.String}
    )
    return (
        every.join(address, on="row", how="left")
        .with_columns(
            pl.coalesce("row_source", "source").alias("number"),
            pl.coalesce("row_line", "line").alias("line"),
        )
        .join(names, on="number", how="left")
        .sort("step", "row", "number", "line", "stage", "action", "reason", "detail", nulls_last=False)
        .select("row", pl.col("name").alias("source"), "line", "stage", "action", "reason", "detail")
    )
