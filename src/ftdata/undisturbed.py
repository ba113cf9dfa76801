"""Work that no interrupt cuts in two.

Python raises what Ctrl+C and `kill` ask for in the main thread, between any two of its steps. What is done in another
thread is therefore done to its end; the main thread waits for it, and takes the interrupt when there is nothing half
done any more. Blocking the signal would not do: another thread of the process would get it and pass it on.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["undisturbed"]


def undisturbed(function: Callable[[], object]) -> None:
    """Call a function that runs to its end; an interrupt that comes meanwhile is raised when it has ended.

    Args:
        function: Called once, or not at all when the interrupt came before it began.

    Raises:
        BaseException: What the function raised, or the interrupt.
    """
    if threading.current_thread() is not threading.main_thread():
        function()
        return
    token = threading.Lock()  # whoever gets it decides: the thread to call the function, or we that it is not called
    ended = threading.Event()
    raised: list[BaseException] = []

    def work() -> None:
        if token.acquire(blocking=False):
            try:
                function()
            except BaseException as error:  # noqa: BLE001  # raised again in the thread that waits
                raised.append(error)
            finally:
                ended.set()

    try:
        threading.Thread(target=work, name="ftdata-undisturbed").start()
        ended.wait()
    except BaseException:
        if not token.acquire(blocking=False):
            ended.wait()
        raise
    if raised:
        raise raised[0]
