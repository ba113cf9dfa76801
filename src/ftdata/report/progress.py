"""Progress on a terminal, silence everywhere else."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["Progress", "Silent", "open_progress"]


class Progress(Protocol):
    """What a run tells of itself; give your own object to `Pipeline.run(progress=...)`."""

    def start(self, what: str, total: int) -> None:
        """Work begins; what began before is done.

        Args:
            what: `read`, `write`, or the path of a stage, such as `2.clean/1.Deduplicate`.
            total: Number of shards; 0 when nobody knows yet.
        """
        ...

    def tick(self, amount: int) -> None:
        """Some of it is done.

        Args:
            amount: How many shards (rows, while reading) since the last call.
        """
        ...


class Silent:
    """Progress that is not shown."""

    def start(self, what: str, total: int) -> None:
        """See `Progress.start`; nothing is shown."""

    def tick(self, amount: int) -> None:
        """See `Progress.tick`; nothing is shown."""


@contextmanager
def open_progress(progress: Literal["auto", "off"] | Progress) -> Generator[Progress]:
    """What to tell progress to, for the time of a run.

    Args:
        progress: `auto` shows it where standard error is a terminal, `off` never; or an object of the caller's, used as
            it is.
    """
    if not isinstance(progress, str):
        yield progress
    elif progress == "off" or not _is_terminal():
        yield Silent()
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),  # a name may hold what rich reads as markup
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
            yield _OnTerminal(bars)


def _is_terminal() -> bool:
    """Whether somebody can watch; a service may have no standard error at all, or a closed one."""
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except ValueError:
        return False


class _OnTerminal:
    def __init__(self, bars: object) -> None:
        from rich.progress import Progress as Bars

        if not isinstance(bars, Bars):
            raise TypeError("rich's Progress is wanted")
        self._bars, self._task = bars, None

    def start(self, what: str, total: int) -> None:
        for task in self._bars.task_ids:
            self._bars.update(
                task, total=self._bars.tasks[-1].completed or 1, completed=self._bars.tasks[-1].completed or 1
            )
        self._bars.add_task(what, total=total or None)

    def tick(self, amount: int) -> None:
        if self._bars.task_ids:
            self._bars.advance(self._bars.task_ids[-1], amount)
