"""The index: facts of every row, read once."""

from __future__ import annotations

import pytest

from ftdata import Dataset, Fields, RecipeError
from ftdata.dataset.index import ORIGINS, empty_index, index_rows, located, look_up


def test_facts_of_a_row_are_read_from_their_paths() -> None:
    rows = [
        {
            "text": "a",
            "meta": {
                "who": "human",
                "id": 7,
                "from": ["x", 3],
                "model": "m",
                "customer": "c",
                "at": "2026-01-01",
                "kind": "k",
            },
        },
        {"text": "b", "meta": {"who": "a cat", "id": True, "from": "x"}},
        {"text": "c", "meta.id": "dotted", "meta": None},
    ]
    fields = Fields(
        origin="meta.who", id="meta.id", parents="meta.from", generator="meta.model", group="meta.customer",
        created="meta.at", stratum="meta.kind",
    )  # fmt: skip
    data = Dataset.from_rows(rows, origin="synthetic", fields=fields)
    assert data.column("origin").to_list() == ["human", "unknown", "unknown"]
    assert data.column("id").to_list() == ["7", "true", "dotted"]
    assert data.column("parents").to_list() == [["x", "3"], ["x"], []]
    assert data.column("generator").to_list() == ["m", None, None]
    assert data.column("group").to_list() == ["c", None, None]
    assert data.column("created").to_list() == ["2026-01-01", None, None]
    assert data.column("stratum").to_list() == ["k", None, None]


def test_content_hashes_are_fixed_for_ever() -> None:
    """They decide about splits; another value would move rows between train and test. This is what `b2sum -l 128` says."""
    data = Dataset.from_rows([{"text": "a"}])
    assert data.index["content_hash"][0].hex() == "9d7c32a2ff32a96ccee78c01ea1f7ec2"


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(RecipeError, match="colour"):
        Fields(colour="x")


@pytest.mark.parametrize(
    ("path", "found"),
    [("a", {"b": {"c": 1}, "b.c": 2}), ("a.b", {"c": 1}), ("a.b.c", 2), ("a.x", None), ("d.e", 3), ("d.e.f", None)],
)
def test_a_key_that_holds_the_dots_is_found_first(path, found) -> None:
    assert look_up({"a": {"b": {"c": 1}, "b.c": 2}, "d.e": 3}, path) == found


def test_every_index_has_the_same_columns() -> None:
    for rows in ([], [{"text": "a"}], [{"text": "a"}, {"text": "b"}]):
        assert Dataset.from_rows(rows).index.schema == empty_index().schema


def test_people_come_first_where_one_of_two_rows_stays() -> None:
    assert ORIGINS == ("human", "unknown", "synthetic")


def test_a_fact_that_is_no_text_is_its_json() -> None:
    """A group of two parts is a group: taken for none, its rows would straddle splits."""
    values = [
        {"g": ["a", 1]},
        {"g": {"y": 1, "x": None}},
        {"g": {"x": None, "y": 1}},
        {"g": True},
        {"g": 7},
        {"g": None},
        {"g": []},
        {},
    ]
    index = index_rows(0, 0, range(8), [b""] * 8, values, "human", Fields(group="g"))
    assert index["group"].to_list() == [
        '["a",1]',
        '{"x":null,"y":1}',
        '{"x":null,"y":1}',
        "true",
        "7",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("a", ("a",)), ("b.c", ("b", "c")), ("d.e", ("d.e",)), ("b.f.g", ("b", "f.g")), ("b.no", None), ("no", None),
        ("a.no", None), ("h.i", None),
    ],
)  # fmt: skip
def test_a_fact_stands_where_it_is_found(path: str, place: tuple[str, ...] | None) -> None:
    value = {"a": 1, "b": {"c": 2, "f.g": 3}, "d.e": 4, "d": {"e": 5}, "h": [{"i": 6}]}
    assert located(value, path) == place
    found = value
    for key in place or ():
        found = found[key]
    assert look_up(value, path) == (found if place else None)


def test_facts_are_compared_however_a_file_spells_them() -> None:
    """pandas writes a column of numbers with gaps as floats; a parent so spelled is the row all the same."""
    values = [{"g": 3}, {"g": 3.0}, {"g": "3"}, {"g": " 3\n"}, {"g": "3.0"}, {"g": 3.5}, {"g": " "}, {"g": [1.0, " a"]}]
    index = index_rows(0, 0, range(8), [b""] * 8, values, "human", Fields(id="g", group="g", parents="g"))
    assert index["group"].to_list() == ["3", "3", "3", "3", "3.0", "3.5", None, '[1,"a"]']
    assert index["id"].to_list() == index["group"].to_list()
    assert index["parents"].to_list() == [["3"]] * 4 + [["3.0"], ["3.5"], [], ["1", "a"]]
