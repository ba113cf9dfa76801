"""The figures of `whole_job.py` as Markdown, and how they get into a page."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from judge import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

BEGIN, END = "<!-- figures: written by a script -->", "<!-- end of figures -->"


def table(figures: dict[str, Any]) -> str:
    """All tables: where and when, cost (ftdata / glue script; ratios are glue over ftdata), and faults per job."""
    told = figures["machine"]
    peers = ("pydantic", "datasketch", "presidio-analyzer", "spacy", "tiktoken")
    where = (
        f"{figures['date'] or 'No date'}, {told['cores']} cores ({told['processor']}), Python {told['python']}, "
        f"ftdata {told['ftdata']}, polars {told['polars']}; {', '.join(f'{name} {told[name]}' for name in peers)}."
    )
    blocks = [where, _cost(figures["jobs"])]
    if figures["first_run_cpu_s"]:
        warm = next(job for job in figures["jobs"] if job["name"] == "chats")["ftdata"]["cpu_s"]
        blocks.append(
            f"ftdata's very first run of `chats` after installation compiles its kernels, once: {figures['first_run_cpu_s']:.1f} CPU "
            f"seconds in place of {statistics.median(warm):.1f}. The runs in the table found them compiled."
        )
    for job in figures["jobs"]:
        blocks += [f"**What was wrong: {job['name']}** ({job['rows']:,} rows in)", _faults(job)]
    return "\n\n".join(blocks)


def _cost(jobs: Iterable[dict[str, Any]]) -> str:
    rows = []
    for job in jobs:
        ours, theirs, ratio = job["ftdata"], job["glue"], job["glue_over_ftdata"]
        pairs = [
            f"{statistics.median(ours[name]):,.{places}f} / {statistics.median(theirs[name]):,.{places}f}"
            for name, places in (("cpu_s", 1), ("wall_s", 1), ("peak_mb", 0))
        ]
        rows.append(
            [job["name"], f"{job['rows']:,}", f"{job['mb']:g}", *pairs, f"{ratio['cpu_s']:g}", f"{ratio['peak_mb']:g}"]
        )
    heads = ["job", "rows", "MB", "CPU s", "wall s", "peak MB", "CPU ratio", "memory ratio"]
    return markdown(heads, rows)


def _faults(job: dict[str, Any]) -> str:
    ours, theirs = job["ftdata"]["judged"], job["glue"]["judged"]
    of = {
        "near_copies_left": "left_compared",
        "removed_unlike": "removed_compared",
        "held_out_copied": "held_out_compared",
    }

    def cell(judged: dict[str, Any], name: str) -> str:
        return f"{judged[name]:,}" + (f" of {judged[of[name]]:,}" if name in of else "")

    rows = [[words, cell(ours, name), cell(theirs, name)] for name, words in WORDS.items() if name in ours]
    size = [
        f"rows out (in val and test: {ours['held_out']:,} / {theirs['held_out']:,})",
        f"{ours['left']:,}",
        f"{theirs['left']:,}",
    ]
    return markdown(["", "ftdata", "glue script"], [size, *rows])


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    align = ["---", *["--:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, align, *rows))


def refresh(page: Path, text: str) -> None:
    """Put `text` between the markers of a page."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} lacks the markers {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
