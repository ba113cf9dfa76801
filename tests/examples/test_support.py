"""The example data of examples/support: made by its script, believable, and planted exactly as its list says."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

SUPPORT = Path(__file__).parents[2] / "examples" / "support"
DATA = ("tickets/2026-04.jsonl", "tickets/2026-05.jsonl", "generated.jsonl.gz", "preferences.jsonl")
TICKETS = DATA[:2]


def lines_of(name: str) -> list[bytes]:
    """The lines of a file without terminators and BOM; position 0 is line 1."""
    data = (SUPPORT / name).read_bytes()
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [line.removesuffix(b"\r") for line in (lines[:-1] if lines[-1] == b"" else lines)]


def reject(_: object) -> None:
    raise ValueError


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError
    return dict(pairs)


def parse(line: bytes) -> Any:
    """Strict JSON: no NaN, no duplicate key, no lone surrogate; ValueError for anything else."""
    value = json.loads(line.decode(), parse_constant=reject, object_pairs_hook=unique)
    json.dumps(value, ensure_ascii=False).encode()
    return value


@pytest.fixture(scope="module")
def planted() -> dict[str, Any]:
    return json.loads((SUPPORT / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lines() -> dict[str, list[bytes]]:
    return {name: lines_of(name) for name in DATA}


@pytest.fixture(scope="module")
def rows(planted: dict[str, Any], lines: dict[str, list[bytes]]) -> dict[tuple[str, int], dict[str, Any]]:
    """All healthy rows by file and line."""
    broken = {(mark["file"], mark["line"]) for mark in planted["broken"] if mark["rule"].startswith("json.")}
    found = {}
    for name, content in lines.items():
        for number, line in enumerate(content, 1):
            if line.strip() and (name, number) not in broken:
                found[name, number] = parse(line)
    return found


def body(row: dict[str, Any], roles: tuple[str, ...] = ("user", "assistant", "tool")) -> str:
    """What the people of a conversation said, without the system prompt."""
    texts = []
    for message in row.get("messages", row.get("prompt", [])) + row.get("chosen", []):
        if message.get("role") in roles:
            content = message.get("content") or ""
            parts = content if isinstance(content, list) else [{"text": content}]
            texts += [part.get("text", "") for part in parts]
            texts += [call["function"]["arguments"] for call in message.get("tool_calls", [])]
    return "\n".join(texts)


def shingles(text: str) -> set[tuple[str, ...]]:
    """Word 5-grams; Chinese characters are words of their own."""
    words = re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+", unicodedata.normalize("NFKC", text).casefold())
    return {tuple(words[at : at + 5]) for at in range(max(1, len(words) - 4))}


def jaccard(left: set[Any], right: set[Any]) -> float:
    return len(left & right) / len(left | right)


def address(row: list[Any]) -> tuple[str, int]:
    return row[0], row[1]


def make(folder: Path, seed: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, str(SUPPORT / "make.py"), str(folder)], check=True, env=environment)


def test_the_script_gives_the_committed_bytes(tmp_path: Path) -> None:
    """Packed bytes may differ between compressors, so the packed file is compared unpacked."""
    make(tmp_path, "17")
    for name in (*DATA, "planted.json"):
        made, kept = (tmp_path / name).read_bytes(), (SUPPORT / name).read_bytes()
        if name.endswith(".gz"):
            made, kept = gzip.decompress(made), gzip.decompress(kept)
        assert made == kept, f"{name} is not what make.py gives: run python examples/support/make.py"


def test_making_twice_changes_no_file(tmp_path: Path) -> None:
    make(tmp_path, "1")
    first = {name: (tmp_path / name).read_bytes() for name in DATA}
    make(tmp_path, "2")
    assert first == {name: (tmp_path / name).read_bytes() for name in DATA}


def test_there_are_about_three_hundred_rows(planted: dict[str, Any]) -> None:
    files = planted["files"]
    assert 205 <= sum(files[name]["rows"] for name in TICKETS) <= 260
    assert 80 <= files["generated.jsonl.gz"]["rows"] <= 100
    assert 35 <= files["preferences.jsonl"]["rows"] <= 45
    assert sum((SUPPORT / name).stat().st_size for name in DATA) < 400_000


def test_facts_about_the_files_are_true(planted: dict[str, Any], lines: dict[str, list[bytes]]) -> None:
    for name, facts in planted["files"].items():
        data = (SUPPORT / name).read_bytes()
        data = gzip.decompress(data) if name.endswith(".gz") else data
        blank = [number for number, line in enumerate(lines[name], 1) if not line.strip()]
        assert facts == {
            "lines": len(lines[name]),
            "rows": len(lines[name]) - len(blank),
            "blank_lines": blank,
            "bom": data.startswith(b"\xef\xbb\xbf"),
            "crlf": data.count(b"\r\n"),
            "final_newline": data.endswith(b"\n"),
        }


def test_lines_that_are_no_json_are_the_listed_ones(planted: dict[str, Any], lines: dict[str, list[bytes]]) -> None:
    listed = {(mark["file"], mark["line"]) for mark in planted["broken"] if mark["rule"].startswith("json.")}
    found = set()
    for name, content in lines.items():
        for number, line in enumerate(content, 1):
            try:
                assert not line.strip() or isinstance(parse(line), dict)
            except (ValueError, AssertionError):
                found.add((name, number))
    assert found == listed


def test_every_kind_of_broken_line_is_there(planted: dict[str, Any]) -> None:
    kinds = {mark["kind"] for mark in planted["broken"]}
    assert kinds >= {
        "truncated", "trailing_comma", "bad_utf8", "not_a_number", "lone_surrogate", "array_row", "duplicate_key",
        "two_values", "missing_messages", "empty_messages", "unknown_role", "orphan_tool_result",
        "assistant_without_content", "preference_missing_rejected", "preference_truncated",
    }  # fmt: skip


def test_ids_are_unique_but_for_byte_copies_and_parents_exist(planted: dict[str, Any], rows: dict[Any, Any]) -> None:
    ids = Counter(row["metadata"].get("ticket_id", row["metadata"].get("pair_id")) for row in rows.values())
    copies = [group for group in planted["duplicates"] if group["kind"] == "exact.same_bytes"]
    assert sum(count - 1 for count in ids.values()) == sum(len(group["rows"]) - 1 for group in copies)
    parents = [row["metadata"]["seed_id"] for (name, _), row in rows.items() if name == "generated.jsonl.gz"]
    assert set(parents) <= {row["metadata"]["ticket_id"] for (name, _), row in rows.items() if name in TICKETS}


def test_exact_duplicates_say_the_same_words(planted: dict[str, Any], rows: dict[Any, Any]) -> None:
    for group in planted["duplicates"]:
        if "near" not in group["kind"] and group["kind"] != "exact.after_scrubbing":
            assert len({body(rows[address(row)]) for row in group["rows"]}) == 1, group


def test_copies_with_other_private_values_differ_before_and_agree_after_scrubbing(
    planted: dict[str, Any], rows: dict[Any, Any]
) -> None:
    groups = [group for group in planted["duplicates"] if group["kind"] == "exact.after_scrubbing"]
    assert len(groups) == 2
    for group in groups:
        before, after = set(), set()
        for file, line in group["rows"]:
            text = json.dumps(rows[file, line]["messages"])
            before.add(text)
            for found in planted["pii"]:
                if (found["file"], found["line"]) == (file, line):
                    text = text.replace(found["value"], f"<{found['kind']}>")
            after.add(text)
        assert (len(before), len(after)) == (2, 1)


def test_near_duplicates_are_clear_in_every_part(planted: dict[str, Any], rows: dict[Any, Any]) -> None:
    """Question, answer and whole row all stay well above the recipe's threshold of 0.8, and none is equal."""
    groups = [group for group in planted["duplicates"] if group["kind"] == "near"]
    assert len(groups) == 9
    for group in groups:
        left, right = (rows[address(row)] for row in group["rows"])
        assert body(left) != body(right)
        for roles in (("user",), ("assistant",), ("user", "assistant")):
            assert jaccard(shingles(body(left, roles)), shingles(body(right, roles))) > 0.85, (group, roles)


