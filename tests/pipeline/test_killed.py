"""A run that is killed, or that the machine stops, leaves nothing that looks complete; the next one goes as ever.

Each moment is a call of a function that writes (or the entry of a stage), counted in a run that is left alone first; see
`killed_driver.py`. Every kind of write is hit at every one of its calls.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from small_set import BROKEN, chats, write_lines

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).with_name("killed_driver.py")
LIGHT = """\
inputs: [{paths: [rows.jsonl], origin: human}]
stages:
  - {stage: Deduplicate, near: false}
  - {stage: Filter, where: "line < 20"}
"""
FULL = """\
inputs: [{paths: [rows.jsonl], origin: human}]
stages:
  - {stage: Validate, target: openai}
  - {stage: ScrubPII}
  - {stage: Deduplicate}
  - {stage: FilterTokens, max_tokens: 4000}
  - {stage: Filter, where: "line < 60"}
  - {stage: Split, train: 0.6, val: 0.2, test: 0.2}
  - {stage: Describe, by: split}
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and looks at threads in /proc")


@dataclasses.dataclass
class Ended:
    status: int
    said: str
    counts: dict[str, int]


class Driver:
    """The driver program and the folder that its runs work in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.work = folder, folder.with_name(folder.name + "-work")
        self.work.mkdir()
        environment = os.environ | {
            "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(self.work),
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        self.program = subprocess.Popen(
            [sys.executable, str(DRIVER)], cwd=folder, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        write_lines(folder / "rows.jsonl", [*chats(30), *(line for line, _, _ in BROKEN[:3]), chats(1)[0]])
        (folder / "light.yaml").write_text(LIGHT, encoding="utf-8")
        (folder / "full.yaml").write_text(FULL, encoding="utf-8")
        self.inputs = {path.name for path in folder.iterdir()}

    def run(self, *arguments: str, hook: str = "", call: int = 0, does: str = "") -> Ended:
        wish = {
            "arguments": arguments,
            "hook": hook,
            "call": call,
            "does": does,
            "counts": str(self.work / "counts.json"),
        }
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(wish) + "\n")
        self.program.stdin.flush()
        return Ended(**json.loads(self.program.stdout.readline()))

    def there(self) -> set[str]:
        """What is in the folder beside the inputs."""
        return {path.name for path in self.folder.iterdir()} - self.inputs

    def content(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.folder / "out").iterdir()}

    def clear(self) -> None:
        for name in self.there():
            shutil.rmtree(self.folder / name)
        for path in self.work.glob("ftdata-*"):
            shutil.rmtree(path)

    def close(self) -> None:
        assert self.program.stdin is not None
        self.program.stdin.close()
        self.program.wait(timeout=60)
        assert self.program.stdout is not None
        self.program.stdout.close()


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory):
    made = Driver(tmp_path_factory.mktemp("killed"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def clean(driver: Driver):
    driver.clear()


LIGHT_RUN = ("run", "light.yaml", "--out", "out")
FULL_RUN = ("run", "full.yaml", "--out", "out")
WRITES = ("open", "write", "fsync", "replace", "rename", "mkdir", "rmtree", "write_ipc", "write_frame")


@pytest.fixture(scope="module")
def undisturbed(driver: Driver) -> tuple[dict[str, int], dict[str, bytes]]:
    """How often each kind of write is made in a run that is left alone, and what it writes."""
    driver.clear()
    ended = driver.run(*LIGHT_RUN)
    assert ended.status == 0, ended.said
    assert driver.there() == {"out"}
    return ended.counts, driver.content()


def moments(counts: dict[str, int], hooks: tuple[str, ...] = WRITES) -> list[tuple[str, int]]:
    found = [(hook, call) for hook in hooks for call in range(1, counts.get(hook, 0) + 1)]
    assert {hook for hook, _ in found} == set(hooks), "every kind of write is made in such a run"
    return found


def shown(driver: Driver) -> set[str]:
    """What somebody sees who lists the folder."""
    return {name for name in driver.there() if not name.startswith(".")}


def test_a_run_killed_at_any_write_leaves_nothing_that_looks_complete(driver: Driver, undisturbed) -> None:
    counts, expected = undisturbed
    for hook, call in moments(counts):
        driver.clear()
        ended = driver.run(*LIGHT_RUN, hook=hook, call=call, does="kill")
        assert ended.status == -signal.SIGKILL, (hook, call, ended.said)
        if shown(driver):  # only what comes after the last rename
            assert (hook, driver.content()) == (hook, expected)
            assert hook in {"fsync", "rmtree"}
            continue
        assert all(name.startswith(".ftdata-out-") for name in driver.there())
        for left in driver.work.glob("ftdata-*"):  # the work folder is for its owner only
            assert left.stat().st_mode & 0o077 == 0


def test_the_run_after_a_killed_one_goes_as_ever_and_cleans_up(driver: Driver, undisturbed) -> None:
    """Killed at the last call of each kind of write, when the most is lying about."""
    counts, expected = undisturbed
    last = dict(moments(counts, ("open", "write", "fsync", "replace", "rename", "mkdir", "write_ipc")))
    for hook, call in last.items():
        driver.clear()
        assert driver.run(*LIGHT_RUN, hook=hook, call=call, does="kill").status == -signal.SIGKILL
        complete = bool(shown(driver))
        ended = driver.run(*LIGHT_RUN)
        assert ended.status == (2 if complete else 0), (hook, call, ended.said)
        assert driver.there() == {"out"}, (hook, call)
        assert driver.content() == expected


@pytest.mark.parametrize("stage", range(1, 8))
def test_a_run_killed_in_any_stage_leaves_nothing(stage: int, driver: Driver) -> None:
    ended = driver.run(*FULL_RUN, hook="run_stage", call=stage, does="kill" if stage % 2 else "kill after")
    assert ended.status == -signal.SIGKILL, ended.said
    assert not shown(driver)


def test_an_older_run_stays_whole_until_the_new_one_takes_its_place(driver: Driver, undisturbed) -> None:
    """Killed before and after every rename, and at the first and last of every other kind of write."""
    _, expected = undisturbed
    assert driver.run(*LIGHT_RUN, "--no-rejects").status == 0
    old = driver.content()
    assert old != expected
    kept = driver.folder.with_name("kept")
    shutil.copytree(driver.folder / "out", kept)
    counts = driver.run(*LIGHT_RUN, "--overwrite").counts
    chosen = [(hook, call) for hook, call in moments(counts) if hook == "rename" or call in {1, counts[hook]}]
    for does in ("kill", "kill after"):
        for hook, call in chosen:
            if does == "kill after" and hook != "rename":
                continue
            driver.clear()
            shutil.copytree(kept, driver.folder / "out")
            assert driver.run(*LIGHT_RUN, "--overwrite", hook=hook, call=call, does=does).status == -signal.SIGKILL
            assert shown(driver) <= {"out"}
            if shown(driver):
                assert driver.content() in (old, expected), (hook, call)
            else:
                assert hook == "rename", "the old run is out of its place for no longer than one rename"
                # The next run puts the old one back, and says that it is there.
                refused = driver.run(*LIGHT_RUN)
                assert (refused.status, driver.content()) == (2, old)
            assert driver.run(*LIGHT_RUN, "--overwrite").status == 0
            assert driver.there() == {"out"}, (hook, call)
            assert driver.content() == expected


@pytest.mark.parametrize("trouble", ["ENOSPC", "EROFS", "EIO"])
def test_what_the_machine_refuses_is_told_in_one_line(trouble: str, driver: Driver, undisturbed) -> None:
    """At every write: exit 1, no traceback, no output. What can do without (flushing a folder's names) goes on."""
    counts, expected = undisturbed
    hooks = ("open", "write", "fsync", "replace", "rename", "mkdir", "write_ipc")
    chosen = moments(counts, hooks)
    if trouble != "ENOSPC":
        chosen = [(hook, call) for hook, call in chosen if call == 1]
    words = {"ENOSPC": ("the disk is full", "No space left"), "EROFS": ("Read-only",), "EIO": ("Input/output error",)}
    for hook, call in chosen:
        driver.clear()
        ended = driver.run(*LIGHT_RUN, hook=hook, call=call, does=trouble)
        if ended.status == 0:
            assert hook == "fsync" or (hook, call) == ("mkdir", 1)  # names in folders; a parent that is there already
            assert driver.content() == expected
            continue
        assert ended.status == 1, (hook, call, ended.said)
        assert ended.said.count("\n") == 1, (hook, call, ended.said)
        assert ended.said.startswith("ftdata: "), (hook, call, ended.said)
        assert any(word in ended.said for word in words[trouble]), (hook, call, ended.said)
        assert not driver.there(), (hook, call)
        assert not list(driver.work.glob("ftdata-*")), (hook, call)


@pytest.mark.parametrize("does", ["interrupt", "terminate"])
def test_who_asks_a_run_to_stop_is_obeyed_at_once_and_nothing_is_left(does: str, driver: Driver) -> None:
    """Ctrl+C, and the termination that `kill` and batch systems send."""
    for hook, call in (("write_ipc", 1), ("run_stage", 2), ("write", 2), ("replace", 2)):
        driver.clear()
        ended = driver.run(*LIGHT_RUN, hook=hook, call=call, does=does)
        assert (ended.status, ended.said.strip()) == (130, "ftdata: stopped; nothing was written"), (hook, call)
        assert not driver.there()
        assert not list(driver.work.glob("ftdata-*"))
