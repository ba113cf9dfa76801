"""Texts of messages, with the pieces that break programs among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Collection

    from hypothesis.strategies import SearchStrategy

__all__ = ["message_texts"]

_AWKWARD: Final = (
    "2+2",  # digits and signs carry meaning
    "\r\n",
    "\u2028",  # ends a line for str.splitlines, not for JSON Lines
    "\u0085",
    "\x00",
    "\ufeff",  # a byte order mark where none belongs
    "e\u0301",  # two code points, one character
    "é",
    "ﬁ",  # NFKC makes two letters of it
    "👩‍👩‍👧",  # five code points, one picture
    "你好",  # no spaces between words
    "\\u0041",  # an escape that is text
    '"}]',
    "{{x}}",  # a template's own brackets
    "<|im_end|>",  # a token of a chat template
)


def message_texts(
    *, min_size: int = 1, max_size: int = 60, alphabet: SearchStrategy[str] | Collection[str] | None = None
) -> SearchStrategy[str]:
    """Texts as they stand in a message; they can always be written as UTF-8.

    Without an alphabet some texts hold pieces that trip programs: U+2028, NUL, byte order marks, decomposed and joined
    characters, escapes, template tokens, Chinese. Texts with them are at most four pieces long or `max_size`, whichever
    is more code points. Shrinks to `"0"`, or to nothing when `min_size` is 0.

    Args:
        min_size: Fewest code points.
        max_size: Most code points of a plain text. Long texts are what makes strategies slow.
        alphabet: Characters to use, as `st.text` takes them; no awkward pieces then.
    """
    if alphabet is not None:
        return st.text(alphabet, min_size=min_size, max_size=max_size)
    characters = st.characters(codec="utf-8")
    plain = st.text(characters, min_size=min_size, max_size=max_size)
    pieces = st.lists(st.sampled_from(_AWKWARD) | st.text(characters, min_size=1, max_size=8), min_size=1, max_size=4)
    return plain | st.builds(_padded, pieces, st.just(min_size))


def _padded(pieces: list[str], size: int) -> str:
    """The pieces in a row, made long enough rather than thrown away."""
    return "".join(pieces).ljust(size, "0")
