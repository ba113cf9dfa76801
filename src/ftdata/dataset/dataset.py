"""The Dataset: its verbs and what can be asked of it."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import polars as pl

from ftdata.dataset.asked import check_marks, check_named, check_reason, check_rule, check_there, row_numbers
from ftdata.dataset.ledger import make_events, ordered_ledger, told_details
from ftdata.dataset.marks import OF, Of, add_marks, marks_after_edit, shown_name, stacked
from ftdata.dataset.run import Run
from ftdata.dataset.shards import Shard, spliced, write_shard
from ftdata.errors import StageError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftdata.dataset.index import Fields, Origin
    from ftdata.dataset.ledger import Severity
    from ftdata.dataset.shards import ShardRef
    from ftdata.dataset.sources import SourceFacts
    from ftdata.json_bytes import Edit, JsonObject

    Rows: TypeAlias = Sequence[int] | NDArray[np.int64] | pl.Series

__all__ = ["Dataset"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Rows exactly as they were read, plus a ledger of everything that happened to them.

    Made by `Dataset.read`, `Dataset.from_rows`, `Dataset.from_polars` or `a + b`; never changed. The rows' bytes stay in
    files; only the index, the marks and the ledger are in memory.

    Example:
        >>> from ftdata import Dataset
        >>> data = Dataset.from_rows([{"text": "a"}, {"text": "b"}], origin="human")
        >>> len(data), data.drop([1], by="example", reason="not_wanted").ledger["reason"].to_list()
        (2, ['not_wanted'])
    """

    shards: tuple[ShardRef, ...]
    index: pl.DataFrame
    sources: tuple[SourceFacts, ...]
    run: Run
    marks: pl.DataFrame
    marks_of: Mapping[str, Of] = dataclasses.field(default_factory=dict[str, Of])
    events: tuple[pl.DataFrame, ...] = ()
    notes: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    place: str = ""
    step: int | None = None

    # -- making one ---------------------------------------------------------------------------------------------------

    @staticmethod
    def read(
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        format: str = "auto",
        origin: Origin = "unknown",
        fields: Fields | None = None,
        limit: int | None = None,
        shard_rows: int | None = None,
        run: Run | None = None,
    ) -> Dataset:
        """Read files: `.jsonl`, `.ndjson`, `.json` (an array), each also `.gz` and `.zst`, and `.parquet`.

        Args:
            paths: Files, directories (read recursively, in sorted order) and globs; `-` is standard input, JSONL or one
                array, packed or not.
            format: Format label of the rows; `auto` tells it from the first 1,000 rows of each file.
            origin: Who wrote the rows, unless `fields.origin` names a path in the row.
            fields: Where the rows' own facts (id, parents, group ...) stand.
            limit: Read at most so many rows of all files together: the first ones of each, in equal parts. What a short
                file does not have goes to all others, so a limit at or above the number of rows reads them all. For that
                the rows of each file are counted before (standard input counts as `limit`).
            shard_rows: Most rows of a shard; None: 16,384. Changes nothing but memory and the size of the work done at
                once.
            run: Engine and work folder; made when not given.

        Returns:
            All rows that are JSON objects. Lines that are not were dropped with a reason and are in the ledger.

        Raises:
            ReadError: A file is missing, empty as a whole input, not readable or not text.
            RecipeError: An unknown format or origin, or a limit or `shard_rows` below 1.
        """
        from ftdata.dataset.reading import read_files

        return read_files(
            paths, format=format, origin=origin, fields=fields, limit=limit, shard_rows=shard_rows, run=run or Run()
        )

    @staticmethod
    def from_rows(
        rows: Iterable[Mapping[str, Any]],
        *,
        format: str = "auto",
        origin: Origin = "unknown",
        fields: Fields | None = None,
        shard_rows: int | None = None,
        run: Run | None = None,
    ) -> Dataset:
        """Make a Dataset of dicts, written once as compact JSON.

        Args:
            rows: The rows, taken one by one: a generator is never held whole. The Nth is line N of the source `memory`.
            format: Format label of all rows; `auto` tells it from the first 1,000.
            origin: Who wrote the rows, unless `fields.origin` names a path in the row.
            fields: Where the rows' own facts (id, parents, group ...) stand; None: the rows have none.
            shard_rows: Most rows of a shard; None: 16,384. Changes nothing but memory and the size of the work done at
                once.
            run: Engine and work folder; made when not given.

        Raises:
            ReadError: A row that is no dict, or a value that JSON has no word for; names the row and the path.
            RecipeError: An unknown format or origin, or `shard_rows` below 1.
        """
        from ftdata.dataset.reading import read_memory

        return read_memory(rows, format=format, origin=origin, fields=fields, shard_rows=shard_rows, run=run or Run())

    @staticmethod
    def from_polars(
        frame: pl.DataFrame,
        *,
        format: str = "auto",
        origin: Origin = "unknown",
        fields: Fields | None = None,
        shard_rows: int | None = None,
        run: Run | None = None,
    ) -> Dataset:
        """Make a Dataset of the rows of a polars frame; dates and times become ISO 8601 text.

        Args:
            frame: One row per line, one key per column; nulls stay, as null.
            format: Format label of all rows; `auto` tells it from the first 1,000.
            origin: Who wrote the rows, unless `fields.origin` names a path in the row.
            fields: Where the rows' own facts (id, parents, group ...) stand; None: the rows have none.
            shard_rows: Most rows of a shard; None: 16,384. Changes nothing but memory and the size of the work done at
                once.
            run: Engine and work folder; made when not given.

        Raises:
            ReadError: A column of a kind that JSON has no word for.
            RecipeError: An unknown format or origin, or `shard_rows` below 1.
        """
        from ftdata.io.parquet import rows_of_frame

        rows = rows_of_frame(frame)
        return Dataset.from_rows(rows, format=format, origin=origin, fields=fields, shard_rows=shard_rows, run=run)

    def __add__(self, other: Dataset) -> Dataset:
        """The rows of both, this one's first. The right side's row numbers shift, in all frames alike.

        Raises:
            ReadError: A row of one file is in both.
        """
        from ftdata.dataset.joined import joined

        return joined(self, other)

    # -- asking -------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many rows are kept."""
        return int((self.index["status"] == "kept").sum())

    def __repr__(self) -> str:
        return f"<Dataset: {len(self)} of {len(self.index)} rows kept, {len(self.sources)} sources>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002, FBT001  # how IPython and Hypothesis ask
        """The same line there: what prints dataclasses field by field would print all of the frames."""
        printer.text(repr(self))

    @functools.cached_property
    def ledger(self) -> pl.DataFrame:
        """Everything that happened: `row, source, line, stage, action, reason, detail` (JSON), in canonical order."""
        return ordered_ledger(self.events, self.index, [source.path for source in self.sources])

    @property
    def kept_rows(self) -> NDArray[np.int64]:
        """The numbers of the kept rows, int64, ascending."""
        return self.index.filter(pl.col("status") == "kept")["row"].to_numpy()

    def raw(self) -> Iterator[bytes]:
        """The bytes of each kept row, in order, without a newline."""
        for shard in self.each_shard():
            yield from shard.raw

    def rows(self) -> Iterator[JsonObject]:
        """Each kept row parsed, in order."""
        for shard in self.each_shard():
            yield from shard.values

    def column(self, name: str) -> pl.Series:
        """An index column, mark, `source` (path) or `format`, of the kept rows, in order.

        Args:
            name: A column of `index` or `marks`, or `source` or `format`, which the index does not hold as text.

        Returns:
            One value per kept row.

        Raises:
            KeyError: There is no such column.
        """
        kept = self.index["status"] == "kept"
        if name in {"source", "format"}:
            told = [facts.path if name == "source" else facts.format for facts in self.sources]
            return pl.Series(name, [told[i] for i in self.index["source"].filter(kept).to_list()], dtype=pl.String)
        for frame in (self.index, self.marks):
            if name in frame.columns:
                return frame[name].filter(kept)
        marks = [shown_name(mark).strip("'") for mark in self.marks.columns[1:]]
        raise KeyError(f"no column {shown_name(name)}; there are: {', '.join([*self.index.columns, 'format', *marks])}")

    def each_shard(self) -> Iterator[Shard]:
        """The kept rows shard by shard, in this process."""
        for i in range(len(self.shards)):
            yield self._shard(i, ())

    def _shard(self, number: int, columns: Sequence[str]) -> Shard:
        ref = self.shards[number]
        at = ref.first - self._first
        part = self.index[at : at + ref.rows]
        kept = part["status"] == "kept"
        marks = self.marks[at : at + ref.rows]
        named = [part["row"], *((marks if name in marks.columns else part)[name] for name in columns)]
        return Shard(
            ref,
            part["row"].filter(kept).to_numpy(),
            pl.DataFrame(named).filter(kept),
            [facts.format for facts in self.sources],
            [facts.alike for facts in self.sources],
            [facts.named for facts in self.sources],
            part["source"].to_numpy(),
        )

    @property
    def _first(self) -> int:
        return int(self.index["row"][0]) if len(self.index) else 0

    @property
    def last_step(self) -> int:
        """The place in the run of the last stage that wrote to the ledger."""
        return max((int(frame["step"].max()) for frame in self.events if len(frame)), default=0)  # type: ignore[arg-type]

    # -- the verbs ----------------------------------------------------------------------------------------------------

    def map_shards(self, function: Callable[[Shard], pl.DataFrame], columns: Sequence[str] = ()) -> pl.DataFrame:
        """Run a function on every shard, in the run's engine, and bring back small columns.

        Args:
            function: Takes a `Shard`, gives a frame; picklable when the run has worker processes.
            columns: Names of index columns and marks that the function will find in `shard.columns`.

        Returns:
            The frames, one below the other, in the order of the shards.
        """
        shards = [functools.partial(self._shard, number, columns) for number in range(len(self.shards))]
        frames = list(self.run.each(function, shards))
        return stacked(frames, stage=self.place or "map_shards") if frames else function(self._no_shard(columns))

    def _no_shard(self, columns: Sequence[str]) -> Shard:
        """An empty shard, so that a function can say the schema of its result when there are no rows."""
        ref = write_shard(self.run.path, 0, [])
        named = [self.index["row"], *((self.marks if n in self.marks.columns else self.index)[n] for n in columns)]
        return Shard(ref, np.empty(0, np.int64), pl.DataFrame(named).clear(), [], [], [], np.empty(0, np.uint32))

    def drop(
        self,
        where: Rows,
        *,
        by: str,
        reason: str,
        detail: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        kept_as: Sequence[int] | None = None,
    ) -> Dataset:
        """Take rows out, with a reason: the only way a row leaves.

        Args:
            where: Row numbers; each must still be kept.
            by: Name of the stage.
            reason: Why, in snake_case.
            detail: A JSON object for all of them, or one per row. Never text of a row. A member that holds the number of
                another row has a name that ends in `_row`; one with the name of a source, in `_source`: `a + b` shifts them.
            kept_as: For duplicates, the row that stays in the place of each.

        Raises:
            StageError: A row is not there, is named twice or was dropped before, `where` is a mask, or the reason is not
                in snake_case.
        """
        stage = self.place + by
        check_reason(reason, verb="drop", stage=stage)
        rows = row_numbers(where, verb="drop", stage=stage)
        if not len(rows):
            return self
        at = rows - self._first
        status = self.index["status"].to_numpy().copy() if len(self.index) else np.empty(0, object)
        if len(np.unique(rows)) != len(rows) or at.min() < 0 or at.max() >= len(status) or (status[at] != "kept").any():
            raise StageError("drop: a row is named twice, is not there, or was dropped before", stage=stage)
        status[at] = "dropped"
        columns = [pl.Series("status", status, dtype=self.index.schema["status"])]
        if kept_as is not None:
            stand_ins = row_numbers(kept_as, verb="drop", stage=stage)
            check_there(stand_ins, self.index, verb="drop", stage=stage)
            columns.append(self.index["kept_as"].clone().scatter(at, stand_ins))
        events = self._events(rows.tolist(), by, "drop", reason, told_details(detail, len(rows)))
        return dataclasses.replace(self, index=self.index.with_columns(columns), events=(*self.events, events))

    def edit(
        self,
        edits: Mapping[int, Sequence[Edit]],
        *,
        by: str,
        reason: str,
        detail: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> Dataset:
        """Splice the raw JSON of rows; every byte outside the splices stays.

        Marks of the text (`of="text"`) of these rows are forgotten, and marks of the set (`of="set"`) altogether.

        Args:
            edits: Row number to its edits.
            by: Name of the stage.
            reason: Why, in snake_case.
            detail: Row number to a JSON object that says what was done, without the text itself; see `drop`.

        Raises:
            StageError: A row is not kept, a path is not there, edits overlap, the result is no JSON object, the reason is
                not in snake_case, or the rows were split before (an edited row may belong to another cluster).
        """
        stage = self.place + by
        check_reason(reason, verb="edit", stage=stage)
        edits = {row: changes for row, changes in edits.items() if changes}
        if not edits:
            return self
        if self.marks_of.get("split") == "set" and "split" in self.marks.columns:
            raise StageError(
                "rows are edited after they were split; put Split behind every stage that edits", stage=stage
            )
        rows = sorted(edits)
        if not np.isin(rows, self.kept_rows).all():
            raise StageError("edit: a row is not there or was dropped before", stage=stage)
        details = [dict((detail or {}).get(row, {})) for row in rows]
        return dataclasses.replace(
            self,
            shards=spliced(self.shards, edits, self.run.path, stage),
            events=(*self.events, self._events(rows, by, "edit", reason, details)),
            **marks_after_edit(self.marks, self.marks_of, np.array(rows, np.int64) - self._first),
        )

    def mark(self, columns: pl.DataFrame, *, of: Of) -> Dataset:
        """Add computed columns.

        Args:
            columns: A frame with `row`, each number once, and one or more named columns; rows that it leaves out get
                null. A mark of the same name is written over where the frame has the row, also with null.
            of: What the columns were computed from: `text` (an edit of the row forgets them), `row` (nothing in the
                text), or `set` (any edit forgets them altogether).

        Raises:
            StageError: A column has the name of a column of the index, or `source` or `format`; a row is not there or is
                named twice; or `of` is something else.
        """
        stage = self.place or "mark"
        check_named(of, OF, what="mark: of", stage=stage)
        check_marks(columns, self.index, stage=stage)
        names = [name for name in columns.columns if name != "row"]
        marks = add_marks(self.marks, columns)
        return dataclasses.replace(self, marks=marks, marks_of={**self.marks_of, **dict.fromkeys(names, of)})

    def find(
        self,
        where: Rows | None = None,
        *,
        by: str,
        rule: str,
        severity: Severity,
        detail: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> Dataset:
        """Write findings without touching the rows.

        Args:
            where: Row numbers (one may stand there several times); None for what concerns the whole set.
            by: Name of the stage.
            rule: Dotted id of the rule in snake_case, such as `tool.orphan_result`.
            severity: `error`, `warning` or `info`.
            detail: A JSON object for all, or one per row number; see `drop`.

        Raises:
            StageError: A row is not there, `where` is a mask, the rule is no such id, or the severity is another.
        """
        stage = self.place + by
        check_rule(rule, severity, stage=stage)
        rows: list[int | None] = [None]
        if where is not None:
            numbers = row_numbers(where, verb="find", stage=stage)
            check_there(numbers, self.index, verb="find", stage=stage)
            rows = numbers.tolist()
        if not rows:
            return self
        details = [{"severity": severity, **one} for one in told_details(detail, len(rows))]
        return dataclasses.replace(self, events=(*self.events, self._events(rows, by, "finding", rule, details)))

    def note(self, key: str, value: Any) -> Dataset:
        """Write down a fact about the whole set, as JSON.

        Args:
            key: Its name; a fact of that name is written over.
            value: What `orjson` can write; a Pipeline refuses anything else after the stage. Never text of a row. Row
                numbers and names of sources stand in it as in the detail of `drop`.
        """
        return dataclasses.replace(self, notes={**self.notes, key: value})

    # -- for the pipeline ---------------------------------------------------------------------------------------------

    def view(self, where: Rows) -> Dataset:
        """These rows only; the other kept ones are set aside (not dropped).

        Args:
            where: Row numbers; one that was dropped stays dropped.

        Raises:
            StageError: A row is not there, or `where` is a mask.
        """
        rows = row_numbers(where, verb="view", stage=self.place or "view")
        check_there(rows, self.index, verb="view", stage=self.place or "view")
        wanted = np.zeros(len(self.index), bool)
        wanted[rows - self._first] = True
        kept = (self.index["status"] == "kept").to_numpy()
        status = (
            pl.when(pl.Series(kept & ~wanted)).then(pl.lit("set_aside")).otherwise(pl.col("status").cast(pl.String))
        )
        return dataclasses.replace(
            self, index=self.index.with_columns(status.cast(self.index.schema["status"]).alias("status"))
        )

    def at(self, place: str, step: int | None) -> Dataset:
        """The same Dataset inside a pipeline: `place` goes before the name of every stage in the ledger.

        Args:
            place: What goes before the name, such as `2.clean/1.`; empty outside a pipeline.
            step: Place of the stage in the run, by which the ledger is ordered; None outside a pipeline: told from the
                ledger.
        """
        return dataclasses.replace(self, place=place, step=step)

    def on(self, run: Run) -> Dataset:
        """The same Dataset with its work done in another run; its shards stay where they are.

        Args:
            run: The run that does the work from now on; it holds on to the work folder of this one.
        """
        return dataclasses.replace(self, run=run.joined(self.run))

    def _events(
        self,
        rows: Sequence[int | None],
        by: str,
        action: Literal["drop", "edit", "finding"],
        reason: str,
        details: Sequence[Mapping[str, Any]],
    ) -> pl.DataFrame:
        step = self.step
        if step is None:  # outside a pipeline: what one stage writes in a row is one step
            last = self.events[-1] if self.events else None
            again = last is not None and len(last) > 0 and last["stage"][-1] == self.place + by
            step = self.last_step + (0 if again else 1)
        return make_events(rows, step=step, stage=self.place + by, action=action, reason=reason, details=details)
