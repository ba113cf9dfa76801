"""A row has the verdict that it has alone, whichever rows it is judged with, and few evaluations find it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.conditions import date_order, judge, verdicts

CONDITIONS = [
    "CAST(q AS INTEGER) >= 3", "TRY_CAST(q AS INTEGER) >= 3", "CAST(q AS TINYINT) / (length(q) - 1) > 1", "q",
    "CASE WHEN length(q) > 1 THEN CAST(q AS INTEGER) ELSE 1 END = 1", "coalesce(CAST(q AS INTEGER), 0) = 0",
    "CAST(q AS DATE) IS NULL", "strptime(q, '%Y') IS NOT NULL", "length(q) > 1 AND CAST(q AS DOUBLE) > n",
    "substr(q, 1, n) = 'x'", "10 / n > 1 OR n % 2 = 0", "pow(2, n) > 1", "n + CAST(q AS INTEGER) > row", "CAST('x' AS INTEGER) = n",
]  # fmt: skip
TEXTS = st.sampled_from([None, "1", "5", "12", "300", "n/a", "", " 2", "3.5", "1e9", "2021", "x"])


@pytest.mark.parametrize("where", CONDITIONS)
@pytest.mark.parametrize("parted", [True, False], ids=["parted", "halved"])
def test_the_verdict_is_the_one_that_a_row_has_alone(where: str, parted, monkeypatch) -> None:
    if not parted:
        monkeypatch.setattr(verdicts, "_parting", lambda *_: None)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(TEXTS, st.integers(-2, 3)), min_size=1, max_size=12))
    def check(rows) -> None:
        frame = pl.DataFrame(
            {"row": range(len(rows)), "q": [q for q, _ in rows], "n": [n for _, n in rows]},
            schema={"row": pl.Int64, "q": pl.String, "n": pl.Int64},
        )
        alone = pl.concat([judge(frame[at : at + 1], where) for at in range(frame.height)])
        assert judge(frame, where).drop("error").rows() == alone.drop("error").rows()

    check()


@pytest.mark.parametrize(
    ("where", "good", "bad"),
    [
        ("CAST(q AS INTEGER) >= 3", "{}", "bad {}"),
        ("DATE(q) > DATE('2020-01-01')", "2021-01-02", "bad {}"),
        ("CASE WHEN length(q) > 5 THEN CAST(q AS INTEGER) ELSE 1 END = 1", "1", "bad bad {}"),
        ("CAST(q AS DATE) IS NULL", "{}", "{}"),
        ("q", "{}", "bad {}"),
        ("substr(q, 1, CAST(q AS INTEGER)) = 'x'", "1", "-1"),
    ],
)
def test_many_bad_values_take_few_evaluations(where: str, good: str, bad: str, monkeypatch) -> None:
    """Not one for every bad row: there may be millions."""
    asked = []
    select = pl.DataFrame.select
    frame = pl.DataFrame({"row": range(4000), "q": [(bad if n % 2 else good).format(n) for n in range(4000)]})
    monkeypatch.setattr(pl.DataFrame, "select", lambda self, *a, **k: asked.append(0) or select(self, *a, **k))
    told = judge(frame, where)
    assert "failed" in set(told["verdict"])
    assert len(asked) < 60


def test_the_error_is_the_one_that_a_row_raises_alone() -> None:
    frame = pl.DataFrame({"row": [0, 1, 2], "q": ["x", "2021-01-02", "y"]})
    together, alone = judge(frame, "DATE(q) IS NULL"), judge(frame[:1], "DATE(q) IS NULL")
    assert together["error"][0] == alone["error"][0]
    assert together["verdict"].to_list() == ["failed", "false", "failed"]


def test_what_can_be_read_as_a_date_in_two_orders_is_read_with_its_equals() -> None:
    texts = ["2026-11-22", "22.11.2026", "n/a", "10/11/12", "99-01-01"]
    assert len({date_order(text) for text in texts}) == 5
    assert date_order("2026/11/22 10:00") == date_order("2025-01-01")
