"""Which input somebody means: outputs have one name for a file, people type another from where they stand."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["find_source"]

_SHOWN = 5  # enough to see how inputs are named; a message is one line


def find_source(asked: str, names: Sequence[str], sizes: Mapping[str, int | None]) -> str:
    """The name of an input.

    Args:
        asked: The name itself; or the path of the file, from where the process stands; or the end of the name, where
            that is enough to tell it.
        names: The names of all inputs.
        sizes: Bytes of the inputs, where they are known: a file of another size is not the one that was read.

    Raises:
        LookupError: None fits, or several do. The message says which there are.
    """
    if asked in names:
        return asked
    there, other = _typed(asked, names, sizes)
    fitting = there or [name for name in names if f"/{name}".endswith(f"/{asked}")]
    if len(fitting) == 1:
        return fitting[0]
    if other and not fitting:
        raise LookupError(
            f"{asked} is not as it was when {other} was read (its size is another); to ask for that one type {other}"
        )
    what = "matches several inputs" if fitting else "is not an input of this run"
    shown = ", ".join((fitting or list(names))[:_SHOWN])
    raise LookupError(f"{asked} {what}; there are: {shown}{' ...' if len(fitting or names) > _SHOWN else ''}")


def _typed(asked: str, names: Sequence[str], sizes: Mapping[str, int | None]) -> tuple[list[str], str | None]:
    """The inputs that a path can stand for: files that are there, whose full path ends as the name does.

    The longest such names; and one that fits by its name but not by its size.
    """
    try:
        size = os.stat(asked).st_size  # noqa: PTH116  # Path would take the path apart and put it together again
    except (OSError, ValueError):  # nothing is there, or it is no path at all
        return [], None
    places = {PurePath(os.path.abspath(asked)).parts, PurePath(os.path.realpath(asked)).parts}  # noqa: PTH100
    found: dict[str, int] = {}
    other = None
    for name in names:
        parts = PurePath(name).parts
        tail = tuple(part for i, part in enumerate(parts) if part != ".." or set(parts[:i]) - {".."})
        if tail and any(place[-len(tail) :] == tail for place in places):
            if sizes.get(name) in {None, size}:
                found[name] = len(tail)
            else:
                other = name
    longest = max(found.values(), default=0)
    return [name for name, length in found.items() if length == longest], other
