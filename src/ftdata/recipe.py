"""A recipe: the inputs and stages of a run as a YAML file, read by the very settings classes of the stages.

    inputs:
      - paths: [tickets/*.jsonl]
        origin: human
        fields: {id: metadata.ticket_id, group: metadata.customer}
    stages:
      - {stage: Validate, target: openai}
      - {stage: Deduplicate, threshold: 0.8}

Paths are relative to the recipe file. `ftdata schema` prints the JSON Schema for editors. Only plain YAML is read
(`safe_load`): a recipe is data, it cannot run code.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ftdata.dataset import Dataset, Fields, Origin
from ftdata.dataset.index import ORIGINS
from ftdata.errors import ReadError, RecipeError
from ftdata.stage import settings, stage_name
from ftdata.stages import Deduplicate, Describe, Filter, FilterTokens, ScrubPII, Split, Validate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftdata.dataset.run import Run
    from ftdata.stage import Stage

__all__ = ["Input", "Recipe", "Steps", "describe_stage", "recipe_schema", "starter_recipe", "write_recipe"]

STAGES: Final[dict[str, type]] = {
    kind.__name__: kind for kind in (Deduplicate, Describe, Filter, FilterTokens, ScrubPII, Split, Validate)
}


@settings
class Input:
    """One entry of `inputs`: files that were made alike.

    Attributes:
        paths: Files, directories and globs, relative to the recipe file.
        origin: Who wrote the rows.
        format: Format label, or `auto`.
        fields: Where the rows' own facts stand.
    """

    paths: tuple[str, ...]
    origin: Origin = "unknown"
    format: str = "auto"
    fields: Fields = dataclasses.field(default_factory=Fields)


@dataclasses.dataclass(frozen=True)
class Steps:
    """Stages in order; `Pipeline.of_recipe` makes a pipeline of them."""

    stages: tuple[Stage | Steps, ...]
    name: str = "pipeline"


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A recipe that was read and checked; nothing of the data has been touched.

    Attributes:
        inputs: What to read.
        steps: What to do with it.
        folder: What paths are relative to.
    """

    inputs: tuple[Input, ...]
    steps: Steps
    folder: Path

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Recipe:
        """Read a recipe file.

        Raises:
            RecipeError: It cannot be read, or is wrong; names file, line where known, setting, and what is allowed.
        """
        import yaml

        place = Path(path)
        try:
            told = yaml.safe_load(place.read_text(encoding="utf-8"))
        except OSError as error:
            raise RecipeError(
                f"{place}: the recipe cannot be read ({error.strerror}); `ftdata init` writes one"
            ) from None
        except UnicodeDecodeError:
            raise RecipeError(f"{place}: the recipe is not UTF-8 text") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            raise RecipeError(
                f"{place}{line}: not YAML ({getattr(error, 'problem', None) or 'cannot be parsed'})"
            ) from None
        try:
            return Recipe.of(told, folder=place.parent)
        except RecipeError as error:
            raise RecipeError(f"{place}: {error}") from None

    @staticmethod
    def of(told: Any, *, folder: Path) -> Recipe:
        """Check a recipe that was read from YAML already."""
        whole = _mapping(told, "the recipe", {"inputs", "stages"}, {"stages"})
        inputs = tuple(
            _input(one, number) for number, one in enumerate(_sequence(whole.get("inputs") or [], "inputs"), 1)
        )
        return Recipe(inputs=inputs, steps=_steps(whole["stages"], "stages", "pipeline"), folder=folder)

    def read(
        self,
        paths: Sequence[str] = (),
        *,
        origin: Origin | None = None,
        format: str | None = None,
        limit: int | None = None,
        run: Run | None = None,
    ) -> Dataset:
        """Read the inputs, or `paths` in their place.

        Args:
            paths: Files to read instead of the recipe's inputs, as they were typed; origin, format and fields are those
                of the first input then.
            origin: Origin of all rows, instead of what the recipe says.
            format: Format of all rows, instead of what the recipe says.
            limit: Read at most so many rows.
            run: Engine and work folder.

        Raises:
            RecipeError: There is nothing to read.
            ReadError: An input cannot be read.
        """
        data: Dataset | None = None
        for one in self._inputs(paths, origin, format):
            left = None if limit is None else limit - (len(data.index) if data is not None else 0)
            if left is not None and left <= 0:
                break
            part = Dataset.read(
                one.paths,
                format=one.format,
                origin=one.origin,
                fields=one.fields,
                limit=left,
                run=data.run if data is not None else run,
            )
            data = part if data is None else data + part
        if data is None:
            raise RecipeError("there is nothing to read: the recipe has no inputs, and no files were given")
        return data

    def origins(self, paths: Sequence[str] = (), *, origin: Origin | None = None) -> frozenset[str] | None:
        """The origins that rows can have, or None where that is told by the rows themselves."""
        inputs = self._inputs(paths, origin, None)
        if any(one.fields.origin for one in inputs):
            return None
        return frozenset(one.origin for one in inputs)

    def _inputs(self, paths: Sequence[str], origin: Origin | None, format: str | None) -> list[Input]:
        inputs = [dataclasses.replace(one, paths=tuple(map(self._placed, one.paths))) for one in self.inputs]
        if paths:
            first = inputs[0] if inputs else Input(paths=())
            inputs = [dataclasses.replace(first, paths=tuple(paths))]
        if origin is not None:
            inputs = [dataclasses.replace(one, origin=origin, fields=_without_origin(one.fields)) for one in inputs]
        if format is not None:
            inputs = [dataclasses.replace(one, format=format) for one in inputs]
        return inputs

    def _placed(self, path: str) -> str:
        return path if path == "-" else os.path.normpath(self.folder / path)


