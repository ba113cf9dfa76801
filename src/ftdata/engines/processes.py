"""The engine of several processes on one machine.

Processes are *spawned*, never forked: a fork of a process that runs threads (polars and numba do) can hang. A spawned
process imports the caller's main module, so a script that starts one at its top level must stand behind
`if __name__ == "__main__":`; when it does not, that is said in one line instead of a traceback a page long.

At most a few calls per worker are under way at once, so that results do not pile up in memory when the consumer is
slower than the workers.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from ftdata.errors import FtdataError, RecipeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["ProcessEngine"]

_AHEAD = 2  # calls under way per worker: one running, one waiting


class ProcessEngine:
    """Runs calls in spawned processes; functions, arguments and results must be picklable."""

    def __init__(self, *, workers: int) -> None:
        if multiprocessing.parent_process() is not None:
            raise RecipeError(
                "worker processes cannot start workers of their own; put the code that runs the pipeline "
                'under if __name__ == "__main__":'
            )
        self.workers = workers
        self._pool = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
        )

    def put(self, value: Any) -> Any:
        """The value itself: it is pickled with each call."""
        return value

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Remember the call; `get` submits it when a worker is near free."""
        return function, args

    def get(self, references: Iterable[Any]) -> Iterator[Any]:
        """The results in order, a few calls per worker under way at once."""
        waiting = iter(references)
        started: deque[Any] = deque()
        try:
            while True:
                for function, args in waiting:
                    started.append(self._pool.submit(function, *args))
                    if len(started) >= _AHEAD * self.workers:
                        break
                if not started:
                    return
                yield started.popleft().result()
        except BrokenProcessPool:
            raise FtdataError(
                "a worker process ended before its work was done (out of memory, killed, or the script that runs the "
                'pipeline does not stand under if __name__ == "__main__":); type --workers 1 to work in one process'
            ) from None
        finally:
            for future in started:
                future.cancel()

    def close(self) -> None:
        """End the worker processes; calls that have not begun are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _start_worker() -> None:
    """Leave Ctrl+C to the parent, and keep a worker's libraries to one thread: the workers are the parallelism."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
