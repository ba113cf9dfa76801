"""Validate: every problem of every row, before a trainer finds them; rows that would be rejected leave."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import orjson
from pydantic import BaseModel  # noqa: TC002  # pydantic reads the annotations of settings

from ftdata.dataset.per_row import apply_per_row
from ftdata.dataset.reading import INVALID_RECORD
from ftdata.errors import RecipeError
from ftdata.json_bytes import KNOWN_KEYS, Remove, show_path
from ftdata.stage import settings

if TYPE_CHECKING:
    import polars as pl

    from ftdata.dataset import Dataset, Shard
    from ftdata.json_bytes import Edit, JsonObject
    from ftdata.targets import Problem

__all__ = ["EXTRA_KEYS_REMOVED", "INVALID_RECORD", "NULL_KEYS_REMOVED", "Validate"]

EXTRA_KEYS_REMOVED: Final = "extra_keys_removed"
NULL_KEYS_REMOVED: Final = "null_keys_removed"
EXTRA_KEY: Final = "schema.extra_key"
_NULL_KEY: Final = "(null key)"  # no rule: among the problems, a key to be removed
_INDEX: Final = re.compile(r"\[\d+\]")


@settings
class Validate:
    """Write a finding for every problem of every row and drop the rows with errors (`invalid_record`).

    One kind of error drops no row: a key at the top that the target does not take (`schema.extra_key`). It is a matter
    of the layout of the file and no fault of the row, and dropping would lose them all. It stays an error in the ledger
    and for `ftdata check`, and `repair=["extra_keys"]` takes such keys out.

    Attributes:
        target: Who will read the file: a provider or trainer such as `openai` (its layout is told from the rows) or
            `openai/dpo`; `ftdata.targets.targets()` lists them. None checks only that rows are laid out as their format.
        schema: Your own pydantic model; what it rejects is a problem `schema.user.*`. Rows are not changed by it. A
            pipeline with a schema cannot be written as a recipe.
        repair: What to mend, by name; every mended row has an `edit` in the ledger. `extra_keys` removes keys at the
            top of a row that the target does not take (what `Fields` named was read before and is not lost).
            `null_keys` removes keys that are null and mean the same when they are not there, such as `tool_calls` and
            `name` of a message, or `tools`: rows out of a table have them all (`ftdata.targets.null_keys` says which).
            A row is judged as it is without them.

    Raises:
        RecipeError: No such target, or a repair without a target.
    """

    target: str | None = None
    schema: type[BaseModel] | None = None
    repair: tuple[Literal["extra_keys", "null_keys"], ...] = ()

    version: ClassVar[str] = "1"

    def __post_init__(self) -> None:
        if self.target is not None:
            from ftdata.targets import get_target

            get_target(self.target)
        elif self.repair:
            raise RecipeError("Validate: repair mends what a target does not take; name the target")
        if self.schema is not None and not isinstance(self.schema, type):
            raise RecipeError("Validate: schema is a pydantic model class, not an instance")

    @property
    def edits(self) -> bool:
        """Whether rows are changed: only when a repair was asked for."""
        return bool(self.repair)

    def __call__(self, dataset: Dataset) -> Dataset:
        """Check, mend and drop row by row, on every shard; then look at the set."""
        part = _RowPart(target=self.target, schema=self.schema, repair=frozenset(self.repair))
        return self._check_set(apply_per_row(part, dataset))

    def _check_set(self, dataset: Dataset) -> Dataset:
        """What the target asks of the whole file: how many rows, how large, one format."""
        if self.target is None:
            return dataset
        from ftdata.targets import SetFacts, get_target

        known = dataset.notes.get("targets", [])
        dataset = dataset.note("targets", [*known, *({self.target} - {*known})])  # what to ask `ftdata check` for
        formats = dataset.column("format").value_counts().sort("format")
        facts = SetFacts(
            rows=len(dataset),
            formats=dict(formats.iter_rows()),
            bom_files=tuple(source.path for source in dataset.sources if source.bom),
            blank_lines=sum(source.blank for source in dataset.sources),
            bytes=int(dataset.map_shards(_bytes)["bytes"].sum()),
        )
        for problem in get_target(self.target).check_set(facts):
            detail = {"message": problem.message}
            dataset = dataset.find(by="Validate", rule=problem.rule, severity=problem.severity, detail=detail)
        return dataset


@dataclasses.dataclass(frozen=True)
class _RowPart:
    """What Validate does to each row by itself."""

    target: str | None
    schema: type[BaseModel] | None
    repair: frozenset[str]

    def __call__(self, dataset: Dataset) -> Dataset:
        import polars as pl

        nulls = "null_keys" in self.repair
        found = dataset.map_shards(partial(_problems, target=self.target, schema=self.schema, nulls=nulls))
        errors = found.filter((pl.col("severity") == "error") & (pl.col("rule") != EXTRA_KEY))
        errors = errors.group_by("row").agg(pl.col("rule").first(), pl.len().alias("problems")).sort("row")
        stays = ~pl.col("row").is_in(errors["row"].implode())
        for name, rule in (("null_keys", _NULL_KEY), ("extra_keys", EXTRA_KEY)):
            if name in self.repair:
                dataset = _without_keys(dataset, found.filter((pl.col("rule") == rule) & stays), name)
                found = found.filter(pl.col("rule") != rule)
        alike = found.group_by("row", "rule", "severity", "message", maintain_order=True).agg(pl.col("path"))
        for (rule, severity), problems in alike.group_by("rule", "severity", maintain_order=True):
            told = problems.select("path", "message").iter_rows()
            detail = [{"paths": paths, "message": message} for paths, message in told]
            dataset = dataset.find(problems["row"], by="Validate", rule=str(rule), severity=severity, detail=detail)
        reasons = [{"rule": rule, "problems": count} for rule, count in errors.select("rule", "problems").iter_rows()]
        return dataset.drop(errors["row"], by="Validate", reason=INVALID_RECORD, detail=reasons)


def _problems(shard: Shard, *, target: str | None, schema: type[BaseModel] | None, nulls: bool) -> pl.DataFrame:
    """`row, rule, severity, path, message, key` of every problem of a shard's rows; `key` is that of a key to be removed.

    With `nulls`, keys that are null and optional are lines of their own (`_NULL_KEY`), and the problems are those of the
    row without them.
    """
    import polars as pl

    from ftdata.targets import null_keys, without_keys

    out: list[tuple[int, str, str | None, str, str | None, str | None]] = []
    for row, whole, label in zip(shard.rows.tolist(), shard.values, shard.formats, strict=True):
        value = whole
        if nulls and (paths := null_keys(whole)):
            value = without_keys(whole, paths)
            keys = ((show_path(path, whole, KNOWN_KEYS), orjson.dumps(path).decode()) for path in paths)
            out += [(row, _NULL_KEY, None, shown, None, key) for shown, key in keys]
        for problem in _of_row(value, label, target, schema):
            shown = show_path(problem.path, value, KNOWN_KEYS)
            key = orjson.dumps(problem.path).decode() if problem.rule == EXTRA_KEY else None
            out.append((row, problem.rule, problem.severity, shown, problem.message, key))
    names = ("row", "rule", "severity", "path", "message", "key")
    return pl.DataFrame(out, schema={name: pl.Int64 if name == "row" else pl.String for name in names}, orient="row")


def _without_keys(dataset: Dataset, gone: pl.DataFrame, repair: str) -> Dataset:
    """Remove keys, one edit per row."""
    edits: dict[int, list[Edit]] = {}
    paths: dict[int, list[str]] = {}
    for row, key, shown in gone.select("row", "key", "path").iter_rows():
        edits.setdefault(row, []).append(Remove(tuple(orjson.loads(key))))
        paths.setdefault(row, []).append(shown)
    if repair == "extra_keys":
        details: dict[int, dict[str, object]] = {row: {"paths": shown} for row, shown in paths.items()}
        return dataset.edit(edits, by="Validate", reason=EXTRA_KEYS_REMOVED, detail=details)
    # Every message of a long chat has the same ones: a count tells it.
    counts = {row: Counter(_INDEX.sub("[*]", path) for path in shown) for row, shown in paths.items()}
    details = {row: {"removed": dict(sorted(count.items()))} for row, count in counts.items()}
    return dataset.edit(edits, by="Validate", reason=NULL_KEYS_REMOVED, detail=details)


def _of_row(value: JsonObject, label: str, target: str | None, schema: type[BaseModel] | None) -> list[Problem]:
    from ftdata.targets import get_target
    from ftdata.targets.user_schema import check

    problems: list[Problem] = []
    if target is not None:
        problems += get_target(target).check_row(value, label)
    elif schema is None:
        problems += _layout(value, label)
    if schema is not None:
        problems += check(schema, value)
    return problems


def _layout(value: JsonObject, label: str) -> list[Problem]:
    """Whether a row is laid out as the format of its source."""
    from ftdata.formats import READABLE, UnreadableRow, read_record
    from ftdata.targets import Problem

    if label not in READABLE:
        return []
    try:
        read_record(value, label)
    except UnreadableRow as error:
        return [Problem("schema.layout", error.path, "error", f"not laid out as {label}: {error}")]
    return []


def _bytes(shard: Shard) -> pl.DataFrame:
    """`bytes`: the size of a shard's rows as they would be written, newlines included."""
    import polars as pl

    return pl.DataFrame({"bytes": [sum(map(len, shard.raw)) + len(shard.raw)]}, schema={"bytes": pl.Int64})
