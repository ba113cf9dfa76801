"""The verbs of a Dataset: each gives a new one, says what it did, and refuses what cannot be."""

from __future__ import annotations

import json

import polars as pl
import pytest

from ftdata import Dataset, ReadError, RecipeError, Split, StageError
from ftdata.dataset import Fields, Shard
from ftdata.json_bytes import Insert, Remove, Rename, Replace, ReplaceText

ROWS = [{"text": f"text {i}", "n": i} for i in range(5)]


@pytest.fixture
def data() -> Dataset:
    """Five rows in three shards."""
    return Dataset.from_rows(ROWS, origin="human", shard_rows=2)


def texts(data: Dataset) -> list[str]:
    return [row["text"] for row in data.rows()]


# -- drop -------------------------------------------------------------------------------------------------------------


def test_a_dropped_row_is_gone_from_the_rows_and_stays_in_index_and_ledger(data) -> None:
    after = data.drop([1, 3], by="Test", reason="not_wanted", detail=[{"why": 1}, {"why": 2}])
    assert texts(after) == ["text 0", "text 2", "text 4"]
    assert after.index["status"].to_list() == ["kept", "dropped", "kept", "dropped", "kept"]
    assert after.ledger.rows() == [
        (1, "memory", 2, "Test", "drop", "not_wanted", '{"why":1}'),
        (3, "memory", 4, "Test", "drop", "not_wanted", '{"why":2}'),
    ]
    assert len(data) == 5
    assert data.ledger.height == 0


def test_rows_can_be_given_as_list_array_or_series(data) -> None:
    for where in ([2], pl.Series([2]), pl.Series([2]).to_numpy()):
        assert texts(data.drop(where, by="Test", reason="gone")) == ["text 0", "text 1", "text 3", "text 4"]


def test_a_row_cannot_be_dropped_twice(data) -> None:
    once = data.drop([1], by="Test", reason="gone")
    with pytest.raises(
        StageError, match=r"stage Test: drop: a row is named twice, is not there, or was dropped before"
    ):
        once.drop([1], by="Test", reason="again")
    for where in ([2, 2], [-1], [5]):
        with pytest.raises(StageError, match="drop"):
            data.drop(where, by="Test", reason="gone")


def test_dropping_nothing_changes_nothing(data) -> None:
    assert data.drop([], by="Test", reason="gone") is data


def test_a_dropped_copy_points_to_the_row_that_was_kept(data) -> None:
    after = data.drop([3, 1], by="Test", reason="copy", kept_as=[0, 2])
    assert after.index["kept_as"].to_list() == [None, 2, None, 0, None]


def test_as_many_details_as_rows(data) -> None:
    with pytest.raises(ValueError, match="1 details for 2 rows"):
        data.drop([0, 1], by="Test", reason="gone", detail=[{}])


# -- edit -------------------------------------------------------------------------------------------------------------


def test_edits_splice_the_bytes_and_are_told(data) -> None:
    after = data.edit(
        {
            0: [ReplaceText(("text",), 0, 4, "word")],
            3: [Remove(("n",)), Insert(("kind",), "x")],
            4: [Rename(("n",), "number"), Replace(("text",), "new")],
        },
        by="Test",
        reason="changed",
        detail={3: {"keys": 2}},
    )
    assert list(after.raw()) == [
        b'{"text":"word 0","n":0}',
        b'{"text":"text 1","n":1}',
        b'{"text":"text 2","n":2}',
        b'{"text":"text 3","kind":"x"}',
        b'{"text":"new","number":4}',
    ]
    assert after.ledger.select("row", "action", "reason", "detail").rows() == [
        (0, "edit", "changed", "{}"),
        (3, "edit", "changed", '{"keys":2}'),
        (4, "edit", "changed", "{}"),
    ]
    assert next(data.raw()) == b'{"text":"text 0","n":0}'


def test_shards_without_an_edited_row_are_the_same_files(data) -> None:
    after = data.edit({0: [Remove(("n",))]}, by="Test", reason="changed")
    assert after.shards[1:] == data.shards[1:]
    assert after.shards[0] != data.shards[0]


def test_an_edit_renews_the_texts(data) -> None:
    def texts_of(shard):
        return shard.texts.select("row", "text")

    assert data.map_shards(texts_of)["text"].to_list() == [f"text {i}" for i in range(5)]
    after = data.edit({2: [Replace(("text",), "other")]}, by="Test", reason="changed")
    assert after.map_shards(texts_of)["text"].to_list() == ["text 0", "text 1", "other", "text 3", "text 4"]


