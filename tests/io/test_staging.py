"""A run folder is whole or not there, and nobody else's files are touched."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from ftdata.errors import RecipeError, WriteError
from ftdata.io import StagedFolder, staging
from ftdata.io.staging import MANIFEST
from ftdata.undisturbed import __file__ as undisturbed_file


def manifest(mark):
    """What makes a folder a run: a manifest of ours, here with a mark to tell runs apart."""
    return json.dumps({"ftdata": "0", "format_version": 1, "mark": mark.decode()}).encode()


def write_run(out, text=b"{}", **settings):
    with StagedFolder(out, **settings) as staged:
        (staged.path / "parts").mkdir()
        (staged.path / "parts" / "a").write_bytes(text)
        (staged.path / MANIFEST).write_bytes(manifest(text))
        staged.commit()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def out(tmp_path):
    return tmp_path / "made" / "clean"


def test_the_folder_appears_at_the_commit(out):
    with StagedFolder(out) as staged:
        assert staged.path.parent == out.parent
        assert staged.path.name.startswith(".ftdata-clean-")
        (staged.path / MANIFEST).write_bytes(manifest(b"{}"))
        assert not out.exists()
        staged.commit()
        assert names(out) == [MANIFEST]
        with pytest.raises(RuntimeError):
            _ = staged.path
    assert names(out.parent) == ["clean"]


def test_without_commit_nothing_is_left(out):
    with StagedFolder(out) as staged:
        (staged.path / "a").write_bytes(b"x")
    with pytest.raises(KeyboardInterrupt), StagedFolder(out) as staged:
        raise KeyboardInterrupt
    assert names(out.parent) == []


def test_an_empty_folder_may_be_there_already(out):
    out.mkdir(parents=True)
    write_run(out)
    assert names(out) == [MANIFEST, "parts"]


def test_a_run_is_replaced_only_when_told_so(out):
    write_run(out, b"1")
    with pytest.raises(RecipeError, match="holds a run already; type --overwrite"), StagedFolder(out):
        pass
    write_run(out, b"2", overwrite=True)
    assert (out / MANIFEST).read_bytes() == manifest(b"2")
    assert names(out.parent) == ["clean"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_files_of_somebody_else_are_never_replaced(out, overwrite):
    out.mkdir(parents=True)
    (out / "thesis.txt").write_bytes(b"x")
    with pytest.raises(RecipeError, match="no run wrote"), StagedFolder(out, overwrite=overwrite):
        pass
    with pytest.raises(RecipeError, match="is a file"), StagedFolder(out / "thesis.txt", overwrite=overwrite):
        pass
    assert names(out) == ["thesis.txt"]
    assert names(out.parent) == ["clean"]


def test_files_that_come_while_the_run_works_are_not_replaced_either(out):
    with StagedFolder(out, overwrite=True) as staged:
        out.mkdir()
        (out / "thesis.txt").write_bytes(b"x")
        with pytest.raises(RecipeError, match="no run wrote"):
            staged.commit()
    assert names(out) == ["thesis.txt"]
    assert names(out.parent) == ["clean"]


def test_two_runs_at_once_do_not_harm_each_other(out):
    with StagedFolder(out) as first, StagedFolder(out) as second:
        assert first.path != second.path
        (first.path / MANIFEST).write_bytes(manifest(b"1"))
        (second.path / MANIFEST).write_bytes(manifest(b"2"))
        first.commit()
        assert (second.path / MANIFEST).read_bytes() == manifest(b"2")
        with pytest.raises(RecipeError, match="holds a run already"):
            second.commit()
    assert (out / MANIFEST).read_bytes() == manifest(b"1")
    assert names(out.parent) == ["clean"]


def test_two_overwriting_runs_leave_the_later_one_whole(out):
    write_run(out, b"0")
    with StagedFolder(out, overwrite=True) as first, StagedFolder(out, overwrite=True) as second:
        for staged, text in ((first, b"1"), (second, b"2")):
            (staged.path / MANIFEST).write_bytes(manifest(text))
        first.commit()
        second.commit()
    assert (out / MANIFEST).read_bytes() == manifest(b"2")
    assert names(out.parent) == ["clean"]


def test_many_runs_at_once_leave_one_whole_run(out):
    unexpected = []

    def run(number):
        try:
            for _ in range(5):
                write_run(out, b"%d" % number, overwrite=True)
        except (RecipeError, WriteError):
            pass  # another was faster
        except Exception as error:  # noqa: BLE001 - a thread's errors are judged below
            unexpected.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert unexpected == []
    write_run(out, b"last", overwrite=True)
    assert (out / "parts" / "a").read_bytes() == b"last"
    assert names(out.parent) == ["clean"]


def test_a_full_disk_at_the_commit_is_said_and_keeps_the_old_run(out, monkeypatch):
    write_run(out, b"1")

    def fail(_):
        raise OSError(errno.ENOSPC, "full")

    with StagedFolder(out, overwrite=True) as staged:
        (staged.path / MANIFEST).write_bytes(manifest(b"2"))
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(WriteError, match="disk is full"):
            staged.commit()
    assert (out / MANIFEST).read_bytes() == manifest(b"1")
    assert names(out.parent) == ["clean"]


def test_a_rename_that_fails_puts_the_old_run_back(out, monkeypatch):
    write_run(out, b"1")
    real = Path.rename

    def fail(self, target):
        if self == staged.path:
            raise OSError(errno.EIO, "broken")
        return real(self, target)

    with StagedFolder(out, overwrite=True) as staged:
        monkeypatch.setattr(Path, "rename", fail)
        with pytest.raises(WriteError):
            staged.commit()
    monkeypatch.undo()
    assert (out / MANIFEST).read_bytes() == manifest(b"1")
    assert names(out.parent) == ["clean"]


KILLED = """
import os, signal, sys
from pathlib import Path
from ftdata.io import StagedFolder
real = Path.rename
def rename(self, target):
    real(self, target)
    if "old" in Path(target).name:
        os.kill(os.getpid(), signal.SIGKILL)
