"""Shards: files named after their content, never changed."""

from __future__ import annotations

import pickle
from pathlib import Path

from ftdata import Dataset
from ftdata.dataset.shards import load_raws, write_shard
from ftdata.texts import extract_texts


def test_a_shard_holds_its_rows_and_is_named_after_them(tmp_path) -> None:
    raws = [b"{}", b"", b"\xff\x00"]
    ref = write_shard(tmp_path, 5, raws)
    assert (ref.first, ref.rows) == (5, 3)
    assert ref.digest in ref.path
    assert load_raws(ref) == raws
    assert write_shard(tmp_path, 9, raws).path == ref.path
    assert {path.name for path in tmp_path.iterdir()} == {Path(ref.path).name}
    assert write_shard(tmp_path, 5, [b"{}", b"\xff", b"\x00"]).path != ref.path  # where a row ends matters


def test_a_shard_goes_to_a_worker_as_path_and_numbers() -> None:
    """What is sent does not grow with the bytes of the rows."""
    data = Dataset.from_rows([{"text": "x" * 100_000}])
    (shard,) = data.each_shard()
    assert len(pickle.dumps(shard)) < 5_000
    assert pickle.loads(pickle.dumps(shard)).raw == shard.raw


def test_texts_are_kept_for_the_next_stage_by_format() -> None:
    """One file of rows read as two formats has two sets of texts."""
    rows = [{"text": "a", "prompt": "b", "completion": "c"}]
    texts = []
    for label in ("text", "prompt-completion"):
        data = Dataset.from_rows(rows, format=label)
        texts += [shard.texts["text"].to_list() for shard in data.each_shard()]
    assert texts == [["a"], ["b", "c"]]


def test_texts_of_dropped_rows_are_not_extracted_and_those_that_are_once(monkeypatch) -> None:
    """A stage behind finds what the one before it left; a row that comes back into sight is extracted then."""
    asked: list[list[int]] = []

    def extract(rows, values, formats, *, named):
        asked.append(list(rows))
        return extract_texts(rows, values, formats, named=named)

    monkeypatch.setattr("ftdata.dataset.shards.extract_texts", extract)
    every = Dataset.from_rows([{"text": t} for t in "abcd"])
    fewer = every.drop([1], by="Test", reason="gone")
    for data, rows in (
        (fewer, [0, 2, 3]),
        (fewer.drop([3], by="Test", reason="gone"), [0, 2]),
        (every, [0, 1, 2, 3]),
        (fewer, [0, 2, 3]),
    ):
        (shard,) = data.each_shard()
        assert shard.texts["row"].to_list() == rows
    assert asked == [[0, 2, 3], [0, 1, 2, 3]]


def test_texts_of_dropped_rows_are_left_out() -> None:
    data = Dataset.from_rows([{"text": t} for t in "abc"]).drop([1], by="Test", reason="gone")
    (shard,) = data.each_shard()
    assert shard.texts.select("row", "text").rows() == [(0, "a"), (2, "c")]
    assert shard.values == [{"text": "a"}, {"text": "c"}]
