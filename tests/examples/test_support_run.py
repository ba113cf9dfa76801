"""The recipes of examples/support, run as a user runs them, find exactly what was planted and nothing else."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
SUPPORT = ROOT / "examples" / "support"
DATA_FILES = {"train.jsonl", "val.jsonl", "test.jsonl"}


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, what it printed, and its tables."""

    folder: Path
    printed: str
    rows: pl.DataFrame
    ledger: pl.DataFrame

    @property
    def drops(self) -> dict[tuple[str, int], str]:
        """Reason by file (as planted.json names it) and line."""
        drops = self.ledger.filter(pl.col("action") == "drop").select("source", "line", "reason")
        return {(short(source), line): reason for source, line, reason in drops.iter_rows()}

    def splits(self) -> dict[str, list[bytes]]:
        return {name: (self.folder / name).read_bytes().splitlines() for name in sorted(DATA_FILES)}


def short(source: str) -> str:
    """`examples/support/tickets/2026-04.jsonl` as planted.json names it."""
    return source.partition("support/")[2] or source


def run_recipe(name: str, folder: Path) -> Run:
    command = [sys.executable, "-c", "from ftdata.cli import main; main()", "run", f"examples/support/{name}"]
    path = os.pathsep.join(entry for entry in sys.path if entry)
    done = subprocess.run(
        [*command, "--out", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    tables = [pl.read_parquet(folder / f"{table}.parquet") for table in ("rows", "ledger")]
    return Run(folder, done.stdout + done.stderr, *tables)


@pytest.fixture(scope="module")
def planted() -> dict[str, Any]:
    return json.loads((SUPPORT / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_recipe("recipe.yaml", tmp_path_factory.mktemp("run") / "clean")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_recipe("preferences.yaml", tmp_path_factory.mktemp("run") / "clean")


def input_lines(file: str) -> list[bytes]:
    data = (SUPPORT / file).read_bytes()
    data = gzip.decompress(data) if file.endswith(".gz") else data
    return [line.removesuffix(b"\r") for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")]


@pytest.mark.parametrize(("run", "recipe"), [("chat", "recipe.yaml"), ("pairs", "preferences.yaml")])
def test_as_many_rows_leave_for_each_reason_as_were_planted(
    run: str, recipe: str, planted: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    found: Run = request.getfixturevalue(run)
    assert Counter(found.drops.values()) == planted["drops"][recipe]


def test_every_row_is_kept_or_dropped(chat: Run, planted: dict[str, Any]) -> None:
    """Rows in = rows out + rows dropped, and each has its line in rows.parquet."""
    read = sum(facts["rows"] for name, facts in planted["files"].items() if name != "preferences.jsonl")
    out = sum(len(lines) for lines in chat.splits().values())
    assert len(chat.rows) == read == out + len(chat.drops)


def test_broken_lines_leave_where_they_were_planted(chat: Run, pairs: Run, planted: dict[str, Any]) -> None:
    drops = chat.drops | pairs.drops
    for mark in planted["broken"]:
        assert drops[mark["file"], mark["line"]] == mark["reason"], mark


def test_lengths_leave_where_they_were_planted(chat: Run, planted: dict[str, Any]) -> None:
    for section, reason in (("over_long", "too_many_tokens"), ("too_short", "too_few_tokens")):
        assert [chat.drops[mark["file"], mark["line"]] for mark in planted[section]] == [reason] * 3


def test_warned_rows_stay_with_a_finding(pairs: Run, planted: dict[str, Any]) -> None:
    assert planted["warned"]
    findings = pairs.ledger.filter(pl.col("action") == "finding").select("source", "line", "reason")
    found = {(short(source), line, rule) for source, line, rule in findings.iter_rows() if source}
    for mark in planted["warned"]:
        assert (mark["file"], mark["line"], mark["rule"]) in found
        assert (mark["file"], mark["line"]) not in pairs.drops


def test_of_each_group_of_copies_one_row_stays(chat: Run, pairs: Run, planted: dict[str, Any]) -> None:
    drops = chat.drops | pairs.drops
    for group in planted["duplicates"]:
        left = [(file, line) for file, line in group["rows"] if (file, line) in drops]
        assert len(left) == len(group["rows"]) - 1, group
        reason = "near_duplicate" if group["kind"] == "near" else "exact_duplicate"
        assert {drops[row] for row in left} == {reason}, group


def test_of_a_human_and_a_synthetic_row_the_human_one_stays(chat: Run, planted: dict[str, Any]) -> None:
    mixed = [group for group in planted["duplicates"] if group.get("origins") == ["human", "synthetic"]]
    assert mixed
    for group in mixed:
        human, synthetic = (tuple(row) for row in group["rows"])
        assert human not in chat.drops
        assert synthetic in chat.drops


def test_look_alikes_stay(chat: Run, pairs: Run, planted: dict[str, Any]) -> None:
    drops = chat.drops | pairs.drops
    assert not [row for group in planted["not_duplicates"] for row in group["rows"] if tuple(row) in drops]


def without_metadata(line: bytes) -> bytes:
    """What the recipe's repair leaves of a line: the metadata and one comma go, every other byte stays."""
    return re.sub(
        rb'\s*,\s*"metadata"\s*:\s*\{[^{}]*\}', b"", re.sub(rb'"metadata"\s*:\s*\{[^{}]*\}\s*,\s*', b"", line)
    )


def test_odd_signs_and_decoys_leave_as_they_came(chat: Run, planted: dict[str, Any]) -> None:
    """Rows with rare characters, and with numbers that look private and are not, are byte for byte in the output."""
    out = {line for lines in chat.splits().values() for line in lines}
    copies = {tuple(row) for group in planted["duplicates"] for row in group["rows"]}
    for mark in planted["unicode"] + planted["decoys"]:
        if (mark["file"], mark["line"]) not in copies:
            assert without_metadata(input_lines(mark["file"])[mark["line"] - 1]) in out, mark


def test_rows_without_private_values_keep_their_bytes(chat: Run, planted: dict[str, Any]) -> None:
    files = [name for name in planted["files"] if name != "preferences.jsonl"]
    known = {without_metadata(line) for name in files for line in input_lines(name)}
    private = {(found["file"], found["line"]) for found in planted["pii"] if found["file"] in files}
    changed = [line for lines in chat.splits().values() for line in lines if line not in known]
    assert 15 <= len(changed) <= len(private)


@pytest.mark.parametrize("run", ["chat", "pairs"])
def test_private_values_are_in_no_output_but_the_rejected_rows(
    run: str, planted: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    """Tables are searched as text, not as compressed bytes. Kinds that are off by default stay in the data files."""
    found: Run = request.getfixturevalue(run)
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in found.folder.iterdir() if path.suffix != ".parquet"
    }
    texts |= {"rows.parquet": found.rows.write_json(), "ledger.parquet": found.ledger.write_json()}
    texts["printed"] = found.printed
    assert texts.pop("rejected.jsonl")
    for secret in planted["pii"]:
        off = DATA_FILES if secret["kind"] in planted["left_by_default"] else set()
        assert not [name for name, text in texts.items() if name not in off and secret["value"] in text], secret


def test_nothing_that_was_said_is_in_the_tables_or_the_report(chat: Run, planted: dict[str, Any]) -> None:
    """Some words of every ticket, and of every broken line, as canaries."""
    tables = chat.rows.write_json() + chat.ledger.write_json() + chat.printed
    tables += "".join((chat.folder / name).read_text(encoding="utf-8") for name in ("report.html", "manifest.json"))
    canaries = [b"Quillmoor", b"hairline fracture", b"flea market", b"conversation_text", b"choir", "发票".encode()]
    everything = b"\n".join(line for name in planted["files"] for line in input_lines(name))
    for canary in canaries:
        assert canary in everything or canary.decode() in json.dumps(everything.decode(errors="replace"))
        assert canary.decode() not in tables


def metadata_by_output(chat: Run) -> dict[str, list[dict[str, Any]]]:
    """Per output file the metadata of its rows, read from the lines that they came from."""
    found: dict[str, list[dict[str, Any]]] = {}
    fates = pl.read_parquet(chat.folder / "rows.parquet").filter(pl.col("fate") == "kept")
    for source, line, output in fates.select("source", "line", "output").iter_rows():
        raw = input_lines(short(source))[line - 1]
        found.setdefault(output, []).append(json.loads(raw)["metadata"])
    return found


def test_only_people_are_evaluated_on(chat: Run) -> None:
    for name in ("val.jsonl", "test.jsonl"):
        rows = metadata_by_output(chat)[name]
        assert rows
        assert not [row for row in rows if "seed_id" in row]


def test_a_customer_and_a_lineage_stay_on_one_side(chat: Run) -> None:
    sides: dict[str, set[str]] = {}
    for name, rows in metadata_by_output(chat).items():
        for about in rows:
            for key in (about.get("customer"), about.get("ticket_id"), about.get("seed_id")):
                if key:
                    sides.setdefault(key, set()).add(name)
    assert not {key: names for key, names in sides.items() if len(names) > 1}


def test_rejected_rows_are_for_the_owner_only(chat: Run) -> None:
    rejected = chat.folder / "rejected.jsonl"
    assert rejected.stat().st_mode & 0o777 == 0o600
    assert len(chat.drops) <= len(rejected.read_bytes().splitlines()) <= len(chat.drops) + 1
