"""What two rows are related by: the question, and the answer too where there is but one."""

from __future__ import annotations

from ftdata.near_duplicates import related_bodies, related_sets
from ftdata.texts import extract_texts


def bodies(row: dict, label: str) -> list[str]:
    return related_bodies(extract_texts([0], [row], [label]))["body"].to_list()


def test_a_preference_row_is_related_by_its_prompt_and_any_other_by_all_but_its_system_prompt() -> None:
    say = [{"role": role, "content": content} for role, content in (("system", "s"), ("user", "q"), ("assistant", "a"))]
    assert bodies({"messages": say}, "openai-chat") == ["q a"]
    assert bodies({"prompt": "q", "chosen": "a", "rejected": "b"}, "trl-preference-standard") == ["q"]
    assert bodies({"prompt": "q", "completion": "a", "label": True}, "trl-unpaired-standard") == ["q a"]


def test_a_pair_whose_prompt_stands_in_both_answers_is_related_by_them() -> None:
    assert bodies({"chosen": "q a", "rejected": "q b"}, "trl-preference-implicit-standard") == ["q a q b"]


def test_sets_are_those_of_the_rows_in_order() -> None:
    rows = [{"text": f"{word} is a word that stands here"} for word in ("one", "two", "one")]
    numbers, sets = related_sets(extract_texts([4, 5, 6], rows, ["text"] * 3))
    assert numbers.tolist() == [4, 5, 6]
    assert sets.sequence[0] == sets.sequence[2] != sets.sequence[1]


def test_signs_and_frames_relate_and_tell_nothing_apart() -> None:
    def body(text: str) -> list[str]:
        return bodies({"text": text}, "text")

    assert body("[- Choices: | (A) yes | (B) no -]") == body("**Choices** (A) yes\n(B) no") == ["choices a yes b no"]
    assert body("3 + 4") == body("3 - 4") == ["3 4"]
    assert body("!done, 1.5 %") == ["!done 1.5"]
    assert body("+ + +") == ["+ + +"] != body("- - -"), "where there is nothing else, signs are what there is"
    assert body("\U0001f600") == ["\U0001f600"]
    assert body("!!!") == ["!!!"]


def test_rows_that_ask_or_say_nothing_are_related_to_their_copies() -> None:
    assert bodies({"prompt": "\r", "chosen": "a", "rejected": "b"}, "trl-preference-standard") == ["a b"]
    assert bodies({"text": " \n"}, "text") == bodies({"text": "\r"}, "text") == ["\u2422"]
