"""Split: whole clusters, held out from what trains, by people only."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, Deduplicate, Fields, RecipeError, Split, SplitError
from ftdata.stages.split import _chance
from ftdata.testing.laws import assert_laws, assert_order_independent
from ftdata.testing.strategies import chat_records, datasets, near_duplicate_groups
from stages.fates import chat, many_words

FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]), min_size=1, max_size=12).map(
    " ".join
)
THIRDS = {"train": 0.4, "val": 0.3, "test": 0.3}


def different(count: int, **more) -> list[dict]:
    return [chat(many_words(f"q{i}w", 8), many_words(f"a{i}w", 8), **more) for i in range(count)]


def splits(data: Dataset) -> list[str]:
    return data.column("split").cast(str).to_list()


@FEW
@given(datasets(chat_records(max_turns=1, content=WORDS), broken=True, max_rows=8))
def test_the_laws_hold_when_all_train(data) -> None:
    """Without evaluation splits anything can be split, if there is anything."""
    some = data + Dataset.from_rows([chat("one more", "row")], origin="human")
    assert_laws(Split(train=1, val=0, test=0), some)


@FEW
@given(datasets(chat_records(max_turns=1, content=WORDS), max_rows=6), st.integers(0, 3))
def test_the_laws_hold_with_evaluation_splits(data, seed) -> None:
    some = Dataset.from_rows(different(24), origin="human") + data
    assert_laws(Split(**THIRDS, seed=seed), some)


@FEW
@given(near_duplicate_groups(min_groups=3, words=40), st.integers(0, 5))
def test_near_copies_never_straddle_splits(found, seed) -> None:
    rows = [chat(text, "Yes.") for text in found.texts] + different(20)
    after = Split(**THIRDS, seed=seed, related=0.3)(Dataset.from_rows(rows, origin="human"))
    of_group: dict[int, set[str]] = {}
    for group, split in zip(found.groups, splits(after), strict=False):
        of_group.setdefault(group, set()).add(split)
    assert {len(found) for found in of_group.values()} == {1}


def test_a_group_never_straddles_splits() -> None:
    rows = [
        row
        for group in range(20)
        for row in [{**one, "customer": f"c{group}"} for one in different(60)[group * 3 : group * 3 + 3]]
    ]
    after = Split(**THIRDS)(Dataset.from_rows(rows, origin="human", fields=Fields(group="customer")))
    by_group: dict[str, set[str]] = {}
    for group, split in zip(after.column("group"), splits(after), strict=True):
        by_group.setdefault(group, set()).add(split)
    assert len(by_group) == 20
    assert {len(found) for found in by_group.values()} == {1}
    assert after.notes["split"]["clusters"] == 20


def lineage(origin_of_child: str = "human") -> Dataset:
    """Thirty parents, and a child of each that shares no word with it."""
    parents = [{**row, "id": f"p{i}"} for i, row in enumerate(different(60)[:30])]
    children = [{**row, "from": [f"p{i}"]} for i, row in enumerate(different(60)[30:])]
    fields = Fields(id="id", parents="from")
    return Dataset.from_rows(parents, origin="human", fields=fields) + Dataset.from_rows(
        children, origin=origin_of_child, fields=fields
    )


def test_a_child_is_where_its_parent_is() -> None:
    found = splits(Split(**THIRDS)(lineage()))
    assert found[:30] == found[30:]
    assert set(found) == {"train", "val", "test"}


def test_a_parent_of_synthetic_rows_is_not_evaluated_on() -> None:
    some = lineage("synthetic") + Dataset.from_rows(
        [chat(many_words(f"x{i}"), "Fine.") for i in range(20)], origin="human"
    )
    found = splits(Split(**THIRDS)(some))
    assert set(found[:60]) == {"train"}
    assert {"val", "test"} <= set(found[60:])


def test_lineage_goes_through_a_row_that_was_dropped() -> None:
    """Child and grandchild belong together although the row between them is gone."""
    rows: list[dict] = []
    words = different(90)
    for i in range(30):
        rows += [
            {**words[3 * i], "id": f"a{i}"},
            {**words[3 * i + 1], "id": f"b{i}", "from": f"a{i}"},
            {**words[3 * i + 2], "id": f"c{i}", "from": f"b{i}"},
        ]
    data = Dataset.from_rows(rows, origin="human", fields=Fields(id="id", parents="from"))
    thinned = data.drop(range(1, 90, 3), by="test", reason="gone")
    found = splits(Split(**THIRDS)(thinned))
    assert found[0::2] == found[1::2]


def test_children_of_a_parent_that_was_never_read_belong_together() -> None:
    rows = [{**row, "from": f"lost{i // 2}"} for i, row in enumerate(different(40))]
    found = splits(Split(**THIRDS)(Dataset.from_rows(rows, origin="human", fields=Fields(parents="from"))))
    assert found[0::2] == found[1::2]


def numbered(count: int, *, of: str, fields: Fields, **more) -> Dataset:
    rows = different(2 * count)[:count] if of == "human" else different(2 * count)[count:]
    return Dataset.from_rows([{**row, "id": i, **more} for i, row in enumerate(rows)], origin=of, fields=fields)


def test_inputs_that_count_from_0_are_not_tied_where_no_row_names_a_parent() -> None:
    """Sixty people barred by sixty others that happen to have their numbers, and not a word of it."""
    ids = Fields(id="id")
    both = numbered(40, of="human", fields=ids) + numbered(40, of="synthetic", fields=ids)
    after = Split(**THIRDS)(both)
    assert after.notes["split"]["may_be_evaluated"] == 40
    assert "fields.same_id" not in after.ledger["reason"]


def test_ids_of_several_rows_that_are_named_as_parents_are_told_once_over_all_inputs() -> None:
    fields = Fields(id="id", parents="from")
    people = numbered(40, of="human", fields=fields)
    both = people + numbered(40, of="synthetic", fields=fields, **{"from": [3, 5]})
    assert "fields.same_id" not in both.ledger["reason"]
    after = Split(**THIRDS)(both)
    found = after.ledger.filter(after.ledger["reason"] == "fields.same_id")
    told = json.loads(found["detail"].item())
    assert (told["ids"], told["rows"], told["severity"]) == (2, 4, "warning")
    assert told["message"].startswith("2 ids that rows name as a parent are those of 4 rows")
    assert after.notes["split"]["may_be_evaluated"] == 38
    # All people are parents, of rows that have their numbers: the error says so.
    every = both + Dataset.from_rows([{"text": "x", "from": list(range(40))}], origin="synthetic", fields=fields)
    with pytest.raises(
        SplitError, match=r"of 0 rows that may be .*; 40 ids that rows name as a parent are those of 80"
    ):
        Split(**THIRDS)(every)


def test_lineage_follows_the_row_that_was_kept_for_a_copy() -> None:
    """A synthetic row was made from a copy that Deduplicate dropped: the kept one may not be evaluated on."""
    originals = [{**row, "id": f"kept{i}"} for i, row in enumerate(different(30))]
    copies = [{**row, "id": f"copy{i}"} for i, row in enumerate(different(30))]
    made = [chat(many_words(f"m{i}"), "Made.", **{"from": f"copy{i}"}) for i in range(30)]
    fields = Fields(id="id", parents="from")
    data = (
        Dataset.from_rows(originals, origin="human", fields=fields)
        + Dataset.from_rows(copies, origin="unknown", fields=fields)
        + Dataset.from_rows(made, origin="synthetic", fields=fields)
        + Dataset.from_rows([chat(many_words(f"free{i}x"), "Free.") for i in range(20)], origin="human", fields=fields)
    )
    once = Deduplicate()(data)
    assert len(once) == 80
    found = splits(Split(**THIRDS)(once))
    assert set(found[:60]) == {"train"}
    assert {"val", "test"} <= set(found[60:])


@pytest.mark.parametrize("origin", ["synthetic", "unknown"])
def test_only_rows_of_people_are_evaluated_on(origin) -> None:
    rows = different(60)
    data = Dataset.from_rows(rows[:30], origin=origin) + Dataset.from_rows(rows[30:], origin="human")
    found = splits(Split(**THIRDS)(data))
    assert set(found[:30]) == {"train"}
    assert set(found[30:]) == {"train", "val", "test"}


def test_a_near_copy_of_a_synthetic_row_is_not_evaluated_on() -> None:
    human, free = different(20), [chat(many_words(f"free{i}x", 30), "Free.") for i in range(20)]
    copies = [chat(row["messages"][0]["content"], row["messages"][1]["content"] + " indeed") for row in human]
    data = Dataset.from_rows(human + free, origin="human") + Dataset.from_rows(copies, origin="synthetic")
    found = splits(Split(**THIRDS)(data))
    assert set(found[:20]) == {"train"}
    assert {"val", "test"} <= set(found[20:40])


def test_other_origins_may_be_let_in() -> None:
    data = Dataset.from_rows(different(30), origin="synthetic")
    found = splits(Split(**THIRDS, eval_origins={"human", "synthetic"})(data))
    assert set(found) == {"train", "val", "test"}


def test_the_seed_and_the_content_decide_and_nothing_else() -> None:
    rows = different(40)
    whole = Dataset.from_rows(rows, origin="human")
    found = splits(Split(**THIRDS, seed=3)(whole))
    assert splits(Split(**THIRDS, seed=3)(Dataset.from_rows(rows, origin="human", shard_rows=7))) == found
    assert splits(Split(**THIRDS, seed=3)(Dataset.from_rows(rows[::-1], origin="human"))) == found[::-1]
    assert splits(Split(**THIRDS, seed=4)(whole)) != found
    assert_order_independent(Split(**THIRDS), whole)


def test_rows_stay_where_they_are_when_rows_are_added() -> None:
    rows = different(80)
    few, many = (Split(**THIRDS)(Dataset.from_rows(some, origin="human")) for some in (rows[:60], rows))
    assert splits(many)[:60] == splits(few)


def test_shares_are_near_what_was_asked() -> None:
    after = Split(train=0.6, val=0.2, test=0.2)(Dataset.from_rows(different(400), origin="human"))
    told = after.notes["split"]
    assert told["rows"] == {name: splits(after).count(name) for name in ("train", "val", "test")}
    assert sum(told["rows"].values()) == 400
    assert abs(told["rows"]["val"] - 80) <= 30
    assert abs(told["rows"]["test"] - 80) <= 30
    assert told["asked"] == {"train": 0.6, "val": 0.2, "test": 0.2}


def test_a_cluster_too_large_for_evaluation_trains() -> None:
    rows = [chat(many_words(f"q{i}w"), "Fine.", customer="one") for i in range(40)]
    rows += [chat(many_words(f"r{i}w"), "Fine.", customer=f"c{i}") for i in range(40)]
    for seed in range(5):
        data = Dataset.from_rows(rows, origin="human", fields=Fields(group="customer"))
        after = Split(**THIRDS, seed=seed)(data)
        assert set(splits(after)[:40]) == {"train"}
        assert after.notes["split"]["too_large_for_evaluation"] == 1
        assert after.notes["split"]["largest_cluster"] == 40


def test_how_large_a_cluster_may_be_is_a_setting() -> None:
    rows = [chat(many_words(f"q{i}w"), "Fine.", customer=f"c{i // 8}") for i in range(80)]
    data = Dataset.from_rows(rows, origin="human", fields=Fields(group="customer"))
    told = [Split(**THIRDS, max_cluster=share)(data).notes["split"] for share in (0.5, 0.4)]
    assert [one["too_large_for_evaluation"] for one in told] == [0, 0]
    with pytest.raises(SplitError, match="would be empty"):
        Split(**THIRDS, max_cluster=0.3)(data)


def test_how_large_a_cluster_may_be_is_told_by_the_rows_that_may_be_evaluated() -> None:
    """Of 60 human rows val expects 6, and a cluster may be half of that; the 300 synthetic rows beside them count for nothing."""
    people = [chat(many_words(f"q{i}w"), "Fine.", customer=f"c{i // 5 if i < 20 else i}") for i in range(60)]
    made = [chat(many_words(f"s{i}w"), "Fine.") for i in range(300)]
    fields = Fields(group="customer")
    data = Dataset.from_rows(people, origin="human", fields=fields) + Dataset.from_rows(made, origin="synthetic")
    for seed in range(3):
        after = Split(seed=seed)(data)
        assert after.notes["split"]["too_large_for_evaluation"] == 4
        assert set(splits(after)[:20]) == {"train"}


def test_a_split_that_chance_left_empty_gets_the_cluster_nearest_by_chance() -> None:
    """Test has the lowest chances, val those above it: of the clusters of train the one with the lowest is taken."""
    data = Dataset.from_rows(different(12), origin="human")
    seen = 0
    for seed in range(12):
        after = Split(seed=seed)(data)
        chances = [_chance(digest, seed) for digest in data.index["content_hash"]]
        by_chance = ["test" if chance < 0.1 else "val" if chance < 0.2 else "train" for chance in chances]
        for name in ("test", "val"):
            if name not in by_chance:
                nearest = min((chance, row) for row, chance in enumerate(chances) if by_chance[row] == "train")[1]
                by_chance[nearest] = name
                seen += 1
        assert splits(after) == by_chance
        assert after.notes["split"]["largest_cluster"] == 1
    assert seen > 6


@pytest.mark.parametrize(("people", "is_small"), [(70, False), (30, True)])
def test_a_split_is_told_as_small_from_half_of_its_share_of_all_rows_down(people, is_small) -> None:
    data = Dataset.from_rows(different(people), origin="human") + Dataset.from_rows(
        [chat(many_words(f"s{i}w"), "Fine.") for i in range(100 - people)], origin="synthetic"
    )
    between = 0
    for seed in range(3):
        after = Split(**THIRDS, seed=seed)(data)
        sizes = after.notes["split"]["rows"]
        told = after.ledger.filter(after.ledger["reason"] == "split.small")["detail"]
        assert {json.loads(one)["split"] for one in told} == {name for name in ("val", "test") if sizes[name] < 15}
        assert (len(told) > 0) == is_small
        between += sum(15 <= sizes[name] < 27 for name in ("val", "test"))
    assert (between > 0) != is_small


def test_a_preference_row_is_related_by_its_prompt() -> None:
    def pair(prompt: str, good: str, bad: str) -> dict:
        say = [{"role": "assistant", "content": good}], [{"role": "assistant", "content": bad}]
        return {"prompt": [{"role": "user", "content": prompt}], "chosen": say[0], "rejected": say[1]}

    rows = []
    for i in range(25):
        rows += [
            pair(many_words(f"p{i}w"), many_words(f"g{i}w"), "No."),
            pair(many_words(f"p{i}w"), many_words(f"h{i}w"), "Yes."),
        ]
    found = splits(Split(**THIRDS)(Dataset.from_rows(rows, origin="human")))
    assert found[0::2] == found[1::2]
    assert set(found) == {"train", "val", "test"}


def test_dropped_rows_get_no_split() -> None:
    data = Dataset.from_rows(different(20), origin="human").drop([0, 5], by="test", reason="gone")
    after = Split(**THIRDS)(data)
    assert len(splits(after)) == 18
    assert after.marks["split"].null_count() == 2


@pytest.mark.parametrize(
    ("origins", "words"),
    [
        (("synthetic",), r"no row may enter val or test: there are 3 synthetic, and only human rows are evaluated on.*--origin human"),
        (("unknown",), r'there are 3 unknown.*origin="human" in Dataset.read.*or split with val=0 and test=0'),
        (("unknown", "synthetic"), "there are 3 synthetic, 3 unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_split_is_refused_with_the_numbers_and_what_to_type(origins, words) -> None:
    data = Dataset.from_rows([], origin="human")
    for number, origin in enumerate(origins):
        data = data + Dataset.from_rows(different(6)[number * 3 : number * 3 + 3], origin=origin)
    with pytest.raises(SplitError, match=words):
        Split()(data)
    with pytest.raises(SplitError, match=words):
        Split().preflight(data)
    assert set(splits(Split(train=1, val=0, test=0)(data))) == {"train"}


def test_too_few_rows_are_refused_with_the_numbers() -> None:
    data = Dataset.from_rows(different(1), origin="human")
    with pytest.raises(SplitError, match=r"would be empty: .* of 1 rows .*Give more rows of origin human"):
        Split()(data)


def test_inputs_of_the_wrong_origin_are_refused_before_they_are_read() -> None:
    with pytest.raises(SplitError, match="all inputs are of origin synthetic"):
        Split().refuse_origins(frozenset({"synthetic"}))
    Split().refuse_origins(frozenset({"synthetic", "human"}))
    Split(train=1, val=0, test=0).refuse_origins(frozenset({"unknown"}))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"train": -0.1, "val": 1, "test": 0.1}, "train"),
        ({"eval_origins": ["robot"]}, "eval_origins"),
        ({"related": 0}, "related"),
        ({"max_cluster": 0}, "max_cluster"),
    ],
)
def test_a_wrong_setting_is_said_when_it_is_built(told, words) -> None:
    with pytest.raises(RecipeError, match=words):
        Split(**told)


@pytest.mark.parametrize(
    ("given", "is_now", "to_type"),
    [
        ({"train": 0.9, "val": 0.1}, "train 0.9 + val 0.1 + test 0.1 (the default) is 1.1", "type train=0.9, val=0.1, test=0"),
        ({"train": 1}, "train 1 + val 0.1 (the default) + test 0.1 (the default) is 1.2", "type train=1, val=0, test=0"),
        ({"train": 0.95}, "is 1.15", "type train=0.95, val=0.025, test=0.025"),
        ({"val": 0.2}, "train 0.8 (the default) + val 0.2 + test 0.1 (the default) is 1.1", "type train=0.7, val=0.2, test=0.1"),
        ({"train": 0.8, "val": 0.3, "test": 0.1}, "train 0.8 + val 0.3 + test 0.1 is 1.2", "type train=0.6, val=0.3, test=0.1"),
        ({"train": 0.7, "val": 0.1, "test": 0.1}, "is 0.9", "type train=0.8, val=0.1, test=0.1"),
        ({"val": 0.6, "test": 0.6}, "is 2", "lower them"),
    ],
)  # fmt: skip
def test_fractions_that_are_no_whole_are_told_as_given_or_by_default_with_what_to_type(given, is_now, to_type) -> None:
    """What was not given is never made to fit: a test split that nobody asked for, or that is not there, is no surprise."""
    with pytest.raises(RecipeError) as caught:
        Split(**given)
    assert str(caught.value).startswith("Split: train ")
    assert str(caught.value).endswith(f"{is_now}; the three fractions sum to 1: {to_type}")
    typed = str(caught.value).partition("type ")[2]
    if typed:
        Split(**{name: float(value) for name, value in (one.split("=") for one in typed.split(", "))})


def test_where_no_row_is_left_the_reasons_are_told_and_not_the_origins() -> None:
    data = Dataset.from_rows([{"text": f"row {number}"} for number in range(12)], origin="human")
    with pytest.raises(
        SplitError,
        match=r"^no row is left to split: all 12 rows were dropped before: too_many in 12 rows, first at memory:1$",
    ):
        Split()(data.drop(range(12), by="Test", reason="too_many"))
