"""Ledger entries of a finished run, each with its row before and after, to be judged by a person.

    python benchmarks/ledger_sample.py RUN [--rows 10] [--seed 0] [--reason near_duplicate] [--inputs FOLDER]

No test can say whether a row that was dropped deserved it. This prints some entries, spread over stages and reasons: the row
as it was read, the row as it was shipped or rejected where that is another, and for a duplicate the row that was kept in its
place with what differs between the two. FOLDER is the one that inputs are named from: that of the recipe, or where the
run was started.

It prints private text, on purpose and to the terminal only: what was replaced stands beside what replaced it. It writes no file.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import itertools
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WORD = re.compile(r"\w+|\s+|[^\w\s]")
AROUND = 6  # words shown on each side of a difference


class RunFolder:
    """A run on disk and the files that it read.

    Args:
        folder: The folder that `--out` named.
        inputs: The folder that the names of inputs are seen from.
    """

    def __init__(self, folder: Path, inputs: Path) -> None:
        self.folder, self.inputs = folder, inputs
        self.rows = pl.read_parquet(folder / "rows.parquet")
        self.ledger = pl.read_parquet(folder / "ledger.parquet").with_row_index("entry")
        self.manifest = json.loads((folder / "manifest.json").read_bytes())

    def of(self, row: int) -> dict[str, Any]:
        """What `rows.parquet` says of a row."""
        return self.rows.row(by_predicate=pl.col("row") == row, named=True)

    def read(self, wanted: Iterable[int]) -> dict[int, str]:
        """Rows as they were read, by number."""
        from ftdata.io import RowReader, find_sources

        digests = {one["path"]: one["sha256"] for one in self.manifest["inputs"]}
        told: dict[int, str] = {}
        for (name,), rows in self.rows.filter(pl.col("row").is_in(list(wanted))).group_by("source"):
            first = int(self.rows.filter(pl.col("source") == name)["row"].min())
            at = {row - first: row for row in rows["row"].to_list()}
            reader = RowReader(find_sources(str(name), under=self.inputs)[0])
            given = ((line, raw) for batch in reader for line, raw in zip(batch.lines, batch.raws, strict=True))
            for number, (line, raw) in enumerate(given):
                if number in at:
                    assert line == self.of(at[number])["line"]
                    told[at[number]] = raw.decode(errors="replace")
            if digests[name] not in {None, reader.facts.sha256}:
                raise SystemExit(f"{name} is not the file that the run read: its SHA-256 is another")
        return told

    def after(self, wanted: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Where rows are now, and as what: in a split, or in `rejected.jsonl`."""
        told: dict[int, tuple[str, str]] = {}
        rows = self.rows.filter(pl.col("row").is_in(list(wanted)))
        for (output,), some in rows.filter(pl.col("output").is_not_null()).group_by("output"):
            at = dict(some.select("output_line", "row").iter_rows())
            with (self.folder / str(output)).open("rb") as file:
                for line, raw in enumerate(file, 1):
                    if line in at:
                        told[at[line]] = f"shipped, {output}:{line}", raw.rstrip(b"\n").decode(errors="replace")
        dropped = self.rows.filter(pl.col("fate") == "dropped")["row"].to_list()  # rejected.jsonl is in their order
        wanted = set(wanted)
        if (self.folder / "rejected.jsonl").exists():
            with (self.folder / "rejected.jsonl").open("rb") as file:
                for line, (row, raw) in enumerate(zip(dropped, file, strict=True), 1):
                    if row in wanted:
                        entry = json.loads(raw)
                        text = entry["raw"] if entry.get("raw") is not None else "(its bytes are no UTF-8 text)"
                        told[row] = f"rejected, rejected.jsonl:{line}", text
        return told


def chosen(ledger: pl.DataFrame, most: int, seed: int) -> list[dict[str, Any]]:
    """At most so many entries, one of each stage and reason before a second of any; which ones, the seed decides."""

    def drawn(entry: dict[str, Any]) -> bytes:
        return hashlib.blake2b(f"{seed} {entry['entry']}".encode(), digest_size=8).digest()

    kinds: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for entry in sorted(ledger.iter_rows(named=True), key=drawn):
        kinds.setdefault((str(entry["stage"]), str(entry["action"]), str(entry["reason"])), []).append(entry)
    turns = itertools.zip_longest(*(kinds[kind] for kind in sorted(kinds)))
    picked = [entry for turn in turns for entry in turn if entry is not None][:most]
    return sorted(picked, key=lambda entry: entry["entry"])


def differences(old: str, new: str) -> Iterator[str]:
    """What differs between two texts, word by word, with a few words around it: `[-old-]{+new+}`."""
    before, after = WORD.findall(old), WORD.findall(new)
    for kind, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            gone, come = "".join(before[i:j]), "".join(after[k:m])
            left, right = "".join(before[max(0, i - AROUND) : i]), "".join(before[j : j + AROUND])
            yield f"{left}{f'[-{gone}-]' if gone else ''}{f'{{+{come}+}}' if come else ''}{right}"


def shown(text: str, most: int) -> str:
    """A text that cannot steer the terminal, cut in the middle where it is long."""
    text = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    cut = f" ... {len(text) - most:,} characters ... "
    return text if len(text) <= most else f"{text[: most // 2]}{cut}{text[-most // 2 :]}"


def story(run: RunFolder, entry: dict[str, Any], texts: dict[int, str], now: dict[int, tuple[str, str]]) -> list[str]:
    """The lines about an entry, uncut."""
    row = entry["row"]
    place = "the whole set or a file" if row is None else f"{entry['source']}:{entry['line']}"
    lines = [f"{entry['stage']}  {entry['action']}  {entry['reason']}  {place}", f"detail: {entry['detail']}"]
    if row is None:
        return lines
    lines.append(f"read: {texts[row]}")
    where, text = now.get(row, ("not kept (--no-rejects)", texts[row]))
    lines.append(f"{where}: {'as it was read' if text == texts[row] else text}")
    if text != texts[row]:
        lines += [f"  differs: {one}" for one in differences(texts[row], text)]
    kept = run.of(row)["kept_row"]
    if entry["action"] == "drop" and kept is not None:
        other = run.of(kept)
        lines.append(f"kept in its place, {other['source']}:{other['line']} ({other['fate']}): {texts[kept]}")
        lines += [f"  differs: {one}" for one in differences(texts[row], texts[kept])]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--rows", type=int, default=10, help="how many entries")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reason", action="append", help="only entries of this reason")
    parser.add_argument("--inputs", type=Path, default=Path(), help="the folder that inputs are named from")
    parser.add_argument("--most", type=int, default=6000, help="characters of a row that are shown")
    given = parser.parse_args()
    run = RunFolder(given.run, given.inputs)
    ledger = run.ledger.filter(pl.col("reason").is_in(given.reason)) if given.reason else run.ledger
    entries = chosen(ledger, given.rows, given.seed)
    rows = {entry["row"] for entry in entries} - {None}
    kept = set(run.rows.filter(pl.col("row").is_in(list(rows)))["kept_row"].drop_nulls().to_list())
    texts, now = run.read(rows | kept), run.after(rows)
    for number, entry in enumerate(entries, 1):
        print(f"\n== {number} of {len(entries)}")
        for line in story(run, entry, texts, now):
            print(shown(line, given.most))
    print(f"\n{ledger.height:,} entries in all, {len(entries)} shown", file=sys.stderr)


if __name__ == "__main__":
    main()