def test_an_edit_forgets_marks_of_the_text_of_its_row_and_marks_of_the_set_altogether(data) -> None:
    rows = data.kept_rows
    marked = (
        data.mark(pl.DataFrame({"row": rows, "length": [6] * 5}), of="text")
        .mark(pl.DataFrame({"row": rows, "seen": [True] * 5}), of="row")
        .mark(pl.DataFrame({"row": rows, "cluster": rows}), of="set")
    )
    after = marked.edit({2: [Remove(("n",))]}, by="Test", reason="changed")
    assert after.column("length").to_list() == [6, 6, None, 6, 6]
    assert after.column("seen").to_list() == [True] * 5
    assert "cluster" not in after.marks.columns
    assert "cluster" not in after.marks_of
    assert marked.column("cluster").to_list() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({9: [Remove(("n",))]}, "not there"),
        ({0: [Remove(("nowhere",))]}, "edit"),
        ({0: [Replace(("text",), "a"), Replace(("text",), "b")]}, "edit"),
        ({0: [Replace((), 7)]}, "edit"),
    ],
)
def test_what_cannot_be_edited_is_refused(data, edits, words) -> None:
    with pytest.raises(StageError, match=words):
        data.edit(edits, by="Test", reason="changed")


def test_a_dropped_row_cannot_be_edited(data) -> None:
    with pytest.raises(StageError, match="was dropped before"):
        data.drop([1], by="Test", reason="gone").edit({1: [Remove(("n",))]}, by="Test", reason="changed")


def test_no_row_is_edited_after_the_split(data) -> None:
    split = Split(train=1, val=0, test=0)(data)
    with pytest.raises(StageError, match="put Split behind every stage that edits"):
        split.edit({1: [Remove(("n",))]}, by="Test", reason="changed")


def test_a_refused_edit_says_nothing_of_the_row() -> None:
    data = Dataset.from_rows([{"a secret key": "a secret text"}])
    with pytest.raises(StageError) as caught:
        data.edit({0: [ReplaceText(("a secret key",), 5, 99, "x")]}, by="Test", reason="changed")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


# -- mark, find, note -------------------------------------------------------------------------------------------------


def test_marks_are_null_where_none_was_given_and_written_over_where_one_is(data) -> None:
    marked = data.mark(pl.DataFrame({"row": [1, 3], "score": [0.5, 0.7]}), of="row")
    assert marked.column("score").to_list() == [None, 0.5, None, 0.7, None]
    again = marked.mark(pl.DataFrame({"row": [3, 4], "score": [0.1, 0.2]}), of="row")
    assert again.column("score").to_list() == [None, 0.5, None, 0.1, 0.2]
    assert again.column("row").to_list() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("name", ["origin", "line", "source", "format", "status"])
def test_a_mark_cannot_take_the_name_of_a_column(data, name) -> None:
    with pytest.raises(StageError, match=f"'{name}' is a column of the index; choose another name"):
        data.mark(pl.DataFrame({"row": [0], name: ["x"]}), of="row")


def test_findings_touch_no_row(data) -> None:
    after = data.find([2, 2, 4], by="Test", rule="text.odd", severity="warning", detail=[{"n": 1}, {"n": 2}, {"n": 3}])
    after = after.find(by="Test", rule="file.small", severity="info")
    assert len(after) == 5
    assert [(row, json.loads(detail)) for row, detail in after.ledger.select("row", "detail").iter_rows()] == [
        (None, {"severity": "info"}),  # what one stage wrote is in order of the rows; what concerns none comes first
        (2, {"severity": "warning", "n": 1}),
        (2, {"severity": "warning", "n": 2}),
        (4, {"severity": "warning", "n": 3}),
    ]


def test_notes_are_kept_by_key(data) -> None:
    after = data.note("one", 1).note("two", [2]).note("one", 3)
    assert dict(after.notes) == {"one": 3, "two": [2]}
    assert dict(data.notes) == {}


# -- asking -----------------------------------------------------------------------------------------------------------


def test_columns_are_those_of_the_kept_rows(data) -> None:
    after = data.drop([0], by="Test", reason="gone")
    assert after.column("line").to_list() == [2, 3, 4, 5]
    assert after.column("source").to_list() == ["memory"] * 4
    assert after.column("format").to_list() == ["text"] * 4
    with pytest.raises(KeyError, match=r"no column 'nothing'; there are: .*origin"):
        after.column("nothing")


