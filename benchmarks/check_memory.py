"""Claim: `ftdata check` needs no more memory for listing the problems that it found than for telling each rule once.

    python benchmarks/check_memory.py [--date YYYY-MM-DD]

Every generated row breaks rules of the target in three places. The peak of the whole process is measured with one worker, for a
number of rows and for four times as many, in each of the three ways in which problems are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import machine, measure
from pages import ROOT, add_date, publish, where
from whole_job_page import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

WAYS = {"each rule once": [], "`--all`": ["--all"], "`--json`": ["--json"]}


def broken(rows: int) -> Iterator[dict[str, Any]]:
    """Chats of a role that there is not, without an answer, and with a key that the target does not take."""
    for number in range(rows):
        question = {"role": "customer", "content": f"Question {number:08} about the bill of last month."}
        yield {"messages": [question, {"role": "assistant", "content": ""}], "ticket": number}


def peaks(sizes: tuple[int, int]) -> dict[str, Any]:
    path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    os.environ["PYTHONPATH"] = path
    told: dict[str, Any] = {"rows": sizes, "mb": [], "problems": [], "peak_mb": {way: [] for way in WAYS}}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "rows.jsonl"
        for rows in sizes:
            with data.open("w") as file:
                file.writelines(json.dumps(row) + "\n" for row in broken(rows))
            told["mb"].append(round(data.stat().st_size / 1e6, 1))
            for way, options in WAYS.items():
                command = [sys.executable, "-m", "ftdata", "check", str(data), "--target", "openai", "--workers", "1"]
                measured = measure([*command, *options])
                if measured.status != 1:
                    raise SystemExit(measured.stderr[-2000:])
                told["peak_mb"][way].append(measured.peak_sum_mb)
                if "--json" in options:
                    told["problems"].append(measured.stdout.count("\n"))
    return told


def table(figures: dict[str, Any]) -> str:
    told = figures["peaks"]
    heads = [
        f"{rows:,} rows, {mb:g} MB, {problems:,} problems"
        for rows, mb, problems in zip(told["rows"], told["mb"], told["problems"], strict=True)
    ]
    rows = [[way, *(f"{peak:,.0f} MB" for peak in found)] for way, found in told["peak_mb"].items()]
    return "\n\n".join([where(figures, "polars"), markdown(["peak of `ftdata check`", *heads], rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    add_date(parser)
    given = parser.parse_args()
    figures = {"date": given.date, "machine": machine(), "peaks": peaks((given.rows // 4, given.rows))}
    print(table(figures))
    if given.date:
        publish("check_memory", figures)


if __name__ == "__main__":
    main()
