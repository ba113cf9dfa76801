"""A run with worker processes that is killed, loses a worker, or is asked to stop, wherever that is.

Afterwards nothing looks complete, no worker lives, text of rows is only where the documentation says, and the next run
goes as ever and clears what the killed one left. `killed_driver.py` chooses the moments.
"""

from __future__ import annotations

import gzip
import signal
import sys

import polars as pl
import pytest

from pipeline.killing import FULL_RUN, LIGHT_RUN, STAGES, THIRDS_RUN, TWO, Driver, Ended
from small_set import chats, line

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and looks at processes in /proc")
STOPPED = "ftdata: stopped; nothing was written"
OUTPUTS = (
    "train.jsonl", "val.jsonl", "test.jsonl", "rejected.jsonl", "rows.parquet", "ledger.parquet", "report.json",
    "report.html", "manifest.json",
)  # fmt: skip


@pytest.fixture(autouse=True)
def clean(driver: Driver):
    driver.clear()


@pytest.fixture(scope="module")
def undisturbed(driver: Driver) -> tuple[dict[str, int], dict[str, bytes]]:
    """How often each hook is passed in a run that is left alone, and what it writes."""
    driver.clear()
    ended = driver.run(*THIRDS_RUN, *TWO)
    assert (ended.status, ended.left) == (0, 0), ended.said
    return ended.counts, driver.content()


def assert_killed(driver: Driver, ended: Ended) -> None:
    """What holds after any run that was killed before its folder was in place."""
    assert ended.status == -signal.SIGKILL, ended.said
    assert ended.left == 0, "a worker lives on"
    assert "Traceback" not in ended.said
    assert not driver.shown()
    assert not driver.elsewhere(), "text lies where nobody looks for it"
    hidden = driver.there()
    assert len(hidden) <= 1
    assert all(name.startswith(".ftdata-out-") for name in hidden)
    for name in hidden:
        work = driver.folder / name / "work"
        assert not work.exists() or work.stat().st_mode & 0o077 == 0
        rejected = list((driver.folder / name).glob("*rejected*"))
        assert all(path.stat().st_mode & 0o077 == 0 for path in rejected)


@pytest.mark.parametrize("stage", range(1, STAGES + 1))
def test_a_run_killed_while_workers_are_in_a_stage_leaves_nothing(stage: int, driver: Driver) -> None:
    """Killed when the first worker has its call and the second is to be given one."""
    assert_killed(driver, driver.run(*FULL_RUN, *TWO, hook=f"engine in stage {stage}", call=2, does="kill"))


def test_the_run_after_one_that_was_killed_in_a_stage_goes_as_ever(driver: Driver, undisturbed) -> None:
    assert_killed(driver, driver.run(*THIRDS_RUN, *TWO, hook="engine in stage 2", call=2, does="kill"))
    assert driver.there()
    ended = driver.run(*THIRDS_RUN, *TWO)
    assert (ended.status, ended.left, driver.there()) == (0, 0, {"out"}), ended.said
    assert driver.content() == undisturbed[1]


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_run_killed_at_any_output_leaves_nothing_that_looks_complete(name: str, driver: Driver, undisturbed) -> None:
    """Killed when the file has its content and not yet its name; every other output just after it has it."""
    counts, expected = undisturbed
    assert set(expected) == set(OUTPUTS)
    assert counts[f"replace {name}"] == 1
    does = "kill" if OUTPUTS.index(name) % 2 else "kill after"
    assert_killed(driver, driver.run(*THIRDS_RUN, *TWO, hook=f"replace {name}", call=1, does=does))
    ended = driver.run(*THIRDS_RUN)
    assert (ended.status, driver.there()) == (0, {"out"}), ended.said
    assert driver.content() == expected


@pytest.mark.parametrize("does", ["kill", "kill after"])
def test_a_run_killed_at_the_last_rename_is_there_whole_or_not_at_all(does: str, driver: Driver, undisturbed) -> None:
    ended = driver.run(*THIRDS_RUN, *TWO, hook="rename out", call=1, does=does)
    if does == "kill":
        assert_killed(driver, ended)
        return
    assert (ended.status, ended.left, driver.there()) == (-signal.SIGKILL, 0, {"out"})
    assert driver.content() == undisturbed[1]
    assert not driver.elsewhere()