def test_look_alikes_share_words_but_not_the_answer(planted: dict[str, Any], rows: dict[Any, Any]) -> None:
    kinds = {group["kind"]: [rows[address(row)] for row in group["rows"]] for group in planted["not_duplicates"]}
    assert len({body(row, ("user",)) for row in kinds["same_prompt_other_answer"]}) == 1
    left, right = kinds["same_context_other_label"]
    assert jaccard(shingles(body(left)), shingles(body(right))) > 0.9
    assert body(left, ("assistant",)) != body(right, ("assistant",))
    without_digits = {re.sub(r"\d", "0", body(row)) for row in kinds["digits_only"]}
    assert len(without_digits) == 1


def test_no_other_two_rows_are_alike(planted: dict[str, Any], rows: dict[Any, Any]) -> None:
    """Brute force over all pairs: word 5-grams of two different conversations have a Jaccard below 0.6."""
    together = [{address(row) for row in g["rows"]} for g in planted["duplicates"] + planted["not_duplicates"]]
    broken = {(mark["file"], mark["line"]) for mark in planted["broken"]}
    sets = {place: shingles(body(row)) for place, row in rows.items() if place[0] != DATA[3] and place not in broken}
    alike = [
        (left, right)
        for left, right in itertools.combinations(sets, 2)
        if jaccard(sets[left], sets[right]) >= 0.6 and not any(left in group and right in group for group in together)
    ]
    assert not alike


