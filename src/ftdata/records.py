"""The canonical view of a row: what a chat, a preference, a completion or a plain text is, whatever file it came from.

A record is made on demand from the parsed row and carries everything that row holds, so that writing it in the format
it came from gives the same JSON again. Two rules make that possible and keep the models small:

* where formats tell states apart that look alike, the record tells them apart too: content that is absent, null, empty
  or a list of parts; tools that are absent or an empty list; arguments as text or as an object; a weight of 1 or 1.0;
* a key that the format does not know, or whose value has not the shape that the format gives it, stays as it is in
  `extras`, beside the object it was found in. Nothing is guessed, nothing is lost.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

__all__ = [
    "Answer",
    "Chat",
    "Completion",
    "ImagePart",
    "Message",
    "OtherPart",
    "Part",
    "PlainText",
    "Preference",
    "Record",
    "RefusalPart",
    "Role",
    "TextPart",
    "Tool",
    "ToolCall",
]

Role: TypeAlias = Literal["system", "developer", "user", "assistant", "tool", "other"]


class _View(BaseModel):
    """Settings of every record: closed, immutable, strict, and silent about its input when validation fails."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class TextPart(_View):
    """A piece of text in a message."""

    kind: Literal["text"] = "text"
    text: str
    extras: dict[str, JsonValue] = {}


class ImagePart(_View):
    """An image by its address, or the place where the next image of an `images` column goes.

    Attributes:
        url: Web address or data URL; None for a bare placeholder (`{"type": "image"}`, TRL vision rows).
        detail: `low`, `high` or `auto` as written, if written.
    """

    kind: Literal["image"] = "image"
    url: str | None = None
    detail: str | None = None
    extras: dict[str, JsonValue] = {}


class RefusalPart(_View):
    """A refusal of the assistant, as a part of its content."""

    kind: Literal["refusal"] = "refusal"
    refusal: str
    extras: dict[str, JsonValue] = {}


class OtherPart(_View):
    """A part that has no canonical shape (audio, files, unknown types), exactly as written."""

    kind: Literal["other"] = "other"
    raw: JsonValue


Part: TypeAlias = Annotated[TextPart | ImagePart | RefusalPart | OtherPart, Field(discriminator="kind")]


class ToolCall(_View):
    """One call of a tool by the assistant.

    Attributes:
        id: Identifier that the result refers to, if there is one.
        name: Name of the tool.
        arguments: The arguments as a value: an object as written, or the parsed text; None when the text is not JSON.
        arguments_raw: The arguments exactly as written when they were a string, else None.
        arguments_absent: True when the call has no `arguments` at all.
        layout: `nested` for `{"function": {...}}`, `flat` for name and arguments side by side, `legacy` for the
            `function_call` of a message.
        type: The `type` as written, usually `function`.
        extras: Unknown keys of the call; `function_extras` those of its inner `function` object.
    """

    id: str | None = None
    name: str
    arguments: JsonValue = None
    arguments_raw: str | None = None
    arguments_absent: bool = False
    layout: Literal["nested", "flat", "legacy"] = "nested"
    type: str | None = None
    extras: dict[str, JsonValue] = {}
    function_extras: dict[str, JsonValue] = {}


class Tool(_View):
    """A tool that the conversation declares.

    Attributes:
        parameters: JSON Schema of the arguments; None when not written.
        layout: `nested` for `{"type": "function", "function": {...}}`, `flat` for an entry of `functions`.
    """

    name: str
    description: str | None = None
    parameters: dict[str, JsonValue] | None = None
    strict: bool | None = None
    layout: Literal["nested", "flat"] = "nested"
    type: str | None = None
    extras: dict[str, JsonValue] = {}
    function_extras: dict[str, JsonValue] = {}


