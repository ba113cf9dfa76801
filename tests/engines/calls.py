"""Functions for worker processes, which import them by name."""

from __future__ import annotations

import os
import signal
import time

from ftdata import ReadError, SplitError, StageError


def double(number: int) -> int:
    return 2 * number


def late(number: int) -> int:
    """The earlier ones take longer."""
    time.sleep(0.02 * (5 - number))
    return number


def where(_: int) -> tuple[int, str | None]:
    return os.getpid(), os.environ.get("POLARS_MAX_THREADS")


def ignores_ctrl_c(_: int) -> bool:
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


class OddError(Exception):
    """Cannot be made again from its arguments."""

    def __init__(self, text: str, *, needed: int) -> None:
        super().__init__(text)
        self.needed = needed


def fail(kind: str) -> None:
    text = "Zq7Canary"
    errors = {
        "ValueError": ValueError(text), "KeyError": KeyError(text), "OddError": OddError(text, needed=1),
        "SplitError": SplitError(text), "OSError": OSError(28, text, text), "MemoryError": MemoryError(text),
        "polars": OSError(f"{text} (os error 28)"), "TimeoutError": TimeoutError(text),
    }  # fmt: skip
    raise errors[kind]


def fail_as_ftdata(kind: str) -> None:
    """As if ftdata had raised it."""
    make = {
        "StageError": lambda: StageError("no", stage="2.x"),
        "ReadError": lambda: ReadError("no", file="a.jsonl", line=3, offset=7),
    }[kind]
    exec("def raise_it(error):\n    raise error", {"__name__": "ftdata.somewhere"}, space := {})
    space["raise_it"](make())


class Heavy:
    """Cannot be loaded where it is sent."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _refuse, ("Zq7Canary",)


def _refuse(text: str) -> None:
    raise ImportError(text)


def unpicklable(_: int) -> object:
    return lambda: None


def end(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def start_workers(_: int) -> None:
    from ftdata.engines import open_engine

    open_engine(2)


class Counted:
    """Counts how often it is unpickled in a process."""

    times = 0

    def __setstate__(self, state: object) -> None:
        Counted.times += 1

    def __getstate__(self) -> int:
        return 1


def times(counted: Counted, _: int) -> tuple[int, int]:
    return os.getpid(), type(counted).times


def blocks_ctrl_c(_: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
