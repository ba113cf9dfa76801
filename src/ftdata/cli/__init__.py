"""The command line: one command = one call, with the same verbs and option names.

Data goes to files or standard output; report, progress and errors go to standard error. Exit status: 0 done; 1 the data
or the machine stopped it; 2 the recipe or the call is wrong, said before any data is read; 130 stopped by Ctrl+C or a
termination. No traceback reaches a user: its text could quote a row.

`making.py` holds the commands that write, `looking.py` those that look; `ending.py` makes an exit status of what happens,
`stopping.py` takes Ctrl+C and termination, `streams.py` knows the two streams.
"""

from __future__ import annotations

from ftdata.cli import looking, making  # the commands join the group as they are loaded
from ftdata.cli.ending import main
from ftdata.cli.group import cli

__all__ = ["cli", "looking", "main", "making"]
