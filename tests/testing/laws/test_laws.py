"""Every law fails on a stage that breaks it, says so by its name, and lets the others pass."""

from __future__ import annotations

import dataclasses
import itertools
import json
import logging
import warnings
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from ftdata import Dataset, Deduplicate, FtdataError, Pipeline, stage
from ftdata.dataset.shards import write_shard
from ftdata.json_bytes import Insert, Remove, Replace, ReplaceText
from ftdata.testing import laws
from ftdata.testing.laws.changed import with_bytes
from ftdata.testing.strategies import datasets

ROWS = [
    {"messages": [{"role": "user", "content": f"Question {i} é"}, {"role": "assistant", "content": "Answer"}], "n": i}
    for i in range(6)
]


@pytest.fixture
def data() -> Dataset:
    """Six rows in two shards, with white space that a writer would not put there."""
    made = Dataset.from_rows(ROWS, origin="human", shard_rows=4)
    return with_bytes(made, lambda row, raw: raw.replace(b",", b" , "))


def status_of(dataset: Dataset, row: int, status: str) -> Dataset:
    told = pl.when(pl.col("row") == row).then(pl.lit(status)).otherwise(pl.col("status").cast(pl.String))
    index = dataset.index.with_columns(told.cast(dataset.index.schema["status"]).alias("status"))
    return dataclasses.replace(dataset, index=index)


def breaks(law, broken_stage, dataset, match) -> None:
    """The law fails with these words, and `assert_laws` fails too."""
    with pytest.raises(AssertionError, match=match):
        law(broken_stage, dataset)
    with pytest.raises(AssertionError):
        laws.assert_laws(broken_stage, dataset)


# -- law 1 ------------------------------------------------------------------------------------------------------------


def test_a_row_that_is_gone_from_the_index_breaks_conservation(data) -> None:
    def loses(dataset):
        rows = list(dataset.rows())
        return Dataset.from_rows(rows[:-1])

    breaks(laws.assert_conservation, loses, data, r"conservation: the index is not of the same rows\s+lost: \[5\]")


def test_a_row_that_leaves_without_a_reason_breaks_conservation(data) -> None:
    breaks(
        laws.assert_conservation,
        lambda dataset: status_of(dataset, 2, "dropped"),
        data,
        r"1 rows left without a reason in the ledger\s+row 2 \(source 0, line 3\): b'\{\"messages\"",
    )


def test_a_row_that_is_set_aside_breaks_conservation(data) -> None:
    """Rows of another split are not a way out."""
    with pytest.raises(AssertionError, match="without a reason"):
        laws.assert_conservation(lambda dataset: dataset.view([0, 1]), data)


def test_two_reasons_for_one_row_break_conservation(data) -> None:
    def twice(dataset):
        once = dataset.drop([1], by="twice", reason="one")
        again = dataset.drop([1], by="twice", reason="other")
        return dataclasses.replace(once, events=(*once.events, *again.events))

    breaks(laws.assert_conservation, twice, data, r"row 1 \(source 0, line 2\) was dropped 2 times, for one, other")


def test_a_drop_of_a_row_that_stays_breaks_conservation(data) -> None:
    def lies(dataset):
        return dataclasses.replace(dataset, events=dataset.drop([1], by="lies", reason="gone").events)

    breaks(laws.assert_conservation, lies, data, "was dropped, and it is still there")


def test_a_row_that_comes_back_breaks_conservation(data) -> None:
    dropped = data.drop([3], by="before", reason="gone")
    breaks(laws.assert_conservation, lambda dataset: status_of(dataset, 3, "kept"), dropped, "were brought back")


def test_a_reason_in_prose_breaks_conservation(data) -> None:
    def prose(dataset):
        gone = dataset.drop([0], by="prose", reason="bad")  # which refuses any other word
        told = gone.events[-1].with_columns(pl.lit("It was bad!").alias("reason"))
        return dataclasses.replace(gone, events=(*gone.events[:-1], told))

    breaks(laws.assert_conservation, prose, data, "snake_case")


def test_a_ledger_that_forgets_breaks_conservation(data) -> None:
    dropped = data.drop([3], by="before", reason="gone")
    breaks(
        laws.assert_conservation,
        lambda dataset: dataclasses.replace(dataset, events=()),
        dropped,
        "gone from the ledger",
    )


# -- law 2 ------------------------------------------------------------------------------------------------------------


def rewritten(dataset: Dataset) -> Dataset:
    return with_bytes(dataset, lambda row, raw: json.dumps(json.loads(raw)).encode())


def test_a_row_written_anew_breaks_fidelity(data) -> None:
    breaks(laws.assert_fidelity, rewritten, data, r"row 0 .* has other bytes, and no edit is in the ledger\s+in : b'")


