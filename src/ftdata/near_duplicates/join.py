"""Keys to kept rows: each removed row has a kept partner that is truly similar.

Greedy leaders, not connected components: a chain of small steps from one text to an unrelated one removes nothing but
neighbours (unverified chaining once turned 859,092 rows into 2, marin issue 6854). A row is compared with kept rows
only, so a bucket that collapses costs one comparison per row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ftdata.near_duplicates.buckets import group
from ftdata.near_duplicates.layers import MAY_LEAVE, MAY_STAY, describe, exact_threshold, few_pairs, judge, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftdata.near_duplicates.buckets import Buckets
    from ftdata.near_duplicates.layers import Layers
    from ftdata.near_duplicates.shingle import ShingleSets

__all__ = ["Leaders", "Part", "leaders"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A text of each row that must reach the threshold as well: an answer, a system prompt.

    Two empty texts agree. An empty and a filled one agree only if the row of the filled one says that it is optional.

    Attributes:
        sets: The shingle sets of N rows.
        optional: bool[N], true where a partner without this text is as good.
        stays: True where the text must not be lost: it is optional only in the partner that leaves.
    """

    sets: ShingleSets
    optional: NDArray[np.bool_]
    stays: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Leaders:
    """Who stays, and who removed the others.

    Attributes:
        kept: int64[N]; `kept[i] == i` for a kept row, else the kept row that removed row i.
        similarity: float64[N], true Jaccard similarity of the wholes of row i and `kept[i]`; 1.0 for a kept row.
    """

    kept: NDArray[np.int64]
    similarity: NDArray[np.float64]


def leaders(
    keys: NDArray[np.uint64],
    whole: ShingleSets,
    parts: Sequence[Part] = (),
    *,
    threshold: float,
    order: NDArray[np.int64] | None = None,
) -> Leaders:
    """Remove each row that a row kept before it resembles.

    Candidates are rows that share a key in a column. A candidate counts if the true Jaccard similarity of the wholes
    and of every part reaches the threshold, in exact integers. Among the kept candidates before a row the most similar
    one removes it, the earliest of equals. An empty whole is no candidate and is kept.

    Args:
        keys: uint64[N, bands], from `band_keys`.
        whole: The sets of N rows.
        parts: What must reach the threshold as well.
        threshold: Jaccard similarity in (0, 1]; 0.8 means 4/5.
        order: int64[N], the rows from first to last priority; none: as they are numbered.

    Returns:
        The kept row of each row. Rows later in the order change nothing for earlier ones.

    Raises:
        ValueError: The threshold is outside (0, 1], or the lengths differ.
    """
    count = len(whole)
    if len(keys) != count or any(len(part.sets) != count or len(part.optional) != count for part in parts):
        raise ValueError(f"keys, sets and parts must be of the same {count} rows")
    if order is None:
        order = np.arange(count)
    elif not np.array_equal(np.sort(order), np.arange(count)):
        raise ValueError(f"order must name each of the {count} rows once")
    num, den = exact_threshold(threshold)
    kept, similarity = np.arange(count), np.ones(count)

    rows = order[whole.sizes[order] > 0]
    buckets = group(keys[rows])
    crowded = np.any(buckets.of >= 0, axis=1)
    rows, buckets = rows[crowded], buckets.of_rows(crowded)
    if not len(rows):
        return Leaders(kept, similarity)

    ordered = sorted(parts, key=lambda part: len(part.sets.hashes))
    layers = lay_out([*(part.sets for part in ordered), whole], rows)
    optional = np.zeros(layers.sizes.shape, np.uint8)
    for layer, part in enumerate(ordered):
        optional[:, layer] = part.optional[rows] * (MAY_LEAVE if part.stays else MAY_STAY | MAY_LEAVE)

    local, over = _lead(layers, optional, buckets, num, den)
    removed = local != np.arange(len(rows))
    kept[rows] = rows[local]
    sizes = layers.sizes[:, -1].astype(np.int64)
    union = sizes[removed] + sizes[local[removed]] - over[removed]
    similarity[rows[removed]] = over[removed] / union
    return Leaders(kept, similarity)


def _lead(
    layers: Layers, optional: NDArray[np.uint8], buckets: Buckets, num: int, den: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give for each row the row that keeps it and what the two wholes share."""
    few = few_pairs(buckets, layers)
    if few is not None:
        return _lead_numpy(layers, *judge(layers, optional, few, num, den))
    from ftdata.near_duplicates import pair_kernels

    reachable, shared, parity = describe(layers, optional, num, den)
    of = np.where(reachable[:, None], buckets.of, np.int32(-1))
    kept, over = np.empty(len(of), np.int64), np.empty(len(of), np.int64)
    pair_kernels.lead_rows(
        layers.starts,
        layers.sizes,
        shared,
        layers.alone,
        parity,
        layers.hashes,
        optional,
        of,
        buckets.starts,
        num,
        den,
        kept,
        over,
    )
    return kept, over


def _lead_numpy(
    layers: Layers, left: NDArray[np.int64], right: NDArray[np.int64], found: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Do what `pair_kernels.lead_rows` does, with the pairs that reach the threshold already known, ordered by `right`."""
    sizes = layers.sizes[:, -1].astype(np.int64)
    kept, over = np.arange(len(sizes)), sizes.copy()
    best: dict[int, tuple[int, int]] = {}  # row: shared shingles and union of the best pair so far
    union = sizes[left] + sizes[right] - found
    for earlier, row, shared, total in zip(left.tolist(), right.tolist(), found.tolist(), union.tolist(), strict=True):
        if kept[earlier] != earlier:
            continue
        held = best.get(row)
        if held is None or shared * held[1] > held[0] * total:  # an equal one that comes later changes nothing
            best[row] = (shared, total)
            kept[row], over[row] = earlier, shared
    return kept, over
