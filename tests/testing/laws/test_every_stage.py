"""Every stage, in every variant, keeps every law: alone, in shards of 1, 2 and 7 rows, and on two worker processes.

Few examples each, and not shrunk: the laws run a stage some thirty times on each, and the tests of every stage draw more
rows of the kinds that it is about. The worker processes are started once, by the first test.
"""

from __future__ import annotations

import functools
import json
import os
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ftdata import Deduplicate, Describe, Filter, FilterTokens, Pipeline, ScrubPII, Split, Validate
from ftdata.testing.laws import assert_laws
from ftdata.testing.strategies import (
    chat_records,
    completion_records,
    datasets,
    message_texts,
    pii_texts,
    preference_records,
    text_records,
)
from testing.laws import some_stages

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from ftdata import Dataset
    from ftdata.stage import Stage

FEW = settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
WORDS = st.lists(st.sampled_from(("red", "blue", "green", "gold")), min_size=1, max_size=12).map(" ".join)
LONG = st.sampled_from([" ".join(f"{word}{i}" for i in range(30)) for word in ("tea", "sea", "pea")])
PRIVATE = st.one_of(message_texts(max_size=10), pii_texts(max_spans=2).map(lambda planted: planted.text))
EXTRA = {"score": st.sampled_from((1, 2.5, 3, -1, "3", None, True)), "kind": st.sampled_from(("a", "b", 1, None, []))}

ROWS: dict[str, SearchStrategy] = {
    "chats": chat_records(tools=True, parts=True, max_turns=2),
    "words": chat_records(max_turns=1, content=WORDS | LONG),
    "pairs": preference_records(content=WORDS) | preference_records(layout="openai"),
    "completions": completion_records() | completion_records(conversational=True),
    "texts": text_records(content=WORDS),
    "private": chat_records(tools=True, max_turns=1, content=PRIVATE),
    "private pairs": preference_records(content=PRIVATE),
    "scored": text_records(content=WORDS, extra=EXTRA),
}


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of runs are written here, and none has to outlive a power cut."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr("ftdata.pipeline.manifest.version", functools.cache(version))  # read from files, each time


def keeps_the_laws(
    stage: Stage, rows: SearchStrategy[Dataset], *, except_: Collection[str] = (), examples: int = 2
) -> None:
    @settings(FEW, max_examples=examples)
    @given(rows)
    def check(data: Dataset) -> None:
        assert_laws(stage, data, except_=except_, workers=2)

    check()


def sets(kind: str, **more: object) -> SearchStrategy[Dataset]:
    return datasets(ROWS[kind], **{"min_rows": 2, "max_rows": 8, "broken": True, "facts": True, **more})


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        (Validate(), "chats"),
        (Validate(target="openai"), "chats"),
        (Validate(target="openai"), "pairs"),
        (Validate(target="openai/completions"), "completions"),
        (Validate(target="openai/rft"), "chats"),
        (Validate(target="trl"), "texts"),
        (Validate(target="trl/language-modeling"), "chats"),
        (Validate(target="trl/preference"), "pairs"),
        (Validate(target="trl/prompt-completion"), "completions"),
        (Validate(target="trl/prompt-only"), "texts"),
        (Validate(target="trl/stepwise"), "texts"),
        (Validate(target="trl/unpaired"), "pairs"),
        (Validate(schema=some_stages.Scored), "scored"),
        (Validate(target="openai", schema=some_stages.Scored), "chats"),
        (Validate(target="openai", repair=["extra_keys"]), "chats"),
        (Validate(target="openai", repair=["extra_keys"]), "words"),
        (Validate(target="openai", repair=["extra_keys", "null_keys"]), "chats"),
    ],
    ids=repr,
)
def test_validate(stage: Stage, kind: str) -> None:
    keeps_the_laws(stage, sets(kind))


@pytest.mark.parametrize("kind", ["private", "private pairs"])
@pytest.mark.parametrize("stage", [ScrubPII(), ScrubPII(kinds=("EMAIL_ADDRESS",))], ids=["all", "one"])
def test_scrub_pii(stage: Stage, kind: str) -> None:
    keeps_the_laws(stage, sets(kind, max_rows=5))


