"""One stage for each way to break a law, as somebody might write it by mistake, in a module that workers can import."""

from __future__ import annotations

import dataclasses
import itertools
import json
import multiprocessing
from typing import TYPE_CHECKING

import polars as pl

from ftdata import StageError, stage
from ftdata.json_bytes import ReplaceText
from ftdata.testing import laws
from ftdata.testing.laws.changed import with_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftdata import Dataset

_turns = itertools.count()


def _texts(dataset: Dataset) -> list[str]:
    return [value["text"] for value in dataset.rows()]


def _last(dataset: Dataset) -> list[int]:
    return dataset.kept_rows[-1:].tolist()


def drops_without_reason(dataset: Dataset) -> Dataset:
    """1: takes the events back."""
    return dataclasses.replace(dataset.drop(_last(dataset), by="silent", reason="gone"), events=dataset.events)


def loses_rows(dataset: Dataset) -> Dataset:
    """1: makes a new Dataset of what it likes."""
    return type(dataset).from_rows(list(dataset.rows())[1:])


def writes_anew(dataset: Dataset) -> Dataset:
    """2: parses and writes every row."""
    return with_bytes(
        dataset, lambda _, raw: raw if b"text" not in raw else json.dumps(json.loads(raw)).encode() + b" "
    )


def edits_outside_its_splices(dataset: Dataset) -> Dataset:
    """2: an edit is in the ledger, and more than the edit has changed."""
    edits = {row: [ReplaceText(("text",), 0, 0, "!")] for row in dataset.kept_rows.tolist()}
    return with_bytes(
        dataset.edit(edits, by="louder", reason="louder"), lambda _, raw: raw.replace(b'"text"', b'"text" ')
    )


def changes_origins(dataset: Dataset) -> Dataset:
    """2: what was read once is read once."""
    origin = pl.lit("human").cast(dataset.index.schema["origin"])
    return dataclasses.replace(dataset, index=dataset.index.with_columns(origin.alias("origin")))


def turns_round(dataset: Dataset) -> Dataset:
    """3: the last row first."""
    index = dataset.index.reverse().with_columns(row=dataset.index["row"])
    raws = [raw for shard in dataset.each_shard() for raw in shard.raw][::-1]
    turned = dataclasses.replace(dataset, index=index)
    return with_bytes(turned, lambda row, raw: raws[row] if len(raws) == len(index) else raw)


def notes_into_its_input(dataset: Dataset) -> Dataset:
    """3: the input is changed."""
    dataset.notes["seen"] = True  # type: ignore[index]
    return dataset


def remembers(dataset: Dataset) -> Dataset:
    """4: state of the module decides."""
    return dataset.note("turn", next(_turns))


@stage()
def looks_at_shards(dataset: Dataset) -> Dataset:
    """4: where a shard ends decides."""
    ends = dataset.map_shards(_ends)
    return dataset.drop(ends["row"], by="looks_at_shards", reason="last_of_shard")


def _ends(shard) -> pl.DataFrame:
    return pl.DataFrame({"row": shard.rows[-1:]}, schema={"row": pl.Int64})


@stage(per_row=True)
def knows_where_it_runs(dataset: Dataset) -> Dataset:
    """4: does in a worker what it does not do here."""
    elsewhere = multiprocessing.parent_process() is not None
    return dataset.drop(dataset.kept_rows if elsewhere else [], by="knows", reason="elsewhere")


@dataclasses.dataclass(frozen=True)
class TellsTheTime:
    """4: the rows are the same, and the manifest is not."""

    def versions(self) -> dict[str, int]:
        return {"time": next(_turns)}

    def __call__(self, dataset: Dataset) -> Dataset:
        return dataset


def keeps_the_first(dataset: Dataset) -> Dataset:
    """5: the order decides which of two rows stays."""
    seen: set[int] = set()
    gone = []
    for row, text in zip(dataset.kept_rows.tolist(), _texts(dataset), strict=True):
        if len(text) in seen:
            gone.append(row)
        seen.add(len(text))
    return dataset.drop(gone, by="keeps_the_first", reason="as_long")


def counts_row_numbers(dataset: Dataset) -> Dataset:
    """5: the number of a row decides."""
    rows = dataset.column("row")
    return dataset.mark(pl.DataFrame({"row": rows, "even": rows % 2 == 0}), of="row")


def takes_half(dataset: Dataset) -> Dataset:
    """6: half of a half is a quarter."""
    ordered = sorted(zip(_texts(dataset), dataset.kept_rows.tolist(), strict=True))
    return dataset.drop([row for _, row in ordered[: len(ordered) // 2]], by="takes_half", reason="half")


def grows(dataset: Dataset) -> Dataset:
    """6: twice is more than once."""
    edits = {row: [ReplaceText(("text",), 0, 0, "!")] for row in dataset.kept_rows.tolist()}
    return dataset.edit(edits, by="grows", reason="louder")


@stage(per_row=True)
def looks_around(dataset: Dataset) -> Dataset:
    """6: says that it judges row by row, and compares rows."""
    longest = max(map(len, _texts(dataset)), default=0)
    gone = [row for row, text in zip(dataset.kept_rows.tolist(), _texts(dataset), strict=True) if len(text) < longest]
    return dataset.drop(gone, by="looks_around", reason="shorter")


def ships_a_key_twice(dataset: Dataset) -> Dataset:
    """7: readers differ about which of two values counts."""
    edits = {row: [ReplaceText(("text",), 0, 0, "")] for row in dataset.kept_rows.tolist()}
    twice = with_bytes(dataset, lambda _, raw: raw[:-1] + b',"text":""}' if raw.endswith(b"}") else raw)
    return dataclasses.replace(twice, events=dataset.edit(edits, by="x", reason="changed").events)


def leaks_into_the_ledger(dataset: Dataset) -> Dataset:
    """8: a detail quotes the row."""
    texts = [{"text": text} for text in _texts(dataset)]
    return dataset.find(dataset.kept_rows, by="leaks", rule="leak.text", severity="info", detail=texts)


def leaks_into_a_mark(dataset: Dataset) -> Dataset:
    """8: a mark quotes the row."""
    return dataset.mark(pl.DataFrame({"row": dataset.kept_rows, "text": _texts(dataset)}), of="text")


def leaks_into_an_error(dataset: Dataset) -> Dataset:
    """8: an error quotes the row."""
    for text in _texts(dataset):
        if "Zq7" in text:
            raise StageError(f"cannot go on with {text}", stage="leaks")
    return dataset


BAD: dict[Callable[[Dataset], Dataset], Callable[..., None]] = {
    drops_without_reason: laws.assert_conservation,
    loses_rows: laws.assert_conservation,
    writes_anew: laws.assert_fidelity,
    edits_outside_its_splices: laws.assert_fidelity,
    changes_origins: laws.assert_fidelity,
    turns_round: laws.assert_order,
    notes_into_its_input: laws.assert_purity,
    remembers: laws.assert_deterministic,
    looks_at_shards: laws.assert_deterministic,
    knows_where_it_runs: laws.assert_deterministic,
    TellsTheTime(): laws.assert_deterministic,
    keeps_the_first: laws.assert_order_independent,
    counts_row_numbers: laws.assert_order_independent,
    takes_half: laws.assert_idempotent,
    grows: laws.assert_idempotent,
    looks_around: laws.assert_local,
    ships_a_key_twice: laws.assert_truthful,
    leaks_into_the_ledger: laws.assert_private,
    leaks_into_a_mark: laws.assert_private,
    leaks_into_an_error: laws.assert_private,
}
"""Each bad stage and the law that it breaks."""
