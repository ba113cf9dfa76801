"""The report as text: readable in a terminal and in a file, and harmless to both."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftdata import Dataset, Pipeline, Result
from ftdata.report.text import describe_text, one_line, share_lines, table


def test_the_report_says_its_numbers(result: Result) -> None:
    text = str(result.report)
    rows = result.report.data["rows"]
    assert text.startswith(f"{rows['read']} rows read, {rows['kept']} kept, {rows['dropped']} dropped\n")
    for one in result.report.data["flow"]:
        pattern = rf"^{re.escape(one['stage'])} +{one['rows_in']} +{one['rows_out']}\b"
        line = re.search(pattern + r".*$", text, re.MULTILINE)
        assert line, one
        for reason, count in one["dropped"].items():
            assert f"{reason} {count}" in line[0]
    for one in result.report.data["replaced"]:
        assert re.search(rf"^{one['kind']} +{one['values']} +{one['rows']}$", text, re.MULTILINE)
    for name, by in result.report.data["splits"]["by_origin"].items():
        assert re.search(
            rf"^{name} +{sum(by.values())} +{by.get('human', 0)} +{by.get('synthetic', 0)} +0$", text, re.MULTILINE
        )


def test_the_report_says_what_share_val_and_test_are(result: Result) -> None:
    """Of the rows that may be evaluated on, which is what was asked for, and of all; both can be counted in the rows."""
    kept = result.rows.filter(pl.col("fate") == "kept")
    may = kept.filter((pl.col("origin") == "human").all().over("cluster")).height
    assert 0 < may < kept.height
    page = result.report.to_html()
    for name in ("val", "test"):
        rows = kept.filter(pl.col("split") == name).height
        told = (
            f"{name} {rows} rows: {rows / may:.1%} of the {may} rows that may be evaluated on (asked for: 0.3), "
            f"{rows / kept.height:.1%} of all {kept.height}"
        )
        assert told in str(result.report).splitlines()
        assert told in page


def test_shares_that_cannot_be_counted_any_more_are_not_told(result: Result) -> None:
    """Rows that left since, or a split that a stage of the user's own made."""
    splits = result.report.data["splits"]
    assert len(share_lines(splits)) == 2
    fewer = {**splits["by_origin"], "train": {"human": 1}}
    assert share_lines({**splits, "by_origin": fewer}) == []
    assert share_lines({"by_origin": splits["by_origin"]}) == []
    no_test = {**splits["asked"], "test": 0.0}
    assert len(share_lines({**splits, "asked": no_test})) == 1


def test_names_of_files_cannot_break_out_of_their_line(result: Result) -> None:
    text = str(result.report)
    assert "\x1b" not in text
    assert "\\x1b[31m\\n{x} [bold]b.jsonl" in text
    assert not [line for line in text.splitlines() if line != line.rstrip()]


def test_a_report_of_nothing_is_a_line_and_a_table() -> None:
    assert str(Pipeline([]).run(Dataset.from_rows([])).report).splitlines() == [
        "0 rows read, 0 kept, 0 dropped",
        "",
        "stage  in  out  edited  findings  dropped by reason",
        "-----  --  ---  ------  --------  -----------------",
        "read    0    0",
    ]


def test_large_numbers_are_grouped() -> None:
    assert table(["rows"], [[1234567]]).endswith("1,234,567")


def test_a_table_without_lines_is_its_heads() -> None:
    assert table(["a", "bc"], []) == "a  bc\n-  --"


def test_notes_of_describe_without_tokens() -> None:
    measured = {"min": 1, "median": 2, "p95": 3, "max": 4, "sum": 5, "mean": 6.0}
    told = describe_text(
        [{"by": "all", "groups": [{"group": "all", "rows": 3, "turns": measured, "characters": measured}]}]
    )
    assert re.search(r"^all +3 +2 +2 +3$", told, re.MULTILINE)


@given(text=st.text())
def test_any_text_fits_on_one_line(text: str) -> None:
    shown = one_line(text)
    assert shown.isprintable()
    assert len(shown.splitlines()) <= 1
    if text.isprintable():
        assert shown == text


@pytest.mark.parametrize(
    ("text", "shown"), [("a\nb", "a\\nb"), ("\x1b[0m", "\\x1b[0m"), ("\u2028", "\\u2028"), ("é发", "é发")]
)
def test_control_characters_are_shown_as_what_they_are(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(
    cells=st.lists(
        st.lists(st.text(max_size=5) | st.integers() | st.floats(allow_nan=False), min_size=2, max_size=2), max_size=4
    )
)
def test_a_table_has_one_line_per_row(cells: list[list[object]]) -> None:
    assert len(table(["a", "b"], cells).split("\n")) == 2 + len(cells)
