"""Counters: how many tokens each text has, exactly, and bounds that need no counting.

A counter never estimates. What looks like a special token (`<|endoftext|>`) in a text is ordinary text to it: the text is
content, not markup. A lone surrogate, which no encoding can hold, counts as the U+FFFD that would be sent in its place.

A counter is cheap to send to another process: it travels as its name and is loaded there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ftdata.errors import EncodingUnavailable
from ftdata.tokens.constants import LONGEST_TOKEN_BYTES
from ftdata.tokens.long_runs import LONG_RUN, cut_long_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy as np
    import tiktoken
    from numpy.typing import NDArray

__all__ = ["Counter", "PackagedCounter", "bounds", "count_distinct", "load_same", "mend_surrogates"]


class Counter(Protocol):
    """Counts the tokens of texts under one encoding. Got from `load_encoding`."""

    @property
    def name(self) -> str:
        """What `load_encoding` was asked for: a packaged name or a path."""
        ...

    @property
    def sha256(self) -> str:
        """SHA-256, in hexadecimal, of the official rank file or of the `tokenizer.json`."""
        ...

    @property
    def backend(self) -> str:
        """Library and version that counts, such as `tiktoken 0.14.0`."""
        ...

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Counts exactly.

        Args:
            texts: N texts. Equal texts are counted once, so a whole column at a time is the quickest.

        Returns:
            int64[N], the number of tokens of each text; 0 for the empty text.
        """
        ...

    def bounds(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Bounds the counts from below and above without counting.

        Args:
            texts: N texts.

        Returns:
            Two arrays int64[N], `low` and `high`, with `low <= count <= high`. Where nothing is known, 0 and the largest
            int64.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PackagedCounter:
    """Counts under a packaged encoding with tiktoken.

    Attributes:
        name: `o200k_base` or `cl100k_base`.
        sha256: SHA-256 of OpenAI's rank file, which the loaded ranks were checked against.
        backend: `tiktoken` and its version.
        encoding: The encoding itself; `encode_ordinary` gives the ids that are counted.
        whole_piece: Gives the same encoding with a pattern that splits nothing, for enormous runs of white space.
        trailing_stands_alone: See `Published.trailing_space_stands_alone`.
    """

    name: str
    sha256: str
    backend: str
    encoding: tiktoken.Encoding = field(repr=False)
    whole_piece: Callable[[], tiktoken.Encoding] = field(repr=False)
    trailing_stands_alone: bool = field(repr=False)

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """See `Counter.count`."""
        return count_distinct(texts, self._count_each)

    def bounds(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """See `Counter.bounds`; here those of `ftdata.tokens.bounds`."""
        return bounds(texts)

    def _count_each(self, texts: Iterable[str]) -> Iterator[int]:
        encode = self.encoding.encode_ordinary
        for text in texts:
            yield len(encode(text)) if len(text) < LONG_RUN else self._count_long(text)

    def _count_long(self, text: str) -> int:
        total = 0
        for part, one_piece in cut_long_runs(text, trailing_stands_alone=self.trailing_stands_alone):
            encoding = self.whole_piece() if one_piece else self.encoding
            total += len(encoding.encode_ordinary(part))
        return total

    def __reduce__(self) -> tuple[Callable[[str, str], Counter], tuple[str, str]]:
        return load_same, (self.name, self.sha256)


def bounds(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bounds token counts by the number of UTF-8 bytes; for the packaged encodings only.

    Every token is at least one byte, so there are at most as many tokens as bytes. The longest token of both vocabularies
    is 128 bytes (`LONGEST_TOKEN_BYTES`, computed from the packaged ranks and tested), so there are at least
    `ceil(bytes / 128)`. Both hold because tokens cover the bytes of the text without gap or overlap.

    Args:
        texts: N texts.

    Returns:
        Two arrays int64[N], `low` and `high`, with `low <= tokens <= high`.

    >>> low, high = bounds(["", "a", "日本"])
    >>> low.tolist(), high.tolist()
    ([0, 1, 1], [0, 1, 6])
    """
    import numpy as np

    _refuse_one_string(texts)
    high = np.fromiter(map(_utf8_size, texts), dtype=np.int64, count=len(texts))
    return -(-high // LONGEST_TOKEN_BYTES), high


def _utf8_size(text: str) -> int:
    return len(text) if text.isascii() else len(mend_surrogates(text).encode())


def mend_surrogates(text: str) -> str:
    """Joins surrogate pairs and replaces lone surrogates by U+FFFD: the way of `tiktoken.Encoding.encode_ordinary`.

    Args:
        text: Any text.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def count_distinct(texts: Sequence[str], count_each: Callable[[Iterable[str]], Iterator[int]]) -> NDArray[np.int64]:
    """Counts each distinct text once.

    System prompts and shared prompts repeat much; where nothing repeats, the look-up costs next to nothing (measured:
    `benchmarks/repeated_texts.py`). It lives for one call only and so needs no bound on its memory.

    Args:
        texts: N texts.
        count_each: Gives the count of each of some texts, in order.
    """
    import numpy as np

    _refuse_one_string(texts)
    distinct = dict.fromkeys(texts, 0)
    for text, size in zip(distinct, count_each(list(distinct)), strict=True):
        distinct[text] = size
    return np.fromiter(map(distinct.__getitem__, texts), dtype=np.int64, count=len(texts))


def _refuse_one_string(texts: Sequence[str]) -> None:
    if isinstance(texts, str):
        raise TypeError("expected a sequence of texts, found one str; type [text]")


def load_same(name: str, sha256: str) -> Counter:
    """Loads a counter in another process and makes sure that it is the same one.

    Args:
        name: Name or path of the encoding.
        sha256: Hash of its data in the first process.

    Raises:
        EncodingUnavailable: It cannot be had here, or its data are others.
    """
    from ftdata.tokens.encodings import load_encoding

    counter = load_encoding(name)
    if counter.sha256 != sha256:
        raise EncodingUnavailable(f"encoding {name!r}: the file has changed since it was first read; run again")
    return counter