def test_a_function_on_shards_sees_kept_rows_and_the_columns_it_asked_for(data) -> None:
    marked = data.drop([1], by="Test", reason="gone").mark(pl.DataFrame({"row": [2], "score": [9]}), of="row")

    def seen(shard):
        assert len(shard) == len(shard.raw) == len(shard.values) == len(shard.formats) == len(shard.sources)
        return shard.columns

    found = marked.map_shards(seen, ("line", "score"))
    assert found.rows() == [(0, 1, None), (2, 3, 9), (3, 4, None), (4, 5, None)]


def test_a_function_on_no_shards_still_tells_its_schema() -> None:
    found = Dataset.from_rows([]).map_shards(lambda shard: shard.texts.select("row", "text"))
    assert found.schema == {"row": pl.Int64, "text": pl.String}
    assert found.height == 0


def test_a_view_sets_the_other_rows_aside(data) -> None:
    dropped = data.drop([4], by="Test", reason="gone")
    seen = dropped.view([1, 3])
    assert texts(seen) == ["text 1", "text 3"]
    assert seen.index["status"].to_list() == ["set_aside", "kept", "set_aside", "kept", "dropped"]
    assert seen.ledger.rows() == dropped.ledger.rows()


def test_a_dataset_shows_itself_in_one_line(data) -> None:
    assert repr(data.drop([0], by="Test", reason="gone")) == "<Dataset: 4 of 5 rows kept, 1 sources>"


# -- a + b ------------------------------------------------------------------------------------------------------------


def test_a_sum_has_the_rows_of_both_and_shifts_the_right_in_all_frames() -> None:
    fields = Fields(id="id")
    left = Dataset.from_rows([{"text": "a", "id": "1"}, {"text": "b", "id": "2"}], origin="human", fields=fields)
    left = left.mark(pl.DataFrame({"row": [0, 1], "left": [1, 2]}), of="row")
    right = Dataset.from_rows([{"text": t, "id": t} for t in "cde"], origin="synthetic", fields=fields, shard_rows=2)
    right = (
        right.mark(pl.DataFrame({"row": [0, 1, 2], "right": [3, 4, 5]}), of="text")
        .drop([2], by="Test", reason="copy", kept_as=[0])
        .find([1], by="Test", rule="a.rule", severity="info")
        .edit({0: [Replace(("text",), "C")]}, by="Test", reason="changed")
    )
    both = left + right
    assert [row["text"] for row in both.rows()] == ["a", "b", "C", "d"]
    assert both.index["row"].to_list() == [0, 1, 2, 3, 4]
    assert both.index["kept_as"].to_list() == [None, None, None, None, 2]
    assert both.column("origin").to_list() == ["human", "human", "synthetic", "synthetic"]
    assert both.marks["row"].to_list() == [0, 1, 2, 3, 4]
    assert both.marks["left"].to_list() == [1, 2, None, None, None]
    assert both.marks["right"].to_list() == [None, None, None, 4, 5]
    assert both.marks_of == {"left": "row", "right": "text"}
    assert [(row, line, action) for row, line, action in both.ledger.select("row", "line", "action").iter_rows()] == [
        (2, 1, "edit"),
        (3, 2, "finding"),
        (4, 3, "drop"),
    ]
    assert [ref.first for ref in both.shards] == [0, 2, 4]


def test_the_work_of_both_sides_outlives_them() -> None:
    """The sum holds on to the work folders that its shards are in."""
    both = Dataset.from_rows([{"text": "a"}]) + Dataset.from_rows([{"text": "b"}])
    assert [row["text"] for row in both.rows()] == ["a", "b"]


def test_a_sum_of_sums_is_a_flat_one() -> None:
    one, two, three = (Dataset.from_rows([{"text": text}]) for text in "abc")
    assert list(((one + two) + three).raw()) == list((one + (two + three)).raw())
    assert ((one + two) + three).index["source"].to_list() == [0, 1, 2]


def test_verbs_work_on_a_sum() -> None:
    both = Dataset.from_rows([{"text": "a"}]) + Dataset.from_rows([{"text": "b"}], shard_rows=1)
    after = both.drop([1], by="Test", reason="gone").edit({0: [Replace(("text",), "A")]}, by="Test", reason="x")
    assert list(after.raw()) == [b'{"text":"A"}']
    assert after.ledger["source"].to_list() == ["memory", "memory-2"]


