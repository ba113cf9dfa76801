"""What two answers share at their head is the prompt, and no answer is left empty by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftdata.formats.shared_prompt import shared_messages, shared_text


def turns(letters):
    """u, a, s, t: a message of the user, the assistant, the system or a tool; the case makes it another text."""
    roles = {"u": "user", "a": "assistant", "s": "system", "t": "tool"}
    return [{"role": roles[letter.lower()], "content": letter} for letter in letters]


@pytest.mark.parametrize(
    ("chosen", "rejected", "shared"),
    [
        ("ua", "uA", 1),
        ("suaua", "suauA", 4),
        ("ua", "Ua", 0),
        ("ua", "ua", 1),  # equal: the answer stays an answer
        ("ua", "uaua", 1),  # one is the beginning of the other
        ("uata", "uataA", 3),
        ("uaa", "uaA", 2),  # both go on after a first answer
        ("", "ua", 0),
        ("", "", 0),
        ("a", "a", 0),
    ],
)
def test_shared_messages(chosen, rejected, shared):
    assert shared_messages(turns(chosen), turns(rejected)) == shared
    assert shared_messages(turns(rejected), turns(chosen)) == shared


def test_numbers_that_python_holds_for_equal_are_not_shared():
    one, other = {"role": "user", "weight": 1}, {"role": "user", "weight": True}
    assert shared_messages([one, one], [one, other]) == 1


@pytest.mark.parametrize(
    ("chosen", "rejected", "shared"),
    [
        ("High water is at noon.", "High water is never.", "High water is"),
        ("Noon.", "Never.", "N"),
        ("noon", "Never ", ""),  # differing at the first character
        ("It is at noon", "It is", "It"),
        ("same text", "same text", "same"),
        ("same", "same", ""),
        ("", "anything", ""),
        (" a", " b", ""),
    ],
)
def test_shared_text(chosen, rejected, shared):
    assert chosen[: shared_text(chosen, rejected)] == shared
    assert chosen[: shared_text(rejected, chosen)] == shared


@given(st.text("ab ", max_size=8), st.text("ab ", max_size=8))
def test_a_shared_text_is_shared_and_leaves_every_answer_something(chosen, rejected):
    length = shared_text(chosen, rejected)
    assert chosen[:length] == rejected[:length]
    if chosen and rejected:
        assert chosen[length:]
        assert rejected[length:]
