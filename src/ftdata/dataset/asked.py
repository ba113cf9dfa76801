"""What a verb was asked, checked before anything is done: a verb that takes what it should refuse makes the ledger lie.

No message shows what was given: a stage may have taken it from a row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from ftdata.dataset.ledger import SEVERITIES
from ftdata.errors import StageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["check_marks", "check_named", "check_reason", "check_rule", "check_there", "row_numbers"]

_REASON: Final = re.compile(r"[a-z][a-z0-9_]*")
_RULE: Final = re.compile(
    r"[a-z][a-z0-9_.]*"
)  # the last word may be a name that a schema of the user's own gives its error


def row_numbers(where: Any, *, verb: str, stage: str) -> NDArray[np.int64]:
    """Row numbers as an array.

    Args:
        where: A list, array or Series.
        verb: Which verb was called, for the message of an error.
        stage: Path of the stage, for the message of an error.

    Raises:
        StageError: They are no whole numbers, such as a mask of True and False.
    """
    if isinstance(where, pl.Series) and where.null_count() and where.dtype != pl.Null:
        raise StageError(f"{verb}: a row number is null", stage=stage)
    given = np.asarray(where.to_numpy() if isinstance(where, pl.Series) else where).reshape(-1)
    if given.dtype.kind == "b":
        what = 'row numbers are wanted, and this is a mask of True and False; give dataset.column("row").filter(mask)'
        raise StageError(f"{verb}: {what}", stage=stage)
    if given.dtype.kind not in "iu" and len(given):
        raise StageError(f"{verb}: row numbers are whole numbers; these are of another type", stage=stage)
    return given.astype(np.int64)


def check_there(rows: NDArray[np.int64], index: pl.DataFrame, *, verb: str, stage: str) -> None:
    """Refuse numbers that no row has, kept or dropped.

    Args:
        rows: Row numbers.
        index: The index of the Dataset.
        verb: Which verb was called, for the message of an error.
        stage: Path of the stage, for the message of an error.

    Raises:
        StageError: A row is not there.
    """
    if not len(rows):
        return
    first = int(index["row"][0]) if len(index) else 0
    if rows.min() < first or rows.max() >= first + len(index):
        raise StageError(f"{verb}: a row is not there", stage=stage)


def check_reason(reason: str, *, verb: str, stage: str) -> None:
    """Refuse a reason that is no constant in snake_case: it stands in the ledger, where no text of a row may be.

    Args:
        reason: The reason.
        verb: Which verb was called, for the message of an error.
        stage: Path of the stage, for the message of an error.

    Raises:
        StageError: It is none.
    """
    _check_word(_REASON, reason, f"{verb}: a reason is a constant in snake_case, such as not_wanted", stage)


def check_rule(rule: str, severity: str, *, stage: str) -> None:
    """Refuse a finding whose rule is no id or whose severity is not known.

    Args:
        rule: Words in snake_case with dots between them.
        severity: How bad it is.
        stage: Path of the stage, for the message of an error.

    Raises:
        StageError: Either is no such thing.
    """
    what = "find: a rule is an id of snake_case words with dots between them, such as text.too_odd"
    _check_word(_RULE, rule, what, stage)
    check_named(severity, SEVERITIES, what="find: severity", stage=stage)


def check_named(given: str, known: tuple[str, ...], *, what: str, stage: str) -> None:
    """Refuse what is not one of a few words.

    Args:
        given: What was given.
        known: The words.
        what: Verb and argument, for the message of an error.
        stage: Path of the stage, for the message of an error.

    Raises:
        StageError: It is none of them.
    """
    if given not in known:
        raise StageError(f"{what} is one of {', '.join(known)}; this is another", stage=stage)


def check_marks(columns: pl.DataFrame, index: pl.DataFrame, *, stage: str) -> None:
    """Refuse marks that do not fit the rows: another table than one line per row would shift all that stands behind.

    Args:
        columns: `row` and the columns to add.
        index: The index of the Dataset.
        stage: Path of the stage, for the message of an error.

    Raises:
        StageError: There is no `row`, a row is named twice or is not there, or a name is one of the index.
    """
    if "row" not in columns.columns:
        raise StageError("mark: the frame has no column row, which says what row each line is of", stage=stage)
    taken = [name for name in columns.columns if name in {*index.columns, "source", "format"} - {"row"}]
    if taken:
        raise StageError(f"mark: {taken[0]!r} is a column of the index; choose another name", stage=stage)
    rows = row_numbers(columns["row"], verb="mark", stage=stage)
    if columns["row"].is_duplicated().any():
        raise StageError("mark: a row is named twice; give one line per row", stage=stage)
    check_there(rows, index, verb="mark", stage=stage)


def _check_word(pattern: re.Pattern[str], given: object, what: str, stage: str) -> None:
    if not isinstance(given, str) or not pattern.fullmatch(given):
        raise StageError(f"{what}; this one is not", stage=stage)
