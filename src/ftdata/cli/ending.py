"""How a command ends: whatever happens becomes one line and an exit status, and no traceback, whose text could quote a row."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ftdata.cli.group import cli
from ftdata.cli.stopping import ending_when_asked, stopped
from ftdata.cli.streams import say, stop_writing
from ftdata.errors import (
    EncodingUnavailable,
    FtdataError,
    MissingExtraError,
    NamesModelUnavailable,
    RecipeError,
    SplitError,
    is_panic,
    place_of,
    what_stopped,
)
from ftdata.report.text import flow_table, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_WRONG_CALL = (RecipeError, EncodingUnavailable, MissingExtraError, NamesModelUnavailable)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with its exit status.

    Args:
        arguments: The words after `ftdata`; None takes those the process was started with.

    Raises:
        SystemExit: Always: 0 done, 1 a problem of the data or the machine, 2 a wrong call or recipe, 130 stopped.
    """
    # A Rust library writes of a bug of its own ("thread ... panicked at ...") straight to file descriptor 2, before Python is
    # told. Only code in Rust could have it do otherwise, and a descriptor that leads elsewhere would also swallow the last
    # words of an interpreter that crashes, from every thread. So these lines come before ours; the backtrace need not.
    os.environ["RUST_BACKTRACE"] = "0"
    with ending_when_asked():
        status = _status(None if arguments is None else list(arguments))
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            stop_writing()
        except OSError as error:
            say(f"ftdata: standard output: {what_stopped(error)}")
            stop_writing()
            status = 1
    raise SystemExit(status)


def _status(arguments: list[str] | None) -> int:
    """Run a command; whatever it raises becomes one line and an exit status."""
    try:
        return int(cli.main(args=arguments, prog_name="ftdata", standalone_mode=False) or 0)
    except (click.exceptions.Abort, KeyboardInterrupt):
        stopped()
        say("ftdata: stopped; nothing was written")
        return 130  # 128 + SIGINT, as shells have it
    except click.ClickException as error:
        usage = error.ctx.get_usage() + "\n" if isinstance(error, click.UsageError) and error.ctx else ""
        message = error.format_message()  # of a call without a command: the help
        say(message if message.startswith(usage or "Usage:") else f"{usage}ftdata: {one_line(message)}")
        return 2
    except FtdataError as error:
        if isinstance(error, SplitError) and error.flow:
            say(flow_table(error.flow) + "\n")
        say(f"ftdata: {one_line(str(error))}")
        return 2 if isinstance(error, _WRONG_CALL) else 1
    except MemoryError:
        say("ftdata: out of memory; give the machine more, or fewer --workers")
    except OSError as error:
        say(f"ftdata: {one_line(str(error.filename or 'the machine'))}: {what_stopped(error)}")
    except BaseException as error:  # a bug of ours; the text of the error may quote a row, so it is not shown
        if not isinstance(error, Exception) and not is_panic(error):
            raise
        say(f"ftdata: a bug in ftdata: {type(error).__name__} at {place_of(error)}; please report it with this line")
    return 1
