"""ScrubPII: private data in the texts of a row is replaced in place; every other byte stays as it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import orjson
from pydantic import Field

from ftdata.json_bytes import KNOWN_KEYS, JsonFault, Rename, Replace, ReplaceText, parse_line, show_path
from ftdata.stage import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from ftdata.dataset import Dataset, Shard
    from ftdata.json_bytes import Edit, JsonObject, Path
    from ftdata.pii import Detector, Span

__all__ = ["PII_NOT_REMOVED", "PII_NUMBER_TO_STRING", "PII_REPLACED", "ScrubPII"]

PII_REPLACED: Final = "pii_replaced"
PII_NOT_REMOVED: Final = "pii.not_removed"
PII_NUMBER_TO_STRING: Final = "pii.number_to_string"
_SEVERITY: Final[dict[str, Literal["info", "warning"]]] = {PII_NUMBER_TO_STRING: "info", PII_NOT_REMOVED: "warning"}
_KIND: Final = re.compile(r"<([A-Z_]+)_[0-9]+>")  # the kind in a placeholder that was put in
_SCANNED: Final = ("content", "reasoning", "arguments", "name", "declaration", "leaf", "inner")
"""Kinds of text that are scanned as they are, unless they hold JSON: then what stands inside is."""
_PLACED: Final = ("key", "number", "address")


@settings
class ScrubPII:
    r"""Replace private data by numbered placeholders such as `<EMAIL_ADDRESS_1>`.

    E-mail addresses, phone numbers, payment cards, IBANs, US social security numbers, IP addresses and crypto wallets
    are found by Presidio's pattern recognisers and our own rules around them, offline. Numbers run through a conversation:
    the same value gets the same placeholder in every role, in content parts, in tool-call arguments and results, in tool
    declarations, ids and reference answers, and in prompt, chosen and rejected; also where it is spelled with other capitals,
    punctuation, accents (NFC or NFD), widths, invisible characters or escapes (`\u0040`, `%40`, `&#64;`).

    A number that one text tells is looked for in all others: after `My SSN is 123 45 6789` the answer `Got it: 123 45 6789` needs
    no word for it, nor does the same phone number in other blocks, with or without its country code, as key or JSON number.

    JSON held by a string is edited inside, however many levels deep, and stays valid. A key is renamed (`{"ada@example.com":
    1}`); two keys that would become one get two placeholders. A key also says what its value is (`{"phone": "2125550199"}`).
    A number (`{"card": 4111111111111111}`) becomes a string: the finding `pii.number_to_string` names its place, since a tool
    that declares an integer would not take it.

    In running text, as in a code fence, this holds for JSON too, but that an array without a key, or one of strings with quotes
    in them, gets a bare placeholder, and that two keys may become one.

    Found, left and reported as `pii.not_removed`: values in the address of a picture or file, which leads nowhere once it is
    edited, and numbers in tool declarations, where a string would break the schema.

    What it does not find:

    * names and street addresses of people, and anything else that no pattern tells;
    * what is written for people only (`ada (at) example dot com`), quoted local parts (`"ada l"@example.com`), hosts outside
      the public suffixes (`ada@intranet`), letters and digits that are percent-encoded for no reason;
    * a phone number of bare digits without a word or key near it, or elsewhere in the row, that says so; as a JSON number also
      one of less than ten digits, as is left when a leading zero is lost;
    * a number told elsewhere inside something longer: a path, a name, a decimal, a version;
    * one letter at a one-letter host under rare endings (`x@w.to`), which is a product of matrices in code;
    * values cut in two by other text, in two strings, or in strings of JSON that are joined later;
    * what is encoded or compressed: base64, pictures, sound, files;
    * metadata, that is keys of the row beside its texts, tools and reference answers: they are left alone (but in rows
      made for a grader, which may read any of them, they are scrubbed).

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
    version: ClassVar[str] = "3"

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
        findings: dict[str, list[tuple[int, dict[str, Any]]]] = {rule: [] for rule in _SEVERITY}
        for row, changes, detail, found_there in found.iter_rows():
            edits[row] = [_edit(*change) for change in orjson.loads(changes)]
            details[row] = orjson.loads(detail)
            for rule, told in orjson.loads(found_there):
                findings[rule].append((row, told))
        dataset = dataset.edit(edits, by="ScrubPII", reason=PII_REPLACED, detail=details)
        for rule, severity in _SEVERITY.items():
            rows, told = [row for row, _ in findings[rule]], [one for _, one in findings[rule]]
            dataset = dataset.find(rows, by="ScrubPII", rule=rule, severity=severity, detail=told)
        return dataset


