"""What CI runs as the README's first command is that command, and a broken promise is seen."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("first_command", ROOT / "tools" / "first_command.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, script: ModuleType) -> Path:
    """A folder as the README promises it."""
    for name in script.promised_files(README):
        (tmp_path / name).write_text("{}\n")
    (tmp_path / "rejected.jsonl").chmod(0o600)
    (tmp_path / "manifest.json").write_text(json.dumps({"counts": {"rows_read": 4}}))
    return tmp_path


def test_the_command_and_the_files_are_those_of_the_readme(script: ModuleType) -> None:
    command = script.first_command(README)
    assert command in README
    assert command.index("pip install") < command.index("ftdata run examples/support/recipe.yaml --out clean/")
    assert script.promised_files(README) == [
        "train.jsonl", "val.jsonl", "test.jsonl", "rejected.jsonl", "rows.parquet", "ledger.parquet", "manifest.json",
        "report.html", "report.json",
    ]  # fmt: skip


def test_a_folder_as_promised_has_no_faults(script: ModuleType, folder: Path) -> None:
    assert script.faults(README, folder) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda folder: (folder / "report.html").unlink(), "report.html is missing"),
        (lambda folder: (folder / "val.jsonl").write_text(""), "val.jsonl is empty"),
        (lambda folder: (folder / "rejected.jsonl").chmod(0o644), "rejected.jsonl can be read by others"),
        (lambda folder: (folder / "train.jsonl").write_text("{}\n{}\n"), "4 rows were read, 4 written and 1 rejected"),
    ],
)
def test_each_broken_promise_is_told(script: ModuleType, folder: Path, spoil, fault: str) -> None:
    spoil(folder)
    assert script.faults(README, folder) == [fault]
    assert script.faults(README, folder / "nowhere") == ["nowhere/ is not there"]


def test_a_readme_without_a_command_is_an_error(script: ModuleType) -> None:
    with pytest.raises(ValueError, match="no block"):
        script.first_command("# ftdata")
