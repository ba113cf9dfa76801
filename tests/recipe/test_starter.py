"""`init` writes a recipe that loads, names the data that is there, and writes over nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ftdata import Pipeline, Recipe, RecipeError, SplitError
from ftdata.recipe import starter_recipe
from small_set import chats, write_lines

if TYPE_CHECKING:
    from pathlib import Path


def test_in_an_empty_folder_it_says_where_data_would_be(tmp_path: Path) -> None:
    written = starter_recipe(tmp_path / "new" / "job")
    assert written == tmp_path / "new" / "job" / "recipe.yaml"
    assert Recipe.load(written).inputs[0].paths == ("data/*.jsonl",)


def test_it_names_all_the_data_that_is_there(tmp_path: Path) -> None:
    """Also under names that mean something in YAML, and more files than one would list by hand."""
    names = [f"{number:02}.jsonl" for number in range(25)]
    names += [
        'quote"d.jsonl',
        "back\\slash.jsonl",
        "{brace}: x.jsonl",
        "a # b.jsonl",
        "ünï.jsonl",
        "'.jsonl",
        "new\nline.jsonl",
    ]
    for number, name in enumerate(names):
        write_lines(tmp_path / name, chats(1, start=number))
    (tmp_path / "notes.txt").write_text("no data")
    recipe = Recipe.load(starter_recipe(tmp_path))
    assert sorted(recipe.inputs[0].paths) == sorted(names)
    assert len(recipe.read()) == len(names)


def test_a_first_run_says_what_is_to_be_decided(tmp_path: Path) -> None:
    """Nothing is claimed about who wrote the rows; once it is said, the recipe runs as it is."""
    write_lines(tmp_path / "rows.jsonl", chats(40))
    recipe = Recipe.load(starter_recipe(tmp_path))
    pipeline = Pipeline.of_recipe(recipe)
    with pytest.raises(SplitError, match="--origin human"):
        pipeline.run_recipe(recipe)
    assert len(pipeline.run_recipe(recipe, origin="human").dataset) == 40


def test_it_writes_over_nothing(tmp_path: Path) -> None:
    starter_recipe(tmp_path)
    before = (tmp_path / "recipe.yaml").read_bytes()
    with pytest.raises(RecipeError, match="is there already"):
        starter_recipe(tmp_path)
    assert (tmp_path / "recipe.yaml").read_bytes() == before
    (tmp_path / "recipe.yaml").unlink()
    (tmp_path / "recipe.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(RecipeError, match="is there already"):
        starter_recipe(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecipeError, match="is a file; give a folder"):
        starter_recipe(tmp_path / "file")
