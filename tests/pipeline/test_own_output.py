"""A recipe run on its own output: what stays as it is, and what is drawn anew."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ftdata import (
    Dataset,
    Deduplicate,
    Describe,
    Fields,
    FilterTokens,
    Pipeline,
    ScrubPII,
    Split,
    Validate,
)

if TYPE_CHECKING:
    import polars as pl

SUPPORT = Path(__file__).parents[2] / "examples/support"
SPLITS = ("train", "val", "test")
FIELDS = Fields(
    id="metadata.ticket_id", group="metadata.customer", parents="metadata.seed_id", origin="metadata.written_by"
)
PIPELINE = Pipeline(
    [
        Validate(target="openai"),
        ScrubPII(),
        Deduplicate(threshold=0.8),
        FilterTokens(max_tokens=4096, min_tokens=16),
        Split(train=0.8, val=0.1, test=0.1, seed=7),
        Describe(by="split"),
    ]
)


def rows_of_the_example() -> list[dict]:
    """Its rows, each with who wrote it: the output holds what the rows hold, and no file says it any more."""
    rows = []
    for path, origin in [(path, "human") for path in sorted((SUPPORT / "tickets").glob("*.jsonl"))] + [
        (SUPPORT / "generated.jsonl.gz", "synthetic")
    ]:
        data = path.read_bytes()
        for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict) and isinstance(row.get("metadata"), dict):
                row["metadata"]["written_by"] = origin
                rows.append(row)
    return rows


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[bytes, str], pl.DataFrame]]:
    """Three runs, each on the output of the one before: where each row went, and the ledger."""
    folder = tmp_path_factory.mktemp("again")
    source = folder / "in.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows_of_the_example()))
    inputs, done = [source], []
    for number, order in enumerate((SPLITS, SPLITS[::-1], SPLITS)):
        result = PIPELINE.run(Dataset.read(inputs, fields=FIELDS), out=folder / f"{number}")
        files = {name: folder / f"{number}" / f"{name}.jsonl" for name in SPLITS}
        went = {line: name for name, path in files.items() for line in path.read_bytes().splitlines()}
        done.append((went, result.ledger))
        inputs = [files[name] for name in order]
    return done


def actions(ledger: pl.DataFrame) -> set[str]:
    return set(ledger["action"].cast(str))


def test_the_second_run_drops_nothing_and_edits_nothing(runs) -> None:
    (first, told), (second, told_again), _ = runs
    assert {"drop", "edit"} <= actions(told)
    assert actions(told_again) <= {"finding"}
    assert second.keys() == first.keys()


def test_the_second_run_draws_the_split_anew_and_the_third_one_does_not(runs) -> None:
    """The rows that the first run dropped tied clusters together and gave them their numbers; then nothing is missing."""
    first, second, third = (went for went, _ in runs)
    assert second != first
    assert third == second
