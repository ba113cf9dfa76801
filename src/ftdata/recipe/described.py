"""Stages as a recipe holds them."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ftdata.errors import RecipeError
from ftdata.recipe.yaml_text import write_yaml
from ftdata.stage import stage_name
from ftdata.stages import Deduplicate, Describe, Filter, FilterTokens, ScrubPII, Split, Validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftdata.stage import Stage

__all__ = ["STAGES", "describe_stage", "without_places", "write_recipe"]

STAGES: Final[dict[str, type]] = {
    kind.__name__: kind for kind in (Deduplicate, Describe, Filter, FilterTokens, ScrubPII, Split, Validate)
}
_CODE: Final = "function or class: "


def describe_stage(stage: Stage, *, defaults: bool = False) -> dict[str, Any]:
    """A stage as a recipe holds it: its name and the settings that are not the defaults.

    Args:
        stage: The stage; one that is not ftdata's own is told by name and version only.
        defaults: The settings that are the defaults too.
    """
    name = stage_name(stage)
    if STAGES.get(name) is not type(stage):
        return {"stage": name, "version": getattr(stage, "version", None)}
    told: dict[str, Any] = {}
    for field in dataclasses.fields(stage):  # type: ignore[arg-type]
        value = getattr(stage, field.name)
        if defaults or value != _default(field):
            told[field.name] = _plain(value)
    return {"stage": name, **told}


def without_places(stages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Stages as outputs tell them: a tokenizer file by its name alone.

    The way to it depends on where the run was started; the manifest knows the file by its digest.

    Args:
        stages: As `Pipeline.described` gives them; they stay as they are.
    """
    from ftdata.tokens import shown_encoding

    told: list[dict[str, Any]] = []
    for one in stages:
        step = dict(one)
        if step["stage"] == "Pipeline":
            step["stages"] = without_places(step["stages"])
        elif step["stage"] in STAGES and isinstance(step.get("encoding"), str):
            step["encoding"] = shown_encoding(step["encoding"])
        told.append(step)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    return f"<{_CODE}{getattr(value, '__name__', type(value).__name__)}>" if callable(value) else value


def write_recipe(path: str | os.PathLike[str], stages: Sequence[Mapping[str, Any]]) -> None:
    """Write stages, as `Pipeline.described` gives them, as a recipe without inputs.

    Args:
        path: The file to write; one that is there is replaced. Tokenizer files are named as seen from its folder.
        stages: Name and settings of each, nested where a stage is a `Pipeline`.

    Raises:
        RecipeError: A stage or a setting is a function or class of the user's own.
        WriteError: The file cannot be written.
    """
    from ftdata.io import atomic_file

    place = Path(path)
    told = {"inputs": [], "stages": [_written(one, place.parent) for one in stages]}
    with atomic_file(place) as file:
        file.write(write_yaml(told).encode())


def _written(stage: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """A stage as it stands in a recipe file in a folder."""
    from ftdata.tokens import PACKAGED

    told = {key: value for key, value in stage.items() if (key, value) != ("schema", None)}  # only Python can give one
    name = told["stage"]
    if name == "Pipeline":
        return {**told, "stages": [_written(one, folder) for one in told["stages"]]}
    if name not in STAGES:
        raise RecipeError(f"{name} is a stage of your own; a recipe holds only ftdata's stages")
    for key, value in told.items():
        if isinstance(value, str) and value.startswith(f"<{_CODE}"):
            raise RecipeError(f"{name}: {key} is a function or class of your own; a recipe cannot hold it")
    encoding = told.get("encoding")
    if isinstance(encoding, str) and encoding not in PACKAGED:
        told["encoding"] = os.path.relpath(encoding, folder)
    return told


def _default(field: dataclasses.Field[Any]) -> Any:
    default: Any = field.default
    if hasattr(default, "get_default"):  # pydantic's FieldInfo
        return default.get_default(call_default_factory=True)
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else default
