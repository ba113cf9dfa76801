"""No group, family or pair of near-copies ever straddles two splits, as an oracle tells that shares nothing with Split."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ftdata import Deduplicate, Pipeline, Split, SplitError
from ftdata.dataset.shards import load_raws
from ftdata.testing.strategies import FACTS_KEY, chat_records, datasets, fields_of_facts, row_facts
from stages.split_oracle import components, parsed

SOME = settings(max_examples=15, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
TOPICS = [" ".join(f"{topic}{number}" for number in range(40)) for topic in ("tea", "sea", "pea", "lea")]
NEARLY = st.builds("{} {}".format, st.sampled_from(TOPICS), st.sampled_from(("once", "twice")))
COPIES = st.sampled_from(TOPICS[:2])
ALONE = st.integers(0, 10**6).map("Number {} by itself".format)
ORIGINS = ("human", "human", "human", "synthetic", "unknown")  # mostly rows that may be evaluated on
ANY = frozenset({"human", "synthetic", "unknown"})
ALIKE = 0.8  # well above what Split relates at, so that no pair is a matter of luck

NAMES = st.sampled_from(("a", "b", "c", "d", "e", "f", "g", 1))
MANY = st.integers(0, 15)
SOMETIMES = st.none() | NAMES


def said(texts: st.SearchStrategy[str], facts: st.SearchStrategy[dict]) -> st.SearchStrategy[dict]:
    return chat_records(max_turns=1, system=False, content=texts, extra={FACTS_KEY: facts})


TIES = {
    "groups": said(ALONE, st.fixed_dictionaries({"group": SOMETIMES})),
    "ids": said(ALONE, st.fixed_dictionaries({"id": SOMETIMES}) | st.fixed_dictionaries({"parents": NAMES})),
    "parents": said(ALONE, st.fixed_dictionaries({"id": NAMES, "parents": st.lists(NAMES, max_size=1)})),
    "parents that are nowhere": said(ALONE, st.fixed_dictionaries({"parents": st.lists(NAMES, max_size=1)})),
    "texts": said(NEARLY, st.just({})),
    "children of copies": said(COPIES, st.fixed_dictionaries({"id": MANY}))
    | said(ALONE, st.fixed_dictionaries({"parents": MANY})),
    "everything": said(NEARLY | ALONE, row_facts()),
}
"""What rows say, and what ties them; one tie at a time, since many make one cluster of all rows."""
BEFORE = {"": [], "near": [Deduplicate()], "exact": [Deduplicate(near=False, keep="first")]}


@pytest.mark.parametrize(
    ("ties", "before", "eval_origins"),
    [
        *((ties, "", ANY) for ties in TIES),
        *(("children of copies", before, ANY) for before in ("near", "exact")),
        *((ties, "near", {"human"}) for ties in ("groups", "parents", "everything")),
    ],
)
def test_what_belongs_together_stays_together(ties, before, eval_origins) -> None:
    fields = fields_of_facts(origin=False)

    @SOME
    @given(
        datasets(TIES[ties], fields=fields, broken=ties == "everything", origins=ORIGINS, min_rows=8, max_rows=16),
        st.integers(0, 9),
    )
    def check(data, seed) -> None:
        split = Split(train=0.4, val=0.3, test=0.3, seed=seed, eval_origins=frozenset(eval_origins))
        rows = parsed([raw for ref in data.shards for raw in load_raws(ref)])
        for row, reason in data.ledger.filter(data.ledger["action"] == "drop").select("row", "reason").iter_rows():
            assert reason in {"invalid_json", "invalid_record"}
            rows[row] = None  # too broken to have an id, a group or texts
        try:
            after = Pipeline([*BEFORE[before], split]).run(data, progress="off").dataset
        except SplitError:
            return  # too few rows that may be evaluated on
        where = dict(zip(after.kept_rows.tolist(), after.column("split").cast(str), strict=True))
        origin = dict(zip(after.kept_rows.tolist(), after.column("origin").cast(str), strict=True))
        for together in components(rows, key=FACTS_KEY, related=ALIKE):
            splits = {where[row] for row in together if row in where}
            assert len(splits) <= 1, (together, where)
            if splits - {"train"}:
                assert {origin[row] for row in together if row in where} <= eval_origins

    check()


def test_the_oracle_knows_ties_that_are_passed_on() -> None:
    rows = [
        {"messages": [{"content": "a"}], "about": {"id": 1}},
        {"messages": [{"content": "b"}], "about": {"id": "x", "parents": ["1"]}},
        {"messages": [{"content": "c"}], "about": {"parents": "lost", "group": "g"}},
        None,
        {"messages": [{"content": "d"}], "about": {"parents": ["lost", "x"]}},
        {"messages": [{"content": "e"}], "about": {"group": "h", "id": True}},
        {"messages": [{"content": "E"}]},
        {"messages": [{"role": "system", "content": "E"}, {"content": "f"}]},
        {"messages": [{"content": "g"}], "about": {"id": "x"}},
        {"messages": [{"content": "h"}], "about": {"id": "nobody's"}},
        {"messages": [{"content": "i"}], "about": {"id": "nobody's"}},
    ]
    assert components(rows, key="about", related=0.8) == [{0, 1, 2, 4, 8}, {3}, {5, 6}, {7}, {9}, {10}]
