"""What two rows are related by, for stages that must keep them together.

Related is less than alike: rows that ask the same and answer differently are two examples, and yet one of them in
training gives the other one in a test away. So a preference row is related by its prompt alone, any other row by all but
its system prompts, both without the passages that much of the set shares (`passages.py`), and without signs: `3 + 4`
and `3 - 4` are two examples, but the table that one row draws with `|` and the other with `-` is the same table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ftdata.near_duplicates.normalise import normalise
from ftdata.near_duplicates.parts import compared_parts
from ftdata.near_duplicates.shingle import shingle

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from ftdata.near_duplicates.shingle import ShingleSets

__all__ = ["RELATED_NGRAM", "related_bodies", "related_sets"]

BLANK: Final = "\u2422"
"""The word for a row of white space: two of them say the same. U+2422, the sign for a blank."""
RELATED_NGRAM: Final = 5
"""Words per shingle, as in `Deduplicate`'s default."""


def related_bodies(texts: pl.DataFrame, *, common: Collection[int] = ()) -> pl.DataFrame:
    """What each row is related by.

    Args:
        texts: Texts of rows as `ftdata.texts.extract_texts` lists them.
        common: Hashes of passages that much of the set shares, from `common_lines`.

    Returns:
        `row, body` (normalised words; those without a letter or digit only where there are no others; of a preference
        row with a blank prompt those of its answers; of a row of nothing but blanks `BLANK`), one line per row that has
        any text.
    """
    import polars as pl

    paired = texts.filter(pl.col("part").is_in(["chosen", "rejected"]))["row"].unique()
    answers = pl.col("row").is_in(paired.implode()) & (pl.col("part") != "prompt")
    prompts_of = texts.filter(pl.col("part") == "prompt")["row"].unique()
    bodies = compared_parts(texts.filter(~(answers & pl.col("row").is_in(prompts_of.implode()))), common=common)
    words = bodies.select("row", normalise(bodies["whole"]).alias("words"))
    blank = words.filter(pl.col("words") == "")["row"]
    if len(blank):
        whole = compared_parts(texts.filter(pl.col("row").is_in(blank.implode())))
        other = whole.select("row", normalise(whole["whole"]).replace("", BLANK).alias("other"))
        words = words.join(other, on="row", how="left", maintain_order="left")
        words = words.select("row", pl.when(pl.col("words") == "").then("other").otherwise("words").alias("words"))
    spoken = pl.col("words").str.extract_all(r"\S*\w\S*").list.join(" ")
    return words.select("row", pl.when(spoken.str.len_bytes() > 0).then(spoken).otherwise("words").alias("body"))


def related_sets(texts: pl.DataFrame, *, common: Collection[int] = ()) -> tuple[NDArray[np.int64], ShingleSets]:
    """The shingle sets of what each row is related by.

    Args:
        texts: Texts of rows.
        common: Hashes of passages that much of the set shares.

    Returns:
        int64[N], the rows that have any text, ascending, and their sets.
    """
    bodies = related_bodies(texts, common=common)
    return bodies["row"].to_numpy(), shingle(bodies["body"], n=RELATED_NGRAM)
