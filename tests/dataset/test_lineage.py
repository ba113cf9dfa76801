"""Rows that belong together by what the index says of them."""

from __future__ import annotations

from ftdata import Dataset, Fields
from ftdata.dataset.lineage import made_from, same_group, shared_parents, stood_in_for

FIELDS = Fields(id="id", parents="from", group="who")
ROWS = [
    {"text": "a", "id": "1", "who": "x"},
    {"text": "b", "id": "2", "from": ["1"], "who": "y"},
    {"text": "c", "id": "3", "from": ["lost"], "who": "x"},
    {"text": "d", "from": ["lost", "2"]},
    {"text": "e", "id": "2"},
]


def pairs(found) -> set[tuple[int, int]]:
    return {
        (min(pair), max(pair)) for pair in zip(*(side.tolist() for side in found), strict=True) if len(set(pair)) > 1
    }


def test_rows_of_a_group_and_rows_of_a_family_are_tied() -> None:
    index = Dataset.from_rows(ROWS, fields=FIELDS).index
    assert pairs(same_group(index)) == {(0, 2)}
    # A parent that was never read ties its children, and two rows that share an id are one parent.
    assert pairs(made_from(index)) == {(0, 1), (1, 3), (2, 3), (1, 4)}


def test_a_row_that_is_gone_still_ties_and_so_does_the_one_kept_in_its_place() -> None:
    data = Dataset.from_rows(ROWS, fields=FIELDS).drop([1], by="test", reason="gone", kept_as=[4])
    assert pairs(made_from(data.index)) == {(0, 1), (1, 3), (2, 3), (1, 4)}
    assert pairs(stood_in_for(data.index)) == {(1, 4)}


def test_an_id_that_no_row_names_as_a_parent_ties_nothing() -> None:
    people = Dataset.from_rows([{"text": f"h{i}", "id": i} for i in range(4)], fields=FIELDS)
    made = Dataset.from_rows(
        [{"text": f"s{i}", "id": i, "from": [2] if i == 0 else []} for i in range(3)], fields=FIELDS
    )
    both = people + made
    # Only 2 is named: its child (row 4) is tied to both rows that have it (2 and 6), and 0 and 1 are nobody's parents.
    tied = pairs(made_from(both.index))
    assert {row for pair in tied for row in pair} == {2, 4, 6}
    assert shared_parents(both.index) == (1, 2)
    assert shared_parents(people.index) == (0, 0)
    assert shared_parents(made.index) == (0, 0)


def test_a_copy_and_the_row_kept_for_it_are_one_parent() -> None:
    data = Dataset.from_rows(ROWS, fields=FIELDS)
    assert shared_parents(data.index) == (1, 2)
    assert shared_parents(data.drop([4], by="test", reason="copy", kept_as=[1]).index) == (0, 0)
    assert shared_parents(data.drop([4], by="test", reason="gone").index) == (1, 2)
