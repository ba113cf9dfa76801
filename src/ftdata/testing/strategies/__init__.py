"""Hypothesis strategies for fine-tuning rows: functions with plural names, keyword-only options, all of them cheap.

Everything is right by construction: nothing is drawn and thrown away (`.filter`, `assume`), which would make
Hypothesis slow and its minima odd. What is drawn shrinks to something a person can read: one question, one answer, no
edit. Strategies that plant something (duplicates, private data, broken lines) give a frozen oracle that says what.

    rows            chat_records  preference_records  completion_records  text_records
    texts           message_texts  near_duplicates_of  near_duplicate_groups  pii_values  pii_texts
    files           corrupt_jsonl
    whole datasets  datasets  row_facts  fields_of_facts

For lists use Hypothesis' own `st.lists(chat_records())`. Records by type (`st.from_type(ftdata.records.Chat)`) are
registered with Hypothesis already when ftdata is installed.
"""

from __future__ import annotations

from ftdata.testing.strategies.broken_files import BREAKAGES, CorruptJsonl, corrupt_jsonl
from ftdata.testing.strategies.datasets import datasets
from ftdata.testing.strategies.facts import FACTS_KEY, fields_of_facts, row_facts
from ftdata.testing.strategies.near_duplicates import (
    WORD_EDITS,
    DuplicateGroups,
    near_duplicate_groups,
    near_duplicates_of,
)
from ftdata.testing.strategies.private_data import PII_KINDS, PiiText, pii_texts, pii_values
from ftdata.testing.strategies.rows import chat_records, completion_records, preference_records, text_records
from ftdata.testing.strategies.texts import message_texts

__all__ = [
    "BREAKAGES",
    "FACTS_KEY",
    "PII_KINDS",
    "WORD_EDITS",
    "CorruptJsonl",
    "DuplicateGroups",
    "PiiText",
    "chat_records",
    "completion_records",
    "corrupt_jsonl",
    "datasets",
    "fields_of_facts",
    "message_texts",
    "near_duplicate_groups",
    "near_duplicates_of",
    "pii_texts",
    "pii_values",
    "preference_records",
    "row_facts",
    "text_records",
]