def test_what_held_of_two_sets_does_not_hold_of_both_together() -> None:
    """The same row may stand in train on the one side and in test on the other."""
    halves = [Dataset.from_rows([{"text": "a"}, {"text": "b"}]) for _ in range(2)]
    for number, half in enumerate(halves):
        split = pl.DataFrame({"row": [0, 1], "split": ["train", "test"][:: 1 - 2 * number], "cluster": [0, 1]})
        lengths = pl.DataFrame({"row": [0, 1], "length": [1, 1]})
        made = half.mark(split, of="set").mark(lengths, of="text").note("flow", [number]).note("split", {"rows": 2})
        halves[number] = made.note("own", number)
    both = halves[0] + halves[1]
    assert both.marks.columns == ["row", "length"]
    assert both.marks_of == {"length": "text"}
    assert both.notes == {"flow": [0, 1], "own": 0}


def test_a_mark_without_any_value_in_a_shard_has_the_type_it_has_in_the_others() -> None:
    def told(shard: Shard) -> pl.DataFrame:
        return pl.DataFrame({"row": shard.rows, "n": [None if row < 4 else int(row) for row in shard.rows]})

    rows = [{"text": str(number)} for number in range(6)]
    frames = [Dataset.from_rows(rows, shard_rows=size).map_shards(told) for size in (2, 100)]
    assert frames[0].equals(frames[1])
    both = Dataset.from_rows(rows).mark(frames[0].head(4), of="row") + Dataset.from_rows(rows).mark(frames[0], of="row")
    assert both.marks["n"].to_list() == [None] * 10 + [4, 5]


def test_a_mark_of_two_types_is_told_by_name() -> None:
    def told(shard: Shard) -> pl.DataFrame:
        return pl.DataFrame(
            {"row": shard.rows, "n": ["x" if row < 4 else int(row) for row in shard.rows]}, strict=False
        )

    data = Dataset.from_rows([{"text": str(number)} for number in range(6)], shard_rows=2)
    with pytest.raises(StageError, match="the column 'n' is String for some rows and Int64 for others"):
        data.map_shards(told)


def write(path, *rows: str):
    path.write_text("\n".join(rows) + "\n")
    return path


def test_a_file_that_is_in_both_is_refused_under_any_name(tmp_path, monkeypatch) -> None:
    """Its rows would count twice, and be human here and synthetic there."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.jsonl", '{"text":"a"}', '{"text":"b"}')
    data = Dataset.read("a.jsonl", origin="human")
    for other in (
        Dataset.read("./a.jsonl"),
        Dataset.read("a.jsonl", limit=1),
        Dataset.from_rows([{"text": "c"}]) + data,
    ):
        with pytest.raises(ReadError, match="its rows are in both Datasets"):
            data + other
    with pytest.raises(ReadError, match=r"^\./a\.jsonl: .*, once as human and once as synthetic; read each file once$"):
        data + Dataset.read("./a.jsonl", origin="synthetic")


def test_parts_of_one_file_and_files_that_only_look_alike_are_added(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text('[{"text":"a"}, {"text":"b"}, {"text":"c"}]')  # on one line
    data = Dataset.read("a.json")
    both = data.view([0, 2]) + data.drop([0, 2], by="Test", reason="gone")
    assert [row["text"] for row in both.rows()] == ["a", "c", "b"]
    (tmp_path / "copy.json").write_bytes((tmp_path / "a.json").read_bytes())
    assert len(data + Dataset.read("copy.json")) == 6
    (tmp_path / "a.json").write_text('[{"text":"x"}]')
    assert len(data + Dataset.read("a.json")) == 4
    rows = Dataset.from_rows([{"text": "a"}])
    assert len(rows + rows) == 2


@pytest.mark.parametrize("given_", [{"id": "id"}, "id", ["id"]])
def test_fields_that_are_no_fields_are_a_wrong_call_that_says_what_to_type(given_, tmp_path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id":"a"}')
    for read in (
        lambda: Dataset.read(path, fields=given_),
        lambda: Dataset.from_rows([{"id": "a"}], fields=given_),
        lambda: Dataset.from_polars(pl.DataFrame({"id": ["a"]}), fields=given_),
    ):
        with pytest.raises(RecipeError, match=rf"fields is of type {type(given_).__name__}; give fields=Fields\(id="):
            read()
    with pytest.raises(RecipeError, match="Fields: id: Input should be a valid string"):
        Fields(id=3)
