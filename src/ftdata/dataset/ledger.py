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
    from collections.abc import Sequence

    import polars as pl

__all__ = ["ACTIONS", "Action", "Detail", "Severity", "empty_events", "make_events", "ordered_ledger", "told_details"]

Action = Literal["drop", "edit", "finding"]
ACTIONS: Final = ("drop", "edit", "finding")
Severity = Literal["error", "warning", "info"]
Detail: TypeAlias = Mapping[str, Any]
"""What is told of an event besides its reason: a JSON object without text of a row."""


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
