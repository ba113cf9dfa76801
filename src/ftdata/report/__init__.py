"""From ledger and notes to what a person reads: text, JSON, HTML; the story of one row; progress on a terminal.

`summary.py` gathers the numbers of a run, `text.py` and `html.py` show them; `why.py` tells the story of a row and
`run_folder.py` that of a row of a run on disk; `problems.py` lists what `ftdata check` found and `by_rule.py` puts it
together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ftdata.report.by_rule import problems_by_rule
    from ftdata.report.problems import FoundProblem, find_problems, list_problems
    from ftdata.report.progress import Progress
    from ftdata.report.run_folder import story_of_run
    from ftdata.report.summary import Report
    from ftdata.report.why import Story

__all__ = [
    "FoundProblem",
    "Progress",
    "Report",
    "Story",
    "find_problems",
    "list_problems",
    "problems_by_rule",
    "story_of_run",
]

_FILES: Final = {
    "by_rule": ("problems_by_rule",),
    "problems": ("FoundProblem", "find_problems", "list_problems"),
    "progress": ("Progress",),
    "run_folder": ("story_of_run",),
    "summary": ("Report",),
    "why": ("Story",),
}
_FILE_OF: Final = {name: file for file, names in _FILES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Lazily: the command line needs one small function of this room to say that a call is wrong."""
    if name not in _FILE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_FILE_OF[name]}"), name)
    globals()[name] = value
    return value
