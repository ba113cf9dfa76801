"""ftdata turns raw examples into a fine-tuning set that can be defended.

Every row is checked, duplicates and private data are gone, lengths are known, evaluation splits are clean, and every
decision is written down. This file is the door: it says what there is and imports nothing until it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Not lazily: once anything has imported the module `ftdata.stage`, the package has that under this name.
from ftdata.stage import stage

if TYPE_CHECKING:
    from ftdata.dataset import Dataset, Fields
    from ftdata.errors import (
        EncodingUnavailable,
        FtdataError,
        MissingExtraError,
        NamesModelUnavailable,
        ReadError,
        RecipeError,
        SplitError,
        StageError,
        WriteError,
    )
    from ftdata.pipeline import Pipeline, Result
    from ftdata.recipe import Recipe
    from ftdata.stage import Stage
    from ftdata.stages import Deduplicate, Describe, Filter, FilterTokens, ScrubPII, Split, Validate

__all__ = [
    "Dataset",
    "Deduplicate",
    "Describe",
    "EncodingUnavailable",
    "Fields",
    "Filter",
    "FilterTokens",
    "FtdataError",
    "MissingExtraError",
    "NamesModelUnavailable",
    "Pipeline",
    "ReadError",
    "Recipe",
    "RecipeError",
    "Result",
    "ScrubPII",
    "Split",
    "SplitError",
    "Stage",
    "StageError",
    "Validate",
    "WriteError",
    "stage",
]

_ROOMS = {
    "dataset": ("Dataset", "Fields"),
    "pipeline": ("Pipeline", "Result"),
    "recipe": ("Recipe",),
    "stage": ("Stage",),
    "stages": ("Deduplicate", "Describe", "Filter", "FilterTokens", "ScrubPII", "Split", "Validate"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'ftdata' has no attribute {name!r}")
    value = getattr(import_module(f"ftdata.{_ROOM_OF.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
