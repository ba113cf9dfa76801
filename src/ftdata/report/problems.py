"""The findings of a ledger as the list of problems that `ftdata check` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    import polars as pl

__all__ = ["list_problems"]

_BROKEN: Final = {
    "json.parse": "the line is not JSON",
    "json.utf8": "the line is not UTF-8 text",
    "json.number": "NaN, Infinity or a number out of range: JSON has no such number",
    "json.surrogate": "half of a surrogate pair: it cannot be written as UTF-8",
    "json.depth": "nested too deep for the readers of trainers",
    "json.too_long": "the line is longer than ftdata reads",
    "json.two_values": "two values on one line; write one object per line",
    "json.dup_key": "an object has the same key twice; readers keep one of the two and not all the same one",
    "json.not_object": "the line is JSON but no object; a row is an object",
}


def list_problems(ledger: pl.DataFrame) -> list[dict[str, Any]]:
    """All problems, by file and line; what concerns the whole set comes last.

    Returns:
        Objects with `file, line, path, rule, severity, message`; `file` and `line` are None for the whole set.
    """
    problems: list[dict[str, Any]] = []
    for source, line, stage, action, reason, detail in ledger.select(
        "source", "line", "stage", "action", "reason", "detail"
    ).iter_rows():
        told = orjson.loads(detail)
        if action == "finding":
            rule, severity = reason, told.get("severity", "info")
            message = told.get("message") or _said(rule, told)
        elif action == "drop" and stage == "read":
            rule, severity, message = told["rule"], "error", _BROKEN.get(told["rule"], "the line cannot be read")
        else:
            continue
        problems += [
            {"file": source, "line": line, "path": path, "rule": rule, "severity": severity, "message": message}
            for path in told.get("paths", ["$"])
        ]
    return sorted(problems, key=lambda one: (one["file"] is None, one["file"] or "", one["line"] or 0))


def _said(rule: str, told: dict[str, Any]) -> str:
    facts = ", ".join(f"{key} {value}" for key, value in told.items() if key not in {"severity", "first"})
    return {
        "file.crlf": f"lines end in CR LF ({facts})",
        "json.blank": f"blank lines ({facts})",
        "file.empty": "the file holds no row",
        "file.mixed_formats": f"not all rows are of one format ({facts})",
    }.get(rule, facts or rule)
