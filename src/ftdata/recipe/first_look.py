"""What `ftdata init` sees in files before it writes a recipe for them: layouts, keys, lengths, and what a target would refuse.

Only the first rows of each file are looked at. Nothing of a row leaves here but numbers, layouts, and keys from a fixed
list of names that are widely used.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from ftdata.dataset import Dataset
from ftdata.dataset.run import Run
from ftdata.errors import MissingExtraError, ReadError, SplitError
from ftdata.stages import Deduplicate, FilterTokens, ScrubPII, Split, Validate
from ftdata.targets import get_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftdata.dataset import Origin
    from ftdata.io import Source

__all__ = ["Look", "LookedAt", "look_at"]

_ROWS: Final = 1_000  # looked at in each file, and 10 times as many in all of them
_FEW: Final = 16  # from here on reading twice is cheaper than summing
_MOST: Final = 0.9  # of the rows looked at: rows without a fact and copies are few in an export that has it
_TARGETS: Final = ("openai", "trl")  # the first that takes the most rows
_MADE: Final = re.compile(r"synth|generat|augment|distil", re.IGNORECASE)
_HOLDERS: Final = ("", "metadata", "meta")
_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("id", "uuid", "ticket_id", "example_id", "sample_id", "row_id"),
    "group": ("group", "customer", "customer_id", "user_id", "thread_id", "conversation_id", "session_id", "document_id"),
    "parents": ("parents", "parent_ids", "parent_id", "seed_ids", "seed_id"),
    "created": ("created", "created_at", "timestamp", "date"),
    "generator": ("generator", "model"),
}  # fmt: skip
"""Keys that usually hold what a field of `Fields` asks for, the likeliest first."""


@dataclasses.dataclass(frozen=True)
class Look:
    """Files that look alike: one input of the recipe.

    Attributes:
        paths: The files.
        format: Format label of their rows.
        agreement: Least share of the rows of a file that are laid out so.
        rows: Rows looked at.
        complete: Whether these are all rows.
        made: Whether the names say that a program wrote the rows.
        fields: Where `Fields` could find what it asks for.
        wrapped: Where the rows of a file seem to be, when it is one object; None when all are as they should be.
    """

    paths: tuple[str, ...]
    format: str
    agreement: float
    rows: int
    complete: bool
    made: bool
    fields: Mapping[str, str]
    wrapped: str | None = None


@dataclasses.dataclass(frozen=True)
class LookedAt:
    """All that is known before a recipe is written.

    Attributes:
        inputs: Files, put together where they look alike.
        unread: Files that cannot be read, and why.
        target: The target that takes the most rows; None when none takes any.
        refused: Rows that it refuses.
        extra_keys: Whether rows have keys at the top that it does not take.
        null_keys: Whether it minds keys that are null and may be left out; rows are counted as they are without them.
        rows: Rows looked at, unreadable ones too.
        unreadable: Rows among them that cannot be read.
        longest: Tokens of the longest row; None where there are none.
        scrubs: Whether ScrubPII is installed.
        no_split: Why the rows cannot be split as they are; None when they can.
    """

    inputs: tuple[Look, ...] = ()
    unread: tuple[str, ...] = ()
    target: str | None = "openai"
    refused: int = 0
    extra_keys: bool = True
    null_keys: bool = False
    rows: int = 0
    unreadable: int = 0
    longest: int | None = None
    scrubs: bool = True
    no_split: str | None = None


def look_at(sources: Sequence[Source], *, origin: Origin) -> LookedAt:
    """Look at the first rows of files.

    Args:
        sources: Files, as `find_sources` gives them: 1,000 rows of each are looked at; of more than ten files fewer,
            but never less than 20.
        origin: Who wrote the rows; decides whether they can be split.
    """
    run = Run()
    heads: list[tuple[Source, Dataset]] = []
    unread: list[str] = []
    most = min(_ROWS, max(_ROWS * 10 // max(len(sources), 1), 20))
    for source in sources:
        try:
            heads.append((source, Dataset.read(source.path, origin=origin, limit=most, run=run)))
        except ReadError as error:
            unread.append(str(error))
    scrubs = _can_scrub()
    if not heads:
        return LookedAt(unread=tuple(unread), scrubs=scrubs)
    every = _together(heads, most, origin=origin, run=run)
    judged = [(name, Validate(target=name, repair=("null_keys",))(every)) for name in _TARGETS]
    target, best = max(judged, key=lambda one: len(one[1]))
    found = best.ledger.filter(best.ledger["stage"] == "Validate")
    counted = FilterTokens(min_tokens=0)(every)
    longest: Any = counted.column("content_tokens").max()
    return LookedAt(
        inputs=tuple(_alike(heads, most)),
        unread=tuple(unread),
        target=target if len(best) else None,
        refused=int((found["action"] == "drop").sum()),
        extra_keys=bool((found["reason"] == "schema.extra_key").any()),
        null_keys=len(best) > 0 and _minds_null_keys(target, every),
        rows=len(every.index),
        unreadable=len(every.index) - len(every),
        longest=longest,
        scrubs=scrubs,
        no_split=_why_no_split(best if len(best) else every, origin),
    )


def _together(heads: Sequence[tuple[Source, Dataset]], most: int, *, origin: Origin, run: Run) -> Dataset:
    """The rows of all heads in one; of many files they are read again, since a sum of sums copies all again each time."""
    if len(heads) > _FEW and all(Path(source.path).is_file() for source, _ in heads):
        paths = [source.path for source, _ in heads]
        return Dataset.read(paths, origin=origin, limit=most * len(heads), run=run)
    every = heads[0][1]
    for _, head in heads[1:]:
        every = every + head
    return every


def _minds_null_keys(target: str, rows: Dataset) -> bool:
    check = get_target(target).check_row
    told = zip(rows.rows(), rows.column("format"), strict=True)
    return any(one.repair == "null_keys" for value, label in told for one in check(value, label))


def _can_scrub() -> bool:
    try:
        ScrubPII()
    except MissingExtraError:
        return False
    return True


def _why_no_split(rows: Dataset, origin: Origin) -> str | None:
    """Try it: what can be split here can be split when there are more rows."""
    if origin != "human":
        return "only rows that people wrote may enter val and test"
    try:
        Split()(Deduplicate()(rows))
    except SplitError:
        return f"these {len(rows)} rows are too few, or too much alike, for three splits"
    return None


def _alike(heads: Iterable[tuple[Source, Dataset]], most: int) -> Iterator[Look]:
    """Files of one layout with the same facts are one input; those that a program wrote by their names are another.

    A path of `Fields` holds for a whole input: in a file that keeps its customers elsewhere it would find none.
    """
    groups: dict[tuple[str, bool, frozenset[str]], list[tuple[Source, Dataset]]] = {}
    for source, head in heads:
        made = _MADE.search(source.path.replace("\\", "/").rpartition("/")[2]) is not None
        there = _paths(list(islice(head.rows(), 200)))
        groups.setdefault((head.sources[0].format, made, there), []).append((source, head))
    for (label, made, _), members in groups.items():
        facts = [head.sources[0] for _, head in members]
        yield Look(
            paths=tuple(source.path for source, _ in members),
            format=label,
            agreement=min(one.agreement for one in facts),
            rows=sum(one.rows for one in facts),
            complete=all(one.rows < most for one in facts),
            made=made,
            fields=_fields([row for _, head in members for row in islice(head.rows(), 200)]),
            wrapped=next((told for _, head in members if (told := _wrapped(head)) is not None), None),
        )


def _wrapped(head: Dataset) -> str | None:
    told = head.ledger.filter(head.ledger["reason"] == "file.wrapped")
    return None if not len(told) else f"{told['source'][0]}: {orjson.loads(told['detail'][0])['message']}"


def _paths(rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Paths of facts that nearly every row has."""
    seen, _ = _counted(rows)
    return frozenset(path for path, count in seen.items() if count >= _MOST * len(rows))


def _counted(rows: Sequence[Mapping[str, Any]]) -> tuple[Counter[str], dict[str, set[str]]]:
    """How many rows have a value such as a field holds at each path, and which values."""
    seen: Counter[str] = Counter()
    values: dict[str, set[str]] = {}
    for row in rows:
        for holder in _HOLDERS:
            part: Any = row.get(holder) if holder else row
            for name in {name for names in _KEYS.values() for name in names} if isinstance(part, dict) else ():
                value = part.get(name)
                if isinstance(value, str | int | list) and not isinstance(value, bool) and value != "":
                    path = f"{holder}.{name}" if holder else name
                    seen[path] += 1
                    values.setdefault(path, set()).add(repr(value))
    return seen, values


def _fields(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Paths at which nearly every row has a value such as a field holds."""
    seen, values = _counted(rows)
    found: dict[str, str] = {}
    for field, names in _KEYS.items():
        for path in (f"{holder}.{name}" if holder else name for name in names for holder in _HOLDERS):
            share = seen[path] / max(len(rows), 1)
            different = len(values.get(path, ()))
            fits = different >= _MOST * seen[path] if field == "id" else different > 1  # copies share an id
            if share >= _MOST and fits:
                found[field] = path
                break
    return found
