"""Claim: a compiled kernel is much quicker than its numpy twin, and on small inputs the twin is done before numba is loaded.

    python benchmarks/twins.py [--date 2026-11-21]

Shingles and signatures of 1 MB and of 16 MB of made-up texts with either, CPU seconds, the best of three, the kernel compiled
before; and the order of a million band keys by a sort that carries the row number in the low bits and by a stable argsort.
What loading numba costs is measured by `import_seconds.py`.
"""

from __future__ import annotations

import argparse
import importlib
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
from measure import best, machine
from pages import add_date, publish, where
from whole_job_page import markdown

if TYPE_CHECKING:
    import polars as pl

KEYS = 1_000_000


def texts(size: int) -> pl.Series:
    """Texts of 120 words, so many bytes of them."""
    import polars as pl

    draw = np.random.default_rng(3)
    told, written = [], 0
    while written < size:
        told.append(" ".join(f"word{number}" for number in draw.integers(0, 5_000, 120)))
        written += len(told[-1])
    return pl.Series(told)


def without_kernels() -> ExitStack:
    """Inside the block everything goes the way of small inputs."""
    from ftdata.near_duplicates import minhash

    shingle = importlib.import_module("ftdata.near_duplicates.shingle")  # the package has a function of that name
    stack = ExitStack()
    for module, limit in ((shingle, "_SMALL_BYTES"), (minhash, "_SMALL_SHINGLES")):
        stack.enter_context(mock.patch.object(module, "kernels_loaded", return_value=False))
        stack.enter_context(mock.patch.object(module, limit, 1 << 60))
    return stack


def measured() -> dict[str, dict[str, float]]:
    from ftdata.near_duplicates import (
        buckets,
        kernels,  # noqa: F401  # from here on the kernels are loaded, and used
        shingle,
        signatures,
    )

    told: dict[str, dict[str, float]] = {}
    for size in (1, 16):
        some = texts(size << 20)
        sets = shingle(some)
        calls = {"shingles": partial(shingle, some), "signatures": partial(signatures, sets)}
        for name, call in calls.items():
            call()  # compiles the kernel
            kernel = best(call)
            with without_kernels():
                told[f"{name} of {size} MB"] = {"one": kernel, "other": best(call)}
    keys = np.random.default_rng(5).integers(0, 1 << 63, KEYS, dtype=np.uint64)
    told[f"order of {KEYS:,} keys"] = {
        "one": best(lambda: buckets._sorted_rows(keys)),  # noqa: SLF001  # what is measured
        "other": best(lambda: np.argsort(keys, kind="stable")),
    }
    return told


def table(figures: dict[str, Any]) -> str:
    rows = [
        [name, f"{told['one']:.3f}", f"{told['other']:.3f}", f"{told['other'] / told['one']:.1f}"]
        for name, told in figures["cpu_s"].items()
    ]
    heads = ["CPU s", "kernel, or sort with numbers", "numpy twin, or stable argsort", "ratio"]
    return f"{where(figures, 'numba', 'numpy')}\n\n{markdown(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_date(parser)
    given = parser.parse_args()
    figures = {"date": given.date, "machine": machine(), "cpu_s": measured()}
    print(table(figures))
    if given.date:
        publish("twins", figures)


if __name__ == "__main__":
    main()
