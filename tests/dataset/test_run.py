"""Work folders: private, kept as long as they are needed, and gone afterwards."""

from __future__ import annotations

import gc
import pickle
import stat
from functools import partial
from pathlib import Path

import pytest

from ftdata import Dataset, WriteError
from ftdata.dataset.run import Run, WorkFolder
from ftdata.engines.local import LocalEngine
from ftdata.json_bytes import Remove


def test_a_work_folder_is_private_and_goes_with_its_last_dataset() -> None:
    data = Dataset.from_rows([{"text": "a"}])
    folder = data.run.path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    after = data.drop([0], by="Test", reason="gone")
    del data
    gc.collect()
    assert folder.exists()
    del after
    gc.collect()
    assert not folder.exists()


def test_workers_are_let_go_after_much_work_and_after_a_call_for_all_of_it() -> None:
    """What they hold would otherwise stand beside the memory that comes next."""
    engine = LocalEngine()
    rests = 0

    def rest() -> None:
        nonlocal rests
        rests += 1

    engine.rest = rest  # type: ignore[method-assign]
    run = Run(engine=engine)
    assert list(run.each(str, [partial(int, number) for number in range(8)])) == list("01234567")
    assert rests == 0
    assert len(list(run.each(str, [partial(int, number) for number in range(9)]))) == 9
    assert rests == 1
    assert run.call(pow, 2, 5, mod=7) == 4
    assert rests == 2


def test_a_worker_that_is_sent_a_folder_does_not_remove_it() -> None:
    folder = WorkFolder()
    borrowed = pickle.loads(pickle.dumps(folder))
    assert borrowed.path == folder.path
    del borrowed
    gc.collect()
    assert folder.path.exists()
    folder.remove()
    assert not folder.path.exists()


def test_a_dataset_on_another_run_keeps_its_shards() -> None:
    data = Dataset.from_rows([{"text": "a", "n": 1}])
    old = data.run.path
    other = Run()
    moved = data.on(other)
    del data
    gc.collect()
    after = moved.edit({0: [Remove(("n",))]}, by="Test", reason="changed")
    assert list(after.raw()) == [b'{"text":"a"}']
    assert Path(after.shards[0].path).parent == other.path
    del moved
    gc.collect()
    assert old.exists()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match=r"file.*: no work folder can be made"):
        WorkFolder(tmp_path / "file" / "folder")
