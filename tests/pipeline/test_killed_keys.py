"""A run that is killed, or finds no room, while it writes band keys or shingle sets: of these too nothing is left.

Each write is hit when the file is there in part. With workers it is one of theirs that is hit; each counts its own.
"""

from __future__ import annotations

import signal
import sys

import pytest

from pipeline.killing import NEAR_RUN, RELATED_RUN, TWO, Driver, Ended

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and looks at processes in /proc")
RUNS = {"Deduplicate": NEAR_RUN, "Split": RELATED_RUN}
KINDS = ("savez keys", "savez sets")


@pytest.fixture(autouse=True)
def clean(driver: Driver):
    driver.clear()


@pytest.fixture(scope="module", params=RUNS)
def undisturbed(request: pytest.FixtureRequest, driver: Driver) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """The run of a stage, and what it writes when it is left alone, with workers or without."""
    run = RUNS[request.param]
    driver.clear()
    ended = driver.run(*run)
    assert ended.status == 0, ended.said
    assert {kind: ended.counts.get(kind) for kind in KINDS} == dict.fromkeys(KINDS, 1), "one shard has one of each"
    return run, driver.content()


def assert_goes_as_ever(driver: Driver, run: tuple[str, ...], expected: dict[str, bytes]) -> None:
    ended = driver.run(*run)
    assert (ended.status, ended.left, driver.there()) == (0, 0, {"out"}), ended.said
    assert driver.content() == expected
    assert not driver.elsewhere()


def assert_told_in_one_line(driver: Driver, ended: Ended, *words: str) -> None:
    """What holds after any run that ended by itself without having written anything."""
    assert (ended.status, ended.left) == (1, 0), ended.said
    assert ended.said.count("\n") == 1, ended.said
    assert ended.said.startswith("ftdata: "), ended.said
    assert all(word in ended.said for word in words), ended.said
    assert not driver.there()
    assert not driver.elsewhere()


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_killed_at_keys_or_sets_leaves_nothing_that_looks_complete(
    kind: str, driver: Driver, undisturbed
) -> None:
    run, expected = undisturbed
    ended = driver.run(*run, hook=kind, call=1, does="kill")
    assert (ended.status, ended.said) == (-signal.SIGKILL, "")
    assert not driver.shown()
    assert not driver.elsewhere()
    assert_goes_as_ever(driver, run, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_killed_while_workers_write_keys_or_sets_leaves_nothing(kind: str, driver: Driver, undisturbed) -> None:
    """At the second call of a worker: the keys or sets of other shards are there, whole."""
    run, expected = undisturbed
    ended = driver.run(*run, *TWO, worker=kind, call=2, does="kill parent")
    assert (ended.status, ended.left) == (-signal.SIGKILL, 0), ended.said
    assert "Traceback" not in ended.said
    assert not driver.shown()
    assert not driver.elsewhere()
    assert_goes_as_ever(driver, run, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_that_is_killed_at_keys_or_sets_ends_the_run_with_one_line(
    kind: str, driver: Driver, undisturbed
) -> None:
    run, expected = undisturbed
    ended = driver.run(*run, *TWO, worker=kind, call=1, does="kill")
    assert_told_in_one_line(driver, ended, "a worker process ended before its work was done")
    assert_goes_as_ever(driver, (*run, *TWO), expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("workers", [(), TWO], ids=["one", "two"])
def test_a_full_disk_at_keys_or_sets_is_told_with_the_folder_and_what_to_do(
    workers: tuple[str, ...], kind: str, driver: Driver, undisturbed
) -> None:
    run, expected = undisturbed
    where = {"worker": kind} if workers else {"hook": kind}
    ended = driver.run(*run, *workers, call=1, does="ENOSPC", **where)
    told = ("No space left on device", "free some space there, or write --out on another disk")
    assert_told_in_one_line(driver, ended, f"{driver.folder}/.ftdata-out-", "/scratch-", *told)
    assert_goes_as_ever(driver, run, expected)
