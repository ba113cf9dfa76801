"""The driver of runs that are stopped, as tests see it; the program itself is `killed_driver.py`."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

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
STAGES = 7
THIRDS = """\
inputs: [{paths: [rows.jsonl], origin: human}]
stages:
  - {stage: Deduplicate, near: false}
  - {stage: Split, train: 0.6, val: 0.2, test: 0.2}
"""
NEAR = """\
inputs: [{paths: [near.jsonl], origin: human}]
stages:
  - {stage: Deduplicate}
"""
RELATED = """\
inputs: [{paths: [near.jsonl], origin: human}]
stages:
  - {stage: Split, train: 0.6, val: 0.2, test: 0.2}
"""
LIGHT_RUN = ("run", "light.yaml", "--out", "out")
FULL_RUN = ("run", "full.yaml", "--out", "out")
THIRDS_RUN = ("run", "thirds.yaml", "--out", "out")
NEAR_RUN = ("run", "near.yaml", "--out", "out")
RELATED_RUN = ("run", "related.yaml", "--out", "out")
TWO = ("--workers", "2")


def near_chats() -> list[dict[str, Any]]:
    """Chats, and after every eight of them one that is all but for its last word like the first of these."""
    rows: list[dict[str, Any]] = []
    for start in range(0, 40, 8):
        rows += chats(8, start=start)
        (one,) = chats(1, start=start)
        one["messages"][1]["content"] += " So it is."
        rows.append(one)
    return rows


@dataclasses.dataclass
class Ended:
    """How a command ended.

    Attributes:
        status: Its exit status, negative for a signal.
        said: What it and its workers wrote to standard output and standard error.
        counts: How often each hook was passed.
        left: Processes of it that have not ended.
    """

    status: int
    said: str
    counts: dict[str, int]
    left: int


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
        write_lines(folder / "near.jsonl", near_chats())
        recipes = {"light": LIGHT, "full": FULL, "thirds": THIRDS, "near": NEAR, "related": RELATED}
        for name, recipe in recipes.items():
            (folder / f"{name}.yaml").write_text(recipe, encoding="utf-8")
        self.inputs = {path.name for path in folder.iterdir()}

    def run(self, *arguments: str, hook: str = "", call: int = 0, does: str = "", worker: str = "") -> Ended:
        """Run one command that is stopped at a call of a hook: of its own, or of a worker's."""
        wish = {
            "arguments": arguments, "hook": hook, "call": call, "does": does, "worker": worker,
            "counts": str(self.work / "counts.json"),
        }  # fmt: skip
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(wish) + "\n")
        self.program.stdin.flush()
        return Ended(**json.loads(self.program.stdout.readline()))

    def there(self) -> set[str]:
        """What is in the folder beside the inputs."""
        return {path.name for path in self.folder.iterdir()} - self.inputs

    def shown(self) -> set[str]:
        """What somebody sees who lists the folder."""
        return {name for name in self.there() if not name.startswith(".")}

    def elsewhere(self) -> set[str]:
        """What is in the folder for temporary files."""
        return {path.name for path in self.work.iterdir()} - {"counts.json"}

    def content(self) -> dict[str, bytes]:
        """The files of the run."""
        return {path.name: path.read_bytes() for path in (self.folder / "out").iterdir()}

    def clear(self) -> None:
        """Remove what runs have left."""
        for name in self.there():
            shutil.rmtree(self.folder / name)
        for name in self.elsewhere():
            shutil.rmtree(self.work / name)

    def close(self) -> None:
        """End the program."""
        assert self.program.stdin is not None
        self.program.stdin.close()
        self.program.wait(timeout=60)
        assert self.program.stdout is not None
        self.program.stdout.close()
