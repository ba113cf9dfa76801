"""Rows that belong together by what the index says of them: group, lineage, and the row kept in place of a copy.

Each function gives pairs of rows, one of which may have been dropped: a grandchild descends from its grandparent through
a row that is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import polars as pl

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pairs: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.int64]]"

__all__ = ["made_from", "same_group", "shared_parents", "stood_in_for"]


def same_group(index: pl.DataFrame) -> Pairs:
    """Rows and the first row of their group.

    Args:
        index: The index of a Dataset.

    Returns:
        Two arrays of row numbers of equal length.
    """
    grouped = index.filter(pl.col("group").is_not_null()).select(
        "row", pl.col("row").first().over("group").alias("first")
    )
    return grouped["row"].to_numpy(), grouped["first"].to_numpy()


def made_from(index: pl.DataFrame) -> Pairs:
    """Rows and every row that has the id of one of their parents. A parent that is nowhere still ties its children.

    Rows that have the same id are tied by it only where a row names that id as a parent, and so comes from one of them,
    nobody knows which. An id that nobody names says nothing: every file of a set may count its rows from 0.

    Args:
        index: The index of a Dataset.

    Returns:
        Two arrays of row numbers of equal length.
    """
    children = index.select("row", pl.col("parents").alias("parent")).explode("parent").drop_nulls()
    named = index.select(pl.col("row").alias("other"), pl.col("id").alias("parent")).drop_nulls()
    named = named.join(children, on="parent", how="semi", maintain_order="left")
    known = named.unique("parent", keep="first", maintain_order=True)
    same_id = named.select(pl.col("other").alias("row"), pl.col("other").first().over("parent"))
    siblings = children.select("row", pl.col("row").first().over("parent").alias("other"))
    pairs = pl.concat([children.join(known, on="parent").select("row", "other"), siblings, same_id])
    return pairs["row"].to_numpy(), pairs["other"].to_numpy()


def shared_parents(index: pl.DataFrame) -> tuple[int, int]:
    """How many ids that rows name as a parent several rows have, and how many rows have them.

    A copy that was dropped for another row does not count: the two are one.

    Args:
        index: The index of a Dataset.
    """
    parents = index.select(pl.col("parents").alias("id")).explode("id").drop_nulls().unique()
    rows = index.filter(pl.col("kept_as").is_null()).select("id").drop_nulls()
    several = rows.join(parents, on="id", how="semi").group_by("id").len().filter(pl.col("len") > 1)
    return several.height, int(several["len"].sum())


def stood_in_for(index: pl.DataFrame) -> Pairs:
    """Dropped duplicates and the rows kept in their place: who descends from the one descends from the other.

    Args:
        index: The index of a Dataset.

    Returns:
        Two arrays of row numbers of equal length.
    """
    gone = index.filter(pl.col("kept_as").is_not_null())
    return gone["row"].to_numpy(), gone["kept_as"].to_numpy()
