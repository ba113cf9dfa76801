"""The page of reasons names every reason that a stage can give."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")
SOURCES = [*(ROOT / "src/ftdata/stages").glob("*.py"), *(ROOT / "src/ftdata/dataset").glob("*.py")]
CONSTANT = re.compile(r'^[A-Z_]+: Final = "([a-z_]+)"$', re.MULTILINE)
RULE = re.compile(r'(?:note\(|rule=|reason=)"([a-z]+\.[a-z_]+)"')


def test_every_reason_and_every_rule_of_a_stage_is_on_the_page() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    reasons = set(CONSTANT.findall(told))
    assert len(reasons) >= 9
    assert not {reason for reason in reasons | set(RULE.findall(told)) if f"`{reason}`" not in PAGE}
