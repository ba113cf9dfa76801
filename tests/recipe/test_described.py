"""What `to_recipe` writes is what `from_recipe` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from ftdata import Deduplicate, Describe, Filter, FilterTokens, Pipeline, RecipeError, ScrubPII, Split, Validate, stage
from ftdata.recipe.described import STAGES, describe_stage

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = [
    Deduplicate(),
    Deduplicate(threshold=0.55, ngram=3, near=False, keep="first"),
    Describe(),
    Describe(by="split"),
    Filter(where="line > 3"),
    Filter(where="\"a: b\" = '<no>'", reason="no_good"),
    Filter(where="'<b>' = \"x\" -- <function or class: x>"),
    FilterTokens(),
    FilterTokens(max_tokens=10, min_tokens=0, encoding="cl100k_base"),
    ScrubPII(),
    ScrubPII(kinds=("EMAIL_ADDRESS", "PHONE_NUMBER")),
    Split(),
    Split(
        train=0.9,
        val=0.1,
        test=0.0,
        seed=-3,
        eval_origins=frozenset({"human", "unknown"}),
        related=0.4,
        max_cluster=0.2,
    ),
    Validate(),
    Validate(target="openai", repair=("extra_keys",)),
    Validate(target="trl/preference"),
]


def round_trip(pipeline: Pipeline, folder: Path) -> Pipeline:
    pipeline.to_recipe(folder / "r.yaml")
    return Pipeline.from_recipe(folder / "r.yaml")


@pytest.mark.parametrize("sample", SAMPLES, ids=repr)
def test_every_stage_comes_back_as_it_was(sample, tmp_path: Path) -> None:
    assert round_trip(Pipeline([sample]), tmp_path) == Pipeline([sample])


def test_no_stage_is_left_out() -> None:
    assert {type(sample) for sample in SAMPLES} == set(STAGES.values())


def test_pipelines_within_pipelines_come_back(tmp_path: Path) -> None:
    """With their names, also those that YAML would take for something else."""
    inner = Pipeline([Deduplicate(), Pipeline([Describe()], name="null")], name="no")
    pipeline = Pipeline([Validate(target="trl"), inner, Pipeline([Describe()], name="2024-01-01")])
    assert round_trip(pipeline, tmp_path) == pipeline


@given(
    where=st.text(max_size=20),
    threshold=st.floats(0.01, 1),
    seed=st.integers(-(2**63), 2**63 - 1),
    name=st.text(min_size=1, max_size=8),
)
def test_any_setting_comes_back(
    where: str, threshold: float, seed: int, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stages = [Deduplicate(threshold=threshold), Pipeline([Split(seed=seed)], name=name)]
    try:
        stages.append(Filter(where=where))
    except RecipeError:
        stages.append(Filter(where="line = '" + where.replace("'", "''") + "'") if where.isprintable() else Describe())
    pipeline = Pipeline(stages)
    if abs(seed) < 10**29:
        assert round_trip(pipeline, tmp_path_factory.getbasetemp()) == pipeline


class Row(BaseModel):
    text: str


@stage(version="1")
def own(dataset):
    return dataset


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        ([own], "own is a stage of your own"),
        ([lambda dataset: dataset], "<lambda> is a stage of your own"),
        ([Pipeline([own], name="in")], "own is a stage of your own"),
        ([Filter(where=lambda row: True)], "Filter: where is a function or class of your own"),
        ([Validate(schema=Row)], "Validate: schema is a function or class of your own"),
    ],
)
def test_what_a_recipe_cannot_hold_is_refused_and_nothing_is_written(stages, says: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=says):
        Pipeline(stages).to_recipe(tmp_path / "r.yaml")
    assert not list(tmp_path.iterdir())


def test_only_what_is_not_the_default_is_written() -> None:
    assert describe_stage(Deduplicate()) == {"stage": "Deduplicate"}
    assert describe_stage(Deduplicate(near=False)) == {"stage": "Deduplicate", "near": False}
    assert describe_stage(Deduplicate(), defaults=True) == {
        "stage": "Deduplicate", "threshold": 0.8, "ngram": 5, "near": True, "keep": "origin",
    }  # fmt: skip


def test_a_stage_of_ones_own_is_shown_by_name_and_version() -> None:
    assert Pipeline([own, Filter(where=own.function)]).described() == [
        {"stage": "own", "version": "1"},
        {"stage": "Filter", "where": "<function or class: own>"},
    ]
