"""The report of a run: numbers first, each traceable to rows through the ledger.

A `Report` is plain data (`data`, JSON) with three faces: text for a terminal, JSON for programs, HTML for people.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, Final

import orjson

from ftdata.dataset.ledger import empty_events
from ftdata.report.findings import SEVERITIES, findings_of, message_of

if TYPE_CHECKING:
    import polars as pl

    from ftdata.dataset import Dataset

__all__ = ["Report", "flow_of", "make_report"]

_NUMBER: Final = re.compile(r"[0-9][0-9,]*")
_PAIRS = 10  # least similar removed pairs shown: the first place to look for a wrong removal


@dataclasses.dataclass(frozen=True)
class Report:
    """What came in, what left and why, what was changed, and what came out.

    Attributes:
        data: All of it as JSON values; `report.json` of a run holds the same.
    """

    data: dict[str, Any]

    def __str__(self) -> str:
        from ftdata.report.text import to_text

        return to_text(self.data)

    def to_json(self) -> str:
        """The data as JSON text with sorted keys."""
        return orjson.dumps(self.data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"

    def to_html(self) -> str:
        """One self-contained page: no script, no request to anywhere."""
        from ftdata.report.html import to_html

        return to_html(self.data)

    def _repr_html_(self) -> str:
        return self.to_html()


def make_report(dataset: Dataset, stages: list[dict[str, Any]]) -> Report:
    """Gather the report of a Dataset that went through stages.

    Args:
        dataset: The rows after the last stage.
        stages: The stages and their settings, as `Pipeline.described` gives them.
    """
    import polars as pl

    ledger = dataset.ledger
    status = dataset.index["status"]
    kept, dropped = int((status == "kept").sum()), int((status == "dropped").sum())
    origins = _origins(dataset)
    return Report(
        {
            "rows": {"read": kept + dropped, "kept": kept, "dropped": dropped},  # rows set aside belong to other splits
            "inputs": [
                {"source": facts.path, "rows": facts.rows, "format": facts.format, **origins[number]}
                for number, facts in enumerate(dataset.sources)
            ],
            "flow": flow_of(dataset),
            "dropped": _counts(ledger.filter(pl.col("action") == "drop"), ["stage", "reason"]),
            "edited": _counts(ledger.filter(pl.col("action") == "edit"), ["stage", "reason"]),
            "replaced": _replaced(ledger),
            "findings": _findings(ledger),
            "duplicates": _least_similar(ledger),
            "splits": _splits(dataset),
            "describe": dataset.notes.get("describe", []),
            "stages": stages,
        }
    )


def _origins(dataset: Dataset) -> list[dict[str, int]]:
    """Rows by origin, for each source."""
    import polars as pl

    counts: list[dict[str, int]] = [{"human": 0, "synthetic": 0, "unknown": 0} for _ in dataset.sources]
    told = dataset.index.group_by("source", pl.col("origin").cast(pl.String)).len()
    for source, origin, count in told.iter_rows():
        counts[source][origin] = count
    return counts


def flow_of(dataset: Dataset) -> list[dict[str, Any]]:
    """Rows in and out of reading and of every stage, what it dropped by reason, rows edited, findings written.

    Args:
        dataset: The rows after the last stage, or after any.
    """
    import polars as pl

    events = pl.concat([empty_events(), *(frame.filter(pl.col("stage") == "read") for frame in dataset.events)])
    reasons = events.filter(pl.col("action") == "drop").group_by("reason").len().sort("reason")
    dropped = dict(zip(reasons["reason"].to_list(), reasons["len"].to_list(), strict=True))
    read = len(dataset.index)
    reading = {
        "stage": "read",
        "rows_in": read,
        "rows_out": read - sum(dropped.values()),
        "dropped": dropped,
        "edited": 0,
        "findings": events.filter(pl.col("action") == "finding").height,
    }
    return [reading, *dataset.notes.get("flow", [])]


def _counts(events: pl.DataFrame, by: list[str]) -> list[dict[str, Any]]:
    """How many rows, by stage and reason, with the first of them."""
    import polars as pl

    place = _place()
    return (
        events.group_by(by, maintain_order=True)
        .agg(pl.len().alias("rows"), place.head(5).alias("first"))
        .sort("rows", *by, descending=[True, *[False] * len(by)])
        .to_dicts()
    )


def _place() -> pl.Expr:
    """Where an event is: `FILE:LINE`, the file alone where it is of a file, null where it is of the set."""
    import polars as pl

    return pl.coalesce(pl.format("{}:{}", pl.col("source"), pl.col("line")), pl.col("source"))


def _replaced(ledger: pl.DataFrame) -> list[dict[str, Any]]:
    """What was replaced in edited rows, by kind: values and rows."""
    kinds: dict[str, list[int]] = {}
    for detail in ledger.filter(ledger["action"] == "edit")["detail"]:
        for kind, count in orjson.loads(detail).get("kinds", {}).items():
            told = kinds.setdefault(kind, [0, 0])
            told[0] += count
            told[1] += 1
    return [{"kind": kind, "values": told[0], "rows": told[1]} for kind, told in sorted(kinds.items())]


def _findings(ledger: pl.DataFrame) -> list[dict[str, Any]]:
    """Findings by rule, severity and kind of message, errors first, with what the first of them says.

    A kind is a message with its numbers left out: a reader and a target may say different things under one rule.
    """
    import polars as pl

    events = findings_of(ledger)
    said = [message_of(rule, orjson.loads(detail)) for rule, detail in events.select("reason", "detail").iter_rows()]
    kinds = [_NUMBER.sub("0", message) for message in said]
    told = (
        events.with_columns(pl.Series("message", said, pl.String), pl.Series("kind", kinds, pl.String))
        .group_by("reason", "severity", "kind", maintain_order=True)
        .agg(
            pl.len().alias("times"),
            pl.col("row").n_unique() - pl.col("row").has_nulls().cast(pl.UInt32),
            pl.col("message").first(),
            _place().drop_nulls().head(5).alias("first"),
        )
        .rename({"row": "rows"})
        .to_dicts()
    )
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    told.sort(key=lambda one: (order.get(one["severity"], 3), -one["times"], one["reason"], one["kind"]))
    return [{key: value for key, value in one.items() if key != "kind"} for one in told]


def _least_similar(ledger: pl.DataFrame) -> list[dict[str, Any]]:
    """The near-duplicates that were removed on the weakest grounds: to be looked at first."""
    pairs: list[dict[str, Any]] = []
    for source, line, detail in (
        ledger.filter(ledger["reason"] == "near_duplicate").select("source", "line", "detail").iter_rows()
    ):
        told = orjson.loads(detail)
        if "similarity" in told:
            kept = f"{told['kept_source']}:{told['kept_line']}"
            pairs.append({"removed": f"{source}:{line}", "kept": kept, "similarity": told["similarity"]})
    return sorted(pairs, key=lambda pair: (pair["similarity"], pair["removed"]))[:_PAIRS]


def _splits(dataset: Dataset) -> dict[str, Any]:
    """Rows of each split by origin, and what the splitter noted."""
    import polars as pl

    if "split" not in dataset.marks.columns:
        return {}
    frame = pl.DataFrame([dataset.column("split").cast(pl.String), dataset.column("origin").cast(pl.String)])
    by_origin = frame.group_by("split", "origin").len()
    told: dict[str, dict[str, int]] = {name: {} for name in ("train", "val", "test")}
    for split, origin, count in by_origin.sort("split", "origin").iter_rows():
        told.setdefault(split, {})[origin] = count
    return {"by_origin": told, **dataset.notes.get("split", {})}
