"""The report as text of at most 100 columns, without colour, so that it reads the same in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["describe_text", "flow_table", "one_line", "share_lines", "table", "to_text"]


def one_line(text: str) -> str:
    """A text as it can be shown on one line of a terminal: control characters (of a file name, say) are escaped.

    Args:
        text: Any text; a name of a file may hold what steers a terminal.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def to_text(data: dict[str, Any]) -> str:
    """The report as plain text.

    Args:
        data: What `Report.data` holds.
    """
    rows = data["rows"]
    parts = [f"{rows['read']:,} rows read, {rows['kept']:,} kept, {rows['dropped']:,} dropped"]
    parts.append(flow_table(data["flow"]))
    if data["replaced"]:
        told = [[one["kind"], one["values"], one["rows"]] for one in data["replaced"]]
        parts.append(table(["private data replaced", "values", "rows"], told))
    if data["splits"]:
        told = [[name, sum(by.values()), by.get("human", 0), by.get("synthetic", 0), by.get("unknown", 0)]
                for name, by in data["splits"]["by_origin"].items()]  # fmt: skip
        shares = "\n".join(share_lines(data["splits"]))
        parts.append(
            table(["split", "rows", "human", "synthetic", "unknown"], told) + ("\n" + shares if shares else "")
        )
    parts += [_described(group) for group in data["describe"]]
    if data["findings"]:
        told = [
            [one["severity"], one["reason"], one["times"], (one["first"] or ["all rows"])[0], one["message"]]
            for one in data["findings"][:20]
        ]
        parts.append(table(["finding", "rule", "times", "first at", "what the first says"], told))
    if data["duplicates"]:
        told = [[f"{one['similarity']:.3f}", one["removed"], one["kept"]] for one in data["duplicates"][:5]]
        parts.append(table(["similarity", "least similar removed rows", "kept instead"], told))
    return "\n\n".join(parts)


def flow_table(flow: Sequence[Mapping[str, Any]]) -> str:
    """Rows in and out of each stage, edited, dropped by reason, and findings.

    Args:
        flow: What `flow` of `Report.data` holds, or of a `SplitError`.
    """
    lines = [
        [
            one["stage"], one["rows_in"], one["rows_out"], one["edited"] or "", one["findings"] or "",
            ", ".join(f"{reason} {count:,}" for reason, count in one["dropped"].items()),
        ]
        for one in flow
    ]  # fmt: skip
    return table(["stage", "in", "out", "edited", "findings", "dropped by reason"], lines)


def share_lines(splits: Mapping[str, Any]) -> list[str]:
    """What share of the rows val and test are: of those that may be evaluated on, as was asked for, and of all.

    Args:
        splits: What `splits` of `Report.data` holds.

    Returns:
        A line for each of the two that was asked for; none where rows left since they were split, or where a stage of
        the user's own split them.
    """
    rows, may = splits.get("rows", {}), splits.get("may_be_evaluated", 0)
    if rows != {name: sum(by.values()) for name, by in splits["by_origin"].items()} or not may:
        return []
    every = sum(rows.values())
    return [
        f"{name} {rows[name]:,} rows: {rows[name] / may:.1%} of the {may:,} rows that may be evaluated on (asked for: "
        f"{splits['asked'][name]:g}), {rows[name] / every:.1%} of all {every:,}"
        for name in ("val", "test")
        if splits["asked"][name]
    ]


def describe_text(described: list[dict[str, Any]]) -> str:
    """The notes of Describe as tables.

    Args:
        described: The note `describe` of a Dataset: one entry per stage Describe, with its groups.
    """
    return "\n\n".join(_described(group) for group in described)


def _described(group: dict[str, Any]) -> str:
    by = group["by"]
    heads = [
        by,
        "rows",
        "turns (median)",
        "characters (median)",
        "characters (p95)",
        "tokens (median)",
        "tokens (p95)",
        "tokens (all)",
    ]
    lines: list[list[Any]] = []
    for one in group["groups"]:
        tokens = one.get("content_tokens") or {}
        lines.append(
            [one["group"], one["rows"], one["turns"]["median"], one["characters"]["median"], one["characters"]["p95"],
             tokens.get("median", ""), tokens.get("p95", ""), tokens.get("sum", "")]
        )  # fmt: skip
    left = group.get("not_shown")
    more = f"\n{left['groups']:,} smaller groups with {left['rows']:,} rows are not shown" if left else ""
    return table(heads, lines) + more


def table(heads: list[str], lines: list[list[Any]]) -> str:
    """Columns with a rule below the heads; numbers to the right.

    Args:
        heads: Name of each column.
        lines: Values of each line, one per column; numbers get commas between thousands. A column of numbers, or of
            numbers and empty text, stands to the right.
    """
    cells = [
        [f"{value:,}" if isinstance(value, int | float) else one_line(str(value)) for value in line] for line in lines
    ]
    widths = [max(len(head), *(len(line[i]) for line in cells)) if cells else len(head) for i, head in enumerate(heads)]
    right = [
        bool(lines) and all(isinstance(line[i], int | float) or line[i] == "" for line in lines)
        for i in range(len(heads))
    ]

    def put(line: list[str]) -> str:
        placed = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ]
        return "  ".join(placed).rstrip()

    return "\n".join([put(heads), "  ".join("-" * width for width in widths), *map(put, cells)])
