"""The two streams of a command: data goes to standard output, words for a person to standard error."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from ftdata.errors import WriteError

__all__ = ["say", "show", "stop_writing"]


def show(text: str) -> None:
    """Data, to standard output. A reader that has had enough (`| head`) is no error; the exit status stays true.

    Args:
        text: Without the newline at its end, which is added.

    Raises:
        WriteError: The process was started without a standard output.
        OSError: The machine cannot write it, on a full disk for one; `main` makes a line of it.
    """
    if sys.stdout is None:
        raise WriteError("it is closed", path="standard output")
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError:
        stop_writing()


def stop_writing() -> None:
    """Send what is still to be written to standard output nowhere, so that Python does not complain at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(text: str) -> None:
    """Words for a person, to standard error; when nobody can read them there, to nobody.

    Args:
        text: Without the newline at its end, which is added; no text of a row.
    """
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(text + "\n")
            sys.stderr.flush()
