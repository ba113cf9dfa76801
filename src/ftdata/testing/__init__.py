"""For test suites: rows made by Hypothesis, and the laws of the house as functions.

    from ftdata.testing.strategies import chat_records, datasets
    from ftdata.testing.laws import assert_laws

Hypothesis imports this module in every project that has ftdata installed (entry point group `hypothesis`), so it
imports nothing by itself, and what `register` does costs next to nothing (`benchmarks/import_seconds.py`). Neither pydantic nor polars is loaded.
"""

from __future__ import annotations

__all__ = ["register"]


def register() -> None:
    """Teach Hypothesis the record types: `st.from_type(ftdata.records.Chat)` works without an import of ours.

    Called by Hypothesis when it is imported. The types themselves are imported only when one is asked for; whoever asks
    has imported them already.
    """
    from ftdata.testing.by_type import register_types

    register_types()
