"""The Pipeline: stages in a chain, each checked after it ran. A Pipeline is itself a stage, so pipelines nest."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ftdata.dataset import Dataset
from ftdata.dataset.facts import told_parents
from ftdata.dataset.run import Run, WorkFolder
from ftdata.engines import can_be_sent, open_engine
from ftdata.errors import RecipeError
from ftdata.pipeline.amount import is_much
from ftdata.pipeline.checks import check_outcome, check_splits
from ftdata.pipeline.result import Result
from ftdata.pipeline.steps import refused_after, run_stage, told_flow
from ftdata.report.progress import Silent
from ftdata.stage import stage_name

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ftdata.dataset import Origin
    from ftdata.engines import Engine
    from ftdata.recipe import Recipe
    from ftdata.report.progress import Progress
    from ftdata.stage import Stage

    Paths: TypeAlias = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

__all__ = ["Pipeline"]


@dataclasses.dataclass(frozen=True, init=False)
class Pipeline:
    """Stages, applied in order.

    After every stage the law of conservation is checked: every row that came in is kept or was dropped with a reason.

    Args:
        stages: Functions from Dataset to Dataset; `ftdata.stage` makes one of a plain function.
        name: Name of this pipeline in the ledger when it is a stage of another one.

    Raises:
        RecipeError: Something that is no stage, or a stage that edits text behind one that splits.

    Example:
        >>> from ftdata import Dataset, Deduplicate, Pipeline
        >>> rows = [{"text": "the same words"}, {"text": "the same words"}, {"text": "other words"}]
        >>> result = Pipeline([Deduplicate()]).run(Dataset.from_rows(rows))
        >>> len(result.dataset), result.ledger["reason"].to_list()
        (2, ['exact_duplicate'])
    """

    stages: tuple[Stage, ...]
    name: str

    def __init__(self, stages: Sequence[Stage], *, name: str = "pipeline") -> None:
        if not isinstance(stages, list | tuple):
            raise RecipeError("a pipeline takes a list of stages, as in Pipeline([Deduplicate()])")
        if not isinstance(name, str) or not name:
            raise RecipeError(f"the name of a pipeline is a text (given: {name!r})")
        for number, step in enumerate(stages, 1):
            if not callable(step) or isinstance(step, type):
                hint = (
                    f"write {step.__name__}()" if isinstance(step, type) else "give a function from Dataset to Dataset"
                )
                raise RecipeError(f"stage {number} of the pipeline is no stage; {hint}")
        object.__setattr__(self, "stages", tuple(stages))
        object.__setattr__(self, "name", name)
        split = None
        for step in _flat(self):
            if split and getattr(step, "edits", False):
                raise RecipeError(
                    f"{stage_name(step)} edits rows and stands behind {split}: an edited row may belong to another cluster; "
                    f"put {split} behind it"
                )
            if getattr(step, "splits", False):
                split = stage_name(step)

    @property
    def per_row(self) -> bool:
        """Whether all stages judge every row by itself."""
        return all(getattr(step, "per_row", False) for step in self.stages)

    def __call__(self, dataset: Dataset, /) -> Dataset:
        """Apply the stages, in the run that the Dataset belongs to."""
        return self._apply(dataset, Silent())

    def run(
        self,
        data: Dataset | Paths,
        *,
        out: str | os.PathLike[str] | None = None,
        workers: int | None = None,
        progress: Literal["auto", "off"] | Progress = "auto",
        overwrite: bool = False,
        rejects: bool = True,
    ) -> Result:
        """Run the stages and, with `out`, write everything to a folder that appears only when it is complete.

        Args:
            data: A Dataset, or paths as `Dataset.read` takes them (of unknown origin, then).
            out: Folder for the outputs; it must not hold anything, or hold a run and `overwrite` be true.
            workers: Most worker processes; None or 1 works in this process. The bytes that come out are the same. They
                are started where there is enough for them to do (`ftdata.pipeline.amount`). A script that asks for
                workers stands under `if __name__ == "__main__":`.
            progress: `auto` shows progress on a terminal and nothing elsewhere; `off`; or an object of your own.
            overwrite: Replace the run that `out` holds, once the new one is complete.
            rejects: Write `rejected.jsonl`; it is the one output that may hold private text.

        Returns:
            The rows, splits, ledger and report.

        Raises:
            RecipeError: `out` holds something; said before anything is read.
            ReadError: An input cannot be read.
            SplitError: The splits cannot be made as asked; said before the work where it is known.
            StageError: A stage failed.
            WriteError: An output cannot be written.
        """
        if not isinstance(data, Dataset):
            self._refuse_origins(frozenset({"unknown"}))
        return self._run(
            lambda run: data.on(run) if isinstance(data, Dataset) else Dataset.read(data, run=run),
            out=out, workers=workers, progress=progress, overwrite=overwrite, rejects=rejects,
        )  # fmt: skip

    def run_files(
        self,
        files: Sequence[str],
        *,
        workers: int | None = None,
        progress: Literal["auto", "off"] | Progress = "auto",
        limit: int | None = None,
        origin: Origin = "unknown",
        format: str = "auto",
    ) -> Result:
        """Read files and run the stages on them, writing nothing: what `ftdata check` and `ftdata stats` do.

        Args:
            files: Paths, as `Dataset.read` takes them.
            workers: As in `run`.
            progress: As in `run`.
            limit: Most rows of all files together, an equal part of each, the first ones; None reads all.
            origin: Who wrote the rows.
            format: Format label of the rows; `auto` tells it from the first 1,000 of each file.

        Returns:
            As `run` gives it.

        Raises:
            RecipeError: An unknown format or origin, a limit below 1, or no such number of workers.
            ReadError: An input cannot be read.
            SplitError: The splits cannot be made as asked; said before the work where it is known.
            StageError: A stage failed.
        """
        self._refuse_origins(frozenset({origin}))
        return self._run(
            lambda run: Dataset.read(files, origin=origin, format=format, limit=limit, run=run),
            workers=workers,
            progress=progress,
        )

    def run_recipe(
        self,
        recipe: Recipe,
        files: Sequence[str] = (),
        *,
        out: str | os.PathLike[str] | None = None,
        workers: int | None = None,
        progress: Literal["auto", "off"] | Progress = "auto",
        overwrite: bool = False,
        rejects: bool = True,
        limit: int | None = None,
        origin: Origin | None = None,
        format: str | None = None,
        keep_rows: bool = True,
    ) -> Result:
        """Run the stages on the inputs of a recipe, or on `files` in their place: what `ftdata run` does.

        Args:
            recipe: Where the inputs are; the stages are those of this pipeline.
            files: Read instead of the recipe's inputs.
            limit: Read at most so many rows: an equal part of each input, and of each of its files, the first ones.
            origin: Origin of all rows, instead of what the recipe says.
            format: Format of all rows, instead of what the recipe says.
            out: As in `run`.
            workers: As in `run`.
            progress: As in `run`.
            overwrite: As in `run`.
            rejects: As in `run`.
            keep_rows: False works in the folder that becomes `out`, so that a killed run leaves nothing elsewhere; the rows
                of the result can then be read from the outputs only.

        Returns:
            As `run` gives it.

        Raises:
            RecipeError: There is nothing to read, or `out` holds something.
            ReadError: An input cannot be read.
            SplitError: The splits cannot be made as asked; said before the work where it is known.
            StageError: A stage failed.
            WriteError: An output cannot be written.
        """
        origins = recipe.origins(files, origin=origin)
        if origins is not None:
            self._refuse_origins(origins)
        return self._run(
            lambda run: recipe.read(files, origin=origin, format=format, limit=limit, run=run),
            out=out, workers=workers, progress=progress, overwrite=overwrite, rejects=rejects, keep_rows=keep_rows,
        )  # fmt: skip

    def _run(
        self,
        read: Callable[[Run], Dataset],
        *,
        out: str | os.PathLike[str] | None = None,
        workers: int | None = None,
        progress: Literal["auto", "off"] | Progress = "auto",
        overwrite: bool = False,
        rejects: bool = True,
        keep_rows: bool = True,
    ) -> Result:
        """Open what a run needs, read, apply, write, and close it all again whatever happens."""
        from ftdata.io import StagedFolder
        from ftdata.pipeline.outputs import write_outputs
        from ftdata.report.progress import open_progress

        with ExitStack() as stack:
            staged = stack.enter_context(StagedFolder(out, overwrite=overwrite)) if out is not None else None
            folder = (
                staged.path if staged is not None else None
            )  # made now: what cannot be made is said before the work
            shown = stack.enter_context(open_progress(progress))
            engine = open_engine(workers)
            stack.enter_context(_closing(engine))
            shown.start("read", 0)
            work = None if keep_rows or folder is None else WorkFolder(folder / "work")
            dataset = read(Run(engine=engine, folder=work, tick=shown.tick))
            if not (engine.ready or is_much(_flat(self), dataset)):
                dataset = dataset.on(dataset.run.on(open_engine(None)))
            self.preflight(dataset)
            dataset = dataclasses.replace(
                told_parents(dataset.at("", 0), by="read"), place=dataset.place, step=dataset.step
            )
            dataset = self._apply(dataset, shown)
            with refused_after(dataset):
                check_splits(dataset)
            result = Result(dataset=dataset.on(dataset.run.on(open_engine(None), tick=Silent().tick)), pipeline=self)
            if staged is not None and folder is not None:
                shown.start("write", len(dataset.shards))
                write_outputs(result, folder, rejects=rejects, tick=shown.tick)
                if work is not None:
                    work.remove()
                staged.commit()
        return result

    def _refuse_origins(self, origins: frozenset[str]) -> None:
        """Let every stage refuse, before anything is read, what cannot be done with rows of these origins."""
        for step in _flat(self):
            refuse = getattr(step, "refuse_origins", None)
            if refuse is not None:
                refuse(origins)

    def preflight(self, dataset: Dataset) -> None:
        """Let every stage refuse what it knows beforehand that it cannot do.

        Args:
            dataset: The rows as they were read.

        Raises:
            SplitError: No row may enter a split that was asked for.
        """
        for step in self.stages:
            check = getattr(step, "preflight", None)
            if check is not None:
                check(dataset)

    def _apply(self, dataset: Dataset, shown: Progress) -> Dataset:
        """The loop: say where we are, apply, check."""
        place, step = dataset.place, dataset.step
        for number, one in enumerate(self.stages, 1):
            name = stage_name(one)
            here = f"{place}{number}."
            before = dataset.at(here, dataset.last_step + 1)
            if isinstance(one, Pipeline):
                dataset = one._apply(before.at(f"{here}{name}/", before.step or 0), shown)  # noqa: SLF001  # its own class
                continue
            shown.start(f"{here}{name}", len(dataset.shards))
            kept_here = before.run.kept_here
            with refused_after(before):
                after = run_stage(one, before, here + name)
            check_outcome(before, after, here + name)
            if not can_be_sent(one) or before.run.kept_here > kept_here:
                why = "it cannot be sent to worker processes (a lambda, or a function defined inside another one)"
                after = after.find(by=name, rule="engine.in_process", severity="info", detail={"message": why})
            dataset = told_flow(after, dataset, here + name)
        return dataset.at(place, step) if step is not None else dataclasses.replace(dataset, place=place, step=None)

    @staticmethod
    def from_recipe(path: str | os.PathLike[str]) -> Pipeline:
        """The pipeline of a recipe file; its inputs are read by `Recipe.read`.

        Args:
            path: The YAML file.

        Raises:
            RecipeError: The recipe is wrong: file, line where known, setting, what is allowed.
            EncodingUnavailable: A token encoding that cannot be had offline.
            MissingExtraError: A stage needs an optional library.
        """
        from ftdata.recipe import Recipe

        return Pipeline.of_recipe(Recipe.load(path))

    @staticmethod
    def of_recipe(recipe: Recipe) -> Pipeline:
        """The pipeline of a recipe that was loaded.

        Args:
            recipe: As `Recipe.load` gives it; only its stages are looked at.

        Raises:
            RecipeError: The stages do not go together.
        """
        from ftdata.recipe import Steps

        def build(steps: Steps) -> Pipeline:
            return Pipeline(
                [build(step) if isinstance(step, Steps) else step for step in steps.stages], name=steps.name
            )

        try:
            return build(recipe.steps)
        except RecipeError as error:
            raise RecipeError(f"{recipe.file}: {error}" if recipe.file else str(error)) from None

    def to_recipe(self, path: str | os.PathLike[str]) -> None:
        """Write the stages as a recipe file.

        Args:
            path: The file to write; one that is there is replaced. Tokenizer files are named as seen from its folder.

        Raises:
            RecipeError: A stage is a function of your own, which a recipe cannot hold.
            WriteError: The file cannot be written.
        """
        from ftdata.recipe import write_recipe

        write_recipe(path, self.described(defaults=True))

    def described(self, *, defaults: bool = False) -> list[dict[str, Any]]:
        """The stages and their settings as a recipe holds them; a function is shown by name and version.

        Args:
            defaults: Settings that are as they would be anyway too: defaults may change from one version to the next.
        """
        from ftdata.recipe import describe_stage

        return [
            {"stage": "Pipeline", "name": step.name, "stages": step.described(defaults=defaults)}
            if isinstance(step, Pipeline)
            else describe_stage(step, defaults=defaults)
            for step in self.stages
        ]


@contextmanager
def _closing(engine: Engine) -> Iterator[None]:
    """Close an engine: after an error or Ctrl+C without waiting for what nobody wants any more."""
    try:
        yield
    except BaseException:
        engine.close(now=True)
        raise
    engine.close()


def _flat(pipeline: Pipeline) -> Iterable[Stage]:
    for step in pipeline.stages:
        if isinstance(step, Pipeline):
            yield from _flat(step)
        else:
            yield step
