"""Claim: on templated sets, passages that much of the set shares make different examples look alike; where a passage begins to
be common matters little.

    python benchmarks/common_passages.py DATA_FOLDER [--date 2026-11-21]

Natural Instructions: some sixty task descriptions, each before thousands of examples. How many rows `Deduplicate` removes
with the descriptions in the comparison and without them; and how many lines of prompts stand in at least so many rows of the two
large files together.

DATA_FOLDER holds the files under `large/` (they are not part of the project; their licences are with them).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from unittest import mock

from measure import machine
from pages import add_date, publish, where
from whole_job_page import markdown

TEMPLATED = "large/natural_instructions_v1.jsonl.gz"
LARGE = ("large/anthropic_evals.jsonl.gz", TEMPLATED)
LEAST = (20, 50, 100, 281, 500, 1000)  # 281 is one of a thousand


def removed(path: Path, *, whole: bool) -> dict[str, int]:
    from ftdata import Dataset, Deduplicate, near_duplicates

    def nothing(*_: object, **__: object) -> frozenset[int]:
        return frozenset()

    data = Dataset.read(path, origin="human")
    with mock.patch.object(near_duplicates, "common_lines", nothing if whole else near_duplicates.common_lines):
        reasons = Deduplicate(threshold=0.8)(data).ledger["reason"].cast(str).to_list()
    return {reason: reasons.count(reason) for reason in ("exact_duplicate", "near_duplicate")}


def shared_lines(paths: list[Path]) -> dict[str, Any]:
    """How many lines stand in at least so many rows."""
    import polars as pl

    from ftdata import Dataset
    from ftdata.near_duplicates import count_lines

    data = Dataset.read(paths, origin="human")
    counts = pl.concat([count_lines(shard.texts) for shard in data.each_shard()])
    counts = counts.group_by("line").agg(pl.col("rows").sum())
    return {
        "rows": len(data.index),
        "lines": counts.height,
        "at_least": {str(least): int((counts["rows"] >= least).sum()) for least in LEAST},
    }


def table(figures: dict[str, Any]) -> str:
    told, lines = figures["removed"], figures["lines"]
    heads = ["rows removed", "exact duplicates", "near-duplicates"]
    rows = [
        [words, f"{told[key]['exact_duplicate']:,}", f"{told[key]['near_duplicate']:,}"]
        for key, words in (
            ("with_passages", "with shared passages"),
            ("without", "without them, as `Deduplicate` does"),
        )
    ]
    counted = markdown(
        ["a line stands in at least so many rows", *(f"{int(least):,}" for least in lines["at_least"])],
        [["lines", *(f"{count:,}" for count in lines["at_least"].values())]],
    )
    return "\n\n".join(
        [
            where(figures, "polars"),
            f"{told['file']}, {told['rows']:,} rows:",
            markdown(heads, rows),
            f"{', '.join(lines['files'])}, {lines['rows']:,} rows with {lines['lines']:,} different lines in their prompts:",
            counted,
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DATA_FOLDER")
    add_date(parser)
    given = parser.parse_args()
    from ftdata import Dataset

    path = given.folder / TEMPLATED
    figures: dict[str, Any] = {
        "date": given.date,
        "machine": machine(),
        "removed": {
            "file": path.name,
            "rows": len(Dataset.read(path).index),
            "with_passages": removed(path, whole=True),
            "without": removed(path, whole=False),
        },
        "lines": {"files": [Path(name).name for name in LARGE]} | shared_lines([given.folder / name for name in LARGE]),
    }
    print(table(figures))
    if given.date:
        publish("common_passages", figures)


if __name__ == "__main__":
    main()
