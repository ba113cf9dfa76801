"""Two Datasets as one: numbers move, no bytes do."""

from __future__ import annotations

import dataclasses
import os
import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from ftdata.dataset.ledger import readdressed, shifted_details
from ftdata.dataset.marks import stacked
from ftdata.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftdata.dataset.dataset import Dataset
    from ftdata.dataset.sources import SourceFacts

__all__ = ["joined"]

_MEMORY: Final = re.compile(r"memory(-\d+)?")


def joined(left: Dataset, right: Dataset) -> Dataset:
    """The rows of both, those of `left` first; row and source numbers of `right` shift, in all frames alike.

    So do those inside details and notes, by the names of their members (see `ledger.Detail`).

    Marks of the set (clusters, splits) are forgotten: what held of each of two sets need not hold of both together.

    Args:
        left: A Dataset.
        right: Another one; its rows come behind.

    Raises:
        ReadError: A row of one file would be there twice.
    """
    _refuse_twice(left, right)
    rows, sources = len(left.index), len(left.sources)
    shift = pl.col("row") + rows
    far = pl.col("source") + pl.lit(sources, pl.UInt32)
    renamed = _renamed(left.sources, right.sources)
    names = {was.path: now.path for was, now in zip(right.sources, renamed, strict=True)}
    index = right.index.with_columns(shift, far, pl.col("kept_as") + rows)
    events = tuple(
        frame.with_columns(
            shift, far, pl.col("step").cast(pl.Int32), shifted_details(frame["detail"], rows=rows, sources=names)
        )
        for frame in right.events
    )
    return dataclasses.replace(
        left,
        shards=(*left.shards, *(dataclasses.replace(ref, first=ref.first + rows) for ref in right.shards)),
        index=pl.concat([left.index, index]),
        sources=(*left.sources, *renamed),
        run=left.run.joined(right.run),
        marks=stacked([_not_of_set(left), _not_of_set(right).with_columns(shift)], stage=left.place or "+"),
        marks_of={name: of for name, of in {**right.marks_of, **left.marks_of}.items() if of != "set"},
        events=(*left.events, *events),
        notes=_joined_notes(left.notes, _moved_notes(right.notes, rows, names)),
        place="",
        step=None,
    )


def _refuse_twice(left: Dataset, right: Dataset) -> None:
    """One file in both is two parts of its rows, such as two splits; but never the same row two times.

    A row that is there twice counts twice, and may be human here and synthetic there.
    """
    for number, facts in enumerate(right.sources):
        for other, known in enumerate(left.sources):
            if not _is_same_file(known, facts):
                continue
            if _kept_of(right, number).is_in(_kept_of(left, other).implode()).any():
                origins = f", once as {known.origin} and once as {facts.origin}" if known.origin != facts.origin else ""
                raise ReadError(f"its rows are in both Datasets{origins}; read each file once", file=facts.path)


def _kept_of(one: Dataset, source: int) -> pl.Series:
    """Which rows of a source are kept, counted from 0: several may begin on one line."""
    of_source = one.index.filter(pl.col("source") == source).with_row_index("nth")
    return of_source.filter(pl.col("status") == "kept")["nth"]


def _is_same_file(one: SourceFacts, other: SourceFacts) -> bool:
    """Whether both were read from one file: by name and, where both were read to their end, by what was in it."""
    if _MEMORY.fullmatch(one.path) or (one.sha256 and other.sha256 and one.sha256 != other.sha256):
        return False
    return os.path.realpath(one.path) == os.path.realpath(other.path)


def _not_of_set(one: Dataset) -> pl.DataFrame:
    return one.marks.drop([name for name, of in one.marks_of.items() if of == "set" and name in one.marks.columns])


def _joined_notes(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    """The notes of both: lists joined; of what is no list, that of `left`.

    An entry that is an object tells what was done to one side (`flow`) or found there (`describe`), and the same may be so
    of the other: both are kept. Names and hashes (targets, common passages) are kept once.
    """
    notes = {**right, **left}
    for name in left.keys() & right.keys():
        if isinstance(left[name], list | tuple) and isinstance(right[name], list | tuple):
            more = (one for one in right[name] if isinstance(one, dict) or one not in left[name])
            notes[name] = [*left[name], *more]
    notes.pop("split", None)
    return notes


def _moved_notes(notes: Mapping[str, Any], rows: int, names: Mapping[str, str]) -> dict[str, Any]:
    """The notes of the right side with the numbers and names that its rows and sources have in the sum."""
    moved: dict[str, Any] = readdressed(notes, rows=rows, sources=names)
    for told in moved.get("describe", []):
        if (
            isinstance(told, dict) and told.get("by") == "source"
        ):  # then its groups, but for the first one, all, are called like sources
            for group in told["groups"][1:]:
                group["group"] = names.get(group["group"], group["group"])
    return moved


def _renamed(left: Sequence[SourceFacts], right: Sequence[SourceFacts]) -> list[SourceFacts]:
    """The sources of the right side; rows from memory get a name that no source of the left side has."""
    taken = {facts.path for facts in left}
    renamed: list[SourceFacts] = []
    for facts in right:
        path, number = facts.path, 2
        while _MEMORY.fullmatch(facts.path) and path in taken:
            path, number = f"memory-{number}", number + 1
        taken.add(path)
        renamed.append(dataclasses.replace(facts, path=path))
    return renamed
