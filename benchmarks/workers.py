"""From how many rows on worker processes are quicker than none: the whole job on the first rows of a file.

    python benchmarks/workers.py FILE.jsonl.gz [--rows 10000 50000] [--workers 1 2 4]

Wall time says nothing on a machine that does other work, so the CPU seconds of the command and of its workers are taken
apart: the time that the job would take on as many free processors as there are workers is those of the command and the
workers' divided by their number. Workers are started for any amount here, which `ftdata run` does not do.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

RECIPE = """\
inputs: [{paths: [rows.jsonl], origin: human}]
stages:
  - {stage: Validate}
  - {stage: ScrubPII}
  - {stage: Deduplicate}
  - {stage: FilterTokens, max_tokens: 4096, encoding: o200k_base}
  - {stage: Split, seed: 7}
  - {stage: Describe, by: split}
"""
PROGRAM = """\
import json, resource, sys
import ftdata.pipeline.amount
from ftdata.cli import main

if __name__ == "__main__":
    ftdata.pipeline.amount.LEAST_SHARDS = 1
    try:
        main(["run", "recipe.yaml", "--out", "clean", "--overwrite", "--workers", sys.argv[1]])
    except SystemExit as end:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        print(json.dumps([one.ru_utime + one.ru_stime for one in used]))
        raise
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    given = parser.parse_args()
    print("| rows | MB | " + " | ".join(f"{workers}: CPU s | free s" for workers in given.workers) + " |")
    for rows in given.rows:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with gzip.open(given.file) as file, (folder / "rows.jsonl").open("wb") as head:
                head.writelines(islice(file, rows))
            (folder / "recipe.yaml").write_text(RECIPE)
            (folder / "program.py").write_text(PROGRAM)
            cells = [f"{rows:,}", f"{(folder / 'rows.jsonl').stat().st_size / 1e6:.0f}"]
            for workers in given.workers:
                command = [sys.executable, "program.py", str(workers)]
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
                own, theirs = json.loads(done.stdout)
                cells += [f"{own + theirs:.1f}", f"{own + theirs / workers:.1f}"]
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
