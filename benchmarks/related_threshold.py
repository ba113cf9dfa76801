"""Claim: at `related=0.6` Split leaves few copies on both sides, and ties few rows together that have nothing in common.

    python benchmarks/related_threshold.py DATA/*.jsonl [--dedup] [--limit N]

For each file and each threshold: how many rows are in the largest cluster, how many clusters there are, and how many
rows of val and test leak, that is have at least half of their runs of 13 words in one single row of train. Runs of 13
words are the measure of contamination of Brown et al. 2020 (GPT-3, appendix C), and none of ftdata's: it looks at other
lengths, in one direction, and at everything that the row says. Rows with fewer words are left out of the count.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict

from ftdata import Dataset, Deduplicate, Split

RUN = 13
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inside for text in strings(item)]


def runs(row: dict) -> set[tuple[str, ...]]:
    said = [m for m in row["messages"] if m.get("role") != "system"] if "messages" in row else row
    words = re.findall(r"\w+", " ".join(strings(said)).lower())
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def leaks(rows: list[dict], splits: list[str]) -> tuple[int, int]:
    """Rows of val and test that leak, and those that are long enough to be judged."""
    train: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for i, (row, split) in enumerate(zip(rows, splits, strict=True)):
        if split == "train":
            for run in runs(row):
                train[run].add(i)
    leaking = judged = 0
    for row, split in zip(rows, splits, strict=True):
        own = runs(row)
        if split == "train" or not own:
            continue
        judged += 1
        shared: dict[int, int] = defaultdict(int)
        for run in own:
            for i in train.get(run, ()):
                shared[i] += 1
        leaking += max(shared.values(), default=0) * 2 >= len(own)
    return leaking, judged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--dedup", action="store_true", help="after Deduplicate(), as in a recipe")
    parser.add_argument("--limit", type=int, help="only the first rows of each file")
    asked = parser.parse_args()
    print("| file | related | clusters | largest cluster | leaking rows of val and test |")
    print("| --- | --: | --: | --: | --: |")
    for path in asked.files:
        data = Dataset.read(path, origin="human", limit=asked.limit)
        data = Deduplicate()(data) if asked.dedup else data
        rows = [json.loads(json.dumps(row)) for row in data.rows()]
        for related in THRESHOLDS:
            leaking = judged = clusters = largest = 0
            for seed in range(3):
                after = Split(train=0.6, val=0.2, test=0.2, related=related, seed=seed)(data)
                found, of = leaks(rows, after.column("split").cast(str).to_list())
                leaking, judged = leaking + found, judged + of
                clusters, largest = after.notes["split"]["clusters"], after.notes["split"]["largest_cluster"]
            name = path.rpartition("/")[2]
            print(f"| {name} ({len(rows):,}) | {related} | {clusters:,} | {largest} | {leaking} of {judged:,} |")


if __name__ == "__main__":
    main()
