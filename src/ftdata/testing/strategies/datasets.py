"""Whole datasets: rows of several origins in files of several shards, with copies and broken lines among them."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hypothesis import note
from hypothesis import strategies as st

from ftdata.testing.strategies.broken_files import BREAKAGES, break_line
from ftdata.testing.strategies.facts import FACTS_KEY, fields_of_facts, row_facts
from ftdata.testing.strategies.rows import chat_records
from ftdata.testing.strategies.thinned import thinned_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from ftdata.dataset import Dataset, Fields, Origin
    from ftdata.json_bytes import JsonObject

__all__ = ["datasets"]

ALL_ORIGINS: Final[tuple[Origin, ...]] = ("human", "synthetic", "unknown")
_STYLES: Final[tuple[dict[str, Any], ...]] = (
    {"ensure_ascii": False, "separators": (",", ":")},
    {"ensure_ascii": False},
    {"ensure_ascii": True, "separators": (" , ", " : ")},
)


@st.composite
def datasets(  # noqa: D417  # Hypothesis gives `draw`
    draw: DrawFn,
    record: SearchStrategy[JsonObject] | None = None,
    *,
    min_rows: int = 0,
    max_rows: int = 20,
    origins: Sequence[Origin] = ALL_ORIGINS,
    copies: bool = True,
    broken: bool = False,
    facts: bool = False,
    fields: Fields | None = None,
    format: str = "auto",  # the word of the house
) -> Dataset:
    """Datasets as `Dataset.read` makes them of files, one file per origin. Shrinks to few rows, all human, no copies.

    The rows' JSON is written in several styles (white space, escapes), the shards are small, and a failing example
    shows its files line by line.

    Args:
        record: Rows; `chat_records()` when not given.
        min_rows: Fewest rows, broken ones too.
        max_rows: Most rows.
        origins: Origins to draw from.
        copies: Some rows are exact copies of earlier ones, in the same bytes or written otherwise.
        broken: Some lines are no rows (`BREAKAGES`); they are in the ledger, dropped when read.
        facts: Rows have facts of their own under the key `about` (`row_facts`): ids, parents, groups and so on, with
            chains, cycles, parents that are nowhere and ids that are not unique. A copy has those of the row it copies,
            or others.
        fields: Where the rows' own facts stand, as for `Dataset.read`; `fields_of_facts(origin=False)` when not given and
            `facts` is set.
        format: Format label of the rows; `auto` tells it from the rows of each file.
    """
    row = record if record is not None else chat_records(max_turns=2)
    copied = st.none() | st.integers(0, max(0, max_rows - 1)) if copies else st.none()
    breakage = st.none() | st.sampled_from(tuple(BREAKAGES)) if broken else st.none()
    own = st.one_of(st.none(), row_facts(), row_facts()) if facts else st.none()
    line = st.tuples(st.sampled_from(tuple(origins)), row, copied, own, st.integers(0, len(_STYLES) - 1), breakage)
    plan = draw(thinned_lists(line, min_size=min_rows, max_size=max_rows))
    files: dict[Origin, list[bytes]] = {origin: [] for origin in origins}
    values: list[JsonObject] = []
    for origin, value, source, told, style, kind in plan:
        values.append(values[source % len(values)] if source is not None and values else value)
        if told is not None:
            values[-1] = {**values[-1], FACTS_KEY: told}
        raw = json.dumps(values[-1], **_STYLES[style]).encode()
        files[origin].append(raw if kind is None else break_line(raw, kind))
    shard_rows = draw(st.sampled_from((None, 1, 3)))
    if facts and fields is None:
        fields = fields_of_facts(origin=False)
    return _read(files, shard_rows=shard_rows, fields=fields, format=format)


def _read(files: dict[Origin, list[bytes]], *, shard_rows: int | None, fields: Fields | None, format: str) -> Dataset:
    from ftdata.dataset import Dataset

    made: Dataset | None = None
    with tempfile.TemporaryDirectory() as folder:
        for origin, lines in files.items():
            if not lines:
                continue
            name = f"{origin}.jsonl"
            note(f"{name}:\n" + "\n".join(f"  {line!r}" for line in lines))
            path = Path(folder, name)
            path.write_bytes(b"\n".join(lines) + b"\n")
            part = Dataset.read(path, origin=origin, fields=fields, format=format, shard_rows=shard_rows)
            # The name of a temporary folder differs from run to run; a failing example must not.
            part = dataclasses.replace(
                part, sources=tuple(dataclasses.replace(facts, path=name) for facts in part.sources)
            )
            made = part if made is None else made + part
    return made if made is not None else Dataset.from_rows([], fields=fields)
