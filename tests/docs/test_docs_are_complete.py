"""No public name, no command and no stage without its place in the reference."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
DIRECTIVE = re.compile(r"^::: +([\w.]+)", re.MULTILINE)
ROOMS = sorted(
    path.stem
    for path in (ROOT / "src/ftdata").iterdir()
    if (path.is_dir() and (path / "__init__.py").exists()) or (path.suffix == ".py" and not path.stem.startswith("_"))
    if path.stem != "cli"  # its commands are asked for below
)
STAGES = sorted(path.stem for path in (ROOT / "src/ftdata/stages").glob("[a-z]*.py"))


def reference_text() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in sorted(REFERENCE.rglob("*.md")))


def test_every_public_name_is_in_the_reference() -> None:
    """A name counts when a page says it, or when a page has a `:::` directive for a module that exports it."""
    import ftdata

    text = reference_text()
    shown = set(re.findall(r"\w+", re.sub(DIRECTIVE, "", text)))
    for target in DIRECTIVE.findall(text):
        shown |= set(exported(target)) | {target.rpartition(".")[2]}
    asked = set(ftdata.__all__)
    for room in ROOMS:  # a room's files are its own business, what its door shows is not
        asked |= set(exported(f"ftdata.{room}"))
    assert not sorted(asked - shown - {"__version__"})


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_it_shows(room: str) -> None:
    """A room without `__all__` would have nothing to document, and the test above nothing to ask."""
    names = exported(f"ftdata.{room}")
    assert names
    assert not [name for name in names if not hasattr(importlib.import_module(f"ftdata.{room}"), name)]


def exported(name: str) -> list[str]:
    """What a module exports; nothing for the name of a class or function."""
    try:
        return list(getattr(importlib.import_module(name), "__all__", []))
    except ModuleNotFoundError:
        return []


def test_every_directive_names_something_that_exists() -> None:
    for target in DIRECTIVE.findall(reference_text()):
        module, _, name = target.rpartition(".")
        try:
            importlib.import_module(target)
        except ModuleNotFoundError:
            assert hasattr(importlib.import_module(module), name), target


def test_every_command_and_every_option_is_in_the_reference() -> None:
    from ftdata.cli import cli

    text = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    assert cli.commands
    missing = []
    for name, command in cli.commands.items():
        section = re.search(rf"^## ftdata {name}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if section is None:
            missing.append(f"## ftdata {name}")
            continue
        options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
        missing += [f"{name} {option}" for option in options if not re.search(rf"{option}\b(?!-)", section[1])]
    assert not missing


@pytest.mark.parametrize("name", [name for name in STAGES if name != "__init__"])
def test_every_stage_has_a_page_and_a_test(name: str) -> None:
    assert (REFERENCE / "stages" / f"{name}.md").is_file()
    assert (ROOT / "tests" / "stages" / f"test_{name}.py").is_file()


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    listed = set(re.findall(r"[\w/-]+\.md", navigation))
    assert listed == {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}
