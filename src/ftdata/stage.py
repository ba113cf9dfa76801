"""What a stage is: a named function from Dataset to Dataset.

A stage is any callable `stage(dataset) -> dataset`. There is no base class, no registry and no entry point. Two
decorators make writing one short:

* `@settings` makes a class a frozen dataclass with keyword settings that pydantic checks when it is built;
* `@stage(version=...)` gives a plain function the same standing.

A pipeline asks a stage by attribute, and each question has a safe answer when it is absent: `name` (what is it called in
the ledger?), `per_row` (may it run on any shard by itself?), `version` (what made these rows? it is written in the
manifest, and so is what `versions` gives, a dict), `edits` (does it change row text?), `splits` (does it assign rows to
splits?), `row_part` (which stage does to each row by itself what it does, when it looks at the set, too? the laws ask it
for locality). Two more are methods that may raise before the work: `refuse_origins(origins)` before anything is read, and
`preflight(dataset)` when it has been.

A version is told and nothing more: every run begins with the inputs, and no result of an earlier run is used again.
"""

from __future__ import annotations

import dataclasses
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Protocol,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    runtime_checkable,
)  # fmt: skip

from ftdata.errors import RecipeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftdata.dataset import Dataset

__all__ = ["FunctionStage", "Stage", "check_settings", "settings", "stage", "stage_name"]

C = TypeVar("C")

_NUMBERS: Final = frozenset({int, float, NoneType})
_LONGEST_SHOWN: Final = 60  # characters of a wrong setting; a longer one is found by its name


@runtime_checkable
class Stage(Protocol):
    """Anything that takes a Dataset and gives a Dataset."""

    def __call__(self, dataset: Dataset, /) -> Dataset:
        """Apply the stage; the given Dataset is not changed."""
        ...


@dataclass_transform(frozen_default=True, kw_only_default=True)
def settings(cls: type[C]) -> type[C]:
    """Make `cls` a frozen dataclass whose keyword settings are checked when it is built.

    A wrong setting raises `RecipeError` with the name of the setting, what was asked for and what is allowed; unknown
    settings are errors too.

    Raises:
        RecipeError: When the class is built with a wrong setting.
    """
    from pydantic import ConfigDict, ValidationError
    from pydantic.dataclasses import dataclass as pydantic_dataclass

    config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    made: Any = pydantic_dataclass(cls, frozen=True, kw_only=True, config=config)
    checked = made.__init__

    def __init__(self: Any, *args: Any, **values: Any) -> None:  # noqa: N807  # it becomes the class's own
        if args:
            raise RecipeError(f"{cls.__name__}: settings are given by name, as in {cls.__name__}(name=value)")
        for name, value in values.items():
            field = made.__pydantic_fields__.get(name)
            if field is not None and _is_other_kind(value, field.annotation):
                raise RecipeError(f"{cls.__name__}: {name}: a number is wanted (given: {value!r})")
        try:
            checked(self, **values)
        except ValidationError as error:
            raise RecipeError(check_settings(cls.__name__, error)) from None

    __init__.__wrapped__ = checked  # type: ignore[attr-defined]
    made.__init__ = __init__
    return made  # type: ignore[no-any-return]


def _is_other_kind(value: object, annotation: Any) -> bool:
    """Whether `True` or a text was given for a number: pydantic takes `True` for 1 and "7" for 7, a typing error too."""
    return isinstance(value, bool | str) and type(value) not in (kinds := _kinds(annotation)) and kinds <= _NUMBERS


def _kinds(annotation: Any) -> set[Any]:
    """The types that an annotation is made of."""
    parts = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _kinds(parts[0])
    if get_origin(annotation) in {Union, UnionType}:
        return {kind for part in parts for kind in _kinds(part)}
    return {annotation}


def check_settings(name: str, error: Any) -> str:
    """One line for a pydantic error about settings: each wrong setting, what is wrong, what was given.

    Args:
        name: Name of the class.
        error: The `ValidationError` of pydantic.
    """
    parts: list[str] = []
    for item in error.errors(include_url=False, include_context=False):
        where = ".".join(str(step) for step in item["loc"])
        prefix = f"{where}: " if where else ""  # what concerns several settings says so itself
        message = str(item["msg"]).removeprefix("Value error, ").removeprefix(f"{name}: ").removeprefix(prefix)
        kind = item["type"]
        if kind == "unexpected_keyword_argument":
            message = "there is no such setting"
        given = repr(item.get("input"))
        shown = f" (given: {given})" if where and len(given) <= _LONGEST_SHOWN and kind != "missing" else ""
        parts.append(f"{prefix}{message}{shown}")
    return f"{name}: " + "; ".join(parts)


@dataclasses.dataclass(frozen=True)
class FunctionStage:
    """A plain function as a stage; made by `@stage`.

    Attributes:
        function: The function from Dataset to Dataset.
        name: Its name in the ledger.
        version: Changes when the function does; written in the manifest. None says nothing about it.
        per_row: Whether it decides about each row by itself, so that it may run on any shard.
    """

    function: Callable[[Dataset], Dataset]
    name: str
    version: str | None = None
    per_row: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "__module__", self.function.__module__)  # where pickle finds it by name

    def __reduce__(self) -> str:
        """Pickled by name, like the function it stands for."""
        return getattr(self.function, "__qualname__", self.name)

    def __call__(self, dataset: Dataset, /) -> Dataset:
        """Call the function."""
        return self.function(dataset)


def stage(
    *, version: str | None = None, per_row: bool = False
) -> Callable[[Callable[[Dataset], Dataset]], FunctionStage]:
    """Turn a function from Dataset to Dataset into a stage.

    Args:
        version: Change it when the function's result changes: the manifest says which one made the rows. Nothing is
            used again from an earlier run, with a version or without.
        per_row: True promises that the function judges every row by itself; it may then run on any part of the rows.

    Returns:
        A decorator.

    Example:
        >>> from ftdata import stage
        >>> @stage(version="1")
        ... def keep_everything(dataset):
        ...     return dataset
        >>> keep_everything.name
        'keep_everything'
    """

    def decorate(function: Callable[[Dataset], Dataset]) -> FunctionStage:
        return FunctionStage(
            function=function, name=getattr(function, "__name__", "stage"), version=version, per_row=per_row
        )

    return decorate


def stage_name(step: object) -> str:
    """The name a stage has in the ledger: its own `name`, else that of its class or function.

    Args:
        step: A stage.
    """
    name = getattr(step, "name", None) or getattr(step, "__name__", None)
    return name if isinstance(name, str) else type(step).__name__
