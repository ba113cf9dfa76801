"""Stages in a chain: order, paths in the ledger, what is refused, what is checked, and what errors say."""

from __future__ import annotations

import dataclasses
import signal
import threading
import traceback
from typing import TYPE_CHECKING

import polars as pl
import pytest

import ftdata
from ftdata import (
    Dataset,
    Deduplicate,
    Filter,
    Pipeline,
    RecipeError,
    ScrubPII,
    Split,
    SplitError,
    StageError,
    Validate,
    stage,
)
from pipeline import own_stages
from small_set import chats

if TYPE_CHECKING:
    from pathlib import Path


def data(count: int = 12, *, copies: int = 0, shard_rows: int | None = 4, **facts) -> Dataset:
    rows = chats(count)
    return Dataset.from_rows(rows + rows[:copies], shard_rows=shard_rows, **facts)


def drops(result: ftdata.Result) -> pl.DataFrame:
    return result.ledger.filter(pl.col("action") == "drop")


# -- order and places --------------------------------------------------------------------------------------------------


def test_stages_run_in_order_and_the_ledger_tells_where_each_stood() -> None:
    """A nested pipeline adds its name to the path of its stages."""
    inner = Pipeline([Deduplicate(), own_stages.drop_even], name="clean")
    result = Pipeline([own_stages.mark_length, inner, own_stages.drop_even]).run(data(copies=3))
    stages = result.ledger["stage"].unique(maintain_order=True).to_list()
    assert stages == ["2.clean/1.Deduplicate", "2.clean/2.drop_even"]
    assert [one["stage"] for one in result.report.data["flow"]] == [
        "read", "1.mark_length", "2.clean/1.Deduplicate", "2.clean/2.drop_even", "3.drop_even",
    ]  # fmt: skip


def test_pipelines_nest_to_any_depth() -> None:
    deep = Pipeline([Pipeline([Pipeline([Deduplicate()], name="c")], name="b")], name="a")
    result = Pipeline([deep]).run(data(copies=1))
    assert result.ledger["stage"].to_list() == ["1.a/1.b/1.c/1.Deduplicate"]


def test_the_same_stage_may_stand_twice() -> None:
    """Each has its own line in the report, with its own numbers."""
    result = Pipeline([Deduplicate(), Deduplicate()]).run(data(copies=2))
    flow = result.report.data["flow"][1:]
    assert [(one["stage"], one["dropped"]) for one in flow] == [
        ("1.Deduplicate", {"exact_duplicate": 2}),
        ("2.Deduplicate", {}),
    ]


def test_a_second_run_on_the_result_of_a_first_counts_its_own() -> None:
    """The ledger goes on; no number of the first run is counted for the second."""
    first = Pipeline([Deduplicate()]).run(data(copies=2))
    second = Pipeline([Deduplicate(), own_stages.drop_even]).run(first.dataset)
    flow = second.report.data["flow"]
    assert [one["dropped"] for one in flow] == [{}, {"exact_duplicate": 2}, {}, {"even": 6}]
    assert second.ledger.height == 8


def test_a_stage_may_call_itself_something_else_in_the_ledger() -> None:
    """The report still knows which stage dropped the rows."""

    def nameless(dataset: Dataset) -> Dataset:
        return dataset.drop(dataset.column("row")[:1], by="other_name", reason="because")

    result = Pipeline([nameless]).run(data())
    assert result.report.data["flow"][-1]["dropped"] == {"because": 1}
    assert drops(result)["stage"].to_list() == ["1.other_name"]


def test_a_pipeline_within_a_stage_of_ones_own_has_its_place() -> None:
    def outer(dataset: Dataset) -> Dataset:
        return Pipeline([Deduplicate()])(dataset)

    result = Pipeline([own_stages.mark_length, outer]).run(data(copies=1))
    assert drops(result)["stage"].to_list() == ["2.1.Deduplicate"]


def test_a_pipeline_without_stages_gives_everything_back() -> None:
    given = data()
    assert list(Pipeline([]).run(given).dataset.raw()) == list(given.raw())


def test_the_input_is_as_it_was() -> None:
    given = data(copies=2)
    before = (list(given.raw()), given.ledger.height, given.marks.columns, dict(given.notes))
    Pipeline([own_stages.mark_length, Deduplicate()]).run(given)
    assert (list(given.raw()), given.ledger.height, given.marks.columns, dict(given.notes)) == before


