"""How many rows a limit takes of each file and input.

A trial of the first rows alone would see the first input only, and a split would lack what the others hold. So each
has an equal part, and what a short one does not have goes to all others, those before it too: a limit at or above the
number of rows reads them all.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ftdata.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from ftdata.io.reader import RowBatch
    from ftdata.io.sources import Source

__all__ = ["equal_parts", "rows_up_to"]


def equal_parts(limit: int, there: Sequence[int]) -> list[int]:
    """How many rows are taken of each of several inputs: equal parts, as far as each has so many.

    Args:
        limit: Most rows of all of them together.
        there: How many rows each has.

    Returns:
        The parts, in the same order. What cannot be parted goes to the first ones that have more.

    Example:
        >>> equal_parts(50, [90, 90, 90]), equal_parts(50, [90, 5, 90]), equal_parts(50, [9, 5, 9])
        ([17, 17, 16], [23, 5, 22], [9, 5, 9])
    """
    parts = [0] * len(there)
    left = limit
    while left > 0 and (open_ := [i for i, rows in enumerate(there) if parts[i] < rows]):
        share, rest = divmod(left, len(open_))
        # A step fills the shortest ones to the brim, or parts what is left for good.
        share = min(share, *(there[i] - parts[i] for i in open_))
        for place, i in enumerate(open_):
            parts[i] += share or int(place < rest)
        left = limit - sum(parts)
    return parts


def rows_up_to(sources: Sequence[Source], limit: int, *, alone: bool = True) -> list[int]:
    """How many rows each file has, counted no further than a limit: its bytes are read so far, and nothing is parsed.

    Standard input, which can be read once only, counts as the limit, and so does a file that cannot be read: its reading
    says why.

    Args:
        sources: The files.
        limit: Where to stop counting.
        alone: Whether these are all files that the limit is of.
    """
    if alone and len(sources) == 1:
        return [limit]  # nothing to part: its rows are counted by reading them
    return [_rows_of(source, limit) for source in sources]


def _rows_of(source: Source, limit: int) -> int:
    from ftdata.io.parquet import count_rows
    from ftdata.io.sources import STANDARD_INPUT

    if source.path == STANDARD_INPUT or not Path(source.path).is_file():  # a pipe can be read but once
        return limit
    try:
        if source.kind == "parquet":
            return min(count_rows(source.path), limit)
        rows = 0
        with closing(_opened(source)) as batches:
            for batch in batches:
                rows += len(batch)
                if rows >= limit:
                    break
    except ReadError:
        return limit
    return min(rows, limit)


def _opened(source: Source) -> Generator[RowBatch]:
    """The batches of a file, as something that can be closed before its end."""
    from ftdata.io import RowReader

    yield from RowReader(source)
