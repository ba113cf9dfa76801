"""One step of a pipeline: a stage applied, its errors said, and what it did noted."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ftdata.dataset import Dataset
from ftdata.dataset.per_row import apply_per_row
from ftdata.engines import CallFailed
from ftdata.errors import SplitError, StageError, is_ours, is_panic, place_of, what_stopped
from ftdata.report.summary import flow_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftdata.stage import Stage

__all__ = ["refused_after", "run_stage", "told_flow"]


def run_stage(stage: Stage, dataset: Dataset, where: str) -> Dataset:
    """Apply one stage; whatever it raises becomes a StageError that does not quote the data.

    Args:
        stage: What to apply; a per-row stage shard by shard, in the run's engine.
        dataset: The rows, at their place in the pipeline.
        where: Path of the stage, for the message of an error.

    Raises:
        StageError: The stage raised something that is no error of ftdata's, the machine stopped it, or it gave back
            something else than a Dataset.
        FtdataError: Whatever error of ftdata's the stage raised.
    """
    try:
        after = apply_per_row(stage, dataset) if getattr(stage, "per_row", False) else stage(dataset)
    except MemoryError:
        raise
    except OSError as error:
        raise StageError(f"the machine stopped it ({what_stopped(error)})", stage=where) from None
    except CallFailed as error:
        raise StageError(f"it raised {error.kind} at {error.place}", stage=where) from None
    except BaseException as error:
        if isinstance(error, StageError) and error.stage == dataset.place and is_ours(error):
            # A verb that is not told who calls it (mark, map_shards) knows the place in the pipeline and no name.
            raise StageError(str(error).removeprefix(f"stage {error.stage}: "), stage=where) from None
        if is_ours(error) or not (isinstance(error, Exception) or is_panic(error)):
            raise
        raise StageError(f"it raised {type(error).__name__} at {place_of(error)}", stage=where) from None
    if not isinstance(after, Dataset):
        raise StageError(f"it returned {type(after).__name__}; a stage returns a Dataset", stage=where)
    return after


@contextmanager
def refused_after(dataset: Dataset) -> Iterator[None]:
    """Let a refusal tell what was done until then: the rows that are missing left in an earlier stage.

    Args:
        dataset: The rows after the last stage that was done.
    """
    try:
        yield
    except SplitError as error:
        error.flow = tuple(flow_of(dataset))
        raise


def told_flow(after: Dataset, before: Dataset, where: str) -> Dataset:
    """Note what a stage did, for the report: rows in and out, drops by reason, edited rows, findings.

    Counted here, from its own events: the ledger of a Dataset that went through two pipelines, or of a stage that calls
    itself something else there, no longer tells which stage wrote a line.

    Args:
        after: What the stage gave back.
        before: What it was given.
        where: Path of the stage.
    """
    events = after.events[len(before.events) :]
    reasons: Counter[str] = Counter()
    edited: set[int] = set()
    findings = 0
    for frame in events:
        for action, reason, row in frame.select("action", "reason", "row").iter_rows():
            if action == "drop":
                reasons[reason] += 1
            elif action == "edit":
                edited.add(row)
            else:
                findings += 1
    told = {
        "stage": where,
        "rows_in": len(before),
        "rows_out": len(after),
        "dropped": dict(sorted(reasons.items())),
        "edited": len(edited),
        "findings": findings,
    }
    return after.note("flow", [*after.notes.get("flow", ()), told])
