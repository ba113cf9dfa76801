"""The only file that knows presidio: its pattern recognisers, taken apart into patterns, checks and context words.

presidio's engine is not used. Two reasons beside speed:

* it gives every pattern 60 seconds and then silently skips it, so that the findings depend on how busy the machine is; here
  patterns run without a clock, on text cut so that none of them can take more than linear time;
* its e-mail recogniser asks `tldextract`, which fetches a suffix list from the network; here the list that is packaged with
  tldextract decides, and nothing is read from or written to a cache.

No names model and no NLP engine is loaded.
"""

from __future__ import annotations

import hashlib
import importlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftdata.errors import MissingExtraError
from ftdata.pii.kinds import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Recogniser", "detector_versions", "host_is_public", "load_recogniser", "require_pii"]

RULES_VERSION = "3"
"""Raised whenever a change in this room can change findings."""

# presidio's LemmaContextAwareEnhancer: a context word adds 0.35 and lifts to at least 0.4
_CONTEXT_BONUS, _CONTEXT_FLOOR = 0.35, 0.4


def require_pii() -> None:
    """Makes sure that the libraries of the extra `pii` are there.

    Raises:
        MissingExtraError: One of them is not installed.
    """
    for module in ("presidio_analyzer", "phonenumbers", "tldextract", "regex"):
        try:
            importlib.import_module(module)
        except ImportError:
            raise MissingExtraError("finding private data", extra="pii") from None


@dataclass(frozen=True, slots=True)
class Recogniser:
    """What one presidio recogniser knows.

    Attributes:
        kind: The kind it finds.
        patterns: Compiled patterns (of the `regex` library), each with presidio's score, 0 to 1.
        context: Matches one of its context words as a whole word; None when it has none.
        validate: presidio's check of a value: True valid, False invalid, None nothing known.
        invalidate: presidio's veto on a value.
    """

    kind: str
    patterns: tuple[tuple[Any, float], ...]
    context: re.Pattern[str] | None
    validate: Callable[[str], bool | None]
    invalidate: Callable[[str], bool | None]

    def score(self, value: str, score: float) -> float:
        """The score of one match after the checks; 0 when they reject it.

        Args:
            value: The text of the match.
            score: presidio's score of the pattern, 0 to 1; stands when no check knows better.
        """
        try:
            valid = self.validate(value)
            vetoed = self.invalidate(value)
        except (ValueError, IndexError, KeyError, TypeError):
            return score  # a check that cannot judge says nothing; its message could quote the value
        if vetoed or (valid is not None and not valid):
            return 0.0
        return 1.0 if valid else score

    def matches(self, text: str) -> Iterator[tuple[int, int, float]]:
        """Start, end and score of every match of every pattern that the checks let through.

        Args:
            text: Folded text, `masked`.
        """
        for pattern, score in self.patterns:
            for match in pattern.finditer(text):
                start, end = match.span()
                if start < end and (checked := self.score(match.group(), score)) > 0:
                    yield start, end, checked

    @staticmethod
    def with_context(score: float) -> float:
        """The score of a match with a context word near it.

        Args:
            score: That of the match alone, 0 to 1.
        """
        return max(min(1.0, score + _CONTEXT_BONUS), _CONTEXT_FLOOR)


def _whole_word(words: list[str] | None) -> re.Pattern[str] | None:
    """A context word must stand alone ("lic" is not in "public"); scripts without spaces have no word ends to ask for."""
    if not words:
        return None
    parts: list[str] = []
    for word in sorted({w.strip().lower() for w in words if w.strip()}, key=lambda w: (-len(w), w)):
        quoted = re.escape(word)
        parts.append(rf"(?<![^\W_]){quoted}s?(?![^\W\d_])" if word.isascii() else quoted)
    return re.compile("|".join(parts), re.IGNORECASE)


