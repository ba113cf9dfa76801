"""Passages that much of a set shares: the template, not the example.

Rows of a templated set begin with the same task description, a page long, and differ in the one sentence that the task
is about. Compared whole they are all alike. So a line that stands in many rows is left out of the comparison, on the side
of the prompt only: what the assistant says is always compared.

A line is *common* when it has at least 5 words (or 20 characters, for scripts without spaces) and stands in at least 50
rows and in at least one of a thousand. Few lines have counts in between, so other bounds would make little difference
(measured: `benchmarks/common_passages.py`). Rows that were removed as
duplicates before still count: a template does not cease to be one because its copies are gone.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

__all__ = ["COMMON_PASSAGES", "COMMON_ROWS", "COMMON_SHARE", "common_lines", "count_lines", "without_common"]

COMMON_PASSAGES: Final = "common_passages"
"""Name of the note in which a stage that found the common lines leaves their hashes for the stages behind it."""
COMMON_ROWS: Final = 50
COMMON_SHARE: Final = 0.001
"""Both are least numbers; why these stands at the top of the file."""
_WORDS, _CHARACTERS = 5, 20
"""A line is long enough to be a passage at either. Five words are one shingle: a shorter line makes two rows hardly more
alike. Twenty characters are about as much in scripts without spaces, and more than any heading such as `Question:`."""
_KINDS: Final = ("content", "arguments")


def count_lines(texts: pl.DataFrame) -> pl.DataFrame:
    """In how many rows each line of a prompt stands.

    Args:
        texts: Texts of rows as `ftdata.texts.extract_texts` lists them.

    Returns:
        `line` (UInt64, a hash), `rows` (UInt32); lines too short to be a passage are left out.
    """
    import polars as pl

    lines = _lines(texts).select("row", "line").unique().group_by("line").agg(pl.len().cast(pl.UInt32).alias("rows"))
    return lines.select(pl.Series("line", _hashes(lines["line"]), dtype=pl.UInt64), "rows")


def common_lines(counts: pl.DataFrame, *, rows: int) -> frozenset[int]:
    """The hashes of the lines that are common among so many rows.

    Args:
        counts: What `count_lines` gave for all shards, one below the other.
        rows: How many rows there are.
    """
    import polars as pl

    least = max(COMMON_ROWS, rows * COMMON_SHARE)
    return frozenset(
        counts.group_by("line").agg(pl.col("rows").sum()).filter(pl.col("rows") >= least)["line"].to_list()
    )


def without_common(texts: pl.DataFrame, common: Collection[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Texts without the common lines of their prompts.

    Args:
        texts: Texts of rows.
        common: Hashes of common lines, from `common_lines`.

    Returns:
        The texts, and `row, template`: per row that lost lines, those lines joined in order. Two rows are the same
        example only if these are equal too.
    """
    import polars as pl

    nothing = pl.DataFrame(schema={"row": pl.Int64, "template": pl.String})
    if not common:
        return texts, nothing
    numbered = texts.with_row_index("at")
    lines = _lines(numbered).select("at", "row", "line", "whole_line")
    known = lines["line"].unique()
    shared = pl.DataFrame({"line": known, "hash": pl.Series(_hashes(known), dtype=pl.UInt64)})
    shared = shared.filter(pl.col("hash").is_in(pl.Series(sorted(common), dtype=pl.UInt64).implode())).select("line")
    hit = lines.filter(pl.col("line").is_in(shared["line"].implode()))  # in order: a join would not promise that
    if not hit.height:
        return texts, nothing
    touched = numbered.join(hit.select("at").unique(), on="at", how="semi")
    left = (
        touched.select("at", pl.col("text").str.split("\n").alias("whole_line"))
        .explode("whole_line")
        .filter(~pl.col("whole_line").str.strip_chars().is_in(shared["line"].implode()))
        .group_by("at", maintain_order=True)
        .agg(pl.col("whole_line").str.join("\n").alias("left"))
    )
    reduced = (
        numbered.join(
            touched.select("at", pl.lit(value=True).alias("touched")), on="at", how="left", maintain_order="left"
        )
        .join(left, on="at", how="left", maintain_order="left")
        .with_columns(pl.when("touched").then(pl.col("left").fill_null("")).otherwise("text").alias("text"))
        .drop("at", "touched", "left")
    )
    return reduced, hit.group_by("row", maintain_order=True).agg(pl.col("line").str.join("\n").alias("template"))


def _lines(texts: pl.DataFrame) -> pl.DataFrame:
    """The lines of prompts that are long enough to be a passage, stripped, with the columns of their texts."""
    import polars as pl

    prompt = (
        pl.col("kind").is_in(_KINDS) & (pl.col("role") != "assistant") & ~pl.col("role").is_in(["system", "developer"])
    )
    lines = (
        texts.filter(prompt)
        .with_columns(pl.col("text").str.split("\n").alias("whole_line"))
        .drop("text")
        .explode("whole_line")
    )
    line = pl.col("whole_line").str.strip_chars()
    long_enough = (line.str.count_matches(r"\S+") >= _WORDS) | (line.str.len_chars() >= _CHARACTERS)
    return lines.filter(long_enough).with_columns(line.alias("line"))


def _hashes(lines: pl.Series) -> list[int]:
    digests = (hashlib.blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).digest() for line in lines)
    return [int.from_bytes(digest, "little") for digest in digests]
