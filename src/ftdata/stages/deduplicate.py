"""Deduplicate: of rows that are copies or near-copies of each other one stays, and the ledger names it."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

import numpy as np
import polars as pl
from pydantic import Field

from ftdata.dataset.alike import keyed_rows, shared_passages
from ftdata.json_bytes import canonical, with_digits
from ftdata.near_duplicates import COMMON_PASSAGES
from ftdata.stage import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from ftdata.dataset import Dataset, Shard
    from ftdata.dataset.alike import KeyedRows
    from ftdata.json_bytes import JsonObject
    from ftdata.near_duplicates import ShingleSets

__all__ = ["EXACT_DUPLICATE", "NEAR_DUPLICATE", "Deduplicate"]

EXACT_DUPLICATE: Final = "exact_duplicate"
NEAR_DUPLICATE: Final = "near_duplicate"
_SETS: Final = ("whole", "response", "closing", "rejected", "full")
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
        mixed = len({(facts.format, facts.alike, facts.named) for facts in dataset.sources}) > 1
        if not self.near:
            copies = _exact_copies(_ranked(dataset, dataset.map_shards(partial(_told, mixed=mixed)), self.keep))
            return _drop(dataset, _followed(copies, copies.clear()), EXACT_DUPLICATE)
        common = shared_passages(dataset)
        dataset = dataset.note(COMMON_PASSAGES, sorted(common))
        compare = partial(_compared, ngram=self.ngram, common=common, mixed=mixed)
        with keyed_rows(dataset, compare, threshold=self.threshold) as keyed:
            ranked = _ranked(dataset, keyed.told, self.keep)
            copies = _exact_copies(ranked)
            near = self._near_copies(keyed, ranked, copies, common)
        dataset = _drop(dataset, _followed(copies, near), EXACT_DUPLICATE)
        return _drop(dataset, near, NEAR_DUPLICATE)

    def _near_copies(
        self, keyed: KeyedRows, ranked: pl.DataFrame, copies: pl.DataFrame, common: frozenset[int]
    ) -> pl.DataFrame:
        """`row, kept, similarity` of the near-copies among rows no two of which are exact copies."""
        rows = keyed.candidates(without=copies["row"].to_numpy())
        if not len(rows):
            return pl.DataFrame(schema=_COPIES)
        optional = pl.col("context").is_in(_shared_contexts(ranked).implode()).fill_null(value=False)
        candidates = (
            ranked.with_row_index("rank")
            .filter(pl.col("row").is_in(pl.Series(rows).implode()))
            .select("row", "rank", "verdict", "context", optional.alias("optional"))
            .sort("row")
        )
        sets = partial(_sets, ngram=self.ngram, common=common)
        join = partial(_join, candidates=candidates, threshold=self.threshold)
        return keyed.join(rows, sets, join, ngram=self.ngram)


def _join(
    keys: NDArray[np.uint64], sets: Callable[[str], ShingleSets], *, candidates: pl.DataFrame, threshold: float
) -> pl.DataFrame:
    """`row, kept, similarity` of the near-copies among candidates.

    Args:
        keys: Their band keys.
        sets: Gives the sets of each compared text.
        candidates: A line per row, by row: `rank` in the order in which rows are kept, the hashes of `verdict` and
            `context` that must be equal, and whether a partner without context is as good (`optional`).
        threshold: Least Jaccard similarity.
    """
    from ftdata.near_duplicates import Part, leaders, sets_of_values

    rows = candidates["row"].to_numpy()
    never = np.zeros(len(rows), bool)
    found = leaders(
        keys,
        sets("whole"),
        [
            Part(sets_of_values(candidates["verdict"]), never),
            Part(sets_of_values(candidates["context"]), candidates["optional"].to_numpy()),
            *(Part(sets(name), never) for name in _SETS if name not in {"whole", "closing"}),
            Part(sets("closing"), ~never, stays=True),  # a thread leaves for the one that goes on, never that for this
        ],
        threshold=threshold,
        order=np.argsort(candidates["rank"].to_numpy(), kind="stable"),
    )
    gone = np.flatnonzero(found.kept != np.arange(len(rows)))
    similarity = np.round(found.similarity[gone], 6)
    return pl.DataFrame({"row": rows[gone], "kept": rows[found.kept[gone]], "similarity": similarity}, schema=_COPIES)


def _compared(
    shard: Shard, *, ngram: int, common: frozenset[int], mixed: bool
) -> tuple[NDArray[np.int64], ShingleSets, pl.DataFrame]:
    """What rows are candidates by: the sets of their wholes; and what else is told of them."""
    from ftdata.near_duplicates import compared_parts, normalise, shingle

    parts = compared_parts(shard.texts, common=common)
    return parts["row"].to_numpy(), shingle(normalise(parts["whole"]), n=ngram), _told_of(shard, parts, mixed=mixed)


def _sets(texts: pl.DataFrame, *, ngram: int, common: frozenset[int]) -> dict[str, ShingleSets]:
    """The sets of all texts in which candidates must be alike."""
    from ftdata.near_duplicates import compared_parts, normalise, shingle

    parts = compared_parts(texts, common=common)
    return {name: shingle(normalise(parts[name]), n=ngram) for name in _SETS}


def _told(shard: Shard, *, mixed: bool) -> pl.DataFrame:
    """What is told of rows of which only exact copies are dropped."""
    from ftdata.near_duplicates import compared_parts

    return _told_of(shard, compared_parts(shard.texts), mixed=mixed)


def _told_of(shard: Shard, parts: pl.DataFrame, *, mixed: bool) -> pl.DataFrame:
    """Per row: exact key, length, and hashes of its context, verdict and conversation.

    In a mixed set, whose inputs have different formats or `Fields`, its JSON has a key too: one input may say of a member
    that it tells no rows apart and the other nothing, and still the same JSON is the same row.
    """
    from ftdata.near_duplicates import exact_keys, fingerprints

    told = parts.select(
        "row",
        pl.col("whole").str.len_chars().alias("length"),
        _hashed(parts["context"], normalised=True),
        _hashed(parts["verdict"], normalised=False),
        fingerprints(parts["whole"]).alias("body"),
    ).join(exact_keys(shard.texts), on="row", how="inner", maintain_order="left")
    told = pl.concat([told, _told_by_json(shard, told)], how="diagonal_relaxed").sort("row")
    if not mixed:
        return told
    keys = _keys_of_json(zip(shard.values, shard.raw, strict=True))
    return told.with_columns(pl.Series("json", keys[:, 0]), pl.Series("json_too", keys[:, 1]))


def _told_by_json(shard: Shard, told: pl.DataFrame) -> pl.DataFrame:
    """The same of the rows in which there is nothing to compare: such a row is a copy only of one of the same JSON."""
    known = set(told["row"].to_list())
    left = (
        [
            (row, value, raw)
            for row, value, raw in zip(shard.rows.tolist(), shard.values, shard.raw, strict=True)
            if row not in known
        ]
        if len(known) < len(shard)
        else []
    )
    keys = _keys_of_json((value, raw) for _, value, raw in left)
    rows = pl.DataFrame({"row": [row for row, _, _ in left]}, schema={"row": pl.Int64})
    return rows.with_columns(
        pl.lit(0, told.schema["length"]).alias("length"),
        pl.Series("exact", keys[:, 0], dtype=pl.UInt64),
        pl.Series("exact_too", keys[:, 1], dtype=pl.UInt64),
    )


def _keys_of_json(rows: Iterable[tuple[JsonObject, bytes]]) -> NDArray[np.uint64]:
    """uint64[N, 2], alike only for the same JSON, whatever the order of its keys, and like no exact key of texts."""
    same = (canonical(with_digits(value, raw)) for value, raw in rows)
    digests = [hashlib.blake2b(one, digest_size=16, person=b"JSON of a row").digest() for one in same]
    return np.frombuffer(b"".join(digests), "<u8").reshape(-1, 2)


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
    """`row, kept, similarity` of the rows that are exact copies of one ranked before them, or of a copy of it."""
    from ftdata.near_duplicates import Clusters

    clusters = Clusters(ranked.height)
    placed = ranked.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("at"))
    for keys in (("exact", "exact_too"), ("json", "json_too")):
        if keys[0] in ranked.columns:
            told = placed.select("at", pl.col("at").first().over(keys).alias("first"))
            clusters.union(told["at"].to_numpy(), told["first"].to_numpy())
    kept = ranked["row"].gather(clusters.labels()).alias("kept")
    copies = ranked.select("row", kept).filter(pl.col("row") != pl.col("kept")).sort("row")
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
