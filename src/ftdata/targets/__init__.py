"""Targets: who will read the file, and the rules that its own validator enforces.

A target checks plain JSON values and reports every problem of a row at once. `get_target("openai")` takes whichever
layout of the provider the source has, `get_target("openai/dpo")` insists on one.
"""

from __future__ import annotations

from ftdata.errors import RecipeError
from ftdata.targets import openai, trl
from ftdata.targets.null_keys import null_keys, without_keys
from ftdata.targets.problem import Problem, Rule, SetFacts, Severity, Target

__all__ = [
    "Problem",
    "Rule",
    "SetFacts",
    "Severity",
    "Target",
    "get_target",
    "null_keys",
    "targets",
    "without_keys",
]

_TARGETS: dict[str, Target] = {target.name: target for target in (*openai.TARGETS, *trl.TARGETS)}


def targets() -> tuple[str, ...]:
    """The names of all targets, sorted.

    Example:
        >>> [name for name in targets() if name.startswith("openai")]
        ['openai', 'openai/completions', 'openai/dpo', 'openai/rft', 'openai/sft']
    """
    return tuple(sorted(_TARGETS))


def get_target(name: str) -> Target:
    """Gives the target of a name.

    Args:
        name: One of `targets()`.

    Returns:
        The target.

    Raises:
        RecipeError: No target has this name.
    """
    if name not in _TARGETS:
        raise RecipeError(f"no target is called {name!r}; targets: {', '.join(targets())}")
    return _TARGETS[name]
