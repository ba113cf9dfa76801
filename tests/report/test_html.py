"""The page: complete in itself, safe whatever files are called, and with the numbers of the report."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from ftdata import Dataset, Pipeline, Result
from ftdata.report.html import to_html
from report.small_run import HOSTILE


class Page(HTMLParser):
    """Collects tags, attributes, and tables as lists of cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.tables: list[list[list[str]]] = []
        self.words = ""
        self._cell = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._cell:
            self.tables[-1][-1][-1] += data


ALLOWED = {
    "html", "meta", "title", "style", "h1", "h2", "p", "code", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def test_hostile_names_are_shown_and_do_nothing(result: Result) -> None:
    page = Page(result.report.to_html())
    assert set(page.tags) <= ALLOWED
    assert page.tags.count("style") == page.tags.count("title") == 1
    name = HOSTILE.replace("/", "∕")
    assert any(name in cell for table in page.tables for row in table for cell in row)
    assert any("3.<i>in</i>/1.Deduplicate" in row[0] for row in page.tables[1])


def test_the_page_asks_for_nothing_and_runs_nothing(result: Result) -> None:
    text = result.report.to_html()
    page = Page(text)
    names = {name for name, _ in page.attributes}
    assert names <= {"lang", "charset", "name", "content", "http-equiv", "class"}
    assert "default-src 'none'" in str(dict(page.attributes)["content"]) or "default-src 'none'" in text
    for told in (
        "http://",
        "https://",
        "//cdn",
        "@import",
        "url(",
        "javascript:",
        "<script",
        "<img",
        "<link",
        "<iframe",
        "onload",
    ):
        assert told not in text.replace("http-equiv", ""), told


def test_the_numbers_are_those_of_the_report(result: Result) -> None:
    data = result.report.data
    page = Page(result.report.to_html())
    rows = data["rows"]
    assert f"{rows['read']} rows read, {rows['kept']} kept, {rows['dropped']} dropped" in page.words
    inputs, flow, dropped = page.tables[:3]
    assert [row[0] for row in inputs[1:]] == [one["source"] for one in data["inputs"]]
    assert [row[:5] for row in flow[1:]] == [
        [one["stage"], *(str(one[key]) for key in ("rows_in", "rows_out", "edited", "findings"))]
        for one in data["flow"]
    ]
    assert [row[:3] for row in dropped[1:]] == [
        [one["stage"], one["reason"], str(one["rows"])] for one in data["dropped"]
    ]
    heads = [table[0] for table in page.tables]
    assert ["kind", "values", "rows"] in heads
    assert ["split", "rows", "human", "synthetic", "unknown"] in heads
    assert ["severity", "rule", "times", "first", "message"] in heads
    assert ["similarity", "removed", "kept"] in heads


def test_a_notebook_shows_the_page(result: Result) -> None:
    assert result.report._repr_html_() == result.report.to_html()


def test_a_report_of_nothing_is_a_page() -> None:
    page = Page(Pipeline([]).run(Dataset.from_rows([])).report.to_html())
    assert len(page.tables) == 2
    assert set(page.tags) <= ALLOWED


@given(name=st.text(max_size=30))
def test_any_name_is_shown_as_it_is(name: str) -> None:
    """But for what HTML itself folds: line breaks and characters that it has no way to show."""
    data = {
        "rows": {"read": 1, "kept": 1, "dropped": 0},
        "inputs": [{"source": name, "rows": 1}],
        "flow": [{"stage": name, "rows_in": 1, "rows_out": 1, "edited": 0, "findings": 0, "dropped": {name: 1}}],
        "dropped": [{"stage": name, "reason": name, "rows": 1, "first": [name]}],
        "replaced": [], "splits": {}, "findings": [], "duplicates": [],
        "describe": [{"by": name, "groups": [{"group": name, "rows": 1}]}],
    }  # fmt: skip
    page = Page(to_html(data))
    assert set(page.tags) <= ALLOWED
    assert re.sub(r"\r\n?", "\n", page.tables[0][1][0]) == re.sub(r"\r\n?", "\n", name)
