"""Tells the one format of a source from its first rows: the rule of every reader.

The rows vote, and the most frequent label wins; of equally frequent ones the first by name, so that the order of the rows
decides nothing. Two things are no vote:

* A broken row. It has no format, and a file of chats is one although half of its rows are spoilt.
* A chat that ends with the user and has members of its own. It looks like a prompt for reinforcement, where every row
  ends so (`FineTuneReinforcementRequestInput`, openai-openapi f7f4b05), and may be a chat whose answer is missing. Read
  as reinforcement, the finished chats beside it would be invalid; read as a chat, nothing is. So a source is one of
  reinforcement only if its rows agree on it.

Rows *agree* when at least 99 % say the same: fewer, and a source is told as mixed. That share leaves room for a few odd
rows, which are findings of their own, and none for a second format. The first 1,000 rows are asked: a format that 1 % of
the rows have is in them but for one time in 20,000 (0.99 ** 1000).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from ftdata.formats.detect import LOOK_ALIKES, NO_FORMAT, detect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftdata.json_bytes import JsonValue

__all__ = ["AGREEMENT", "HEAD_ROWS", "Detected", "detect_head", "settle"]

AGREEMENT: Final = 0.99
"""Share of the rows with a format that say the same in a source of one format."""
HEAD_ROWS: Final = 1_000
"""Rows of a source that are asked."""


@dataclass(frozen=True, slots=True)
class Detected:
    """What the first rows of a source say about its format.

    Attributes:
        format: The format of the source; `invalid` or `unknown` only when no row has any, or there is no row.
        same: The labels that rows of this format may have.
        agreement: Share of the rows with a format that have it, 0 to 1. Chats without an answer are chats here.
        counts: Rows per label, most first.
        outliers: Positions (from 0) of the rows that say something else, in order.
        problem: None when the rows agree; else one line that says what was found and what to do.
    """

    format: str
    same: frozenset[str]
    agreement: float
    counts: Mapping[str, int]
    outliers: tuple[int, ...]
    problem: str | None

    @property
    def also_possible(self) -> tuple[str, ...]:
        """Formats of other trainers that are laid out in the same way."""
        return LOOK_ALIKES.get(self.format, ())


def detect_head(values: Iterable[JsonValue], *, max_rows: int = HEAD_ROWS) -> Detected:
    """Tells the format of a source from its first rows.

    Args:
        values: Parsed rows in order; no more than `max_rows` are taken.
        max_rows: How many rows to look at.

    Returns:
        The format, how sure it is, and what to do if the rows do not agree.

    Example:
        >>> detect_head([{"text": "Low tide is at four."}]).format
        'text'
    """
    labels = [detect(value) for value in islice(values, max_rows)]
    found = settle(Counter(labels))
    return replace(found, outliers=tuple(i for i, label in enumerate(labels) if label not in found.same))


def settle(counts: Mapping[str, int]) -> Detected:
    """Tells the format of a source from the labels of its first rows.

    Args:
        counts: Rows per label, as `detect` gives them.

    Returns:
        As `detect_head`; which rows the outliers are is not known.
    """
    counts = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    rows = sum(counts.values())
    votes = Counter({label: count for label, count in counts.items() if label not in NO_FORMAT})
    if not votes:
        first = next(iter(counts), "unknown")
        asked = f"no known format in the first {rows} rows" if rows else "no row to tell the format from"
        return Detected(first, frozenset({first}), 1.0, counts, (), f"{asked}; name the format of this source")
    chats, unanswered = votes["openai-chat"], votes["openai-rft"]
    if unanswered < AGREEMENT * (chats + unanswered):
        votes["openai-chat"] += votes.pop("openai-rft", 0)
    winner = min(votes, key=lambda label: (-votes[label], label))
    # Where most of the chats have no answer, the user may have meant them to have none: that is told as no agreement.
    same = frozenset({winner, "openai-rft"} if winner == "openai-chat" and chats >= unanswered else {winner})
    agreement = sum(counts.get(label, 0) for label in same) / votes.total()
    if agreement >= AGREEMENT:
        return Detected(winner, same, agreement, counts, (), None)
    found = ", ".join(f"{label} ({count})" for label, count in counts.items())
    advice = f"read as {winner}: name the format if that is wrong, or split the file"
    problem = f"the first {rows} rows disagree about their format: {found}; {advice}"
    return Detected(winner, same, agreement, counts, (), problem)
