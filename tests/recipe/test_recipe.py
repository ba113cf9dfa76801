"""A wrong recipe is one line that names file and setting, before any data is read; a right one reads what it says."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from ftdata import Deduplicate, Pipeline, ReadError, Recipe, RecipeError, SplitError
from ftdata.cli import main
from ftdata.recipe import Input, Steps
from small_set import chats, write_lines

ROOT = Path(__file__).parents[2]


def write(folder: Path, text: str) -> Path:
    path = folder / "r.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def stage(text: str) -> str:
    return f"inputs:\n- paths: [missing.jsonl]\nstages:\n- {text}\n"


def entry(text: str) -> str:
    return f"stages:\n- stage: Deduplicate\ninputs:\n- {text}\n"


WRONG = {
    "nothing": ("", "the recipe: a mapping of names to values is wanted, found nothing"),
    "text": ("stages", "the recipe: a mapping of names to values is wanted, found text"),
    "list": ("- a", "the recipe: a mapping of names to values is wanted, found a list"),
    "no stages": ("inputs: []", "1: the recipe: stages is missing"),
    "empty stages": ("stages: []", "stages: no stage is given"),
    "null stages": ("stages:", "stages: a list is wanted, found nothing"),
    "stages a mapping": ("stages: {stage: Deduplicate}", "stages: a list is wanted, found a mapping"),
    "unknown part": ("stages: []\ninput: []", "1: the recipe: 'input' is not known; there are: inputs, stages"),
    "stage a word": (stage("Deduplicate"), "stages[1]: a mapping of names to values is wanted, found text"),
    "stage without name": (stage("{threshold: 1}"), "4: stages[1]: stage is missing"),
    "unknown stage": (stage("{stage: Dedup}"), "4: stages[1]: no stage is called 'Dedup'; there are: Deduplicate, "),
    "stage no": (stage("{stage: no}"), "4: stages[1]: no stage is called 'no'"),
    "stage false": (stage("{stage: false}"), "no stage is called False"),
    "unknown setting": (stage("{stage: Deduplicate, treshold: 1}"), "Deduplicate: treshold: there is no such setting"),
    "class variable": (stage("{stage: Deduplicate, version: 2}"), "Deduplicate: version: there is no such setting"),
    "setting too large": (stage("{stage: Deduplicate, threshold: 2}"), "threshold: Input should be less than or equal to 1"),
    "setting nan": (stage("{stage: Deduplicate, threshold: .nan}"), "stages[1]: Deduplicate: threshold: "),
    "truth for a number": (stage("{stage: Deduplicate, threshold: true}"), "threshold: a number is wanted (given: True)"),
    "yes for a number": (stage("{stage: Deduplicate, threshold: yes}"), "threshold: a number is wanted (given: 'yes')"),
    "text for a number": (stage("{stage: Split, seed: '7'}"), "seed: a number is wanted (given: '7')"),
    "truth for a count": (stage("{stage: FilterTokens, max_tokens: yes}"), "max_tokens: a number is wanted"),
    "null for a number": (stage("{stage: Deduplicate, threshold: null}"), "Deduplicate: threshold: "),
    "list for a number": (stage("{stage: Deduplicate, threshold: [1]}"), "Deduplicate: threshold: "),
    "two wrong settings": (stage("{stage: Deduplicate, keep: all, ngram: 0}"), "; keep: Input should be 'origin' or 'first'"),
    "fractions": (stage("{stage: Split, train: 0.5}"), "type train=0.5, val=0.25, test=0.25"),
    "limits": (stage("{stage: FilterTokens, max_tokens: 1, min_tokens: 2}"), "no row would stay"),
    "unknown encoding": (stage("{stage: FilterTokens, encoding: gpt-5}"), "4: stages[1]: encoding 'gpt-5': "),
    "unknown target": (stage("{stage: Validate, target: opnai}"), "Validate: no target is called 'opnai'"),
    "schema": (stage("{stage: Validate, schema: Row}"), "schema takes a pydantic class and can only be given in Python"),
    "repair": (stage("{stage: Validate, repair: [extra_keys]}"), "Validate: repair mends"),
    "repair of what": (stage("{stage: Validate, target: openai, repair: [all]}"), "Validate: repair.0: "),
    "unknown kind": (stage("{stage: ScrubPII, kinds: [EMAIL]}"), "unknown kind of private data: EMAIL"),
    "kinds a word": (stage("{stage: ScrubPII, kinds: EMAIL_ADDRESS}"), "ScrubPII: kinds: "),
    "condition": (stage("{stage: Filter, where: 'a =='}"), "Filter: where: not an SQL expression"),
    "condition a number": (stage("{stage: Filter, where: 5}"), "Filter: where: give an SQL expression as text"),
    "no condition": (stage("{stage: Filter}"), "Filter: where: Field required"),
    "reason": (stage("{stage: Filter, where: 'line > 1', reason: No Good}"), "Filter: reason: String should match"),
    "group": (stage("{stage: Describe, by: colour}"), "Describe: by='colour' is not known"),
    "pipeline without stages": (stage("{stage: Pipeline}"), "4: stages[1]: stages is missing"),
    "empty pipeline": (stage("{stage: Pipeline, stages: []}"), "stages[1].stages: no stage is given"),
    "name of a pipeline": (stage("{stage: Pipeline, name: 5, stages: [{stage: Describe}]}"), "name: text is wanted, found int"),
    "deep": (stage("{stage: Pipeline, stages: [{stage: Describe}, {stage: Dedup}]}"), "stages[1].stages[2]: no stage is called"),
    "edit behind split": (stage("{stage: Split}\n- {stage: ScrubPII}"), "ScrubPII edits rows and stands behind Split"),
    "deep edit behind split": (
        stage("{stage: Pipeline, stages: [{stage: Split}]}\n- {stage: ScrubPII}"), "ScrubPII edits rows and stands behind Split"
    ),
    "inputs a number": ("stages: [{stage: Describe}]\ninputs: 0", "inputs: a list is wanted, found int"),
    "inputs a mapping": ("stages: [{stage: Describe}]\ninputs: {paths: [a]}", "inputs: a list is wanted, found a mapping"),
    "input a word": (entry("a.jsonl"), "inputs[1]: a mapping of names to values is wanted, found text"),
    "input without paths": (entry("{path: [a.jsonl]}"), "4: inputs[1]: 'path' is not known; there are: fields, format, origin, paths"),
    "paths a word": (entry("{paths: a.jsonl}"), "4: inputs[1]: paths is a list, as in paths: [a.jsonl]"),
    "no paths": (entry("{paths: []}"), "inputs[1]: paths: name a file"),
    "empty path": (entry("{paths: ['']}"), "inputs[1]: paths: name a file"),
    "path a number": (entry("{paths: [3]}"), "inputs[1]: paths.0: Input should be a valid string (given: 3)"),
    "origin": (entry("{paths: [a.jsonl], origin: no}"), "inputs[1]: origin: Input should be 'human', 'synthetic' or 'unknown'"),
    "format": (entry("{paths: [a.jsonl], format: chat}"), "4: inputs[1]: format 'chat' is not known; there are: auto, "),
    "fields a word": (entry("{paths: [a.jsonl], fields: id}"), "inputs[1].fields: a mapping of names to values is wanted"),
    "fields false": (entry("{paths: [a.jsonl], fields: false}"), "inputs[1].fields: a mapping of names to values is wanted"),
    "unknown field": (entry("{paths: [a.jsonl], fields: {idd: x}}"), "inputs[1].fields: 'idd' is not known; there are: created, "),
    "field a number": (entry("{paths: [a.jsonl], fields: {id: 3}}"), "inputs[1].fields: id: Input should be a valid string"),
    "key a number": (entry("{paths: [a.jsonl], fields: {1: x}}"), "4: a key is a text; put 1 in quotes"),
    "twice": (stage("{stage: Deduplicate, threshold: 0.8, threshold: 0.9}"), "4: 'threshold' is given twice"),
    "no inputs": ("stages: [{stage: Describe}]", "there is nothing to read: the recipe has no inputs"),
    "null inputs": ("inputs:\nstages: [{stage: Describe}]", "there is nothing to read: the recipe has no inputs"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_recipe_is_one_line_and_exit_2(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said before any data is read: the inputs are not even there."""
    text, says = WRONG[name]
    write(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["run", "r.yaml", "--out", "out"])
    told = capsys.readouterr()
    assert ended.value.code == 2, told
    assert told.out == ""
    assert told.err.count("\n") == 1, told.err
    assert told.err.startswith("ftdata: r.yaml:"), told.err
    assert says in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["r.yaml"]


