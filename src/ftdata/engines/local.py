"""The engine that works in this process: a call is made when its result is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["LocalEngine"]


class LocalEngine:
    """Runs every call in this process, one after the other, so that only one shard is held at a time."""

    workers = 1
    ready = True

    def put(self, value: Any) -> Any:
        """The value itself: there is nowhere to hand it.

        Args:
            value: Any value; it is not copied.
        """
        return value

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Remember the call.

        Args:
            function: Any callable.
            *args: Its arguments.
        """
        return function, args

    def get(self, references: Iterable[Any]) -> Iterator[Any]:
        """Make the calls, in order, as the caller asks for their results.

        Args:
            references: As `run` gave them.

        Raises:
            Exception: What a call raised, as it is.
        """
        for function, args in references:
            yield function(*args)

    def rest(self) -> None:
        """Nothing to give back: the work was done here."""

    def close(self, *, now: bool = False) -> None:
        """Nothing to give back.

        Args:
            now: Makes no difference here.
        """
