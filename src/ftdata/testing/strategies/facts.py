"""What rows say about themselves: ids, parents, groups, origins, dates, with everything that is odd about them in real files.

Names are drawn from a handful, so that small datasets have all of it: chains of parents, parents that are nowhere, rows
that are their own parents or each other's, ids that several rows have, groups across origins, numbers for ids, nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from ftdata.dataset import Fields

__all__ = ["FACTS_KEY", "fields_of_facts", "row_facts"]

FACTS_KEY: Final = "about"
"""The key of a row under which its facts stand."""
_NAMES: Final = ("id", "parents", "group", "origin", "created", "stratum", "generator")
_IDS: Final = ("a", "b", 1)  # the number is the same name as the text "1"
_NOWHERE: Final = ("lost", None)


def row_facts() -> SearchStrategy[dict[str, Any]]:
    """Facts of a row, as `fields_of_facts` reads them; any of them may be missing. Shrinks to none."""
    ids = st.sampled_from(_IDS)
    named = st.sampled_from((*_IDS, "1", *_NOWHERE))
    family = st.fixed_dictionaries({}, optional={"id": ids, "parents": st.lists(named, max_size=3) | named})
    both = st.fixed_dictionaries({"id": ids, "parents": st.lists(ids, min_size=1, max_size=2)})
    others = st.fixed_dictionaries(
        {},
        optional={
            "group": st.sampled_from(("g", "h", 7, "")),
            "origin": st.sampled_from(("human", "synthetic", "unknown", "robot")),
            "created": st.sampled_from(("2024-01-01", "2025-06-30T12:00:00Z", "not a date")),
            "stratum": st.sampled_from(("s", "t")),
            "generator": st.sampled_from(("a model", None)),
        },
    )
    return st.builds(_merged, family | both, others)


def fields_of_facts(*, origin: bool = True) -> Fields:
    """Where the facts of such rows stand.

    Args:
        origin: Whether the origin is taken from the row, too; the file's own origin otherwise.
    """
    from ftdata.dataset import Fields

    return Fields(**{name: f"{FACTS_KEY}.{name}" for name in _NAMES if origin or name != "origin"})


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {**one, **other}