def test_private_values_stand_where_they_are_listed(planted: dict[str, Any], lines: dict[str, list[bytes]]) -> None:
    for found in planted["pii"]:
        text = lines[found["file"]][found["line"] - 1].decode()
        assert found["value"] in text
    assert {found["place"] for found in planted["pii"]} >= {
        "user", "assistant", "tool_arguments", "tool_result", "content_part", "prompt", "chosen", "rejected",
    }  # fmt: skip
    assert {found["kind"] for found in planted["pii"]} == {
        "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS", "MAC_ADDRESS", "CRYPTO",
        "SECRET",
    }  # fmt: skip


def test_private_values_stand_nowhere_else(planted: dict[str, Any], lines: dict[str, list[bytes]]) -> None:
    """Whatever looks like mail, a long telephone number or an IP in a healthy line is on the list."""
    listed: dict[tuple[str, int], set[str]] = {}
    for found in planted["pii"]:
        listed.setdefault((found["file"], found["line"]), set()).add(found["value"])
    looks = re.compile(r"[\w.+-]+@[\w.-]+\w|\+\d[\d -]{8,}\d|\b\d{1,3}(?:\.\d{1,3}){3}\b")
    for name, content in lines.items():
        for number, line in enumerate(content, 1):
            seen = set(looks.findall(line.decode(errors="replace").replace("\\n", " ")))
            assert seen <= listed.get((name, number), set()), (name, number)


def test_decoys_stand_in_their_rows(planted: dict[str, Any], rows: dict[Any, Any]) -> None:
    for decoy in planted["decoys"]:
        assert all(value in body(rows[decoy["file"], decoy["line"]]) for value in decoy["keep"])


def test_over_long_and_too_short_rows_are_what_they_are_called(planted: dict[str, Any], rows: dict[Any, Any]) -> None:
    """Counted with o200k_base: clearly on the wrong side of 4,096 and 16, and every other row on the right side."""
    from ftdata.tokens import load_encoding

    counter = load_encoding("o200k_base")
    wrong = {(mark["file"], mark["line"]) for mark in planted["over_long"] + planted["too_short"]}
    broken = {(mark["file"], mark["line"]) for mark in planted["broken"]}
    healthy = [place for place in rows if place not in broken]
    counts = counter.count([body(rows[place], ("system", "user", "assistant", "tool")) for place in healthy])
    for place, count in zip(healthy, counts, strict=True):
        assert (int(count) > 4300 or int(count) <= 6) if place in wrong else 20 <= int(count) < 3500, (place, count)


def test_the_system_prompt_is_shared_by_the_set(rows: dict[Any, Any]) -> None:
    prompts = Counter(
        message["content"]
        for (name, _), row in rows.items()
        if name in TICKETS and isinstance(row, dict)
        for message in row.get("messages", ())
        if message["role"] == "system"
    )
    assert len(prompts) == 1
    assert prompts.total() > 220


def test_unicode_oddities_are_raw_in_the_bytes(planted: dict[str, Any], lines: dict[str, list[bytes]]) -> None:
    marks = {mark["kind"]: lines[mark["file"]][mark["line"] - 1] for mark in planted["unicode"]}
    assert "\u2028".encode() in marks["line_separator_2028"]
    assert "\u200d".encode() in marks["emoji_zwj"]
    text = marks["decomposed_nfd"].decode()
    assert unicodedata.normalize("NFC", text) != text