def test_a_split_can_be_run_on_by_itself() -> None:
    """Rows of the other splits are set aside: neither read nor dropped in its report."""
    halves = Pipeline([Split(train=0.5, val=0.5, test=0)]).run(data(20, origin="human")).splits
    result = Pipeline([Deduplicate()]).run(halves["val"])
    assert result.report.data["rows"] == {"read": len(halves["val"]), "kept": len(halves["val"]), "dropped": 0}
    assert set(result.rows["fate"]) == {"kept", "set_aside"}


@pytest.mark.parametrize("rows", [0, 1])
def test_hardly_any_rows_are_no_matter(rows: int, tmp_path: Path) -> None:
    stages = [Validate(target="openai"), Deduplicate(), ftdata.FilterTokens(), ftdata.Describe(by="source")]
    result = Pipeline([*stages, own_stages.drop_even]).run(data(rows), out=tmp_path / "out")
    assert (tmp_path / "out" / "data.jsonl").read_bytes() == b""
    assert result.ledger.filter(pl.col("action") == "drop").height == rows


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        ([3], "stage 1 of the pipeline is no stage; give a function"),
        ([Deduplicate(), "Split"], "stage 2 of the pipeline is no stage"),
        ([None], "no stage"),
        ([Deduplicate], r"write Deduplicate\(\)"),
        (Deduplicate(), "takes a list of stages"),
        ("Deduplicate", "takes a list of stages"),
    ],
)
def test_what_is_no_stage_is_refused_when_the_pipeline_is_made(stages: object, says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        Pipeline(stages)


@pytest.mark.parametrize("name", ["", 3, None])
def test_a_pipeline_has_a_text_for_a_name(name: object) -> None:
    with pytest.raises(RecipeError, match="name of a pipeline"):
        Pipeline([], name=name)


def test_edits_behind_a_split_are_refused_however_deep_they_stand() -> None:
    split = Split(train=0.8, val=0.2, test=0)
    for stages in (
        [split, ScrubPII()],
        [Pipeline([split]), Pipeline([Pipeline([ScrubPII()])])],
        [split, Validate(target="openai", repair=["extra_keys"])],
    ):
        with pytest.raises(RecipeError, match="stands behind Split"):
            Pipeline(stages)
    Pipeline([ScrubPII(), split, Validate(target="openai")])  # what edits nothing may stand anywhere


def test_an_edit_behind_a_split_that_nobody_announced_stops_the_run() -> None:
    """A stage of one's own does not say beforehand that it edits."""
    from ftdata.json_bytes import Replace

    def edits(dataset: Dataset) -> Dataset:
        return dataset.edit({int(dataset.kept_rows[0]): [Replace(("messages",), [])]}, by="edits", reason="mine")

    with pytest.raises(StageError, match="after they were split"):
        Pipeline([Split(train=0.5, val=0.5, test=0), edits]).run(data(20, origin="human"))


def test_a_split_that_cannot_be_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """Paths without a word about origin are of unknown origin."""
    with pytest.raises(SplitError, match="no row may enter val or test"):
        Pipeline([Pipeline([Split()])]).run(tmp_path / "missing.jsonl")


def test_a_split_that_cannot_be_is_refused_before_the_work() -> None:
    worked = []

    def work(dataset: Dataset) -> Dataset:
        worked.append(dataset)
        return dataset

    with pytest.raises(SplitError):
        Pipeline([work, Split()]).run(data(origin="synthetic"))
    assert not worked


@pytest.mark.parametrize("workers", [0, -1, "2", 1.5, True])
def test_a_number_of_workers_that_is_none_is_refused(workers: object) -> None:
    with pytest.raises(RecipeError, match="workers"):
        Pipeline([]).run(data(), workers=workers)


# -- what is checked after every stage ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lawless", own_stages.LAWLESS, ids=lambda stage: stage.__name__)
def test_a_stage_that_breaks_a_law_is_stopped(lawless) -> None:
    says = own_stages.LAWLESS[lawless]
    with pytest.raises(StageError, match=says) as caught:
        Pipeline([own_stages.drop_even, Pipeline([lawless], name="in")]).run(data())
    assert caught.value.stage == f"2.in/1.{lawless.__name__}"


def test_a_row_cannot_be_dropped_twice() -> None:
    def again(dataset: Dataset) -> Dataset:
        return dataset.drop([0], by="again", reason="again")

    with pytest.raises(StageError, match="dropped before"):
        Pipeline([own_stages.drop_even, again]).run(data())


def mark_split(names: list[str | None]):
    def own_split(dataset: Dataset) -> Dataset:
        return dataset.mark(pl.DataFrame({"row": dataset.column("row"), "split": names}), of="set")

    return own_split


def test_a_splitter_of_ones_own_names_its_files(tmp_path: Path) -> None:
    """Every kept row is in one file."""
    result = Pipeline([mark_split(["left", "right", "left", "left"])]).run(data(4), out=tmp_path / "out")
    assert {name: len(part) for name, part in result.splits.items()} == {"left": 3, "right": 1}
    assert (tmp_path / "out" / "left.jsonl").read_bytes().count(b"\n") == 3
    assert (tmp_path / "out" / "right.jsonl").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["a", None, "a", "a"], "1 of 4 rows are kept and in no split"),
        (["a", "../../b", "a", "a"], "name that cannot be that of a file"),
        (["a", "rejected", "a", "a"], "name that cannot be that of a file"),
        (["a", "", "a", "a"], "name that cannot be that of a file"),
    ],
)
def test_no_kept_row_falls_between_the_splits(names: list[str | None], says: str, tmp_path: Path) -> None:
    with pytest.raises(SplitError, match=says):
        Pipeline([mark_split(names)]).run(data(4), out=tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_rows_that_may_not_be_evaluated_on_are_written_also_when_no_train_was_asked_for(tmp_path: Path) -> None:
    given = data(20, origin="human") + Dataset.from_rows(chats(5, start=50), origin="synthetic")
    result = Pipeline([Split(train=0, val=0.5, test=0.5)]).run(given, out=tmp_path / "out")
    written = sum((tmp_path / "out" / f"{name}.jsonl").read_bytes().count(b"\n") for name in result.splits)
    assert written == len(result.dataset) == 25
    assert set(result.rows["output"]) == {f"{name}.jsonl" for name in result.splits}


# -- errors ------------------------------------------------------------------------------------------------------------


def everything_said(error: BaseException) -> str:
    """The error as it is printed, in the chain that Python shows, and its attributes."""
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.__dict__)


