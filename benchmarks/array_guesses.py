"""Claim: guessing where an element of a JSON array ends pays, and 16 wrong guesses in a row are a good time to stop.

    python benchmarks/array_guesses.py [--date 2026-11-21]

Three arrays of 32 MB, made up: chats that all begin with the same key (every guess is right), objects that begin with
another key each (every guess is wrong, and cheap), and objects whose inner objects begin with the same key (every guess
is wrong, and costs a parse of half the element). CPU seconds, the best of three, for several limits.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from typing import Any

from measure import machine
from pages import add_date, publish, where
from whole_job_page import markdown

SIZE = 32 << 20
LIMITS = {"never guess": 0, "1": 1, "4": 4, "16": 16, "64": 64, "never stop": 1 << 40}
WORDS = " ".join(f"word{i}" for i in range(60))


def chat(number: int) -> dict:
    return {"messages": [{"role": "user", "content": f"{number} {WORDS}"}, {"role": "assistant", "content": WORDS}]}


ROWS = {
    "same first key": chat,
    "another first key each": lambda number: {f"key{number}": number, **chat(number)},
    "inner objects alike": lambda number: {
        "a": 1,
        "steps": [{"a": step, "text": WORDS} for step in range(8)],
        "n": number,
    },
}


def array_of(row) -> bytes:
    parts, size, number = [], 0, 0
    while size < SIZE:
        parts.append(json.dumps(row(number)))
        size, number = size + len(parts[-1]), number + 1
    return ("[" + ", ".join(parts) + "]").encode()


def seconds(data: bytes, limit: int) -> float:
    from ftdata.io import json_array

    json_array._MISSES = limit  # noqa: SLF001  # the constant that is measured
    best = float("inf")
    for _ in range(3):
        stream = io.BytesIO(data)
        began = time.process_time()
        for _element in json_array.JsonElements(stream.read, array=True, max_bytes=64 << 20):
            pass
        best = min(best, time.process_time() - began)
    return round(best, 2)


def table(figures: dict[str, Any]) -> str:
    limits = list(next(iter(figures["cpu_s"].values())))
    rows = [[name, *(f"{told[limit]:.2f}" for limit in limits)] for name, told in figures["cpu_s"].items()]
    heads = ["CPU s; wrong guesses in a row that are allowed", *limits]
    return f"{where(figures, 'orjson')}\n\n{markdown(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_date(parser)
    given = parser.parse_args()
    told: dict[str, dict[str, float]] = {}
    for name, row in ROWS.items():
        data = array_of(row)
        told[name] = {words: seconds(data, limit) for words, limit in LIMITS.items()}
    figures = {"date": given.date, "machine": machine(), "cpu_s": told}
    print(table(figures))
    if given.date:
        publish("array_guesses", figures)


if __name__ == "__main__":
    main()
