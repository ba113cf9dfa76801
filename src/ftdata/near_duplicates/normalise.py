"""Texts to words: what must be equal for two texts to count as the same.

Web-text normalisers throw away digits and signs, and then "2+2" equals "2-2" and "-5" equals "5". A fine-tuning set
cannot afford that: the answer hangs on the sign. So case, width, spelling variants of one character and sentence
punctuation go, and everything that carries meaning stays as a word.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

__all__ = ["NORMALISE_VERSION", "normalise"]

NORMALISE_VERSION = 1
"""Goes up whenever `normalise` gives other words for any text."""

_SLICE_BYTES = 8 << 20  # text handled at a time: the list of words costs 16 bytes per word

# Scripts written without spaces between words: a sentence would be one word, so each character is one.
# U+30FC, the kana length mark, belongs to no one script.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\x{30FC}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"


def _pattern(letter: str, digit: str, first: str, symbols: str) -> str:
    """One regular expression that finds all words of a folded text, left to right."""
    run = f"(?:{letter}*{digit})?"
    number = rf"(?:\.{digit}{run}|{letter}*{digit})(?:[.,:]{digit}{run})*{letter}*"
    return rf"{first}!*(?:{number}|{letter}+)|!+[=(]|{symbols}"


_ASCII_WORDS = _pattern("[a-z0-9_]", "[0-9]", "", r"[#$%&*+\-/<=>@\\^|~]")
_WORDS = _pattern(
    rf"[\w--[{_UNSPACED}]]",
    rf"[\p{{Nd}}--[{_UNSPACED}]]",
    rf"[\w&&[{_UNSPACED}]]|",
    r"[#%&*@/\\\-^‰‱†‡§¶\p{Sm}\p{Sc}\p{So}]",
)

# Code points without a shape of their own: soft hyphen, joiners, direction marks, variation selectors, tags.
_IGNORABLE = (
    r"[\x{AD}\x{34F}\x{61C}\x{180B}-\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{206F}"
    r"\x{FE00}-\x{FE0F}\x{FEFF}\x{E0000}-\x{E0FFF}]"
)
# Before NFKC, which would write five squared as 52, one and a half as 11/2, a full-width ! as a negation.
_BEFORE = (
    (_IGNORABLE, ""),
    (r"[\x{B2}\x{B3}\x{B9}\x{2070}\x{2074}-\x{2079}]+", " ^${0}"),
    (r"[\x{BC}-\x{BE}\x{2150}-\x{215E}\x{2189}]", " ${0}"),
    (r"[\x{FF01}\x{FE57}]", " "),
)
# After NFKC: hyphens, figure dash, en dash and minus are one sign; the fraction slash is a slash.
_AFTER = ((r"[\x{2010}-\x{2013}\x{2212}]", "-"), (r"\x{2044}", "/"))


def normalise(texts: pl.Series) -> pl.Series:
    r"""Write each text as its words, one space between two words.

    * Unicode NFKC and full case folding (Unicode 3.13, toNFKC_Casefold: ignorable code points such as the soft hyphen
      go first). Superscripts keep apart from the number before them.
    * A word is a run of letters, marks, digits and `_`. A `.`, `,` or `:` between two digits and a `.` before a digit
      belong to the number; a `!` right before a word negates it and belongs to it (`!done`), and `!=` is a word.
    * Each operator, sign and symbol (`# % & * @ / \ - ^ + < = > | ~ $ €`, all of the Unicode categories Sm, Sc, So, so
      emoji too) is a word of its own.
    * Each character of a script written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) is a word of its own.
    * White space, quotes, brackets and sentence punctuation, full-width forms too, only separate.
    * A text without a word ("!!!", "...") stays as it is, stripped, its inner white space written as U+00A0: such texts
      are compared by what they are, not all alike. A null is an empty text.

    Brackets are not words, so `(2+3)*4` and `2+(3*4)` have the same words.

    Args:
        texts: String column of N texts.

    Returns:
        String column of N normalised texts, without nulls.

    Example:
        >>> import polars as pl
        >>> normalise(pl.Series(["Yes.", "x -= 1", "Costs $1.50!", "!!!"])).to_list()
        ['yes', 'x - = 1', 'costs $ 1.50', '!!!']
    """
    import polars as pl

    done = [_normalise_slice(part) for part in _slices(texts.cast(pl.String).fill_null(""))]
    return pl.concat(done).alias(texts.name) if done else pl.Series(texts.name, [], dtype=pl.String)


def _slices(texts: pl.Series) -> Iterator[pl.Series]:
    """Cut a column into slices of about `_SLICE_BYTES`, at least one row each."""
    ends = texts.str.len_bytes().cast(int).cum_sum()
    start, done = 0, 0
    while start < len(texts):
        stop = max(start + 1, int(ends.search_sorted(done + _SLICE_BYTES, side="right")))
        yield texts.slice(start, stop - start)
        start, done = stop, int(ends[stop - 1])


def _normalise_slice(texts: pl.Series) -> pl.Series:
    import polars as pl

    frame = (
        texts.alias("raw").to_frame().with_columns(ascii=pl.col("raw").str.len_bytes() == pl.col("raw").str.len_chars())
    )
    plain = pl.when("ascii").then(pl.col("raw")).str.to_lowercase()
    words = plain.str.extract_all(_ASCII_WORDS).list.join(" ")
    if not frame["ascii"].all():
        folded = _fold(frame.filter(~pl.col("ascii"))["raw"])
        other = folded.str.extract_all(_WORDS).list.join(" ")
        at = frame.select(at=(~pl.col("ascii")).cum_sum().cast(pl.Int64) - 1)["at"]
        frame = frame.with_columns(other=pl.when(~pl.col("ascii")).then(other.gather(at.clip(0))))
        words = pl.when("ascii").then(words).otherwise(pl.col("other"))
    frame = frame.with_columns(words=words)
    bare = pl.col("raw").str.strip_chars().str.replace_all(r"\s+", "\u00a0")
    return frame.select(pl.when(pl.col("words").str.len_bytes() > 0).then("words").otherwise(bare).alias("words"))[
        "words"
    ]


def _fold(texts: pl.Series) -> pl.Series:
    """NFKC and case folding of texts that are not ASCII; polars knows no case folding, so Python does it."""
    import polars as pl

    for pattern, by in _BEFORE:
        texts = texts.str.replace_all(pattern, by)
    nfkc = unicodedata.normalize  # twice: folding a composed letter can leave a decomposed one
    texts = pl.Series([nfkc("NFKC", nfkc("NFKC", text).casefold()) for text in texts], dtype=pl.String)
    for pattern, by in _AFTER:
        texts = texts.str.replace_all(pattern, by)
    return texts
