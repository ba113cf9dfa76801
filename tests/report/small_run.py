"""A run whose report has something in every part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata import Dataset, Deduplicate, Describe, FilterTokens, Pipeline, Result, ScrubPII, Split, Validate
from small_set import BROKEN, chats, write_lines

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<script>alert(1)</script> & \"q\" 'r' \x1b[31m\n{x} [bold]b.jsonl"


def run(folder: Path) -> Result:
    """Two files, one with a name that would break a page or a terminal."""
    rows = chats(40)
    for number in (3, 4):
        rows[number]["messages"][0]["content"] += f" Write to anna.berg{number}@acme-mail.com or call +49 151 23456789."
    near = chats(1)[0]
    near["messages"][1]["content"] = near["messages"][1]["content"].replace("Nobody", "No one")
    rows[9]["messages"][1]["content"] = "word " * 500
    rows[11] = {"messages": []}
    (folder / "in").mkdir()
    write_lines(folder / "in" / "a.jsonl", [*rows[:20], *(bad for bad, _, _ in BROKEN), rows[0], near])
    hostile = folder / "in" / HOSTILE.replace("/", "∕")
    write_lines(hostile, [b"", *rows[20:], rows[2], b"{"])
    data = Dataset.read(folder / "in" / "a.jsonl", origin="human") + Dataset.read(hostile, origin="synthetic")
    return Pipeline(
        [Validate(target="openai"), ScrubPII(), Pipeline([Deduplicate(threshold=0.5)], name="<i>in</i>"),
         FilterTokens(max_tokens=300), Split(train=0.4, val=0.3, test=0.3, seed=1), Describe(by="split"), Describe(by="source")]
    ).run(data)  # fmt: skip