def test_an_edit_in_the_ledger_is_no_leave_to_rewrite(data) -> None:
    def edits_and_rewrites(dataset):
        edited = {int(row): [Replace(("n",), 7)] for row in dataset.kept_rows}
        return rewritten(dataset.edit(edited, by="rewriter", reason="changed"))

    breaks(laws.assert_fidelity, edits_and_rewrites, data, r"row 0 .* was written anew: \$")


def test_edits_through_the_verb_keep_fidelity(data) -> None:
    def edits(dataset):
        changes = [
            ReplaceText(("messages", 0, "content"), 0, 8, "Query"), Insert(("kind",), "x"), Remove(("n",)),
        ]  # fmt: skip
        return dataset.edit({0: changes, 4: changes[:1]}, by="edits", reason="changed")

    laws.assert_fidelity(edits, data)


def test_an_address_that_changes_breaks_fidelity(data) -> None:
    def renumbers(dataset):
        return dataclasses.replace(dataset, index=dataset.index.with_columns(pl.col("line") + 1))

    breaks(laws.assert_fidelity, renumbers, data, "line changed after reading")


# -- law 3 ------------------------------------------------------------------------------------------------------------


def test_rows_in_another_order_break_order(data) -> None:
    def reverses(dataset):
        raws = list(dataset.raw())[::-1]
        index = dataset.index.reverse().with_columns(row=dataset.index["row"])
        return dataclasses.replace(dataset, index=index, shards=(write_shard(dataset.run.path, 0, raws),))

    breaks(
        laws.assert_order, reverses, data, r"row 1 \(source 0, line 5\) stands behind row 0 .*and was read before it"
    )


def test_a_note_written_into_the_input_breaks_purity(data) -> None:
    def notes(dataset):
        dataset.notes["seen"] = dataset.notes.get("seen", 0) + 1
        return dataset

    breaks(laws.assert_purity, notes, data, r"purity: the notes differ\s+before: .*\s+after : .*seen")


def test_a_shard_file_written_into_breaks_purity(data) -> None:
    def overwrites(dataset):
        path = Path(dataset.shards[0].path)
        other = path.with_suffix(".new")  # the old file may be mapped into memory
        pl.DataFrame({"raw": [b'{"text":"x"}'] * dataset.shards[0].rows}).write_ipc(other)
        other.replace(path)
        return dataset

    with pytest.raises(AssertionError, match="purity: row 0"):
        laws.assert_purity(overwrites, data)


# -- law 4 ------------------------------------------------------------------------------------------------------------


def test_chance_breaks_determinism(data) -> None:
    turns = itertools.count()  # as good as chance, and never the same twice running

    def guesses(dataset):
        return dataset.drop([next(turns) % 6], by="guesses", reason="unlucky")

    breaks(
        laws.assert_deterministic,
        guesses,
        data,
        r"determinism: other rows are kept\s+the first time : .*\s+the second time: ",
    )


def test_a_look_at_the_shards_breaks_determinism(data) -> None:
    def thins(dataset):
        firsts = dataset.map_shards(lambda shard: pl.DataFrame({"row": shard.rows[:1]}))
        return dataset.drop(firsts["row"], by="thins", reason="first_of_shard")

    breaks(laws.assert_deterministic, thins, data, r"determinism: other rows are kept\s+as given .*\s+in shards of 1: ")


@stage(per_row=True)
def hashed(dataset: Dataset) -> Dataset:
    """Decides by `hash()`, which differs from process to process."""
    gone = [row for row, raw in zip(dataset.kept_rows.tolist(), dataset.raw(), strict=True) if hash(raw) % 2]
    return dataset.drop(gone, by="hashed", reason="odd")


def test_a_hash_that_differs_by_process_breaks_determinism() -> None:
    """Only worker processes can find this one; with 32 rows the chance to miss it is 1 in 4 thousand million."""
    many = Dataset.from_rows([{"text": str(i)} for i in range(32)], origin="human")
    laws.assert_deterministic(hashed, many)
    with pytest.raises(
        AssertionError, match=r"determinism: data.jsonl has other bytes\s+in this process.*\s+in 2 processes"
    ):
        laws.assert_deterministic(hashed, many, workers=2)


# -- law 5 ------------------------------------------------------------------------------------------------------------


def test_a_place_in_the_order_breaks_order_independence(data) -> None:
    def beheads(dataset):
        first = dataset.kept_rows[:1]
        return dataset.drop(first, by="beheads", reason="first")

    breaks(
        laws.assert_order_independent,
        beheads,
        data,
        r"order independence: the fate.* of a row depend on the order of the rows\s+row: .*\s+fate, as given: 'dropped'",
    )


