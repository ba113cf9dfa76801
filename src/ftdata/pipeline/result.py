"""What a run gives back: the rows, the splits, the ledger, the report, and the story of any row."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from ftdata.pipeline.outputs import file_of_split, row_fates
from ftdata.recipe import without_places
from ftdata.report.summary import make_report
from ftdata.report.why import Story, tell_story

if TYPE_CHECKING:
    import os

    from ftdata.dataset import Dataset
    from ftdata.pipeline.pipeline import Pipeline
    from ftdata.report.summary import Report

__all__ = ["Result"]


@dataclasses.dataclass(frozen=True)
class Result:
    """The outcome of a run.

    Attributes:
        dataset: The rows that stayed, in input order, with the whole ledger.
        pipeline: What was run.
    """

    dataset: Dataset
    pipeline: Pipeline

    @cached_property
    def splits(self) -> dict[str, Dataset]:
        """The rows of each split that was asked for or has rows, by name; one entry `data` when nothing was split."""
        if "split" not in self.dataset.marks.columns:
            return {"data": self.dataset}
        told = self.dataset.column("split").cast(pl.String)
        rows = self.dataset.column("row")
        there = sorted(told.drop_nulls().unique())
        asked = self.dataset.notes.get("split", {}).get("asked", {})
        # train holds the rows that may not be evaluated on also when none was asked for
        names = [name for name, fraction in asked.items() if fraction or name in there]
        names += [name for name in there if name not in names]
        return {name: self.dataset.view(rows.filter(told == name)) for name in names}

    @cached_property
    def ledger(self) -> pl.DataFrame:
        """Everything that happened: `row, source, line, stage, action, reason, detail` (a JSON object)."""
        return self.dataset.ledger

    @cached_property
    def rows(self) -> pl.DataFrame:
        """One line per row ever read: its address, fate, split, line in the outputs, and marks."""
        return row_fates(self.dataset)

    @cached_property
    def report(self) -> Report:
        """The report: `print(result.report)`; in a notebook it shows itself."""
        return make_report(self.dataset, without_places(self.pipeline.described()))

    def why(self, source: str, line: int, *, nth: int | None = None) -> Story:
        """All that happened to one row.

        Args:
            source: The file as outputs name it; or its path from where you stand; or the end of its name, where that is
                enough to tell it.
            line: Its line (the ordinal, for Parquet and rows from memory), counted from 1.
            nth: Which of the rows that begin on that line, counted from 1: an array may be written on one line.

        Raises:
            LookupError: No such file or line was read, or several rows begin there and `nth` does not say which.
        """
        sizes = {facts.path: facts.size if facts.sha256 else None for facts in self.dataset.sources}
        blank = {facts.path: facts.blank for facts in self.dataset.sources if facts.sha256}
        return tell_story(self.rows, self.ledger, source, line, nth=nth, sizes=sizes, blank=blank)

    def write(self, out: str | os.PathLike[str], *, overwrite: bool = False, rejects: bool = True) -> None:
        """Write all outputs to a folder that appears only when it is complete; as `Pipeline.run(out=...)`.

        Args:
            out: Folder for the outputs; it must not hold anything, or hold a run and `overwrite` be true.
            overwrite: Replace the run that `out` holds, once the new one is complete.
            rejects: Write `rejected.jsonl`; it is the one output that may hold private text.

        Raises:
            RecipeError: `out` holds files that are no run, or a run and `overwrite` is not set.
            WriteError: An output cannot be written.
            SplitError: Rows are in no split, or a split has a name that no file should have.
        """
        from ftdata.io import StagedFolder
        from ftdata.pipeline.checks import check_splits
        from ftdata.pipeline.outputs import write_outputs

        check_splits(self.dataset)
        with StagedFolder(out, overwrite=overwrite) as staged:
            write_outputs(self, staged.path, rejects=rejects)
            staged.commit()

    def __repr__(self) -> str:
        sizes = ", ".join(f"{file_of_split(name)} {len(part)}" for name, part in self.splits.items())
        return f"<Result: {len(self.dataset)} of {len(self.dataset.index)} rows kept: {sizes}>"
