"""Who asks a command to stop is obeyed once, whenever that is, and told the truth about what is there."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from ftdata import Pipeline
from ftdata.cli import main
from ftdata.io import StagedFolder
from small_set import chats, write_lines

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = "inputs: [{paths: [rows.jsonl]}]\nstages: [{stage: Deduplicate, near: false}]\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Run the command in its own folder; gives the exit status and what was said."""
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "rows.jsonl", chats(5))
    (tmp_path / "recipe.yaml").write_text(RECIPE, encoding="utf-8")

    def call(*more: str) -> tuple[int, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["run", "recipe.yaml", "--out", "clean", *more])
        return int(ended.value.code or 0), capfd.readouterr().err.strip()

    return call


class Deleted:
    """Asks for a stop while it is deleted, where Python cannot raise it."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        os.kill(os.getpid(), self.number)
        time.sleep(0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_that_python_loses_while_it_deletes_an_object_is_asked_for_again(number, run, monkeypatch) -> None:
    def works_for_long(*args: object, **more: object) -> None:
        Deleted(number)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            time.sleep(0.01)

    monkeypatch.setattr(Pipeline, "run_recipe", works_for_long)
    assert run() == (130, "ftdata: stopped; nothing was written")


@pytest.mark.parametrize("more", [[], ["--overwrite"]])
def test_a_stop_after_the_commit_is_not_told_as_if_nothing_were_there(more, run, monkeypatch, tmp_path) -> None:
    if more:
        assert run()[0] == 0
    real = StagedFolder.commit

    def commit(self: StagedFolder) -> None:
        real(self)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(StagedFolder, "commit", commit)
    assert run(*more) == (130, "ftdata: stopped when the run was complete; it is in clean")
    assert (tmp_path / "clean" / "manifest.json").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_stop_before_the_commit_leaves_the_older_run_and_says_so(run, monkeypatch, tmp_path) -> None:
    assert run()[0] == 0
    before = (tmp_path / "clean").stat().st_ino

    def commit(self: StagedFolder) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(StagedFolder, "commit", commit)
    assert run("--overwrite") == (130, "ftdata: stopped; nothing was written")
    assert (tmp_path / "clean").stat().st_ino == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
