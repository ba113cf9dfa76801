"""Whether there is so much to do that worker processes are worth their start.

A worker costs some CPU seconds before its first result (an interpreter, polars, numba's kernels, token ranks), and again
whenever it was let go to give its memory back. The bytes that come out are the same either way, so it is decided here,
by what is the same in every run of the same job: the number of shards, and whose stages there are.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftdata.dataset import Dataset
    from ftdata.stage import Stage

__all__ = ["LEAST_SHARDS", "is_much"]

LEAST_SHARDS: Final = 16
"""Shards (32 MiB of rows) from which on workers are started for ftdata's own stages: there four begin to be quicker than
none, and two at three times as much (`benchmarks/workers.py`; the figures are on the page of engines)."""
_LEAST_OF_OTHERS: Final = 2
"""The same where code of the user's own is run: nobody knows how long it takes, but one shard is one call."""


def is_much(stages: Iterable[Stage], dataset: Dataset) -> bool:
    """Whether workers are to be started.

    Args:
        stages: All stages, those of nested pipelines too.
        dataset: What was read.
    """
    least = _LEAST_OF_OTHERS if any(map(_runs_own_code, stages)) else LEAST_SHARDS
    return len(dataset.shards) >= least


def _runs_own_code(stage: Any) -> bool:
    """Whether a stage is the user's own, or has a function or class of theirs among its settings."""
    if not type(stage).__module__.startswith("ftdata.stages."):
        return True
    return any(callable(getattr(stage, field.name)) for field in dataclasses.fields(stage))
