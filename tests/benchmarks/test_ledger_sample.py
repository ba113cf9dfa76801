"""The sample of a ledger shows the right rows: as read, as shipped or rejected, and the one that was kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ftdata import Dataset, Deduplicate, FilterTokens, Pipeline, ScrubPII

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from ledger_sample import RunFolder, chosen, differences, shown, story  # noqa: E402

LONG = "the tablet stays dark after the update and only a soft click comes from the case when I press the button"
TEXTS = [
    ("Hello.", "Hello to you."),
    ("Mail ann@example.org, please.", "I wrote to ann@example.org."),
    ("Hello.", "Hello to you."),
    (f"{LONG} for long.", "Hold it."),
    (f"So {LONG} for long.", "Hold it."),
    ("Say it all.", "word " * 300),
]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """Rows in two files, so that numbers and lines differ, of more than one batch's worth in the first."""
    rows = [{"messages": [{"role": "user", "content": a}, {"role": "assistant", "content": b}]} for a, b in TEXTS]
    filler = [{"messages": [{"role": "user", "content": f"{i} {'pad ' * 40}{i}"}]} for i in range(3)]
    (tmp_path / "first.jsonl").write_text("\n\n".join(json.dumps(row) for row in filler))  # with blank lines
    (tmp_path / "second.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    data = Dataset.read([tmp_path / "first.jsonl", tmp_path / "second.jsonl"], origin="human")
    pipeline = Pipeline([ScrubPII(), Deduplicate(threshold=0.7), FilterTokens(max_tokens=100, encoding="o200k_base")])
    pipeline.run(data, out=tmp_path / "clean")
    return RunFolder(tmp_path / "clean", Path())


def told(run: RunFolder) -> dict[str, list[str]]:
    entries = [entry for entry in chosen(run.ledger, 100, 0) if entry["row"] is not None]
    rows = {entry["row"] for entry in entries}
    kept = set(run.rows["kept_row"].drop_nulls().to_list())
    texts, now = run.read(rows | kept), run.after(rows)
    return {entry["reason"]: story(run, entry, texts, now) for entry in entries}


def test_every_kind_of_entry_shows_its_rows(run: RunFolder) -> None:
    stories = told(run)
    assert stories.keys() == {"pii_replaced", "exact_duplicate", "near_duplicate", "too_many_tokens"}
    edited = "\n".join(stories["pii_replaced"])
    assert "read: " in edited
    assert "ann@example.org" in edited  # it is printed on purpose
    assert "[-ann@example.org-]{+<EMAIL_ADDRESS_1>+}" in edited
    assert "shipped, data.jsonl:" in edited
    (read,) = (line for line in stories["too_many_tokens"] if line.startswith("read: "))
    assert json.loads(read.removeprefix("read: "))["messages"][0]["content"] == "Say it all."
    near = stories["near_duplicate"]
    assert any(line.startswith("rejected, rejected.jsonl:") and line.endswith("as it was read") for line in near)
    assert any("kept in its place, " in line and "second.jsonl:5 (kept): " in line for line in near)
    assert any("{+So" in line for line in near)


def test_rows_are_those_of_the_index_behind_blank_lines_and_batches(run: RunFolder, monkeypatch) -> None:
    """Row by row, in whatever batches the file is read."""
    import ftdata.io
    from ftdata.io import RowReader

    whole = run.read(run.rows["row"].to_list())
    monkeypatch.setattr(ftdata.io, "RowReader", lambda source: RowReader(source, batch_bytes=1))
    assert run.read(run.rows["row"].to_list()) == whole
    assert [json.loads(whole[row + 3])["messages"][0]["content"] for row in range(6)] == [text for text, _ in TEXTS]


def test_a_file_that_was_changed_is_told(run: RunFolder) -> None:
    source = Path(run.manifest["inputs"][1]["path"])
    source.write_text(source.read_text() + "\n")
    with pytest.raises(SystemExit, match="SHA-256"):
        run.read([4])


def test_the_seed_decides_and_every_reason_comes_before_a_second_of_any(run: RunFolder) -> None:
    for seed in range(3):
        assert {entry["reason"] for entry in chosen(run.ledger, 5, seed)} == set(run.ledger["reason"].cast(str))
    assert chosen(run.ledger, 4, 1) == chosen(run.ledger, 4, 1)


def test_a_row_cannot_steer_the_terminal() -> None:
    assert shown("a\x1b[2Jb", 100) == "a\\x1b[2Jb"
    assert len(shown("x" * 1_000, 100)) < 150


def test_differences_name_what_went_and_what_came() -> None:
    assert list(differences("one two three", "one 2 three")) == ["one [-two-]{+2+} three"]
    assert not list(differences("same", "same"))


def test_it_writes_nothing_but_what_it_prints(run: RunFolder) -> None:
    before = sorted(run.folder.rglob("*"))
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "ledger_sample.py", run.folder, "--rows", "3"],
        capture_output=True, text=True, check=True, cwd=run.folder,
    )  # fmt: skip
    assert done.stdout.count("\n== ") == 3
    assert sorted(run.folder.rglob("*")) == before
