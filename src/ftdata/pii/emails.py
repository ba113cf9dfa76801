"""Where an e-mail address begins and ends.

presidio's pattern takes every character RFC 5322 allows, so in code it swallows the quote and the name before it
(`EMAIL='user@example.com`), and it takes time quadratic in the length of a line of words and dots. Here the search starts
at each `@` and looks a bounded way to both sides: 64 characters for the local part, 253 for the host (RFC 5321, 4.5.3.1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["find_emails"]

_AT = re.compile(r"(?<=[\w.+%'-])@(?=\w)")
_LOCAL = re.compile(r"[\w.+%'-]{1,64}\Z")  # run on at most 64 characters
_EDGE = ".'%-"  # never the first character of a local part
_LABEL = r"[^\W_](?:[^\W_]|-(?=-*[^\W_])){0,62}"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_REMOTE = re.compile(r"[:/]\S")
# An apostrophe is part of a name only after these (o'brien, d'angelo); elsewhere it is a quote, as in f'ana@...'.
_ELISIONS = frozenset({"o", "d", "l"})


def _trim(local: str) -> str:
    """The local part without quotes, names and marks before it; empty when nothing is left."""
    head, quote, tail = local.rpartition("'")
    if quote and not (head.rpartition("'")[2].casefold() in _ELISIONS and tail[:1].isalpha()):
        local = tail
    local = local.lstrip(_EDGE)
    if local.startswith("_") and local.strip("_"):  # _ana@example.com_ is emphasis
        local = local.lstrip("_")
    return "" if local.endswith(".") else local


def find_emails(text: str, valid: Callable[[str], float]) -> Iterator[tuple[int, int, float]]:
    """Finds e-mail addresses.

    Args:
        text: Folded text.
        valid: Score of a candidate, 0 when its host is not public.

    Yields:
        Start, end, score.
    """
    for at in _AT.finditer(text):
        position = at.start()
        found = _HOST.match(text, position + 1, position + 254)
        if found is None:
            continue
        local = _LOCAL.search(text[max(0, position - 64) : position])
        name = _trim(local.group()) if local else ""
        if not name:
            continue
        start = position - len(name)
        if name == "git" and _REMOTE.match(text, found.end()):
            continue  # git@github.com:owner/name.git is nobody's mailbox
        host = found.group()
        if len(name) == 1 and host[1:2] == ".":
            continue  # q@k.mT is a product of matrices
        while "." in host:  # "write to ana@example.com.Please" : the last label may be the next sentence
            if score := valid(f"{name}@{host}"):
                yield start, position + 1 + len(host), score
                break
            host = host.rpartition(".")[0]
