"""Claim: lines are parsed quicker in blocks than one by one, and a quarter of a megabyte is as good as any larger block.

    python benchmarks/parse_blocks.py [--date 2026-11-21]

32 MB of made-up chats as JSONL, parsed 2 MB at a call as a run does it, in blocks of several sizes. CPU seconds, the best of
five rounds in which all sizes take turns.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from measure import machine
from pages import add_date, publish, where
from whole_job_page import markdown

SIZE, CALL = 32 << 20, 2 << 20
BLOCKS = {"one line": 1, "16 kB": 16 << 10, "64 kB": 64 << 10, "256 kB": 256 << 10, "1 MB": 1 << 20, "2 MB": 2 << 20}
WORDS = " ".join(f"word{i}" for i in range(60))


def calls() -> list[list[bytes]]:
    """The lines of each call."""
    told, size, number = [[]], 0, 0
    while number * 1_000 < SIZE:
        said = [{"role": "user", "content": f"{number} {WORDS}"}, {"role": "assistant", "content": WORDS}]
        line = json.dumps({"messages": said}).encode()
        if size + len(line) > CALL:
            told.append([])
            size = 0
        told[-1].append(line)
        size, number = size + len(line), number + 1
    return told


def seconds(told: list[list[bytes]], block: int) -> float:
    from ftdata.json_bytes import parse

    parse._BLOCK_BYTES = block  # noqa: SLF001  # the constant that is measured
    began = time.process_time()
    for lines in told:
        parse.parse_lines(lines)
    return time.process_time() - began


def table(figures: dict[str, Any]) -> str:
    told = figures["cpu_s"]
    row = ["CPU s", *(f"{taken:.2f}" for taken in told.values())]
    return f"{where(figures, 'orjson')}\n\n{markdown(['blocks of', *told], [row])}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_date(parser)
    given = parser.parse_args()
    told = calls()
    best = dict.fromkeys(BLOCKS, float("inf"))
    for _ in range(5):
        for name, block in BLOCKS.items():
            best[name] = min(best[name], round(seconds(told, block), 2))
    figures = {"date": given.date, "machine": machine(), "cpu_s": best}
    print(table(figures))
    if given.date:
        publish("parse_blocks", figures)


if __name__ == "__main__":
    main()