@pytest.mark.parametrize("name", own_stages.RAISING)
def test_what_a_stage_raises_is_told_without_its_text(name: str) -> None:
    """Type and place are told, also of an error that is one of ftdata's own names."""
    with pytest.raises(StageError) as caught:
        Pipeline([getattr(own_stages, name)]).run(data())
    assert own_stages.SECRET not in everything_said(caught.value)
    assert "street" not in everything_said(caught.value)
    assert str(caught.value).startswith(f"stage 1.{name}: it raised {own_stages.RAISING[name]} at own_stages.py:")


def test_what_the_machine_says_is_told_in_its_words() -> None:
    with pytest.raises(StageError, match=r"the machine stopped it \(No space left on device\)") as caught:
        Pipeline([own_stages.raises_os_error]).run(data())
    assert own_stages.SECRET not in everything_said(caught.value)


def test_errors_that_ftdata_raises_pass_as_they_are() -> None:
    def drops_nobody(dataset: Dataset) -> Dataset:
        return dataset.drop([10_000], by="drops_nobody", reason="x")

    with pytest.raises(StageError, match=r"stage 1\.drops_nobody: drop: a row is named twice, is not there"):
        Pipeline([drops_nobody]).run(data())


def test_lack_of_memory_is_no_fault_of_the_stage() -> None:
    with pytest.raises(MemoryError):
        Pipeline([own_stages.raises_memory_error]).run(data())


