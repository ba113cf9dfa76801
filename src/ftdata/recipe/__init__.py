"""A recipe: the inputs and stages of a run as a YAML file, read by the very settings classes of the stages.

    inputs:
      - paths: [tickets/*.jsonl]
        origin: human
        fields: {id: metadata.ticket_id, group: metadata.customer}
    stages:
      - {stage: Validate, target: openai}
      - {stage: Deduplicate, threshold: 0.8}

Paths (of inputs, and of a `tokenizer.json`) are relative to the folder of the recipe file, and the inputs are named so in
all outputs: the same recipe and files give the same bytes from any folder. `ftdata schema` prints the JSON Schema for
editors. A recipe is data, it cannot run code.

`yaml_text.py` reads YAML without its traps, `recipe.py` makes a recipe of it, `described.py` goes the other way,
`schema.py` is what editors know of it, `starter.py` writes a first one.
"""

from __future__ import annotations

from ftdata.recipe.described import describe_stage, without_places, write_recipe
from ftdata.recipe.recipe import Input, Recipe, Steps
from ftdata.recipe.schema import recipe_schema
from ftdata.recipe.starter import starter_recipe

__all__ = [
    "Input",
    "Recipe",
    "Steps",
    "describe_stage",
    "recipe_schema",
    "starter_recipe",
    "without_places",
    "write_recipe",
]
