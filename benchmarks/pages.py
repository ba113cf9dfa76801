"""Which page holds whose figures: a script writes JSON, and the pages are written from the JSON and from nothing else.

    python benchmarks/pages.py

writes all pages anew from `results/`, without measuring anything. A script that was given a date publishes its figures by
itself. A test compares every page with its JSON, so that neither can drift from the other.
"""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whole_job_page import BEGIN, END

if TYPE_CHECKING:
    import argparse

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True)
class Place:
    """Where figures stand.

    Attributes:
        script: Name of the script, and of its JSON.
        page: The page, from the root of the repository.
        text: Name of the function of the script that makes the Markdown of the figures.
        begin: The marker before them.
        indent: White space before each line, for a paragraph of a list.
    """

    script: str
    page: str
    text: str = "table"
    begin: str = ""
    indent: str = ""

    @property
    def marker(self) -> str:
        return self.begin or f"<!-- figures of {self.script}: written by a script -->"

    def between(self, figures: dict[str, Any]) -> str:
        """What must stand between the markers."""
        told = getattr(importlib.import_module(self.script), self.text)(figures)
        if not self.indent:
            return f"\n\n{told}\n\n"
        return "\n" + "".join(f"{self.indent}{line}\n" for line in told.splitlines()) + self.indent

    def refreshed(self, page: str, figures: dict[str, Any]) -> str:
        """The text of the page with these figures."""
        before, begin, rest = page.partition(self.marker)
        _, end, after = rest.partition(END)
        if not begin or not end:
            raise SystemExit(f"{self.page} lacks the markers {self.marker} and {END}")
        return f"{before}{begin}{self.between(figures)}{end}{after}"


CHOICES = "docs/explanation/choices.md"
PLACES = (
    Place("whole_job", "docs/explanation/benchmarks.md", begin=BEGIN),
    Place("memory", "docs/explanation/memory.md", begin=BEGIN),
    Place("check_memory", "docs/explanation/memory.md"),
    Place("real_data", "docs/explanation/real-data.md"),
    Place("real_data", "README.md", "sentence", indent="  "),
    Place("workers", "docs/reference/engines.md"),
    Place("related_threshold", "docs/reference/stages/split.md"),
    Place("candidate_recall", CHOICES),
    Place("common_passages", CHOICES),
    Place("array_guesses", CHOICES),
    Place("parse_blocks", CHOICES),
    Place("parquet_slices", CHOICES),
    Place("repeated_texts", CHOICES),
    Place("twins", CHOICES),
    Place("import_seconds", CHOICES),
    Place("worker_cost", CHOICES),
    Place("shard_size", CHOICES),
)


def where(figures: dict[str, Any], *libraries: str) -> str:
    """When, on what, and with which versions; a sentence."""
    told = figures["machine"]
    named = ", ".join(f"{name} {told[name]}" for name in ("ftdata", *libraries))
    cores = f"{told['cores']} cores ({told['processor']})"
    return f"{figures['date'] or 'No date'}, {cores}, Python {told['python']}, {named}."


def add_date(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--date", help="the day, YYYY-MM-DD; with it the JSON file and the pages are written")


def publish(script: str, figures: dict[str, Any]) -> None:
    """Write the JSON of a script and the pages that quote it."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{script}.json"
    path.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    refresh_pages(script)


def figures_of(script: str) -> dict[str, Any]:
    return json.loads((RESULTS / f"{script}.json").read_text(encoding="utf-8"))


def refresh_pages(script: str | None = None) -> None:
    """Write the pages anew, those of one script or all."""
    for place in PLACES:
        if script in {None, place.script}:
            page = ROOT / place.page
            text = page.read_text(encoding="utf-8")
            page.write_text(place.refreshed(text, figures_of(place.script)), encoding="utf-8")


if __name__ == "__main__":
    refresh_pages()
