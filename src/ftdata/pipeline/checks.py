"""What must hold after every stage, whoever wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import orjson
import polars as pl

from ftdata.errors import SplitError, StageError
from ftdata.report.why import FATE_COLUMNS

if TYPE_CHECKING:
    from ftdata.dataset import Dataset

__all__ = ["check_outcome", "check_splits"]

_FILE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAKEN: Final = frozenset({"rejected", "data"})


def check_outcome(before: Dataset, after: Dataset, where: str) -> None:
    """Rows in = rows out + rows dropped, each with exactly one reason; and what was written down can be written out.

    Args:
        before: What the stage was given.
        after: What it gave back.
        where: Path of the stage, such as `2.clean/1.Deduplicate`; the error names it.

    Raises:
        StageError: The stage lost, made, moved or revived a row, dropped one without or with more than one reason, took
            back what the ledger said, or left a mark or a note that no file can hold.
    """
    _check_rows(before, after, where)
    _check_ledger(before, after, where)
    taken = [name for name in after.marks.columns[1:] if name in FATE_COLUMNS]
    if taken:
        raise StageError(f"it marked the rows with {taken[0]!r}, a column that rows.parquet has already", stage=where)
    if after.notes is not before.notes:
        try:
            orjson.dumps(dict(after.notes))
        except TypeError:
            raise StageError("it noted something that JSON has no word for", stage=where) from None


def _check_rows(before: Dataset, after: Dataset, where: str) -> None:
    if len(before.index) != len(after.index) or sum(ref.rows for ref in after.shards) != len(after.index):
        raise StageError("it changed the number of rows; rows leave only by drop", stage=where)
    if not before.index["row"].equals(after.index["row"]):
        raise StageError("it changed the order of the rows or their numbers", stage=where)
    if after.marks.height != len(after.index) or not after.marks["row"].equals(after.index["row"]):
        raise StageError("its marks are not those of the rows", stage=where)


def _check_ledger(before: Dataset, after: Dataset, where: str) -> None:
    known = len(before.events)
    if len(after.events) < known or any(old is not now for old, now in zip(before.events, after.events, strict=False)):
        raise StageError("it took back what was in the ledger", stage=where)
    was = (before.index["status"] == "kept").to_numpy()
    now = (after.index["status"] == "kept").to_numpy()
    if (now & ~was).any():
        raise StageError("it brought back a row that had been dropped", stage=where)
    gone = before.index["row"].to_numpy()[was & ~now]
    told = [frame.filter(frame["action"] == "drop")["row"] for frame in after.events[known:]]
    reasons = np.sort(np.concatenate([rows.to_numpy() for rows in told])) if told else np.empty(0, np.int64)
    if not np.array_equal(np.sort(gone), reasons):
        raise StageError(f"{len(gone)} rows left and {len(reasons)} reasons are in the ledger", stage=where)


def check_splits(dataset: Dataset) -> None:
    """Every kept row stands in a split that has a file, and no split lost all of its rows, when there are splits.

    Args:
        dataset: The rows after the last stage; its mark `split` tells where each stands.

    Raises:
        SplitError: Rows are in no split, a split lost all of its rows since, or one has a name that no file should have.
    """
    if "split" not in dataset.marks.columns:
        return
    told = dataset.column("split").cast(pl.String)
    nowhere = told.null_count()
    if nowhere:
        raise SplitError(
            f"{nowhere} of {len(told)} rows are kept and in no split; run Split on all of the rows at once"
        )
    left = dataset.index["status"] != "dropped"
    marked = dataset.marks["split"].cast(pl.String)
    emptied = sorted(set(marked.drop_nulls()) - set(marked.filter(left).drop_nulls()))
    if emptied:
        raise SplitError(
            f"{' and '.join(emptied)} would be empty: every row of it left behind Split; put what drops rows before Split, "
            f"or split with {'=0 and '.join(emptied)}=0"
        )
    wrong = [name for name in told.unique() if not _FILE_NAME.fullmatch(name) or name in _TAKEN]
    if wrong:
        raise SplitError(
            f"{len(wrong)} splits have a name that cannot be that of a file: use small letters, digits and _, and not "
            f"{' or '.join(sorted(_TAKEN))}"
        )
