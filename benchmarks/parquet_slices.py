"""Claim: a large row group of a Parquet file can be read a thousand rows at a time, since a slice is read from its own pages.

    python benchmarks/parquet_slices.py [--date 2026-11-21]

Three million made-up rows of one short text and a number in a single row group, read as JSON rows, in slices of several sizes.
CPU seconds and peak memory of a process for each.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import machine, measure
from pages import add_date, publish, where
from whole_job_page import markdown

ROWS = 3_000_000
SLICES = (256, 1_024, 4_096, 65_536)
READ = """\
import sys
from ftdata.io import parquet
parquet.SLICE_ROWS = int(sys.argv[2])
parquet.SLICE_BYTES = 1 << 40
for _ in parquet.parquet_rows(sys.argv[1]):
    pass
"""


def write(path: Path) -> None:
    import polars as pl

    numbers = pl.int_range(ROWS, eager=True)
    frame = pl.DataFrame({"text": "the row with the number " + numbers.cast(pl.String), "number": numbers})
    frame.write_parquet(path, row_group_size=ROWS)


def table(figures: dict[str, Any]) -> str:
    told = figures["slices"]
    rows = [
        ["CPU s", *(f"{one['cpu_s']:.1f}" for one in told.values())],
        ["peak MB", *(f"{one['peak_mb']:.0f}" for one in told.values())],
    ]
    heads = [f"{figures['rows']:,} rows of one row group, in slices of", *(f"{int(size):,}" for size in told)]
    return f"{where(figures, 'polars')}\n\n{markdown(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_date(parser)
    given = parser.parse_args()
    told: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        write(path)
        for size in SLICES:
            measured = measure([sys.executable, "-c", READ, str(path), str(size)])
            if measured.status:
                raise SystemExit(measured.stderr)
            told[str(size)] = {"cpu_s": measured.cpu_s, "peak_mb": measured.peak_sum_mb}
    figures = {"date": given.date, "machine": machine(), "rows": ROWS, "slices": told}
    print(table(figures))
    if given.date:
        publish("parquet_slices", figures)


if __name__ == "__main__":
    main()
