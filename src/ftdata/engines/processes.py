"""The engine of several processes on one machine.

Processes are *spawned*, never forked: a fork of a process that runs threads (polars and numba do) can hang. A spawned
process imports the caller's main module, so a script that starts one at its top level must stand behind
`if __name__ == "__main__":`; when it does not, that is said in one line instead of a traceback a page long.

At most a few calls per worker are under way at once, so that results do not pile up in memory when the consumer is
slower than the workers.

An error comes back as what it says and not as it is: the text of an error may quote a row, and many errors cannot be
pickled at all. What ftdata raises itself crosses whole; of anything else, its type and place do.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import TYPE_CHECKING, Any

from ftdata.engines.failure import CallFailed
from ftdata.errors import FtdataError, RecipeError, error_number, is_ours, is_panic, place_of, what_stopped
from ftdata.undisturbed import undisturbed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["ProcessEngine"]

_AHEAD = 2
"""Calls under way per worker: one running, and one waiting, which it begins while the result of the first is taken here. More
would only hold more results in memory: a call on a shard takes far longer than to hand over the next."""


class ProcessEngine:
    """Runs calls in spawned processes; functions, arguments and results must be picklable.

    Args:
        workers: How many processes, 2 or more to be of use; each is started when there is work for it.

    Raises:
        RecipeError: This process is a worker itself: the script that runs the pipeline is not guarded.
    """

    ready = False

    def __init__(self, *, workers: int) -> None:
        if getattr(multiprocessing.current_process(), "_inheriting", False):
            # A worker that is being started imports the script that started it, and has come here: the script is not
            # guarded. The parent sees its worker end and says so, once and in one line.
            raise SystemExit(1)
        if multiprocessing.parent_process() is not None:
            raise RecipeError(
                "worker processes cannot start workers of their own; put the code that runs the pipeline "
                'under if __name__ == "__main__":'
            )
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False
        self._processes = _Processes()

    def put(self, value: Any) -> Any:
        """Pickle a value once; each worker unpickles it once, however many calls it is passed to.

        Args:
            value: Picklable.

        Raises:
            Exception: Whatever `pickle` raises for a value that cannot be sent.
        """
        data = pickle.dumps(value)
        return _Held(hashlib.blake2b(data, digest_size=16).digest(), data)

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Remember the call; `get` submits it when a worker is near free.

        Args:
            function: Picklable: importable by its name in a worker.
            *args: Picklable, or what `put` gave.
        """
        return function, args

    def get(self, references: Iterable[Any]) -> Iterator[Any]:
        """The results in order, a few calls per worker under way at once.

        Args:
            references: As `run` gave them; taken as workers become free.

        Raises:
            CallFailed: A call raised something that is no error of ftdata's.
            FtdataError: A call raised one, a worker ended before its work was done, or it could not load what it was
                given.
            OSError: The machine stopped a call; it comes back with its number and the machine's words only.
            MemoryError: A call ran out of memory.
            RuntimeError: The engine is closed.
        """
        waiting = iter(references)
        started: deque[Any] = deque()
        try:
            while True:
                for call in waiting:
                    started.append(self._open().submit(_call, pickle.dumps(call)))
                    if len(started) >= _AHEAD * self.workers:
                        break
                if not started:
                    return
                result = started.popleft().result()
                if isinstance(result, _Raised):
                    raise result.error
                yield result
        except BrokenProcessPool:
            raise FtdataError(
                "a worker process ended before its work was done (out of memory, killed, or the script that runs the "
                'pipeline does not stand under if __name__ == "__main__":); type --workers 1 to work in one process'
            ) from None
        finally:
            for future in started:
                future.cancel()

    def rest(self) -> None:
        """End the workers, which have nothing to do; the next call starts new ones.

        Libraries and allocators keep what they once needed (measured: `benchmarks/worker_cost.py`), and what comes next may
        need other libraries, or all of the memory for itself.
        """
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def close(self, *, now: bool = False) -> None:
        """End the worker processes; calls that have not begun are dropped.

        Args:
            now: Do not wait for the calls that have begun: their results are not wanted any more.
        """
        self._closed = True
        if now:
            self._processes.end()
        self.rest()

    def _open(self) -> ProcessPoolExecutor:
        """The present workers; each process is started when there is work for it."""
        if self._closed:
            raise RuntimeError("the engine is closed")
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.workers, mp_context=self._processes, initializer=_start_worker)
        return self._pool


class _Processes(SpawnContext):
    """Makes the worker processes, and knows each of them before it is started.

    An interrupt comes between any two steps. A worker that was started and that nobody knows of would wait for its next
    call for ever, and this process for its end.
    """

    def __init__(self) -> None:
        self._made: list[_Worker] = []

    def Process(self, *args: Any, **settings: Any) -> _Worker:  # type: ignore[override]  # noqa: N802  # what it is called
        """A worker, not yet started."""
        worker = _Worker(*args, **settings)
        self._made.append(worker)
        return worker

    def end(self) -> None:
        """Terminate all that run, without waiting for them."""
        for worker in self._made:
            if worker.pid is not None:
                worker.terminate()


class _Worker(SpawnProcess):
    """A process that Ctrl+C does not reach, not even before it could say so: it inherits the signals that are blocked."""

    def start(self) -> None:
        """Start it, and give it all that it begins with before an interrupt is taken: with half of it, it would complain."""
        undisturbed(super().start if sys.platform == "win32" else self._start_unreachable)

    def _start_unreachable(self) -> None:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True)
class _Held:
    """A value that was put: its pickle, and the digest by which a worker knows it again."""

    digest: bytes
    data: bytes


@functools.lru_cache(maxsize=4)  # a run puts one function for all shards of a stage; others may put a few values more
def _unpickled(held: _Held) -> Any:
    return pickle.loads(held.data)  # noqa: S301  # our own process pickled it


@dataclass(frozen=True)
class _Raised:
    """In the place of a result: the error to raise."""

    error: Exception


def _call(call: bytes) -> Any:
    """What a worker runs: the call, or what it raised."""
    try:
        given = pickle.loads(call)  # noqa: S301  # our own process pickled it
        function, *args = [_unpickled(one) if isinstance(one, _Held) else one for one in (given[0], *given[1])]
    except Exception as error:  # noqa: BLE001  # a module that cannot be imported may raise anything
        return _Raised(
            FtdataError(
                f"a worker process cannot load what it should run ({type(error).__name__}); define functions and stages in "
                "a module that can be imported, or work in one process (workers=1)"
            )
        )
    try:
        return function(*args)
    except MemoryError:
        return _Raised(MemoryError())
    except BaseException as error:  # a stage may raise anything
        if not isinstance(error, Exception) and not is_panic(error):
            raise
        if isinstance(error, OSError) and (number := error_number(error)):
            return _Raised(OSError(number, what_stopped(error)))
        return _Raised(
            error
            if isinstance(error, Exception) and is_ours(error)
            else CallFailed(type(error).__name__, place_of(error))
        )


def _start_worker() -> None:
    """Leave Ctrl+C to the parent, end with it, and keep a worker's libraries to one thread: the workers are the parallelism."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed cannot end its workers, and they would wait for their next call for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        with contextlib.suppress(OSError):
            parent.join()
            os._exit(1)
