"""ScrubPII: private data in the texts of a row is replaced in place; every other byte stays as it was."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final

import orjson
from pydantic import Field

from ftdata.json_bytes import ReplaceText
from ftdata.stage import settings

if TYPE_CHECKING:
    import polars as pl

    from ftdata.dataset import Dataset, Shard
    from ftdata.json_bytes import Edit, Path
    from ftdata.pii import Detector

__all__ = ["PII_REPLACED", "ScrubPII"]

PII_REPLACED: Final = "pii_replaced"
_KIND: Final = re.compile(r"<([A-Z_]+)_[0-9]+>")  # the kind in a placeholder that was put in
_SCANNED: Final = ("content", "reasoning", "arguments", "name", "declaration")
"""Kinds of text that are scanned as they are, unless they hold JSON: then the strings inside (`leaf`) are."""


@settings
class ScrubPII:
    """Replace private data by numbered placeholders such as `<EMAIL_ADDRESS_1>`.

    E-mail addresses, phone numbers, payment cards, IBANs, US social security numbers, IP addresses and crypto wallets
    are found by Presidio's pattern recognisers and our own rules around them, offline. Names and street addresses of
    people are **not** found by this version. Numbers run through a conversation: the same value gets the same
    placeholder in every role, in content parts, in tool-call arguments and results (in the string values of their JSON,
    which stays valid), and in prompt, chosen and rejected. Keys of the row beside its texts (metadata) are left alone.

    Attributes:
        kinds: Kinds to look for; None for the defaults. `ftdata.pii.KINDS` lists all.

    Raises:
        MissingExtraError: presidio-analyzer is not installed (`pip install 'ftdata[pii]'`); said when the stage is built.
        RecipeError: A kind that is not known.
        NamesModelUnavailable: A kind that only a names model finds (`PERSON`, `LOCATION` ...); this version has none.
    """

    kinds: tuple[str, ...] | None = Field(default=None)

    per_row: ClassVar[bool] = True
    edits: ClassVar[bool] = True
    version: ClassVar[str] = "1"

    def __post_init__(self) -> None:
        from ftdata.pii import require_pii

        require_pii()
        self._detector()

    def _detector(self) -> Detector:
        from ftdata.pii import Detector

        return Detector() if self.kinds is None else Detector(kinds=self.kinds)

    def versions(self) -> dict[str, str]:
        """What the findings depend on, for the manifest: libraries, rules, kinds."""
        from ftdata.pii import detector_versions

        return {**detector_versions(), "kinds": ",".join(self._detector().kinds)}

    def __call__(self, dataset: Dataset) -> Dataset:
        """Find and replace; one `edit` per row in the ledger, with kinds and counts."""
        found = dataset.map_shards(_Scan(self._detector()))
        edits: dict[int, list[Edit]] = {}
        details: dict[int, dict[str, Any]] = {}
        for row, changes, detail in found.iter_rows():
            edits[row] = [_edit(*change) for change in orjson.loads(changes)]
            details[row] = orjson.loads(detail)
        return dataset.edit(edits, by="ScrubPII", reason=PII_REPLACED, detail=details)


class _Scan:
    """What runs on a shard: `row`, its replacements and the counts, for rows with findings."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector

    def __call__(self, shard: Shard) -> pl.DataFrame:
        import polars as pl

        scanned = shard.texts.filter(
            (pl.col("kind") == "leaf") | (pl.col("kind").is_in(_SCANNED) & ~pl.col("holds_json"))
        )
        out: list[tuple[int, bytes, bytes]] = []
        for row, texts in groupby(scanned.select("row", "path", "role", "text").iter_rows(), key=itemgetter(0)):
            changes, detail = self._row([(path, role, text) for _, path, role, text in texts])
            if changes:
                out.append((row, orjson.dumps(changes), orjson.dumps(detail)))
        schema = {"row": pl.Int64, "changes": pl.Binary, "detail": pl.Binary}
        return pl.DataFrame(out, schema=schema, orient="row")

    def _row(self, texts: list[tuple[str, str, str]]) -> tuple[list[tuple[Path, int, int, str]], dict[str, Any]]:
        """The replacements in one row, which is one conversation: `path, start, end, placeholder`."""
        from ftdata.pii import Placeholders, scrub

        hits = [(path, role, text) for path, role, text in texts if self.detector.find(text)]
        if not hits:
            return [], {}
        placeholders = Placeholders(text for _, _, text in texts)
        changes: list[tuple[Path, int, int, str]] = []
        kinds: Counter[str] = Counter()
        roles: Counter[str] = Counter()
        for path, role, text in hits:
            steps: Path = tuple(orjson.loads(path))
            for start, end, new in scrub(text, self.detector.find, placeholders):
                changes.append((steps, start, end, new))
                found = _KIND.findall(new)
                kinds.update(found)
                roles.update([role] * len(found))
        return changes, {"kinds": dict(sorted(kinds.items())), "roles": dict(sorted(roles.items()))}


def _edit(path: list[Any], start: int, end: int, text: str) -> Edit:
    return ReplaceText(tuple(path), start, end, text)
