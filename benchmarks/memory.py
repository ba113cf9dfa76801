"""How many bytes of memory a row costs in a run: the index and the marks, column by column, and what the whole run grows by.

    python benchmarks/memory.py [DATA_FOLDER] --date YYYY-MM-DD

A run holds small columns of every row ever read, and a few shards; the rows' own bytes are on disk. Three things are measured:
the columns after the main job on generated rows (the size of their buffers), the index of the files under
`DATA_FOLDER/large` when they are there, and by how much the peak of a whole process grows from one number of generated rows
to a larger one, which also holds what stages need for a while. With --date, results/memory.json and
docs/explanation/memory.md are written.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from measure import machine, measure
from whole_job_page import markdown, refresh

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

ROOT = Path(__file__).resolve().parent.parent
FIELDS = {"id": "id", "group": "customer"}
STAGES = """\
stages:
  - {stage: Validate, target: trl}
  - {stage: Deduplicate, threshold: 0.8}
  - {stage: FilterTokens, max_tokens: 4096, encoding: o200k_base}
  - {stage: Split, train: 0.8, val: 0.1, test: 0.1, seed: 7}
  - {stage: Describe, by: split}
"""


def generated(rows: int) -> Iterator[dict[str, Any]]:
    """Chat rows of some 60 words drawn from 5,000, with an id and a customer each; no two are alike."""
    generator = np.random.default_rng(11)
    words = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "r", "st", "l", "x", "m", "p")]
    words = [
        f"{one}{two}" for one in words for two in ("a", "o", "e", "is", "um", "", "ek", "il", "on", "ar", "u", "y")
    ][:5000]
    for number in range(rows):
        told = [words[i] for i in generator.integers(0, len(words), 60)]
        yield {
            "messages": [
                {"role": "user", "content": " ".join(told[:20])},
                {"role": "assistant", "content": " ".join(told[20:])},
            ],
            "id": f"T-{number:08}",
            "customer": f"c-{number // 4:07}",
        }


def per_row(frame: pl.DataFrame) -> dict[str, float]:
    """Bytes per row of each column."""
    return {name: round(buffers(frame[name]) / frame.height, 2) for name in frame.columns}


def buffers(column: pl.Series) -> float:
    """Bytes of a column's buffers: polars' own account, and for texts the views that it leaves out.

    Arrow's view layout has 16 bytes for every text, null ones too, and keeps the text itself elsewhere when it is longer
    than 12 bytes; `estimated_size` of polars 2.1 tells the length of the texts alone.
    """
    import polars as pl

    if column.dtype in {pl.String, pl.Binary}:
        lengths = column.bin.size() if column.dtype == pl.Binary else column.str.len_bytes()
        valid = len(column) / 8 if column.null_count() else 0
        return 16 * len(column) + int(lengths.filter(lengths > 12).sum()) + valid
    return column.estimated_size()


def columns(rows: int) -> dict[str, Any]:
    """Index and marks of generated rows after the main job."""
    from ftdata import Dataset, Deduplicate, Describe, Fields, FilterTokens, Pipeline, Split, Validate

    data = Dataset.from_rows(generated(rows), origin="human", fields=Fields(**FIELDS))
    stages = [
        Validate(target="trl"),
        Deduplicate(threshold=0.8),
        FilterTokens(max_tokens=4096, encoding="o200k_base"),
        Split(train=0.8, val=0.1, test=0.1, seed=7),
        Describe(by="split"),
    ]
    dataset = Pipeline(stages).run(data).dataset
    told = {"index": per_row(dataset.index), "marks": per_row(dataset.marks)}
    return {"rows": rows, **told, "total": round(sum(sum(sizes.values()) for sizes in told.values()), 1)}


def large_index(folder: Path) -> dict[str, Any] | None:
    """The index of real files, with the ids that they hold."""
    from ftdata import Dataset, Fields

    files = sorted(folder.glob("large/*.jsonl.gz"))
    if not files:
        print(f"no large files in {folder}: left out", file=sys.stderr)
        return None
    index = Dataset.read(files, origin="human", fields=Fields(id="id")).index
    sizes = per_row(index)
    return {
        "rows": index.height,
        "files": [file.name for file in files],
        "index": sizes,
        "total": round(sum(sizes.values()), 1),
    }


def growth(sizes: tuple[int, int]) -> dict[str, Any]:
    """Peak memory of `ftdata run` on two numbers of generated rows, and the most that its work folder held."""
    path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    os.environ["PYTHONPATH"] = path
    peaks: list[float] = []
    disk: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        recipe = Path(folder) / "recipe.yaml"
        told = [{"paths": ["rows.jsonl"], "origin": "human", "fields": FIELDS}]
        recipe.write_text(f"inputs: {json.dumps(told)}\n{STAGES}")  # JSON is YAML
        data, outputs = Path(folder) / "rows.jsonl", Path(folder) / "outputs"
        outputs.mkdir()
        for rows in sizes:
            with data.open("w") as file:
                file.writelines(json.dumps(row) + "\n" for row in generated(rows))
            command = [
                sys.executable,
                "-m",
                "ftdata",
                "run",
                str(recipe),
                "--overwrite",
                "--out",
                str(outputs / "clean"),
            ]
            with Watched(outputs) as watched:
                measured = measure(command)
            if measured.status:
                raise SystemExit(measured.stderr[-2000:])
            if not watched.most:
                raise SystemExit("no work folder was seen beside the outputs: it has moved, look there")
            peaks.append(measured.peak_sum_mb)
            disk.append(round(watched.most / data.stat().st_size, 2))
    return {
        "rows": sizes,
        "peak_mb": peaks,
        "work_folder_per_input": disk[1],
        "bytes_per_row": round((peaks[1] - peaks[0]) * 1e6 / (sizes[1] - sizes[0])),
    }


class Watched(threading.Thread):
    """The most bytes that the work folder of a run held, looked at ten times a second.

    Args:
        folder: Where the outputs will be; the run works in a folder `work` of the staged outputs in it.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.most, self._over = folder, 0, threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.1):
            sizes = 0
            for path in self.folder.glob("*/work/**/*"):
                with contextlib.suppress(OSError):  # gone since it was listed
                    sizes += path.stat().st_size
            self.most = max(self.most, sizes)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def table(figures: dict[str, Any]) -> str:
    told, grown, large = figures["generated"], figures["growth"], figures["large"]
    blocks = [
        (
            f"{figures['date'] or 'No date'}, {told['rows']:,} generated rows with an id of 10 and a customer of 9 characters, "
            "after validating, deduplicating, counting tokens, splitting and describing:"
        ),
        markdown(
            ["column", "bytes per row"],
            [
                *([f"index: {name}", f"{size:g}"] for name, size in told["index"].items()),
                *([f"mark: {name}", f"{size:g}"] for name, size in told["marks"].items()),
                ["**all columns**", f"**{told['total']:g}**"],
            ],
        ),
    ]
    if large:
        blocks.append(
            f"The index of {large['rows']:,} real rows with their ids ({', '.join(large['files'])}): {large['total']:g} bytes per row."
        )
    first, second = grown["rows"]
    blocks.append(
        f"The whole process, one worker: {grown['peak_mb'][0]:,.0f} MB at its peak with {first:,} generated rows, "
        f"{grown['peak_mb'][1]:,.0f} MB with {second:,}; {grown['bytes_per_row']:,} bytes for each row more. The work folder held at most "
        f"{grown['work_folder_per_input']:g} times the size of the input file."
    )
    return "\n\n".join(blocks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("FTDATA_SHARED_DATA") or ROOT.parent / "shared" / "data"
    parser.add_argument("data", nargs="?", type=Path, default=Path(default), metavar="DATA_FOLDER")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--date", help="the day, YYYY-MM-DD; with it the JSON file and the page are written")
    given = parser.parse_args()
    figures = {
        "date": given.date,
        "machine": machine(),
        "generated": columns(given.rows),
        "large": large_index(given.data),
        "growth": growth((given.rows // 4, given.rows)),
    }
    print(table(figures))
    if given.date:
        results = ROOT / "benchmarks" / "results"
        results.mkdir(exist_ok=True)
        (results / "memory.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        refresh(ROOT / "docs" / "explanation" / "memory.md", table(figures))


if __name__ == "__main__":
    main()
