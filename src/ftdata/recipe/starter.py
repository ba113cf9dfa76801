"""A first recipe: what `ftdata init` writes."""

from __future__ import annotations

import json
import os
import shlex
from typing import TYPE_CHECKING, Final

from ftdata.errors import ReadError, RecipeError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["starter_recipe"]

_STARTER: Final = """\
# A recipe for ftdata: what to read, what to do with it. `ftdata schema` prints the schema for your editor.
# Run it:  ftdata run {name} --out clean/        Try it first:  ftdata run {name} --dry-run --limit 1000
inputs:
  - paths: {paths}
    origin: {origin}  # human, synthetic or unknown: only human rows may enter val and test
    # fields: {{id: metadata.id, group: metadata.customer, parents: metadata.seed_id}}  # where these stand in a row
stages:
  - {{stage: Validate, target: openai, repair: [extra_keys]}}  # rows with errors leave; keys that OpenAI rejects are removed
  - {{stage: ScrubPII}}  # needs: pip install 'ftdata[pii]'
  - {{stage: Deduplicate, threshold: 0.8}}
  - {{stage: FilterTokens, max_tokens: 4096, encoding: o200k_base}}
  - {{stage: Split, train: 0.8, val: 0.1, test: 0.1, seed: 7}}
  - {{stage: Describe, by: split}}
"""


def starter_recipe(folder: Path) -> Path:
    """Write `recipe.yaml` into a folder, naming the data files that are there.

    Raises:
        RecipeError: There is one already, or the folder is a file.
        WriteError: It cannot be written.
    """
    from ftdata.io import atomic_file, find_sources

    place = folder / "recipe.yaml"
    if os.path.lexists(place):
        raise RecipeError(f"{place} is there already; remove it first, or give another folder")
    if folder.exists() and not folder.is_dir():
        raise RecipeError(f"{folder} is a file; give a folder")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        found = [os.path.relpath(source.path, folder) for source in find_sources(folder)]
    except ReadError:
        found = []
    # A text of JSON is one of YAML too, whatever is in the name.
    paths = "[" + ", ".join(json.dumps(path, ensure_ascii=False) for path in found or ["data/*.jsonl"]) + "]"
    name = shlex.quote(str(place)).replace("\n", " ")
    with atomic_file(place) as file:
        file.write(_STARTER.format(name=name, paths=paths, origin="unknown").encode())
    return place
