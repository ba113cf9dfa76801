"""No group, family or pair of near-copies ever straddles two splits, as an oracle tells that shares nothing with Split."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from ftdata import Deduplicate, Pipeline, Split, SplitError
from ftdata.testing.strategies import FACTS_KEY, chat_records, datasets
from stages.split_oracle import components, parsed

SOME = settings(max_examples=8, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
TOPICS = [" ".join(f"{topic}{number}" for number in range(40)) for topic in ("tea", "sea", "pea", "lea")]
NEARLY = st.builds("{} {}".format, st.sampled_from(TOPICS), st.sampled_from(("once", "twice")))
ALONE = st.text("abcdefgh ", min_size=1, max_size=30)
ROWS = datasets(chat_records(max_turns=1, content=NEARLY | ALONE), facts=True, broken=True, min_rows=4, max_rows=14)
ANY = frozenset({"human", "synthetic", "unknown"})
ALIKE = 0.8  # well above what Split relates at, so that no pair is a matter of luck


@pytest.mark.parametrize(
    "first", [[], [Deduplicate()], [Deduplicate(near=False, keep="first")]], ids=["", "near", "exact"]
)
@pytest.mark.parametrize("eval_origins", [ANY, frozenset({"human"})], ids=["any", "human"])
def test_what_belongs_together_stays_together(first, eval_origins) -> None:
    @SOME
    @given(ROWS, st.integers(0, 9))
    def check(data, seed) -> None:
        stages = [*first, Split(train=0.4, val=0.3, test=0.3, seed=seed, eval_origins=eval_origins)]
        lines = [raw for ref in data.shards for raw in _raws(ref)]
        try:
            after = Pipeline(stages).run(data, progress="off").dataset
        except SplitError:
            assume(False)
        split = dict(zip(after.kept_rows.tolist(), after.column("split").cast(str), strict=True))
        origin = dict(zip(after.kept_rows.tolist(), after.column("origin").cast(str), strict=True))
        rows = parsed(lines)
        for row, reason in data.ledger.filter(data.ledger["action"] == "drop").select("row", "reason").iter_rows():
            assert reason in {"invalid_json", "invalid_record"}
            rows[row] = None  # too broken to have an id, a group or texts
        for together in components(rows, key=FACTS_KEY, related=ALIKE):
            splits = {split[row] for row in together if row in split}
            assert len(splits) <= 1, (together, split)
            if splits - {"train"}:
                assert {origin[row] for row in together if row in split} <= eval_origins

    check()


def _raws(ref) -> list[bytes]:
    from ftdata.dataset.shards import load_raws

    return load_raws(ref)


def test_the_oracle_knows_ties_that_are_passed_on() -> None:
    rows = [
        {"messages": [{"content": "a"}], "about": {"id": 1}},
        {"messages": [{"content": "b"}], "about": {"id": "x", "parents": ["1"]}},
        {"messages": [{"content": "c"}], "about": {"parents": "lost", "group": "g"}},
        None,
        {"messages": [{"content": "d"}], "about": {"parents": ["lost", "x"]}},
        {"messages": [{"content": "e"}], "about": {"group": "h", "id": True}},
        {"messages": [{"content": "E"}]},
    ]
    assert components(rows, key="about", related=0.8) == [{0, 1, 2, 4}, {3}, {5, 6}]