_Change = tuple[str, list[Any], int, int, str]  # what is edited (`text`, `key`, `number`), path, start, end, new


class _Scan:
    """What runs on a shard: `row`, its changes, the counts and the findings, for rows with any."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector

    def __call__(self, shard: Shard) -> pl.DataFrame:
        import polars as pl

        kind = pl.col("kind")
        scanned = shard.texts.filter((kind.is_in(_SCANNED) & ~pl.col("holds_json")) | kind.is_in(_PLACED)).select(
            "row", "path", "role", "kind", "text"
        )
        hits = self._rows_with_hits(scanned)
        scanned = scanned.filter(pl.col("row").is_in(pl.Series(hits, dtype=pl.Int64).implode()))
        places = dict(zip(shard.rows.tolist(), range(len(shard)), strict=True)) if hits else {}
        out: list[tuple[int, bytes, bytes, bytes]] = []
        for row, texts in groupby(scanned.iter_rows(), key=itemgetter(0)):
            made = _conversation(self.detector, [text for _, *text in texts])
            value = parse_line(shard.raw[places[row]]) if made.told else {}
            findings = made.findings({} if isinstance(value, JsonFault) else value)
            out.append((row, orjson.dumps(made.changes), orjson.dumps(made.counts), orjson.dumps(findings)))
        schema = {"row": pl.Int64, "changes": pl.Binary, "detail": pl.Binary, "findings": pl.Binary}
        return pl.DataFrame(out, schema=schema, orient="row")

    def _rows_with_hits(self, scanned: pl.DataFrame) -> list[int]:
        """Rows that need a closer look. A text that stands in many rows is looked at once."""
        import polars as pl

        if (
            self.detector.needs_digit_or_at
        ):  # what is not ASCII is left to the detector, which knows digits of any script
            scanned = scanned.filter(pl.col("text").str.contains(r"[0-9@]|[^\x00-\x7F]"))
        known: dict[tuple[str, str], bool] = {}
        hits: list[int] = []
        for row, path, _, kind, text in scanned.iter_rows():
            if hits and hits[-1] == row:
                continue
            key = _key_of(kind, path)
            if (hit := known.get((key, text))) is None:
                hit = known[key, text] = bool(_finder(self.detector, kind, key)(text))
            if hit:
                hits.append(row)
        return hits


_Found = dict[tuple[str, str], "Span"]  # kind and text of a value -> its finding


def _conversation(detector: Detector, texts: Sequence[Sequence[str]]) -> _Conversation:
    """The changes of one row: what is found in one of its texts is replaced in all of them."""
    finders = [_finder(detector, kind, _key_of(kind, path)) for path, _, kind, _ in texts]
    spans = [find(text) for find, (*_, text) in zip(finders, texts, strict=True)]
    found: _Found = {}
    for there, (*_, text) in zip(spans, texts, strict=True):
        _collect(found, there, text)
    made = _Conversation(detector.regions, texts, finders, spans, found)
    if len(made.found) > len(found):  # a text that was scrubbed in part can show one value more: it is sought as well
        made = _Conversation(detector.regions, texts, finders, spans, made.found)
    return made


def _collect(found: _Found, spans: Sequence[Span], text: str) -> None:
    for span in spans:
        known = found.setdefault((span.kind, text[span.start : span.end]), span)
        if known.score < span.score:
            found[span.kind, text[span.start : span.end]] = span


class _Conversation:
    """The changes of one row, which is one conversation: a value has one placeholder wherever it stands."""

    def __init__(
        self,
        regions: tuple[str, ...],
        texts: Sequence[Sequence[str]],
        finders: Sequence[_Find],
        spans: Sequence[list[Span]],
        found: _Found,
    ) -> None:
        from ftdata.pii import Known, Placeholders

        self.found = dict(found)
        self.changes: list[_Change] = []
        self._kinds: Counter[str] = Counter()
        self._roles: Counter[str] = Counter()
        self.told: list[tuple[str, Path, tuple[str, ...]]] = []  # rule, place, kinds
        self._stand_ins = Placeholders(text for *_, text in texts)
        self._known = Known([(span, text) for (_, text), span in found.items()], regions)
        self._keys: dict[Path, set[str]] = {}
        for path, _, kind, text in texts:
            if kind == "key":
                self._keys.setdefault(tuple(orjson.loads(path)[:-1]), set()).add(text)
        for (path, role, kind, text), find, there in zip(texts, finders, spans, strict=True):
            if there := self._with_known(text, there):
                self._change(tuple(orjson.loads(path)), role, kind, text, partial(self._find, find), there)

    def _find(self, find: _Find, text: str) -> list[Span]:
        spans = find(text)
        _collect(self.found, spans, text)
        return self._with_known(text, spans)

    def _with_known(self, text: str, spans: list[Span]) -> list[Span]:
        """What is found in a text by itself, and the values that are known from the others."""
        if not self._known.may_stand_in(text):
            return spans
        from ftdata.pii import replace, resolve

        # what is found by itself wins any overlap, so only the rest can hold more
        if spans and not self._known.may_stand_in(replace(text, [(span.start, span.end, " ") for span in spans])):
            return spans
        again: list[Span] = []
        for span, value in self._known.find(text):
            self._stand_ins.equate(span.kind, text[span.start : span.end], value)
            again.append(span)
        return resolve([*spans, *again]) if again else spans

    def _change(self, path: Path, role: str, kind: str, text: str, find: _Find, spans: list[Span]) -> None:
        from ftdata.pii import replace, scrub

        if kind == "address" or (kind == "number" and role == "tools"):
            self.told.append((PII_NOT_REMOVED, path, tuple(span.kind for span in spans)))
        elif kind == "number":
            new = self._stand_ins.stand_in(spans[0].kind, text)
            self._note("number", path, role, 0, 0, new)
            self.told.append((PII_NUMBER_TO_STRING, path, (spans[0].kind,)))
        elif kind == "key":
            others = self._keys[path[:-1]]
            new = replace(text, scrub(text, find, self._stand_ins))
            if new in others:  # two spellings of one value: the keys must stay two
                new = replace(text, scrub(text, find, self._stand_ins.anew()))
            others.add(new)
            self._note("key", path, role, 0, 0, new)
        else:
            for start, end, new in scrub(text, find, self._stand_ins):
                self._note("text", path, role, start, end, new)

    def _note(self, what: str, path: Path, role: str, start: int, end: int, new: str) -> None:
        self.changes.append((what, list(path), start, end, new))
        found = _KIND.findall(new)
        self._kinds.update(found)
        self._roles.update([role] * len(found))

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each kind, and in which roles."""
        return {"kinds": dict(sorted(self._kinds.items())), "roles": dict(sorted(self._roles.items()))}

    def findings(self, row: JsonObject) -> list[tuple[str, dict[str, Any]]]:
        """What is to be said about places: rule, and path and kinds without a user's own keys."""
        return [
            (rule, {"path": show_path(path, row, KNOWN_KEYS), "kinds": dict(sorted(Counter(kinds).items()))})
            for rule, path, kinds in self.told
        ]


_Find = Callable[[str], list["Span"]]


def _key_of(kind: str, path: str) -> str:
    """The keys under which a value stands, the nearest last; empty for running text."""
    if kind not in {"leaf", "inner", "number"}:
        return ""
    return " ".join([step for step in orjson.loads(path) if isinstance(step, str)][-2:])


def _finder(detector: Detector, kind: str, key: str) -> _Find:
    if kind == "number":
        return partial(_find_number, detector, key)
    return partial(detector.find_under, key) if key else detector.find


_LEAST_PHONE: Final = 10
"""Digits of a JSON number that may be a phone number: counts and prices under a key such as `cell` or `calls` have fewer."""


def _find_number(detector: Detector, key: str, digits: str) -> list[Span]:
    spans = detector.find_under(key, digits)
    return [span for span in spans if span.kind != "PHONE_NUMBER" or len(digits) >= _LEAST_PHONE]


def _edit(what: str, path: list[Any], start: int, end: int, new: str) -> Edit:
    steps = tuple(path)
    if what == "text":
        return ReplaceText(steps, start, end, new)
    return Rename(steps, new) if what == "key" else Replace(steps, new)
