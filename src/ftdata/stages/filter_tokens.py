"""FilterTokens: rows too long or too short for the model leave; every row is marked with its exact token count."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import Field, model_validator

from ftdata.stage import settings

if TYPE_CHECKING:
    import polars as pl

    from ftdata.dataset import Dataset, Shard

__all__ = ["TOO_FEW_TOKENS", "TOO_MANY_TOKENS", "FilterTokens"]

TOO_MANY_TOKENS: Final = "too_many_tokens"
TOO_FEW_TOKENS: Final = "too_few_tokens"
COUNTED: Final = ("content", "reasoning", "arguments", "name", "declaration")
"""Kinds of text that are counted. A `leaf` is inside another text; `media` is no text."""


@settings
class FilterTokens:
    """Drop rows whose token count is outside the limits, and mark every row with it.

    The mark `content_tokens` (Int64) is the sum of the exact counts of the row's texts: message contents, reasoning,
    names, tool-call arguments and tool declarations (as compact JSON), prompt and answer. What a chat template adds
    around the messages is not in it. A preference row is as long as its longer side: the prompt plus the longer one of
    chosen and rejected.

    Attributes:
        max_tokens: Most tokens a row may have, inclusive; None for no limit. A longer row leaves as `too_many_tokens`.
        min_tokens: Fewest tokens a row may have, inclusive. A shorter row leaves as `too_few_tokens`.
        encoding: `o200k_base`, `cl100k_base`, or the path of a local Hugging Face `tokenizer.json`.

    Raises:
        EncodingUnavailable: The encoding cannot be had offline; said when the stage is built, never estimated instead.
    """

    max_tokens: Annotated[int, Field(ge=1, le=2**62)] | None = None  # counts are int64
    min_tokens: Annotated[int, Field(ge=0, le=2**62)] = 1
    encoding: str = "o200k_base"

    per_row: ClassVar[bool] = True
    version: ClassVar[str] = "1"

    @model_validator(mode="after")
    def _limits_leave_something(self) -> FilterTokens:
        if self.max_tokens is not None and self.max_tokens < self.min_tokens:
            raise ValueError(
                f"max_tokens ({self.max_tokens}) is below min_tokens ({self.min_tokens}): no row would stay"
            )
        return self

    def __post_init__(self) -> None:
        from ftdata.tokens import load_encoding

        load_encoding(self.encoding)

    def versions(self) -> dict[str, str]:
        """What the counts depend on, for the manifest: encoding, hash of its data, library and version."""
        from ftdata.tokens import load_encoding, shown_encoding

        counter = load_encoding(self.encoding)
        return {"encoding": shown_encoding(self.encoding), "sha256": counter.sha256, "backend": counter.backend}

    def __call__(self, dataset: Dataset) -> Dataset:
        """Mark and drop."""
        import polars as pl

        from ftdata.tokens import shown_encoding

        encoding = shown_encoding(self.encoding)
        counted = dataset.map_shards(partial(count_shard, encoding=self.encoding))
        dataset = dataset.mark(counted, of="text")
        limits = ((TOO_MANY_TOKENS, "max_tokens", self.max_tokens), (TOO_FEW_TOKENS, "min_tokens", self.min_tokens))
        for reason, name, limit in limits:
            if limit is None:
                continue
            outside = (
                pl.col("content_tokens") > limit if reason == TOO_MANY_TOKENS else pl.col("content_tokens") < limit
            )
            gone = counted.filter(outside)
            detail = [{"tokens": tokens, name: limit, "encoding": encoding} for tokens in gone["content_tokens"]]
            dataset = dataset.drop(gone["row"], by="FilterTokens", reason=reason, detail=detail)
        return dataset


def count_shard(shard: Shard, *, encoding: str) -> pl.DataFrame:
    """`row, content_tokens` of a shard's rows."""
    import polars as pl

    from ftdata.tokens import load_encoding

    texts = shard.texts.filter(
        pl.col("kind").is_in(COUNTED) | ((pl.col("part") == "other") & (pl.col("kind") == "leaf"))
    )
    counts = load_encoding(encoding).count(texts["text"].to_list())
    part = pl.col("part").cast(pl.String)
    per_part = (
        texts.select(
            "row", pl.when(part.is_in(["chosen", "rejected"])).then(part).otherwise(pl.lit("shared")).alias("side")
        )
        .with_columns(pl.Series("tokens", counts, dtype=pl.Int64))
        .group_by("row", "side")
        .agg(pl.col("tokens").sum())
    )
    sides = per_part.filter(pl.col("side") != "shared").group_by("row").agg(pl.col("tokens").max().alias("longer"))
    shared = per_part.filter(pl.col("side") == "shared").select("row", pl.col("tokens").alias("shared"))
    return (
        pl.DataFrame({"row": shard.rows}, schema={"row": pl.Int64})
        .join(shared, on="row", how="left", maintain_order="left")
        .join(sides, on="row", how="left", maintain_order="left")
        .select("row", (pl.col("shared").fill_null(0) + pl.col("longer").fill_null(0)).alias("content_tokens"))
    )
