"""Run a command and measure it from outside: wall and CPU seconds, and the peak of the memory of all its processes.

Peak memory is the largest sum of the resident sets of the process and its descendants, sampled every 50 ms; the kernel's
own figure for the largest single process (ru_maxrss) stands beside it, so that a peak between two samples shows.
"""

from __future__ import annotations

import dataclasses
import os
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Measured:
    status: int
    wall_s: float
    cpu_s: float
    peak_sum_mb: float
    peak_one_mb: float
    stdout: str
    stderr: str


def measure(command: list[str], *, cwd: Path | None = None) -> Measured:
    """Run `command` and measure it; its output is kept."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    out, err = Path(f"/tmp/measure-{os.getpid()}.out"), Path(f"/tmp/measure-{os.getpid()}.err")
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, cwd=cwd)
        top, watched = 0, psutil.Process(process.pid)
        while process.poll() is None:
            top = max(top, _resident(watched))
            time.sleep(0.05)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = out.read_text(errors="replace"), err.read_text(errors="replace")
    out.unlink()
    err.unlink()
    return Measured(
        status=process.returncode,
        wall_s=round(time.perf_counter() - began, 2),
        cpu_s=round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        peak_sum_mb=round(top / 1e6, 1),
        peak_one_mb=round(after.ru_maxrss * 1024 / 1e6, 1),  # of all children so far: measure the largest last
        stdout=told[0],
        stderr=told[1],
    )


def _resident(process: psutil.Process) -> int:
    total = 0
    try:
        for one in (process, *process.children(recursive=True)):
            try:
                total += one.memory_info().rss
            except psutil.Error:
                continue
    except psutil.Error:
        return total
    return total


def best(call: Callable[[], object]) -> float:
    """CPU seconds of a call in this process, the best of three."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return round(min(taken), 3)


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    names = ("ftdata", "polars", "pydantic", "orjson", "tiktoken", "datasketch", "numba", "numpy")
    return {
        "python": sys.version.split()[0],
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": str(os.cpu_count()),
        **{name: version(name) for name in names},
    }
