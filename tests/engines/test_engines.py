"""Both engines do the same: results in order, errors that say what they are and quote nothing."""

from __future__ import annotations

import os
import traceback

import pytest

from engines import calls
from ftdata import FtdataError, ReadError, RecipeError, StageError
from ftdata.engines import CallFailed, open_engine
from ftdata.engines.local import LocalEngine
from ftdata.engines.processes import ProcessEngine


@pytest.fixture(scope="module")
def processes():
    engine = ProcessEngine(workers=2)
    yield engine
    engine.close()


@pytest.fixture(params=["local", "processes"])
def engine(request: pytest.FixtureRequest):
    return LocalEngine() if request.param == "local" else request.getfixturevalue("processes")


def test_the_number_of_workers_tells_the_engine() -> None:
    for workers in (None, 1):
        engine = open_engine(workers)
        assert isinstance(engine, LocalEngine)
        assert engine.workers == 1
        engine.close()
    two = open_engine(2)
    assert isinstance(two, ProcessEngine)
    assert two.workers == 2
    two.close()


@pytest.mark.parametrize("workers", [0, -3, True, "2", 2.0])
def test_a_number_of_workers_that_is_none_is_refused(workers: object) -> None:
    with pytest.raises(RecipeError, match="give 1 or more"):
        open_engine(workers)  # type: ignore[arg-type]


def test_results_come_in_the_order_of_the_calls(engine) -> None:
    assert list(engine.get([engine.run(calls.late, number) for number in range(6)])) == [0, 1, 2, 3, 4, 5]
    assert list(engine.get(engine.run(calls.double, number) for number in range(50))) == list(range(0, 100, 2))
    assert list(engine.get([])) == []


def test_a_value_that_was_put_is_what_a_call_gets(engine) -> None:
    assert list(engine.get([engine.run(calls.double, engine.put(21))])) == [42]


def test_few_calls_are_under_way_at_once(engine) -> None:
    """So that results do not pile up: the calls are made as the results are taken."""
    made = []

    def many():
        for number in range(100):
            made.append(number)
            yield engine.run(calls.double, number)

    results = engine.get(many())
    assert next(results) == 0
    assert len(made) <= 1 + 2 * engine.workers
    results.close()
    assert list(engine.get([engine.run(calls.double, 1)])) == [2]


def test_an_error_that_ftdata_raised_comes_with_all_it_carries(engine) -> None:
    with pytest.raises(StageError) as caught:
        list(engine.get([engine.run(calls.fail_as_ftdata, "StageError")]))
    assert (caught.value.stage, str(caught.value)) == ("2.x", "stage 2.x: no")
    with pytest.raises(ReadError) as caught:
        list(engine.get([engine.run(calls.fail_as_ftdata, "ReadError")]))
    assert (caught.value.file, caught.value.line, caught.value.offset) == ("a.jsonl", 3, 7)


@pytest.mark.parametrize("kind", ["ValueError", "KeyError", "OddError", "SplitError", "TimeoutError"])
def test_any_other_error_crosses_as_its_type_and_place(kind: str, processes: ProcessEngine) -> None:
    with pytest.raises(CallFailed) as caught:
        list(processes.get([processes.run(calls.fail, kind)]))
    assert caught.value.kind == kind
    assert caught.value.place.startswith("calls.py:")
    assert caught.value.place.endswith("(fail)")
    assert "Zq7Canary" not in "".join(traceback.format_exception(caught.value))
    assert list(processes.get([processes.run(calls.double, 1)])) == [2], "the engine goes on"


@pytest.mark.parametrize(("kind", "number"), [("OSError", 28), ("polars", 28)])
def test_what_the_machine_said_crosses_as_its_number(kind: str, number: int, processes: ProcessEngine) -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        list(processes.get([processes.run(calls.fail, kind)]))
    assert caught.value.errno == number
    assert "Zq7Canary" not in "".join(traceback.format_exception(caught.value))


def test_lack_of_memory_crosses_as_such(processes: ProcessEngine) -> None:
    with pytest.raises(MemoryError) as caught:
        list(processes.get([processes.run(calls.fail, "MemoryError")]))
    assert "Zq7Canary" not in "".join(traceback.format_exception(caught.value))


def test_what_a_worker_cannot_load_is_one_line(processes: ProcessEngine) -> None:
    with pytest.raises(
        FtdataError, match=r"cannot load what it should run \(ImportError\); define functions"
    ) as caught:
        list(processes.get([processes.run(calls.double, calls.Heavy())]))
    assert "Zq7Canary" not in "".join(traceback.format_exception(caught.value))
    assert list(processes.get([processes.run(calls.double, 1)])) == [2]


def test_a_failed_call_can_be_sent_on() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(CallFailed("KeyError", "a.py:1 (f)")))
    assert (error.kind, error.place, str(error)) == ("KeyError", "a.py:1 (f)", "a call raised KeyError at a.py:1 (f)")


def test_the_local_engine_works_here() -> None:
    engine = LocalEngine()
    assert [pid for pid, _ in engine.get([engine.run(calls.where, 0)])] == [os.getpid()]
