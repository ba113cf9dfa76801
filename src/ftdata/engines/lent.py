"""An engine that is lent to runs and outlives them.

To start worker processes takes longer than most runs on rows made for tests (measured: `benchmarks/worker_cost.py`). Who makes
hundreds of such runs starts the workers once.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ftdata.engines import Engine

__all__ = ["lend", "lent_engine"]

_lent: ContextVar[Engine | None] = ContextVar("_lent", default=None)


@contextmanager
def lend(engine: Engine) -> Iterator[None]:
    """Inside the block, runs that ask for as many workers as `engine` has work on it, and leave it open.

    Args:
        engine: The engine; whoever lends it closes it.
    """
    token = _lent.set(engine)
    try:
        yield
    finally:
        _lent.reset(token)


def lent_engine(workers: int) -> Engine | None:
    """The engine that was lent, when it has so many workers.

    Args:
        workers: How many are asked for.
    """
    engine = _lent.get()
    return _Lent(engine) if engine is not None and engine.workers == workers else None


class _Lent:
    """An engine that stays open when a run closes it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.workers = engine.workers
        self.ready = True  # whoever lends it has started it

    def put(self, value: Any) -> Any:
        return self._engine.put(value)

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        return self._engine.run(function, *args)

    def get(self, references: Iterable[Any]) -> Iterator[Any]:
        return self._engine.get(references)

    def rest(self) -> None:
        """Its workers stay."""

    def close(self, *, now: bool = False) -> None:
        """It belongs to somebody else."""
