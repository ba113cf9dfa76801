"""The same recipe and the same files give the same bytes, wherever the run is started and however the recipe is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from ftdata import Pipeline, Recipe
from ftdata.cli import main
from small_set import BROKEN, chat, chats, write_lines

TOKENIZER = (
    '{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null, "pre_tokenizer": null,'
    ' "post_processor": null, "decoder": null, "model": {"type": "WordLevel", "vocab": {"a": 0, "u": 1}, "unk_token": "u"}}'
)
RECIPE = """\
inputs:
- {paths: [./tickets/*.jsonl, "more/"], origin: human}
- {paths: ["../shared/made.jsonl"], origin: synthetic}
stages:
- {stage: Validate, target: openai}
- {stage: Deduplicate}
- {stage: Filter, where: "source <> 'tickets/nothing.jsonl'"}
- stage: Pipeline
  name: inner
  stages:
  - {stage: FilterTokens, max_tokens: 10, encoding: ENCODING}
- {stage: Describe, by: source}
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A recipe in a folder whose name looks like a pattern; one file beside it, one in a folder below, one elsewhere."""
    folder = tmp_path / "the [1] job"
    for name in ("tickets", "more/deep"):
        (folder / name).mkdir(parents=True)
    (tmp_path / "shared").mkdir()
    rows = chats(30)
    write_lines(folder / "tickets" / "a.jsonl", [*rows[:9], *(bad for bad, _, _ in BROKEN), chat(2)])
    write_lines(folder / "tickets" / "b [2].jsonl", [b"", *rows[9:14]])
    write_lines(folder / "more" / "deep" / "c.jsonl", rows[14:20])
    write_lines(tmp_path / "shared" / "made.jsonl", [*rows[20:], chat(3)])
    try:
        import tokenizers  # noqa: F401
    except ImportError:
        encoding = "o200k_base"
    else:
        encoding = "tokenizer.json"
        (folder / encoding).write_text(TOKENIZER)
    (folder / "r.yaml").write_text(RECIPE.replace("ENCODING", encoding))
    (tmp_path / "link").symlink_to(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_all_outputs_are_the_same_from_anywhere(job: Path, monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    """From its folder, from above, from beside; by a relative and an absolute path, with dots, and through a link."""
    top = job.parent
    started = [
        (job, "r.yaml"),
        (job, "./../the [1] job/r.yaml"),
        (top, "the [1] job/r.yaml"),
        (top / "shared", "../the [1] job/r.yaml"),
        (Path("/"), str(job / "r.yaml")),
        (top, "link/r.yaml"),
        (top / "link" / "tickets", "../r.yaml"),
    ]
    runs = []
    for number, (here, recipe) in enumerate(started):
        monkeypatch.chdir(here)
        with pytest.raises(SystemExit) as ended:
            main(["run", recipe, "--out", str(top / f"out{number}")])
        assert ended.value.code == 0, capfd.readouterr().err
        runs.append(contents(top / f"out{number}"))
    for (here, recipe), run in zip(started, runs, strict=True):
        assert [name for name in runs[0] if run[name] != runs[0][name]] == [], (here, recipe)
    for name, content in runs[0].items():
        assert str(top).encode() not in content, name
        assert b"the [1] job" not in content, name


def test_the_inputs_are_named_as_seen_from_the_recipe(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(job.parent)
    recipe = Recipe.load("the [1] job/r.yaml")
    result = Pipeline.of_recipe(recipe).run_recipe(recipe, out="out")
    names = ["tickets/a.jsonl", "tickets/b [2].jsonl", "more/deep/c.jsonl", "../shared/made.jsonl"]
    assert [facts.path for facts in result.dataset.sources] == names
    assert result.rows["source"].unique(maintain_order=True).to_list() == names
    assert [one["path"] for one in json.loads(Path("out/manifest.json").read_bytes())["inputs"]] == names
    assert [one["source"] for one in result.report.data["inputs"]] == names
    told = pl.read_parquet("out/ledger.parquet")["source"].drop_nulls().unique()
    assert set(told) <= set(names)


def test_files_that_are_given_keep_their_names_as_typed(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(job / "tickets")
    (job / "one.yaml").write_text("inputs: [{paths: [nowhere.jsonl]}]\nstages: [{stage: Deduplicate}]\n")
    recipe = Recipe.load("../one.yaml")
    for typed in ("a.jsonl", "../tickets/a.jsonl", str(job / "tickets" / "a.jsonl")):
        result = Pipeline.of_recipe(recipe).run_recipe(recipe, [typed])
        assert [facts.path for facts in result.dataset.sources] == [typed]


def test_a_file_named_from_the_root_in_a_recipe_keeps_that_name(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = job / "tickets" / "a.jsonl"
    (job / "one.yaml").write_text(f"inputs: [{{paths: ['{path}']}}]\nstages: [{{stage: Deduplicate}}]\n")
    monkeypatch.chdir(job.parent)
    assert [facts.path for facts in Recipe.load("the [1] job/one.yaml").read().sources] == [str(path)]


@pytest.mark.parametrize("asked", ["tickets/a.jsonl", "a.jsonl", "the [1] job/tickets/a.jsonl", "link/tickets/a.jsonl"])
def test_why_takes_the_name_its_end_and_the_path_from_here(job: Path, asked: str, monkeypatch, capfd) -> None:
    monkeypatch.chdir(job.parent)
    for arguments in (["run", "the [1] job/r.yaml", "--out", "out"], ["why", "out", f"{asked}:3"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        told = capfd.readouterr()
        assert ended.value.code == 0, told.err
    assert told.out.startswith("tickets/a.jsonl:3\n")


def test_errors_name_the_path_from_here(job: Path, monkeypatch, capfd) -> None:
    """They are to be opened."""
    (job.parent / "shared" / "made.jsonl").unlink()
    monkeypatch.chdir(job.parent)
    with pytest.raises(SystemExit):
        main(["run", "the [1] job/r.yaml", "--dry-run"])
    said = capfd.readouterr().err
    path = said.removeprefix("ftdata: ").partition(": there is no such file")[0]
    assert os.path.normpath(path) == "shared/made.jsonl"
