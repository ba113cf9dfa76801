"""Claim: counting the tokens of equal texts once spares much where system prompts repeat, and costs next to nothing where not.

    python benchmarks/repeated_texts.py DATA_FOLDER [--date 2026-11-21]

For each file: the share of characters in texts that stood before, and CPU seconds for counting all texts one by one and
for counting the different ones, the best of three.

DATA_FOLDER holds the files named in FILES (they are not part of the project; their licences are with them).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from measure import best, machine
from pages import add_date, publish, where
from whole_job_page import markdown

FILES = ("tau_bench_tools.jsonl", "taskmaster4_tools.jsonl", "oasst1_en_val_threads.jsonl", "gpteacher.jsonl")


def measured(path: Path) -> dict[str, Any]:
    from ftdata import Dataset
    from ftdata.tokens import load_encoding

    texts = [
        text
        for shard in Dataset.read(path).each_shard()
        for kind, text in shard.texts.select("kind", "text").iter_rows()
        if kind in {"content", "reasoning", "arguments"}
    ]
    counter = load_encoding("o200k_base")
    characters = sum(map(len, texts))
    one_by_one = best(lambda: [counter.encoding.encode_ordinary(text) for text in texts])
    return {
        "file": path.name,
        "texts": len(texts),
        "characters": characters,
        "repeated_share": round(1 - sum(map(len, set(texts))) / characters, 4),
        "each_cpu_s": one_by_one,
        "different_cpu_s": best(lambda: counter.count(texts)),
        "look_up_cpu_s": best(lambda: [*map(dict.fromkeys(texts, 0).__getitem__, texts)]),
    }


def table(figures: dict[str, Any]) -> str:
    rows = [
        [
            f"{one['file']} ({one['texts']:,})",
            f"{one['characters']:,}",
            f"{one['repeated_share'] * 100:.0f} %",
            f"{one['each_cpu_s']:.2f}",
            f"{one['different_cpu_s']:.2f}",
            f"{one['look_up_cpu_s']:.3f}",
        ]
        for one in figures["files"]
    ]
    heads = [
        "file (texts)",
        "characters",
        "in texts that stood before",
        "each text, CPU s",
        "different texts, CPU s",
        "of it the look-up",
    ]
    return f"{where(figures, 'tiktoken')}\n\n{markdown(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DATA_FOLDER")
    add_date(parser)
    given = parser.parse_args()
    files = [measured(given.folder / file) for file in FILES]
    figures = {"date": given.date, "machine": machine(), "files": files}
    print(table(figures))
    if given.date:
        publish("repeated_texts", figures)


if __name__ == "__main__":
    main()
