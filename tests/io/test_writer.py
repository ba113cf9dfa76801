"""A file is whole or not there."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading

import pytest

from ftdata.errors import WriteError
from ftdata.io import atomic_file


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_when_the_block_ends(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"old")
    with atomic_file(path) as file:
        file.write(b"new" * 1_000_000)
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new" * 1_000_000
    assert names(tmp_path) == ["rows.jsonl"]


def test_an_error_in_the_block_leaves_what_was_there(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"old")

    def interrupted():
        with atomic_file(path) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["rows.jsonl"]


def test_the_mode_is_given_before_the_first_byte(tmp_path):
    before = os.umask(0o022)
    try:
        with atomic_file(tmp_path / "secret", mode=0o600):
            (temporary,) = tmp_path.iterdir()
            assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
        with atomic_file(tmp_path / "open"):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o644


@pytest.mark.parametrize("size", [10, 5 << 20])
@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EDQUOT, "disk is full"), (errno.EIO, "cannot be")]
)
def test_a_write_that_fails_is_said_and_leaves_nothing(tmp_path, monkeypatch, number, words, size):
    """Small writes fail when the buffer is flushed at the end, large ones in the block."""
    path = tmp_path / "rows.jsonl"

    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(WriteError, match=words) as caught, atomic_file(path) as file:
        file.write(b"x" * size)
    monkeypatch.undo()
    assert caught.value.path == str(path)
    assert names(tmp_path) == []


def test_a_disk_that_fills_up_when_flushed_leaves_nothing(tmp_path, monkeypatch):
    def fail(_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError, match="disk is full"), atomic_file(tmp_path / "a") as file:
        file.write(b"x")
    assert names(tmp_path) == []


def test_an_error_of_another_file_stays_what_it_is(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "a"):
        (tmp_path / "missing").read_bytes()
    assert names(tmp_path) == []


def test_a_missing_folder_is_a_write_error(tmp_path):
    with pytest.raises(WriteError, match="cannot be written"), atomic_file(tmp_path / "none" / "a"):
        pass


def test_two_writers_at_once_do_not_mix(tmp_path):
    path = tmp_path / "rows.jsonl"
    with atomic_file(path) as first:
        with atomic_file(path) as second:
            first.write(b"1" * 100)
            second.write(b"2" * 50)
            assert len(names(tmp_path)) == 2
        assert path.read_bytes() == b"2" * 50
    assert path.read_bytes() == b"1" * 100
    assert names(tmp_path) == ["rows.jsonl"]


def test_many_writers_at_once_leave_one_whole_file(tmp_path):
    path = tmp_path / "rows.jsonl"
    errors = []

    def write(digit):
        try:
            for _ in range(10):
                with atomic_file(path) as file:
                    file.write(digit * 5_000)
        except Exception as error:  # noqa: BLE001 - a thread's errors are judged below
            errors.append(error)

    threads = [threading.Thread(target=write, args=(b"%d" % n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(path.read_bytes())) == 1
    assert path.stat().st_size == 5_000
    assert names(tmp_path) == ["rows.jsonl"]


def test_a_long_name_is_written(tmp_path):
    path = tmp_path / ("é" * 125)
    with atomic_file(path) as file:
        file.write(b"x")
    assert names(tmp_path) == [path.name]


KILLED = """
import os, signal, sys
from ftdata.io import atomic_file
with atomic_file(sys.argv[1]) as file:
    file.write(b"x" * (4 << 20))
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_killed_writer_leaves_nothing_that_looks_whole_and_the_next_clears_it(tmp_path):
    path = tmp_path / "rows.jsonl"
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not path.exists()
    assert all(name.startswith(".") and not name.endswith(".jsonl") for name in names(tmp_path))
    assert len(names(tmp_path)) == 1
    with atomic_file(path) as file:
        file.write(b"whole")
    assert names(tmp_path) == ["rows.jsonl"]
