"""Claim: to start a worker process costs about as much as two calls on full shards, and libraries leave much in it.

    python benchmarks/worker_cost.py [--date 2026-11-21]

CPU seconds until a worker has started, CPU seconds of one call on a full shard (shingles and band keys of its texts; tokens of
its texts), of the first one, which loads the libraries, and of any other; and the resident memory of the worker: started, after
its first shard and after many. The shards hold made-up chats.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING, Any

import psutil
from measure import machine
from memory import generated
from pages import add_date, publish, where
from whole_job_page import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

SHARDS = 24


def spent() -> tuple[float, float]:
    """CPU seconds and resident megabytes of the process that is asked; sent to a worker."""
    return time.process_time(), psutil.Process().memory_info().rss / 1e6


def deduplicated(texts: pl.DataFrame) -> float:
    """CPU seconds of what `Deduplicate` asks first of a shard."""
    from ftdata.near_duplicates import band_keys, compared_parts, normalise, parameters, shingle, signatures

    began = time.process_time()
    bands, rows = parameters(0.8)
    sets = shingle(normalise(compared_parts(texts)["whole"]))
    band_keys(signatures(sets), bands=bands, rows=rows)
    return time.process_time() - began


def counted(texts: pl.DataFrame) -> float:
    """CPU seconds for the tokens of a shard."""
    from ftdata.tokens import load_encoding

    began = time.process_time()
    load_encoding("o200k_base").count(texts["text"].to_list())
    return time.process_time() - began


def measured() -> dict[str, Any]:
    from ftdata import Dataset
    from ftdata.engines.processes import ProcessEngine

    rows = int(SHARDS * 1.02 * (2 << 20) / 560)  # a row of `generated` has some 560 bytes
    shards = [shard.texts for shard in Dataset.from_rows(generated(rows)).each_shard()][:SHARDS]
    engine = ProcessEngine(workers=1)

    def one(function: Callable[..., Any], *args: Any) -> Any:
        return next(iter(engine.get([engine.run(function, *args)])))

    start, at_start = one(spent)
    resident = [at_start]
    taken: dict[str, list[float]] = {"deduplicate": [], "count": []}
    for number, texts in enumerate(shards):
        taken["deduplicate"].append(one(deduplicated, texts))
        taken["count"].append(one(counted, texts))
        if not number:
            resident.append(one(spent)[1])
    resident.append(one(spent)[1])
    engine.close()
    return {
        "shards": len(shards),
        "start_cpu_s": round(start, 2),
        "first_call_cpu_s": {name: round(calls[0], 2) for name, calls in taken.items()},
        "call_cpu_s": {name: round(statistics.median(calls[1:]), 2) for name, calls in taken.items()},
        "mb": dict(zip(("started", "first_shard", "all_shards"), map(round, resident), strict=True)),
    }


def table(figures: dict[str, Any]) -> str:
    told = figures["worker"]
    rows = [
        ["start of a worker", f"{told['start_cpu_s']:.2f}", f"{told['mb']['started']}"],
        ["its first shard: signatures", f"{told['first_call_cpu_s']['deduplicate']:.2f}", ""],
        ["its first shard: tokens", f"{told['first_call_cpu_s']['count']:.2f}", f"{told['mb']['first_shard']}"],
        ["any other shard: signatures", f"{told['call_cpu_s']['deduplicate']:.2f}", ""],
        ["any other shard: tokens", f"{told['call_cpu_s']['count']:.2f}", f"{told['mb']['all_shards']}"],
    ]
    heads = ["", "CPU s", f"MB resident afterwards (last line: after {told['shards']} shards)"]
    return f"{where(figures, 'polars', 'numba', 'tiktoken')}\n\n{markdown(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_date(parser)
    given = parser.parse_args()
    figures = {"date": given.date, "machine": machine(), "worker": measured()}
    print(table(figures))
    if given.date:
        publish("worker_cost", figures)


if __name__ == "__main__":
    main()