def describe_stage(stage: Stage) -> dict[str, Any]:
    """A stage as a recipe holds it: its name and the settings that are not the defaults."""
    from pydantic import TypeAdapter

    name = stage_name(stage)
    if STAGES.get(name) is not type(stage):
        return {"stage": name, "version": getattr(stage, "version", None)}
    told: dict[str, Any] = {}
    for field in dataclasses.fields(stage):  # type: ignore[arg-type]
        value = getattr(stage, field.name)
        default = _default(field)
        if value == default:
            continue
        if callable(value) and not isinstance(value, str):
            told[field.name] = f"<{getattr(value, '__name__', type(value).__name__)}>"
        else:
            told[field.name] = TypeAdapter(Any).dump_python(
                sorted(value) if isinstance(value, frozenset) else value, mode="json"
            )
    return {"stage": name, **told}


def write_recipe(path: str | os.PathLike[str], stages: Sequence[Mapping[str, Any]]) -> None:
    """Write stages, as `Pipeline.described` gives them, as a recipe without inputs.

    Raises:
        RecipeError: A stage or a setting is a function or class of the user's own.
    """
    import yaml

    from ftdata.io import atomic_file

    _refuse_functions(stages)
    text = yaml.safe_dump({"inputs": [], "stages": [dict(one) for one in stages]}, sort_keys=False, allow_unicode=True)
    with atomic_file(Path(path)) as file:
        file.write(text.encode())


