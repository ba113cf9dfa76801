"""Records by their type: what `st.from_type` finds for `ftdata.records.Chat` and its kin.

Hypothesis resolves a type by a table of types, so registering one means importing it, and importing the record models
means importing pydantic in every test suite that has ftdata installed. Hypothesis has the same trouble with numpy and
solves it with a second table, from the name of a module to a function that is asked only once that module is loaded.
That table is not public. When it is not there, the types are registered the public way: dearer, and no less right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

__all__ = ["register_types", "strategy_of_type"]

_RECORDS = "ftdata.records"
_NAMES = ("Chat", "Preference", "Completion", "PlainText")


def register_types() -> None:
    """Register the four record types, lazily where Hypothesis can."""
    from hypothesis.strategies._internal import types  # what register_type_strategy imports, too

    lazy: dict[str, Callable[[Any], SearchStrategy[Any] | None]] | None = getattr(types, "_global_extra_lookup", None)
    if isinstance(lazy, dict):
        lazy[_RECORDS] = strategy_of_type
        return
    _register_now()


def _register_now() -> None:
    """The public way, which needs the types at once."""
    from hypothesis import strategies as st

    from ftdata import records

    for name in _NAMES:
        st.register_type_strategy(getattr(records, name), strategy_of_type)  # type: ignore[arg-type]


def strategy_of_type(thing: Any) -> SearchStrategy[Any] | None:
    """The strategy of a record type, None for any other type.

    Args:
        thing: A type.
    """
    from ftdata import records

    if not any(thing is getattr(records, name) for name in _NAMES):
        return None
    from ftdata.testing.strategies.canonical import canonical_records

    return canonical_records(thing)
