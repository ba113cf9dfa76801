"""The main job on real data: rows in, dropped by reason, edited by kind, out by split, seconds, peak memory.

    python benchmarks/real_data.py DATA_FOLDER --date 2026-11-21
    python benchmarks/real_data.py DATA_FOLDER [--only NAME] [--workers 1 2] [--json figures.json]

DATA_FOLDER holds the files named in JOBS (they are not part of the project; their licences are with them). Every run is
the command line in a process of its own; the figures are read from the outputs that it wrote. With --date, which goes with all
jobs only, they are written to results/real_data.json, into docs/explanation/real-data.md and into the README.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from measure import machine, measure
from pages import add_date, publish, where
from whole_job_page import markdown

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


def unpacked_bytes(path: Path) -> int:
    if path.suffix != ".gz":
        return path.stat().st_size
    with gzip.open(path) as file:
        return sum(map(len, iter(lambda: file.read(1 << 20), b"")))


def run_job(name: str, folder: Path, workers: int) -> dict[str, Any]:
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
            "mb": round(sum(unpacked_bytes(folder / file) for file in files) / 1e6, 2),
            "dropped": dict(dropped.iter_rows()),
            "replaced": {one["kind"]: one["values"] for one in report["replaced"]},
            "edited_rows": sum(one["rows"] for one in report["edited"]),
            "out": dict(splits.iter_rows()),
            "wall_s": measured.wall_s,
            "cpu_s": measured.cpu_s,
            "peak_sum_mb": measured.peak_sum_mb,
            "workers": workers,
        }


def table(figures: dict[str, Any]) -> str:
    """A line per run."""
    heads = ["set", "rows in", "dropped", "values replaced", "out", "workers", "CPU s", "peak MB"]
    lines = []
    for job in figures["jobs"]:
        replaced = _counts(job["replaced"])
        lines.append(
            [
                job["name"],
                f"{job['rows']:,}",
                _counts(job["dropped"]),
                f"{replaced}, in {job['edited_rows']:,} rows" if job["edited_rows"] else replaced,
                _counts({name.removesuffix(".jsonl"): job["out"][name] for name in _in_order(job["out"])}),
                str(job["workers"]),
                f"{job['cpu_s']:.1f}",
                f"{job['peak_sum_mb']:.0f}",
            ]
        )
    return f"{where(figures, 'polars', 'tiktoken', 'numba')}\n\n{markdown(heads, lines)}"


def sentence(figures: dict[str, Any]) -> str:
    """What the README says of the large job."""
    one, *more = [job for job in figures["jobs"] if job["name"].startswith("large")]
    size = f" ({one['mb']:,.0f} MB)" if "mb" in one else ""
    peaks = [f"{one['peak_sum_mb']:,.0f} MB of memory with one worker"]
    peaks += [f"{job['peak_sum_mb']:,.0f} MB with {job['workers']}" for job in more]
    return f"{one['rows']:,} rows{size} are cleaned in {', '.join(peaks)}, all processes together."


def _counts(told: dict[str, int]) -> str:
    return ", ".join(f"`{name}` {count:,}" for name, count in told.items()) or "none"


def _in_order(outputs: dict[str, int]) -> list[str]:
    """train before val before test."""
    names = ("train.jsonl", "val.jsonl", "test.jsonl")
    return sorted(outputs, key=lambda name: names.index(name) if name in names else len(names))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--only")
    arguments.add_argument(
        "--workers", type=int, nargs="+", default=[1, 2], help="of the large job; others use the first"
    )
    add_date(arguments)
    given = arguments.parse_args()
    if given.date and (given.only or given.workers[:2] != [1, 2]):
        arguments.error("the pages tell of all jobs, with 1 and 2 workers: --date goes without --only and --workers")
    jobs = []
    for name in JOBS:
        if given.only and given.only not in name:
            continue
        for workers in given.workers if name.startswith("large") else given.workers[:1]:
            jobs.append(run_job(name, given.folder, workers))
            print(json.dumps(jobs[-1]), flush=True)
    figures = {"date": given.date, "machine": machine(), "jobs": jobs}
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if failed := [job["name"] for job in jobs if job.get("status")]:
        raise SystemExit(f"nothing is published: {', '.join(failed)} failed")
    print(table(figures))
    if given.date:
        publish("real_data", figures)


if __name__ == "__main__":
    main()