def test_a_number_by_place_breaks_order_independence(data) -> None:
    def numbers(dataset):
        frame = pl.DataFrame({"row": dataset.kept_rows, "place": [f"no. {i}" for i in range(len(dataset))]})
        return dataset.mark(frame, of="set")

    breaks(laws.assert_order_independent, numbers, data, "order independence: the marks")


def test_labels_of_the_set_may_be_named_otherwise(data) -> None:
    """A cluster is known by its members, not by its number; and two clusters made of one are found."""

    def clusters(dataset, of=lambda number: number % 2):
        first: dict[int, int] = {}
        labels = [first.setdefault(of(value["n"]), row) for row, value in enumerate(dataset.rows())]
        return dataset.mark(pl.DataFrame({"row": dataset.kept_rows, "cluster": labels}), of="set")

    laws.assert_order_independent(clusters, data)

    def by_place(dataset):
        labels = [place // 2 for place in range(len(dataset))]
        return dataset.mark(pl.DataFrame({"row": dataset.kept_rows, "cluster": labels}), of="set")

    with pytest.raises(AssertionError, match="the marks"):
        laws.assert_order_independent(by_place, data, order=[1, 2, 3, 4, 5, 0])


def test_which_of_two_byte_equal_rows_is_kept_does_not_matter() -> None:
    equal = Dataset.from_rows([{"text": "same"}, {"text": "other"}, {"text": "same"}], origin="human")
    laws.assert_order_independent(Deduplicate(), equal)


def test_which_of_two_copies_in_other_bytes_is_kept_matters() -> None:
    rows = [{"text": "same", "id": 1}, {"text": "same", "id": 2}, {"text": "other"}]
    made = Dataset.from_rows(rows, origin="human")
    laws.assert_order_independent(Deduplicate(), made)
    with pytest.raises(AssertionError, match="order independence"):
        laws.assert_order_independent(Deduplicate(keep="first"), made)
    laws.assert_laws(Deduplicate(keep="first"), made, except_=["order_independent"])


# -- law 6 ------------------------------------------------------------------------------------------------------------


def test_a_stage_that_drops_again_is_not_idempotent(data) -> None:
    def shortens(dataset):
        least = min(value["n"] for value in dataset.rows())
        rows = [row for row, value in zip(dataset.kept_rows, dataset.rows(), strict=True) if value["n"] == least]
        return dataset.drop(rows, by="shortens", reason="smallest")

    breaks(
        laws.assert_idempotent, shortens, data, r"idempotence: the second time row 1 \(.*\) gets a drop \(smallest\)"
    )


def test_a_stage_that_edits_again_is_not_idempotent(data) -> None:
    def appends(dataset):
        edits = {
            int(row): [ReplaceText(("messages", 1, "content"), 0, 0, "!")] for row in dataset.kept_rows
        }  # fmt: skip
        return dataset.edit(edits, by="appends", reason="louder")

    breaks(laws.assert_idempotent, appends, data, r"the second time row 0 \(.*\) gets a edit \(louder\)")


def test_a_mark_that_grows_is_not_idempotent(data) -> None:
    def counts(dataset):
        before = dataset.column("times") if "times" in dataset.marks.columns else pl.Series([0] * len(dataset))
        return dataset.mark(pl.DataFrame({"row": dataset.kept_rows, "times": before + 1}), of="row")

    breaks(laws.assert_idempotent, counts, data, "idempotence: row 0 .* other marks")


def test_a_per_row_stage_that_counts_rows_is_not_local(data) -> None:
    @stage(per_row=True)
    def crowded(dataset):
        return dataset.drop(dataset.kept_rows, by="crowded", reason="not_alone") if len(dataset) > 1 else dataset

    breaks(laws.assert_local, crowded, data, r"locality: row 0 \(source 0, line 1\): other fate")


def test_locality_is_asked_of_per_row_stages_only(data) -> None:
    with pytest.raises(AssertionError, match="per_row = True"):
        laws.assert_local(Deduplicate(), data)


# -- law 7 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"text": "judged", "text": "shipped"}', "a key twice"),
        (b'{"a": {"b": 1, "b": 2}}', "a key twice"),
        (b'{"text": "\xff"}', "no JSON in UTF-8"),
        (b'{"text": NaN}', "no JSON in UTF-8"),
        (b'{"text":\n"x"}', "not one object on one line"),
        (b"[1]", "not one object on one line"),
    ],
)
def test_what_readers_read_differently_breaks_truth(data, raw, words) -> None:
    def writes(dataset):
        return with_bytes(dataset, lambda row, old: raw if row == 1 else old)

    breaks(laws.assert_truthful, writes, data, rf"truth: row 1 \(source 0, line 2\).*{words}")