def test_ctrl_c_ends_a_run_and_leaves_nothing(tmp_path: Path) -> None:
    def interrupts(dataset: Dataset) -> Dataset:
        signal.raise_signal(signal.SIGINT)
        return dataset

    with pytest.raises(KeyboardInterrupt):
        Pipeline([interrupts]).run(data(), out=tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(StageError):
        Pipeline([own_stages.raises_value_error]).run(data(), out=tmp_path / "out")
    assert not list(tmp_path.iterdir())


# -- stages that are functions -----------------------------------------------------------------------------------------


def test_the_decorator_is_what_the_package_gives_whatever_was_imported_before() -> None:
    """`ftdata.stage` is also a module; the package must give the function."""
    import ftdata.stage as _  # noqa: F401

    assert callable(ftdata.stage)
    assert ftdata.stage is stage


def test_a_function_is_a_stage_with_a_name_and_a_version() -> None:
    assert (own_stages.drop_even.name, own_stages.drop_even.version, own_stages.drop_even.per_row) == (
        "drop_even",
        "1",
        True,
    )
    assert Pipeline([own_stages.drop_even]).per_row
    assert not Pipeline([own_stages.drop_even, own_stages.mark_length]).per_row
    assert Pipeline([Pipeline([own_stages.drop_even])]).per_row


def test_a_stage_that_cannot_be_sent_is_run_here_with_a_finding() -> None:
    seen = []

    @stage(per_row=True)
    def local(dataset: Dataset) -> Dataset:
        seen.append(threading.get_ident())
        return dataset.drop(dataset.column("row")[:1], by="local", reason="first_of_shard")

    result = Pipeline([local, Filter(where=lambda row: len(row) == 1)]).run(data(12, shard_rows=4))
    assert seen == [threading.get_ident()] * 3
    found = result.ledger.filter(pl.col("action") == "finding")
    assert found.select("stage", "reason").rows() == [
        ("1.local", "engine.in_process"),
        ("2.Filter", "engine.in_process"),
    ]
    assert result.report.data["flow"][1]["findings"] == 1


def unpicklable(dataset: Dataset) -> Dataset:
    rows = dataset.column("row")
    return dataset.drop(rows.filter(rows % 3 == 0), by="unpicklable", reason="third")


@pytest.mark.usefixtures("workers_start")
def test_functions_do_the_same_in_worker_processes() -> None:
    """Also those that cannot be sent there; ledger, marks and bytes are the same."""
    local = dataclasses.replace(own_stages.drop_even, function=unpicklable, name="unpicklable")
    stages = [
        own_stages.mark_length,
        own_stages.drop_even,
        local,
        lambda dataset: dataset.map_shards(lambda s: s.columns) is None or dataset,
    ]
    given = data(30, shard_rows=7)
    one, two = (Pipeline(stages).run(given, workers=workers) for workers in (None, 2))
    assert list(one.dataset.raw()) == list(two.dataset.raw())
    assert one.ledger.equals(two.ledger)
    assert one.rows.equals(two.rows)
    assert one.report.data == two.report.data
    assert one.ledger.filter(pl.col("action") == "finding").height == 2


@pytest.mark.usefixtures("workers_start")
@pytest.mark.parametrize("name", ["raises_value_error", "raises_stage_error", "raises_odd_error", "raises_os_error"])
def test_errors_in_worker_processes_say_the_same(name: str, tmp_path: Path) -> None:
    said = []
    for workers in (None, 2):
        with pytest.raises(StageError) as caught:
            Pipeline([getattr(own_stages, name)]).run(data(), workers=workers, out=tmp_path / "out")
        assert own_stages.SECRET not in everything_said(caught.value)
        assert "street" not in everything_said(caught.value)
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("workers_start")
def test_lack_of_memory_in_a_worker_is_lack_of_memory() -> None:
    with pytest.raises(MemoryError):
        Pipeline([own_stages.raises_memory_error]).run(data(), workers=2)


def test_a_run_tells_its_progress_to_whom_asks() -> None:
    class Told:
        def __init__(self) -> None:
            self.said: list[tuple[str, int]] = []

        def start(self, what: str, total: int) -> None:
            self.said.append((what, total))

        def tick(self, amount: int) -> None:
            what, total = self.said[-1]
            self.said[-1] = (what, total - amount)

    told = Told()
    Pipeline([own_stages.drop_even, own_stages.mark_length]).run(data(12, shard_rows=4), progress=told)
    assert told.said == [("read", 0), ("1.drop_even", 0), ("2.mark_length", 0)]


def test_a_split_that_lost_all_of_its_rows_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    """An evaluation file of nothing looks like one that was asked for."""
    rows = [{"text": f"{number} words of a row of its own {number}", "n": number} for number in range(40)]
    data = Dataset.from_rows(rows, origin="human")
    split = Split(train=0.5, val=0.25, test=0.25)
    with pytest.raises(SplitError, match=r"^test and val would be empty: .*before Split.*test=0 and val=0"):
        Pipeline([split, Filter(where="split = 'train'")]).run(data, out=tmp_path / "clean")
    assert not (tmp_path / "clean").exists()
    kept = Pipeline([split, Filter(where="n < 39")]).run(data)
    assert len(kept.dataset) == 39


@pytest.mark.usefixtures("workers_start")
def test_a_function_that_cannot_be_sent_is_a_finding_also_where_its_stage_can() -> None:
    for workers in (1, 2):
        ledger = Pipeline([own_stages.looks_by_itself]).run(Dataset.from_rows([{"text": "a"}]), workers=workers).ledger
        assert ledger["reason"].to_list() == ["engine.in_process"]
