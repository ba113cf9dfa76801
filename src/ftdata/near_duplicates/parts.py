"""Which texts of a row are compared, and how a row is told from another one that only looks alike.

Two rows are the same example only if they agree as a whole *and* in what is trained on. A long shared context with
another answer is another example, the same pair with chosen and rejected swapped is the opposite of the first one, and
the same question about another picture is another question. So each row is compared in parts:

    whole     all its texts but system prompts: messages, tool calls with their arguments, prompt and answers
    response  what the assistant says (chat), the completion, the chosen answer
    closing   the last answer of a conversation that holds several: under one long answer before it a short one weighs nothing in
              `response`, and two threads that end with different answers are two examples. A thread without a second
              answer has none, so that it can be a copy of the one that goes on
    rejected  the rejected answer of a preference row
    context   its system prompt, compared as one value, so that a prompt shared by the set makes no two rows alike
    full      where passages of the prompt were left out of `whole` (`passages.py`), the whole with them: a short rest, alike
              to the last word but one, is no copy if the row as it is read is not
    verdict   what must be equal, compared as one value: pictures by fingerprint, the members that make another example
              of a row with the same texts (tools, labels, weights ...: `ftdata.texts.layouts`), and the template:
              passages of the prompt that much of the set shares (`passages.py`), which are not in `whole`
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from ftdata.near_duplicates.passages import without_common
from ftdata.texts import BESIDE

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

__all__ = ["compared_parts", "exact_keys", "fingerprints"]

_SPOKEN: Final = ("content", "reasoning", "arguments", "name")
_SYSTEM: Final = ("system", "developer")


def compared_parts(texts: pl.DataFrame, *, common: Collection[int] = ()) -> pl.DataFrame:
    """The compared parts of each row.

    Args:
        texts: Texts of rows as `ftdata.texts.extract_texts` lists them.
        common: Hashes of passages that much of the set shares, from `passages.common_lines`.

    Returns:
        `row, whole, response, closing, rejected, context, verdict, full`, all texts, empty where a row has none of that part; one line
        per row that has any text, in the order of the rows.
    """
    import polars as pl

    unstripped = texts
    texts, templates = without_common(texts, common)
    kind, role, part = pl.col("kind"), pl.col("role"), pl.col("part")
    spoken = kind.is_in(_SPOKEN) | ((part == "other") & (kind == "leaf"))
    system = role.is_in(_SYSTEM) & (part != "other")
    answers = spoken & ~system & (role == "assistant") & part.is_in(["messages", "completion", "chosen", "other"])

    def joined(which: pl.Expr) -> pl.Expr:
        return pl.col("text").filter(which).str.join("\n")

    parts = texts.group_by("row", maintain_order=True).agg(
        joined(spoken & ~system).alias("whole"),
        joined(answers).alias("response"),
        joined(spoken & (part == "rejected")).alias("rejected"),
        joined(spoken & system).alias("context"),
        joined(kind.is_in(["media", "verdict"])).alias("verdict"),
    )
    parts = parts.join(_closing(texts.filter(spoken & ~system)), on="row", how="left", maintain_order="left")
    parts = parts.with_columns(pl.col("closing").fill_null(""))
    if not templates.height:
        return parts.with_columns(pl.lit("").alias("full"))
    stripped = unstripped.filter(pl.col("row").is_in(templates["row"].implode()))
    full = stripped.group_by("row", maintain_order=True).agg(joined(spoken & ~system).alias("full"))
    templates = templates.join(full, on="row", how="left", maintain_order="left")
    return parts.join(templates, on="row", how="left", maintain_order="left").select(
        pl.exclude("verdict", "template", "full"),
        pl.concat_str("verdict", pl.col("template").fill_null("")).alias("verdict"),
        pl.col("full").fill_null(""),
    )


def _closing(spoken: pl.DataFrame) -> pl.DataFrame:
    """`row, closing`: what the assistant says in its last turn, of rows in which it has spoken in an earlier one."""
    import polars as pl

    answer = pl.col("role") == "assistant"
    said = spoken.filter(pl.col("part") == "messages")
    answers = said.with_columns((~answer).cum_sum().over("row").alias("turn")).filter(answer)
    last = pl.col("turn").max().over("row")
    return (
        answers.filter((pl.col("turn") == last) & (pl.col("turn").min().over("row") < last))
        .group_by("row", maintain_order=True)
        .agg(pl.col("text").str.join("\n").alias("closing"))
    )


def exact_keys(texts: pl.DataFrame) -> pl.DataFrame:
    """A key per row that is equal only for rows whose texts are equal, string by string and place by place.

    What else tells rows apart (`ftdata.texts.layouts`) is in it, too.

    Args:
        texts: Texts of rows as `ftdata.texts.extract_texts` lists them.

    Returns:
        `row, exact, exact_too` (UInt64, the two halves of a 16-byte BLAKE2b), one line per row that has any text.
    """
    import polars as pl

    # Declared tools are in the verdict, by value: there the order of their keys is nothing.
    inside = pl.col("kind").is_in(["leaf", "declaration"])
    told = texts.filter(~pl.col("kind").is_in(BESIDE) & (~inside | (pl.col("part") == "other")))
    size = pl.col("text").str.len_bytes().cast(pl.String)  # so that no text can pretend to be two
    places = (pl.col("path"), pl.col("role").cast(pl.String), pl.col("kind").cast(pl.String), size, pl.col("text"))
    one = pl.concat_str(*places, separator="\x1f")
    keyed = told.group_by("row", maintain_order=True).agg(one.str.join("\x1e").alias("told"))
    digests = np.frombuffer(b"".join(_digest(text, 16) for text in keyed["told"]), "<u8").reshape(-1, 2)
    return keyed.select("row").with_columns(pl.Series("exact", digests[:, 0]), pl.Series("exact_too", digests[:, 1]))


def fingerprints(texts: pl.Series) -> pl.Series:
    """8-byte BLAKE2b of each text (UInt64), the same on every machine and in every version.

    Args:
        texts: String column without nulls.
    """
    import polars as pl

    return pl.Series(texts.name, np.frombuffer(b"".join(_digest(text, 8) for text in texts), "<u8"), dtype=pl.UInt64)


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()
