"""Run the first command of the README as a newcomer does, and check that it gives what the README promises.

    python tools/first_command.py

The command is the first `sh` block of README.md, word for word. It runs in a fresh copy of the project's files, without
the virtual environment and the variables of whoever calls this. Then every file in the first column of the table under
"What you get" must be in the folder that the command names with `--out`, and none of them may be empty; the file that may
hold private text is readable by its owner only, and the manifest counts what went in and what came out. Exit status 1, and
a line that says why, if not.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_FOREIGN = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")


def first_command(readme: str) -> str:
    """The text of the first `sh` block.

    Args:
        readme: The README.

    Raises:
        ValueError: There is none.
    """
    block = re.search(r"^```sh\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    if block is None:
        raise ValueError("README.md has no block of sh")
    return block[1].strip()


def promised_files(readme: str) -> list[str]:
    """The files in the first column of the table under "What you get".

    Args:
        readme: The README.
    """
    section = readme.partition("## What you get")[2].partition("\n## ")[0]
    return [
        name
        for line in section.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]


def faults(readme: str, folder: Path) -> list[str]:
    """What is not as promised in the folder of a run, one line each.

    Args:
        readme: The README.
        folder: What `--out` named.
    """
    if not folder.is_dir():
        return [f"{folder.name}/ is not there"]
    promised = promised_files(readme)
    found = [f"{name} is missing" for name in promised if not (folder / name).is_file()] or (
        [] if promised else ["no file is promised"]
    )
    found += [
        f"{name} is empty" for name in promised if (folder / name).is_file() and not (folder / name).stat().st_size
    ]
    if found:
        return found
    if stat.S_IMODE((folder / "rejected.jsonl").stat().st_mode) != 0o600:
        found.append("rejected.jsonl can be read by others")
    counts = json.loads((folder / "manifest.json").read_bytes())["counts"]
    lines = {name: (folder / name).read_bytes().count(b"\n") for name in promised if name.endswith(".jsonl")}
    left = lines.pop("rejected.jsonl")
    if counts["rows_read"] != sum(lines.values()) + left:
        found.append(f"{counts['rows_read']} rows were read, {sum(lines.values())} written and {left} rejected")
    return found


def main() -> int:
    """Copy, run, check."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = first_command(readme)
    named = re.search(r"--out (\S+)", command)
    if named is None:
        raise ValueError("the first command of README.md has no --out")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    clean = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    if own := os.environ.get("VIRTUAL_ENV"):
        clean["PATH"] = os.pathsep.join(p for p in clean["PATH"].split(os.pathsep) if not p.startswith(own))
    with tempfile.TemporaryDirectory(prefix="ftdata-first-") as fresh:
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():  # not deleted since
                (Path(fresh) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, Path(fresh) / name)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=fresh, env=clean, check=False)
        if done.returncode:
            found = [f"the first command of README.md ended with {done.returncode}"]
        else:
            found = faults(readme, Path(fresh) / named[1])
    for fault in found:
        print(f"first command of README.md: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
