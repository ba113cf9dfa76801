"""Worker processes are started where there is enough for them to do; nothing that comes out depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from ftdata import Dataset, Deduplicate, Filter, FilterTokens, Pipeline, Split, Validate
from ftdata.engines.lent import lend
from ftdata.engines.local import LocalEngine
from ftdata.engines.processes import ProcessEngine
from ftdata.pipeline import amount
from ftdata.pipeline.amount import LEAST_SHARDS, is_much
from pipeline import own_stages
from small_set import chats

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows whenever an engine opens its workers."""
    times: list[int] = []
    real = ProcessEngine._open

    def counted(self: ProcessEngine):
        times.append(1)
        return real(self)

    monkeypatch.setattr(ProcessEngine, "_open", counted)
    return times


def shards(count: int) -> Dataset:
    return Dataset.from_rows(chats(count), origin="human", shard_rows=1)


def accept(row) -> bool:
    return len(row) > 0


def test_little_work_is_done_in_this_process_and_much_in_workers(started: list[int], tmp_path: Path) -> None:
    stages = [Validate(target="openai"), Deduplicate(near=False), FilterTokens(min_tokens=1)]
    Pipeline(stages).run(shards(LEAST_SHARDS - 1), workers=2, out=tmp_path / "few")
    assert not started
    Pipeline(stages).run(shards(LEAST_SHARDS), workers=2, out=tmp_path / "many")
    assert started


@pytest.mark.parametrize("step", [own_stages.drop_even, Filter(where=accept), lambda dataset: dataset])
def test_where_code_of_the_user_is_run_two_shards_are_enough(step) -> None:
    """Nobody knows how long it takes. One shard is one call, which workers could not share."""
    assert is_much([Deduplicate(), step], shards(2))
    assert not is_much([Deduplicate(), step], shards(1))
    assert not is_much([Deduplicate(), Filter(where="line > 3"), Split()], shards(2))


def test_a_model_of_the_user_is_code_of_the_user() -> None:
    from pydantic import BaseModel

    class Row(BaseModel):
        messages: list[object]

    assert is_much([Validate(schema=Row)], shards(2))


def test_stages_in_a_nested_pipeline_count(started: list[int]) -> None:
    Pipeline([Pipeline([own_stages.drop_even], name="inner")]).run(shards(3), workers=2)
    assert started


def test_an_engine_that_was_lent_is_used_for_however_little(started: list[int]) -> None:
    engine = ProcessEngine(workers=2)
    with lend(engine):
        Pipeline([Deduplicate(near=False)]).run(shards(1), workers=2)
    engine.close()
    assert started


def test_the_finding_and_the_files_are_the_same_wherever_the_work_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[int]
) -> None:
    """What cannot be sent to workers is told also where there were none."""
    pipeline = Pipeline([Filter(where=lambda row: True), Deduplicate(near=False)])
    for name, least in (("here", 99), ("there", 1)):
        monkeypatch.setattr(amount, "_LEAST_OF_OTHERS", least)
        pipeline.run(shards(3), workers=2, out=tmp_path / name)
        assert bool(started) == (name == "there")
    here, there = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("here", "there"))
    assert here == there
    ledger = pl.read_parquet(tmp_path / "here" / "ledger.parquet")
    assert ledger["reason"].to_list().count("engine.in_process") == 1


def test_engines_say_whether_they_begin_at_once() -> None:
    engine = ProcessEngine(workers=2)
    assert (LocalEngine().ready, engine.ready) == (True, False)
    engine.close()