class Message(_View):
    """One message of a conversation.

    Attributes:
        role: Canonical role; `function` is read as `tool`, a role outside the list as `other`.
        role_raw: The role as written where it differs from `role`, else None.
        content: The parts; a string is one text part. None when there is no content.
        content_form: How the content was written: `string`, `parts` (possibly none), `null` or `absent`.
        reasoning: The reasoning beside the answer, found under `reasoning_key`.
        tool_calls: None when absent, empty when the row says `[]`.
        weight: 0 or 1 when the row gives one of them, however it is spelled; `weight_raw` is the spelling when it is
            not a plain integer (1.0, true).
    """

    role: Role
    role_raw: str | None = None
    content: tuple[Part, ...] | None = None
    content_form: Literal["string", "parts", "null", "absent"] = "absent"
    reasoning: str | None = None
    reasoning_key: Literal["reasoning_content", "reasoning", "thinking"] | None = None
    refusal: str | None = None
    name: str | None = None
    tool_calls: tuple[ToolCall, ...] | None = None
    tool_call_id: str | None = None
    weight: Literal[0, 1] | None = None
    weight_raw: float | bool | None = None
    extras: dict[str, JsonValue] = {}

    @model_validator(mode="after")
    def _content_agrees_with_its_form(self) -> Self:
        if self.content_form in {"null", "absent"}:
            fits = self.content is None
        elif self.content_form == "string":
            fits = self.content is not None and len(self.content) == 1 and isinstance(self.content[0], TextPart)
        else:
            fits = self.content is not None
        if not fits:
            raise ValueError("content and content_form disagree")
        if (self.reasoning is None) != (self.reasoning_key is None):
            raise ValueError("reasoning and reasoning_key come together")
        return self

    @property
    def text(self) -> str:
        """The text parts, joined without a separator; empty when there is none."""
        return "".join(part.text for part in self.content or () if isinstance(part, TextPart))


class _WithTools(_View):
    """What a conversation declares beside its messages.

    Attributes:
        tools: None when absent, empty when the row says `[]`: trainers treat the two differently.
        tools_raw: The `tools` as written when they were JSON text (a habit of TRL), else None.
        legacy_functions: True when the tools came from the older key `functions`.
    """

    tools: tuple[Tool, ...] | None = None
    tools_raw: str | None = None
    legacy_functions: bool = False
    parallel_tool_calls: bool | None = None


class Chat(_WithTools):
    """A conversation to learn from, or (reinforcement) to continue; grader fields of such a row are in `extras`."""

    kind: Literal["chat"] = "chat"
    messages: tuple[Message, ...]
    extras: dict[str, JsonValue] = {}


class Answer(_View):
    """One of the competing answers of a preference: messages or a text.

    Attributes:
        source: The place it had in the row: `chosen`, `rejected`, or `sample` for a lone, labelled one.
        label: True for wanted, False for unwanted (unpaired preferences).
        score: A grade, where the format has one.
    """

    messages: tuple[Message, ...] | None = None
    text: str | None = None
    source: Literal["chosen", "rejected", "sample"]
    label: bool | None = None
    score: float | None = None

    @model_validator(mode="after")
    def _is_either_messages_or_text(self) -> Self:
        if (self.messages is None) == (self.text is None):
            raise ValueError("an answer is either messages or a text")
        return self


class Preference(_WithTools):
    """A prompt with any number of answers, some better than others.

    Attributes:
        prompt: Messages or a text; empty when the answers share no beginning.
        prompt_layout: `implicit` when the row repeats the prompt at the head of every answer (TRL), else `explicit`.
        prompt_extras: Unknown keys beside the messages inside the `input` of an OpenAI row.
    """

    kind: Literal["preference"] = "preference"
    prompt: str | tuple[Message, ...]
    prompt_layout: Literal["explicit", "implicit"] = "explicit"
    answers: tuple[Answer, ...]
    prompt_extras: dict[str, JsonValue] = {}
    extras: dict[str, JsonValue] = {}


class Completion(_WithTools):
    """A prompt and what follows it, each a text or messages; `completion` is None for a row with a prompt only."""

    kind: Literal["completion"] = "completion"
    prompt: str | tuple[Message, ...]
    completion: str | tuple[Message, ...] | None
    extras: dict[str, JsonValue] = {}


class PlainText(_View):
    """A text to learn as it stands."""

    kind: Literal["text"] = "text"
    text: str
    extras: dict[str, JsonValue] = {}


Record: TypeAlias = Annotated[Chat | Preference | Completion | PlainText, Field(discriminator="kind")]