Path.rename = rename
with StagedFolder(sys.argv[1], overwrite=True) as staged:
    (staged.path / "manifest.json").write_bytes(b'{"ftdata": "new", "format_version": 1}')
    if sys.argv[2] == "early":
        os.kill(os.getpid(), signal.SIGKILL)
    staged.commit()
"""


def kill_a_run(out, when):
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(out), when], check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_killed_run_leaves_nothing_that_looks_whole_and_the_next_clears_it(out):
    out.parent.mkdir()
    (out.parent / ".ftdata-clean-mine").mkdir()  # not of our making: no such name is ever chosen
    kill_a_run(out, "early")
    assert not out.exists()
    assert len(names(out.parent)) == 2
    assert all(name.startswith(".") for name in names(out.parent))
    write_run(out, b"next")
    assert names(out.parent) == [".ftdata-clean-mine", "clean"]


def test_a_run_killed_while_it_replaces_another_loses_neither(out):
    write_run(out, b"old")
    kill_a_run(out, "late")
    assert not out.exists()
    with pytest.raises(RecipeError, match="holds a run already"), StagedFolder(out):
        pass
    assert (out / MANIFEST).read_bytes() == manifest(b"old")
    assert names(out.parent) == ["clean"]


def test_a_foreign_folder_with_a_file_of_that_name_is_never_replaced(out):
    out.mkdir(parents=True)
    (out / MANIFEST).write_bytes(b'{"name": "an app"}')
    with pytest.raises(RecipeError, match="no run wrote"), StagedFolder(out, overwrite=True):
        pass
    assert (out / MANIFEST).read_bytes() == b'{"name": "an app"}'


def test_runs_with_similar_names_are_not_taken_for_leftovers(tmp_path):
    with StagedFolder(tmp_path / "clean-0123456789abcdef") as other, StagedFolder(tmp_path / "clean"):
        assert other.path.exists()
    (tmp_path / ".ftdata-clean-0123456789abcdef").mkdir()
    with StagedFolder(tmp_path / "clean"):
        assert not (tmp_path / ".ftdata-clean-0123456789abcdef").exists()


def test_where_there_are_no_locks_nothing_of_others_is_removed(out, monkeypatch):
    monkeypatch.setattr(staging, "lock", lambda _: None)
    monkeypatch.setattr("ftdata.io.writer.lock", lambda _: None)
    with StagedFolder(out) as first:
        write_run(out)
        assert first.path.exists()


def test_a_link_to_the_output_stays_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "clean").symlink_to("disk")
    write_run(tmp_path / "clean")
    assert (tmp_path / "clean").is_symlink()
    assert names(tmp_path / "disk") == [MANIFEST, "parts"]


def test_a_run_set_aside_is_not_taken_for_a_leftover_of_another_output(tmp_path):
    """The old run of `clean` must survive a run of `clean-old` after a kill between the two renames."""
    out = tmp_path / "made" / "clean"
    write_run(out, b"old")
    kill_a_run(out, "late")
    write_run(out.with_name("clean-old"), b"other")
    with pytest.raises(RecipeError, match="holds a run already"), StagedFolder(out):
        pass
    assert (out / MANIFEST).read_bytes() == manifest(b"old")


class Interrupted:
    """Asks to stop at one line of staging and of what it stands on, as Ctrl+C does at any."""

    FILES = frozenset({staging.__file__, undisturbed_file, contextlib.__file__})

    def __init__(self, at):
        self.at, self.lines = at, 0

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.trace)
        return self

    def __exit__(self, kind, error, trace):
        sys.settrace(self.before)
        return kind is KeyboardInterrupt

    def trace(self, frame, event, arg):
        if frame.f_code.co_filename not in self.FILES or frame.f_code is Interrupted.__exit__.__code__:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                sys.settrace(None)
                signal.raise_signal(signal.SIGINT)
        return self.trace


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_interrupt_at_any_line_leaves_the_old_run_or_the_new_one_and_nothing_else(out, overwrite):
    """Also in an ExitStack, whose own lines lie between what makes the folder and what would remove it."""

    def run():
        with contextlib.ExitStack() as stack:
            staged = stack.enter_context(StagedFolder(out, overwrite=overwrite))
            (staged.path / MANIFEST).write_bytes(manifest(b"new"))
            staged.commit()

    def apart():
        """CPython 3.11 keeps what a tracer interrupts in an except block as the error at hand; a generator has its own."""
        yield run()

    out.parent.mkdir()
    with Interrupted(at=0) as counted:
        run()
    seen = set()
    for at in range(1, counted.lines + 1):
        shutil.rmtree(out, ignore_errors=True)
        if overwrite:
            write_run(out, b"old")
        with Interrupted(at=at):
            next(apart())
        there = names(out.parent)
        told = (out / MANIFEST).read_bytes() if there else None
        assert there in ([], ["clean"]), at
        assert told in (manifest(b"old") if overwrite else None, manifest(b"new")), at
        seen.add(told)
    assert len(seen) == 2
    assert sys.exc_info() == (None, None, None)


def test_nothing_is_made_before_it_can_be_left(out):
    staged = StagedFolder(out)
    with pytest.raises(RuntimeError, match="with block"):
        _ = staged.path
    with staged:
        assert names(out.parent) == []
        assert staged.path == staged.path
        assert len(names(out.parent)) == 1
    assert names(out.parent) == []


def test_what_comes_late_into_a_folder_that_is_removed_goes_too(out, monkeypatch):
    """A worker that is ended while it writes may put a last file there."""
    real, late = shutil.rmtree, []

    def rmtree(path, **settings):
        real(path, **settings)
        if not late:
            late.append(path)
            path.mkdir()
            (path / "late").write_bytes(b"x")

    monkeypatch.setattr(shutil, "rmtree", rmtree)
    with StagedFolder(out) as staged:
        _ = staged.path
    assert late
    assert names(out.parent) == []


def test_what_somebody_put_into_a_run_is_not_replaced_with_it(out):
    """Notes, a model trained on it: who wrote them did not mean them to go with the next run."""
    with StagedFolder(out) as staged:
        (staged.path / "train.jsonl").write_bytes(b"{}")
        (staged.path / "rejected.jsonl").write_bytes(b"{}")
        told = json.loads(manifest(b"old")) | {"files": {"train.jsonl": {}}}
        (staged.path / MANIFEST).write_text(json.dumps(told))
        staged.commit()
    write_again = StagedFolder(out, overwrite=True)
    (out / "NOTES.txt").write_text("mine")
    with pytest.raises(RecipeError, match=r"holds a run and files that it did not write \(NOTES.txt\)"), write_again:
        pass
    assert (out / "NOTES.txt").read_text() == "mine"
    (out / "NOTES.txt").unlink()
    with write_again as staged:
        (staged.path / MANIFEST).write_bytes(manifest(b"new"))
        staged.commit()
    assert names(out) == [MANIFEST]
