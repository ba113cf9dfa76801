"""Which members of a row are texts, and which others make it another example than one with the same texts.

Throwing away a row whose label differs costs the label, and nobody notices; keeping a copy because its id differs costs
a copy. So what a trainer or grader reads beside the texts tells rows apart, and what only says where a row came from
does not:

* In every format the members of `COUNTED`: tools and other settings that the model is shown, pictures, weights, and
  labels, scores and reference answers, under the names that trainers and their data sets use for them.
* In rows that are made for a grader (`openai-rft`, `trl-prompt-only`) every further member, because a grader may read
  any; but not what numbers the rows (`NUMBERING`) or says where they came from (`PROVENANCE`).
* In rows whose layout we do not know everything but `NUMBERING`: there all strings are texts already. In rows of the
  formats of `OPEN` all strings are texts, too.
* In a message the members of `COUNTED_IN_MESSAGES`.

What the owner of the rows says only numbers them (`Fields`) is, in the two middle cases, as what `NUMBERING` names; that is
not known here, and given to `extract_texts`.

Any other member is the user's own and tells no two rows apart: not an id, not a note, not a number. A member that is
null or empty counts as absent, since tables with a common set of columns are full of such.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftdata.json_bytes import JsonObject, JsonValue, Path

__all__ = [
    "COUNTED",
    "COUNTED_IN_MESSAGES",
    "LAYOUTS",
    "NUMBERING",
    "OPEN",
    "PROVENANCE",
    "distinguishing",
    "is_laid_out_so",
    "is_numbering",
    "known_members",
]

_CHAT: Final = (("messages", "messages"), ("tools", "tools"), ("functions", "tools"))
_PAIR: Final = (("prompt", "prompt"), ("chosen", "chosen"), ("rejected", "rejected"), ("tools", "tools"))
_COMPLETION: Final = (("prompt", "prompt"), ("completion", "completion"), ("tools", "tools"))
_SHAREGPT: Final = (
    ("system", "system"),
    ("conversations", "messages"),
    ("conversation", "messages"),
    ("tools", "tools"),
)
_ALPACA: Final = (("system", "system"), ("instruction", "prompt"), ("input", "prompt"), ("history", "other"))

LAYOUTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "openai-chat": _CHAT,
    "openai-rft": _CHAT,
    "openai-dpo": (("input", "prompt"), ("preferred_output", "chosen"), ("non_preferred_output", "rejected")),
    "prompt-completion": _COMPLETION,
    "text": (("text", "text"),),
    "trl-prompt-only": _COMPLETION,
    "trl-prompt-completion-conversational": _COMPLETION,
    "trl-unpaired-standard": _COMPLETION,
    "trl-unpaired-conversational": _COMPLETION,
    "trl-stepwise": (("prompt", "prompt"), ("completions", "completion")),
    "trl-preference-standard": _PAIR,
    "trl-preference-conversational": _PAIR,
    "trl-preference-implicit-standard": _PAIR,
    "trl-preference-implicit-conversational": _PAIR,
    "axolotl-dpo-chat-template": (("messages", "prompt"), ("chosen", "chosen"), ("rejected", "rejected")),
    "sharegpt": _SHAREGPT,
    "sharegpt-kto": _SHAREGPT,
    "sharegpt-ranking": (
        ("system", "system"), ("conversations", "prompt"), ("chosen", "chosen"), ("rejected", "rejected"), ("tools", "tools"),
    ),
    "messages-under-conversations": (("conversations", "messages"), ("conversation", "messages"), ("tools", "tools")),
    "alpaca": (*_ALPACA, ("output", "completion"), ("response", "completion")),
    "alpaca-ranking": (*_ALPACA, ("chosen", "chosen"), ("rejected", "rejected")),
    "swift-messages": _CHAT,
    "swift-kto": _CHAT,
    "swift-dpo": (*_CHAT, ("rejected_response", "rejected"), ("rejected_messages", "rejected")),
    "swift-query-response": (
        ("system", "system"), ("history", "other"), ("query", "prompt"), ("response", "completion"),
    ),
    "torchtune-input-output": (("input", "prompt"), ("output", "completion")),
}  # fmt: skip
"""Top-level members that hold texts and the part each belongs to, by format label. Sources: the formats' own readers
(`ftdata.formats`), LLaMA-Factory 0.9.5 (sharegpt, alpaca), ms-swift 4.6.0, torchtune 0.6.1, Axolotl 0.19.0. Formats
that are not here list all their strings."""

OPEN: Final = frozenset({"alpaca", "alpaca-ranking", "swift-query-response", "torchtune-input-output"})
"""Formats told by one or two members whose rows vary (Dolly has a `context`): further strings are texts as well, but for
`NUMBERING` and `PROVENANCE`."""

_DECLARED: Final = ("tools", "functions")
_GRADED: Final = frozenset({"openai-rft", "trl-prompt-only"})
"""OpenAI's graders reach every member as `{{item.KEY}}` (reinforcement guide), TRL's GRPO trainer hands every column to
the reward functions."""

COUNTED: Final[Mapping[str, str]] = {
    # what the model is shown beside the texts
    "tools": "OpenAI, TRL, ms-swift: the tools that may be called",
    "functions": "OpenAI: the same, under its older name",
    "tool_choice": "OpenAI: which of them must be called",
    "parallel_tool_calls": "OpenAI",
    "response_format": "OpenAI: the schema of the answer",
    "chat_template_kwargs": "TRL: switches of the chat template",
    "images": "TRL, LLaMA-Factory, ms-swift",
    "image": "the singular of it, in sets with one picture per row",
    "videos": "LLaMA-Factory, ms-swift",
    "video": "the singular of it",
    "audios": "LLaMA-Factory, ms-swift",
    "audio": "the singular of it",
    "objects": "ms-swift: boxes in a picture",
    # what is right, and how much it matters
    "weight": "Fireworks: the weight of a row",
    "label": "TRL (unpaired), ms-swift (KTO, classification)",
    "labels": "TRL (stepwise), token classification",
    "completion_labels": "TRL (stepwise), under its older name",
    "kto_tag": "LLaMA-Factory",
    "margin": "TRL and ms-swift: the margin of a pair, for reward models",
    "score": "Fireworks, Gemini: the score of an answer",
    "scores": "sets with several scores",
    "score_chosen": "UltraFeedback, as prepared for DPO",
    "score_rejected": "UltraFeedback, as prepared for DPO",
    "chosen_score": "the same, the other way round",
    "rejected_score": "the same, the other way round",
    "chosen_rating": "UltraFeedback, as prepared by Argilla",
    "rejected_rating": "UltraFeedback, as prepared by Argilla",
    "rating": "sets of rated answers",
    "ratings": "sets of rated answers",
    "reward": "sets for reward models",
    "rewards": "sets for reward models",
    "advantage": "offline reinforcement",
    "reward_model": "verl: how an answer is rewarded, and the true one",
    "ground_truth": "verl, as a member of its own",
    "reference": "OpenAI's examples of graders",
    "references": "Gemini",
    "reference_answer": "Nova, OpenAI's examples of graders",
    "answer": "GSM8K and what was made from it",
    "answers": "sets with several right answers",
    "solution": "TRL's accuracy reward",
    "expected": "sets for graders",
    "target": "sets for graders",
}
"""Members at the top of a row that tell it apart in every format, and who reads them. The two last groups of names are
conventions of data sets, not of a trainer: a name too many keeps a copy, a name too few loses a label."""

COUNTED_IN_MESSAGES: Final = frozenset(
    {
        "weight", "trainable",                               # OpenAI, Mistral; Fireworks
        "loss", "loss_scale",                                # ms-swift
        "train", "training", "train_detail", "training_detail",  # Axolotl
        "masked",                                            # torchtune
        "prefix",                                            # Mistral: the message is the beginning of the answer
        "audio", "image", "images", "video", "videos", "audios",
        "label", "score", "reward", "rating", "advantage",
    }
)  # fmt: skip
"""Members of a message, and of a part of its content, that tell rows apart beside its texts: what decides whether and
how much it is trained on, pictures, and verdicts on single messages. In a message without any text that we know every
member counts."""

NUMBERING: Final = frozenset({"id", "idx", "index", "uuid", "guid", "hash", "timestamp", "created", "updated"})
"""Names of members that only number or date rows, whatever the layout; names that end in `_id`, `_ids`, `_uuid`, `_hash`
or `_at` do so too."""
_NUMBERS: Final = re.compile(r"_(?:ids?|uuid|hash|at)$")

PROVENANCE: Final = frozenset({"source", "data_source", "dataset", "generator", "model", "origin", "split"})
"""Names of members that say where a row came from. Not used where the layout is unknown: in a set of translations
`source` is the text."""


def is_numbering(name: str) -> bool:
    """Whether a member of that name only numbers or dates rows.

    Args:
        name: The name; upper and lower case are alike.
    """
    name = name.lower()
    return name in NUMBERING or _NUMBERS.search(name) is not None


def known_members(label: str) -> frozenset[str]:
    """The members that hold texts in a format; none when its layout is not walked.

    Args:
        label: A format label, as `ftdata.formats.detect` gives it.
    """
    return frozenset(key for key, _ in LAYOUTS.get(label, ()))


_BESIDE_TEXTS: Final = frozenset({"system", "tools", "functions", "history"})
"""Members of layouts that stand beside what a row says: with them alone it is not laid out so."""


def is_laid_out_so(value: JsonObject, label: str) -> bool:
    """Whether a row has any of the members that hold what rows of a format say.

    Args:
        value: The parsed row.
        label: A format label; rows of a layout that is not walked are always laid out so.
    """
    told = known_members(label) - _BESIDE_TEXTS
    return not told or any(value.get(key) is not None for key in told)


def distinguishing(value: JsonObject, label: str) -> list[tuple[Path, JsonValue]]:
    """What tells a row apart from another with the same texts, except what stands in its messages.

    Args:
        value: The parsed row.
        label: Its format label; one that is not in `LAYOUTS` is an unknown layout.

    Returns:
        Path and value of each such member, sorted by path; values are compared as JSON. Empty for most rows.

    Example:
        >>> row = {"prompt": "Is it?", "completion": "Yes.", "label": True, "ticket": 17}
        >>> distinguishing(row, "trl-unpaired-standard")
        [(('label',), True)]
    """
    if label not in LAYOUTS:
        found = list(_scalars(value, (), skip=frozenset(), strings=False))
    else:
        found = list(_counted(value, ()))
        inner = value.get("input")
        if label == "openai-dpo" and isinstance(inner, dict):
            found += _counted(inner, ("input",))
        if label in _GRADED:
            told = known_members(label) | COUNTED.keys()
            rest: JsonObject = {key: item for key, item in value.items() if key not in told}
            found += _scalars(rest, (), skip=PROVENANCE, strings=True)
    return sorted(found, key=lambda one: [str(step) for step in one[0]])


def _counted(value: JsonObject, path: Path) -> Iterator[tuple[Path, JsonValue]]:
    """The members of `COUNTED` that an object has."""
    for key in value.keys() & COUNTED.keys():
        item = value[key]
        if item is None or item in ("", [], {}):
            continue
        if key in _DECLARED and isinstance(item, str):  # TRL takes a list of tools as JSON text, too
            with contextlib.suppress(orjson.JSONDecodeError):
                item = orjson.loads(item)
        yield (*path, key), item


def _scalars(value: JsonValue, path: Path, *, skip: frozenset[str], strings: bool) -> Iterator[tuple[Path, JsonValue]]:
    """Path and value of everything in a value that is no object and no list. A stack: nesting is the data's choice."""
    stack: list[tuple[JsonValue, Path]] = [(value, path)]
    while stack:
        item, here = stack.pop()
        if isinstance(item, dict):
            stack.extend(
                (inner, (*here, key))
                for key, inner in item.items()
                if not is_numbering(key) and key.lower() not in skip
            )
        elif isinstance(item, list):
            stack.extend((inner, (*here, i)) for i, inner in enumerate(item))
        elif item is not None and (strings or not isinstance(item, str)):
            yield here, item
