"""Runs the command line again and again in forked processes, each of which is stopped at one chosen moment.

A program of its own: it reads one JSON object per line from standard input (`arguments`, `hook`, `call`, `does`), runs
`ftdata` with these arguments in a fork of itself, and prints one JSON object per line: the exit status (negative for a
signal), what was said on standard error, and how often each hook was passed. A hook is a function of Python or of ftdata
that is replaced, in this process only, by one that counts; at the chosen call it kills the process, before or after the
call is made, or raises an error of the machine. The product knows nothing of all this.

Everything is loaded before the first fork, and nothing is worked on: a fork of a process whose threads hold locks can
hang, and polars and numba start theirs when they are given work. The threads that loading polars starts sleep.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import json
import os
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from typing import Any

import ftdata.cli
import ftdata.dataset.per_row
import ftdata.dataset.reading
import ftdata.io.frames
import ftdata.pipeline.manifest
import ftdata.pipeline.outputs
import ftdata.recipe
import ftdata.report.html
import ftdata.tokens

IDLE = {"jemalloc_bg_thd", "polars-ooc-clea"}


def install(hook: str, call: int, does: str, counts: Counter[str]) -> None:
    """Replace the functions by ones that count, and one of which stops the process."""
    import shutil

    import polars as pl

    from ftdata.dataset import shards
    from ftdata.pipeline import pipeline

    places: list[tuple[Any, str]] = [
        (os, "write"), (os, "fsync"), (os, "replace"), (os, "rename"), (os, "mkdir"), (os, "open"), (shutil, "rmtree"),
        (pl.DataFrame, "write_ipc"), (shards, "_write_frame"), (pipeline, "_run_stage"),
    ]  # fmt: skip
    for owner, name in places:
        label = name.strip("_")
        real = getattr(owner, name)

        def counted(*args: Any, _real: Any = real, _label: str = label, **kwargs: Any) -> Any:
            if _label == "open" and not args[1] & os.O_CREAT:
                return _real(*args, **kwargs)
            counts[_label] += 1
            if (_label, counts[_label]) != (hook, call):
                return _real(*args, **kwargs)
            if does == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if does == "kill after":
                _real(*args, **kwargs)
                os.kill(os.getpid(), signal.SIGKILL)
            if does in {"interrupt", "terminate"}:
                os.kill(os.getpid(), signal.SIGINT if does == "interrupt" else signal.SIGTERM)
                return _real(*args, **kwargs)
            number = getattr(errno, does)
            if _label == "write_ipc":  # as polars does: a message and no number
                raise OSError(f"{os.strerror(number)} (os error {number})")
            raise OSError(number, os.strerror(number))

        setattr(owner, name, counted)


def child(wish: dict[str, Any], said: Any) -> int:
    """Run one command; gives the exit status."""
    os.dup2(said.fileno(), 2)
    os.dup2(said.fileno(), 1)
    counts: Counter[str] = Counter()
    status = 3
    try:
        install(wish.get("hook", ""), wish.get("call", 0), wish.get("does", ""), counts)
        ftdata.cli.main(wish["arguments"])
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    atexit._run_exitfuncs()  # as when a process ends by itself: work folders go
    sys.stderr.flush()
    with open(wish["counts"], "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(counts, file)
    return status


def main() -> None:
    warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads, even if they sleep
    from ftdata.pii import Detector

    ftdata.tokens.load_encoding("o200k_base").count(["warm"])
    Detector().find("warm")
    tasks = [open(f"/proc/self/task/{task}/comm").read().strip() for task in os.listdir("/proc/self/task")]  # noqa: PTH123, PTH208, SIM115
    assert len([name for name in tasks if name not in IDLE]) == 1, tasks
    for text in sys.stdin:
        wish = json.loads(text)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(wish["counts"])  # noqa: PTH108
        with tempfile.TemporaryFile() as said:
            worker = os.fork()
            if not worker:
                status = 3
                try:
                    status = child(wish, said)
                finally:
                    os._exit(status)
            _, ended = os.waitpid(worker, 0)
            said.seek(0)
            told = said.read().decode(errors="replace")
        counts = {}
        if os.path.exists(wish["counts"]):  # noqa: PTH110
            with open(wish["counts"], encoding="utf-8") as file:  # noqa: PTH123
                counts = json.load(file)
        answer = {"status": os.waitstatus_to_exitcode(ended), "said": told, "counts": counts}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
