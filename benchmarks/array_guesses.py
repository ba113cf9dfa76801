"""Claim: guessing where an element of a JSON array ends pays, and 16 wrong guesses in a row are a good time to stop.

    python benchmarks/array_guesses.py

Three arrays of 32 MB, made up: chats that all begin with the same key (every guess is right), objects that begin with
another key each (every guess is wrong, and cheap), and objects whose inner objects begin with the same key (every guess
is wrong, and costs a parse of half the element). CPU seconds, the best of three, for several limits.
"""

from __future__ import annotations

import io
import json
import time

from ftdata.io import json_array
from ftdata.io.json_array import JsonElements

SIZE = 32 << 20
LIMITS = (0, 1, 4, 16, 64, 1 << 40)
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
    json_array._MISSES = limit  # noqa: SLF001  # the constant that is measured
    best = float("inf")
    for _ in range(3):
        stream = io.BytesIO(data)
        began = time.process_time()
        for _element in JsonElements(stream.read, array=True, max_bytes=64 << 20):
            pass
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    print("| array |", " | ".join("never stop" if limit > 100 else f"stop at {limit}" for limit in LIMITS), "|")
    print("| --- |", " | ".join("--:" for _ in LIMITS), "|")
    for name, row in ROWS.items():
        data = array_of(row)
        print(f"| {name} |", " | ".join(f"{seconds(data, limit):.2f}" for limit in LIMITS), "|", flush=True)


if __name__ == "__main__":
    main()