# -- law 8 ------------------------------------------------------------------------------------------------------------


def first_text(dataset: Dataset) -> str:
    return next(dataset.raw()).decode()


def leaks_in_detail(dataset):
    return dataset.drop([0], by="leaks", reason="leaked", detail={"text": first_text(dataset)})


def leaks_in_finding(dataset):
    return dataset.find(
        [0], by="leaks", rule="leak.finding", severity="info", detail={"said": first_text(dataset)[:60]}
    )


def leaks_in_note(dataset):
    return dataset.note("example", first_text(dataset))


def leaks_in_mark(dataset):
    return dataset.mark(pl.DataFrame({"row": [0], "start": [first_text(dataset)]}), of="text")


def leaks_in_print(dataset):
    print(first_text(dataset))
    return dataset


def leaks_in_log(dataset):
    logging.getLogger("some.library").info("row %s", first_text(dataset))
    return dataset


def leaks_in_warning(dataset):
    warnings.warn(first_text(dataset), stacklevel=1)
    return dataset


def leaks_in_error(dataset):
    raise FtdataError(f"cannot go on with {first_text(dataset)}")


def leaks_in_cause(dataset):
    try:
        {}[first_text(dataset)]
    except KeyError as error:
        raise FtdataError("cannot go on") from error


@pytest.mark.parametrize(
    ("leak", "place"),
    [
        (leaks_in_detail, "the ledger"),
        (leaks_in_finding, "the ledger"),
        (leaks_in_note, "the notes"),
        (leaks_in_mark, "the marks"),
        (leaks_in_print, "what was printed"),
        (leaks_in_log, "the log"),
        (leaks_in_warning, "a warning"),
        (leaks_in_error, "the error"),
        (leaks_in_cause, "the error"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_text_of_a_row_anywhere_else_breaks_privacy(data, leak, place) -> None:
    with pytest.raises(AssertionError, match=rf"privacy: {place} holds text of a row \(Zq7Canary"):
        laws.assert_private(leak, data)
    with pytest.raises(AssertionError, match=rf"privacy: {place} holds text of a row \(Question 0"):
        laws.assert_private(leak, data, canaries=["Question 0"])


def test_an_error_that_is_silent_about_the_rows_keeps_privacy(data) -> None:
    def refuses(dataset):
        raise FtdataError(f"{len(dataset)} rows are too few")

    laws.assert_private(refuses, data)


def test_a_word_that_is_escaped_is_found_too(data) -> None:
    with pytest.raises(AssertionError, match="privacy"):
        laws.assert_private(leaks_in_detail, data, canaries=["0 é"])


def test_canaries_are_in_keys_values_index_and_broken_lines(tmp_path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"text": "x", "id": "r1", "from": ["r0"]}\n{broken\n')
    from ftdata import Fields

    one, other = laws.plant_canaries(Dataset.read(path, fields=Fields(id="id", parents="from")))
    assert list(one.dataset.rows()) == [{"Zq7CanaryKey": "Zq7CanaryValue", "text": "x", "id": "r1", "from": ["r0"]}]
    word = other.words[0]
    assert list(other.dataset.rows()) == [{"text": f"x{word}", "id": f"r1{word}", "from": [f"r0{word}"]}]
    assert other.dataset.column("id").to_list() == [f"r1{word}"]
    assert other.dataset.column("parents").to_list() == [[f"r0{word}"]]


# -- all of them ------------------------------------------------------------------------------------------------------


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(datasets(broken=True, max_rows=6))
def test_a_stage_that_does_nothing_keeps_every_law(dataset) -> None:
    laws.assert_laws(Pipeline([]), dataset)


def test_only_the_laws_of_the_list_can_be_waived(data) -> None:
    assert set(laws.WAIVERS) == {"order_independent", "deterministic", "idempotent"}
    with pytest.raises(ValueError, match=r"'private'; there are: deterministic, idempotent, order_independent"):
        laws.assert_laws(Pipeline([]), data, except_=["private"])


def test_a_waiver_excuses_from_one_law_only(data) -> None:
    def shortens(dataset):
        least = min((value["n"] for value in dataset.rows()), default=None)
        rows = [row for row, value in zip(dataset.kept_rows, dataset.rows(), strict=True) if value["n"] == least]
        return dataset.drop(rows, by="shortens", reason="smallest")

    laws.assert_laws(shortens, data, except_=["idempotent"])
    with pytest.raises(AssertionError, match="idempotence"):
        laws.assert_laws(shortens, data, except_=["deterministic"])
