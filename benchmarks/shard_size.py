"""Claim: a shard of 2 MiB is a good size: half of it costs CPU time, twice of it memory.

    python benchmarks/shard_size.py [--rows 100000] [--date 2026-11-21]

The main job on generated rows as one process, with shards of 1, 2 and 4 MiB in turn; CPU seconds and peak memory, the median
of three rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import machine, measure
from memory import FIELDS, ROOT, STAGES, generated
from pages import add_date, publish, where
from whole_job_page import markdown

MEBIBYTES = (1, 2, 4)
ROUNDS = 3
RUN = """\
import sys
from ftdata.dataset import reading
reading.SHARD_BYTES = int(sys.argv.pop(1)) << 20
from ftdata.cli import main
main()
"""


def measured(rows: int) -> dict[str, dict[str, float]]:
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    taken: dict[int, list[tuple[float, float]]] = {size: [] for size in MEBIBYTES}
    with tempfile.TemporaryDirectory() as folder:
        recipe = Path(folder) / "recipe.yaml"
        told = [{"paths": ["rows.jsonl"], "origin": "human", "fields": FIELDS}]
        recipe.write_text(f"inputs: {json.dumps(told)}\n{STAGES}")  # JSON is YAML
        with (Path(folder) / "rows.jsonl").open("w") as file:
            file.writelines(json.dumps(row) + "\n" for row in generated(rows))
        for _ in range(ROUNDS):
            for size in MEBIBYTES:
                command = [sys.executable, "-c", RUN, str(size), "run", str(recipe), "--overwrite"]
                run = measure([*command, "--out", f"{folder}/out", "--workers", "1"])
                if run.status:
                    raise SystemExit(run.stderr[-2000:])
                taken[size].append((run.cpu_s, run.peak_sum_mb))
    medians = {size: [statistics.median(one) for one in zip(*runs, strict=True)] for size, runs in taken.items()}
    return {str(size): {"cpu_s": cpu, "peak_mb": peak} for size, (cpu, peak) in medians.items()}


def table(figures: dict[str, Any]) -> str:
    told = figures["mebibytes"]
    rows = [
        ["CPU s", *(f"{one['cpu_s']:.1f}" for one in told.values())],
        ["peak MB", *(f"{one['peak_mb']:.0f}" for one in told.values())],
    ]
    heads = [f"{figures['rows']:,} generated rows, in shards of", *(f"{size} MiB" for size in told)]
    return f"{where(figures, 'polars')}\n\n{markdown(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    add_date(parser)
    given = parser.parse_args()
    figures = {"date": given.date, "machine": machine(), "rows": given.rows, "mebibytes": measured(given.rows)}
    print(table(figures))
    if given.date:
        publish("shard_size", figures)


if __name__ == "__main__":
    main()
