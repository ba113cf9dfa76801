"""Clean chat and preference rows for fine-tuning: validate, scrub private data, deduplicate, limit length, split.

    python glue_script.py --out clean tickets/*.jsonl generated.jsonl.gz

The script that one writes today from the usual libraries, each used as its documentation shows. `whole_job.py` measures it.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import logging
import random
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import spacy
import tiktoken
import tldextract
from datasketch import MinHash, MinHashLSH
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from pydantic import BaseModel, Field, ValidationError

# presidio asks tldextract whether a mail host exists, and tldextract fetches a suffix list; use the one it ships with.
tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

ENTITIES = ["EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS", "CRYPTO"]
MIN_SCORE = 0.4  # what presidio gives a phone number without a context word
NUM_PERM, NGRAM, THRESHOLD = 128, 5, 0.8

log = logging.getLogger("glue")


class Function(BaseModel):
    name: str
    arguments: str


class ToolCall(BaseModel):
    id: str
    type: Literal["function"] = "function"
    function: Function


class Part(BaseModel):
    type: str
    text: str | None = None


class Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None
    weight: Literal[0, 1] | None = None


class Chat(BaseModel):
    messages: list[Message] = Field(min_length=1)
    tools: list[dict[str, Any]] | None = None


class Preference(BaseModel):
    prompt: list[Message]
    chosen: list[Message] = Field(min_length=1)
    rejected: list[Message] = Field(min_length=1)


class LoadedNlpEngine(SpacyNlpEngine):
    """A spaCy pipeline that is loaded already (this is how presidio's documentation hands one over)."""

    def __init__(self, nlp: spacy.Language) -> None:
        super().__init__()
        self.nlp = {"en": nlp}


def read(path: Path, stats: Counter[str]) -> list[dict[str, Any]]:
    rows = []
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            stats["read"] += 1
            try:
                row = json.loads(line)
                json.dumps(
                    row, ensure_ascii=False
                ).encode()  # half of a surrogate pair is read without a word, and stops spaCy later
                (Preference if isinstance(row, dict) and "chosen" in row else Chat).model_validate(row)
            except ValidationError as error:  # before ValueError: it is one
                stats["invalid"] += 1
                log.warning("%s:%d: %s", path, number, error.errors()[0]["msg"])
            except ValueError as error:
                stats["bad_json"] += 1
                log.warning("%s:%d: %s", path, number, error)
            else:
                rows.append(row)
    return rows


def texts(row: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Where the texts of a row stand: pairs of a dict and a key in it."""
    found = []
    for message in row.get("messages") or [*row["prompt"], *row["chosen"], *row["rejected"]]:
        content = message.get("content")
        if isinstance(content, str):
            found.append((message, "content"))
        elif content:
            found += [(part, "text") for part in content if part.get("text")]
        found += [(call["function"], "arguments") for call in message.get("tool_calls") or []]
    return found


def scrub(analyzer: AnalyzerEngine, text: str) -> str:
    results = analyzer.analyze(text, language="en", entities=ENTITIES, score_threshold=MIN_SCORE)
    taken: list[Any] = []
    for result in sorted(
        results, key=lambda r: (-r.score, r.start - r.end)
    ):  # of overlapping ones the best, then the longest
        if all(result.end <= other.start or result.start >= other.end for other in taken):
            taken.append(result)
    for result in sorted(taken, key=lambda r: r.start, reverse=True):
        text = f"{text[: result.start]}<{result.entity_type}>{text[result.end :]}"
    return text


def minhash(text: str) -> MinHash:
    words = text.lower().split()
    grams = {" ".join(words[i : i + NGRAM]) for i in range(max(1, len(words) - NGRAM + 1))}
    made = MinHash(num_perm=NUM_PERM)
    made.update_batch([gram.encode() for gram in grams])
    return made


def clean(files: list[Path], arguments: argparse.Namespace, stats: Counter[str]) -> list[dict[str, Any]]:
    analyzer = AnalyzerEngine(nlp_engine=LoadedNlpEngine(spacy.blank("en"))) if arguments.pii else None
    encoding = tiktoken.get_encoding("o200k_base")
    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM)
    seen: set[str] = set()
    kept: list[dict[str, Any]] = []
    for file in files:
        for row in read(file, stats):
            if analyzer:
                for place, key in texts(row):
                    place[key] = scrub(analyzer, place[key])
            contents = [place[key] for place, key in texts(row)]
            text = "\n".join(contents)
            digest = hashlib.sha256(text.encode()).hexdigest()
            if digest in seen:
                stats["exact_duplicate"] += 1
                continue
            seen.add(digest)
            made = minhash(text)
            if lsh.query(made):
                stats["near_duplicate"] += 1
                continue
            lsh.insert(digest, made)
            tokens = sum(len(encoding.encode(content, disallowed_special=())) for content in contents)
            if not arguments.min_tokens <= tokens <= arguments.max_tokens:
                stats["wrong_length"] += 1
                continue
            for name in arguments.drop:
                row.pop(name, None)
            kept.append(row)
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--no-pii", dest="pii", action="store_false")
    parser.add_argument("--min-tokens", type=int, default=0)
    parser.add_argument("--max-tokens", type=int, default=4096)
    parser.add_argument("--drop", action="append", default=[], metavar="KEY", help="a key to remove from every row")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    stats: Counter[str] = Counter()
    rows = clean(arguments.files, arguments, stats)
    random.Random(7).shuffle(rows)
    first, second = int(len(rows) * 0.8), int(len(rows) * 0.9)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, part in (("train", rows[:first]), ("val", rows[first:second]), ("test", rows[second:])):
        with (arguments.out / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        stats[name] = len(part)
    print(json.dumps(stats))


if __name__ == "__main__":
    main()
