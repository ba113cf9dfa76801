"""The house keeps its own rules: who may import whom, how files are called, what an import may load."""

from __future__ import annotations

import ast
import itertools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "ftdata"
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}
HEAVY = {
    "polars", "presidio_analyzer", "spacy", "tiktoken", "datasketch", "numba", "llvmlite", "hypothesis", "tokenizers",
    "phonenumbers", "tldextract", "scipy", "numpy",
}  # fmt: skip
# Absolute paths of one machine, and words about how a line came to be, are of no use to a reader. Put together from
# pieces so that this file does not find itself.
FOREIGN = re.compile(r"(?<![\w.])/(?:wor" r"k|far" r"m)/[a-z.]|\bsub" r"agents?\b", re.IGNORECASE)


def tracked_files() -> list[Path]:
    """The files of the project: those git knows, or everything in an unpacked source distribution."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=False) if shutil.which("git") else None
    if listed is not None and listed.returncode == 0:
        names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        places = ("src", "tests", "docs", "examples", "benchmarks", "tools")
        names = [path for place in places for path in (ROOT / place).rglob("*")]
    return [path for path in names if path.is_file() and "__pycache__" not in path.parts]


def test_nobody_imports_upwards() -> None:
    """The contracts of import-linter in pyproject.toml hold."""
    program = Path(sys.executable).with_name("lint-imports")
    if not program.exists():
        pytest.fail(f"{program} is missing: install the dependency group `dev`")
    done = subprocess.run([program, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_file_is_called_after_its_idea() -> None:
    names = {path.stem.strip("_") for path in SOURCE.rglob("*") if "__pycache__" not in path.parts}
    assert not names & VAGUE


def test_every_source_file_says_what_it_is() -> None:
    """The first thing in a file is a docstring."""
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCE.rglob("*.py")
        if (text := path.read_text(encoding="utf-8").strip()) and not re.match(r'r?"""', text)
    ]
    assert not silent


def test_no_file_speaks_of_the_machine_it_was_written_on() -> None:
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # packed data
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}"
            for number, line in enumerate(text.splitlines(), 1)
            if FOREIGN.search(line)
        ]
    assert not found


def is_number(node: ast.expr | None) -> bool:
    """Whether an expression is made of numbers alone: `40`, `1 << 20`, `5, 20`."""
    if isinstance(node, ast.Tuple):
        return bool(node.elts) and all(map(is_number, node.elts))
    if isinstance(node, ast.BinOp):
        return is_number(node.left) and is_number(node.right)
    return isinstance(node, ast.Constant) and type(node.value) in {int, float}


def unexplained(text: str) -> list[str]:
    """Numbers that stand in a module, or as the size of a cache, with no word beside, above or below them."""
    lines, body = text.splitlines(), ast.parse(text).body
    told_below: set[int] = set()
    for one, below in reversed(list(itertools.pairwise(body))):  # what is said below two numbers is said of both
        if isinstance(below, ast.Expr) or (below.lineno in told_below and below.lineno == one.lineno + 1):
            told_below.add(one.lineno)
    numbers = {one.lineno for one in body if isinstance(one, ast.Assign | ast.AnnAssign) and is_number(one.value)}
    caches = {number for number, line in enumerate(lines, 1) if re.search(r"cache\(maxsize=\d", line)}
    return [
        f"{number}: {lines[number - 1]}"
        for number in sorted(numbers | caches - told_below)
        if number not in told_below and "  # " not in lines[number - 1] and not re.match("# (?!--)", lines[number - 2])
    ]


def test_every_number_has_its_reason() -> None:
    """A number without one cannot be judged, nor changed."""
    found = {path.relative_to(SOURCE).as_posix(): unexplained(path.read_text()) for path in SOURCE.rglob("*.py")}
    assert not {name: lines for name, lines in found.items() if lines}


def test_a_number_without_a_reason_is_found() -> None:
    assert unexplained("import a\nA = 5\n_B: int = 1 << 20\nC, D = 5, 20\n") == [
        "2: A = 5",
        "3: _B: int = 1 << 20",
        "4: C, D = 5, 20",
    ]
    assert not unexplained('import a\nA = 5  # why\n# why\nB = 5\nC = 5\nD = 6\n"""Why."""\nNAME = "x"\n')
    assert unexplained("import a\n\n@lru_cache(maxsize=4)\ndef f(): ...\n") == ["3: @lru_cache(maxsize=4)"]


def loaded_by(statement: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded after a statement."""
    program = f"{statement}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment, cwd=ROOT.anchor
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_ftdata_loads_nothing_heavy() -> None:
    assert not loaded_by("import ftdata") & HEAVY


def test_what_ftdata_exports_is_sorted_and_there() -> None:
    """The list is the door: everything in it can be had, and `dir` shows it."""
    import ftdata

    names = [name for name in ftdata.__all__ if name != "__version__"]
    assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert not [name for name in ftdata.__all__ if not hasattr(ftdata, name)]
    assert set(ftdata.__all__) <= set(dir(ftdata))


def test_the_entry_point_of_hypothesis_loads_no_dataframes() -> None:
    """Hypothesis loads it in every project that has ftdata installed, so it must cost them nothing."""
    assert not loaded_by("from ftdata.testing import register") & (HEAVY - {"hypothesis", "numpy"})