@pytest.mark.parametrize("kind", ["words", "pairs"])
@pytest.mark.parametrize(
    "stage",
    [
        Deduplicate(), Deduplicate(near=False), Deduplicate(threshold=0.3, ngram=1), Deduplicate(threshold=1.0),
        Deduplicate(keep="first"), Deduplicate(keep="first", near=False),
    ],
    ids=repr,
)  # fmt: skip
def test_deduplicate(stage: Deduplicate, kind: str) -> None:
    keeps_the_laws(stage, sets(kind), except_=["order_independent"] if stage.keep == "first" else [])


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer that counts words."""
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    words = {"[UNK]": 0, "red": 1, "blue": 2}
    made = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": words, "unk_token": "[UNK]"},
    }  # fmt: skip
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


@pytest.mark.parametrize("encoding", ["o200k_base", "cl100k_base", "a file"])
def test_filter_tokens(encoding: str, tokenizer: Path) -> None:
    named = str(tokenizer) if encoding == "a file" else encoding
    keeps_the_laws(FilterTokens(max_tokens=12, min_tokens=3, encoding=named), sets("words"))
    keeps_the_laws(FilterTokens(max_tokens=12, min_tokens=3, encoding=named), sets("chats"))


@pytest.mark.parametrize(
    "where",
    [
        "kind = 'a'", "score >= 2", "score > 2.25 OR score < 0", "kind IS NULL", "nothing = 1 OR score > 0",
        "\"group\" = 'g' AND origin <> 'synthetic'", "created > '2025'", "stratum IN ('s')", "id = 'a' OR id = '1'",
        "\"about.group\" = 'g'", "format = 'text' AND source = 'human.jsonl'", some_stages.is_short,
    ],
    ids=str,
)  # fmt: skip
def test_filter(where: object) -> None:
    keeps_the_laws(some_stages.IfItCan(Filter(where=where)), sets("scored"))


def test_filter_by_marks() -> None:
    pipeline = Pipeline([FilterTokens(), Describe(), Filter(where="content_tokens < 10 AND turns = 1", reason="long")])
    keeps_the_laws(pipeline, sets("words"))


FOLDED = {"train": 0.4, "val": 0.3, "test": 0.3}
ANY = frozenset({"human", "synthetic", "unknown"})


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        (Split(train=1, val=0, test=0), "words"),
        (Split(**FOLDED, eval_origins=ANY), "words"),
        (Split(**FOLDED, eval_origins=ANY), "pairs"),
        (Split(train=0.5, val=0.5, test=0, seed=3), "words"),
        (Split(train=0, val=0.5, test=0.5, eval_origins=ANY), "pairs"),
        (Split(**FOLDED, related=0.2), "words"),
    ],
    ids=["all train", "any origin", "any origin, pairs", "no test", "no train", "loosely related"],
)
def test_split(stage: Split, kind: str) -> None:
    keeps_the_laws(some_stages.IfItCan(stage), sets(kind, min_rows=6, broken=False))


@pytest.mark.parametrize("by", [None, "split", "origin", "source", "format", "group", "stratum", "generator"])
def test_describe(by: str | None) -> None:
    keeps_the_laws(Describe(by=by), sets("words"))


@pytest.mark.parametrize(
    "stage",
    [
        Pipeline([Validate(target="openai"), ScrubPII(), Deduplicate(), FilterTokens(max_tokens=60), Describe(by="origin")]),
        Pipeline([Pipeline([Validate(), Deduplicate(near=False)], name="clean"), Pipeline([FilterTokens()]), Describe()]),
        some_stages.IfItCan(
            Pipeline([Deduplicate(), Filter(where="line < 5"), Split(train=1, val=0, test=0), Describe(by="split")])
        ),
        Pipeline([some_stages.drop_short, some_stages.mark_length, Filter(where="bytes < 120")]),
        Pipeline([]),
    ],
    ids=["all but split", "nested", "split", "of one's own", "empty"],
)  # fmt: skip
def test_chains(stage: Stage) -> None:
    keeps_the_laws(stage, sets("private", max_rows=6))
