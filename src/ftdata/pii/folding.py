r"""The same text as the patterns should see it, and the way back to the offsets of the original.

A value stays a value when it is written with full-width or Arabic digits, with a no-break space or hyphen, with a zero-width
character or soft hyphen inside, or right beside a script that puts no spaces between words. Patterns are written for ASCII
and word boundaries, so the text is folded for them, character by character:

* invisible format characters (Unicode category Cf, variation selectors) are left out;
* decimal digits of any script, full-width and mathematical letters become ASCII; spaces and hyphens of any width too.

`masked` is as long as `plain`; there, characters that cannot be part of a value but would touch it are blanked: scripts
without spaces (Han, kana, Hangul, Thai, Lao, Khmer, Burmese), two-character escapes as `\n` (code and JSON inside a text),
and stand-ins already in the text. Values are matched in `masked`, context words in `plain`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from ftdata.pii.kinds import KINDS

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
_ESCAPE = re.compile(r"\\(?:[nrtbfv]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})")

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
        back: For every character of `plain` its index in the original; None when nothing was left out.
    """

    plain: str = field(repr=False)
    masked: str = field(repr=False)
    back: list[int] | None = field(repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text (code points) of a non-empty span of `plain`."""
        if self.back is None:
            return start, end
        return self.back[start], self.back[end - 1] + 1


def _blank(match: re.Match[str]) -> str:
    return BLANK * len(match.group())


def fold(text: str) -> Folded:
    """Folds a text for the patterns.

    Args:
        text: Any text; lone surrogates are allowed.
    """
    plain, back = text, None
    if not text.isascii():
        plain = text.translate(_TABLE)
        if len(plain) != len(text):
            back = [i for i, character in enumerate(text) if _TABLE[ord(character)] is not None]
    if "<" in plain:  # in both views: the word PHONE in a stand-in is not a context word
        plain = STAND_IN.sub(_blank, plain)
    masked = plain
    if not masked.isascii():
        masked = _TOUCHING.sub(_blank, masked)
    if "\\" in masked:
        masked = _ESCAPE.sub(_blank, masked)
    return Folded(plain, masked, back)
