"""The run a Dataset belongs to: the engine its work is done on and the folder its shards are in.

The work folder is private (mode 0700) and goes when nothing refers to it any more. A process that is killed leaves it
behind: it holds shard files only, nothing that looks like an output.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
import weakref
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from ftdata.engines import can_be_sent
from ftdata.engines.local import LocalEngine
from ftdata.errors import WriteError, work_folder_failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ftdata.engines import Engine

__all__ = ["Run", "WorkFolder"]

A = TypeVar("A")
R = TypeVar("R")
P = ParamSpec("P")

_MUCH: Final = 8
"""Calls per worker after which it is let go: to start another one and to load its libraries costs about what so many calls on
full shards do (measured: `benchmarks/worker_cost.py`)."""


class WorkFolder:
    """A folder for shard files, removed when the last Dataset that uses it is gone.

    Args:
        path: Where it is; None makes one among the temporary files.

    Raises:
        WriteError: The folder cannot be made.
    """

    def __init__(self, path: Path | None = None) -> None:
        try:
            if path is None:
                path = Path(tempfile.mkdtemp(prefix="ftdata-"))
            else:
                path.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise WriteError(
                f"no work folder can be made ({error.strerror})", path=str(path or tempfile.gettempdir())
            ) from None
        self.path = path
        self._remove = weakref.finalize(self, shutil.rmtree, path, ignore_errors=True)

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        """A worker that is sent this folder may use it and must not remove it."""
        return _borrowed, (self.path,)

    def remove(self) -> None:
        """Remove the folder now."""
        self._remove()


def _borrowed(path: Path) -> WorkFolder:
    folder = object.__new__(WorkFolder)
    folder.path = path
    return folder


class Run:
    """Engine, work folder and progress of one run. Not part of what a Dataset *is*: two runs give the same bytes.

    Args:
        engine: Where functions run.
        folder: Where shards are kept.
        keeps: Work folders of other runs whose shards are used here.
        tick: Called with how much was done: rows while reading, then shards.
    """

    def __init__(
        self,
        *,
        engine: Engine | None = None,
        folder: WorkFolder | None = None,
        keeps: tuple[WorkFolder, ...] = (),
        tick: Callable[[int], None] | None = None,
    ) -> None:
        self.engine: Engine = engine or LocalEngine()
        self.folder = folder or WorkFolder()
        self.keeps = keeps
        self.tick = tick or _no_tick
        self.kept_here = 0  # functions that could not be sent to a worker, whether or not there are any

    @property
    def path(self) -> Path:
        """The work folder."""
        return self.folder.path

    def each(self, function: Callable[[A], R], arguments: Sequence[Callable[[], A]]) -> Iterator[R]:
        """The results of a function on many arguments, in order; each argument is made when it is needed.

        A function that cannot be sent to worker processes is called in this one.

        Args:
            function: What is called; at the top of a module, so that it can be sent to another process.
            arguments: One function per call, which makes the argument.
        """
        sent = can_be_sent(function)
        self.kept_here += not sent
        engine = self.engine if sent else LocalEngine()
        held = engine.put(function)
        for result in engine.get(engine.run(held, make()) for make in arguments):
            yield result
            self.tick(1)
        if len(arguments) > _MUCH * engine.workers:
            engine.rest()

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of one call where the work is done: what is needed for it goes with the worker that made it.

        Args:
            function: What is called.
            args: What it takes, by position.
            kwargs: What it takes, by name.
        """
        (result,) = self.engine.get([self.engine.run(functools.partial(function, **kwargs), *args)])
        self.engine.rest()
        return result  # type: ignore[no-any-return]  # an engine gives back what the function does

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder in the work folder, where calls leave for others what is too large to be sent; gone afterwards.

        Raises:
            WriteError: It cannot be made.
        """
        try:
            path = Path(tempfile.mkdtemp(prefix="scratch-", dir=self.path))
        except OSError as error:
            raise work_folder_failed(error, self.path) from None
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def on(self, engine: Engine, *, tick: Callable[[int], None] | None = None) -> Run:
        """The same work folder under another engine.

        Args:
            engine: The other engine.
            tick: Called with how much was done: rows while reading, then shards.
        """
        return Run(engine=engine, folder=self.folder, keeps=self.keeps, tick=tick or self.tick)

    def joined(self, other: Run) -> Run:
        """This run, holding on to the work folder of another one whose shards it now uses.

        Args:
            other: The run whose work folder is kept.
        """
        extra = tuple(
            folder for folder in (other.folder, *other.keeps) if folder is not self.folder and folder not in self.keeps
        )
        return Run(engine=self.engine, folder=self.folder, keeps=(*self.keeps, *extra), tick=self.tick)


def _no_tick(rows: int) -> None:
    """Progress that nobody looks at."""
