"""What a run of a stage writes, as bytes: in this process, and on worker processes that all examples of a test share."""

from __future__ import annotations

import atexit
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ftdata.testing.laws.outcome import broken, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftdata.dataset import Dataset
    from ftdata.engines import Engine
    from ftdata.stage import Stage

__all__ = ["differ_in_files", "files_of_run"]

_engines: dict[int, Engine] = {}


def files_of_run(stage: Stage, dataset: Dataset, *, workers: int | None = None) -> dict[str, bytes]:
    """Run a stage as a pipeline of its own, and read what it wrote.

    Args:
        stage: The stage.
        dataset: What it is given.
        workers: Worker processes; started once for all runs of this process.

    Returns:
        Name of each output to its bytes; what the error said, under `the error`, when ftdata refused.
    """
    from ftdata.engines.lent import lend
    from ftdata.errors import FtdataError
    from ftdata.pipeline import Pipeline

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "run")
        try:
            if workers is None:
                Pipeline([stage]).run(dataset, out=out, progress="off")
            else:
                with lend(_engine(workers)):
                    Pipeline([stage]).run(dataset, out=out, workers=workers, progress="off")
        except FtdataError as error:
            if type(error) is FtdataError:  # a worker may have ended, and its engine with it
                _end(workers)
            return {"the error": str(error).encode()}
        return {
            path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
        }


def differ_in_files(law: str, one: Mapping[str, bytes], other: Mapping[str, bytes], *, names: tuple[str, str]) -> None:
    """Raise when two runs did not write the same bytes.

    Args:
        law: The law that asks for it.
        one: What a run wrote.
        other: What another run wrote.
        names: What the two are, for the message.

    Raises:
        AssertionError: They differ; says in which file, and where.
    """
    if one.keys() != other.keys():
        left, right = sorted(one.keys() - other.keys()), sorted(other.keys() - one.keys())
        told = [f"{name}: {show(only)}" for name, only in zip(names, (left, right), strict=True)]
        broken(law, "other files are written", *told)
    for name in one:
        if one[name] != other[name]:
            pairs = [_first_difference(one[name], other[name]), _first_difference(other[name], one[name])]
            told = [f"{run}: {show(line)}" for run, line in zip(names, pairs, strict=True)]
            broken(law, f"{name} has other bytes", *told)


def _first_difference(one: bytes, other: bytes) -> object:
    """The first line, or row of a table, that the other does not have at the same place."""
    lines, others = _lines(one), _lines(other)
    return next((line for at, line in enumerate(lines) if at >= len(others) or line != others[at]), "nothing else")


def _lines(written: bytes) -> Sequence[object]:
    if not written.startswith(b"PAR1"):
        return written.split(b"\n")
    import polars as pl

    return [pl.read_parquet(written).schema, *pl.read_parquet(written).iter_rows(named=True)]


def _engine(workers: int) -> Engine:
    from ftdata.engines import open_engine

    if workers not in _engines:
        _engines[workers] = open_engine(workers)
        if len(_engines) == 1:
            atexit.register(_end_all)
    return _engines[workers]


def _end(workers: int | None) -> None:
    engine = _engines.pop(workers, None) if workers is not None else None
    if engine is not None:
        engine.close(now=True)


def _end_all() -> None:
    for workers in list(_engines):
        _end(workers)
