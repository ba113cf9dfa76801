"""Whole datasets."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, Fields
from ftdata.testing.strategies import datasets, text_records

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
SEARCH = settings(max_examples=400, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(datasets(min_rows=1, max_rows=5))
def test_rows_are_kept_in_files_by_origin(data) -> None:
    assert isinstance(data, Dataset)
    assert 1 <= len(data) <= 5
    assert set(data.column("source")) <= {"human.jsonl", "synthetic.jsonl", "unknown.jsonl"}
    assert [source.removesuffix(".jsonl") for source in data.column("source")] == data.column("origin").to_list()


@FEW
@given(datasets(text_records(), broken=True, origins=("human",), max_rows=5))
def test_broken_lines_are_dropped_with_a_reason(data) -> None:
    drops = data.ledger.filter(data.ledger["action"] == "drop")
    assert len(data) + drops.height == len(data.index)
    assert set(drops["reason"]) <= {"invalid_json", "invalid_record"}


EXTRA = {"customer": st.sampled_from("xy")}


@FEW
@given(datasets(text_records(extra=EXTRA), fields=Fields(group="customer"), min_rows=1, max_rows=3))
def test_fields_are_read(data) -> None:
    assert set(data.column("group")) <= {"x", "y"}


def test_a_dataset_shrinks_to_few_small_rows() -> None:
    data = find(
        datasets(text_records(content=st.sampled_from("ab")), max_rows=4),
        lambda data: len(data) >= 2,
        settings=SEARCH,
        random=Random(1),
    )
    assert list(data.raw()) == [b'{"text":"a"}', b'{"text":"a"}']
    assert set(data.column("origin")) == {"human"}


def test_copies_can_be_had_and_left_out() -> None:
    """A text that is drawn once can stand there twice only as a copy."""
    drawn: list[int] = []

    def text(_: int) -> str:
        drawn.append(len(drawn))
        return str(len(drawn))

    def repeats(data: Dataset) -> bool:
        rows = [row["text"] for row in data.rows()]
        return len(rows) > len(set(rows))

    def looked(*, copies: bool) -> bool:
        found = []

        @FEW
        @given(datasets(text_records(content=st.integers().map(text)), copies=copies, max_rows=8))
        def look(data):
            found.append(repeats(data))

        look()
        return any(found)

    assert looked(copies=True)
    assert not looked(copies=False)
