"""Progress is shown to who can see it, and to nobody else."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ftdata import Dataset, Deduplicate, Pipeline
from ftdata.report.progress import Silent, open_progress
from small_set import chats

ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_shown_where_nobody_sees_it(capfd: pytest.CaptureFixture[str]) -> None:
    Pipeline([Deduplicate()]).run(Dataset.from_rows(chats(5)))
    assert capfd.readouterr() == ("", "")


def test_nothing_is_shown_when_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    Pipeline([Deduplicate()]).run(Dataset.from_rows(chats(5)), progress="off")
    assert screen.getvalue() == ""


@pytest.mark.parametrize("missing", ["none", "closed"])
def test_a_process_without_standard_error_works(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under a service manager, or after `2>&-`."""
    gone = io.StringIO()
    gone.close()
    monkeypatch.setattr(sys, "stderr", None if missing == "none" else gone)
    with open_progress("auto") as shown:
        assert isinstance(shown, Silent)
    assert len(Pipeline([Deduplicate()]).run(Dataset.from_rows(chats(5))).dataset) == 5


def test_an_object_of_ones_own_is_told() -> None:
    mine = Silent()
    with open_progress(mine) as shown:
        assert shown is mine


def test_names_that_look_like_markup_are_only_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that draws would take `[/x]` for an end tag that never began."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    nested = Pipeline([Deduplicate()], name="[/x] [bold]")
    assert len(Pipeline([nested]).run(Dataset.from_rows(chats(5))).dataset) == 5


SCRIPT = """\
from small_set import chats
from ftdata import Dataset, Deduplicate, Pipeline
Pipeline([Deduplicate(), Pipeline([Deduplicate(near=False)], name="in")]).run(Dataset.from_rows(chats(50), shard_rows=10))
print("done")
"""


def test_a_terminal_sees_every_stage_and_is_left_clean() -> None:
    """What is drawn goes to standard error; in the end nothing of it is left on the screen."""
    ours, theirs = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}", "TERM": "xterm", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # how a pseudo-terminal says that nobody writes to it any more
        while piece := os.read(ours, 65536):
            seen += piece
    os.close(ours)
    out, _ = started.communicate()
    assert (started.returncode, out) == (0, b"done\n"), seen
    for stage in (b"1.Deduplicate", b"2.in/1.Deduplicate"):
        assert stage in seen
    assert re.search(rb"\x1b\[2K", seen), "the lines are wiped"
    assert b"?25h" in seen, "the cursor is back"
