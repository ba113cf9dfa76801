"""Why rows left, in one line: for a stage that has none to work on, so that the user sees at once what to mend."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

import orjson
import polars as pl

from ftdata.report.by_rule import rows_on_one_line
from ftdata.report.findings import findings_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ftdata.dataset import Dataset

__all__ = ["told_drops"]

_SHOWN: Final = 3  # rules, and files of the command: a line can be read at once, and mending begins with the first
_INVALID: Final = ("invalid_json", "invalid_record")
_OWN: Final = "schema.user."


def told_drops(dataset: Dataset, *, origins: Collection[str] | None = None) -> str:
    """How many rows left by which reason, the rules that most of them broke with a row each, and what to type.

    Args:
        dataset: The rows as they are now.
        origins: Only rows of these origins are told of; None: all.

    Returns:
        The end of a sentence, as in ` (invalid_record 300): role.unknown in 300 rows, first at may.jsonl:1 $.messages[0].role`.
    """
    ledger = dataset.ledger
    drops = ledger.filter(pl.col("action") == "drop")
    if origins is not None:
        of_these = dataset.index.filter(pl.col("origin").cast(pl.String).is_in(list(origins)))["row"]
        drops = drops.filter(pl.col("row").is_in(of_these.implode()))
    reasons = dict(drops.group_by("reason").len().sort("reason").iter_rows())
    kinds = _kinds(drops, ledger)
    nth = rows_on_one_line(dataset)
    shown = [_kind(one, nth) for one in kinds[:_SHOWN]]
    if len(kinds) > _SHOWN:
        shown.append(f"and {len(kinds) - _SHOWN:,} more kinds")
    counts = ", ".join(f"{reason} {count:,}" for reason, count in reasons.items())
    by_reason = "" if {one["what"] for one in kinds} <= reasons.keys() else f" ({counts})"
    return f"{by_reason}: {'; '.join(shown)}" + _what_to_type(dataset, drops, kinds)


def _kinds(drops: pl.DataFrame, ledger: pl.DataFrame) -> list[dict[str, Any]]:
    """`what` (a rule, or a reason where no rule is told), how many rows, and the first of them; most rows first."""
    columns = ("row", "source", "line", "detail")
    errors = findings_of(ledger.join(drops.select("row", "stage"), on=["row", "stage"], how="semi"))
    errors = errors.filter((pl.col("severity") == "error") & (pl.col("reason") != "schema.extra_key"))
    broken = errors.select(*columns, pl.col("reason").alias("what"))
    other = drops.join(errors.select("row"), on="row", how="anti").select(
        *columns, pl.coalesce(pl.col("detail").str.json_path_match("$.rule"), "reason").alias("what")
    )
    return (
        pl.concat([broken, other])
        .sort("row", maintain_order=True)
        .group_by("what", maintain_order=True)
        .agg(pl.col("row").n_unique().alias("rows"), *(pl.col(name).first().alias(f"first_{name}") for name in columns))
        .sort("rows", "what", descending=[True, False])
        .to_dicts()
    )


def _kind(one: Mapping[str, Any], nth: Mapping[int, int]) -> str:
    row = one["first_row"]
    place = f"{one['first_source']}:{one['first_line']}" + (f"#{nth[row]}" if row in nth else "")
    path = orjson.loads(one["first_detail"]).get("paths", ["$"])[0]
    rows = "1 row" if one["rows"] == 1 else f"{one['rows']:,} rows, first"
    return f"{one['what']} in {rows} at {place}" + (f" {path}" if path != "$" else "")


def _what_to_type(dataset: Dataset, drops: pl.DataFrame, kinds: list[dict[str, Any]]) -> str:
    """The command that shows every problem, where there are problems that it knows, and files that it can read."""
    names = drops.filter(pl.col("reason").is_in(_INVALID))["source"].unique(maintain_order=True)
    places = {facts.path: facts.place for facts in dataset.sources}
    files = [shlex.quote(places[name]) for name in names if places.get(name, "-") not in {"", "-"}]
    if not files or all(one["what"].startswith(_OWN) for one in kinds):
        return ""
    targets = dataset.notes.get("targets", [])
    target = f" --target {targets[0]}" if targets else ""
    return f". To see every problem type: ftdata check {' '.join(files[:_SHOWN])}{target}"
