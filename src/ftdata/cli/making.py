"""The commands that write something: `init` and `run`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftdata.cli.group import FORMAT, LIMIT, ORIGIN, WORKERS, cli
from ftdata.cli.stopping import true_when_stopped
from ftdata.cli.streams import say, show
from ftdata.errors import RecipeError
from ftdata.report.text import one_line

if TYPE_CHECKING:
    from ftdata.pipeline import Result

__all__ = ["init", "run"]


@cli.command()
@click.argument("places", nargs=-1, metavar="[FOLDER | FILES...]")
@ORIGIN
def init(places: tuple[str, ...], *, origin: Any) -> None:
    """Write a recipe to start from: for the data in FOLDER, into FOLDER; or for FILES, into the current folder.

    It looks at the first rows of each file and runs as it is; what it cannot know is a comment in the recipe.
    """
    from ftdata.recipe import starter_recipe

    folder, files = Path(), places
    if not places:
        files = ()
    elif len(places) == 1 and _is_folder(places[0]):
        folder, files = Path(places[0]), ()
    written = starter_recipe(folder, files, origin=origin or "unknown")
    shown = one_line(shlex.quote(str(written)))
    say(f"wrote {shown}\nlook at it, then type: ftdata run {shown} --out clean/")


def _is_folder(place: str) -> bool:
    """Whether a place is a folder, or is to become one: what is not there and has no name of data."""
    if not place or "\0" in place:
        raise RecipeError("an empty name, or one with a NUL character, is no folder and no file")
    path = Path(place)
    return path.is_dir() or not (path.exists() or path.suffix or set("*?[") & set(place) or place == "-")


@cli.command()
@click.argument("recipe")
@click.argument("files", nargs=-1)
@click.option("--out", metavar="FOLDER", help="Folder for the outputs; it appears when the run is complete.")
@click.option("--overwrite", is_flag=True, help="Replace the run that FOLDER holds.")
@click.option("--dry-run", is_flag=True, help="Write nothing; list the rows that would leave, and why.")
@click.option("--strict", is_flag=True, help="Exit with 1 when any row was invalid.")
@click.option("--no-rejects", is_flag=True, help="Do not write rejected.jsonl, which may hold private text.")
@LIMIT
@WORKERS
@ORIGIN
@FORMAT
@true_when_stopped
def run(
    recipe: str,
    files: tuple[str, ...],
    *,
    out: str | None,
    overwrite: bool,
    dry_run: bool,
    strict: bool,
    no_rejects: bool,
    limit: int | None,
    workers: int | None,
    origin: Any,
    format_: str | None,
) -> None:
    """Run RECIPE on its inputs, or on FILES in their place (- is standard input)."""
    from ftdata.pipeline import Pipeline
    from ftdata.recipe import Recipe

    if (out is None) == (not dry_run):
        raise RecipeError(
            "say where the outputs go with --out FOLDER"
            if out is None
            else "--dry-run writes nothing; leave --out away"
        )
    loaded = Recipe.load(recipe)
    pipeline = Pipeline.of_recipe(loaded)
    result = pipeline.run_recipe(
        loaded,
        files,
        out=out,
        workers=workers,
        overwrite=overwrite,
        rejects=not no_rejects,
        limit=limit,
        origin=origin,
        format=format_,
        keep_rows=False,
    )
    if dry_run:
        _list_drops(result)
    say(str(result.report))
    if not len(result.dataset):
        say("\nno row is left: every one was dropped, and the outputs are empty")
    extra = _rows_with_extra_keys(result)
    if extra:
        say(
            f"\n{extra:,} kept rows have keys that the target rejects; remove them with repair: [extra_keys] of Validate"
        )
    if out is not None:
        private = "" if no_rejects else f"; {Path(out) / 'rejected.jsonl'} may hold private text"
        say("\n" + one_line(f"written to {out}{private}"))
    invalid = int(result.ledger["reason"].is_in(["invalid_json", "invalid_record"]).sum())
    if strict and invalid:
        say(f"ftdata: {invalid} invalid {'row' if invalid == 1 else 'rows'} and --strict")
        raise click.exceptions.Exit(1)


def _rows_with_extra_keys(result: Result) -> int:
    """How many rows that stay would be rejected for a key at the top."""
    import polars as pl

    errors = result.ledger.filter((pl.col("action") == "finding") & (pl.col("reason") == "schema.extra_key"))
    return int(result.rows.filter(pl.col("fate") == "kept")["row"].is_in(errors["row"].implode()).sum())


def _list_drops(result: Result) -> None:
    """One line per row that would leave: address, stage, reason, and the row kept in its place."""
    import polars as pl

    fates = result.rows.filter(pl.col("fate") == "dropped")
    place = {row: f"{source}:{line}" for row, source, line in result.rows.select("row", "source", "line").iter_rows()}
    for source, line, stage, reason, kept in fates.select("source", "line", "stage", "reason", "kept_row").iter_rows():
        cells = (f"{source}:{line}", stage, reason, place.get(kept, ""))
        show("\t".join(map(one_line, cells)).rstrip())
