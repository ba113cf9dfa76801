"""The count of skipped tests that CI prints is the true one, and too many of them fail."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "tools" / "count_skips.py"
CASES = {
    "pass": "",
    "skip": '<skipped type="pytest.skip" message="no data here">x</skipped>',
    "xfail": '<skipped type="pytest.xfail" message="known">x</skipped>',
    "fail": '<failure message="boom">x</failure>',
    "error": '<error message="boom">x</error>',
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("count_skips", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report(folder: Path, *outcomes: str) -> str:
    cases = "".join(f'<testcase classname="t" name="n{n}">{CASES[kind]}</testcase>' for n, kind in enumerate(outcomes))
    path = folder / "report.xml"
    path.write_text(f'<testsuites><testsuite name="pytest" time="1.5">{cases}</testsuite></testsuites>')
    return str(path)


def test_as_many_skips_as_allowed_pass(script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last line has pytest's shape and an expected failure is no skip."""
    assert script.main([report(tmp_path, "pass", "skip", "skip", "xfail"), "--max", "2"]) == 0
    out, err = capsys.readouterr()
    assert out == "1 passed, 2 skipped, 1 xfailed in 1.50s\n"
    assert "skipped 2: no data here" in err


def test_one_skip_too_many_fails(script: ModuleType, tmp_path: Path) -> None:
    assert script.main([report(tmp_path, "pass", "skip", "skip"), "--max", "1"]) == 1


@pytest.mark.parametrize("bad", ["fail", "error"])
def test_a_failed_test_fails_whatever_is_skipped(script: ModuleType, tmp_path: Path, bad: str) -> None:
    assert script.main([report(tmp_path, "pass", bad), "--max", "9"]) == 1


def test_a_report_without_passed_tests_fails(script: ModuleType, tmp_path: Path) -> None:
    assert script.main([report(tmp_path, "skip"), "--max", "9"]) == 1
