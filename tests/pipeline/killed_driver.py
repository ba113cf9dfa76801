"""Runs the command line again and again in forked processes, each of which is stopped at one chosen moment.

A program of its own: it reads one JSON object per line from standard input (`arguments`, `hook`, `call`, `does`), runs
`ftdata` with these arguments in a fork of itself, and prints one JSON object per line: the exit status (negative for a
signal), what was said on standard error, and how often each hook was passed. A hook is a function of Python or of ftdata
that is replaced, in this process only, by one that counts; at the chosen call it kills the process, before or after the
call is made, or raises an error of the machine. The product knows nothing of all this.

With worker processes (`--workers 2` among the arguments) each command has a session of its own; what is left of it when
the command has ended is told too. A worker imports this program, as it does any that starts it, and finds its own hook
(`worker`: a hook and a call, at which it does what `does` says) in the arguments of the program.

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
import time
import traceback
import warnings
from collections import Counter
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import ftdata.cli
import ftdata.dataset.per_row
import ftdata.dataset.reading
import ftdata.engines.processes
import ftdata.io.frames
import ftdata.pipeline.amount
import ftdata.pipeline.manifest
import ftdata.pipeline.outputs
import ftdata.recipe
import ftdata.report.html
import ftdata.tokens

IDLE = {"jemalloc_bg_thd", "polars-ooc-clea"}


def install(hook: str, call: int, does: str, counts: Counter[str], *, worker: bool = False) -> None:
    """Replace the functions by ones that count, and one of which stops the process; in a worker that of its calls."""
    import shutil

    import numpy as np
    import polars as pl

    from ftdata.dataset import reading, shards
    from ftdata.engines import processes
    from ftdata.io import StagedFolder
    from ftdata.pipeline import pipeline

    places: list[tuple[Any, str]] = [
        (os, "write"), (os, "fsync"), (os, "replace"), (os, "rename"), (os, "mkdir"), (os, "open"), (shutil, "rmtree"),
        (pl.DataFrame, "write_ipc"), (shards, "_write_frame"), (pipeline, "run_stage"), (reading._Growing, "add"),
        (SpawnProcess, "start"), (processes.ProcessEngine, "_open"), (StagedFolder, "commit"),
    ]  # fmt: skip
    keys_and_sets = (np, "savez")
    for owner, name in [(processes, "_call"), keys_and_sets] if worker else [*places, keys_and_sets]:
        label = "engine" if owner is processes.ProcessEngine else name.strip("_")
        real = getattr(owner, name)

        def counted(*args: Any, _real: Any = real, _label: str = label, **kwargs: Any) -> Any:
            if _label == "open" and not args[1] & os.O_CREAT:
                return _real(*args, **kwargs)
            names = [_label]
            if _label == "engine":  # also by the stage that has work for it
                names.append(f"engine in stage {counts['run_stage']}")
            if _label in {"replace", "rename"}:  # also by the name that a file is given
                names.append(f"{_label} {Path(args[1]).name}")
            if _label == "savez":
                names.append("savez keys" if "keys" in kwargs else "savez sets")
            counts.update(names)
            if not any((name, counts[name]) == (hook, call) for name in names):
                return _real(*args, **kwargs)
            if _label == "savez" and not does.endswith(" after"):
                Path(args[0]).write_bytes(b"PK\x03\x04")  # as far as it came
            if does == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if does == "kill parent":
                os.kill(os.getppid(), signal.SIGKILL)
                return _real(*args, **kwargs)
            if does == "kill after":
                _real(*args, **kwargs)
                os.kill(os.getpid(), signal.SIGKILL)
            if does == "interrupt all":  # as a terminal does: the workers, too, one of which has just begun
                result = _real(*args, **kwargs)
                os.killpg(0, signal.SIGINT)
                return result
            if does.endswith(" after"):
                result = _real(*args, **kwargs)
                os.kill(os.getpid(), signal.SIGINT if does.startswith("interrupt") else signal.SIGTERM)
                return result
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
    if "--workers" in wish["arguments"]:
        os.setsid()
        ftdata.dataset.reading.SHARD_ROWS = 8
        ftdata.pipeline.amount.LEAST_SHARDS = 1
        sys.argv = [sys.argv[0], json.dumps(wish)]
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


def still_there(session: int) -> int:
    """How many processes of a session have not ended half a minute after its first."""
    deadline = time.monotonic() + 30
    while True:
        left = 0
        for entry in os.listdir("/proc"):  # noqa: PTH208
            with contextlib.suppress(OSError):
                if entry.isdecimal():
                    with open(f"/proc/{entry}/stat") as file:  # noqa: PTH123
                        state, _, _, of = file.read().rpartition(")")[2].split()[:4]
                    left += int(of) == session and state != "Z"
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


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
            left = still_there(worker)
            said.seek(0)
            told = said.read().decode(errors="replace")
        counts = {}
        if os.path.exists(wish["counts"]):  # noqa: PTH110
            with open(wish["counts"], encoding="utf-8") as file:  # noqa: PTH123
                counts = json.load(file)
        answer = {"status": os.waitstatus_to_exitcode(ended), "said": told, "counts": counts, "left": left}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":
    _wish = json.loads(sys.argv[1])
    _does = _wish.get("does", "") or "kill"
    install(_wish.get("worker", ""), _wish.get("call", 0), _does, Counter(), worker=True)
