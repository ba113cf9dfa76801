"""Deduplicate: of rows that are copies or near-copies of each other one stays, and the ledger names it."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

import numpy as np
import polars as pl
from pydantic import Field

from ftdata.dataset.on_texts import OnTexts
from ftdata.stage import settings

if TYPE_CHECKING:
    from pathlib import Path

    from ftdata.dataset import Dataset, Shard

__all__ = ["EXACT_DUPLICATE", "NEAR_DUPLICATE", "Deduplicate"]

EXACT_DUPLICATE: Final = "exact_duplicate"
NEAR_DUPLICATE: Final = "near_duplicate"
_SETS: Final = ("whole", "response", "closing", "rejected", "full")
_OPTIONAL: Final = ("closing",)  # a partner that has none is as good: a thread, and the thread that goes on
_COPIES: Final = pl.Schema({"row": pl.Int64, "kept": pl.Int64, "similarity": pl.Float64})


@settings
class Deduplicate:
    """Drop exact copies, then near-copies, keeping one row of each.

    A row leaves as `exact_duplicate` when another one has the same texts in the same places (keys beside the texts, key
    order and white space do not matter), and as `near_duplicate` when the Jaccard similarity of the word n-grams is at
    least `threshold` for the conversation as a whole *and* for the answers by themselves, and for the last of several (see
    `ftdata.near_duplicates`).
    Candidates come from MinHash signatures (128 permutations, datasketch's `affine32` scheme, seed 1) in bands; every
    candidate is verified by its true Jaccard similarity before anything is dropped. Pairs that no band catches are
    missed; `ftdata.near_duplicates.expected_recall` gives the share. Passages of prompts that much of the set shares are
    left out of the comparison (`ftdata.near_duplicates.passages` says which), and so is a shared system prompt.

    A removed row always has a *kept* partner at or above the threshold: similarities are not chained.

    Attributes:
        threshold: Least Jaccard similarity of two near-duplicates, above 0 to 1, inclusive.
        ngram: Words per shingle. Shorter texts are compared whole; unspaced scripts count each character as a word.
        near: False drops exact copies only.
        keep: `origin` keeps human rows before unknown and synthetic ones, then the longer one, then by content hash, so
            that the choice does not depend on the order of the input; `first` keeps the one read first.
    """

    threshold: Annotated[float, Field(gt=0, le=1)] = 0.8
    ngram: Annotated[int, Field(ge=1, le=20)] = 5
    near: bool = True
    keep: Literal["origin", "first"] = "origin"

    version: ClassVar[str] = "1"

    def __call__(self, dataset: Dataset) -> Dataset:
        """Drop exact copies, then near-copies."""
        from ftdata.near_duplicates import COMMON_PASSAGES, common_lines, count_lines

        common: frozenset[int] = frozenset()
        if self.near:
            common = common_lines(dataset.map_shards(OnTexts(count_lines)), rows=len(dataset.index))
            common |= frozenset(dataset.notes.get(COMMON_PASSAGES, ()))  # a template stays one when its copies are gone
            dataset = dataset.note(COMMON_PASSAGES, sorted(common))
        with dataset.run.scratch() as folder:
            told = dataset.map_shards(partial(_told, settings=self, common=common, folder=folder))
            ranked = _ranked(dataset, told, self.keep)
            copies = _exact_copies(ranked)
            near = self._near_copies(dataset, ranked, copies, common, folder) if self.near else copies.clear()
        dataset = _drop(dataset, _followed(copies, near), EXACT_DUPLICATE)
        return _drop(dataset, near, NEAR_DUPLICATE)

    def _near_copies(
        self, dataset: Dataset, ranked: pl.DataFrame, copies: pl.DataFrame, common: frozenset[int], keys: Path
    ) -> pl.DataFrame:
        """`row, kept, similarity` of the near-copies among rows no two of which are exact copies."""
        from ftdata.near_duplicates import rows_with_shared_keys

        rows = dataset.run.call(rows_with_shared_keys, keys, without=copies["row"].to_numpy())
        if not len(rows):
            return pl.DataFrame(schema=_COPIES)
        optional = pl.col("context").is_in(_shared_contexts(ranked).implode()).fill_null(value=False)
        candidates = (
            ranked.with_row_index("rank")
            .filter(pl.col("row").is_in(pl.Series(rows).implode()))
            .select("row", "rank", "verdict", "context", optional.alias("optional"))
            .sort("row")
        )
        marked = dataset.mark(candidates.select("row", pl.lit(value=True).alias("candidate")), of="row")
        with dataset.run.scratch() as sets:
            write = partial(_write_sets, folder=sets, ngram=self.ngram, common=common)
            marked.map_shards(write, ("candidate",))
            return dataset.run.call(_join, candidates, keys, sets, ngram=self.ngram, threshold=self.threshold)


def _join(candidates: pl.DataFrame, keys: Path, sets: Path, *, ngram: int, threshold: float) -> pl.DataFrame:
    """`row, kept, similarity` of the near-copies among candidates.

    Args:
        candidates: A line per row, by row: `rank` in the order in which rows are kept, the hashes of `verdict` and
            `context` that must be equal, and whether a partner without context is as good (`optional`).
        keys: Folder of the keys of all rows.
        sets: Folder of the sets of the candidates.
        ngram: Words per shingle.
        threshold: Least Jaccard similarity.
    """
    from ftdata.near_duplicates import Part, leaders, read_keys, read_sets, sets_of_values

    rows = candidates["row"].to_numpy()
    never = np.zeros(len(rows), bool)
    found = leaders(
        read_keys(keys, rows),
        read_sets(sets, "whole", n=ngram),
        [
            Part(sets_of_values(candidates["verdict"]), never),
            Part(sets_of_values(candidates["context"]), candidates["optional"].to_numpy()),
            *(
                Part(read_sets(sets, name, n=ngram), ~never if name in _OPTIONAL else never)
                for name in _SETS
                if name != "whole"
            ),
        ],
        threshold=threshold,
        order=np.argsort(candidates["rank"].to_numpy(), kind="stable"),
    )
    gone = np.flatnonzero(found.kept != np.arange(len(rows)))
    similarity = np.round(found.similarity[gone], 6)
    return pl.DataFrame({"row": rows[gone], "kept": rows[found.kept[gone]], "similarity": similarity}, schema=_COPIES)


def _told(shard: Shard, *, settings: Deduplicate, common: frozenset[int], folder: Path) -> pl.DataFrame:
    """Per row: exact key, length, and hashes of its context, verdict and conversation. Its band keys go to a file."""
    from ftdata.near_duplicates import compared_parts, exact_keys, fingerprints, normalise, shingle, write_keys

    parts = compared_parts(shard.texts, common=common)
    if settings.near:
        sets = shingle(normalise(parts["whole"]), n=settings.ngram)
        write_keys(folder, shard.first, parts["row"].to_numpy(), sets, threshold=settings.threshold)
    told = parts.select(
        "row",
        pl.col("whole").str.len_chars().alias("length"),
        _hashed(parts["context"], normalised=True),
        _hashed(parts["verdict"], normalised=False),
        fingerprints(parts["whole"]).alias("body"),
    ).join(exact_keys(shard.texts), on="row", how="inner", maintain_order="left")
    return pl.concat([told, _told_by_bytes(shard, told)], how="diagonal_relaxed").sort("row")


def _told_by_bytes(shard: Shard, told: pl.DataFrame) -> pl.DataFrame:
    """The same of the rows in which there is nothing to compare: such a row is a copy only of one of the same bytes."""
    known = set(told["row"].to_list())
    left = (
        [(row, raw) for row, raw in zip(shard.rows.tolist(), shard.raw, strict=True) if row not in known]
        if len(known) < len(shard)
        else []
    )
    digests = [hashlib.blake2b(raw, digest_size=16, person=b"bytes of a row").digest() for _, raw in left]
    keys = np.frombuffer(b"".join(digests), "<u8").reshape(-1, 2)
    rows = pl.DataFrame({"row": [row for row, _ in left]}, schema={"row": pl.Int64})
    return rows.with_columns(
        pl.lit(0, told.schema["length"]).alias("length"),
        pl.Series("exact", keys[:, 0], dtype=pl.UInt64),
        pl.Series("exact_too", keys[:, 1], dtype=pl.UInt64),
    )


def _hashed(texts: pl.Series, *, normalised: bool) -> pl.Series:
    """A hash of each text (UInt64), null for no text. Each distinct one is hashed once: system prompts repeat."""
    from ftdata.near_duplicates import fingerprints, normalise

    distinct = texts.unique(maintain_order=True)
    distinct = distinct.filter(distinct != "")
    marks = fingerprints(normalise(distinct) if normalised else distinct)
    known = pl.DataFrame({"text": distinct, "mark": marks})
    return (
        pl.DataFrame({"text": texts})
        .join(known, on="text", how="left", maintain_order="left")["mark"]
        .alias(texts.name)
    )


def _ranked(dataset: Dataset, keys: pl.DataFrame, keep: str) -> pl.DataFrame:
    """The keys in the order in which rows are kept: the first of two equal rows stays."""
    told = dataset.index.select("row", "origin", "content_hash")
    ranked = keys.join(told, on="row", how="left", maintain_order="left")
    if keep == "first":
        return ranked.sort("row")
    return ranked.sort(
        pl.col("origin").to_physical(), pl.col("length"), pl.col("content_hash"), pl.col("row"),
        descending=[False, True, False, False],
    )  # fmt: skip


def _exact_copies(ranked: pl.DataFrame) -> pl.DataFrame:
    """`row, kept, similarity` of the rows that are exact copies of one ranked before them."""
    first = pl.col("row").first().over("exact", "exact_too").alias("kept")
    copies = ranked.select("row", first).filter(pl.col("row") != pl.col("kept")).sort("row")
    return copies.with_columns(pl.lit(1.0).alias("similarity")).cast(_COPIES)


def _followed(copies: pl.DataFrame, near: pl.DataFrame) -> pl.DataFrame:
    """Exact copies, each with the row that stays: the one it copies may itself leave as a near-copy of another.

    Then `copy_of` is the row it copies, and the similarity is that of both to the row that stays.
    """
    leaving = near.select(
        pl.col("row").alias("kept"), pl.col("kept").alias("stays"), pl.col("similarity").alias("alike")
    )
    return copies.join(leaving, on="kept", how="left", maintain_order="left").select(
        "row",
        pl.coalesce("stays", "kept").alias("kept"),
        pl.coalesce("alike", "similarity").alias("similarity"),
        pl.when(pl.col("stays").is_not_null()).then("kept").alias("copy_of"),
    )


def _drop(dataset: Dataset, copies: pl.DataFrame, reason: str) -> Dataset:
    """Drop copies, saying for each which row stays in its place, where that stands, and how alike the two are."""
    if not copies.height:
        return dataset
    names = [facts.path for facts in dataset.sources]
    first = int(dataset.index["row"][0])

    def address(row: int, what: str) -> dict[str, Any]:
        source, line = sources[row - first], lines[row - first]
        return {f"{what}_row": row, f"{what}_source": names[source], f"{what}_line": line}

    sources, lines = dataset.index["source"], dataset.index["line"]
    detail: list[dict[str, Any]] = []
    for one in copies.iter_rows(named=True):
        told = {**address(one["kept"], "kept"), "similarity": one["similarity"]}
        detail.append(told if one.get("copy_of") is None else {**told, **address(one["copy_of"], "copy_of")})
    return dataset.drop(copies["row"], by="Deduplicate", reason=reason, detail=detail, kept_as=copies["kept"].to_list())


def _shared_contexts(ranked: pl.DataFrame) -> pl.Series:
    """System prompts that stand before two or more different conversations: they tell no two rows apart.

    A row without a system prompt may then be the same example as one with it; two *different* system prompts always
    make two rows.
    """
    spoken = (
        ranked.filter(pl.col("context").is_not_null())
        .group_by("context")
        .agg(pl.col("body").n_unique().alias("bodies"))
    )
    return spoken.filter(pl.col("bodies") > 1)["context"]


def _write_sets(shard: Shard, *, folder: Path, ngram: int, common: frozenset[int]) -> pl.DataFrame:
    """Write the shingle sets of the candidates among a shard's rows; a frame of nothing, since no row is told of."""
    from ftdata.near_duplicates import compared_parts, normalise, shingle, write_sets

    wanted = shard.columns.filter(pl.col("candidate").fill_null(value=False))["row"]
    parts = compared_parts(shard.texts.filter(pl.col("row").is_in(wanted.implode())), common=common)
    write_sets(folder, shard.first, {name: shingle(normalise(parts[name]), n=ngram) for name in _SETS})
    return pl.DataFrame()
