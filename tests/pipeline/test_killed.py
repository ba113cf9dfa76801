"""A run that is killed, or that the machine stops, leaves nothing that looks complete; the next one goes as ever.

Each moment is a call of a function that writes (or the entry of a stage), counted in a run that is left alone first; see
`killed_driver.py`. Every kind of write is hit at every one of its calls.
"""

from __future__ import annotations

import shutil
import signal
import sys

import pytest

from pipeline.killing import FULL_RUN, LIGHT_RUN, Driver

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and looks at threads in /proc")


@pytest.fixture(autouse=True)
def clean(driver: Driver):
    driver.clear()


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


def test_a_run_killed_at_any_write_leaves_nothing_that_looks_complete(driver: Driver, undisturbed) -> None:
    counts, expected = undisturbed
    for hook, call in moments(counts):
        driver.clear()
        ended = driver.run(*LIGHT_RUN, hook=hook, call=call, does="kill")
        assert ended.status == -signal.SIGKILL, (hook, call, ended.said)
        if driver.shown():  # only what comes after the last rename
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
        complete = bool(driver.shown())
        ended = driver.run(*LIGHT_RUN)
        assert ended.status == (2 if complete else 0), (hook, call, ended.said)
        assert driver.there() == {"out"}, (hook, call)
        assert driver.content() == expected


@pytest.mark.parametrize("stage", range(1, 8))
def test_a_run_killed_in_any_stage_leaves_nothing(stage: int, driver: Driver) -> None:
    ended = driver.run(*FULL_RUN, hook="run_stage", call=stage, does="kill" if stage % 2 else "kill after")
    assert ended.status == -signal.SIGKILL, ended.said
    assert not driver.shown()


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
            assert driver.shown() <= {"out"}
            if driver.shown():
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
