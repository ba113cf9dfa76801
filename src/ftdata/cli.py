"""The command line: one command = one call, with the same verbs and option names.

Data goes to files or standard output; report, progress and errors go to standard error. Exit status: 0 done; 1 the data
or the machine stopped it; 2 the recipe or the call is wrong, said before any data is read; 130 stopped by Ctrl+C or a
termination. No traceback reaches a user: its text could quote a row.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftdata.errors import (
    EncodingUnavailable,
    FtdataError,
    MissingExtraError,
    NamesModelUnavailable,
    ReadError,
    RecipeError,
    WriteError,
    place_of,
    what_stopped,
)
from ftdata.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftdata.pipeline import Result

__all__ = ["main"]

_MOST_DIGITS = 18  # of a line number; more is a slip of the keyboard
_WRONG_CALL = (RecipeError, EncodingUnavailable, MissingExtraError, NamesModelUnavailable)

ORIGIN = click.option("--origin", type=click.Choice(["human", "synthetic", "unknown"]), help="Who wrote the rows.")
FORMAT = click.option(
    "--format", "format_", metavar="NAME", help="Format of the rows; told from the rows when left out."
)
LIMIT = click.option("--limit", type=click.IntRange(1), metavar="N", help="Read only the first N rows.")
WORKERS = click.option("--workers", type=click.IntRange(1), metavar="N", help="Worker processes; 1 when left out.")
FILES = click.argument("files", nargs=-1, required=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ftdata", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn raw examples into a fine-tuning set that can be defended."""


@cli.command()
@click.argument("folder", default=".")
def init(folder: str) -> None:
    """Write a recipe to start from into FOLDER, with the data files found there."""
    from ftdata.recipe import starter_recipe

    written = starter_recipe(Path(folder))
    shown = one_line(shlex.quote(str(written)))
    _say(f"wrote {shown}\nlook at it, then type: ftdata run {shown} --out clean/")


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
    _say(str(result.report))
    extra = _rows_with_extra_keys(result)
    if extra:
        _say(
            f"\n{extra:,} kept rows have keys that the target rejects; remove them with repair: [extra_keys] of Validate"
        )
    if out is not None:
        private = "" if no_rejects else f"; {Path(out) / 'rejected.jsonl'} may hold private text"
        _say("\n" + one_line(f"written to {out}{private}"))
    invalid = int(result.ledger["reason"].is_in(["invalid_json", "invalid_record"]).sum())
    if strict and invalid:
        _say(f"ftdata: {invalid} invalid {'row' if invalid == 1 else 'rows'} and --strict")
        raise click.exceptions.Exit(1)


