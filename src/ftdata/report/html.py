"""The report as one HTML page: tables only, no script, no request to anywhere, all text escaped."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from ftdata.report.text import share_lines

__all__ = ["to_html"]

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --quiet: #777; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .25rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
p.quiet, td.quiet { color: var(--quiet); }
@media print { body { margin: 0; max-width: none; } }
"""


_TRACE: Final = (
    "<p class=quiet>Every number here can be followed to its rows: ledger.parquet says what happened to each, "
    "and <code>ftdata why RUN FILE:LINE</code> tells the story of one.</p>"
)


def to_html(data: dict[str, Any]) -> str:
    """The report as one self-contained page.

    Args:
        data: What `Report.data` holds.
    """
    rows = data["rows"]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width, initial-scale=1'>",
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>ftdata report</title><style>{_STYLE}</style>",
        f"<h1>{rows['read']:,} rows read, {rows['kept']:,} kept, {rows['dropped']:,} dropped</h1>",
        _TRACE,
        "<h2>What came in</h2>",
        _table(data["inputs"], ["source", "rows", "format", "human", "synthetic", "unknown"]),
        "<h2>Stage by stage</h2>",
        _table(
            [{**one, "dropped": ", ".join(f"{k} {v:,}" for k, v in one["dropped"].items())} for one in data["flow"]],
            ["stage", "rows_in", "rows_out", "edited", "findings", "dropped"],
        ),
    ]
    if data["dropped"]:
        told = [{**one, "first": ", ".join(one["first"])} for one in data["dropped"]]
        parts += ["<h2>What left, and why</h2>", _table(told, ["stage", "reason", "rows", "first"])]
    if data["replaced"]:
        parts += ["<h2>Private data replaced</h2>", _table(data["replaced"], ["kind", "values", "rows"])]
    if data["splits"]:
        told = [{"split": name, "rows": sum(by.values()), **by} for name, by in data["splits"]["by_origin"].items()]
        parts += [
            "<h2>Splits</h2>",
            _table(told, ["split", "rows", "human", "synthetic", "unknown"]),
            _split_notes(data["splits"]),
        ]
    for group in data["describe"]:
        parts += [f"<h2>Distributions by {escape(group['by'])}</h2>", _distributions(group)]
    if data["findings"]:
        told = [{**one, "rule": one["reason"], "first": ", ".join(one["first"]) or "all rows"}
                for one in data["findings"]]  # fmt: skip
        parts += ["<h2>Findings</h2>", _table(told, ["severity", "rule", "times", "first", "message"])]
    if data["duplicates"]:
        parts += [
            "<h2>Least similar rows that were removed as near-duplicates</h2>",
            _table(data["duplicates"], ["similarity", "removed", "kept"]),
        ]
    return "\n".join(parts) + "\n"


def _split_notes(splits: dict[str, Any]) -> str:
    asked = splits.get("asked", {})
    said = ", ".join(f"{name} {fraction:g}" for name, fraction in asked.items())
    return (
        f"{''.join(f'<p>{escape(line)}.</p>' for line in share_lines(splits))}"
        f"<p class=quiet>Asked for: {escape(said)} of the {splits.get('may_be_evaluated', 0):,} rows that may be evaluated on. "
        f"{splits.get('clusters', 0):,} clusters, the largest of {splits.get('largest_cluster', 0):,} rows; "
        f"{splits.get('too_large_for_evaluation', 0):,} too large for val or test went to train.</p>"
    )


def _distributions(group: dict[str, Any]) -> str:
    told: list[dict[str, Any]] = []
    for one in group["groups"]:
        line: dict[str, Any] = {group["by"]: one["group"], "rows": one["rows"]}
        for name in ("turns", "characters", "content_tokens"):
            numbers = one.get(name)
            if numbers:
                line |= {f"{name}: {key}": numbers[key] for key in ("min", "median", "p95", "max")}
        told.append(line)
    heads = list(dict.fromkeys(key for line in told for key in line))
    left = group.get("not_shown")
    more = f"<p>{left['groups']:,} smaller groups with {left['rows']:,} rows are not shown.</p>" if left else ""
    return _table(told, heads) + more


def _table(lines: list[dict[str, Any]], heads: list[str]) -> str:
    top = "".join(f"<th>{escape(head.replace('_', ' '))}</th>" for head in heads)
    body = "".join("<tr>" + "".join(_cell(line.get(head, "")) for head in heads) + "</tr>" for line in lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"<td class=n>{value:,}</td>"
    return f"<td>{escape(str(value))}</td>"
