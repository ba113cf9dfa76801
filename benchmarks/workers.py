"""From how many rows on worker processes are quicker than none: the whole job on the first rows of a file.

    python benchmarks/workers.py FILE.jsonl.gz [--rows 10000 50000] [--workers 1 2 4] [--date YYYY-MM-DD]

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
from typing import Any

from measure import machine
from pages import add_date, publish, where
from whole_job_page import markdown

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


def measured(file: Path, *, rows: int, workers: list[int]) -> dict[str, Any]:
    """CPU seconds of the job on the first rows of a file, with each number of workers."""
    found: dict[str, Any] = {"rows": rows, "cpu_s": {}, "free_s": {}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with gzip.open(file) as whole, (folder / "rows.jsonl").open("wb") as head:
            head.writelines(islice(whole, rows))
        found["mb"] = round((folder / "rows.jsonl").stat().st_size / 1e6)
        (folder / "recipe.yaml").write_text(RECIPE)
        (folder / "program.py").write_text(PROGRAM)
        for count in workers:
            command = [sys.executable, "program.py", str(count)]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
            own, theirs = json.loads(done.stdout)
            found["cpu_s"][str(count)] = round(own + theirs, 1)
            found["free_s"][str(count)] = round(own + theirs / count, 1)
    return found


def table(figures: dict[str, Any]) -> str:
    jobs = figures["jobs"]
    workers = list(jobs[0]["cpu_s"])
    heads = ["rows", "MB", *(head for count in workers for head in (f"{count}: CPU s", "free s"))]
    rows = [
        [f"{job['rows']:,}", f"{job['mb']}"]
        + [f"{job[name][count]:.1f}" for count in workers for name in ("cpu_s", "free_s")]
        for job in jobs
    ]
    return f"{figures['file']}. {where(figures, 'polars')}\n\n{markdown(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    add_date(parser)
    given = parser.parse_args()
    jobs = [measured(given.file, rows=rows, workers=given.workers) for rows in given.rows]
    figures = {"date": given.date, "machine": machine(), "file": given.file.name, "jobs": jobs}
    print(table(figures))
    if given.date:
        publish("workers", figures)


if __name__ == "__main__":
    main()