def recipe_schema() -> dict[str, Any]:
    """The JSON Schema of a recipe, for editors."""
    from pydantic import TypeAdapter

    choices: list[dict[str, Any]] = []
    definitions: dict[str, Any] = {}
    for name, kind in STAGES.items():
        schema = (
            TypeAdapter(kind).json_schema(mode="validation", ref_template="#/$defs/{model}")
            if name != "Validate"
            else _validate_schema()
        )
        definitions.update(schema.pop("$defs", {}))
        schema["properties"] = {"stage": {"const": name}, **schema.get("properties", {})}
        schema["required"] = ["stage", *schema.get("required", [])]
        schema["additionalProperties"] = False
        choices.append(schema)
    nested = {"properties": {"stage": {"const": "Pipeline"}, "name": {"type": "string"}, "stages": {"$ref": "#/$defs/stages"}},
              "required": ["stage", "stages"], "additionalProperties": False, "type": "object"}  # fmt: skip
    definitions["stages"] = {"type": "array", "items": {"oneOf": [*choices, nested]}}
    definitions["fields"] = {**TypeAdapter(Fields).json_schema(), "additionalProperties": False}
    entry = {
        "type": "object",
        "properties": {
            "paths": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "origin": {"enum": sorted(ORIGINS)},
            "format": {"type": "string"},
            "fields": {"$ref": "#/$defs/fields"},
        },
        "required": ["paths"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ftdata recipe",
        "type": "object",
        "properties": {"inputs": {"type": "array", "items": entry}, "stages": {"$ref": "#/$defs/stages"}},
        "required": ["stages"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _validate_schema() -> dict[str, Any]:
    """Validate without `schema`: a class cannot be written in YAML."""
    return {
        "type": "object",
        "title": "Validate",
        "properties": {"target": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}},
    }


def _default(field: dataclasses.Field[Any]) -> Any:
    default: Any = field.default
    if hasattr(default, "get_default"):  # pydantic's FieldInfo
        return default.get_default(call_default_factory=True)
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else default


def _refuse_functions(stages: Sequence[Mapping[str, Any]]) -> None:
    for one in stages:
        if one["stage"] == "Pipeline":
            _refuse_functions(one["stages"])
        elif one["stage"] not in STAGES:
            raise RecipeError(f"{one['stage']} is a function of your own; a recipe holds only ftdata's stages")
        for key, value in one.items():
            if isinstance(value, str) and value.startswith("<") and value.endswith(">"):
                raise RecipeError(f"{one['stage']}: {key} is a function or class of your own; a recipe cannot hold it")


def _steps(told: Any, where: str, name: str) -> Steps:
    stages: list[Stage | Steps] = []
    for number, one in enumerate(_sequence(told, where), 1):
        here = f"{where}[{number}]"
        entry = dict(_mapping(one, here, None, {"stage"}))
        kind = entry.pop("stage")
        if kind == "Pipeline":
            inner = _mapping(entry, here, {"name", "stages"}, {"stages"})
            stages.append(_steps(inner["stages"], f"{here}.stages", str(inner.get("name", "pipeline"))))
        elif not isinstance(kind, str) or kind not in STAGES:
            raise RecipeError(f"{here}: no stage is called {kind!r}; there are: {', '.join(STAGES)}, Pipeline")
        elif kind == "Validate" and "schema" in entry:
            raise RecipeError(f"{here}: schema takes a pydantic class and can only be given in Python")
        else:
            try:
                stages.append(STAGES[kind](**_as_settings(entry)))
            except RecipeError as error:
                raise RecipeError(f"{here}: {error}") from None
            except TypeError:
                raise RecipeError(f"{here}: the names of settings are text") from None
    if not stages:
        raise RecipeError(f"{where}: no stage is given")
    return Steps(stages=tuple(stages), name=name)


def _as_settings(entry: dict[str, Any]) -> dict[str, Any]:
    """YAML has lists only; settings that are sets or tuples take them as they are."""
    return {key: (tuple(value) if isinstance(value, list) else value) for key, value in entry.items()}


def _input(told: Any, number: int) -> Input:
    here = f"inputs[{number}]"
    entry = dict(_mapping(told, here, {"paths", "origin", "format", "fields"}, {"paths"}))
    if isinstance(entry["paths"], str):
        raise RecipeError(f"{here}: paths is a list, as in paths: [{entry['paths']}]")
    try:
        fields = Fields(**_mapping(entry.pop("fields", None) or {}, f"{here}.fields", None, set()))
        return Input(**_as_settings(entry), fields=fields)
    except RecipeError as error:
        raise RecipeError(f"{here}: {error}") from None


def _without_origin(fields: Fields) -> Fields:
    return dataclasses.replace(fields, origin=None)


def _mapping(told: Any, where: str, allowed: set[str] | None, needed: set[str]) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise RecipeError(f"{where}: a mapping of names to values is wanted, found {_kind(told)}")
    for name in sorted(needed - set(told)):
        raise RecipeError(f"{where}: {name} is missing")
    for name in told:
        if allowed is not None and name not in allowed:
            raise RecipeError(f"{where}: {name!r} is not known; there are: {', '.join(sorted(allowed))}")
    return told


def _sequence(told: Any, where: str) -> list[Any]:
    if not isinstance(told, list):
        raise RecipeError(f"{where}: a list is wanted, found {_kind(told)}")
    return told


def _kind(told: Any) -> str:
    return {dict: "a mapping", list: "a list", str: "text", type(None): "nothing"}.get(type(told), type(told).__name__)


_STARTER: Final = """\
# A recipe for ftdata: what to read, what to do with it. `ftdata schema` prints the schema for your editor.
# Run it:  ftdata run {name} --out clean/        Try it first:  ftdata run {name} --dry-run --limit 1000
inputs:
  - paths: {paths}
    origin: {origin}  # human, synthetic or unknown: only human rows may enter val and test
    # fields: {{id: metadata.id, group: metadata.customer, parents: metadata.seed_id}}  # where these stand in a row
stages:
  - {{stage: Validate, target: openai}}  # every problem of every row; rows that would be rejected leave
  - {{stage: ScrubPII}}  # needs: pip install 'ftdata[pii]'
  - {{stage: Deduplicate, threshold: 0.8}}
  - {{stage: FilterTokens, max_tokens: 4096, encoding: o200k_base}}
  - {{stage: Split, train: 0.8, val: 0.1, test: 0.1, seed: 7}}
  - {{stage: Describe, by: split}}
"""


def starter_recipe(folder: Path) -> Path:
    """Write `recipe.yaml` into a folder, naming the data files that are there.

    Raises:
        RecipeError: There is one already.
    """
    from ftdata.io import atomic_file, find_sources

    place = folder / "recipe.yaml"
    if place.exists():
        raise RecipeError(f"{place} is there already; remove it first, or give another folder")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        found = [os.path.relpath(source.path, folder) for source in find_sources(folder)]
    except ReadError:
        found = []
    paths = "[" + ", ".join(f'"{path}"' for path in found[:20]) + "]" if found else '["data/*.jsonl"]'
    with atomic_file(place) as file:
        file.write(_STARTER.format(name=place, paths=paths, origin="unknown").encode())
    return place
