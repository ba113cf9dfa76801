"""Counts with a local Hugging Face `tokenizer.json`: the one file that knows the library `tokenizers`.

Such a file carries settings of the training run it comes from: truncation (no count would exceed it), padding (no count
would fall below it) and merge dropout (no two counts would agree). They say nothing about the length of a text, so all
three are switched off. Special tokens in a text count as ordinary text, and none are added.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ftdata.errors import EncodingUnavailable
from ftdata.tokens.counters import count_distinct, load_same, mend_surrogates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy as np
    import tokenizers
    from numpy.typing import NDArray

    from ftdata.tokens.counters import Counter

__all__ = ["NoTokenizerError", "TokenizerFileCounter", "open_tokenizer"]

# Characters encoded at once: the library's results hold far more than the counts, and are dropped after each batch.
_BATCH_CHARACTERS = 1_000_000


class NoTokenizerError(ValueError):
    """The bytes are no `tokenizer.json`."""


@dataclass(frozen=True, slots=True, eq=False)
class TokenizerFileCounter:
    """Counts with a tokenizer file; a `Counter`.

    Attributes:
        name: The path as it was asked for.
        sha256: SHA-256 of the file, in hexadecimal.
        backend: `tokenizers` and its version.
        tokenizer: What `open_tokenizer` returned.
    """

    name: str
    sha256: str
    backend: str
    tokenizer: tokenizers.Tokenizer = field(repr=False)

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Counts exactly; see `Counter.count`.

        Args:
            texts: N texts.

        Returns:
            int64[N].

        Raises:
            EncodingUnavailable: The tokenizer has no tokens for one of the texts (a vocabulary without unknown token).
        """
        return count_distinct(texts, self._count_each)

    def bounds(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Bounds nothing: a normaliser may shorten or lengthen a text at will; see `Counter.bounds`.

        Args:
            texts: N texts.

        Returns:
            Zeros, int64[N], and the largest int64, int64[N].
        """
        import numpy as np

        return np.zeros(len(texts), dtype=np.int64), np.full(len(texts), np.iinfo(np.int64).max, dtype=np.int64)

    def _count_each(self, texts: Iterable[str]) -> Iterator[int]:
        for batch in _batches(map(mend_surrogates, texts)):
            try:
                encoded = self.tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            except Exception:  # noqa: BLE001  the library raises bare Exception, and may quote the text in it
                raise EncodingUnavailable(
                    f"encoding {self.name!r}: the tokenizer has no tokens for one of the texts (no unknown token in its "
                    "vocabulary?); type the path of a tokenizer.json that takes any text"
                ) from None
            for one in encoded:
                yield len(one.ids)

    def __reduce__(self) -> tuple[Callable[[str, str], Counter], tuple[str, str]]:
        return load_same, (self.name, self.sha256)


def open_tokenizer(content: bytes) -> tokenizers.Tokenizer:
    """Parses a `tokenizer.json` and makes it a plain measure of length.

    Args:
        content: The bytes of the file.

    Returns:
        The tokenizer without truncation, padding and dropout, to which special tokens in a text are ordinary text.

    Raises:
        NoTokenizerError: The library cannot read it.
        ImportError: The library is not installed.
    """
    import tokenizers

    try:
        tokenizer = tokenizers.Tokenizer.from_buffer(content)
    except Exception:  # noqa: BLE001  which class is raised differs between versions of the library
        raise NoTokenizerError from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    if isinstance(tokenizer.model, tokenizers.models.BPE):
        tokenizer.model.dropout = None
    return tokenizer


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    characters = 0
    for text in texts:
        batch.append(text)
        characters += len(text)
        if characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
