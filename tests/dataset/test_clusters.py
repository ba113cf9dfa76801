"""Rows that belong together, by text, group, descent or the row kept in place of a copy, have one label."""

from __future__ import annotations

from ftdata import Dataset, Fields
from ftdata.dataset.clusters import cluster_labels
from small_set import chat


def test_rows_hang_together_by_text_group_and_descent_at_once() -> None:
    """Row 0 and 1 by text, 1 and 2 by group, 2 and 3 by descent, 3 and 4 by a copy; 5 by nothing."""
    rows = [
        chat(0), chat(0, group="g", id="one"), chat(1, group="g", id="two"), chat(2, parents="two", id="three"), chat(3), chat(4),
    ]  # fmt: skip
    data = Dataset.from_rows(rows, fields=Fields(id="id", group="group", parents="parents"))
    assert cluster_labels(data, related=0.5).tolist() == [0, 0, 0, 0, 4, 5]
    data = data.drop([4], by="test", reason="exact_duplicate", kept_as=[3])
    assert cluster_labels(data, related=0.5).tolist() == [0, 0, 0, 0, 0, 5]


def test_a_set_without_rows_has_no_labels() -> None:
    assert cluster_labels(Dataset.from_rows([]), related=0.5).tolist() == []
