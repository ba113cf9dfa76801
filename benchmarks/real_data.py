"""The main job on real data: rows in, dropped by reason, edited by kind, out by split, seconds, peak memory.

    python benchmarks/real_data.py DATA_FOLDER [--json figures.json] [--only NAME] [--workers 1 2]

DATA_FOLDER holds the files named in JOBS (they are not part of the project; their licences are with them). Every run is
the command line in a process of its own; the figures are read from the outputs that it wrote.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import polars as pl
from measure import machine, measure

CHAT = """\
stages:
  - {stage: Validate, target: TARGET}
  - {stage: ScrubPII}
  - {stage: Deduplicate, threshold: 0.8}
  - {stage: FilterTokens, max_tokens: 4096, encoding: o200k_base}
  - {stage: Split, SPLIT, seed: 7}
  - {stage: Describe, by: split}
"""
HELD_OUT = "train: 0.8, val: 0.1, test: 0.1"
TRAIN_ONLY = "train: 1.0, val: 0, test: 0"

# name: files, origin, target, split, whether private data is scrubbed
JOBS = {
    "oasst1 (human)": (["oasst1_en_val_threads.jsonl"], "human", "trl", HELD_OUT, True),
    "tau_bench (human)": (["tau_bench_tools.jsonl"], "human", "trl", HELD_OUT, True),
    "gpteacher (synthetic)": (["gpteacher.jsonl"], "synthetic", "trl", TRAIN_ONLY, True),
    "glaive (synthetic)": (["glaive_demo_tools.jsonl"], "synthetic", "trl", TRAIN_ONLY, True),
    "hh_rlhf (preference)": (["hh_rlhf_harmless_test_pref.jsonl"], "human", "trl", HELD_OUT, True),
    "crosswoz (unspaced)": (["crosswoz_zh.jsonl"], "human", "trl", HELD_OUT, True),
    "kdconv (unspaced)": (["kdconv_zh.jsonl"], "human", "trl", HELD_OUT, True),
    "large, PII off": (
        ["large/anthropic_evals.jsonl.gz", "large/natural_instructions_v1.jsonl.gz"], "human", "trl", HELD_OUT, False,
    ),
}  # fmt: skip


def run_job(name: str, folder: Path, workers: int) -> dict[str, object]:
    files, origin, target, split, scrub = JOBS[name]
    with tempfile.TemporaryDirectory() as work:
        recipe = Path(work) / "recipe.yaml"
        text = CHAT.replace("TARGET", target).replace("SPLIT", split)
        recipe.write_text(text if scrub else text.replace("  - {stage: ScrubPII}\n", ""))
        out = Path(work) / "clean"
        command = [sys.executable, "-m", "ftdata", "run", str(recipe), *(str(folder / file) for file in files)]
        measured = measure([*command, "--out", str(out), "--origin", origin, "--workers", str(workers)])
        if measured.status:
            return {"name": name, "status": measured.status, "error": measured.stderr.strip().splitlines()[-1]}
        rows = pl.read_parquet(out / "rows.parquet")
        report = json.loads((out / "report.json").read_text())
        dropped = rows.filter(pl.col("fate") == "dropped").group_by("reason").len().sort("reason")
        splits = rows.filter(pl.col("fate") == "kept").group_by("output").len().sort("output")
        return {
            "name": name,
            "rows": rows.height,
            "dropped": dict(dropped.iter_rows()),
            "replaced": {one["kind"]: one["values"] for one in report["replaced"]},
            "edited_rows": sum(one["rows"] for one in report["edited"]),
            "out": dict(splits.iter_rows()),
            "wall_s": measured.wall_s,
            "cpu_s": measured.cpu_s,
            "peak_sum_mb": measured.peak_sum_mb,
            "workers": workers,
        }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--only")
    arguments.add_argument(
        "--workers", type=int, nargs="+", default=[1, 2], help="of the large job; others use the first"
    )
    given = arguments.parse_args()
    figures = []
    for name in JOBS:
        if given.only and given.only not in name:
            continue
        for workers in given.workers if name.startswith("large") else given.workers[:1]:
            figures.append(run_job(name, given.folder, workers))
            print(json.dumps(figures[-1]), flush=True)
    if given.json:
        given.json.write_text(json.dumps({"machine": machine(), "jobs": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
