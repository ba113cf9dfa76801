"""Deduplicate: copies and near-copies leave, everything that teaches something else stays."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, Deduplicate, Fields, RecipeError
from ftdata.testing.laws import assert_laws, assert_order_independent
from ftdata.testing.strategies import chat_records, datasets, near_duplicate_groups, preference_records
from ftdata.texts import LAYOUTS, OPEN
from stages.fates import chat, details, details_by_line, drops, kept_lines, many_words

FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]), min_size=1, max_size=12).map(
    " ".join
)


def deduplicated(*rows: dict, **told) -> Dataset:
    return Deduplicate(**told)(Dataset.from_rows(rows, origin="human"))


# -- the laws ---------------------------------------------------------------------------------------------------------


@FEW
@given(datasets(chat_records(max_turns=1, content=WORDS), broken=True, max_rows=8))
def test_the_laws_hold_on_chats_that_are_alike(data) -> None:
    assert_laws(Deduplicate(threshold=0.6), data)


@FEW
@given(datasets(chat_records(tools=True, parts=True, max_turns=2) | preference_records(), max_rows=6))
def test_the_laws_hold_on_rows_of_several_layouts(data) -> None:
    assert_laws(Deduplicate(), data)


@FEW
@given(datasets(chat_records(max_turns=1, content=WORDS), max_rows=8))
def test_the_laws_hold_for_the_first_row_but_for_order(data) -> None:
    assert_laws(Deduplicate(keep="first"), data, except_=["order_independent"])


@FEW
@given(near_duplicate_groups(words=60, max_copies=2))
def test_a_planted_copy_leaves_for_a_row_of_its_own_group(found) -> None:
    """Two copies with an edit each are 0.69 alike or more, far above the threshold, where no band misses them."""
    data = Dataset.from_rows([chat(text, "Yes, that is right.") for text in found.texts], origin="human")
    after = Deduplicate(threshold=0.5)(data)
    assert sorted(found.groups[line - 1] for line in kept_lines(after)) == sorted(set(found.groups))
    assert len(drops(after)) + len(after) == len(found.texts)
    for line, detail in details_by_line(after).items():
        assert detail["kept_line"] in kept_lines(after)
        assert found.groups[line - 1] == found.groups[detail["kept_line"] - 1]


# -- small cases that are easy to get wrong ---------------------------------------------------------------------------

LONG = many_words("context", 80)
PICTURE = "https://images.example.com/{}.png"


def asked_about(picture: str) -> dict:
    parts = [
        {"type": "text", "text": "What is in this picture, please?"},
        {"type": "image_url", "image_url": {"url": PICTURE.format(picture)}},
    ]
    return {"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": "A red car."}]}


def called_with(arguments: str) -> dict:
    call = {"id": "call_1", "type": "function", "function": {"name": "refund", "arguments": arguments}}
    return {
        "messages": [
            {"role": "user", "content": "Please refund my last order."},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "done"},
            {"role": "assistant", "content": "Done."},
        ]
    }


def pair(chosen: str, rejected: str) -> dict:
    return {
        "prompt": [{"role": "user", "content": LONG}],
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
    }


DIFFERENT = {
    "the same answer to another question": (chat("What is 7 times 8?", "Let me see. 56."), chat("Name a number.", "Let me see. 56.")),
    "another answer to the same question": (
        chat("How do I reset my password?", "Use the link on the sign-in page."),
        chat("How do I reset my password?", "Call the support line, please."),
    ),
    "other digits in a short text": (chat("What is 12 + 30?", "42"), chat("What is 12 + 31?", "43")),
    "another operator": (chat("Compute 6 + 2", "Here you are"), chat("Compute 6 - 2", "Here you are")),
    "another sign": (chat("Is x > 3 true?", "It depends"), chat("Is x < 3 true?", "It depends")),
    "another label after a long context": (chat(LONG, "positive"), chat(LONG, "negative")),
    "chosen and rejected exchanged": (pair("I can help with that.", "Go away."), pair("Go away.", "I can help with that.")),
    "another picture": (asked_about("car"), asked_about("dog")),
    "another argument of a short call": (called_with('{"order": 17}'), called_with('{"order": 18}')),
    "another last answer under a long one": (
        chat("Tell me all of it.", LONG, "Who said so?", "My aunt."), chat("Tell me all of it.", LONG, "Who said so?", "Nobody."),
    ),
    "short replies": (chat("Is it open on Monday?", "Yes."), chat("Is it open on Monday?", "No.")),
    "emoji only": (chat("React.", "👍"), chat("React.", "👎")),
    "other Chinese characters": (chat("北京的天气怎么样", "今天晴天"), chat("上海的交通怎么样", "今天晴天")),
    "another label of an unpaired row": (
        {"prompt": "Is it right?", "completion": LONG, "label": True},
        {"prompt": "Is it right?", "completion": LONG, "label": False},
    ),
    "who says what": (
        chat("Good morning to you", "How can I help you today"),
        {"messages": [
            {"role": "assistant", "content": "Good morning to you"}, {"role": "user", "content": "How can I help you today"},
        ]},
    ),
    "two messages or one": (chat("a b", "c"), chat("a", "b", "", "c")),
}  # fmt: skip


@pytest.mark.parametrize("case", DIFFERENT)
def test_rows_that_teach_something_else_stay(case) -> None:
    after = deduplicated(*DIFFERENT[case])
    assert drops(after) == {}


CHINESE = "请问这件商品什么时候可以发货我已经等了三天了还没有收到任何消息麻烦帮我查一下订单的状态谢谢"

ALIKE = {
    "other case and punctuation": (chat(LONG + ".", "Thank you!"), chat(LONG.upper(), "thank you")),
    "one word of a long question": (chat(LONG, "Thank you."), chat(LONG + " please", "Thank you.")),
    "one character of unspaced Chinese": (chat(CHINESE, "好的"), chat(CHINESE.replace("谢谢", "谢了"), "好的")),
    "a thread and the one that goes on": (chat("Tell me.", LONG), chat("Tell me.", LONG, "Who said so?", "My aunt.")),
    "full-width letters": (chat("Hello there, who are you?", "A bot."), chat("Ｈｅｌｌｏ there, who are you?", "A bot.")),
    "zero-width characters": (chat("Hello there, who are you?", "A bot."), chat("Hel\u200blo there, who are you?", "A bot.")),
    "one word of a long pair": (pair(many_words("good"), "Bad."), pair(many_words("good") + " indeed", "Bad.")),
}  # fmt: skip


@pytest.mark.parametrize("case", ALIKE)
def test_near_copies_leave_with_the_kept_row_named(case) -> None:
    after = deduplicated(*ALIKE[case])
    assert list(drops(after).values()) == ["near_duplicate"]
    (gone,) = drops(after)
    (detail,) = details(after, "drop")
    assert detail["kept_line"] == 3 - gone
    assert detail["kept_source"] == "memory"
    assert 0.8 <= detail["similarity"] <= 1


def test_a_thread_that_goes_on_never_leaves_for_one_that_stops() -> None:
    """Its last answer stands nowhere else, wherever the other one stands before it: read first, or written by a person."""
    stops, goes_on = chat("Tell me.", LONG), chat("Tell me.", LONG, "Who said so?", "My aunt.")
    assert drops(Deduplicate(keep="first")(Dataset.from_rows([stops, goes_on]))) == {}
    assert drops(Deduplicate(keep="first")(Dataset.from_rows([goes_on, stops]))) == {2: "near_duplicate"}
    human, synthetic = Dataset.from_rows([stops], origin="human"), Dataset.from_rows([goes_on], origin="synthetic")
    assert drops(Deduplicate()(human + synthetic)) == {}


# -- exact copies -----------------------------------------------------------------------------------------------------


def test_a_copy_with_other_metadata_and_key_order_leaves_and_its_kept_row_is_named() -> None:
    one = {"messages": [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hi!"}], "id": 1}
    other = {"id": 2, "messages": [{"content": "Hello?", "role": "user"}, {"content": "Hi!", "role": "assistant"}]}
    after = deduplicated(one, other, chat("Something else?", "Indeed."))
    assert list(drops(after).values()) == ["exact_duplicate"]
    (gone,) = drops(after)
    kept = 3 - gone
    assert details(after, "drop") == [
        {"kept_row": kept - 1, "kept_source": "memory", "kept_line": kept, "similarity": 1.0}
    ]
    assert after.index["kept_as"].to_list()[gone - 1] == kept - 1


def test_a_separator_in_a_text_makes_no_two_rows_equal() -> None:
    """Keys of rows must not be confused by what texts hold."""
    inside = 'a\x1e["messages",1,"content"]\x1fassistant\x1fcontent\x1fb'
    after = deduplicated(chat("a", "b"), {"messages": [{"role": "user", "content": inside}]}, near=False)
    assert drops(after) == {}


def test_only_exact_copies_leave_without_near() -> None:
    after = deduplicated(*ALIKE["one word of a long question"], ALIKE["one word of a long question"][0], near=False)
    assert list(drops(after).values()) == ["exact_duplicate"]


def test_a_copy_of_a_row_that_leaves_names_the_row_that_stays() -> None:
    """Two equal rows, and a longer near-copy that is kept: both leave for it."""
    short, longer = chat(LONG, "Thank you."), chat(LONG + " indeed", "Thank you.")
    after = deduplicated(short, short, longer)
    assert kept_lines(after) == [3]
    assert [detail["kept_line"] for detail in details_by_line(after).values()] == [3, 3]
    assert all(0.8 <= detail["similarity"] < 1 for detail in details_by_line(after).values())
    assert after.index["kept_as"].to_list() == [2, 2, None]


def test_three_copies_leave_one() -> None:
    after = deduplicated(chat("Hello?", "Hi!"), chat("Hello?", "Hi!"), chat("Hello?", "Hi!"))
    assert len(after) == 1
    assert list(drops(after).values()) == ["exact_duplicate", "exact_duplicate"]


# -- system prompts ---------------------------------------------------------------------------------------------------


def test_a_system_prompt_that_all_rows_share_merges_nothing() -> None:
    shared = many_words("You are a helpful assistant of the shop and rule", 50)
    rows = [chat(f"Question about {thing}?", f"The {thing} is fine.", system=shared) for thing in ("tea", "cup", "pot")]
    assert drops(deduplicated(*rows)) == {}


def test_a_chat_with_and_without_the_shared_system_prompt_is_one_row() -> None:
    rows = [chat("What is tea?", "A drink of leaves.", system="Be nice."), chat("What is tea?", "A drink of leaves.")]
    others = [chat(f"What is {thing}?", f"It is {thing}.", system="Be nice.") for thing in ("milk", "rain", "snow")]
    after = deduplicated(*rows, *others)
    assert len(drops(after)) == 1
    assert set(drops(after)) < {1, 2}


def test_different_system_prompts_make_different_rows() -> None:
    asked = ("Tell me about the sea, please.", "It is wide and deep and blue.")
    after = deduplicated(chat(*asked, system="Answer as a pirate."), chat(*asked, system="Answer as a judge."))
    assert drops(after) == {}


# -- which one stays --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(itertools.permutations(("human", "unknown", "synthetic"))))
def test_a_human_row_stays_whatever_the_order(order) -> None:
    data = Dataset.from_rows([chat("Hello?", "Hi!")], origin=order[0])
    for origin in order[1:]:
        data = data + Dataset.from_rows([chat("Hello?", "Hi!", id=origin)], origin=origin)
    after = Deduplicate()(data)
    assert after.column("origin").to_list() == ["human"]


def test_of_two_human_rows_the_longer_one_stays() -> None:
    longer = chat(LONG + " indeed", "Thank you.")
    for rows in ([chat(LONG, "Thank you."), longer], [longer, chat(LONG, "Thank you.")]):
        assert list(deduplicated(*rows).rows()) == [longer]


def test_the_first_one_stays_when_asked() -> None:
    data = Dataset.from_rows([chat(LONG, "Thank you.")], origin="synthetic") + Dataset.from_rows(
        [chat(LONG + " indeed", "Thank you.")], origin="human"
    )
    assert kept_lines(Deduplicate(keep="first")(data)) == [1]
    assert Deduplicate(keep="first")(data).column("origin").to_list() == ["synthetic"]


def test_the_similarity_in_the_ledger_is_the_true_one_to_six_places() -> None:
    """31 words are 27 shingles; another first word is another shingle: 26 of 28 are shared."""
    words = many_words("w", 30).split(" ")
    after = deduplicated(chat(" ".join(words), "Fine."), chat(" ".join(["another", *words[1:]]), "Fine."))
    (detail,) = details_by_line(after).values()
    assert detail["similarity"] == round(26 / 28, 6)


def test_similarity_is_not_chained() -> None:
    """A is like B and B like C, but A is not like C: whichever stays, a removed row has a kept partner."""
    words = [f"w{i}" for i in range(100)]
    changed = [f"v{i}" if i in {20, 60} else word for i, word in enumerate(words)]
    far = [f"v{i}" if i in {20, 60, 30, 80} else word for i, word in enumerate(words)]
    rows = [chat(" ".join(one), "Thank you.") for one in (words, changed, far)]
    for order in itertools.permutations(range(3)):
        after = deduplicated(*(rows[i] for i in order), threshold=0.75)
        kept = {order[line - 1] for line in kept_lines(after)}
        assert kept in ({0, 2}, {1}), order
        for detail in details(after, "drop"):
            assert detail["kept_line"] in kept_lines(after)
            assert detail["similarity"] >= 0.75
    assert_order_independent(Deduplicate(threshold=0.75), Dataset.from_rows(rows, origin="human"))


def test_the_ends_of_a_chain_both_stay_when_the_middle_leaves() -> None:
    """The longest rows are kept first: here the two ends."""
    middle = [f"w{i}" for i in range(100)]
    left = [f"leftmost{i}" if i in {20, 60} else word for i, word in enumerate(middle)]
    right = [f"rightmost{i}" if i in {30, 80} else word for i, word in enumerate(middle)]
    after = deduplicated(*(chat(" ".join(one), "Thank you.") for one in (left, middle, right)), threshold=0.75)
    assert kept_lines(after) == [1, 3]
    assert drops(after) == {2: "near_duplicate"}


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told", [{"threshold": 0}, {"threshold": 1.5}, {"ngram": 0}, {"keep": "last"}, {"treshold": 0.8}]
)
def test_a_wrong_setting_is_said_when_it_is_built(told) -> None:
    with pytest.raises(RecipeError, match=rf"Deduplicate: {next(iter(told))}"):
        Deduplicate(**told)


def test_nothing_comes_of_nothing() -> None:
    assert len(deduplicated()) == 0


# -- members beside the texts -----------------------------------------------------------------------------------------

USER, SAID = {"role": "user", "content": "How do I pay?"}, {"role": "assistant", "content": "By card, in the shop."}
TOOL = {"type": "function", "function": {"name": "pay", "parameters": {"type": "object", "properties": {}}}}
OTHER_TOOL = {"type": "function", "function": {"name": "pay", "strict": True}}
ASKED, TOLD = {"from": "human", "value": "How do I pay?"}, {"from": "gpt", "value": "By card, in the shop."}
PROSE = {"prompt": "How do I pay?", "completion": "By card, in the shop."}
DPO = {
    "input": {"messages": [USER]},
    "preferred_output": [SAID],
    "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
}
RATED = {"prompt": "How do I pay?", "chosen": "By card.", "rejected": "No idea."}

# format, a row, what makes it another example
MEMBERS = [
    ("openai-chat", {"messages": [USER, SAID]}, {"tools": [TOOL]}),
    ("openai-chat", {"messages": [USER, SAID], "tools": [TOOL]}, {"tools": [OTHER_TOOL]}),
    ("openai-chat", {"messages": [USER, SAID], "functions": [{"name": "pay"}]}, {"functions": [{"name": "buy"}]}),
    ("openai-chat", {"messages": [USER, SAID]}, {"weight": 0.5}),
    ("openai-chat", {"messages": [USER, SAID]}, {"response_format": {"type": "json_object"}}),
    ("openai-chat", {"messages": [USER, SAID], "parallel_tool_calls": True}, {"parallel_tool_calls": False}),
    ("openai-chat", {"messages": [USER, SAID]}, {"messages": [USER, SAID | {"weight": 0}]}),
    ("openai-chat", {"messages": [USER, SAID], "reward": 0.9}, {"reward": -0.9}),
    ("openai-chat", {"messages": [USER, SAID], "images": ["a.png"]}, {"images": ["b.png"]}),
    ("openai-dpo", DPO, {"input": {"messages": [USER], "tools": [TOOL]}}),
    ("openai-dpo", DPO, {"input": {"messages": [USER], "parallel_tool_calls": False}}),
    ("openai-rft", {"messages": [USER], "reference_answer": "card"}, {"reference_answer": "cash"}),
    ("openai-rft", {"messages": [USER], "checks": {"currency": "EUR"}}, {"checks": {"currency": "USD"}}),
    ("text", {"text": "How do I pay?"}, {"label": 1}),
    ("prompt-completion", PROSE, {"score": 0.1}),
    ("trl-prompt-only", {"prompt": "How do I pay?", "must_say": "card"}, {"must_say": "cash"}),
    ("trl-prompt-completion-conversational", {"prompt": [USER], "completion": [SAID]}, {"chat_template_kwargs": {"a": 1}}),
    ("trl-unpaired-standard", {**PROSE, "label": True}, {"label": False}),
    ("trl-unpaired-conversational", {"prompt": [USER], "completion": [SAID], "label": True}, {"label": False}),
    ("trl-stepwise", {"prompt": "2+2?", "completions": ["Add.", "4."], "labels": [True, True]}, {"labels": [True, False]}),
    ("trl-preference-standard", {**RATED, "margin": 1.5}, {"margin": 0.2}),
    ("trl-preference-standard", {**RATED, "score_chosen": 9, "score_rejected": 2}, {"score_rejected": 8}),
    ("trl-preference-conversational", {"prompt": [USER], "chosen": [SAID], "rejected": [USER]}, {"tools": [TOOL]}),
    ("trl-preference-implicit-standard", {"chosen": "a b", "rejected": "a c"}, {"margin": 2}),
    ("trl-preference-implicit-conversational", {"chosen": [USER, SAID], "rejected": [USER, USER]}, {"margin": 2}),
    ("sharegpt", {"conversations": [ASKED, TOLD]}, {"tools": "[]["}),
    ("sharegpt-kto", {"conversations": [ASKED, TOLD], "kto_tag": True}, {"kto_tag": False}),
    ("sharegpt-ranking", {"conversations": [ASKED], "chosen": TOLD, "rejected": ASKED}, {"images": ["a.png"]}),
    ("alpaca", {"instruction": "Pay.", "input": "", "output": "By card, in the shop."}, {"rating": 2}),
    ("alpaca-ranking", {"instruction": "Pay.", "chosen": "By card.", "rejected": "No."}, {"margin": 2}),
    ("swift-kto", {"messages": [USER, SAID], "label": True}, {"label": False}),
    ("swift-messages", {"messages": [USER, SAID | {"loss": True}]}, {"messages": [USER, SAID | {"loss": False}]}),
    ("swift-dpo", {"messages": [USER, SAID], "rejected_response": "No."}, {"margin": 2}),
    ("swift-query-response", {"query": "How do I pay?", "response": "By card."}, {"label": 2}),
    ("torchtune-input-output", {"input": "How do I pay?", "output": "By card."}, {"images": ["a.png"]}),
    ("fireworks-samples", {"samples": [{"messages": [USER, SAID], "score": 1.0}]}, {"samples": [{"messages": [USER, SAID], "score": 0.0}]}),
    ("unknown", {"sentence": "By card, in the shop.", "stars": 5}, {"stars": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("format", "row", "other"), MEMBERS, ids=[f"{i}-{one[0]}" for i, one in enumerate(MEMBERS)])
def test_what_a_trainer_reads_tells_rows_apart_and_a_number_of_their_own_does_not(format, row, other) -> None:
    """Losing a label costs a training run, keeping a copy for its id costs a copy."""
    numbered = {**row, "id": "row-7f3", "ticket_id": 4711, "created_at": "2026-11-20T10:00:00Z"}
    rows = [row, numbered, {**row, **other}, {**numbered, **other, "id": "row-8a1"}]
    data = Dataset.from_rows(rows, origin="human", format=format)
    for near in (True, False):
        after = Deduplicate(near=near)(data)
        assert len(after) == 2, (near, drops(after))
        assert (1 in kept_lines(after)) != (2 in kept_lines(after))


KNOWN = {label: row for label, row, _ in MEMBERS if label in LAYOUTS}


@pytest.mark.parametrize("format", KNOWN)
def test_what_says_where_a_row_came_from_tells_no_rows_apart(format) -> None:
    told = {"source": "shop", "generator": "model-7", "model": "m", "data_source": "a", "split": "train", "origin": "x"}
    if format not in {"openai-rft", "trl-prompt-only", *OPEN}:  # there every other member may be read
        told |= {"quality": 3, "metadata": {"customer": "ann"}, "note": "checked", "temperature": 0.7}
    after = deduplicated_as(format, KNOWN[format], {**KNOWN[format], **told})
    assert list(drops(after).values()) == ["exact_duplicate"]


TASK = {"messages": [USER], "reference_answer": "card", "about": {"ticket": "T-1"}}
NAMED = Fields(id="about.ticket")


@pytest.mark.parametrize("name", ["id", "parents", "generator", "origin", "created"])
@pytest.mark.parametrize(
    ("format", "row"), [("openai-rft", TASK), ("unknown", {"sentence": "By card.", "about": {"ticket": "T-1"}})]
)
def test_what_fields_names_as_the_number_of_a_row_tells_no_rows_apart(format, row, name: str) -> None:
    """Where any member may matter. Said by nobody, it does; and what is read beside it goes on to."""
    other = {**row, "about": {"ticket": 2}}
    rows = [row, other, {**other, "about": {"ticket": 3, "kind": "refund"}}]
    for near in (True, False):
        told = Dataset.from_rows(rows, origin="human", format=format, fields=Fields(**{name: "about.ticket"}))
        assert list(drops(Deduplicate(near=near)(told)).values()) == ["exact_duplicate"]
        assert len(Deduplicate(near=near)(Dataset.from_rows(rows, origin="human", format=format))) == 3


@pytest.mark.parametrize("fields", [Fields(group="about.ticket"), Fields(stratum="about.ticket")])
def test_a_group_and_a_class_may_be_what_a_grader_reads(fields: Fields) -> None:
    rows = [TASK, {**TASK, "about": {"ticket": "T-2"}}]
    assert len(Deduplicate()(Dataset.from_rows(rows, origin="human", format="openai-rft", fields=fields))) == 2


def test_a_label_tells_rows_apart_whatever_fields_says_of_it() -> None:
    rows = [TASK, {**TASK, "reference_answer": "cash"}]
    data = Dataset.from_rows(rows, origin="human", format="openai-rft", fields=Fields(id="reference_answer"))
    assert len(Deduplicate()(data)) == 2


@pytest.mark.parametrize("near", [True, False])
def test_each_input_says_for_its_own_rows_what_numbers_them(near) -> None:
    """And the same bytes are the same row, whatever is said of them; in either order of the inputs."""
    rows = [{**TASK, "about": {"ticket": f"T-{i}"}} for i in range(4)]
    told = Dataset.from_rows(rows[:2], origin="human", format="openai-rft", fields=NAMED)
    untold = Dataset.from_rows(rows[2:], origin="human", format="openai-rft")
    assert len(Deduplicate(near=near)(told + untold)) == len(Deduplicate(near=near)(untold + told)) == 3
    again = Dataset.from_rows([rows[1], rows[3]], origin="human", format="openai-rft")
    for data in (told + again, again + told):
        assert len(Deduplicate(near=near)(data)) == 2, "one of T-0 and T-1, and T-3"


@pytest.mark.parametrize("near", [True, False])
def test_the_same_bytes_in_inputs_of_two_formats_are_one_row(near) -> None:
    """A grader may read the note, a trainer of chats does not."""
    row = {"messages": [USER, SAID], "note": "checked"}
    first, second = (Dataset.from_rows([row], origin="human", format=label) for label in ("openai-chat", "openai-rft"))
    assert len(Deduplicate(near=near)(first + second)) == 1


def test_the_laws_hold_where_fields_names_the_number_of_a_row() -> None:
    rows = [TASK, {**TASK, "about": {"ticket": "T-2"}}, {**TASK, "about": {"ticket": "T-3", "kind": "refund"}}]
    data = Dataset.from_rows(rows, origin="human", format="openai-rft", fields=NAMED)
    assert_laws(Deduplicate(), data + Dataset.from_rows(rows[1:], origin="human", format="openai-rft"))


def test_nothing_and_an_empty_list_are_alike() -> None:
    """Tables with a common set of columns are full of them."""
    row = {"messages": [USER, SAID]}
    after = deduplicated_as(
        "openai-chat", row, {**row, "tools": None, "label": None}, {**row, "tools": [], "images": []}
    )
    assert len(drops(after)) == 2


def test_tools_as_text_are_the_tools_they_say_and_the_order_of_their_keys_is_nothing() -> None:
    row = {"messages": [USER, SAID]}
    turned = dict(reversed(TOOL.items()))
    after = deduplicated_as(
        "openai-chat", *({**row, "tools": tools} for tools in ([TOOL], [turned], json.dumps([TOOL])))
    )
    assert list(drops(after).values()) == ["exact_duplicate"] * 2


def test_an_answer_of_another_family_is_compared_by_itself() -> None:
    """A long question with another answer is another example, whatever its members are called."""
    for label, rows in {
        "alpaca": [{"instruction": LONG, "output": answer} for answer in ("positive", "negative")],
        "sharegpt": [
            {"conversations": [{"from": "human", "value": LONG}, {"from": "gpt", "value": answer}]}
            for answer in ("positive", "negative")
        ],
    }.items():
        assert drops(deduplicated_as(label, *rows)) == {}


def test_a_further_string_is_a_text_where_a_format_is_told_by_little() -> None:
    row = {"instruction": "Sum it up.", "response": "It is blue."}
    told = [
        {**row, "context": "The sea is blue."},
        {**row, "context": "The sky is blue."},
        {**row, "id": 7},
        {**row, "id": 8},
    ]
    assert list(drops(deduplicated_as("alpaca", *told)).values()) == ["exact_duplicate"]


def deduplicated_as(format: str, *rows: dict) -> Dataset:
    return Deduplicate()(Dataset.from_rows(rows, origin="human", format=format))


@pytest.mark.parametrize("near", [True, False])
def test_rows_without_anything_to_compare_are_copies_only_of_the_same_bytes(*, near: bool) -> None:
    rows = [
        {"id": "a"},
        {"id": "b"},
        {},
        {"id": "a"},
        {"messages": []},
        {},
        {"messages": []},
        {"id": 1},
        {"id": 2},
        {"id": 1},
    ]
    after = Deduplicate(near=near)(Dataset.from_rows(rows, shard_rows=3))
    assert drops(after) == dict.fromkeys((4, 6, 7, 10), "exact_duplicate")
    assert [one["kept_line"] for one in details(after, "drop")] == [1, 3, 5, 8]