def test_all_wrong_settings_of_a_stage_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"ngram: .*; keep: .*"):
        Recipe.load(write(tmp_path, stage("{stage: Deduplicate, ngram: 0, keep: all}")))


def test_the_line_is_that_of_the_entry(tmp_path: Path) -> None:
    text = "stages:\n  - stage: Describe\n\n  - stage: Pipeline\n    stages:\n      - stage: Describe\n      - stage: Deduplicate\n        near: maybe\n"
    with pytest.raises(RecipeError, match=r"r\.yaml:7: stages\[2\]\.stages\[2\]: Deduplicate: near: "):
        Recipe.load(write(tmp_path, text))


def test_a_setting_may_say_yes_and_no(tmp_path: Path) -> None:
    """Where a truth value is wanted, the words are taken for one."""
    recipe = Recipe.load(write(tmp_path, stage("{stage: Deduplicate, near: no}")))
    assert recipe.steps.stages == (Deduplicate(near=False),)


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "job"
    (place / "raw").mkdir(parents=True)
    for number, origin in enumerate(("a", "b", "c")):
        write_lines(place / "raw" / f"{origin}.jsonl", chats(4, start=4 * number))
    write(place, "inputs:\n- {paths: [raw/a.jsonl, raw/b.jsonl], origin: human, fields: {id: messages}}\n"
                 "- {paths: ['raw/c*.jsonl'], origin: synthetic}\nstages:\n- stage: Deduplicate\n")  # fmt: skip
    return place


