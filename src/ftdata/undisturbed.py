"""Work that no interrupt cuts in two.

Python raises what Ctrl+C and `kill` ask for in the main thread, between any two of its steps. While such work is done
the two signals are only noted, however often they come, and obeyed when there is nothing half done any more. Blocking
them would not do: another thread of the process would get them and pass them on.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["undisturbed"]

_ASKING: Final = tuple(
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__
)
"""The signals that ask a process to end, and can be asked to wait."""


def undisturbed(function: Callable[[], object]) -> None:
    """Call a function that runs to its end; an interrupt that comes meanwhile is raised when it has ended.

    Args:
        function: Called once, or not at all when the interrupt came before it began.

    Raises:
        BaseException: What the function raised, or the interrupt.
    """
    if threading.current_thread() is not threading.main_thread():  # no interrupt comes there
        function()
        return
    asked: list[int] = []
    try:
        _noting(_ASKING, asked, function)
    finally:
        if asked:
            signal.raise_signal(asked[0])


def _noting(signals: Sequence[int], asked: list[int], function: Callable[[], object]) -> None:
    """Call a function while signals are noted. Each has a block of its own: the end of one may be where another comes."""
    if not signals:
        function()
        return
    number, *others = signals
    before = signal.getsignal(number)
    if before is None:  # set by something else than Python, which could not set it again
        _noting(others, asked, function)
        return
    try:
        signal.signal(number, lambda came, _: asked.append(came))
        _noting(others, asked, function)
    finally:
        signal.signal(number, before)
