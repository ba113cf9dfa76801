"""Where a web address begins and ends.

presidio's pattern also takes what has neither scheme nor `www.`, so that `str.re` in code is a URL, and it stops inside a
longer top-level domain (`chase.bank` gives `chase.ba`). Here an address begins with its scheme or `www.`, its host must end in a
public suffix, and the whole run up to white space, a quote or a bracket is taken, without the punctuation of the sentence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["find_urls"]

_BEGINNING = re.compile(
    r"(?<![0-9A-Za-z])(?:https?://(?:[^\s\x00<>\"'`@/]{1,128}@)?|(?=www[0-9]{0,3}\.))", re.IGNORECASE
)
_HOST = re.compile(r"[\w.-]{4,253}")
_RUN = re.compile(r"[^\s\x00<>\"'`|\\^{}。、【】《》「」『』]+")
_SENTENCE = ".,;:!?*_~"
_PAIRS = {")": "(", "]": "["}


def _without_sentence(run: str) -> str:
    """The run without closing punctuation that belongs to the sentence around it."""
    surplus = {close: run.count(close) - run.count(opening) for close, opening in _PAIRS.items()}
    end = len(run)
    while end:
        last = run[end - 1]
        if last in _PAIRS and surplus[last] > 0:
            surplus[last] -= 1
        elif last not in _SENTENCE:
            break
        end -= 1
    return run[:end]


def find_urls(masked: str, host_is_public: Callable[[str], bool]) -> Iterator[tuple[int, int, float]]:
    """Finds web addresses.

    Args:
        masked: Folded text.
        host_is_public: Whether a host name ends in a public suffix.

    Yields:
        Start, end, score (0.6, as presidio gives to an address with a scheme).
    """
    done = 0
    for beginning in _BEGINNING.finditer(masked):
        if beginning.start() < done:
            continue
        host = _HOST.match(masked, beginning.end())
        if host is None or not host_is_public(host.group().rstrip(".-_")):
            continue
        run = _RUN.match(masked, beginning.start())
        assert run is not None
        done = beginning.start() + len(_without_sentence(run.group()))
        yield beginning.start(), done, 0.6
