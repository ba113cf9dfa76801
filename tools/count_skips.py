"""Counts the skipped tests of a JUnit report, names their reasons, and fails above a limit.

    python tools/count_skips.py REPORT --max NUMBER

A skipped test looks like a passed one in a long log. Here the number stands in the last line, in pytest's own words, and
a test that starts to skip for a new reason shows up by its reason.
"""

from __future__ import annotations

import argparse
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import NamedTuple


class Outcome(NamedTuple):
    """The numbers of one test run, as pytest counts them."""

    passed: int
    skipped: int
    failed: int
    xfailed: int
    seconds: float
    reasons: Counter[str]

    def summary(self) -> str:
        """One line in the shape of pytest's last one."""
        counts = [
            ("failed", self.failed),
            ("passed", self.passed),
            ("skipped", self.skipped),
            ("xfailed", self.xfailed),
        ]
        shown = ", ".join(f"{count} {word}" for word, count in counts if count or word == "passed")
        return f"{shown} in {self.seconds:.2f}s"


def read_report(path: Path) -> Outcome:
    """Reads a JUnit report that pytest wrote with `--junitxml`; an expected failure (xfail) is no skip."""
    passed = skipped = failed = xfailed = 0
    seconds, reasons = 0.0, Counter[str]()
    root = ET.parse(path).getroot()
    for suite in root.iter("testsuite"):
        seconds += float(suite.get("time", 0))
    for case in root.iter("testcase"):
        skip = case.find("skipped")
        if skip is not None and skip.get("type") == "pytest.xfail":
            xfailed += 1
        elif skip is not None:
            skipped += 1
            reasons[skip.get("message", "")] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        else:
            passed += 1
    return Outcome(passed, skipped, failed, xfailed, seconds, reasons)


def main(arguments: list[str] | None = None) -> int:
    """Prints the reasons on standard error and the summary on standard output; returns 1 above the limit."""
    parser = argparse.ArgumentParser(description="Count the skipped tests of a JUnit report.")
    parser.add_argument("report", type=Path)
    parser.add_argument("--max", type=int, required=True, help="fail when more tests than this were skipped")
    options = parser.parse_args(arguments)
    outcome = read_report(options.report)
    for reason, count in outcome.reasons.most_common():
        print(f"skipped {count}: {reason}", file=sys.stderr)
    print(f"{outcome.skipped} skipped, {options.max} allowed", file=sys.stderr)
    print(outcome.summary())
    if not outcome.passed:
        print("no test passed: the report is empty or of another program", file=sys.stderr)
        return 1
    return int(outcome.skipped > options.max or outcome.failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
