"""The JSON Schema of a recipe, for editors: made from the settings classes that read it."""

from __future__ import annotations

from typing import Any, Final

from ftdata.dataset import Fields
from ftdata.dataset.index import ORIGINS
from ftdata.recipe.described import STAGES

__all__ = ["recipe_schema"]

_NOT_IN_YAML: Final = {"Validate": ("schema",)}  # a class cannot be written there
_TEXT_IN_YAML: Final = {"Filter": ("where",)}  # in Python also a function


def recipe_schema() -> dict[str, Any]:
    """The JSON Schema of a recipe, for editors."""
    from pydantic import TypeAdapter

    choices = [_stage_schema(name, kind) for name, kind in STAGES.items()]
    nested = {
        "type": "object",
        "title": "Pipeline",
        "properties": {
            "stage": {"const": "Pipeline"},
            "name": {"type": "string", "minLength": 1},
            "stages": {"$ref": "#/$defs/stages"},
        },
        "required": ["stage", "stages"],
        "additionalProperties": False,
    }
    entry = {
        "type": "object",
        "properties": {
            "paths": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
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
        "properties": {
            "inputs": {"anyOf": [{"type": "array", "items": entry}, {"type": "null"}]},
            "stages": {"$ref": "#/$defs/stages"},
        },
        "required": ["stages"],
        "additionalProperties": False,
        "$defs": {
            "stages": {"type": "array", "minItems": 1, "items": {"oneOf": [*choices, nested]}},
            "fields": {**TypeAdapter(Fields).json_schema(), "additionalProperties": False},
        },
    }


def _stage_schema(name: str, kind: type) -> dict[str, Any]:
    """The settings of a stage as they are written in YAML."""
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    class Lenient(GenerateJsonSchema):
        """Passes over what JSON has no word for; it is taken out below."""

        def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:  # noqa: ARG002
            return {}

    told = TypeAdapter(kind).json_schema(mode="validation", schema_generator=Lenient)
    properties = {
        key: value for key, value in told.get("properties", {}).items() if key not in _NOT_IN_YAML.get(name, ())
    }
    for key in _TEXT_IN_YAML.get(name, ()):
        properties[key] = {"type": "string", "title": properties[key].get("title", key)}
    return {
        "type": "object",
        "title": name,
        "properties": {"stage": {"const": name}, **properties},
        "required": ["stage", *told.get("required", [])],
        "additionalProperties": False,
    }