def test_paths_are_relative_to_the_recipe(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for here, recipe in ((folder, "r.yaml"), (folder.parent, "job/r.yaml"), (folder / "raw", "../r.yaml")):
        monkeypatch.chdir(here)
        data = Recipe.load(recipe).read()
        assert len(data) == 12
        assert [facts.path for facts in data.sources] == ["raw/a.jsonl", "raw/b.jsonl", "raw/c.jsonl"]


def test_origin_format_and_limit(folder: Path) -> None:
    recipe = Recipe.load(folder / "r.yaml")
    assert recipe.read().column("origin").to_list() == ["human"] * 8 + ["synthetic"] * 4
    few = recipe.read(limit=6)
    assert few.column("origin").to_list() == ["human"] * 3 + ["synthetic"] * 3, "a trial sees rows of all inputs"
    assert [facts.rows for facts in few.sources] == [2, 1, 3]
    assert list(few.raw()) == list(recipe.read(limit=6).raw())
    assert [len(recipe.read(limit=limit)) for limit in (1, 2, 3, 7, 8, 100)] == [1, 2, 3, 7, 8, 12]
    assert set(recipe.read(origin="unknown").column("origin")) == {"unknown"}
    assert {facts.format for facts in recipe.read(format="text").sources} == {"text"}


def test_a_limit_of_all_rows_reads_all_inputs_whole(tmp_path: Path) -> None:
    for name, rows in (("a", 40), ("b", 3), ("c", 7)):
        write_lines(tmp_path / f"{name}.jsonl", chats(rows))
    path = write(
        tmp_path, "inputs: [{paths: [a.jsonl]}, {paths: [b.jsonl, c.jsonl]}]\nstages: [{stage: Deduplicate}]\n"
    )
    recipe = Recipe.load(path)
    assert [len(recipe.read(limit=limit).index) for limit in (49, 50, 1000)] == [49, 50, 50]
    assert [facts.rows for facts in recipe.read(limit=24).sources] == [14, 3, 7]
    (tmp_path / "a.jsonl").write_bytes(b"")
    with pytest.raises(ReadError, match="no rows"):
        recipe.read(limit=5)


def test_a_trial_with_a_limit_has_rows_to_evaluate_on_wherever_they_are_named(tmp_path: Path) -> None:
    """The first rows alone would all be of the first input."""
    write_lines(tmp_path / "made.jsonl", chats(60))
    write_lines(tmp_path / "said.jsonl", chats(60, start=60))
    path = write(tmp_path, "inputs:\n- {paths: [made.jsonl], origin: synthetic}\n- {paths: [said.jsonl], origin: human}\n"
                           "stages: [{stage: Split}]\n")  # fmt: skip
    result = Pipeline.from_recipe(path).run_recipe(Recipe.load(path), limit=50)
    assert result.dataset.column("origin").value_counts(sort=True)["count"].to_list() == [25, 25]
    with pytest.raises(RecipeError, match="limit is 0"):
        Recipe.load(path).read(limit=0)


def test_files_in_the_place_of_the_inputs_have_the_facts_of_the_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are as they were typed: relative to where one is."""
    monkeypatch.chdir(folder / "raw")
    one = Recipe.load("../r.yaml")
    one = dataclasses.replace(one, inputs=one.inputs[:1])
    data = one.read(["c.jsonl"])
    assert [facts.path for facts in data.sources] == ["c.jsonl"]
    assert set(data.column("origin")) == {"human"}


def test_files_are_not_taken_for_one_of_several_inputs_that_differ(folder: Path) -> None:
    """A synthetic file would become a human one."""
    with pytest.raises(RecipeError, match="does not say which of them"):
        Recipe.load(folder / "r.yaml").read([str(folder / "raw" / "c.jsonl")])


def test_every_input_is_looked_for_before_the_first_is_read(folder: Path) -> None:
    recipe = Recipe.load(folder / "r.yaml")
    (folder / "raw" / "c.jsonl").unlink()
    (folder / "raw" / "a.jsonl").write_bytes(b"\xff\xfe")  # would be refused when read
    with pytest.raises(ReadError, match=r"c\*\.jsonl: no file matches"):
        recipe.read()


def test_one_file_in_two_inputs_is_refused(folder: Path) -> None:
    """Its rows would be there twice, under one address."""
    text = (folder / "r.yaml").read_text().replace("raw/c*.jsonl", "raw/*.jsonl")
    with pytest.raises(ReadError, match="is read twice"):
        Recipe.load(write(folder, text)).read()


def test_a_split_that_cannot_be_is_refused_before_reading(folder: Path) -> None:
    recipe = Recipe.load(write(folder, "inputs: [{paths: [nowhere.jsonl]}]\nstages: [{stage: Split}]"))
    with pytest.raises(SplitError, match="all inputs are of origin unknown"):
        Pipeline.of_recipe(recipe).run_recipe(recipe)
    with pytest.raises(ReadError):
        Pipeline.of_recipe(recipe).run_recipe(recipe, origin="human")


def test_an_encoding_file_is_relative_to_the_recipe(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is found from anywhere; `to_recipe` writes it so that it is."""
    pytest.importorskip("tokenizers")
    tokenizer = folder / "raw" / "tokenizer.json"
    tokenizer.write_text(
        '{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null, "pre_tokenizer": null,'
        ' "post_processor": null, "decoder": null, "model": {"type": "WordLevel", "vocab": {"a": 0, "u": 1}, "unk_token": "u"}}'
    )
    recipe = write(folder, stage("{stage: FilterTokens, encoding: raw/tokenizer.json}"))
    monkeypatch.chdir(folder.parent)
    pipeline = Pipeline.from_recipe("job/r.yaml")
    assert pipeline.stages[0].encoding == str(Path("job/raw/tokenizer.json"))
    (folder.parent / "other").mkdir()
    pipeline.to_recipe("other/again.yaml")
    assert "../job/raw/tokenizer.json" in Path("other/again.yaml").read_text()
    assert Pipeline.from_recipe("other/again.yaml") == pipeline
    recipe.unlink()


def test_a_recipe_can_be_made_of_what_another_reader_read() -> None:
    recipe = Recipe.of({"stages": [{"stage": "Deduplicate", "near": False}]}, folder=Path())
    assert recipe == Recipe(inputs=(), steps=Steps((Deduplicate(near=False),)), folder=Path())
    with pytest.raises(RecipeError, match=r"^stages\[1\]: no stage is called"):
        Recipe.of({"stages": [{"stage": "x"}]}, folder=Path())


def test_an_input_is_checked_when_it_is_made() -> None:
    with pytest.raises(RecipeError, match="format"):
        Input(paths=("a",), format="chat")


@pytest.mark.parametrize("name", ["recipe.yaml", "preferences.yaml"])
def test_the_recipes_of_the_example_load(name: str) -> None:
    recipe = Recipe.load(ROOT / "examples" / "support" / name)
    assert recipe.inputs
    assert Pipeline.of_recipe(recipe).stages
