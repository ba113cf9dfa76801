"""Lists of large things that shrink well.

Hypothesis deletes an element of a list by deleting the choices that made it, and finds the right ones only when they are
few. A chat is made of a dozen, so a failing file of six rows stayed at six. Here each element carries a flag whose
simplest value takes it out: one choice, and the element is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["thinned_lists"]

T = TypeVar("T")
_THERE = st.sampled_from((False, True, True, True))  # shrinks to False; most elements stay


def thinned_lists(elements: SearchStrategy[T], *, min_size: int, max_size: int) -> SearchStrategy[list[T]]:
    """Lists whose elements can be taken out by one choice each.

    Args:
        elements: What they hold.
        min_size: Fewest elements.
        max_size: Most elements.
    """
    flagged = st.lists(st.tuples(_THERE, elements), min_size=min_size, max_size=max_size)
    return flagged.map(lambda found: _thinned(found, min_size))


def _thinned(found: list[tuple[bool, T]], least: int) -> list[T]:
    missing = least - sum(there for there, _ in found)
    kept: list[T] = []
    for there, element in found:
        if not there and missing > 0:  # mended, not thrown away
            missing -= 1
            kept.append(element)
        elif there:
            kept.append(element)
    return kept