# What a match may not touch, where presidio's pattern says nothing about its edges.
_EDGES = {"CRYPTO": (r"(?<![A-Za-z0-9])(?:", r")(?![A-Za-z0-9])")}
# Layouts beside presidio's own: each block separated by the same character; 4-4-4-4(-3), 4-6-5 (Amex), 4-6-4 (Diners), bare.
# The digits around them are looked at by the caller.
_MORE_CARDS = (
    r"(?<![0-9A-Za-z])[0-9]{12,19}(?![0-9A-Za-z])",
    r"(?<![0-9A-Za-z])[0-9]{4}([ .\-])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?![0-9A-Za-z])",
    r"(?<![0-9A-Za-z])[0-9]{4}([ .\-])[0-9]{4}\1[0-9]{4}\1[0-9]{4}\1[0-9]{3}(?![0-9A-Za-z])",
    r"(?<![0-9A-Za-z])[0-9]{4}([ .\-])[0-9]{6}\1[0-9]{4,5}(?![0-9A-Za-z])",
)


@lru_cache(maxsize=1)  # it is the only one
def _suffixes() -> Any:
    import tldextract

    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)


def host_is_public(host: str) -> bool:
    """Whether a host name ends in a public suffix and has a label before it (tldextract's packaged list).

    Args:
        host: A name such as `mail.example.com`, without scheme, port and path.
    """
    return bool(_suffixes()(host).fqdn)


def _luhn_holds(value: str) -> bool:
    """Luhn, ISO/IEC 7812-1 annex B."""
    digits = [int(c) for c in reversed(value) if c.isdecimal()]
    return sum(d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(digits)) % 10 == 0


@lru_cache(maxsize=128)  # more than there are kinds
def load_recogniser(kind: str) -> Recogniser:
    """Builds one recogniser; once per process.

    Args:
        kind: A name in `KINDS` that has a recogniser.

    Raises:
        MissingExtraError: presidio is not installed, or too old to know the kind.
    """
    require_pii()
    import regex  # type: ignore[import-untyped]  # it has no types of its own
    from presidio_analyzer import predefined_recognizers

    entry: Kind = KINDS[kind]
    cls: Any = getattr(predefined_recognizers, entry.recogniser, None)
    if cls is None:
        raise MissingExtraError(f"finding {kind} (the installed presidio-analyzer is too old for it)", extra="pii")
    # without exact_match presidio accepts an IBAN that is longer than its country's
    made: Any = cls(exact_match=True) if kind == "IBAN_CODE" else cls()
    before, after = _EDGES.get(kind, ("", ""))
    patterns = [
        (regex.compile(f"{before}{p.regex}{after}", made.global_regex_flags), float(p.score)) for p in made.patterns
    ]
    validate: Callable[[str], bool | None] = made.validate_result
    if kind == "EMAIL_ADDRESS":  # presidio's own check, with the packaged suffix list in place of the fetched one
        validate = lambda value: host_is_public(value.rpartition("@")[2])  # noqa: E731
    if kind == "CREDIT_CARD":
        patterns += [(regex.compile(p), patterns[0][1]) for p in _MORE_CARDS]
        validate = _luhn_holds  # presidio's Luhn takes no dots
    return Recogniser(kind, tuple(patterns), _whole_word(made.context), validate, made.invalidate_result)


def detector_versions() -> dict[str, str]:
    """Versions of everything that can change findings, for the manifest.

    Returns:
        Name to version; `tldextract_suffixes` is the start of the SHA-256 of the packaged suffix list. Libraries that are not
        installed are left out. Imports none of them.
    """
    versions = {"ftdata_pii_rules": RULES_VERSION}
    for package in ("phonenumbers", "presidio-analyzer", "regex", "tldextract"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    spec = find_spec("tldextract") if "tldextract" in versions else None
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        snapshot = Path(folder) / ".tld_set_snapshot"
        if snapshot.is_file():
            versions["tldextract_suffixes"] = hashlib.sha256(snapshot.read_bytes()).hexdigest()[:16]
    return versions
