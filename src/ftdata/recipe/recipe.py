"""A recipe that was read and checked, and the reading of its inputs."""

from __future__ import annotations

import dataclasses
import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ftdata.dataset import Fields, Origin
from ftdata.dataset.limits import equal_parts, rows_up_to
from ftdata.dataset.reading import read_files
from ftdata.dataset.run import Run
from ftdata.errors import FtdataError, RecipeError
from ftdata.formats import FORMATS
from ftdata.recipe.described import STAGES
from ftdata.recipe.yaml_text import Told, read_yaml
from ftdata.stage import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftdata.dataset import Dataset
    from ftdata.stage import Stage

__all__ = ["Input", "Recipe", "Steps"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")  # longer is no slip of the keyboard
_KINDS: Final = {dict: "a mapping", Told: "a mapping", list: "a list", str: "text", type(None): "nothing"}


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

    def __post_init__(self) -> None:
        if not self.paths:
            raise RecipeError("paths: name a file, a folder, a pattern, or - for standard input")
        _check_format(self.format)


def _check_format(format: str) -> None:
    if format != "auto" and format not in FORMATS:
        raise RecipeError(f"format {format!r} is not known; there are: auto, {_listed(FORMATS)}")


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
        file: The recipe file, if there is one.
    """

    inputs: tuple[Input, ...]
    steps: Steps
    folder: Path
    file: Path | None = None

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Recipe:
        """Read a recipe file.

        Args:
            path: A YAML file; the paths in it are relative to its folder.

        Raises:
            RecipeError: It cannot be read, or is wrong; names file, line where known, setting, and what is allowed.
            EncodingUnavailable: A token encoding that cannot be had offline.
            MissingExtraError: A stage needs an optional library.
        """
        place = Path(path)
        told = read_yaml(place)
        try:
            made = Recipe.of(told, folder=place.parent)
        except FtdataError as error:
            line = getattr(error, "_recipe_line", None)
            raise _said_at(error, f"{place}:{line}" if line else str(place)) from None
        return dataclasses.replace(made, file=place)

    @staticmethod
    def of(told: Any, *, folder: Path) -> Recipe:
        """Check a recipe that was read from YAML already.

        Args:
            told: What the YAML holds; a mapping, or the recipe is wrong.
            folder: What paths, and those of tokenizer files, are relative to.

        Raises:
            RecipeError: It is wrong; names setting and what is allowed.
            EncodingUnavailable: A token encoding that cannot be had offline.
            MissingExtraError: A stage needs an optional library.
        """
        whole = _mapping(told, "the recipe", {"inputs", "stages"}, {"stages"})
        inputs = () if whole.get("inputs") is None else _sequence(whole["inputs"], "inputs")
        return Recipe(
            inputs=tuple(_input(one, number) for number, one in enumerate(inputs, 1)),
            steps=_steps(whole["stages"], "stages", "pipeline", folder),
            folder=folder,
        )

    def read(
        self,
        paths: Sequence[str] = (),
        *,
        origin: Origin | None = None,
        format: str | None = None,
        limit: int | None = None,
        run: Run | None = None,
    ) -> Dataset:
        """Read the inputs, named as seen from the folder of the recipe; or `paths` in their place, named as they are typed.

        Args:
            paths: Files to read instead of the recipe's inputs, as they were typed; origin, format and fields are those
                of the first input then.
            origin: Origin of all rows, instead of what the recipe says.
            format: Format of all rows, instead of what the recipe says.
            limit: Read at most so many rows of all inputs together: an equal part of each input, and of each of its files
                the first ones, so that a trial sees rows of all. What a short one does not have goes to all others, so a
                limit at or above the number of rows reads them all. Rows are counted before, standard input as `limit`.
            run: Engine and work folder.

        Raises:
            RecipeError: There is nothing to read.
            ReadError: An input cannot be read, or one file is in two inputs.
        """
        from ftdata.io import find_sources

        inputs = self._inputs(paths, origin, format)
        under = None if paths else self.folder
        if not inputs:
            place = f"{self.file}: " if self.file else ""
            raise RecipeError(f"{place}there is nothing to read: the recipe has no inputs, and no files were given")
        find_sources([path for one in inputs for path in one.paths], under=under)  # all, before the first is read
        there: list[int] = []
        if limit is not None and len(inputs) > 1:
            for one in inputs:
                files = find_sources(one.paths, under=under)
                there.append(min(limit, sum(rows_up_to(files, limit, alone=False))))
        data: Dataset | None = None
        for number, one in enumerate(inputs):
            left = None if limit is None else limit - (len(data.index) if data is not None else 0)
            if left == 0 and data is not None:
                break
            most = equal_parts(left, there[number:])[0] if left is not None and there else left
            part = read_files(
                one.paths,
                format=one.format,
                origin=one.origin,
                fields=one.fields,
                limit=1 if most == 0 and left else most,  # that there is no row is an error of the reading
                shard_rows=None,
                run=data.run if data is not None else run or Run(),
                under=under,
            )
            data = part if data is None else data + part
        assert data is not None  # a limit is 1 or more
        return data

    def origins(self, paths: Sequence[str] = (), *, origin: Origin | None = None) -> frozenset[str] | None:
        """The origins that rows can have, or None where that is not known before they are read.

        Args:
            paths: Files that will be read instead of the recipe's inputs.
            origin: Origin of all rows, instead of what the recipe says.

        Raises:
            RecipeError: Files are given, and the inputs of the recipe differ in origin, format or fields.
        """
        inputs = self._inputs(paths, origin, None)
        if not inputs or any(one.fields.origin for one in inputs):
            return None
        return frozenset(one.origin for one in inputs)

    def _inputs(self, paths: Sequence[str], origin: Origin | None, format: str | None) -> list[Input]:
        inputs = list(self.inputs)
        if paths:
            given = tuple(paths)
            if len({(one.origin, one.format, repr(one.fields)) for one in inputs}) > 1:
                raise RecipeError(
                    "the inputs of the recipe differ in origin, format or fields, so it does not say which of them the given files "
                    "are; write a recipe with the one input that they are"
                )
            inputs = [dataclasses.replace(inputs[0], paths=given) if inputs else Input(paths=given)]
        if origin is not None:
            inputs = [
                dataclasses.replace(one, origin=origin, fields=dataclasses.replace(one.fields, origin=None))
                for one in inputs
            ]
        if format is not None:
            _check_format(format)
            inputs = [dataclasses.replace(one, format=format) for one in inputs]
        return inputs


def _steps(told: Any, where: str, name: str, folder: Path) -> Steps:
    stages: list[Stage | Steps] = []
    for number, one in enumerate(_sequence(told, where), 1):
        here = f"{where}[{number}]"
        entry = dict(_mapping(one, here, None, {"stage"}))
        kind = entry.pop("stage")
        try:
            if kind == "Pipeline":
                inner = _mapping(entry, here, {"name", "stages"}, {"stages"})
                inner_name = inner.get("name", "pipeline")
                if not isinstance(inner_name, str) or not inner_name:
                    raise RecipeError(f"{here}: name: text is wanted, found {_kind(inner_name)}")
                stages.append(_steps(inner["stages"], f"{here}.stages", inner_name, folder))
            elif not isinstance(kind, str) or kind not in STAGES:
                raise RecipeError(f"{here}: no stage is called {kind!r}; there are: {', '.join(STAGES)}, Pipeline")
            elif kind == "Validate" and "schema" in entry:
                raise RecipeError(f"{here}: schema takes a pydantic class and can only be given in Python")
            else:
                stages.append(_stage(kind, entry, here, folder))
        except FtdataError as error:
            raise _at_line(error, one) from None
    if not stages:
        raise RecipeError(f"{where}: no stage is given")
    return Steps(stages=tuple(stages), name=name)


def _stage(kind: str, entry: dict[str, Any], here: str, folder: Path) -> Stage:
    if kind == "FilterTokens" and isinstance(entry.get("encoding"), str):
        entry = {**entry, "encoding": _encoding(entry["encoding"], folder)}
    try:
        made: Stage = STAGES[kind](**_as_settings(entry))
    except FtdataError as error:
        raise _said_at(error, here) from None
    return made


def _encoding(told: str, folder: Path) -> str:
    """An encoding as it was told, but a path is relative to the recipe."""
    from ftdata.tokens import PACKAGED

    placed = folder / told
    return os.path.normpath(placed) if told not in PACKAGED and placed.exists() else told


def _as_settings(entry: dict[str, Any]) -> dict[str, Any]:
    """YAML has lists only; settings that are sets or tuples take them as they are."""
    return {key: (tuple(value) if isinstance(value, list) else value) for key, value in entry.items()}


def _input(told: Any, number: int) -> Input:
    here = f"inputs[{number}]"
    entry = dict(_mapping(told, here, {"paths", "origin", "format", "fields"}, {"paths"}))
    if isinstance(entry["paths"], list) and "" in entry["paths"]:
        raise _at_line(RecipeError(f"{here}: paths: name a file, a folder, a pattern, or - for standard input"), told)
    if isinstance(entry["paths"], str):
        raise _at_line(RecipeError(f"{here}: paths is a list, as in paths: [{entry['paths']}]"), told)
    try:
        facts = entry.pop("fields", None)
        names = [field.name for field in dataclasses.fields(Fields)]
        fields = Fields(**_mapping(facts if facts is not None else {}, f"{here}.fields", set(names), set()))
        return Input(**_as_settings(entry), fields=fields)
    except RecipeError as error:
        said = str(error)
        for name, place in (("Input: ", here), ("Fields: ", f"{here}.fields")):
            if said.startswith(name):
                error = RecipeError(f"{place}: {said.removeprefix(name)}")
        raise _at_line(error, told) from None


def _said_at(error: FtdataError, place: str) -> FtdataError:
    """The same error, saying where in the recipe."""
    error.args = (f"{place}: {error}",)
    return error


def _at_line(error: FtdataError, told: object) -> FtdataError:
    """The same error, knowing the line of the innermost entry that it is about."""
    if isinstance(told, Told) and not hasattr(error, "_recipe_line"):
        error.__dict__["_recipe_line"] = told.line
    return error


def _mapping(told: Any, where: str, allowed: set[str] | None, needed: set[str]) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise RecipeError(f"{where}: a mapping of names to values is wanted, found {_kind(told)}")
    wrong = None
    strange = next((name for name in told if allowed is not None and name not in allowed), None)
    missing = sorted(needed - set(told))
    if missing and not get_close_matches(
        str(strange), missing, n=1
    ):  # then nothing of it is shown: it may be no recipe
        wrong = f"{where}: {missing[0]} is missing"
    elif strange is not None:
        wrong = f"{where}: {_shown(strange)} is not known; there are: {_listed(allowed or ())}"
    if wrong is not None:
        raise _at_line(RecipeError(wrong), told)
    return told


def _shown(name: object) -> str:
    """A name as it stands in the recipe, where it looks like one; what does not may be a line of another file."""
    return repr(name) if isinstance(name, str) and _NAME.fullmatch(name) else "a name that is none of ours"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _sequence(told: Any, where: str) -> list[Any]:
    if not isinstance(told, list):
        raise RecipeError(f"{where}: a list is wanted, found {_kind(told)}")
    return told


def _kind(told: Any) -> str:
    return _KINDS.get(type(told), type(told).__name__)
