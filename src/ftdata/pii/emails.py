"""Where an e-mail address begins and ends.

presidio's pattern takes every character RFC 5322 allows, so in code it swallows the quote and the name before it
(`EMAIL='user@example.com`), and it takes time quadratic in the length of a line of words and dots. Here the search starts
at each `@` and looks a bounded way to both sides: 64 characters for the local part, 253 for the host (RFC 5321, 4.5.3.1).

Where a script without spaces touches an address, the address ends (`写信给ana@example.com谢谢`), unless its own first label or the
end of its local part is in that script (`老板@公司.com`).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ftdata.pii.folding import BLANK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["find_emails"]

# the range: combining accents, for text in decomposed form (NFD)
_AT = re.compile(r"(?<=[\w.+%'\u0300-\u036f-])@(?=\w)")
# run on at most 64 characters; the dot between the parts of a foreign name in Chinese (U+00B7, GB/T 15834) is inside a name only
_LOCAL = re.compile(r"(?:[\w.+%'\u0300-\u036f-]|(?<=[^\W\d_])\u00b7(?=[^\W\d_])){1,64}\Z")
_WIDE_WINDOW = 16  # nothing tells where a local part in a script without spaces begins
# never the first character of a local part; but %C3%A9 is a letter, percent-encoded
_EDGE = re.compile(r"(?:[.'-]|%(?![89A-Fa-f][0-9A-Fa-f]))+")
_LABEL = r"[^\W_](?:[^\W_]|[\u0300-\u036f]|-(?=-*[^\W_])){0,62}"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_FIRST_LABEL = re.compile(rf"{_LABEL}\.")
_MORE_LABELS = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ENDING = re.compile(r"[A-Za-z]{2,}(?=[^\x00-\x7f])")
# Endings under which one letter is a host, and that are no attribute of a matrix (as .to, .at, .is, .id, .name, .mT are).
_MAILBOX = re.compile(r"[a-z0-9]\.(?:com|net|org|edu|co|io|de|cn|co\.uk)", re.IGNORECASE)
_CALLED = re.compile(r"[(\[_]| ?[*=]| [+@] |\.[a-z_]")  # what follows an attribute, and no address
_REMOTE = re.compile(r"[:/]\S")
# An apostrophe is part of a name only after these (o'brien, d'angelo); elsewhere it is a quote, as in f'ana@...'.
_ELISIONS = frozenset({"o", "d", "l"})


def _trim(local: str) -> str:
    """The local part without quotes, names and marks before it; empty when nothing is left."""
    head, quote, tail = local.rpartition("'")
    if quote and not (head.rpartition("'")[2].casefold() in _ELISIONS and tail[:1].isalpha()):
        local = tail
    if edge := _EDGE.match(local):
        local = local[edge.end() :]
    if local.startswith("_") and local.strip("_"):  # _ana@example.com_ is emphasis
        local = local.lstrip("_")
    return "" if local.endswith(".") else local


def _host(masked: str, plain: str, start: int) -> str:
    """The host that begins at `start`; empty when there is none."""
    if masked[start] != BLANK:
        found = _HOST.match(masked, start, start + 253)
        return found.group() if found else ""
    first = _FIRST_LABEL.match(plain, start, start + 64)
    rest = _MORE_LABELS.match(masked, first.end(), start + 253) if first else None
    return first.group() + rest.group() if first and rest else ""


def _hosts(host: str) -> Iterator[str]:
    """The host and what it may be without the end of the sentence that touches it, longest first."""
    while "." in host:
        yield host
        rest, _, label = host.rpartition(".")
        if (ending := _ENDING.match(label)) and len(host) > len(rest) + 1 + ending.end():
            yield f"{rest}.{ending.group()}"  # "ana@example.comको": particles are written on to it in many languages
        host = rest  # "write to ana@example.com.Please": the last label may be the next sentence


def find_emails(masked: str, plain: str, valid: Callable[[str], float]) -> Iterator[tuple[int, int, float]]:
    """Finds e-mail addresses.

    Args:
        masked: Folded text in which what cannot be part of an address is blank.
        plain: Folded text of the same length.
        valid: Score of a candidate, 0 when its host is not public.

    Yields:
        Start, end, score.
    """
    for at in _AT.finditer(plain):
        position = at.start()
        host = _host(masked, plain, position + 1)
        if not host:
            continue
        wide = masked[position - 1] == BLANK and not plain[position - 1].isascii()
        window = plain[max(0, position - _WIDE_WINDOW) : position] if wide else masked[max(0, position - 64) : position]
        local = _LOCAL.search(window)
        name = _trim(local.group()) if local else ""
        if not name or (name == "git" and _REMOTE.match(masked, position + 1 + len(host))):
            continue  # git@github.com:owner/name.git is nobody's mailbox
        # q@k.mT, x@w.to(device), a@b.name are products of matrices: letter, host and ending must all be those of a mailbox
        short = len(name) == 1 and name.isascii() and host[1:2] == "."
        for told in _hosts(host):
            if short and not (_MAILBOX.fullmatch(told) and _CALLED.match(plain, position + 1 + len(told)) is None):
                continue
            if score := valid(unicodedata.normalize("NFC", f"{name}@{told}")):
                yield position - len(name), position + 1 + len(told), score
                break
