"""The page of reasons names every reason that a stage can give, and the page of a stage every rule of its findings."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")
STAGES = sorted(path for path in (ROOT / "src/ftdata/stages").glob("*.py") if path.stem != "__init__")
SOURCES = [*(ROOT / "src/ftdata/stages").glob("*.py"), *(ROOT / "src/ftdata/dataset").glob("*.py")]
CONSTANT = re.compile(r'^[A-Z_]+: Final = "([a-z_]+)"$', re.MULTILINE)
RULE = re.compile(r'(?:note\(|rule=|reason=)"([a-z]+\.[a-z_]+)"')


def test_every_reason_and_every_rule_of_a_stage_is_on_the_page() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    reasons = set(CONSTANT.findall(told))
    assert len(reasons) >= 9
    assert not {reason for reason in reasons | set(RULE.findall(told)) if f"`{reason}`" not in PAGE}


def rules_of(source: str) -> set[str]:
    """Every text of a module that is written like a rule: two names with a dot between."""
    texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", text)}


@pytest.mark.parametrize("path", STAGES, ids=lambda path: path.stem)
def test_the_page_of_a_stage_names_the_findings_that_its_file_can_make_and_no_other(path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "stages" / f"{path.stem}.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| marks and findings \| (.+) \|$", page, re.MULTILINE)
    rules = rules_of(path.read_text(encoding="utf-8"))
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", row)) == rules
    assert ("no finding" in row) == (not rules)


def test_some_stages_make_findings() -> None:
    assert {"split.small", "split.filled"} <= {rule for path in STAGES for rule in rules_of(path.read_text())}
