"""Which texts of a row are compared."""

from __future__ import annotations

from typing import Any

from ftdata.near_duplicates import compared_parts, exact_keys
from ftdata.texts import extract_texts


def chat(*turns: tuple[str, Any], **extra: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content} for role, content in turns], **extra}


def parts_of(*rows: dict[str, Any], label: str = "openai-chat") -> list[dict[str, Any]]:
    texts = extract_texts(range(len(rows)), rows, [label] * len(rows))
    return compared_parts(texts).to_dicts()


def keys_of(*rows: dict[str, Any], label: str = "openai-chat") -> list[tuple[int, int]]:
    texts = extract_texts(range(len(rows)), rows, [label] * len(rows))
    return [key[1:] for key in exact_keys(texts).iter_rows()]


def test_a_chat_is_compared_without_its_system_prompt_and_by_its_answers() -> None:
    (row,) = parts_of(
        chat(("system", "be kind"), ("user", "hi"), ("assistant", "hello"), ("user", "bye"), ("assistant", "so long"))
    )
    assert row == {
        "row": 0,
        "whole": "hi\nhello\nbye\nso long",
        "response": "hello\nso long",
        "closing": "so long",
        "rejected": "",
        "context": "be kind",
        "verdict": "",
        "full": "",
    }


def test_the_last_of_several_answers_is_compared_by_itself_whoever_speaks_afterwards() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
    rows = parts_of(
        chat(("user", "hi"), ("assistant", "hello")),
        chat(("user", "hi"), ("assistant", "hello"), ("assistant", "again")),  # one turn of two messages
        chat(("user", "hi"), ("assistant", "hello"), ("user", "bye"), ("assistant", "so long"), ("user", "stop")),
        {"messages": [
            {"role": "user", "content": "weather?"}, {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "rain"}, {"role": "assistant", "content": "It rains."},
        ]},
        chat(("assistant", "hello"), ("user", "hi")),
    )  # fmt: skip
    assert [row["closing"] for row in rows] == ["", "", "so long", "It rains.", ""]


def test_tool_calls_belong_to_the_answer_and_strings_inside_arguments_are_not_counted_twice() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"city": "Ulm"}'}}
    (row,) = parts_of(
        {"messages": [{"role": "user", "content": "weather?"}, {"role": "assistant", "tool_calls": [call]}]}
    )
    assert row["response"] == 'find\n{"city": "Ulm"}'
    assert row["whole"] == 'weather?\nfind\n{"city": "Ulm"}'


def test_the_two_answers_of_a_pair_are_parts_of_their_own() -> None:
    (row,) = parts_of({"prompt": "p", "chosen": "c", "rejected": "r"}, label="trl-preference-standard")
    assert (row["whole"], row["response"], row["rejected"]) == ("p\nc\nr", "c", "r")


def test_pictures_decide_by_fingerprint() -> None:
    def asked(url: str) -> dict[str, Any]:
        picture = {"type": "image_url", "image_url": {"url": url}}
        return chat(("user", [{"type": "text", "text": "what is it?"}, picture]), ("assistant", "a cat"))

    one, same, other = parts_of(
        asked("https://a.example/1"), asked("https://a.example/1"), asked("https://a.example/2")
    )
    assert one["verdict"] == same["verdict"] != other["verdict"]
    assert one["whole"] == other["whole"]


def test_labels_decide_in_every_layout() -> None:
    """Two rows with equal texts and opposite labels teach opposite things."""
    for label, row in (
        ("trl-unpaired-standard", {"prompt": "p", "completion": "c", "label": True}),
        ("unknown", {"sentence": "good film", "label": 1}),
        ("openai-rft", {"messages": [{"role": "user", "content": "2+2"}], "reference_answer": "4"}),
    ):
        flipped = {**row, next(key for key in row if "label" in key or "reference" in key): False}
        one, other = parts_of(row, flipped, label=label)
        assert one["verdict"] != other["verdict"], label
        assert len(set(keys_of(row, flipped, label=label))) == 2, label


def test_exact_keys_look_at_texts_and_places_only() -> None:
    one = chat(("user", "hi"), ("assistant", "hello"))
    told = keys_of(one, {"id": 7, **one}, {"messages": [dict(reversed(m.items())) for m in one["messages"]]})
    assert len(set(told)) == 1
    assert (
        len(
            set(
                keys_of(one, chat(("assistant", "hi"), ("user", "hello")), chat(("user", "hihello"), ("assistant", "")))
            )
        )
        == 3
    )


def test_no_text_can_pretend_to_be_two() -> None:
    """A message that is written like two, with the signs that stand between texts where keys are made."""
    second = '["messages",1,"content"]\x1fassistant\x1fcontent'
    two = chat(("user", "hi"), ("assistant", "hello"))
    assert len(set(keys_of(two, chat(("user", f"hi\x1e{second}\x1fhello"))))) == 2
    assert len(set(keys_of(two, chat(("user", f"hi\x1e{second}\x1f5\x1fhello"))))) == 2
