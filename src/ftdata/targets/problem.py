"""What a target is, and what it says about a row: problems, each an instance of a rule that is written down.

Rules are data (`Rule`: what it says, how severe, where that was read), so that the documentation is made from them. A
problem takes its severity from its rule: the same id means the same thing everywhere within a target. Messages say what
to change; they name roles and keys of the public formats and never anything that a row holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ftdata.json_bytes import JsonObject, JsonValue, Path

__all__ = ["Findings", "Problem", "Rule", "SetFacts", "Severity", "Target"]

Severity: TypeAlias = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One breach of one rule at one place.

    Attributes:
        rule: Dotted id, such as `tool.orphan_result`.
        path: The place in the row; for a key that is missing, the place where it should be. Empty for a whole set.
        severity: `error`: the peer rejects the row or fails on it; `warning`: it accepts it and loses something or
            learns something harmful; `info`: worth knowing.
        message: What to change, in words that hold nothing of the row.
        repair: Name of the repair of `Validate` that changes it so; None where there is none.
    """

    rule: str
    path: Path
    severity: Severity
    message: str
    repair: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a peer.

    Attributes:
        says: The rule, in one sentence.
        severity: What a breach means, as in `Problem`.
        source: The peer, its version and the place where the rule was read.
        evidence: `code`: the peer's own code does so; `schema`: its published schema; `doc`: its documentation;
            `inferred`: a lint of ours.
    """

    says: str
    severity: Severity
    source: str
    evidence: Literal["code", "schema", "doc", "inferred"]


@dataclass(frozen=True, slots=True)
class SetFacts:
    """What a target needs to know of a whole set to judge it.

    Attributes:
        rows: Number of rows.
        formats: Rows per format label.
        bom_files: Names of the files that begin with a byte order mark.
        blank_lines: Number of blank lines in all files.
        bytes: Size of all rows together, as they would be written.
    """

    rows: int
    formats: Mapping[str, int] = field(default_factory=dict[str, int])
    bom_files: Sequence[str] = ()
    blank_lines: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """Who will read the file: a provider or trainer with one layout, or with the layout told from the source.

    Attributes:
        name: Such as `openai/sft`, or `openai` for whichever of its layouts the source has.
        formats: Labels of the formats that it takes.
        rules: Every rule that it can report, by id.
        check_row: Gives all problems of a row. Takes the parsed row (any JSON value) and the format of its source;
            never raises. A source whose format the target does not take has the problem `schema.format` on every row.
        check_set: Gives all problems of a set from its facts.
    """

    name: str
    formats: tuple[str, ...]
    rules: Mapping[str, Rule]
    check_row: Callable[[JsonValue, str], list[Problem]]
    check_set: Callable[[SetFacts], list[Problem]]


class Findings:
    """Collects the problems of one row; the severity of each comes from the table of rules.

    Args:
        rules: The rules of a target, by id.
    """

    __slots__ = ("problems", "rules")

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self.rules = rules
        self.problems: list[Problem] = []

    def add(self, rule: str, path: Path, message: str) -> None:
        """Adds a problem; a rule that is not in the table is a `KeyError`, so none goes undocumented.

        Args:
            rule: Id of the rule.
            path: Where the problem is in the row.
            message: What to do, without anything of the row.
        """
        self.problems.append(Problem(rule, path, self.rules[rule].severity, message))

    def missing_or_type(self, value: JsonObject, path: Path, key: str, what: str) -> None:
        """Adds what is wrong with a key that should hold something else: `schema.missing`, or `schema.type` where it is there.

        Args:
            value: The object that should have the key.
            path: Where it is in the row.
            key: The key.
            what: What it should hold, as in `a list of messages`.
        """
        if key in value:
            self.add("schema.type", (*path, key), f"{key} must be {what}")
        else:
            self.add("schema.missing", (*path, key), f"add {key}: {what}")
