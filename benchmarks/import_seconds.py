"""Claim: `import ftdata` is cheap because what is dear is imported late.

    python benchmarks/import_seconds.py [--date 2026-11-21]

CPU seconds of a fresh interpreter that imports a module and ends, less those of one that imports nothing; the median of
seven.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from typing import Any

from measure import machine, measure
from pages import add_date, publish, where
from whole_job_page import markdown

ROUNDS = 7
STATEMENTS = (
    "import ftdata",
    "import hypothesis",
    "import hypothesis; from ftdata.testing import register; register()",
    "import polars",
    "import tiktoken",
    "import numba",
    "import datasketch",
    "import presidio_analyzer",
)


def seconds(statement: str) -> float:
    taken = []
    for _ in range(ROUNDS):
        measured = measure([sys.executable, "-c", statement])
        if measured.status:
            raise SystemExit(measured.stderr)
        taken.append(measured.cpu_s)
    return statistics.median(taken)


def table(figures: dict[str, Any]) -> str:
    rows = [[f"`{statement}`", f"{taken:.2f}"] for statement, taken in figures["cpu_s"].items()]
    return f"{where(figures, 'polars', 'numba', 'datasketch')}\n\n{markdown(['statement', 'CPU s'], rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_date(parser)
    given = parser.parse_args()
    os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"  # or it would register by itself, where ftdata is installed
    nothing = seconds("pass")
    seconds("; ".join(STATEMENTS))  # so that all bytecode is compiled and on a warm disk
    taken = {statement: round(max(0.0, seconds(statement) - nothing), 2) for statement in STATEMENTS}
    figures = {"date": given.date, "machine": machine(), "cpu_s": taken}
    print(table(figures))
    if given.date:
        publish("import_seconds", figures)


if __name__ == "__main__":
    main()
