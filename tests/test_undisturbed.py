"""What runs undisturbed runs to its end, and who interrupted it learns so afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from ftdata.undisturbed import undisturbed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _termination_interrupts() -> Iterator[None]:
    """As the command line has it."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    "asked",
    [[signal.SIGINT], [signal.SIGTERM], [signal.SIGINT] * 3, [signal.SIGINT, signal.SIGTERM], [signal.SIGTERM, signal.SIGINT]],
)  # fmt: skip
def test_interrupts_wait_until_the_work_is_done(asked: list[int]) -> None:
    """However many come: who presses Ctrl+C once more does not want half of it either."""
    done: list[str] = []
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    def work() -> None:
        for number in asked:
            os.kill(os.getpid(), number)
            time.sleep(0.02)
            done.append("still at it")

    with pytest.raises(KeyboardInterrupt):
        undisturbed(work)
    assert len(done) == len(asked)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_an_error_of_the_work_is_raised_where_it_was_asked_for() -> None:
    with pytest.raises(ZeroDivisionError):
        undisturbed(lambda: 1 / 0)


def test_an_interrupt_goes_before_an_error() -> None:
    def work() -> None:
        signal.raise_signal(signal.SIGINT)
        raise ValueError

    with pytest.raises(KeyboardInterrupt):
        undisturbed(work)


def test_one_in_another_is_no_less_undisturbed() -> None:
    done: list[int] = []

    def work() -> None:
        undisturbed(lambda: signal.raise_signal(signal.SIGINT))
        done.append(1)

    with pytest.raises(KeyboardInterrupt):
        undisturbed(work)
    assert done == [1]


def test_outside_the_main_thread_no_interrupt_comes_and_the_work_is_done_there() -> None:
    where: list[threading.Thread] = []
    thread = threading.Thread(target=undisturbed, args=[lambda: where.append(threading.current_thread())])
    thread.start()
    thread.join()
    assert where == [thread]


def test_a_process_that_a_termination_ends_at_once_ends_after_the_work() -> None:
    """Where nobody has said otherwise, as in a program of one's own."""
    code = """
import os, signal, sys
from ftdata.undisturbed import undisturbed
def work():
    os.kill(os.getpid(), signal.SIGTERM)
    print("to its end", flush=True)
undisturbed(work)
print("and beyond", flush=True)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (-signal.SIGTERM, "to its end\n")
