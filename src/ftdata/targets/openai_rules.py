"""The rules of OpenAI (and Azure OpenAI) on fine-tuning files, each with the version it was read from.

`openai-openapi` is openai/openai-openapi at f7f4b05 (version 2.3.0); later versions no longer hold the fine-tuning
input schemas. `cookbook` is `Chat_finetuning_data_prep.ipynb`; it knows neither tools nor parts, so only its rules on
plain chats are taken. `prepare_data` is `lib/_validators.py` of openai-python 3.3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftdata.targets.problem import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RULES"]

_SCHEMA = "openai-openapi f7f4b05 (2.3.0)"
_COOKBOOK = "openai-cookbook Chat_finetuning_data_prep.ipynb"
_PREPARE = "openai-python 3.3.1 lib/_validators.py"
_CHAT_API = "OpenAI API reference, chat completions"

RULES: Mapping[str, Rule] = {
    "schema.format": Rule(
        "the source has a format that OpenAI fine-tuning reads, in the layout of the method",
        "error",
        _SCHEMA,
        "schema",
    ),
    "schema.missing": Rule(
        "every required key is there and every required list has an entry", "error", _SCHEMA, "schema"
    ),
    "schema.type": Rule("every value has the JSON type of the schema", "error", _SCHEMA, "schema"),
    "schema.extra_key": Rule(
        "no key at the top of a row (or inside `input`) but those of the layout: the server rejects the file",
        "error",
        "community.openai.com/t/966285 (server message)",
        "doc",
    ),
    "schema.extra_message_key": Rule(
        "no key of a message but those of its role: others are flagged by the cookbook and never trained on",
        "warning",
        _COOKBOOK,
        "inferred",
    ),
    "role.unknown": Rule(
        "roles are those of the layout: system, user, assistant, tool, function; in reinforcement developer, user, "
        "assistant, tool",
        "error",
        _SCHEMA,
        "schema",
    ),
    "role.case": Rule("roles are written in lower case, without spaces", "error", _SCHEMA, "schema"),
    "role.developer": Rule(
        "developer is listed for reinforcement only; for supervised training and preferences use system unless the model is of the o-series",
        "warning",
        _SCHEMA,
        "schema",
    ),
    "role.no_assistant": Rule("a supervised example has at least one assistant message", "error", _COOKBOOK, "code"),
    "role.last_not_assistant": Rule(
        "a supervised example ends with the assistant: what follows the last answer trains nothing",
        "warning",
        "lint",
        "inferred",
    ),
    "role.order": Rule(
        "a reinforcement example ends with the user; an output of a preference is an assistant message",
        "error",
        f"{_SCHEMA}; Azure reinforcement-fine-tuning.md",
        "schema",
    ),
    "content.null": Rule(
        "content is null only on an assistant message that has tool calls, a function call or a refusal",
        "error",
        f"{_SCHEMA}; {_COOKBOOK}",
        "code",
    ),
    "content.empty": Rule(
        "a list of parts has a part; an assistant without a call says something; a completion is not empty",
        "error",
        f"{_SCHEMA}; {_COOKBOOK}; {_PREPARE}",
        "code",
    ),
    "content.blank": Rule(
        "system and user messages and answers hold more than white space", "warning", _COOKBOOK, "inferred"
    ),
    "content.part_type": Rule(
        "parts are text (all roles), image_url (user) or refusal (assistant); audio and files cannot be trained on",
        "error",
        _SCHEMA,
        "schema",
    ),
    "content.image_role": Rule("images stand in user messages only", "error", _SCHEMA, "schema"),
    "content.image_url": Rule(
        "an image is a web address or a base64 data URL of JPEG, PNG or WEBP up to 10 MB: others are skipped",
        "warning",
        "OpenAI vision fine-tuning guide",
        "doc",
    ),
    "content.image_count": Rule(
        "an example has at most 10 images (64 on Azure)",
        "error",
        "OpenAI vision fine-tuning guide; Azure fine-tuning-vision.md",
        "doc",
    ),
    "content.leading_space": Rule(
        "a completion begins with white space, because of how its first word is split into tokens",
        "info",
        _PREPARE,
        "code",
    ),
    "weight.type": Rule("weight is a number, not a string, a boolean or null", "error", _SCHEMA, "schema"),
    "weight.value": Rule("weight is 0 or 1", "error", _SCHEMA, "schema"),
    "weight.float": Rule(
        "weight is written 0 or 1 rather than 0.0 or 1.0, which JSON Schema lets pass and other readers do not",
        "info",
        _SCHEMA,
        "schema",
    ),
    "weight.role": Rule("weight stands on assistant messages only", "warning", _SCHEMA, "schema"),
    "weight.all_zero": Rule(
        "at least one assistant message counts: with weight 0 on all of them the example trains nothing",
        "warning",
        "lint",
        "inferred",
    ),
    "tool.type": Rule("the type of a tool and of a call is function", "error", _SCHEMA, "schema"),
    "tool.name_pattern": Rule(
        "a function name has 1 to 64 letters, digits, underscores or hyphens",
        "error",
        f"{_SCHEMA} FunctionObject.description",
        "doc",
    ),
    "tool.count": Rule("1 to 128 functions, at most 128 tools", "error", _SCHEMA, "schema"),
    "tool.schema_invalid": Rule(
        "parameters are a JSON Schema of type object", "warning", f"{_SCHEMA} FunctionParameters", "inferred"
    ),
    "tool.empty_calls": Rule("tool_calls are left out when there are none", "warning", _CHAT_API, "inferred"),
    "tool.dup_id": Rule("the calls of one message have different ids", "warning", "lint", "inferred"),
    "tool.args_type": Rule("arguments are a string that holds JSON", "error", _SCHEMA, "schema"),
    "tool.args_json": Rule(
        "arguments parse as a JSON object", "warning", f"{_SCHEMA} note on function.arguments", "inferred"
    ),
    "tool.args_schema": Rule(
        "arguments hold the parameters that the tool declares as required", "warning", "lint", "inferred"
    ),
    "tool.unknown_function": Rule(
        "a call names a function that the row declares, if it declares any", "warning", "lint", "inferred"
    ),
    "tool.orphan_result": Rule(
        "a tool message answers an open call of the preceding assistant message", "error", _CHAT_API, "doc"
    ),
    "tool.unanswered": Rule("every call is answered before the next turn", "error", _CHAT_API, "doc"),
    "preference.multi_message": Rule(
        "an output of a preference is a single message (Azure takes more)", "error", f"{_SCHEMA} maxItems 1", "schema"
    ),
    "preference.not_last_turn": Rule(
        "the input of a preference does not end with the assistant: the outputs are that turn",
        "warning",
        "OpenAI preference guide; enforced by together 2.14.0",
        "inferred",
    ),
    "preference.no_contrast": Rule(
        "the two outputs of a preference differ: equal ones teach nothing", "warning", "lint", "inferred"
    ),
    "preference.image": Rule("preferences hold text only", "error", "OpenAI preference guide", "doc"),
    "file.min_examples": Rule("a file has at least 10 examples", "error", "OpenAI supervised fine-tuning guide", "doc"),
    "file.max_examples": Rule(
        "a file for reinforcement has at most 50,000 examples", "error", "Azure reinforcement-fine-tuning.md", "doc"
    ),
    "file.mixed_formats": Rule("all rows of a file have one format", "error", _SCHEMA, "schema"),
    "file.size": Rule("a file has at most 8 GB", "error", "OpenAI API reference, uploads", "doc"),
    "file.upload": Rule(
        "a file over 512 MB cannot go through the Files API, only through Uploads",
        "warning",
        "OpenAI API reference, files",
        "doc",
    ),
    "json.bom": Rule(
        "files have no byte order mark: strict JSON parsers reject it (ftdata never writes one)",
        "warning",
        "Python json; together 2.14.0",
        "inferred",
    ),
    "json.blank": Rule(
        "files have no blank lines: some readers reject them (ftdata never writes one)",
        "warning",
        "together 2.14.0",
        "inferred",
    ),
}
