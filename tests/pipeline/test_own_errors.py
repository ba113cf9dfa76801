"""What a stage of somebody's own raises: its text is shown nowhere, and the error is there for whoever asks for it."""

from __future__ import annotations

import logging
import traceback

import pytest

from ftdata import Dataset, Pipeline, StageError, stage
from pipeline.own_stages import raises_value_error
from small_set import chats

SECRET = "Zq7Canary"


@stage(version="1")
def whole(dataset: Dataset) -> Dataset:
    raise ValueError(next(dataset.rows())["messages"][0]["content"])


def rows() -> Dataset:
    return Dataset.from_rows([{"messages": [{"role": "user", "content": SECRET}]}, *chats(3)])


@pytest.mark.parametrize("step", [whole, raises_value_error])
def test_in_process_the_original_is_the_context_and_is_not_shown(step, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StageError, match=r"it raised ValueError at .*\.py:\d+ \(\w+\)$") as caught:
        Pipeline([step]).run(rows())
    error = caught.value
    assert isinstance(error.__context__, ValueError)
    assert SECRET in str(error.__context__)
    assert error.__cause__ is None
    assert error.__suppress_context__
    try:
        raise error
    except StageError:
        logging.getLogger("own").exception("it failed")
        shown = traceback.format_exc()
    assert SECRET not in shown + caplog.text + str(error) + repr(error)


def test_without_a_pipeline_the_error_comes_as_it_is() -> None:
    for step in (whole, raises_value_error):
        with pytest.raises(ValueError, match=SECRET):
            step(rows())


@pytest.mark.usefixtures("workers_start")
def test_from_a_worker_only_type_and_place_come_back() -> None:
    with pytest.raises(StageError, match="it raised ValueError at") as caught:
        Pipeline([raises_value_error]).run(rows(), workers=2)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in str(error) + repr(error.args)
        error = error.__context__
