"""What became of rows, in a form that a test can compare; and short ways to write rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftdata import Dataset


def chat(*said: str, system: str | None = None, **more: Any) -> dict[str, Any]:
    """A chat of user and assistant in turn."""
    messages = [] if system is None else [{"role": "system", "content": system}]
    messages += [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(said)]
    return {"messages": messages, **more}


def drops(data: Dataset) -> dict[int, str]:
    """Line to reason of the rows that were dropped."""
    told = data.ledger.filter(data.ledger["action"] == "drop")
    return dict(zip(told["line"], told["reason"], strict=True))


def details(data: Dataset, action: str) -> list[dict[str, Any]]:
    """The details of one action, in the order of the ledger."""
    return [json.loads(one) for one in data.ledger.filter(data.ledger["action"] == action)["detail"]]


def details_by_line(data: Dataset) -> dict[int, dict[str, Any]]:
    """Line to detail of the rows that were dropped."""
    told = data.ledger.filter(data.ledger["action"] == "drop")
    return {line: json.loads(detail) for line, detail in told.select("line", "detail").iter_rows()}


def kept_lines(data: Dataset) -> list[int]:
    """Lines of the rows that stayed."""
    return data.column("line").to_list()


def many_words(tag: str, count: int = 60) -> str:
    """A text of words that no other tag has."""
    return " ".join(f"{tag}{number}" for number in range(count))
