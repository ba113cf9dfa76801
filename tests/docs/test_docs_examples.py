"""The examples in the README and the docs work: every Python block and every `$ ftdata` line is executed.

The blocks of one page run in their order, share their names, and run in a temporary folder that holds a copy of
`examples/`, as if the reader sat in the repository. A command must end with exit code 0, or with N where `# exit N` stands
behind it. A block after `<!-- skip: reason -->` is not run; how many there are is asserted below.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if page.is_file()]
SKIPPED_BLOCKS = 0  # a block that is not run is a claim that nobody checks: the number goes up only with a reason
BLOCK = re.compile(
    r"(?P<skip><!-- skip: (?P<reason>[^\n]+) -->\n+)?^```(?P<kind>python|console)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PROMPT = re.compile(r"^\$ (.*)$", re.MULTILINE)
RUNS_FTDATA = re.compile(r"(?:^|\| *)ftdata(?: |$)")
EXIT = re.compile(r"\s+# exit (\d+)\s*$")


@dataclass(frozen=True)
class Block:
    kind: str
    text: str
    line: int
    skipped: bool


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["kind"], found["text"], text.count("\n", 0, found.start("text")) + 1, bool(found["skip"]))
        for found in BLOCK.finditer(text)
    ]


def commands_of(block: Block) -> list[tuple[str, int]]:
    """The `$ ftdata` lines of a console block (a pipe into ftdata too), each with the exit code it must have."""
    found = []
    for command in PROMPT.findall(block.text.replace("\\\n", " ")):
        code = EXIT.search(command)
        if RUNS_FTDATA.search(command):
            found.append((EXIT.sub("", command), int(code[1]) if code else 0))
    return found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of `examples/`, where `ftdata` on the PATH is the one under test."""
    folder, programs = tmp_path / "desk", tmp_path / "programs"
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    programs.mkdir()
    program = programs / "ftdata"
    program.write_text(f"#!{sys.executable}\nfrom ftdata.cli import main\n\nif __name__ == '__main__':\n    main()\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(entry for entry in sys.path if entry))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_examples_of_a_page_work(page: Path, desk: Path) -> None:
    names: dict[str, object] = {"__name__": "__docs__"}
    for block in blocks_of(page):
        if block.skipped:
            continue
        if block.kind == "python":
            padded = "\n" * (block.line - 1) + block.text  # so that a traceback names the line of the page
            exec(compile(padded, str(page), "exec", dont_inherit=True), names)
        else:
            for command, code in commands_of(block):
                done = subprocess.run(["bash", "-c", command], cwd=desk, capture_output=True, text=True, check=False)
                assert done.returncode == code, f"{page.name}:{block.line}: $ {command}\n{done.stderr[-2000:]}"
                assert "Traceback" not in done.stderr


def test_blocks_that_are_not_run_are_counted() -> None:
    skipped = [(page.name, block.line) for page in PAGES for block in blocks_of(page) if block.skipped]
    assert len(skipped) == SKIPPED_BLOCKS, skipped


def test_no_block_hides_from_this_test() -> None:
    """A fence with other white space, or with attributes, would not be found."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fences = re.findall(r"^ *(?:```|~~~) *\{?\.?(?:python|py|console|shell-session|pycon)\b", text, re.MULTILINE)
        assert len(fences) == len(blocks_of(page)), page.name


def test_the_main_claims_are_examples() -> None:
    """The README and the first run hold commands, not only words about them."""
    commands = [
        command
        for page in PAGES
        for block in blocks_of(page)
        if block.kind == "console"
        for command in commands_of(block)
    ]
    assert len(commands) >= 6
    assert {"run", "check", "why", "stats"} <= {command.partition("ftdata ")[2].split()[0] for command, _ in commands}
