"""Marks: computed columns beside the index, and when they are forgotten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import polars as pl

from ftdata.errors import StageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from polars._typing import PolarsDataType

__all__ = ["OF", "Of", "add_marks", "marks_after_edit", "shown_name", "stacked"]

Of: TypeAlias = Literal["text", "row", "set"]
"""What a mark was computed from: an edit of a row forgets its marks of the `text`; any edit forgets marks of the `set`."""
OF: Final = ("text", "row", "set")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def shown_name(name: str) -> str:
    """The name of a column as a message shows it: a stage may have called one by what stands in a row.

    Args:
        name: Any name.

    Returns:
        The name in quotes if it is one of the house, in snake_case and of 40 characters at most; else `[column]`.
    """
    return repr(name) if _NAME.fullmatch(name) else "[column]"


def add_marks(marks: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
    """Marks with columns added; where a mark of the same name is there, its rows are written over, with nulls too.

    Args:
        marks: `row` and the marks so far.
        columns: `row`, each number once, and the columns to add.
    """
    names = [name for name in columns.columns if name != "row"]
    renamed = columns.rename({name: f"{name} (new)" for name in names})
    there = renamed.with_columns(pl.col("row").cast(pl.Int64), pl.lit(True).alias("(there)"))
    joined = marks.join(there, on="row", how="left", maintain_order="left")
    for name in names:
        new = pl.col(f"{name} (new)")
        if name in marks.columns:
            new = pl.when(pl.col("(there)")).then(new).otherwise(pl.col(name))
        joined = joined.with_columns(new.alias(name)).drop(f"{name} (new)")
    return joined.drop("(there)")


def stacked(frames: Sequence[pl.DataFrame], *, stage: str) -> pl.DataFrame:
    """Frames one below the other, each missing the columns that it does not have.

    A column without any value has no type of its own (Null), and takes the one that it has in another frame: what a
    stage marks must not depend on which rows are in which shard.

    Args:
        frames: At least one.
        stage: Who made them, for the message of an error.

    Raises:
        StageError: A column has one type in one frame and another one in another.
    """
    kinds: dict[str, PolarsDataType] = {}
    for frame in frames:
        for name, kind in frame.schema.items():
            if kind == pl.Null:
                continue
            if kinds.setdefault(name, kind) != kind:
                message = f"the column {shown_name(name)} is {kinds[name]} for some rows and {kind} for others; give it one type"
                raise StageError(message, stage=stage)
    frames = [
        frame.with_columns(pl.col(name).cast(kinds[name]) for name, kind in frame.schema.items() if kind != kinds.get(name, kind))
        for frame in frames
    ]  # fmt: skip
    return pl.concat(frames, how="diagonal")


def marks_after_edit(marks: pl.DataFrame, marks_of: Mapping[str, Of], positions: NDArray[np.int64]) -> dict[str, Any]:
    """Marks (and what they are of) after rows were edited.

    Args:
        marks: The marks.
        marks_of: What each was computed from.
        positions: Places of the edited rows in `marks`.
    """
    touched = np.zeros(len(marks), bool)
    touched[positions] = True
    gone = [name for name, of in marks_of.items() if of == "set" and name in marks.columns]
    left = marks.drop(gone)
    forget = [name for name in left.columns[1:] if marks_of[name] == "text"]
    edited = pl.Series(touched)
    left = left.with_columns(pl.when(edited).then(None).otherwise(pl.col(name)).alias(name) for name in forget)
    return {"marks": left, "marks_of": {name: of for name, of in marks_of.items() if name not in gone}}
