"""The published schema takes what a recipe may say and refuses what it may not, as far as a schema can."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ftdata import Pipeline, RecipeError
from ftdata.recipe import Recipe, recipe_schema
from ftdata.recipe.described import STAGES
from ftdata.recipe.yaml_text import read_yaml

EXAMPLES = Path(__file__).parents[2] / "examples" / "support"
KINDS = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int, "number": (int, float),
}  # fmt: skip
KNOWN = {
    "$ref", "oneOf", "anyOf", "const", "enum", "type", "properties", "required", "additionalProperties", "items", "minItems",
    "minLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "uniqueItems", "prefixItems", "title", "default",
    "description", "$defs", "$schema",
}  # fmt: skip


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a value fits a schema: the few words of JSON Schema that ours uses, and an error for any other."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        assert schema["$ref"].startswith("#/$defs/")
        return fits(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "oneOf" in schema and sum(fits(value, one, root) for one in schema["oneOf"]) != 1:
        return False
    if "anyOf" in schema and not any(fits(value, one, root) for one in schema["anyOf"]):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    kind = schema.get("type")
    if kind and (not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return False
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        if set(schema.get("required", ())) - set(value):
            return False
        if schema.get("additionalProperties") is False and set(value) - set(properties):
            return False
        return all(fits(value[name], properties[name], root) for name in value if name in properties)
    if isinstance(value, list):
        enough = len(value) >= schema.get("minItems", 0)
        return enough and all(fits(one, schema.get("items", {}), root) for one in value)
    if isinstance(value, str):
        return len(value) >= schema.get("minLength", 0) and bool(re.search(schema.get("pattern", ""), value))
    if isinstance(value, int | float):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return low <= value <= high and ("exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"])
    return True


SCHEMA = recipe_schema()


def allowed(told: object) -> bool:
    return fits(told, SCHEMA, SCHEMA)


def loads(told: object) -> bool:
    try:
        Pipeline.of_recipe(Recipe.of(told, folder=Path()))
    except RecipeError:
        return False
    return True


@pytest.mark.parametrize("name", ["recipe.yaml", "preferences.yaml"])
def test_the_recipes_of_the_example_fit(name: str) -> None:
    assert allowed(read_yaml(EXAMPLES / name))


RIGHT: list[dict[str, Any]] = [
    {"stage": "Validate"},
    {"stage": "Validate", "target": None},
    {"stage": "Validate", "target": "openai", "repair": ["extra_keys"]},
    {"stage": "ScrubPII", "kinds": ["EMAIL_ADDRESS"]},
    {"stage": "ScrubPII", "kinds": None},
    {"stage": "Deduplicate", "threshold": 1, "ngram": 2, "near": True, "keep": "first"},
    {"stage": "FilterTokens", "max_tokens": None, "min_tokens": 0, "encoding": "cl100k_base"},
    {
        "stage": "Split",
        "train": 1,
        "val": 0,
        "test": 0,
        "seed": -5,
        "eval_origins": ["human", "unknown"],
        "related": 0.5,
        "max_cluster": 0.25,
    },
    {"stage": "Describe", "by": "origin"},
    {"stage": "Filter", "where": "line > 3", "reason": "mine"},
    {"stage": "Pipeline", "name": "x", "stages": [{"stage": "Pipeline", "stages": [{"stage": "Describe"}]}]},
]
WRONG: list[Any] = [
    "Validate",
    {},
    {"stage": "Dedup"},
    {"stage": "Validate", "schema": "Row"},
    {"stage": "Validate", "repair": ["all"]},
    {"stage": "Deduplicate", "threshold": 0},
    {"stage": "Deduplicate", "threshold": True},
    {"stage": "Deduplicate", "treshold": 1},
    {"stage": "Deduplicate", "keep": "all"},
    {"stage": "FilterTokens", "max_tokens": "7"},
    {"stage": "Split", "eval_origins": ["people"]},
    {"stage": "Filter"},
    {"stage": "Filter", "where": 3},
    {"stage": "Filter", "where": "line > 3", "reason": "No Good"},
    {"stage": "Pipeline"},
    {"stage": "Pipeline", "stages": []},
    {"stage": "Pipeline", "name": "", "stages": [{"stage": "Describe"}]},
]


@pytest.mark.parametrize("one", RIGHT, ids=str)
def test_right_stages_fit_and_load(one: dict[str, Any]) -> None:
    assert allowed({"stages": [one]})
    assert loads({"stages": [one]})


@pytest.mark.parametrize("one", WRONG, ids=str)
def test_wrong_stages_neither_fit_nor_load(one: Any) -> None:
    assert not allowed({"stages": [one]})
    assert not loads({"stages": [one]})


@pytest.mark.parametrize(
    "told",
    [
        {}, {"stages": []}, {"stages": [{"stage": "Describe"}], "input": []}, {"stages": [{"stage": "Describe"}], "inputs": 0},
        *({"stages": [{"stage": "Describe"}], "inputs": [one]} for one in (
            {}, {"paths": "a"}, {"paths": []}, {"paths": [""]}, {"paths": ["a"], "origin": "people"},
            {"paths": ["a"], "fields": {"idd": "x"}}, {"paths": ["a"], "fields": False}, {"path": ["a"]},
        )),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_inputs_neither_fit_nor_load(told: Any) -> None:
    assert not allowed(told)
    assert not loads(told)


def test_every_stage_and_every_setting_is_in_the_schema() -> None:
    """But for what YAML cannot hold."""
    import dataclasses

    choices = {one["title"]: one["properties"] for one in SCHEMA["$defs"]["stages"]["items"]["oneOf"]}
    assert set(choices) == {*STAGES, "Pipeline"}
    for name, kind in STAGES.items():
        settings = {field.name for field in dataclasses.fields(kind)} - ({"schema"} if name == "Validate" else set())
        assert set(choices[name]) == settings | {"stage"}


def test_the_schema_is_json_and_always_the_same() -> None:
    assert json.dumps(SCHEMA) == json.dumps(recipe_schema())
