"""Checks rows with a pydantic model of the user's own, and keeps what the model says about them to itself.

A validation error is full of the row: its input, its context, the text of errors that validators raise. Only the type
and the place are passed on, and pydantic's own message for those of its own errors whose message is made from the model
alone. A message from the user's validators is replaced by one that says where to look.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ftdata.targets.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from ftdata.json_bytes import JsonValue, Path

__all__ = ["check"]

# Errors of pydantic 2.11 to 2.14 whose message may hold a piece of the input: a tag, an attribute, a character, a time
# zone, or whatever an exception said. Their messages are replaced; so are those of errors that are not pydantic's own.
_QUOTING = {
    "assertion_error": "a validator of the schema refuses this value",
    "value_error": "a validator of the schema refuses this value",
    "union_tag_invalid": "the discriminator names no member of the union",
    "bytes_invalid_encoding": "the text does not decode as the schema says",
    "uuid_parsing": "Input should be a valid UUID",
    "timezone_offset": "another time zone offset is required",
    "json_invalid": "the text should be valid JSON",
}
_SAYING_MORE = (
    "get_attribute_error",
    "iteration_error",
    "mapping_type",
    "no_such_attribute",
    "datetime_object_invalid",
)
_NEUTRAL = "the schema refuses this value"
_TYPE = re.compile(r"[a-z][a-z0-9_.]{0,63}")


def check(model: type[BaseModel], value: JsonValue) -> list[Problem]:
    """Validates a row with a model, as if it were read from JSON.

    Args:
        model: The user's model of a row.
        value: The parsed row.

    Returns:
        Every problem that the model finds, in its order. The rule is `schema.user.` and pydantic's name of the error,
        `schema.user.crash` when a validator raised something other than ValueError or AssertionError.

    Example:
        >>> from pydantic import BaseModel
        >>> class Row(BaseModel):
        ...     text: str
        >>> [(problem.rule, problem.path, problem.message) for problem in check(Row, {"text": 5})]
        [('schema.user.string_type', ('text',), 'Input should be a valid string')]
    """
    from pydantic import ValidationError

    try:
        # As JSON, because that is what a strict model must judge: a list is a tuple there, a string is a date.
        model.model_validate_json(json.dumps(value))
    except ValidationError as error:
        details = error.errors(include_input=False, include_context=False)
    except Exception as error:  # noqa: BLE001  the user's code may raise anything, and its text may quote the row
        crash = f"a validator of the schema raised {type(error).__name__}"
        return [Problem("schema.user.crash", (), "error", crash)]
    else:
        return []
    problems: list[Problem] = []
    for detail in details:
        kind = detail["type"]
        rule = f"schema.user.{kind if _TYPE.fullmatch(kind) else 'custom'}"
        # pydantic gives the address of a page to its own errors only.
        message = _message(kind, detail["msg"]) if "url" in detail else _NEUTRAL
        path = _path(detail["loc"], value, names_missing=kind == "missing")
        problems.append(Problem(rule, path, "error", message))
    return problems


def _message(kind: str, message: str) -> str:
    return _NEUTRAL if kind in _SAYING_MORE else _QUOTING.get(kind, message)


def _path(location: Sequence[str | int], value: JsonValue, *, names_missing: bool) -> Path:
    """The steps of a location that lead through the row; names of union members and validators among them do not."""
    path: list[str | int | None] = []
    here = value
    for position, step in enumerate(location):
        misses = names_missing and position == len(location) - 1
        inside = _parse(here) if isinstance(here, str) else None  # JSON text that the model goes into
        place = here if inside is None else inside
        below = _below(place, step)
        if below is None and not (misses and isinstance(place, dict)):
            continue
        path.extend([step] if inside is None else [None, step])
        if below is not None:
            here = below[0]
    return tuple(path)


def _below(value: JsonValue, step: str | int) -> tuple[JsonValue] | None:
    """What stands at a step below a value, in a tuple; None when the step does not lead anywhere."""
    if isinstance(value, dict):
        return (value[step],) if isinstance(step, str) and step in value else None
    if isinstance(value, list):
        return (value[step],) if isinstance(step, int) and 0 <= step < len(value) else None
    return None


def _parse(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
