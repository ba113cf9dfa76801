"""An implicit prompt is taken out at reading and put back at writing."""

import pytest

from ftdata.formats import read_record, write_record

USER = {"role": "user", "content": "When is low tide?"}
GOOD, BAD = {"role": "assistant", "content": "At four."}, {"role": "assistant", "content": "Never."}


def test_an_implicit_prompt_becomes_the_prompt():
    row = {"chosen": [USER, GOOD], "rejected": [USER, BAD]}
    record = read_record(row, "trl-preference-implicit-conversational")
    assert [message.text for message in record.prompt] == ["When is low tide?"]
    assert [[message.text for message in answer.messages] for answer in record.answers] == [["At four."], ["Never."]]
    assert record.prompt_layout == "implicit"


def test_an_implicit_prompt_of_text_leaves_the_space_to_the_answers():
    record = read_record({"chosen": "Tide is low.", "rejected": "Tide is high."}, "trl-preference-implicit-standard")
    assert (record.prompt, [answer.text for answer in record.answers]) == ("Tide is", [" low.", " high."])


def test_a_redundant_prompt_text_is_kept_aside():
    row = {"prompt": "When is low tide?", "chosen": [USER, GOOD], "rejected": [USER, BAD]}
    record = read_record(row, "trl-preference-implicit-conversational")
    assert record.extras == {"prompt": "When is low tide?"}
    assert write_record(record, "trl-preference-implicit-conversational") == row


@pytest.mark.parametrize("name", ["trl-preference-conversational", "trl-preference-implicit-conversational"])
def test_the_layout_written_is_the_one_asked_for(name):
    rows = {
        "trl-preference-conversational": {"prompt": [USER], "chosen": [GOOD], "rejected": [BAD]},
        "trl-preference-implicit-conversational": {"chosen": [USER, GOOD], "rejected": [USER, BAD]},
    }
    for source, row in rows.items():
        assert write_record(read_record(row, source), name) == rows[name]
