"""Show a JSON path without giving away a user's own keys.

Keys of an object can be private data (`{"jane@example.org": ...}`), so only keys of the public formats are shown by
name; any other is shown by its position in its object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Container

    from ftdata.json_bytes.values import JsonValue, Path

__all__ = ["KNOWN_KEYS", "show_path"]

# In this order: OpenAI, Azure, Together, Fireworks, Mistral; Anthropic, Bedrock, Nova; Gemini; TRL, Axolotl,
# LLaMA-Factory, torchtune, ms-swift, Unsloth, Alpaca, ShareGPT.
_FORMAT_KEYS = """
    messages role content name weight refusal reasoning reasoning_content thinking prefix tool_calls tool_call_id
    function_call functions function arguments args id type index text image_url url detail input_audio audio data
    format file file_data file_id filename tools parameters description strict properties required items enum
    additionalProperties parallel_tool_calls tool_choice input preferred_output non_preferred_output prompt completion
    references reference_answer trainable samples score schema response_format annotations available_tools
    system_prompt interactions chat_template_kwargs

    system schemaVersion image video document bytes source s3Location uri bucketOwner toolConfig toolSpec toolUse
    toolResult toolUseId inputSchema json status candidates preferenceLabel reasoningContent reasoningText signature
    tool_use tool_result tool_use_id input_schema media_type cache_control citations

    contents parts systemInstruction functionCall functionResponse functionDeclarations response inlineData fileData
    mimeType fileUri completions generationConfig thought thoughtSignature videoMetadata

    chosen rejected label labels conversations conversation from value instruction output history segments training
    train input_ids attention_mask position_ids kto_tag images videos audios rejected_response rejected_messages query
    loss solution user assistant question answer steps completion_labels margin metadata meta tags title context
"""

KNOWN_KEYS: frozenset[str] = frozenset(_FORMAT_KEYS.split())
"""Keys of the public formats (reference: the formats' own documentation) that are shown by name."""


def show_path(path: Path, value: JsonValue, known: Container[str]) -> str:
    """A path as text: `$.messages[2].content`, `$.metadata[key 3]`, `$.arguments~$.to`.

    Args:
        path: Steps from the row down; None steps into JSON text held by a string.
        value: The row, to find the positions of keys.
        known: Keys that may be shown by name, usually `KNOWN_KEYS`.

    Returns:
        The path; a key that is neither known nor in its object is shown as `[key ?]`.
    """
    shown = ["$"]
    here: JsonValue = value
    for step in path:
        below: JsonValue = None
        if step is None:
            shown.append("~$")
            if isinstance(here, str):
                try:
                    below = orjson.loads(here)
                except orjson.JSONDecodeError:
                    below = None
        elif isinstance(step, int):
            shown.append(f"[{step}]")
            if isinstance(here, list) and 0 <= step < len(here):
                below = here[step]
        else:
            members = here if isinstance(here, dict) else {}
            below = members.get(step)
            if step in known:
                shown.append(f".{step}")
            else:
                position = next((n for n, key in enumerate(members, 1) if key == step), "?")
                shown.append(f"[key {position}]")
        here = below
    return "".join(shown)
