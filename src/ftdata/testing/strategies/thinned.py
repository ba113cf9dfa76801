"""Lists of large things that shrink well.

Hypothesis deletes an element of a list by deleting the choices that made it, and finds the right ones only when they are
few. A chat is made of a dozen, so a failing file of six rows stayed at six. Here the simplest value of each element is
no element at all: one choice, and it is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["thinned_lists"]

T = TypeVar("T")


def thinned_lists(elements: SearchStrategy[T], *, min_size: int, max_size: int) -> SearchStrategy[list[T]]:
    """Lists whose elements can be taken out by one choice each.

    Args:
        elements: What they hold.
        min_size: Fewest elements.
        max_size: Most elements.
    """
    wrapped = elements.map(_Present)
    slots = st.lists(st.one_of(st.none(), wrapped, wrapped, wrapped), max_size=max_size - min_size)
    return st.builds(_joined, st.lists(elements, min_size=min_size, max_size=min_size), slots)


class _Present(Generic[T]):
    """An element that is there; elements may be None themselves."""

    def __init__(self, element: T) -> None:
        self.element = element


def _joined(certain: list[T], slots: list[_Present[T] | None]) -> list[T]:
    return certain + [slot.element for slot in slots if slot is not None]
