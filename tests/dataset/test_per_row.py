"""A per-row stage on every shard gives what it gives on the whole."""

from __future__ import annotations

import polars as pl
import pytest

from ftdata import Dataset, Filter, FilterTokens, Pipeline, ScrubPII, StageError, stage
from ftdata.dataset.per_row import apply_per_row
from ftdata.testing.laws.outcome import differ, observe

ROWS = [{"text": f"mail ann{i}@example.com now " + "word " * i} for i in range(7)]


@pytest.mark.parametrize("one", [ScrubPII(), FilterTokens(max_tokens=12), Filter(where="line > 3")], ids=repr)
def test_shard_by_shard_is_the_same_as_at_once(one) -> None:
    data = Dataset.from_rows(ROWS, shard_rows=2).drop([3], by="Before", reason="gone")
    marked = data.mark(pl.DataFrame({"row": [1], "score": [1]}), of="text")
    inside = marked.at("1.", 5)
    differ("per row", observe(one(inside)), observe(apply_per_row(one, inside)), names=("whole", "shards"))


def test_a_set_without_rows_is_given_to_the_stage_as_it_is() -> None:
    assert len(apply_per_row(Filter(where="line > 3"), Dataset.from_rows([]))) == 0


@pytest.mark.parametrize("size", [2, 100])
@pytest.mark.parametrize("rows", [ROWS, []], ids=["rows", "none"])
def test_a_note_is_refused_whatever_the_number_of_shards(rows, size) -> None:
    """A per-row stage knows nothing about the whole set, also where all of it is one shard."""

    @stage(per_row=True)
    def counts(dataset):
        return dataset.note("rows", len(dataset))

    data = Dataset.from_rows(rows, shard_rows=size).note("before", 1)
    with pytest.raises(StageError, match=r"^stage counts: a per-row stage noted something about the whole set"):
        apply_per_row(counts, data)
    with pytest.raises(StageError, match=r"^stage 1\.counts: a per-row stage noted .* leave per_row=True away"):
        Pipeline([counts]).run(data)


def test_notes_of_stages_before_are_kept() -> None:
    data = Dataset.from_rows(ROWS, shard_rows=2).note("before", 1)
    assert apply_per_row(Filter(where="line > 3"), data).notes == {"before": 1}


def test_marks_of_different_types_name_the_stage() -> None:
    @stage(per_row=True)
    def odd(dataset):
        row = int(dataset.kept_rows[0])
        return dataset.mark(pl.DataFrame({"row": [row], "n": ["x" if row else 1]}), of="row")

    with pytest.raises(StageError, match=r"^stage odd: the column 'n' is Int64 for some rows and String for others"):
        apply_per_row(odd, Dataset.from_rows(ROWS, shard_rows=2))


def test_marks_of_the_set_are_forgotten_everywhere_when_one_shard_is_edited() -> None:
    data = Dataset.from_rows([{"text": "plain"}, {"text": "ann@example.com"}], shard_rows=1)
    marked = data.mark(pl.DataFrame({"row": [0, 1], "cluster": [0, 1]}), of="set")
    assert "cluster" not in apply_per_row(ScrubPII(), marked).marks.columns
