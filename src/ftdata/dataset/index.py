"""The index: a few small columns of every row ever read, dropped rows too.

Lineage, groups, duplicates and audits follow it, so a row stays here when it leaves the data: its status changes, and a
dropped duplicate points to the row that was kept in its place. What a row costs in memory, column by column, is
measured by `benchmarks/memory.py`.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, Literal

from ftdata.stage import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from ftdata.json_bytes import JsonFault, JsonObject, JsonValue, Path

__all__ = ["NAMING", "ORIGINS", "STATUSES", "Fields", "Origin", "content_hash", "empty_index", "index_rows"]

Origin = Literal["human", "synthetic", "unknown"]
ORIGINS: Final = ("human", "unknown", "synthetic")
"""In the order in which one of two equal rows is kept."""
STATUSES: Final = ("kept", "dropped", "set_aside")
"""`set_aside` rows belong to another split than the one looked at; they were not dropped."""
NAMING: Final = ("id", "parents", "generator", "origin", "created")
"""Of `Fields` those that say which row it is and where it came from, and nothing of what it says: what stands there tells no
two rows apart. A `group` or `stratum` may be what a grader reads (a document, a class), so those do."""


@settings
class Fields:
    """Where in a row its own facts stand, as dotted paths such as `metadata.customer`.

    Facts are compared as text, whichever way a file spells them: a number with an integral value is that integer (pandas
    writes a column with gaps as `3.0`, and the row it names has `3`), white space around a text is no part of it, and an
    empty text is no fact. `3` and `"3"` are one name, `"3.0"` is another: text is compared by its characters.

    Attributes:
        origin: Who wrote the row: a string `human` or `synthetic`; anything else counts as unknown.
        id: The row's own id, by which other rows name it as a parent. A string or a number.
        parents: The id, or list of ids, of the rows this one was made from. A list of objects (`[{"id": 3}]`) holds no
            ids: where no row is found by them, `fields.no_parent` says so.
        generator: The model or program that made the row.
        group: Rows of one group (a customer, a thread, a document) never straddle splits.
        created: When the row was made, as text that sorts by time (ISO 8601).
        stratum: The class or topic of the row.
    """

    origin: str | None = None
    id: str | None = None
    parents: str | None = None
    generator: str | None = None
    group: str | None = None
    created: str | None = None
    stratum: str | None = None


def empty_index() -> pl.DataFrame:
    """An index without rows: the schema that every index has."""
    import polars as pl

    return pl.DataFrame(
        schema={
            "row": pl.Int64,
            "source": pl.UInt32,
            "line": pl.Int64,
            "id": pl.String,
            "parents": pl.List(pl.String),
            "generator": pl.String,
            "group": pl.String,
            "created": pl.String,
            "stratum": pl.String,
            "origin": pl.Enum(ORIGINS),
            "content_hash": pl.Binary,
            "status": pl.Enum(STATUSES),
            "kept_as": pl.Int64,
        }
    )


def content_hash(raw: bytes) -> bytes:
    """The 16-byte BLAKE2b hash of a row as it was read: the same on every machine and in every version.

    Args:
        raw: The bytes of the row.
    """
    return hashlib.blake2b(raw, digest_size=16).digest()


def index_rows(
    first: int,
    source: int,
    lines: Sequence[int],
    raws: Sequence[bytes],
    values: Sequence[JsonObject | JsonFault],
    origin: Origin,
    fields: Fields,
) -> pl.DataFrame:
    """The index of rows just read.

    Args:
        first: Number of the first row; the others follow.
        source: Number of their source.
        lines: Their addresses in it.
        raws: Their bytes.
        values: What the bytes parse to; a fault has no id, no group, no parents.
        origin: The origin of the input, unless `fields.origin` names a path in the row.
        fields: Where the rows' own facts stand.
    """
    import polars as pl

    found = [value if isinstance(value, dict) else {} for value in values]
    one: dict[str, list[str | None]] = {}
    for name in ("id", "generator", "group", "created", "stratum"):
        path = getattr(fields, name)
        one[name] = [_text(look_up(value, path)) for value in found] if path else [None] * len(found)
    origins: list[str] = [origin] * len(found)
    if fields.origin:
        told = [look_up(value, fields.origin) for value in found]
        origins = [text if isinstance(text, str) and text in ORIGINS else "unknown" for text in told]
    parents: list[list[str]] = [[]] * len(found)
    if fields.parents:
        parents = [_texts(look_up(value, fields.parents)) for value in found]
    count = len(found)
    return pl.DataFrame(
        {
            "row": range(first, first + count),
            "source": [source] * count,
            "line": list(lines),
            **one,
            "parents": parents,
            "origin": origins,
            "content_hash": [content_hash(raw) for raw in raws],
            "status": ["kept"] * count,
            "kept_as": [None] * count,
        },
        schema_overrides=empty_index().schema,
    ).select(empty_index().columns)


def look_up(value: JsonValue, path: str) -> JsonValue:
    """The value at a dotted path, or None. A key that itself holds the dots is found first."""
    here: JsonValue = value
    while path:
        if not isinstance(here, dict):
            return None
        if path in here:
            return here[path]
        key, _, path = path.partition(".")
        here = here.get(key)
    return here


def located(value: JsonValue, path: str) -> Path | None:
    """Where `look_up` finds something, as the keys on the way there; None where there is no such member.

    Args:
        value: A parsed row.
        path: A dotted path.
    """
    here: JsonValue = value
    steps: Path = ()
    while path and isinstance(here, dict):
        if path in here:
            return (*steps, path)
        key, _, path = path.partition(".")
        here, steps = here.get(key), (*steps, key)
    return None


def _text(value: JsonValue) -> str | None:
    """A fact as text: what is no string as its JSON, with the keys of objects in order; null and nothing are no fact."""
    value = _settled(value)
    if isinstance(value, str):
        return value or None
    if value is None or value in ([], {}):
        return None
    if isinstance(value, bool | dict | list):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return str(value)


def _settled(value: JsonValue) -> JsonValue:
    """A fact as it is compared: the same number is the same number, and white space around a text is none of it."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, list):
        return [_settled(one) for one in value]
    if isinstance(value, dict):
        return {key: _settled(one) for key, one in value.items()}
    return value


def _texts(value: JsonValue) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for text in map(_text, items) if text is not None]
