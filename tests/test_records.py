"""Records are closed, immutable and silent about their input, and cost no heavy import."""

import subprocess
import sys

import pytest
from pydantic import TypeAdapter, ValidationError

from ftdata.records import (
    Answer,
    Chat,
    Completion,
    ImagePart,
    Message,
    OtherPart,
    PlainText,
    Preference,
    Record,
    TextPart,
    Tool,
    ToolCall,
)

EXAMPLES = [
    Chat(
        messages=(
            Message(role="tool", role_raw="function", content=None, content_form="null", name="f"),
            Message(
                role="assistant",
                content=(TextPart(text="a"), ImagePart(), OtherPart(raw={"type": "video", "at": [1, None]})),
                content_form="parts",
                tool_calls=(ToolCall(name="f", arguments={"x": 1}, arguments_raw='{"x":1}'),),
                weight=1,
                weight_raw=True,
            ),
        ),
        tools=(Tool(name="f", parameters={"type": "object"}, layout="flat"),),
        legacy_functions=True,
    ),
    Preference(prompt="p", answers=(Answer(source="chosen", text="a"), Answer(source="rejected", text="b"))),
    Completion(prompt=(Message(role="user"),), completion=None),
    PlainText(text="", extras={"n": 1.0}),
]


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda record: record.kind)
def test_a_record_survives_its_own_json(record):
    adapter = TypeAdapter(Record)
    again = adapter.validate_json(adapter.dump_json(record))
    assert again == record
    assert type(again) is type(record)


def test_a_weight_keeps_its_spelling_through_json():
    message = Message(role="assistant", weight=1, weight_raw=1.0)
    assert type(Message.model_validate_json(message.model_dump_json()).weight_raw) is float
    assert Message(role="assistant", weight=1, weight_raw=True).weight_raw is True


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (None, "string"),
        (None, "parts"),
        ((), "string"),
        ((), "null"),
        ((TextPart(text="a"),), "absent"),
        ((OtherPart(raw=1),), "string"),
    ],
)
def test_content_that_contradicts_its_form_is_refused(content, form):
    with pytest.raises(ValidationError):
        Message(role="user", content=content, content_form=form)


def test_an_answer_is_messages_or_text():
    for wrong in ({}, {"text": "a", "messages": ()}):
        with pytest.raises(ValidationError):
            Answer(source="chosen", **wrong)
    with pytest.raises(ValidationError):
        Message(role="assistant", reasoning="because")


def test_records_are_closed_and_immutable():
    record = PlainText(text="a")
    with pytest.raises(ValidationError):
        PlainText(text="a", other=1)
    with pytest.raises(ValidationError):
        record.text = "b"


def test_a_validation_error_does_not_show_the_input():
    with pytest.raises(ValidationError) as caught:
        PlainText(text={"canary": "zq7"})
    assert "zq7" not in str(caught.value)


def test_text_joins_the_text_parts():
    parts = (TextPart(text="a"), ImagePart(url="u"), TextPart(text="b"))
    assert Message(role="user", content=parts, content_form="parts").text == "ab"
    assert Message(role="user").text == ""


def test_importing_records_loads_no_polars():
    program = (
        "import sys; sys.path[:0] = {path}; import ftdata.records; assert not {{'polars', 'numba'}} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program.format(path=sys.path)], check=True)
