"""Claim: the MinHash bands propose nearly every pair that is as alike as the threshold, as the formula says.

    python benchmarks/candidate_recall.py DATA_FOLDER [--date 2026-11-21]

All pairs of a file that reach the threshold are found by brute force: sets of tuples of five words, an inverted index, no
hashing and no estimate. Then it is asked which of them share a band, and how many the formula expects (`expected_recall`, summed
over the pairs). Equal texts are taken once: they always share every band. The words are ftdata's (`normalise`), since it
is the bands that are judged here; `whole_job.py` judges the words too.

DATA_FOLDER holds the files named in FILES (they are not part of the project; their licences are with them).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import machine
from pages import add_date, publish, where
from whole_job_page import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

THRESHOLDS = ("0.5", "0.7", "0.8", "0.9")
NGRAM = 5
# file, the first rows of it
FILES = {
    "oasst1_en_val_threads.jsonl": None,
    "gpteacher_toolformer_dedup_tiers.jsonl": None,
    "glaive_demo_tools.jsonl": None,
    "taskmaster4_tools.jsonl": None,
    "large/anthropic_evals.jsonl.gz": 10_000,
}


def word_sets(normalised: Sequence[str]) -> list[frozenset[tuple[str, ...]]]:
    told = (text.split(" ") if text else [] for text in normalised)
    return [
        frozenset(tuple(words[i : i + NGRAM]) for i in range(max(1, len(words) - NGRAM + 1))) if words else frozenset()
        for words in told
    ]


def pairs(sets: Sequence[frozenset[tuple[str, ...]]], least: Fraction) -> Iterator[tuple[int, int, Fraction]]:
    """All pairs that are at least so alike, and how much."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, own in enumerate(sets):
        shared: Counter[int] = Counter()
        for shingle in own:
            shared.update(holders[shingle])
            holders[shingle].append(i)
        for j, count in shared.items():
            both = len(own) + len(sets[j]) - count
            if count * least.denominator >= both * least.numerator:
                yield j, i, Fraction(count, both)


def measured(path: Path, first: int | None) -> dict[str, Any]:
    import polars as pl

    from ftdata import Dataset
    from ftdata.near_duplicates import (
        band_keys,
        compared_parts,
        expected_recall,
        normalise,
        parameters,
        shingle,
        signatures,
    )

    shards = Dataset.read(path, limit=first).each_shard()
    wholes = pl.concat([compared_parts(shard.texts)["whole"] for shard in shards])
    normalised = normalise(wholes).unique(maintain_order=True)
    signed = signatures(shingle(normalised, n=NGRAM))
    alike = list(pairs(word_sets(normalised.to_list()), Fraction(THRESHOLDS[0])))
    told: dict[str, dict[str, float]] = {}
    for threshold in THRESHOLDS:
        bands, rows = parameters(float(threshold))
        keys = band_keys(signed, bands=bands, rows=rows)
        asked = [(i, j, similarity) for i, j, similarity in alike if similarity >= Fraction(threshold)]
        told[threshold] = {
            "pairs": len(asked),
            "share_a_band": sum(bool((keys[i] == keys[j]).any()) for i, j, _ in asked),
            "expected": round(sum(expected_recall(float(similarity), bands, rows) for _, _, similarity in asked), 1),
        }
    return {"file": path.name, "first_rows": first, "texts": len(normalised), "thresholds": told}


def table(figures: dict[str, Any]) -> str:
    rows = []
    for one in figures["files"]:
        for threshold, told in one["thresholds"].items():
            if not told["pairs"]:
                continue
            found, expected = (f"{told[key] / told['pairs'] * 100:.2f} %" for key in ("share_a_band", "expected"))
            name = f"{one['file']} ({one['texts']:,})"
            rows.append([name, threshold, f"{told['pairs']:,}", f"{told['share_a_band']:,}", found, expected])
    heads = ["file (different texts)", "threshold", "pairs, by brute force", "share a band", "that is", "expected"]
    return f"{where(figures, 'numpy')}\n\n{markdown(heads, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DATA_FOLDER")
    add_date(parser)
    given = parser.parse_args()
    files = []
    for file, first in FILES.items():
        files.append(measured(given.folder / file, first))
        print(json.dumps(files[-1]), flush=True)
    figures = {"date": given.date, "machine": machine(), "files": files}
    print(table(figures))
    if given.date:
        publish("candidate_recall", figures)


if __name__ == "__main__":
    main()
