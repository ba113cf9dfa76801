"""Tells the format of a row from its keys.

A row is asked a fixed list of questions, the first yes wins. Several trainers read the very same layout: then the label
is that of the oldest one and `LOOK_ALIKES` names the others; which trainer a file is for is the choice of a target. The
format of a whole source is told in `head.py`. Works on plain JSON values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftdata.json_bytes import JsonObject, JsonValue

__all__ = ["FORMATS", "LOOK_ALIKES", "NO_FORMAT", "detect"]

FORMATS: frozenset[str] = frozenset(
    {
        "alpaca",
        "alpaca-ranking",
        "anthropic-messages",
        "axolotl-dpo-chat-template",
        "axolotl-input-output",
        "bedrock-conversation",
        "cohere-chat",
        "fireworks-samples",
        "gemini-preference",
        "gemini-rft",
        "gemini-sft",
        "invalid",
        "messages-under-conversations",
        "mistral-instruct",
        "nova-dpo",
        "openai-chat",
        "openai-dpo",
        "openai-rft",
        "pretokenized",
        "prompt-completion",
        "sharegpt",
        "sharegpt-kto",
        "sharegpt-ranking",
        "swift-dpo",
        "swift-kto",
        "swift-messages",
        "swift-pairs",
        "swift-query-response",
        "text",
        "torchtune-input-output",
        "trl-preference-conversational",
        "trl-preference-implicit-conversational",
        "trl-preference-implicit-standard",
        "trl-preference-standard",
        "trl-prompt-completion-conversational",
        "trl-prompt-only",
        "trl-stepwise",
        "trl-unpaired-conversational",
        "trl-unpaired-standard",
        "unknown",
    }
)

LOOK_ALIKES: dict[str, tuple[str, ...]] = {
    "openai-chat": (
        "trl-language-modeling-conversational",
        "together-conversation",
        "mistral-instruct",
        "fireworks-chat",
    ),
    "openai-dpo": ("together-preference", "fireworks-dpo"),
    "prompt-completion": ("openai-completions", "together-instruction", "bedrock-text"),
    "text": ("together-general", "trl-language-modeling-standard", "axolotl-completion"),
    "anthropic-messages": ("axolotl chat_template with system column",),
}

NO_FORMAT: frozenset[str] = frozenset({"invalid", "unknown"})
"""Labels that say that a row has no format."""

# Keys that an OpenAI chat row may have; one more, and a user who speaks last, make a reinforcement row.
_CHAT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})


def detect(value: JsonValue) -> str:
    """Tells the format of one row.

    A marker key whose value is null counts as absent: tables with a common set of columns are full of them.

    Args:
        value: The parsed row.

    Returns:
        A label of `FORMATS`; `invalid` for what is no row of any format, `unknown` when no question was answered yes.

    Example:
        >>> detect({"prompt": "Knock knock", "chosen": "Who is there?", "rejected": "Go away"})
        'trl-preference-standard'
    """
    if not isinstance(value, dict):
        return "invalid"
    has = value.get
    if has("contents") is not None:
        if has("completions") is not None:
            return "gemini-preference"
        return "gemini-sft" if has("references") is None else "gemini-rft"
    if has("preferred_output") is not None:
        return "openai-dpo"
    if isinstance(has("samples"), list):
        return "fireworks-samples"
    if isinstance(has("segments"), list):
        return "axolotl-input-output"
    if has("input_ids") is not None:
        return "pretokenized"
    if "chosen" in value and "rejected" in value:
        return _preference(value)
    if has("messages") is not None and (has("rejected_response") is not None or has("rejected_messages") is not None):
        return "swift-dpo"
    if has("interactions") is not None:
        return "mistral-instruct"
    if "messages" in value and (has("messages") is not None or not _other_than_messages(value)):
        return _messages(value)
    return _other_than_messages(value) or "unknown"


def _preference(value: JsonObject) -> str:
    if value.get("conversations") is not None:
        return "sharegpt-ranking"
    if value.get("instruction") is not None:
        return "alpaca-ranking"
    if value.get("messages") is not None:
        return "axolotl-dpo-chat-template"
    chosen, rejected, prompt = value["chosen"], value["rejected"], value.get("prompt")
    if isinstance(chosen, list) or isinstance(rejected, list):
        elements = [side[0] for side in (chosen, rejected) if isinstance(side, list) and side]
        if not all(isinstance(element, dict) and "role" in element for element in elements):
            return "unknown"
        # A text under `prompt` beside answers of messages: the messages hold the prompt as well.
        explicit = isinstance(prompt, list)
        return "trl-preference-conversational" if explicit else "trl-preference-implicit-conversational"
    return "trl-preference-implicit-standard" if prompt is None else "trl-preference-standard"


def _messages(value: JsonObject) -> str:
    messages = value["messages"]
    if not isinstance(messages, list) or not messages:
        return "bedrock-conversation" if value.get("schemaVersion") is not None else "invalid"
    last = messages[-1]
    if isinstance(last, dict) and isinstance(last.get("candidates"), list):
        return "nova-dpo"
    if value.get("schemaVersion") is not None:
        return "bedrock-conversation"
    roles: set[str] = set()
    types: set[JsonValue] = set()
    loss = False
    typeless = True  # every content a list of parts, and no part with a type
    for message in messages:
        if not isinstance(message, dict) or "role" not in message:
            return "invalid"
        role, content = message["role"], message.get("content")
        if isinstance(role, str):
            roles.add(role)
        loss = loss or "loss" in message
        if isinstance(content, list) and content:
            for part in content:
                if not isinstance(part, dict) or "type" in part:
                    typeless = False
                if isinstance(part, dict) and isinstance(part.get("type"), str):
                    types.add(part["type"])
        else:
            typeless = False
    if typeless:
        return "bedrock-conversation"
    return _by_roles(value, roles, types, loss=loss)


def _by_roles(value: JsonObject, roles: set[str], types: set[JsonValue], *, loss: bool) -> str:
    if not roles.isdisjoint({"Chatbot", "User"}):
        return "cohere-chat"
    if not types.isdisjoint({"tool_use", "tool_result"}):
        return "anthropic-messages"
    if loss or not roles.isdisjoint({"tool_call", "tool_response"}):
        return "swift-messages"
    if isinstance(value.get("label"), bool):
        return "swift-kto"
    if isinstance(value.get("system"), str) and "system" not in roles:
        return "anthropic-messages"
    messages = value["messages"]
    assert isinstance(messages, list)
    last = messages[-1]
    if isinstance(last, dict) and last.get("role") == "user" and not value.keys() <= _CHAT_KEYS:
        return "openai-rft"
    return "openai-chat"


def _other_than_messages(value: JsonObject) -> str | None:
    has = value.get
    if (conversation := _conversation(value)) is not None:
        return conversation
    prompt, completion = has("prompt"), has("completion")
    if prompt is not None and has("completions") is not None and has("labels") is not None:
        return "trl-stepwise"
    if has("instruction") is not None:
        return "alpaca"
    if prompt is not None and "completion" in value:
        conversational = _is_conversation(prompt) or _is_conversation(completion)
        if isinstance(has("label"), bool):
            return "trl-unpaired-conversational" if conversational else "trl-unpaired-standard"
        return "trl-prompt-completion-conversational" if conversational else "prompt-completion"
    if prompt is not None:
        return "trl-prompt-only"
    if has("query") is not None and has("response") is not None:
        return "swift-query-response"
    if has("input") is not None and has("output") is not None:
        return "torchtune-input-output"
    return None if has("text") is None else "text"


def _conversation(value: JsonObject) -> str | None:
    turns = value.get("conversations")
    if turns is None:
        turns = value.get("conversation")
    first = turns[0] if isinstance(turns, list) and turns else None
    if not isinstance(first, dict):
        return None
    if "from" in first and "value" in first:
        return "sharegpt-kto" if isinstance(value.get("kto_tag"), bool) else "sharegpt"
    if "role" in first and "content" in first:
        return "messages-under-conversations"
    return "swift-pairs" if "human" in first and "assistant" in first else None


def _is_conversation(value: JsonValue) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return isinstance(value[0], dict) and "role" in value[0]
