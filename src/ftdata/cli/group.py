"""The command `ftdata`, and the options that several of its commands have."""

from __future__ import annotations

import click

__all__ = ["FILES", "FORMAT", "LIMIT", "ORIGIN", "WORKERS", "cli"]

ORIGIN = click.option("--origin", type=click.Choice(["human", "synthetic", "unknown"]), help="Who wrote the rows.")
FORMAT = click.option(
    "--format", "format_", metavar="NAME", help="Format of the rows; told from the rows when left out."
)
LIMIT = click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help="Read at most N rows in all: the first ones of each input and file, in equal parts; all, if there are no more.",
)
WORKERS = click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="Most worker processes; 1 when left out. For less than 32 MiB of rows none is started.",
)
FILES = click.argument("files", nargs=-1, required=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ftdata", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn raw examples into a fine-tuning set that can be defended."""
