"""JSON as bytes: parse lines with a reason for every refusal, and change a value without touching the bytes around it.

A row is kept as the bytes that were read. `parse_lines` says what they mean, or which rule they break; `apply_edits`
splices them, so that everything outside an edit leaves as it came; `walk` lists what stands in them, also in JSON held by
strings; `dump` and `compact` write what was no JSONL before; `canonical` writes what is compared.
"""

from ftdata.json_bytes.canonical import LongNumber, canonical, with_digits
from ftdata.json_bytes.parse import MAX_DEPTH, parse_line, parse_lines
from ftdata.json_bytes.paths import KNOWN_KEYS, show_path
from ftdata.json_bytes.splice import (
    Edit,
    EditError,
    Insert,
    Remove,
    Rename,
    Replace,
    ReplaceText,
    apply_edits,
    find_span,
)
from ftdata.json_bytes.values import JsonFault, JsonObject, JsonValue, Path, Step
from ftdata.json_bytes.walk import Found, embedded, is_plain_name, walk
from ftdata.json_bytes.write import JsonText, compact, dump

__all__ = [
    "KNOWN_KEYS",
    "MAX_DEPTH",
    "Edit",
    "EditError",
    "Found",
    "Insert",
    "JsonFault",
    "JsonObject",
    "JsonText",
    "JsonValue",
    "LongNumber",
    "Path",
    "Remove",
    "Rename",
    "Replace",
    "ReplaceText",
    "Step",
    "apply_edits",
    "canonical",
    "compact",
    "dump",
    "embedded",
    "find_span",
    "is_plain_name",
    "parse_line",
    "parse_lines",
    "show_path",
    "walk",
    "with_digits",
]
