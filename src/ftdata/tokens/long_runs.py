r"""Counts texts with enormous runs of white space, on which tiktoken's regular expression engine gives up.

The patterns of both packaged encodings hold `\s+(?!\S)`. The engine keeps one state for each character that `\s+` takes and
stops at a million: a run of 999,999 spaces (a broken web page, a padded log) ends in a Rust panic, which is no `Exception`
and would end the whole run. Such runs are cut out beforehand, at places where the pattern cuts in any case, so the count
stays exact.

Why the cuts are exact. Take a maximal run of white space other than newlines. No piece of either pattern reaches from
before it into it: letters, digits and punctuation take no space behind them, and what takes newlines ends at the last one.
- A newline follows: `\s*[\r\n]` takes the run, and this part of the pattern needs no states. Left alone.
- The text ends: `o200k_base` takes the run as one piece. `cl100k_base` takes it, with newlines before it, by `\s++$`,
  which needs no states. Left alone there.
- Anything else follows: `\s+(?!\S)` takes all of the run but its last character as one piece; that character begins the
  next piece, as it does at the beginning of a text of its own.
Neither pattern looks back, so each part splits alone as it splits in place. Tests compare this with the plain count, with
the limit set to two characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LONG_RUN", "WHOLE_PIECE_PATTERN", "cut_long_runs"]

# Runs from here on are cut out. The engine gives up at 999,999 (measured, tiktoken 0.14.0): far below, in case that changes.
LONG_RUN = 100_000

# The Unicode property White_Space, which is `\s` of the Rust engine, without \r and \n. Python's own `\s` differs (U+001C-1F).
_SPACE = "\t\v\f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACES = re.compile(f"[{_SPACE}]*")

# A pattern under which a text is one piece: the merges alone, without the splitting.
WHOLE_PIECE_PATTERN = r"[\s\S]+"


def cut_long_runs(text: str, *, trailing_stands_alone: bool, limit: int = LONG_RUN) -> Iterator[tuple[str, bool]]:
    """Cuts a text so that no part to be split holds a long run of white space that the engine would stumble over.

    Args:
        text: Any text.
        trailing_stands_alone: See `Published.trailing_space_stands_alone`.
        limit: Runs of this many characters or more are cut out; at least 2.

    Yields:
        Parts in order, which joined give the text, each with whether it is one piece by itself (`True`) or is to be
        split by the pattern (`False`).
    """
    done = checked = 0
    at = limit - 1
    # A run of `limit` characters covers one of the places looked at: nearly all characters are never looked at.
    while at < len(text):
        if text[at] not in _SPACE:
            checked, at = at + 1, at + limit
            continue
        start = checked + len(text[checked:at].rstrip(_SPACE))
        found = _SPACES.match(text, at)
        end = found.end() if found else at
        if end - start >= limit:
            if end < len(text):
                cut = done if text[end] in "\r\n" else end - 1
            else:
                cut = end if trailing_stands_alone else done
            if cut > done:
                yield text[done:start], False
                yield text[start:cut], True
                done = cut
        checked, at = end, end + limit - 1
    yield text[done:], False
