"""Records in the canonical view, made by reading rows: what is valid in a file is valid as a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ftdata import records
from ftdata.formats import read_record
from ftdata.testing.strategies.rows import chat_records, completion_records, preference_records, text_records

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["canonical_records"]

R = TypeVar("R", records.Chat, records.Preference, records.Completion, records.PlainText)


def canonical_records(kind: type[R]) -> SearchStrategy[R]:
    """Records of one type.

    Args:
        kind: `Chat`, `Preference`, `Completion` or `PlainText` of `ftdata.records`.
    """
    made: SearchStrategy[Any]
    if kind is records.Chat:
        made = chat_records(tools=True, parts=True).map(_reader("openai-chat"))
    elif kind is records.Preference:
        made = preference_records().map(_reader("trl-preference-conversational")) | preference_records(
            layout="openai"
        ).map(_reader("openai-dpo"))
    elif kind is records.Completion:
        made = completion_records().map(_reader("prompt-completion")) | completion_records(conversational=True).map(
            _reader("trl-prompt-completion-conversational")
        )
    else:
        made = text_records().map(_reader("text"))
    return made


class _reader:  # noqa: N801  # reads as what it is: .map(_reader(format))
    """Reads rows of one format."""

    def __init__(self, format: str) -> None:
        self.format = format

    def __call__(self, row: Any) -> Any:
        return read_record(row, self.format)

    def __repr__(self) -> str:
        return f"read as {self.format}"
