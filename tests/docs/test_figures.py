"""Measured figures: a page shows what its JSON says, a JSON says when it was taken, and a claim names its script."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from pages import PLACES, RESULTS, Place, figures_of  # noqa: E402

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MARKER = re.compile(r"<!-- figures[^>]*-->")
NAMED = re.compile(r"\bbenchmarks/(\w+)\.py\b")


def ids(place: Place) -> str:
    return f"{place.script}-{place.page}"


@pytest.mark.parametrize("place", PLACES, ids=ids)
def test_a_page_shows_what_the_json_says(place: Place) -> None:
    """Made anew from the JSON, the page is the same to the last character; `python benchmarks/pages.py` makes it so."""
    page = (ROOT / place.page).read_text(encoding="utf-8")
    assert place.refreshed(page, figures_of(place.script)) == page


def test_another_figure_would_be_seen() -> None:
    """The test above would fail for one digit."""
    (place,) = (place for place in PLACES if place.script == "related_threshold")
    page = (ROOT / place.page).read_text(encoding="utf-8")
    figures = figures_of(place.script)
    figures["sets"][0]["related"]["0.5"]["leaking"] += 1
    assert place.refreshed(page, figures) != page


def test_a_page_without_its_markers_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"README.md lacks the markers <!-- figures of real_data"):
        Place("real_data", "README.md").refreshed("no markers here", figures_of("real_data"))


def test_every_pair_of_markers_has_a_script() -> None:
    """Figures between markers that nobody writes would be figures without a source."""
    there = [(page.relative_to(ROOT).as_posix(), begin) for page in PAGES for begin in MARKER.findall(page.read_text())]
    assert sorted(there) == sorted((place.page, place.marker) for place in PLACES)


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_json_says_when_and_where_it_was_taken(path: Path) -> None:
    figures = figures_of(path.stem)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", figures["date"])
    assert {"python", "processor", "cores", "ftdata"} <= figures["machine"].keys()
    assert (BENCHMARKS / f"{path.stem}.py").is_file()
    assert path.stem in {place.script for place in PLACES}


def test_every_script_that_is_named_is_there() -> None:
    named = {name for path in (*PAGES, *SOURCES) for name in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert named
    assert not {name for name in named if name != "NAME" and not (BENCHMARKS / f"{name}.py").is_file()}


def test_a_comment_that_says_measured_names_the_script() -> None:
    """`long_runs.py` speaks of another library's limit, which `test_long_runs.py` holds it to."""
    silent = [
        (path.name, found.group())
        for path in SOURCES
        for found in re.finditer(r"\((?:measured|Measured)\b[^)]*\)", path.read_text(encoding="utf-8"))
        if not NAMED.search(found.group())
    ]
    assert silent == [("long_runs.py", "(measured, tiktoken 0.14.0)")]
