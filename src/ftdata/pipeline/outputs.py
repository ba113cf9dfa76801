"""The files of a run.

    train.jsonl val.jsonl test.jsonl   the rows, byte for byte as they were read but for edits (data.jsonl without a split)
    rejected.jsonl                     every dropped row as it stood when it was dropped; may hold private text; mode 0600
    rows.parquet                       one line per row ever read: address, fate, split, output line, marks
    ledger.parquet                     everything that happened, and why
    manifest.json                      what it was made from and with; written last
    report.html, report.json           what to look at

Nothing here holds text of a row but the data files and `rejected.jsonl`.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, Final

import orjson
import polars as pl

from ftdata.io.frames import write_parquet
from ftdata.pipeline.manifest import make_manifest
from ftdata.report.why import FATE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from ftdata.dataset import Dataset
    from ftdata.pipeline.result import Result

__all__ = ["file_of_split", "row_fates", "write_outputs"]

_REJECTED: Final = "rejected.jsonl"
_TOO_LONG: Final = "json.too_long"
_NOTICE: Final = "may hold private text; not for sharing"


def file_of_split(name: str) -> str:
    """Name of the data file of a split.

    Args:
        name: Name of the split; `data` where nothing was split.
    """
    return f"{name}.jsonl"


def row_fates(dataset: Dataset) -> pl.DataFrame:
    """One line per row ever read.

    Args:
        dataset: The rows after the last stage.

    Returns:
        `row, source, line, origin, fate` (`kept`, `dropped`, or `set_aside` where only one split was run), `stage, reason` (of its drop), `kept_row` (the row kept in
        the place of a duplicate), `output, output_line` (where it stands now, counted from 1), then the marks.
    """
    index = dataset.index
    names = pl.Series("source", [facts.path for facts in dataset.sources], dtype=pl.String)
    drops = dataset.ledger.filter(pl.col("action") == "drop").select("row", "stage", "reason")
    frame = index.select(
        "row",
        names.gather(index["source"]),
        "line",
        "origin",
        pl.col("status").cast(pl.String).alias("fate"),
        pl.col("kept_as").alias("kept_row"),
    ).join(drops, on="row", how="left", maintain_order="left")
    marks = dataset.marks.drop("row")
    split = marks["split"].cast(pl.String) if "split" in marks.columns else pl.Series("split", ["data"] * len(frame))
    kept = pl.col("fate") == "kept"
    frame = frame.with_columns(split.alias("_split")).with_columns(
        pl.when(kept).then(pl.col("_split") + ".jsonl").alias("output"),
        pl.when(kept).then(pl.col("row").cum_count().over("fate", "_split")).cast(pl.Int64).alias("output_line"),
    )
    ordered = frame.select(FATE_COLUMNS)
    return pl.concat([ordered, marks], how="horizontal") if marks.width else ordered


def write_outputs(
    result: Result, folder: Path, *, rejects: bool = True, tick: Callable[[int], None] | None = None
) -> None:
    """Write all files of a run into an empty folder; `manifest.json` comes last.

    Args:
        result: What to write.
        folder: Empty; whoever made it puts it in its place when this is done.
        rejects: Write `rejected.jsonl`, the one file that may hold private text beside the data.
        tick: Called with 1 for each shard that was written; None: nobody watches.

    Raises:
        WriteError: The disk is full, or the folder cannot be written.
    """
    from ftdata.io import atomic_file

    dataset, fates = result.dataset, result.rows
    counts = _write_data(dataset, fates, folder, names=[file_of_split(name) for name in result.splits], tick=tick)
    if rejects:
        counts[_REJECTED] = _write_rejects(dataset, result.ledger, folder)
    write_parquet(fates, folder / "rows.parquet")
    write_parquet(result.ledger, folder / "ledger.parquet")
    for name, text in (("report.json", result.report.to_json()), ("report.html", result.report.to_html())):
        with atomic_file(folder / name) as file:
            file.write(text.encode())
    told = [name for name in sorted(path.name for path in folder.iterdir() if path.is_file()) if name != _REJECTED]
    manifest = make_manifest(dataset, result.pipeline, counts, {name: _digest(folder / name) for name in told})
    with atomic_file(folder / "manifest.json") as file:
        file.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


def _digest(path: Path) -> dict[str, Any]:
    """What the manifest tells of a file, so that nobody need take another one for it."""
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _write_data(
    dataset: Dataset, fates: pl.DataFrame, folder: Path, *, names: list[str], tick: Callable[[int], None] | None
) -> dict[str, int]:
    from contextlib import ExitStack

    from ftdata.io import atomic_file

    outputs = fates["output"]
    first = int(fates["row"][0]) if fates.height else 0
    counts = dict.fromkeys(names, 0)
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {}
        for name in names:  # a split that was asked for and has no rows was refused before
            files[name] = stack.enter_context(atomic_file(folder / name))
        for shard in dataset.each_shard():
            targets = outputs.gather(shard.rows - first).to_list()
            for name in names:
                lines = [raw for raw, target in zip(shard.raw, targets, strict=True) if target == name]
                if lines:
                    files[name].write(b"\n".join(lines) + b"\n")
                    counts[name] += len(lines)
            if tick is not None:
                tick(1)
    return counts


def _write_rejects(dataset: Dataset, ledger: pl.DataFrame, folder: Path) -> int:
    """One line per dropped row: address, stage, reason, detail, and its bytes as they stood.

    `raw` is the row as text when it is UTF-8, else `raw_base64`; either gives back the exact bytes. Of a row that was too
    long to be kept `raw` is null, and `offset` and `length` say where its bytes are in the unpacked source.
    """
    from ftdata.dataset.shards import load_raws
    from ftdata.io import atomic_file

    drops = ledger.filter(pl.col("action") == "drop").sort("row")
    told = dict(
        zip(
            drops["row"].to_list(), drops.select("source", "line", "stage", "reason", "detail").iter_rows(), strict=True
        )
    )
    with atomic_file(folder / _REJECTED, mode=0o600) as file:
        for ref in dataset.shards:
            gone = [row for row in range(ref.first, ref.first + ref.rows) if row in told]
            if not gone:
                continue
            raws = load_raws(ref)
            lines: list[bytes] = []
            for row in gone:
                source, line, stage, reason, detail = told[row]
                entry: dict[str, Any] = {"source": source, "line": line, "stage": stage, "reason": reason}
                entry["detail"] = orjson.loads(detail)
                entry["notice"] = _NOTICE
                lines.append(orjson.dumps({**entry, **_given_back(raws[row - ref.first], entry["detail"])}))
            file.write(b"\n".join(lines) + b"\n")
    return len(told)


def _given_back(raw: bytes, detail: dict[str, Any]) -> dict[str, Any]:
    if detail.get("rule") == _TOO_LONG and not raw:
        return {"raw": None, "offset": detail.get("offset"), "length": detail.get("length")}
    try:
        return {"raw": raw.decode()}
    except UnicodeDecodeError:
        return {"raw_base64": base64.b64encode(raw).decode()}