@cli.command()
@FILES
@click.option("--target", metavar="NAME", help="Who will read the files: openai, trl ...; `ftdata targets` lists them.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object per problem: file, line, path, rule, severity, message."
)
@LIMIT
@WORKERS
@FORMAT
def check(
    files: tuple[str, ...],
    *,
    target: str | None,
    as_json: bool,
    limit: int | None,
    workers: int | None,
    format_: str | None,
) -> None:
    """Report every problem of every row of FILES; exit with 1 if any is an error."""
    import orjson

    from ftdata.pipeline import Pipeline
    from ftdata.report.problems import list_problems
    from ftdata.stages import Validate

    pipeline = Pipeline([Validate(target=target)])
    result = pipeline.run_files(files, workers=workers, limit=limit, format=format_ or "auto")
    problems = list_problems(result.ledger)
    for one in problems:
        if as_json:
            _print(orjson.dumps(one).decode())
        else:
            place = ":".join(str(part) for part in (one["file"], one["line"]) if part is not None) or "all rows"
            _print(one_line(f"{place}: {one['severity']}: {one['path']}: {one['message']} [{one['rule']}]"))
    counts = {
        severity: sum(one["severity"] == severity for one in problems) for severity in ("error", "warning", "info")
    }
    _say(f"{len(result.dataset.index):,} rows: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
    if counts["error"]:
        raise click.exceptions.Exit(1)


@cli.command()
@FILES
@click.option("--by", type=click.Choice(["origin", "source", "format"]), help="Describe each group of rows too.")
@click.option("--encoding", default="o200k_base", show_default=True, help="Encoding that tokens are counted in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@LIMIT
@WORKERS
@ORIGIN
@FORMAT
def stats(
    files: tuple[str, ...],
    *,
    by: str | None,
    encoding: str,
    as_json: bool,
    limit: int | None,
    workers: int | None,
    origin: Any,
    format_: str | None,
) -> None:
    """Describe FILES: turns, characters and tokens."""
    import orjson

    from ftdata.pipeline import Pipeline
    from ftdata.report.text import describe_text
    from ftdata.stages import Describe, FilterTokens

    pipeline = Pipeline([FilterTokens(min_tokens=0, encoding=encoding), Describe(by=by)])
    result = pipeline.run_files(
        files, workers=workers, limit=limit, format=format_ or "auto", origin=origin or "unknown"
    )
    described = result.dataset.notes["describe"]
    _print(orjson.dumps(described, option=orjson.OPT_INDENT_2).decode() if as_json else describe_text(described))
    left = len(result.dataset.index) - len(result.dataset)
    if left:
        _say(f"{left:,} {'row' if left == 1 else 'rows'} could not be read; `ftdata check` tells why")


@cli.command()
@click.argument("run_folder", metavar="RUN")
@click.argument("address", metavar="FILE:LINE")
def why(run_folder: str, address: str) -> None:
    """Tell the story of one row: FILE:LINE as it was read, in the outputs of RUN."""
    from ftdata.report.why import story_of_run

    source, colon, line = address.rpartition(":")
    if not colon or not source or not line.isdecimal() or len(line) > _MOST_DIGITS:
        raise RecipeError(f"{address} is no address; write FILE:LINE, as in tickets/may.jsonl:4711")
    try:
        story = story_of_run(Path(run_folder), source, int(line))
    except LookupError as error:
        if type(error) is not LookupError:  # a KeyError is a bug, and its text a key of somebody's row
            raise
        raise ReadError(str(error)) from None
    _print(str(story))


@cli.command()
def schema() -> None:
    """Print the JSON Schema of recipes, for editors."""
    import orjson

    from ftdata.recipe import recipe_schema

    _print(orjson.dumps(recipe_schema(), option=orjson.OPT_INDENT_2).decode())


@cli.command()
def targets() -> None:
    """List the targets that `check` and Validate know."""
    from ftdata.targets import targets as names

    _print("\n".join(names()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with its exit status."""
    with _ending_when_asked():
        status = _status(None if arguments is None else list(arguments))
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            _stop_writing()
        except OSError as error:
            _say(f"ftdata: standard output: {what_stopped(error)}")
            _stop_writing()
            status = 1
    raise SystemExit(status)


def _status(arguments: list[str] | None) -> int:
    """Run a command; whatever it raises becomes one line and an exit status."""
    try:
        return int(cli.main(args=arguments, prog_name="ftdata", standalone_mode=False) or 0)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say("ftdata: stopped; nothing was written")
        return 130  # 128 + SIGINT, as shells have it
    except click.ClickException as error:
        usage = error.ctx.get_usage() + "\n" if isinstance(error, click.UsageError) and error.ctx else ""
        message = error.format_message()  # of a call without a command: the help
        _say(message if message.startswith(usage or "Usage:") else f"{usage}ftdata: {one_line(message)}")
        return 2
    except FtdataError as error:
        _say(f"ftdata: {one_line(str(error))}")
        return 2 if isinstance(error, _WRONG_CALL) else 1
    except MemoryError:
        _say("ftdata: out of memory; give the machine more, or fewer --workers")
    except OSError as error:
        _say(f"ftdata: {one_line(str(error.filename or 'the machine'))}: {what_stopped(error)}")
    except Exception as error:  # noqa: BLE001  # a bug of ours; the text of the error may quote a row, so it is not shown
        _say(f"ftdata: a bug in ftdata: {type(error).__name__} at {place_of(error)}; please report it with this line")
    return 1


@contextmanager
def _ending_when_asked() -> Iterator[None]:
    """A termination (`kill`, a batch system's time limit) is taken as Ctrl+C is: the run removes what it has begun."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not in the main thread, where signals are not ours
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
        _print("\t".join(map(one_line, cells)).rstrip())


def _print(text: str) -> None:
    """Data, to standard output. A reader that has had enough (`| head`) is no error; the exit status stays true."""
    if sys.stdout is None:
        raise WriteError("it is closed", path="standard output")
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError:
        _stop_writing()


def _stop_writing() -> None:
    """Send what is still to be written to standard output nowhere, so that Python does not complain at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _say(text: str) -> None:
    """Words for a person, to standard error; when nobody can read them there, to nobody."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(text + "\n")
            sys.stderr.flush()
