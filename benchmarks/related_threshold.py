"""Claim: at `related=0.5` Split leaves few copies on both sides, and ties few rows together that have nothing in common.

    python benchmarks/related_threshold.py DATA_FOLDER [--only NAME] [--limit N] [--date 2026-11-21]

For each set, after `Deduplicate()`, and each threshold: how many rows are in the largest cluster, how many clusters there
are, and how many rows of val and test leak, that is have at least half of their runs of 13 words in one single row of train.
Runs of 13 words are the measure of contamination of Brown et al. 2020 (GPT-3, appendix C), and none of ftdata's: it looks at
other lengths, in one direction, and at everything that the row says. Rows with fewer words are left out of the count.
60/20/20, sums over three seeds.

DATA_FOLDER holds the files named in SETS (they are not part of the project; their licences are with them).
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from measure import machine
from pages import add_date, publish, where
from whole_job_page import markdown

RUN = 13
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
SEEDS = 3

# name: file, the first rows of it
SETS = {
    "OASST1, threads of a conversation, without their tree as group": ("oasst1_en_val_threads.jsonl", None),
    "Glaive, tool calls": ("glaive_demo_tools.jsonl", None),
    "HH-RLHF, pairs": ("hh_rlhf_harmless_test_pref.jsonl", None),
    "Taskmaster 4, tool calls": ("taskmaster4_tools.jsonl", None),
    "Model-written evals": ("large/anthropic_evals.jsonl.gz", 30_000),
    "MMLU, questions": ("mmlu_test_sample.jsonl", None),
    "GPTeacher, instructions": ("gpteacher.jsonl", None),
}


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inside for text in strings(item)]


def runs(row: dict) -> frozenset[int]:
    """The runs of words of a row, by Python's hash within this process."""
    said = [m for m in row["messages"] if m.get("role") != "system"] if "messages" in row else row
    words = re.findall(r"\w+", " ".join(strings(said)).lower())
    return frozenset(hash(tuple(words[i : i + RUN])) for i in range(len(words) - RUN + 1))


def leaks(rows: list[frozenset[int]], splits: list[str]) -> tuple[int, int]:
    """Rows of val and test that leak, and those that are long enough to be judged."""
    train: dict[int, list[int]] = defaultdict(list)
    for i, (own, split) in enumerate(zip(rows, splits, strict=True)):
        if split == "train":
            for run in own:
                train[run].append(i)
    leaking = judged = 0
    for own, split in zip(rows, splits, strict=True):
        if split == "train" or not own:
            continue
        judged += 1
        shared: dict[int, int] = defaultdict(int)
        for run in own:
            for i in train.get(run, ()):
                shared[i] += 1
        leaking += max(shared.values(), default=0) * 2 >= len(own)
    return leaking, judged


def measured(path: Path, limit: int | None) -> dict[str, Any]:
    from ftdata import Dataset, Deduplicate, Split

    data = Deduplicate()(Dataset.read(path, origin="human", limit=limit))
    rows = [runs(json.loads(json.dumps(row))) for row in data.rows()]
    told: dict[str, dict[str, int]] = {}
    for related in THRESHOLDS:
        leaking = judged = 0
        notes: dict[str, Any] = {}
        for seed in range(SEEDS):
            after = Split(train=0.6, val=0.2, test=0.2, related=related, seed=seed)(data)
            found, of = leaks(rows, after.column("split").cast(str).to_list())
            leaking, judged, notes = leaking + found, judged + of, after.notes["split"]
        told[str(related)] = {
            "clusters": notes["clusters"],
            "largest_cluster": notes["largest_cluster"],
            "leaking": leaking,
            "judged": judged,
        }
    return {"file": path.name, "first_rows": limit, "rows": len(rows), "related": told}


def table(figures: dict[str, Any]) -> str:
    thresholds = ["**0.5**" if key == "0.5" else key for key in map(str, THRESHOLDS[:-1])]
    heads = [*thresholds, "not at all"]  # at 1.0 only equal texts are tied
    leaking, largest = [], []
    for one in figures["sets"]:
        name, told = f"{one['name']} ({one['rows']:,})", one["related"].values()
        shares = (of["leaking"] / of["judged"] if of["judged"] else 0 for of in told)
        leaking.append(
            [name, *(f"{of['leaking']:,} ({share * 100:.1f} %)" for of, share in zip(told, shares, strict=True))]
        )
        largest.append([name, *(f"{of['largest_cluster']:,}" for of in told)])
    return "\n\n".join(
        [
            where(figures, "polars", "numpy"),
            markdown(["rows of val and test that leak, and their share", *heads], leaking),
            markdown(["rows in the largest cluster", *heads], largest),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DATA_FOLDER")
    parser.add_argument("--only", metavar="NAME", help="sets whose name holds this")
    parser.add_argument("--limit", type=int, help="only the first rows of each file")
    add_date(parser)
    given = parser.parse_args()
    if given.date and (given.only or given.limit):
        parser.error("the page tells of all sets whole: --date goes without --only and --limit")
    sets = []
    for name, (file, first) in SETS.items():
        if (given.only or "") in name:
            limit = min((n for n in (first, given.limit) if n), default=None)
            sets.append({"name": name, **measured(given.folder / file, limit)})
            print(json.dumps(sets[-1]), flush=True)
    figures = {"date": given.date, "machine": machine(), "sets": sets}
    print(table(figures))
    if given.date:
        publish("related_threshold", figures)


if __name__ == "__main__":
    main()
