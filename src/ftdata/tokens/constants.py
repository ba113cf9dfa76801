"""What OpenAI published about the packaged encodings: hash of the rank file, split pattern, special tokens.

Source of every value: tiktoken 0.14.0, `tiktoken_ext/openai_public.py` (MIT licence, Copyright (c) 2022 OpenAI, Shantanu
Jain; see NOTICE). They are copied because calling tiktoken's own constructors starts a download. A test compares them
with the installed tiktoken, so a change there is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LONGEST_TOKEN_BYTES", "PUBLISHED", "Published"]

# Longest token, in bytes, of o200k_base and of cl100k_base alike. Source: computed from the rank files; a test recomputes it.
LONGEST_TOKEN_BYTES = 128


@dataclass(frozen=True, slots=True)
class Published:
    r"""One encoding as OpenAI published it.

    Attributes:
        name: Name in tiktoken, such as `o200k_base`.
        sha256: SHA-256 of the `.tiktoken` file, in hexadecimal.
        pattern: Regular expression that cuts a text into the pieces within which tokens are merged.
        special_tokens: Number of each special token. Text that looks like one is ordinary text when counting.
        trailing_space_stands_alone: Whether spaces at the very end of a text are a piece apart from a newline before
            them. Read off the pattern: `cl100k_base` has `\s++$`, which takes newlines and spaces together.
    """

    name: str
    sha256: str
    pattern: str
    special_tokens: Mapping[str, int]
    trailing_space_stands_alone: bool


_O200K_PATTERN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_CL100K_PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)

PUBLISHED: Mapping[str, Published] = MappingProxyType(
    {
        "o200k_base": Published(
            name="o200k_base",
            sha256="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
            pattern=_O200K_PATTERN,
            special_tokens=MappingProxyType({"<|endoftext|>": 199999, "<|endofprompt|>": 200018}),
            trailing_space_stands_alone=True,
        ),
        "cl100k_base": Published(
            name="cl100k_base",
            sha256="223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
            pattern=_CL100K_PATTERN,
            special_tokens=MappingProxyType(
                {
                    "<|endoftext|>": 100257,
                    "<|fim_prefix|>": 100258,
                    "<|fim_middle|>": 100259,
                    "<|fim_suffix|>": 100260,
                    "<|endofprompt|>": 100276,
                }
            ),
            trailing_space_stands_alone=False,
        ),
    }
)
