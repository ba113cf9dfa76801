"""Every error ftdata raises on purpose, on one page.

    FtdataError
    ├── RecipeError (ValueError)          the recipe or the call is wrong: said before any data is read; exit code 2
    ├── ReadError                         an input cannot be read: file, line, byte offset
    ├── WriteError                        an output cannot be written: full disk, no permission, a folder that holds a run
    ├── StageError                        a stage failed on the data: the stage's path in the pipeline
    ├── MissingExtraError (ImportError)   an optional library is not installed: the exact pip command
    ├── EncodingUnavailable               a token encoding cannot be had offline
    ├── NamesModelUnavailable             a names model was asked for and is not there
    └── SplitError                        val or test cannot be filled: the numbers and what to type

A bad *recipe* is an error; a bad *row* never is: it leaves with a reason. Messages say what was asked, what was found
and what to type. They never hold row text.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EncodingUnavailable",
    "FtdataError",
    "MissingExtraError",
    "NamesModelUnavailable",
    "ReadError",
    "RecipeError",
    "SplitError",
    "StageError",
    "WriteError",
    "error_number",
    "is_ours",
    "is_panic",
    "place_of",
    "what_stopped",
    "work_folder_failed",
]


class FtdataError(Exception):
    """The root of all errors that ftdata raises on purpose."""

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Errors travel from worker processes with all they carry."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[FtdataError], args: tuple[object, ...], carried: dict[str, object]) -> FtdataError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(carried)
    return error


class RecipeError(FtdataError, ValueError):
    """The recipe or the call is wrong. Raised before any data is read; the command line exits with 2."""


class ReadError(FtdataError):
    """An input cannot be read.

    Args:
        message: What was found and what to type, without the place, which is put before it; no text of a row.

    Attributes:
        file: The file as the user named it, if there is one.
        line: Line number, counted from 1, if known.
        offset: Byte offset in the file (of the decompressed bytes), if known.
    """

    def __init__(
        self, message: str, *, file: str | None = None, line: int | None = None, offset: int | None = None
    ) -> None:
        self.file, self.line, self.offset = file, line, offset
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(f"{place}: {message}" if place else message)


class WriteError(FtdataError):
    """An output cannot be written.

    Args:
        message: What the machine said, without the path, which is put before it.

    Attributes:
        path: The file or folder that could not be written.
    """

    def __init__(self, message: str, *, path: str | None = None) -> None:
        self.path = path
        super().__init__(f"{path}: {message}" if path else message)


class StageError(FtdataError):
    """A stage failed on the data or broke a law.

    What a stage of your own raised may quote a row. Its text is in no message and in no traceback; where it was raised in
    this process the error itself is `error.__context__`.

    Args:
        message: What it did, without its path, which is put before it; no text of a row.

    Attributes:
        stage: Path of the stage in the pipeline, such as `2.clean/1.Deduplicate`.
    """

    def __init__(self, message: str, *, stage: str) -> None:
        self.stage = stage
        super().__init__(f"stage {stage}: {message}")


class MissingExtraError(FtdataError, ImportError):
    """An optional library is not installed.

    Args:
        what: What cannot be done without it; the message begins with it.

    Attributes:
        extra: Name of the extra that brings it, as in `pip install 'ftdata[pii]'`.
    """

    def __init__(self, what: str, *, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{what} needs an optional library; type: pip install 'ftdata[{extra}]'")


class EncodingUnavailable(FtdataError):  # noqa: N818  # the name of the house
    """A token encoding cannot be had offline. ftdata never estimates instead."""


class NamesModelUnavailable(FtdataError):  # noqa: N818  # the name of the house
    """Kinds of private data were asked for that only a names model finds, and there is none. Nothing else is looked for instead."""


class SplitError(FtdataError):
    """An evaluation split cannot be made as asked. The message holds the numbers and what to type.

    Attributes:
        flow: What reading and each stage before it did, as `flow` of the report has it; empty where it was said before
            the first stage.
    """

    flow: tuple[Mapping[str, Any], ...] = ()


def place_of(error: BaseException) -> str:
    """File and line where an error was raised: enough to find a bug, nothing of the data.

    Where a library raised it, the place is the last one before that: the library is seldom to blame.

    Args:
        error: An error that was raised.

    Returns:
        As in `stages.py:120 (count)`, or `an unknown place` where the error has no traceback.
    """
    place, trace = "an unknown place", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if place == "an unknown place" or not _in_library(code.co_filename):
            place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} ({code.co_name})"
        trace = trace.tb_next
    return place


def _in_library(file: str) -> bool:
    return "site-packages" in file or file.startswith(("<frozen", os.path.dirname(os.__file__)))  # noqa: PTH120


def is_ours(error: BaseException) -> bool:
    """Whether ftdata raised an error itself, so that its message holds no text of a row.

    A stage of the user's own may raise any of these errors too, with any text.

    Args:
        error: An error that was raised: told by the last place of its traceback.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__", ""))
    return isinstance(error, FtdataError) and name.partition(".")[0] == "ftdata"


def is_panic(error: BaseException) -> bool:
    """Whether a library written in Rust stopped at a bug of its own: that is no `Exception` to Python, and no wish to end.

    Args:
        error: What was raised.
    """
    return type(error).__name__ == "PanicException"


def error_number(error: OSError) -> int | None:
    """The number of a machine's error. Polars raises OSError with nothing but a message, which ends with it.

    Args:
        error: What the machine, or a library, raised.

    Returns:
        The `errno`, or None where nothing tells it.
    """
    if error.errno:
        return error.errno
    told = re.search(r"\(os error (\d+)\)", str(error))
    return int(told[1]) if told else None


def what_stopped(error: OSError) -> str:
    """What the machine said, in its own words: `No space left on device`. The text of the error could be anybody's.

    Args:
        error: What the machine, or a library, raised.

    Returns:
        The words for its number; its type where it has none.
    """
    number = error_number(error)
    return type(error).__name__ if number is None else os.strerror(number)


def work_folder_failed(error: OSError, folder: object) -> WriteError:
    """The error of a work folder that cannot be written, which says what to do.

    Args:
        error: What the machine said.
        folder: The work folder.
    """
    import tempfile

    own = str(folder).startswith(os.path.join(tempfile.gettempdir(), "ftdata-"))  # noqa: PTH118  # TMPDIR decides where
    elsewhere = "set TMPDIR to a folder" if own else "write --out"
    what = f"{what_stopped(error)}; free some space there, or {elsewhere} on another disk"
    return WriteError(f"the work folder cannot be written: {what}", path=str(folder))
