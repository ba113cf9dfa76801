"""The findings of a ledger, each fact told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ftdata.dataset.ledger import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

__all__ = ["SEVERITIES", "findings_of", "message_of"]

_OF_FILES: Final = ("json.bom", "json.blank")
"""Reading notes these of a file, with its place; a target that minds them says so again, of the whole set."""


def findings_of(ledger: pl.DataFrame) -> pl.DataFrame:
    """The lines of a ledger that are findings, with a column `severity`.

    What reading said of a file and a target says again of the set is there once: in its place, as bad as the target has it.

    Args:
        ledger: With `source, action, reason, detail`, and any other column.
    """
    import polars as pl

    found = ledger.filter(pl.col("action") == "finding").with_columns(
        pl.col("detail").str.json_path_match("$.severity").fill_null("info").alias("severity")
    )
    of_file = pl.col("reason").is_in(_OF_FILES) & pl.col("source").is_not_null()
    again = pl.col("reason").is_in(found.filter(of_file)["reason"].implode()) & pl.col("source").is_null()
    worse = dict(found.filter(again).select("reason", "severity").iter_rows())
    raised = pl.col("reason").replace_strict(worse, default=pl.col("severity"), return_dtype=pl.String)
    return found.filter(~again).with_columns(pl.when(of_file).then(raised).otherwise("severity").alias("severity"))


def message_of(rule: str, told: Mapping[str, Any]) -> str:
    """What a finding says, in words.

    Args:
        rule: Its rule.
        told: Its detail.
    """
    if told.get("message"):
        return str(told["message"])
    lines, one = told.get("lines", 0), told.get("lines") == 1
    if rule == "file.crlf":
        return f"{lines:,} {'line ends' if one else 'lines end'} in CR LF"
    if rule == "json.blank":
        places = ", ".join(f"line {line:,}" for line in told.get("first", ())[:1])
        return f"{lines:,} blank {'line' if one else 'lines'}{f', {places}' if one else f', the first is {places}' if places else ''}"
    if rule == "file.empty":
        return "the file holds no row"
    return ", ".join(f"{key} {value}" for key, value in told.items() if key not in {"severity", "first"}) or rule
