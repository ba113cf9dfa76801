"""Keys of every row, sets of the candidates only, one join; and nothing of it is left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from ftdata import Dataset, Deduplicate, Pipeline
from ftdata.dataset.alike import keyed_rows, shared_passages
from ftdata.near_duplicates import COMMON_PASSAGES, compared_parts, normalise, shingle
from ftdata.near_duplicates.passages import COMMON_ROWS
from small_set import chat, chats

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ftdata import Shard
    from ftdata.near_duplicates import ShingleSets

ROWS = [{"text": f"{word} one two three four five six"} for word in ("a", "b", "a", "c", "b", "a")]


def sets(texts: pl.DataFrame) -> dict[str, ShingleSets]:
    return {"whole": shingle(normalise(compared_parts(texts)["whole"]), n=5)}


def compare(shard: Shard) -> tuple[NDArray[np.int64], ShingleSets, pl.DataFrame]:
    return shard.rows, sets(shard.texts)["whole"], pl.DataFrame({"row": shard.rows})


def sizes(keys: NDArray[np.uint64], read: Callable[[str], ShingleSets], *, more: int) -> tuple[int, int, int]:
    """What a join is given."""
    return len(keys), len(read("whole").sizes), more


@pytest.mark.parametrize("shard_rows", [1, 2, 6])
def test_the_join_is_given_the_keys_and_sets_of_the_candidates(shard_rows: int) -> None:
    data = Dataset.from_rows(ROWS, shard_rows=shard_rows)
    with keyed_rows(data, compare, threshold=0.9) as keyed:
        assert keyed.told["row"].to_list() == [0, 1, 2, 3, 4, 5]
        rows = keyed.candidates()
        assert rows.tolist() == [0, 1, 2, 4, 5]
        assert keyed.candidates(without=np.array([1, 5])).tolist() == [0, 2]
        assert keyed.join(rows, sets, partial(sizes, more=7), ngram=5) == (5, 5, 7)


def test_nothing_is_left_of_keys_and_sets() -> None:
    """Neither when all went well nor when the join fails."""

    def fail(*_: object) -> None:
        raise ValueError("no")

    data = Dataset.from_rows(ROWS)
    for join in (partial(sizes, more=0), fail):
        try:
            with keyed_rows(data, compare, threshold=0.9) as keyed:
                assert len(list(data.run.path.glob("scratch-*"))) == 1
                keyed.join(keyed.candidates(), sets, join, ngram=5)
        except ValueError:
            assert join is fail
        assert not list(data.run.path.glob("scratch-*"))


def test_dropped_rows_are_neither_keyed_nor_joined() -> None:
    data = Dataset.from_rows(ROWS).drop([0, 2], by="test", reason="not_wanted")
    with keyed_rows(data, compare, threshold=0.9) as keyed:
        assert keyed.candidates().tolist() == [1, 4]


def test_passages_stay_common_when_the_rows_that_share_them_are_gone() -> None:
    """As `Deduplicate` noted them."""
    line = "Answer in one sentence, politely, and name the street first of all."
    rows = chats(COMMON_ROWS)
    for row in rows:
        row["messages"][0]["content"] = f"{line}\n{row['messages'][0]['content']}"
    data = Dataset.from_rows(rows)
    found = shared_passages(data)
    assert found
    left = Pipeline([Deduplicate()]).run(data).dataset
    left = left.drop(left.kept_rows[1:], by="test", reason="not_wanted")
    assert shared_passages(Dataset.from_rows([chat(0)])) == frozenset()
    assert shared_passages(left) == found == frozenset(left.notes[COMMON_PASSAGES])
