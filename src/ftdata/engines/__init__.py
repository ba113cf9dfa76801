"""Where the work of a run is done. An engine does three things: put, run, get.

`put` hands a value to the engine once, `run` starts a picklable function on it, `get` waits for the results in the
order they were asked for. Between much work and other work an engine may `rest`. Nothing about rows is known here; the
bytes that come out do not depend on the engine.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Protocol

from ftdata.engines.failure import CallFailed
from ftdata.errors import RecipeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["CallFailed", "Engine", "can_be_sent", "open_engine"]


class Engine(Protocol):
    """What a run needs from the machine (or machines) it is on."""

    workers: int
    ready: bool
    """Whether it begins at once; where it does not, little work is quicker done in this process."""

    def put(self, value: Any) -> Any:
        """Hand over a value that several calls will use.

        Args:
            value: Picklable, where there are worker processes.

        Returns:
            What to pass to `run` in its place.
        """
        ...

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Start `function(*args)`, or make ready to.

        Args:
            function: Picklable, where there are worker processes: no lambda.
            *args: Values, or what `put` gave for them; picklable likewise.

        Returns:
            A reference for `get`.
        """
        ...

    def get(self, references: Iterable[Any]) -> Iterator[Any]:
        """The results, in the order of the references, as they become ready.

        Args:
            references: As `run` gave them; taken as the work goes on, so that they need not all be there at once.

        Raises:
            Exception: What a call raised, in its turn; from another process `CallFailed` stands for what is no error of
                ftdata's.
        """
        ...

    def rest(self) -> None:
        """Give back the memory that idle workers hold; the next call takes it again."""
        ...

    def close(self, *, now: bool = False) -> None:
        """Give everything back; a closed engine runs nothing more.

        Args:
            now: Do not wait for calls that run: their results are not wanted any more.
        """
        ...


def can_be_sent(value: object) -> bool:
    """Whether a worker process could be given `value`: a lambda, say, cannot be pickled.

    Args:
        value: Anything: a stage, a function, an argument.
    """
    try:
        pickle.dumps(value)
    except Exception:  # noqa: BLE001  # whatever a user's object raises, the answer is no
        return False
    return True


def open_engine(workers: int | None) -> Engine:
    """The engine for a number of worker processes.

    Args:
        workers: None or 1 works in this process; 2 or more start that many processes.

    Raises:
        RecipeError: No such number of processes.
    """
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise RecipeError(f"workers is {workers!r}; give 1 or more, or None to work in this process")
    if workers is None or workers == 1:
        from ftdata.engines.local import LocalEngine

        return LocalEngine()
    from ftdata.engines.lent import lent_engine
    from ftdata.engines.processes import ProcessEngine

    return lent_engine(workers) or ProcessEngine(workers=workers)
