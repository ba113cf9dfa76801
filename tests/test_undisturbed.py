"""What runs undisturbed runs to its end, and who interrupted it learns so afterwards."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from ftdata.undisturbed import undisturbed


def ask_to_stop() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_waits_until_the_work_is_done() -> None:
    done: list[str] = []

    def work() -> None:
        ask_to_stop()
        time.sleep(0.1)
        done.append("to its end")

    with pytest.raises(KeyboardInterrupt):
        undisturbed(work)
    assert done == ["to its end"]


def test_an_error_of_the_work_is_raised_where_it_was_asked_for() -> None:
    with pytest.raises(ZeroDivisionError):
        undisturbed(lambda: 1 / 0)


def test_outside_the_main_thread_no_interrupt_comes_and_the_work_is_done_there() -> None:
    where: list[threading.Thread] = []
    thread = threading.Thread(target=undisturbed, args=[lambda: where.append(threading.current_thread())])
    thread.start()
    thread.join()
    assert where == [thread]


def test_an_interrupt_before_the_work_begins_calls_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    def start(self: threading.Thread) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(KeyboardInterrupt):
        undisturbed(lambda: done.append(1))
    assert not done


def test_an_interrupt_just_after_the_thread_was_started_waits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    real, done, began = threading.Thread.start, [], threading.Event()

    def start(self: threading.Thread) -> None:
        real(self)
        began.wait()
        raise KeyboardInterrupt

    def work() -> None:
        began.set()
        time.sleep(0.1)
        done.append(1)

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(KeyboardInterrupt):
        undisturbed(work)
    assert done == [1]
