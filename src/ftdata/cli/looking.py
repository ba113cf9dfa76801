"""The commands that look and change nothing: `check`, `stats`, `why`, `schema`, `targets`."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftdata.cli.group import FILES, FORMAT, LIMIT, ORIGIN, WORKERS, cli
from ftdata.cli.streams import say, show
from ftdata.errors import ReadError, RecipeError
from ftdata.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftdata.report.problems import FoundProblem

__all__ = ["check", "schema", "stats", "targets", "why"]

_ADDRESS = re.compile(r"(.+):([0-9]{1,18})(?:#([0-9]{1,18}))?", re.DOTALL)  # more digits are a slip of the keyboard
_OF_INPUT = re.compile(r"-:[0-9]+(?:#[0-9]+)?")
_MOST_STORIES = 10  # some three lines each: a screen; `FILE:LINE#N` asks for any other


@cli.command()
@FILES
@click.option("--target", metavar="NAME", help="Who will read the files: openai, trl ...; `ftdata targets` lists them.")
@click.option("--all", "every", is_flag=True, help="List every problem; else each rule once, with its first rows.")
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
    every: bool,
    as_json: bool,
    limit: int | None,
    workers: int | None,
    format_: str | None,
) -> None:
    """Report every problem of every row of FILES; exit with 1 if any is an error."""
    import orjson

    from ftdata.pipeline import Pipeline
    from ftdata.report.by_rule import problem_line, problems_by_rule, rows_on_one_line
    from ftdata.report.findings import SEVERITIES
    from ftdata.report.problems import find_problems
    from ftdata.stages import Validate

    pipeline = Pipeline([Validate(target=target)])
    result = pipeline.run_files(files, workers=workers, limit=limit, format=format_ or "auto")
    counts: Counter[str] = Counter()
    rules: set[str] = set()

    def counted() -> Iterator[FoundProblem]:
        for one in find_problems(result.ledger):
            counts[one.severity] += 1
            rules.add(one.rule)
            yield one

    lines: Iterator[str]
    if as_json:
        lines = (orjson.dumps(one.told()).decode() for one in counted())
    elif every:
        nth = rows_on_one_line(result.dataset)
        lines = (problem_line(one, nth) for one in counted())
    else:
        lines = iter(problems_by_rule(result.dataset, counted()))
    for line in lines:
        show(line)
    told = ", ".join(f"{counts[name]:,} {name}" for name in SEVERITIES)
    more = "; --all lists every problem" if rules and not (as_json or every) else ""
    little = "; no --target was named: only the layout was checked" if target is None else ""
    say(f"{len(result.dataset.index):,} rows: {told}{more}{little}")
    if "schema.extra_key" in rules:
        say("keys that the target rejects are taken out by a recipe with {stage: Validate, repair: [extra_keys]}")
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
    show(orjson.dumps(described, option=orjson.OPT_INDENT_2).decode() if as_json else describe_text(described))
    left = len(result.dataset.index) - len(result.dataset)
    if left:
        say(f"{left:,} {'row' if left == 1 else 'rows'} could not be read; `ftdata check` tells why")


class _TakesAddress(click.Command):
    """A command that takes the address of a row: `-:3`, a row of standard input, is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let no option follow the first such address, as `--` does."""
        at = next((i for i, one in enumerate(args) if one == "--" or _OF_INPUT.fullmatch(one)), len(args))
        return super().parse_args(ctx, [*args[:at], "--", *args[at + (args[at : at + 1] == ["--"]) :]])


@cli.command(cls=_TakesAddress)
@click.argument("run_folder", metavar="RUN")
@click.argument("address", metavar="FILE:LINE")
def why(run_folder: str, address: str) -> None:
    """Tell the story of one row: FILE:LINE as it was read, in the outputs of RUN.

    FILE is the name that the outputs have for it, the end of that, or its path from here; - is standard input. Where
    several rows begin on the line, all are told of; FILE:LINE#N is the Nth of them. A line inside a row of several lines
    stands for that row.
    """
    from ftdata.report.run_folder import stories_of_run, story_of_run

    parts = _ADDRESS.fullmatch(address)
    if parts is None:
        raise RecipeError(f"{address} is no address; write FILE:LINE, as in tickets/may.jsonl:4711")
    source, line, nth = parts[1], int(parts[2]), parts[3]
    try:
        if nth is None:
            stories, rows = stories_of_run(Path(run_folder), source, line, most=_MOST_STORIES)
        else:
            stories, rows = [story_of_run(Path(run_folder), source, line, nth=int(nth))], 1
    except LookupError as error:
        if type(error) is not LookupError:  # a KeyError is a bug, and its text a key of somebody's row
            raise
        raise ReadError(str(error)) from None
    for story in stories:
        show(str(story))
    if rows > len(stories):
        last = one_line(f"{stories[0].source}:{line}#{rows}")
        say(f"{rows - len(stories):,} more rows begin on this line; {last} is the last of them")


@cli.command()
def schema() -> None:
    """Print the JSON Schema of recipes, for editors."""
    import orjson

    from ftdata.recipe import recipe_schema

    show(orjson.dumps(recipe_schema(), option=orjson.OPT_INDENT_2).decode())


@cli.command()
def targets() -> None:
    """List the targets that `check` and Validate know."""
    from ftdata.targets import targets as names

    show("\n".join(names()))
