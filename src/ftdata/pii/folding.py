r"""The same text as the patterns should see it, and the way back to the offsets of the original.

A value stays a value when it is written with full-width or Arabic digits, with a no-break space or hyphen, with a zero-width
character or soft hyphen inside, or right beside a script that puts no spaces between words. Patterns are written for ASCII
and word boundaries, so the text is folded for them, character by character:

* escapes of JSON and code (`\u0040`, `\x40`, however many backslashes), of URLs (`%40`, also encoded twice) and HTML
  (`&#64;`) are the character that they stand for: JSON may stand in JSON, in a code fence, in a sentence;
* invisible format characters (Unicode category Cf, variation selectors) are left out;
* decimal digits of any script, full-width and mathematical letters become ASCII; spaces and hyphens of any width too.

`masked` is as long as `plain`; there, characters that cannot be part of a value but would touch it are blanked: scripts
without spaces (Han, kana, Hangul, Thai, Lao, Khmer, Burmese), escapes of white space as `\n` (code and JSON inside a text),
and stand-ins already in the text. Values are matched in `masked`, context words in `plain`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ftdata.pii.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BLANK", "STAND_IN", "Folded", "fold"]

BLANK = "\x00"  # no word character, no white space, and in none of the patterns
# Six digits: more stand-ins of one kind do not occur in one conversation, and a card number cannot hide in one.
STAND_IN = re.compile(f"<({'|'.join(sorted(KINDS))})_([0-9]{{1,6}})>")

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"  # Hangul: particles follow a value without a space
    "\u1780-\u17ff"  # Khmer
    "\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b\u3041-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_TOUCHING = re.compile(f"[{_UNSPACED}]+")
_ESCAPE = re.compile(r"\\[nrtbfv]")
# Of URLs only what RFC 3986 reserves, space and quote signs: a percentage before two digits is no escape.
_BACKSLASHED = r"(?<!\\)\\+(?:u(?P<u>[0-9a-fA-F]{4})|x(?P<x>[0-9a-fA-F]{2})|(?P<slash>/))"
_PERCENT = r"%(?:25)*(?P<percent>2[0-9A-Fa-f]|3[A-Fa-f]|40|5[BDbd]|7[BDbd])"
_ENTITY = r"&#(?:(?P<decimal>[0-9]{2,6})|[xX](?P<entity>[0-9A-Fa-f]{2,5}));"
_CODED = re.compile(f"{_BACKSLASHED}|{_PERCENT}|{_ENTITY}")
_CODES = ("\\", "%", "&#")  # without one of them there is no escape

_HYPHENS = frozenset("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d")  # not the em dash: it parts sentences
_BREAKS = frozenset("\u0085\u2028\u2029")
_ARABIC_SIGNS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u08e2")  # category Cf, but visible


def _fold_character(character: str) -> str | None:
    """One character as the patterns see it; None: left out."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Zs":
        return " "
    if character in _HYPHENS:
        return "-"
    if character in _BREAKS:
        return "\n"
    if category == "Cf":
        return character if character in _ARABIC_SIGNS else None
    if "\ufe00" <= character <= "\ufe0f" or character == "\u034f":
        return None
    if (
        "\uff01" <= character <= "\uff5e"
        or "\ufe50" <= character <= "\ufe6b"
        or "\U0001d400" <= character <= "\U0001d7ff"
    ):
        wide = unicodedata.normalize("NFKC", character)
        if len(wide) == 1 and wide.isascii():
            return wide
    return character


class _Table(dict[int, "str | int | None"]):
    """For `str.translate`: filled as characters are met."""

    def __missing__(self, code: int) -> str | int | None:
        """Folds a character that is new."""
        self[code] = folded = code if code < 128 else _fold_character(chr(code))
        return folded


_TABLE = _Table()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made ready for the patterns.

    Attributes:
        plain: The folded text.
        masked: The same length; what cannot be part of a value is blank.
        starts: For every character of `plain` where it begins in the original; None when all stand where they stood.
        ends: For every character of `plain` where it ends in the original; None when `starts` is.
    """

    plain: str = field(repr=False)
    masked: str = field(repr=False)
    starts: Sequence[int] | None = field(repr=False)
    ends: Sequence[int] | None = field(repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text (code points) of a non-empty span of `plain`.

        Args:
            start: Where it begins in `plain`.
            end: Where it ends, exclusive; greater than `start`.
        """
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def _blank(match: re.Match[str]) -> str:
    return BLANK * len(match.group())


def _decoded(text: str) -> tuple[str, list[int], list[int]] | None:
    """The text with escapes as the characters that they stand for, and where each begins and ends; None without escapes."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in _CODED.finditer(text):
        start, end = match.span()
        hexadecimal = match["u"] or match["x"] or match["percent"] or match["entity"]
        code = int(hexadecimal, 16) if hexadecimal else int(match["decimal"] or ord("/"))
        pieces += (text[done:start], chr(code))
        starts += range(done, start + 1)
        ends += range(done + 1, start + 1)
        ends.append(end)
        done = end
    if not done:
        return None
    pieces.append(text[done:])
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return "".join(pieces), starts, ends


def fold(text: str) -> Folded:
    """Folds a text for the patterns.

    Args:
        text: Any text; lone surrogates are allowed.
    """
    plain, starts, ends = text, None, None
    if any(code in text for code in _CODES) and (decoded := _decoded(text)):
        plain, starts, ends = decoded
    if not plain.isascii():
        visible = plain.translate(_TABLE)
        if len(visible) != len(plain):
            at = [i for i, character in enumerate(plain) if _TABLE[ord(character)] is not None]
            starts = at if starts is None else [starts[i] for i in at]
            ends = [i + 1 for i in at] if ends is None else [ends[i] for i in at]
        plain = visible
    if "<" in plain:  # in both views: the word PHONE in a stand-in is not a context word
        plain = STAND_IN.sub(_blank, plain)
    masked = plain
    if not masked.isascii():
        masked = _TOUCHING.sub(_blank, masked)
    if "\\" in masked:
        masked = _ESCAPE.sub(_blank, masked)
    return Folded(plain, masked, starts, ends)
