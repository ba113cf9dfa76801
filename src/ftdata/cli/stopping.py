"""Ctrl+C and termination: obeyed wherever they come, and told truly."""

from __future__ import annotations

import functools
import signal
import sys
import threading
from _thread import interrupt_main
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftdata.cli.streams import say
from ftdata.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ending_when_asked", "stopped", "true_when_stopped"]

_ENDING = tuple(signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if name in signal.Signals.__members__)

_SOON = 0.01
"""Seconds after which an interrupt that Python lost is asked for again: the deletion that swallowed it is over by then."""


def true_when_stopped(command: Callable[..., None]) -> Callable[..., None]:
    """Who stops a command when its folder is in place already must not be told that nothing was written.

    Args:
        command: A command with the option `out`.
    """

    @functools.wraps(command)
    def call(*args: Any, out: str | None, **options: Any) -> None:
        before = _folder(out)
        try:
            command(*args, out=out, **options)
        except KeyboardInterrupt:
            stopped()
            if _folder(out) == before:
                raise
            say(one_line(f"ftdata: stopped when the run was complete; it is in {out}"))
            raise click.exceptions.Exit(130) from None

    return call


def _folder(out: str | None) -> tuple[int, int] | None:
    """Which folder has a name now."""
    try:
        told = Path(out).stat() if out is not None else None
    except (OSError, ValueError):
        return None
    return None if told is None else (told.st_dev, told.st_ino)


@contextmanager
def ending_when_asked() -> Iterator[None]:
    """A termination (`kill`, a time limit, a terminal that is closed) is taken as Ctrl+C is: the run removes what it has begun.

    An interrupt that comes while an object is deleted is printed by Python and lost, and the command would go on as if
    nobody had asked. Some libraries delete many objects, so it is asked for again.
    """

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    def lost(told: sys.UnraisableHookArgs) -> None:
        if issubclass(told.exc_type, KeyboardInterrupt):
            threading.Timer(_SOON, interrupt_main, [signal.SIGTERM]).start()
        else:
            hook(told)

    if threading.current_thread() is not threading.main_thread():  # where signals are not ours
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # nohup has a hang-up ignored
            signal.signal(number, end)
    hook, sys.unraisablehook = sys.unraisablehook, lost
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            if signal.getsignal(number) is end:
                signal.signal(number, handler)


def stopped() -> None:
    """Take no further signal that asks to stop: what is left is one line and the exit status, which must be the true one."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, *_ENDING):
            signal.signal(number, signal.SIG_IGN)