@pytest.mark.parametrize(("run", "call"), [(LIGHT_RUN, 1), (FULL_RUN, 3)])
def test_a_worker_that_is_killed_ends_the_run_with_one_line(run: tuple[str, ...], call: int, driver: Driver) -> None:
    """Each worker is killed at a call of its own, the first or one in the middle of the run."""
    ended = driver.run(*run, *TWO, worker="call", call=call)
    assert (ended.status, ended.left) == (1, 0), ended.said
    assert ended.said.count("\n") == 1, ended.said
    assert ended.said.startswith("ftdata: a worker process ended before its work was done"), ended.said
    assert not driver.there()
    assert not driver.elsewhere()


# -- asked to stop -----------------------------------------------------------------------------------------------------


def assert_stopped(driver: Driver, ended: Ended) -> None:
    """What holds after any run that was asked to stop before its folder was in place."""
    assert (ended.status, ended.said.strip(), ended.left) == (130, STOPPED, 0)
    assert not driver.there()
    assert not driver.elsewhere()


@pytest.fixture
def inputs(driver: Driver):
    """The rows as a compressed file, and as Parquet."""
    rows = chats(30)
    (driver.work / "rows.jsonl.gz").write_bytes(gzip.compress(b"".join(line(row) + b"\n" for row in rows)))
    pl.DataFrame({"text": [f"Text {number}" for number in range(30)]}).write_parquet(driver.work / "rows.parquet")
    yield driver.work
    for name in ("rows.jsonl.gz", "rows.parquet"):
        (driver.work / name).unlink()


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.parquet"])
@pytest.mark.parametrize("does", ["interrupt", "terminate", "interrupt after"])
def test_a_run_that_is_stopped_while_it_reads_leaves_nothing(does: str, name: str, driver: Driver, inputs) -> None:
    """The file is open, and some of its rows are read."""
    ended = driver.run("run", "light.yaml", str(inputs / name), "--out", "out", hook="add", call=1, does=does)
    assert (ended.status, ended.said.strip()) == (130, STOPPED)
    assert not driver.there()
    assert driver.elsewhere() == {"rows.jsonl.gz", "rows.parquet"}


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("does", ["interrupt", "terminate", "interrupt after", "terminate after", "interrupt all"])
def test_a_run_that_is_stopped_while_workers_start_leaves_none(does: str, call: int, driver: Driver) -> None:
    """Before and after a worker is started; and as a terminal does it, which asks the workers, too."""
    assert_stopped(driver, driver.run(*LIGHT_RUN, *TWO, hook="start", call=call, does=does))


@pytest.mark.parametrize("does", ["interrupt", "terminate"])
@pytest.mark.parametrize("stage", [2, 3, 6])
def test_a_run_that_is_stopped_while_workers_work_leaves_none(does: str, stage: int, driver: Driver) -> None:
    """In a stage that edits, in one that joins, in one that splits: the call before this one is under way."""
    assert_stopped(driver, driver.run(*FULL_RUN, *TWO, hook=f"engine in stage {stage}", call=3, does=does))


@pytest.mark.parametrize("does", ["interrupt after", "terminate after"])
def test_a_run_that_is_stopped_when_it_is_complete_says_so(does: str, driver: Driver, undisturbed) -> None:
    ended = driver.run(*THIRDS_RUN, *TWO, hook="commit", call=1, does=does)
    assert (ended.status, ended.left) == (130, 0)
    assert ended.said.strip() == "ftdata: stopped when the run was complete; it is in out"
    assert driver.there() == {"out"}
    assert driver.content() == undisturbed[1]


def test_a_stop_at_the_last_rename_leaves_the_whole_run_or_none(driver: Driver, undisturbed) -> None:
    for does in ("interrupt", "terminate after"):
        driver.clear()
        ended = driver.run(*THIRDS_RUN, hook="rename out", call=1, does=does)
        assert ended.status == 130
        assert ended.said.strip() == "ftdata: stopped when the run was complete; it is in out"
        assert driver.there() == {"out"}
        assert driver.content() == undisturbed[1]
