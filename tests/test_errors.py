"""The tree of errors: what each carries, that it crosses to another process, and what is told of those of others."""

from __future__ import annotations

import errno
import json
import pickle

import pytest

import ftdata
from ftdata import errors

MADE = [
    errors.RecipeError("no"),
    errors.ReadError("no", file="a.jsonl", line=3, offset=7),
    errors.ReadError("no"),
    errors.WriteError("no", path="clean"),
    errors.StageError("no", stage="2.clean/1.Deduplicate"),
    errors.MissingExtraError("ScrubPII", extra="pii"),
    errors.EncodingUnavailable("no"),
    errors.NamesModelUnavailable("no"),
    errors.SplitError("no"),
]


@pytest.mark.parametrize("error", MADE, ids=repr)
def test_an_error_crosses_to_another_process_with_all_it_carries(error: errors.FtdataError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.args) == (str(error), error.args)
    carried = {name: value for name, value in error.__dict__.items() if not name.startswith("__")}
    assert {name: again.__dict__.get(name) for name in carried} == carried


def test_all_have_one_root_and_are_what_python_expects() -> None:
    assert {type(error) for error in MADE} == {
        kind for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.FtdataError) and kind is not errors.FtdataError
    }  # fmt: skip
    assert issubclass(errors.RecipeError, ValueError)
    assert issubclass(errors.MissingExtraError, ImportError)
    assert {type(error).__name__ for error in MADE} <= set(ftdata.__all__)


def test_messages_begin_with_the_place() -> None:
    assert [str(error) for error in MADE[:6]] == [
        "no", "a.jsonl:3: no", "no", "clean: no", "stage 2.clean/1.Deduplicate: no",
        "ScrubPII needs an optional library; type: pip install 'ftdata[pii]'",
    ]  # fmt: skip


def raised(call) -> Exception:
    with pytest.raises(Exception) as caught:
        call()
    return caught.value


def test_the_place_of_an_error_is_where_it_was_raised_and_not_in_a_library() -> None:
    def own() -> None:
        raise ValueError("x")

    def library() -> None:
        json.loads("{")

    assert errors.place_of(raised(own)).startswith("test_errors.py:")
    assert errors.place_of(raised(own)).endswith("(own)")
    assert errors.place_of(raised(library)).endswith("(library)")
    assert errors.place_of(ValueError("never raised")) == "an unknown place"


def test_an_error_is_ours_when_our_code_raised_it() -> None:
    def theirs() -> None:
        raise errors.StageError("with the text of a row", stage="x")

    def ours() -> None:
        ftdata.Deduplicate(threshold=2)

    def neither() -> None:
        json.loads("{")

    assert [errors.is_ours(raised(call)) for call in (theirs, ours, neither)] == [False, True, False]
    assert not errors.is_ours(errors.SplitError("never raised"))


@pytest.mark.parametrize(
    ("error", "number", "says"),
    [
        (OSError(errno.ENOSPC, "row text", "row.txt"), errno.ENOSPC, "No space left on device"),
        (OSError("row text (os error 28)"), errno.ENOSPC, "No space left on device"),
        (FileNotFoundError(errno.ENOENT, "x"), errno.ENOENT, "No such file or directory"),
        (TimeoutError("row text"), None, "TimeoutError"),
        (OSError(), None, "OSError"),
    ],
)
def test_what_the_machine_said_is_told_in_words_of_its_own(error: OSError, number: int | None, says: str) -> None:
    assert (errors.error_number(error), errors.what_stopped(error)) == (number, says)
