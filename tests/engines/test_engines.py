"""Engines: put, run, get; the same results in the same order wherever the work is done."""

from __future__ import annotations

import os
import time

import pytest

from ftdata import FtdataError, RecipeError, SplitError
from ftdata.engines import CallFailed, open_engine
from ftdata.engines.local import LocalEngine
from ftdata.engines.processes import ProcessEngine
from ftdata.errors import ReadError


def square(number: int) -> int:
    return number * number


def slow_square(number: int) -> int:
    time.sleep(0.05 if number % 2 == 0 else 0)
    return square(number)


def where(_: int) -> int:
    return os.getpid()


def end(_: int) -> None:
    os._exit(3)


@pytest.fixture(scope="module")
def processes():
    engine = ProcessEngine(workers=2)
    yield engine
    engine.close()


@pytest.mark.parametrize("workers", [None, 1])
def test_one_worker_works_in_this_process(workers) -> None:
    engine = open_engine(workers)
    assert isinstance(engine, LocalEngine)
    assert engine.workers == 1
    assert list(engine.get([engine.run(where, 0)])) == [os.getpid()]
    assert engine.put("x") == "x"
    engine.close()


@pytest.mark.parametrize("workers", [0, -1, True, 2.0, "2"])
def test_a_number_of_workers_that_cannot_be_is_refused(workers) -> None:
    with pytest.raises(RecipeError, match="workers is"):
        open_engine(workers)


def test_a_call_in_this_process_is_made_when_its_result_is_asked_for() -> None:
    made: list[int] = []
    engine = LocalEngine()
    results = engine.get(engine.run(made.append, i) for i in range(3))
    assert made == []
    next(results)
    assert made == [0]


def test_results_come_in_the_order_of_the_calls(processes) -> None:
    expected = [i * i for i in range(12)]
    for engine in (LocalEngine(), processes):
        assert list(engine.get(engine.run(slow_square, engine.put(i)) for i in range(12))) == expected
    assert list(processes.get([])) == []


def test_processes_are_others(processes) -> None:
    pids = set(processes.get(processes.run(where, i) for i in range(4)))
    assert os.getpid() not in pids
    assert len(pids) <= 2


def _raise_ours() -> None:
    raise SplitError("val would be empty")


def test_what_ftdata_raises_crosses_whole(processes) -> None:
    """`FtdataError.__reduce__` keeps attributes that are no arguments."""
    import pickle

    error = pickle.loads(pickle.dumps(ReadError("broken", file="a.jsonl", line=3)))
    assert (str(error), error.file, error.line) == ("a.jsonl:3: broken", "a.jsonl", 3)


def fails_with_text(text: str) -> None:
    raise ValueError(f"cannot use {text}")


def test_of_another_error_only_its_type_and_place_cross(processes) -> None:
    with pytest.raises(CallFailed, match=r"ValueError at test_engines.py:\d+ \(fails_with_text\)") as caught:
        list(processes.get([processes.run(fails_with_text, "a secret")]))
    assert "secret" not in str(caught.value)
    assert caught.value.kind == "ValueError"


def test_an_engine_goes_on_after_an_error(processes) -> None:
    with pytest.raises(CallFailed):
        list(processes.get(processes.run(fails_with_text, "x") for _ in range(5)))
    assert list(processes.get([processes.run(square, 3)])) == [9]


def test_a_worker_that_ends_is_told_in_one_line() -> None:
    engine = ProcessEngine(workers=2)
    try:
        with pytest.raises(FtdataError, match=r"a worker process ended before its work was done .* type --workers 1"):
            list(engine.get([engine.run(end, 0)]))
    finally:
        engine.close()


def test_closing_now_does_not_wait() -> None:
    engine = ProcessEngine(workers=2)
    assert list(engine.get([engine.run(square, 2)])) == [4]
    begun = time.monotonic()
    engine.close(now=True)
    assert time.monotonic() - begun < 30
