"""The quick test accepts nothing that the rules would object to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.targets import openai, trl
from ftdata.targets.plain_shapes import is_plain_chat
from ftdata.targets.problem import Findings

USER = {"role": "user", "content": "When is low tide?"}
ANSWER = {"role": "assistant", "content": "At four."}

contents = st.sampled_from(["a", "", " ", "\u2003", "None", "\x00", "b c"]) | st.text(max_size=3) | st.none()
roles = st.sampled_from(["system", "user", "assistant", "tool", "User"])
messages = st.fixed_dictionaries({"role": roles, "content": contents}, optional={"weight": st.just(0)})
chats = st.fixed_dictionaries({"messages": st.lists(messages, max_size=4)}, optional={"tools": st.just([])})
plain = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["system", "user", "assistant"]), "content": st.text(min_size=1)}),
    min_size=1,
    max_size=4,
).map(lambda turns: {"messages": turns})


@settings(max_examples=300)
@given(chats | plain)
def test_what_passes_the_quick_test_passes_the_rules(row):
    """The rules themselves, asked without the quick test in front, find nothing in such a row."""
    if is_plain_chat(row):
        for module, check in ((openai, openai._check_sft), (trl, trl._check_language_modeling)):
            found = Findings(module.RULES)
            check(found, row)
            assert found.problems == []


def test_ordinary_chats_pass_and_others_do_not():
    assert is_plain_chat({"messages": [{"role": "system", "content": "s"}, USER, ANSWER]})
    for row in (
        None,
        {},
        {"messages": []},
        {"messages": "a"},
        {"messages": [USER]},
        {"messages": [USER, ANSWER], "tools": []},
        {"messages": [5, ANSWER]},
        {"messages": [USER | {"name": "n"}, ANSWER]},
        {"messages": [{"role": [], "content": "a"}, ANSWER]},
        {"messages": [USER, ANSWER | {"content": ["a"]}]},
    ):
        assert not is_plain_chat(row)
