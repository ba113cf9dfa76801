"""Worker processes: what they are started with, and what is said when they end, cannot start, or lose their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from engines import calls
from ftdata import FtdataError, RecipeError
from ftdata.engines.processes import ProcessEngine

ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}"}


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has asked after yet has ended too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_workers_are_other_processes_of_one_thread_each_that_leave_ctrl_c_to_the_parent() -> None:
    engine = ProcessEngine(workers=2)
    told = list(engine.get([engine.run(calls.where, number) for number in range(8)]))
    assert os.getpid() not in {pid for pid, _ in told}
    assert {threads for _, threads in told} == {os.environ.get("POLARS_MAX_THREADS", "1")}
    assert list(engine.get([engine.run(calls.ignores_ctrl_c, 0)])) == [True]
    engine.close()
    wait_until(lambda: all(gone(pid) for pid, _ in told))
    with pytest.raises(RuntimeError, match="the engine is closed"):
        list(engine.get([engine.run(calls.double, 1)]))


def test_a_worker_that_is_killed_is_one_line_that_says_what_to_do() -> None:
    engine = ProcessEngine(workers=2)
    with pytest.raises(FtdataError) as caught:
        list(engine.get([engine.run(calls.end, number) for number in range(3)]))
    engine.close()
    assert "a worker process ended before its work was done" in str(caught.value)
    assert "--workers 1" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_engine_that_is_closed_now_waits_for_nobody() -> None:
    engine = ProcessEngine(workers=1)
    ((pid, _),) = engine.get([engine.run(calls.where, 0)])
    results = engine.get([engine.run(calls.double, 1), engine.run(calls.sleep, 600)])
    assert next(results) == 2
    began = time.monotonic()
    engine.close(now=True)
    assert time.monotonic() - began < 30
    wait_until(lambda: gone(pid))


def test_what_was_put_is_loaded_once_per_worker() -> None:
    engine = ProcessEngine(workers=1)
    held = engine.put(calls.Counted())
    told = list(engine.get([engine.run(calls.times, held, number) for number in range(5)]))
    assert {count for _, count in told} == {1}
    engine.close()


def test_a_function_can_be_put_too() -> None:
    engine = ProcessEngine(workers=1)
    held = engine.put(calls.double)
    assert list(engine.get([engine.run(held, number) for number in range(3)])) == [0, 2, 4]
    engine.close()


def test_an_engine_that_rests_has_no_workers_until_there_is_work() -> None:
    engine = ProcessEngine(workers=2)
    before = {pid for pid, _ in engine.get([engine.run(calls.where, number) for number in range(8)])}
    engine.rest()
    assert all(gone(pid) for pid in before)
    after = {pid for pid, _ in engine.get([engine.run(calls.where, number) for number in range(8)])}
    assert after
    assert not after & before
    engine.close()


def test_an_engine_may_be_closed_twice_and_without_work() -> None:
    for now in (False, True):
        engine = ProcessEngine(workers=1)
        engine.close(now=now)
        engine.close(now=now)


PARENT = """\
import sys
from engines import calls
from ftdata.engines.processes import ProcessEngine
if __name__ == "__main__":
    engine = ProcessEngine(workers=2)
    for pid, _ in engine.get([engine.run(calls.where, number) for number in range(6)]):
        print(pid)
    print("working", flush=True)
    for _ in engine.get([engine.run(calls.sleep, 600), engine.run(calls.double, 1)]):
        pass
"""


def test_workers_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Neither one at work nor one that waits for its next call."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment())
    assert parent.stdout is not None
    pids = set()
    while (told := parent.stdout.readline().strip()) != "working":
        pids.add(int(told))
    assert pids
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: all(gone(pid) for pid in pids))


UNGUARDED = """\
from ftdata import Dataset, Pipeline, stage
print("started")
@stage(per_row=True)
def nothing(dataset):
    return dataset
result = Pipeline([nothing]).run(Dataset.from_rows([{"text": "a"}, {"text": "b"}], shard_rows=1), workers=2, out="out")
"""


def test_a_script_without_the_guard_is_told_of_it(tmp_path: Path) -> None:
    """The last line says what is missing, nothing is written, and nothing hangs."""
    (tmp_path / "script.py").write_text(UNGUARDED)
    ended = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment(),
    )
    assert ended.returncode == 1
    assert '__name__ == "__main__"' in ended.stderr.strip().splitlines()[-1]
    assert not (tmp_path / "out").exists()
    assert ended.stdout.count("started") <= 3
    assert ended.stderr.count("Traceback") == 1, ended.stderr


def test_a_worker_cannot_start_workers_of_its_own() -> None:
    engine = ProcessEngine(workers=1)
    with pytest.raises(RecipeError, match="worker processes cannot start workers of their own"):
        list(engine.get([engine.run(calls.start_workers, 0)]))
    engine.close()


def test_ctrl_c_does_not_reach_a_worker_while_it_starts_either() -> None:
    """It is blocked before the worker's first step, and in this process it is not blocked afterwards."""
    engine = ProcessEngine(workers=1)
    assert list(engine.get([engine.run(calls.blocks_ctrl_c, 0)])) == [True]
    engine.close()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_interrupt_while_a_worker_is_started_leaves_no_worker(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it comes before the pool has written down that there is one."""
    real, begun = SpawnProcess.start, []

    def start(self: SpawnProcess) -> None:
        if when == "after":
            real(self)
            begun.append(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(SpawnProcess, "start", start)
    engine = ProcessEngine(workers=2)
    with pytest.raises(KeyboardInterrupt):
        list(engine.get([engine.run(calls.sleep, 600)]))
    engine.close(now=True)
    assert len(begun) == (when == "after")
    for worker in begun:
        worker.join(30)
        assert worker.exitcode == -signal.SIGTERM
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
