"""The first rows vote for the one format of a source."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata import Dataset
from ftdata.formats import AGREEMENT, FORMATS, HEAD_ROWS, NO_FORMAT, detect_head, settle

USER, ANSWER = {"role": "user", "content": "When is low tide?"}, {"role": "assistant", "content": "At four."}
CHAT, TEXT = {"messages": [USER, ANSWER]}, {"text": "t"}
UNANSWERED = {"messages": [USER], "ticket": 7}
labels = st.lists(st.sampled_from(["openai-chat", "openai-rft", "text", "alpaca", "invalid", "unknown"]), max_size=30)


def test_a_source_is_settled_at_99_percent_and_names_the_odd_rows() -> None:
    rows = [CHAT] * 100
    assert detect_head(rows).problem is None
    rows[40] = TEXT
    settled = detect_head(rows)
    assert (settled.format, settled.agreement, settled.outliers) == ("openai-chat", AGREEMENT, (40,))
    assert settled.problem is None
    assert "together-conversation" in settled.also_possible
    rows[7] = TEXT
    unsettled = detect_head(rows)
    assert (unsettled.format, unsettled.outliers) == ("openai-chat", (7, 40))
    assert "read as openai-chat" in unsettled.problem
    assert "split the file" in unsettled.problem
    assert unsettled.counts == {"openai-chat": 98, "text": 2}


@settings(max_examples=100)
@given(labels, st.randoms())
def test_the_order_of_the_rows_decides_nothing(some, random) -> None:
    other = random.sample(some, len(some))
    one, two = settle(Counter(some)), settle(Counter(other))
    assert (one.format, one.agreement, one.counts, one.problem) == (two.format, two.agreement, two.counts, two.problem)
    assert one.format in FORMATS
    assert one.outliers == ()
    assert (one.agreement >= AGREEMENT and not set(some) <= NO_FORMAT) == (one.problem is None)


def test_broken_rows_have_no_vote() -> None:
    found = detect_head([{"messages": []}] * 9 + [TEXT])
    assert (found.format, found.agreement, found.problem) == ("text", 1.0, None)
    assert found.outliers == tuple(range(9))


@pytest.mark.parametrize(
    ("chats", "unanswered", "format", "agreement"),
    [
        (0, 100, "openai-rft", 1.0),
        (1, 99, "openai-rft", 0.99),
        (2, 98, "openai-chat", 0.02),  # no file of reinforcement: in one every row ends with the user
        (50, 50, "openai-chat", 1.0),
        (99, 1, "openai-chat", 1.0),
    ],
)
def test_a_source_is_one_of_reinforcement_only_if_its_rows_agree(chats, unanswered, format, agreement) -> None:
    found = settle({"openai-chat": chats, "openai-rft": unanswered})
    assert (found.format, found.agreement) == (format, agreement)
    assert (found.problem is None) == (agreement >= AGREEMENT)


def test_chats_without_an_answer_vote_for_chats() -> None:
    found = settle({"text": 40, "openai-chat": 35, "openai-rft": 25})
    assert (found.format, found.agreement) == ("openai-chat", 0.6)


def test_no_row_and_no_format_are_said_plainly() -> None:
    assert detect_head([]).format == "unknown"
    assert "no row" in detect_head([]).problem
    assert detect_head([{"x": 1}]).format == "unknown"
    assert "name the format" in detect_head([{"x": 1}]).problem


def test_only_the_head_is_read() -> None:
    def rows():
        for _ in range(5):
            yield TEXT
        raise AssertionError("read too far")

    assert detect_head(rows(), max_rows=5).counts == {"text": 5}


def test_the_problem_holds_nothing_of_the_rows() -> None:
    found = detect_head([{"text": "zq7", "zq8": 1}, {"prompt": "zq9"}])
    assert "zq" not in found.problem


@pytest.mark.parametrize(
    "rows",
    [
        [CHAT] * 3 + [UNANSWERED] * 7,
        [UNANSWERED] * 5,
        [CHAT, TEXT, {"x": 1}],
        [TEXT] * HEAD_ROWS + [CHAT] * 2 * HEAD_ROWS,
        [],
    ],
    ids=["chats, some unanswered", "reinforcement", "mixed", "the head only", "none"],
)
def test_reading_follows_the_rule(rows, tmp_path) -> None:
    import json

    found = detect_head(rows)
    (source,) = Dataset.from_rows(rows).sources
    assert (source.format, source.agreement) == (found.format, found.agreement)
    if rows:
        path = tmp_path / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        (source,) = Dataset.read(path).sources
        assert (source.format, source.agreement) == (found.format, found.agreement)
