"""What is odd about the facts that `Fields` names: paths at which nothing stands, and parents of no row.

A group, id or parent that is not found ties no rows, and says nothing by itself: rows of one customer then stand in
train and in test. So each way to find nothing is a finding, with how many rows, in which file, and which is the first.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import orjson
import polars as pl

from ftdata.dataset.ledger import make_events

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftdata.dataset.dataset import Dataset

__all__ = ["NO_PARENT", "told_fields", "told_parents"]

NO_PARENT: Final = "fields.no_parent"


def told_fields(made: Dataset, told: Mapping[str, str]) -> Dataset:
    """Tell of an input which of its rows have nothing at a path that was named.

    Args:
        made: The rows of one input.
        told: Name of a field to its path, those that were named.

    Returns:
        The Dataset, with findings: a warning for a path at which no row of the input, or of one of its files, has
        anything; information where only some rows of a file have nothing (but for `parents`: a row without any was made
        from none).
    """
    if not len(made):
        return made
    for name, path in told.items():
        found = _counted(made, name)
        if not found["has"].sum():
            why = f"no row has {name} at {path}; correct the path, or leave it away"
            made = _found(made, "fields.no_row", "warning", why, place=(int(found["source"][0]), None))
            continue
        for source, rows, has in found.iter_rows():
            if has == rows or (has and name == "parents"):
                continue
            what = f"are of unknown origin ({path})" if name == "origin" else f"have no {name} ({path})"
            why = f"{rows - has} of {rows} rows of {made.sources[source].path} {what}"
            made = _found(made, "fields.missing", "info" if has else "warning", why, place=(source, None))
    return made


def _counted(made: Dataset, name: str) -> pl.DataFrame:
    """For each source: its kept rows, and how many of them have something at the path of the field."""
    column = {"parents": pl.col("parents").list.len() > 0, "origin": pl.col("origin").cast(pl.String) != "unknown"}
    has = column.get(name, pl.col(name).is_not_null())
    kept = made.index.filter(pl.col("status") == "kept")
    return kept.group_by("source").agg(pl.len().alias("rows"), has.sum().alias("has")).sort("source")


def _found(made: Dataset, rule: str, severity: str, why: str, *, place: tuple[int, int | None]) -> Dataset:
    """A finding of a file or of the whole input, with the number of the source and the line where it begins."""
    event = make_events(
        [None], step=0, stage="read", action="finding", reason=rule,
        details=[{"severity": severity, "message": why}], places=[place],
    )  # fmt: skip
    return dataclasses.replace(made, events=(*made.events, event))


def told_parents(dataset: Dataset, *, by: str) -> Dataset:
    """Tell of rows that name parents none of which is the id of any row; dropped rows count as rows.

    Asked of the whole set, not of an input: the parents of one input are often the rows of another. Asked again of the
    same rows it says nothing new.

    Args:
        dataset: All rows.
        by: Who asks.
    """
    if not any("parents" in facts.fields for facts in dataset.sources) or _asked_before(dataset):
        return dataset
    index = dataset.index
    ids = index.select(pl.col("id").alias("parent")).drop_nulls().unique()
    named = index.select("row", pl.col("parents").alias("parent")).explode("parent").drop_nulls()
    found = named.join(ids, on="parent", how="semi")
    lost = named.join(found, on="row", how="anti")
    rows = lost["row"].unique(maintain_order=True)
    if not len(rows):
        return dataset
    why = f"{len(rows)} of {named['row'].n_unique()} rows with parents name none that is the id of a row"
    objects = lost.filter(pl.col("parent").str.starts_with("{") | pl.col("parent").str.starts_with("["))[
        "row"
    ].n_unique()
    if not ids.height:
        why += ": no row has an id; name the key that holds it (id in fields)"
    elif objects:
        why += f"; {objects} of them have an object or a list there, which is no id: name the key of the id itself"
    else:
        why += "; is it the same key, spelled the same, that id and parents name?"
    detail: dict[str, Any] = {"rows": len(rows), "of": len(index), "message": why}
    found_first = index.filter(pl.col("row") == rows.min())
    told = dataset.find(by=by, rule=NO_PARENT, severity="warning", detail=detail)
    # Of the set, and not of that row: which one is the first is a matter of the order of the rows.
    place = [pl.lit(found_first[name][0], index.schema[name]).alias(name) for name in ("source", "line")]
    return dataclasses.replace(told, events=(*dataset.events, told.events[-1].with_columns(place)))


def _asked_before(dataset: Dataset) -> bool:
    told = [frame.filter(pl.col("reason") == NO_PARENT)["detail"] for frame in dataset.events]
    return any(orjson.loads(detail).get("of") == len(dataset.index) for details in told for detail in details)
