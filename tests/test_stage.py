"""What makes a stage: settings that are checked when it is built, and functions that have a name and a version."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, field_validator, model_validator

from ftdata import Deduplicate, FilterTokens, RecipeError, Split
from ftdata.stage import FunctionStage, Stage, settings, stage_name
from pipeline import own_stages


@settings
class Sample:
    """Settings of many kinds."""

    share: Annotated[float, Field(ge=0, le=1)] = 0.5
    count: Annotated[int, Field(ge=1)] | None = None
    flag: bool = False
    either: bool | int = False
    word: str = "a"
    choice: Literal["a", "b"] = "a"
    many: tuple[str, ...] = ()

    @field_validator("word")
    @classmethod
    def _short(cls, word: str) -> str:
        if len(word) > 5:
            raise ValueError("word: it is too long")
        return word

    @model_validator(mode="after")
    def _fits(self) -> Sample:
        if self.count == 13:
            raise ValueError("Sample: 13 brings bad luck")
        return self


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"share": 2}, "Sample: share: Input should be less than or equal to 1 (given: 2)"),
        ({"share": True}, "Sample: share: a number is wanted (given: True)"),
        ({"share": "0.5"}, "Sample: share: a number is wanted (given: '0.5')"),
        ({"count": False}, "Sample: count: a number is wanted (given: False)"),
        ({"count": "7"}, "Sample: count: a number is wanted (given: '7')"),
        ({"count": 1.5}, "Sample: count: Input should be a valid integer, got a number with a fractional part (given: 1.5)"),
        ({"flag": "maybe"}, "Sample: flag: Input should be a valid boolean, unable to interpret input (given: 'maybe')"),
        ({"choice": "c"}, "Sample: choice: Input should be 'a' or 'b' (given: 'c')"),
        ({"many": ["a", 3]}, "Sample: many.1: Input should be a valid string (given: 3)"),
        ({"wrong": 1}, "Sample: wrong: there is no such setting (given: 1)"),
        ({"word": "abcdef"}, "Sample: word: it is too long (given: 'abcdef')"),
        ({"count": 13}, "Sample: 13 brings bad luck"),
        (
            {"word": 5, "share": -1},
            (
                "Sample: share: Input should be greater than or equal to 0 (given: -1); "
                "word: Input should be a valid string (given: 5)"
            ),
        ),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_by_name_with_what_was_given(given: dict[str, object], says: str) -> None:
    with pytest.raises(RecipeError) as caught:
        Sample(**given)
    assert str(caught.value) == says
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_right_settings_are_taken() -> None:
    made = Sample(share=1, count=3, flag="yes", either=True, many=["a"])
    assert (made.share, made.count, made.flag, made.either, made.many) == (1.0, 3, True, True, ("a",))


def test_a_long_setting_is_not_repeated() -> None:
    with pytest.raises(RecipeError) as caught:
        Sample(word="x" * 1000)
    assert "xxx" not in str(caught.value)


def test_settings_are_given_by_name() -> None:
    with pytest.raises(RecipeError, match=r"Sample: settings are given by name, as in Sample\(name=value\)"):
        Sample(0.5)


def test_settings_are_frozen_equal_hashable_and_can_be_sent() -> None:
    stage = Deduplicate(threshold=0.7)
    with pytest.raises(dataclasses.FrozenInstanceError):
        stage.threshold = 0.8  # type: ignore[misc]
    assert stage == Deduplicate(threshold=0.7) != Deduplicate()
    assert hash(stage) == hash(Deduplicate(threshold=0.7))
    for one in (stage, Split(seed=5), FilterTokens(max_tokens=3)):
        assert pickle.loads(pickle.dumps(one)) == one
    assert dataclasses.replace(stage, ngram=3) == Deduplicate(threshold=0.7, ngram=3)
    with pytest.raises(RecipeError):
        dataclasses.replace(stage, ngram=0)


def test_a_decorated_function_is_sent_by_name() -> None:
    again = pickle.loads(pickle.dumps(own_stages.drop_even))
    assert again is own_stages.drop_even
    assert isinstance(again, FunctionStage)
    assert isinstance(again, Stage)


def test_every_stage_has_a_name() -> None:
    def keep(dataset):
        return dataset

    class Named:
        name = "mine"

    class Odd:
        name = 3

    assert [stage_name(one) for one in (keep, own_stages.drop_even, Deduplicate(), Named(), Odd())] == [
        "keep", "drop_even", "Deduplicate", "mine", "Odd",
    ]  # fmt: skip


@pytest.mark.parametrize("before", ["", "import ftdata.stage", "from ftdata import Dataset", "import ftdata.cli"])
def test_the_decorator_can_be_imported_whatever_was_imported_before(before: str) -> None:
    """The package gives the function `stage`, though it has a module of that name."""
    program = (
        f"{before}\nfrom ftdata import stage\n@stage(version='1')\ndef keep(dataset): return dataset\nprint(keep.name)"
    )
    source = str(Path(__file__).parents[1] / "src")
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": source, "PATH": ""},
    )
    assert (done.stdout, done.stderr) == ("keep\n", "")
