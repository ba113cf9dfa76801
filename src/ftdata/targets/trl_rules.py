"""The rules of TRL on its dataset types, read from version 1.16.0.

TRL itself checks little: most of what it does not take shows as a crash in `data_utils.py`, some as rows that vanish.
What only a chat template can judge (roles, null contents, arguments as text) is a warning or an information here; the
evidence is a matrix of 18 templates times 30 conversations rendered with transformers 5.23.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.targets.problem import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RULES"]

_DATA_UTILS = "trl 1.16.0 trl/data_utils.py"
_FORMATS = "trl 1.16.0 docs/source/dataset_formats.md"
_TEMPLATES = "18 chat templates rendered with transformers 5.23.0"

RULES: Mapping[str, Rule] = {
    "schema.format": Rule(
        "the source has a format that TRL reads, of the type that is asked for", "error", _FORMATS, "doc"
    ),
    "schema.missing": Rule(
        "every column of the type is there, and lists of messages have an entry (else KeyError or IndexError)",
        "error",
        f"{_DATA_UTILS} is_conversational, apply_chat_template",
        "code",
    ),
    "schema.type": Rule("every value has the JSON type of the dataset type", "error", _FORMATS, "doc"),
    "schema.key_set": Rule(
        "of messages, prompt, completion, chosen, rejected and label a conversational row has exactly the columns of "
        "one type (else KeyError)",
        "error",
        f"{_DATA_UTILS} apply_chat_template",
        "code",
    ),
    "role.unknown": Rule(
        "roles are system, user, assistant or tool: others (also human and gpt, which TRL does not map) make some "
        "templates fail and vanish in others",
        "warning",
        _TEMPLATES,
        "code",
    ),
    "role.case": Rule("roles are written in lower case, without spaces", "warning", _TEMPLATES, "inferred"),
    "role.developer": Rule(
        "developer messages vanish in some templates and make others fail: write system",
        "warning",
        _TEMPLATES,
        "code",
    ),
    "role.image_row": Rule(
        "in a row with images every role is system, user, assistant or tool (else ValueError)",
        "error",
        f"{_DATA_UTILS} prepare_multimodal_messages",
        "code",
    ),
    "role.order": Rule(
        "a prompt of messages ends with the user, a tool or the assistant (else ValueError)",
        "error",
        f"{_DATA_UTILS} apply_chat_template",
        "code",
    ),
    "role.no_assistant": Rule(
        "a conversation has an assistant message: with assistant_only_loss a row without one fails",
        "warning",
        "trl 1.16.0 SFTTrainer",
        "code",
    ),
    "content.mixed_forms": Rule(
        "the texts of a row are all strings or all lists of messages",
        "error",
        f"{_DATA_UTILS} is_conversational",
        "code",
    ),
    "content.empty": Rule(
        "chosen and rejected are not empty: extracting the prompt crashes on them",
        "error",
        f"{_DATA_UTILS} extract_prompt",
        "code",
    ),
    "content.null": Rule(
        "a message has content or tool calls: null becomes the text None in some templates, others fail",
        "warning",
        _TEMPLATES,
        "code",
    ),
    "content.part_type": Rule(
        "images are placeholders ({type: image}) beside an images column: image_url parts are no placeholders",
        "warning",
        f"{_DATA_UTILS} prepare_multimodal_messages",
        "code",
    ),
    "content.image_count": Rule(
        "there are as many image placeholders as images (else ValueError)",
        "error",
        f"{_DATA_UTILS} prepare_multimodal_messages",
        "code",
    ),
    "weight.lost": Rule(
        "weights are ignored: a turn with weight 0 is trained all the same", "warning", _DATA_UTILS, "code"
    ),
    "tool.args_type": Rule(
        "arguments are an object: a string is encoded twice by some templates and makes others fail",
        "info",
        f"{_FORMATS}; {_TEMPLATES}",
        "code",
    ),
    "tool.schema_invalid": Rule(
        "tools are a list or a JSON string of one", "error", f"{_DATA_UTILS} apply_chat_template", "code"
    ),
    "tool.orphan_result": Rule(
        "a tool message follows a call: some templates fail on a result without one, others drop it",
        "warning",
        _TEMPLATES,
        "code",
    ),
    "preference.no_contrast": Rule(
        "chosen and rejected differ: equal ones teach nothing", "warning", "lint", "inferred"
    ),
    "preference.no_prompt": Rule(
        "answers without a prompt column begin with the same messages: else the prompt is empty, which crashes",
        "error",
        f"{_DATA_UTILS} extract_prompt, apply_chat_template",
        "code",
    ),
    "preference.prompt": Rule(
        "a text under prompt beside answers of messages is ignored; it should say what the shared messages say",
        "warning",
        f"{_DATA_UTILS} maybe_extract_prompt",
        "code",
    ),
    "preference.label_values": Rule("a label is true or false", "error", _FORMATS, "doc"),
    "preference.steps": Rule("there are as many labels as completions", "warning", _FORMATS, "inferred"),
    "length.dropped": Rule(
        "a row has something to train on: rows without a trained token are removed in silence",
        "warning",
        "trl 1.16.0 SFTTrainer; huggingface/trl#6320",
        "doc",
    ),
    "file.min_examples": Rule(
        "a file has a row: an empty one stops the loader", "error", "datasets 5.2.0 json", "code"
    ),
    "file.mixed_formats": Rule("all rows of a dataset have one type", "error", _FORMATS, "inferred"),
}
