"""The files of a run: which there are, what is in each line of them, and that equal runs are equal to the last byte."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import gzip
import hashlib
import json
import re
import stat
from pathlib import Path

import polars as pl
import pytest

from ftdata import Dataset, Deduplicate, Describe, Fields, FilterTokens, Pipeline, Result, ScrubPII, Split, Validate
from small_set import BROKEN, chat, chats, line, write_lines

SPLIT_FILES = {"train.jsonl", "val.jsonl", "test.jsonl"}
TABLES = {"rows.parquet", "ledger.parquet", "manifest.json", "report.html", "report.json"}
STAGES = (
    Validate(target="openai"),
    ScrubPII(),
    Deduplicate(),
    FilterTokens(max_tokens=200),
    Split(train=0.6, val=0.2, test=0.2, seed=3),
    Describe(by="split"),
)


def inputs(folder: Path) -> list[Path]:
    """Two files: rows with a copy, an address, a long one, all broken lines, CRLF, a blank line and a BOM."""
    rows = chats(30)
    rows[3]["messages"][0]["content"] += " Write to anna.berg@acme-mail.com, please."
    rows[5]["messages"][1]["content"] = "word " * 400
    rows[7] = {"messages": []}
    first = write_lines(folder / "first.jsonl", [*rows[:15], *(bad for bad, _, _ in BROKEN), chat(2)])
    lines = [line(row) for row in rows[15:]]
    (folder / "second.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join([*lines[:5], b"", *lines[5:]]))
    return [first, folder / "second.jsonl"]


def read(paths: list[Path], **more) -> Dataset:
    return Dataset.read(paths, origin="human", fields=Fields(id="id"), **more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outputs")


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    made = Pipeline(STAGES).run(read(inputs(folder)), out=folder / "out")
    assert len(made.dataset) < len(made.dataset.index)
    return made


@pytest.fixture(scope="module")
def out(result: Result, folder: Path) -> Path:
    return folder / "out"


# -- which files -------------------------------------------------------------------------------------------------------


def test_a_run_with_a_split_has_these_files_and_no_others(out: Path) -> None:
    assert {path.name for path in out.iterdir()} == SPLIT_FILES | TABLES | {"rejected.jsonl"}


def test_a_run_without_a_split_has_one_data_file(tmp_path: Path) -> None:
    Pipeline([Deduplicate()]).run(Dataset.from_rows(chats(3)), out=tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == TABLES | {"rejected.jsonl", "data.jsonl"}


def test_a_split_that_was_not_asked_for_has_no_file(tmp_path: Path) -> None:
    made = Pipeline([Split(train=0.7, val=0.3, test=0)]).run(
        Dataset.from_rows(chats(30), origin="human"), out=tmp_path / "out"
    )
    assert list(made.splits) == ["train", "val"]
    assert not (tmp_path / "out" / "test.jsonl").exists()


def test_rejects_are_left_out_when_asked(tmp_path: Path) -> None:
    Pipeline([]).run(read(inputs(tmp_path)), out=tmp_path / "out", rejects=False)
    assert {path.name for path in (tmp_path / "out").iterdir()} == TABLES | {"data.jsonl"}
    assert "rejected.jsonl" not in json.loads((tmp_path / "out" / "manifest.json").read_bytes())["counts"]["outputs"]


def test_only_the_rejected_rows_are_for_the_owner_alone(out: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()}
    assert modes.pop("rejected.jsonl") == 0o600
    assert len(set(modes.values())) == 1
    assert set(modes.values()) != {0o600}


def test_the_folder_holds_nothing_hidden_and_has_no_siblings_left(out: Path, folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"first.jsonl", "second.jsonl", "out"}
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


# -- the data files ----------------------------------------------------------------------------------------------------


def lines_of(path: Path) -> list[bytes]:
    content = path.read_bytes()
    assert not content or content.endswith(b"\n")
    assert b"\r" not in content
    return content.split(b"\n")[:-1]


def original(folder: Path, source: str, number: int) -> bytes:
    return Path(source).read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")[number - 1].removesuffix(b"\r")


def test_unedited_rows_have_their_bytes_and_stand_where_the_table_says(result: Result, out: Path, folder: Path) -> None:
    edited = set(result.ledger.filter(pl.col("action") == "edit")["row"])
    assert edited
    files = {name: lines_of(out / name) for name in SPLIT_FILES}
    seen = dict.fromkeys(files, 0)
    for row in result.rows.filter(pl.col("fate") == "kept").iter_rows(named=True):
        written = files[row["output"]][row["output_line"] - 1]
        seen[row["output"]] += 1
        assert row["output_line"] == seen[row["output"]], "in the order of the input"
        if row["row"] not in edited:
            assert written == original(folder, row["source"], row["line"])
        else:
            assert b"anna" not in written
            assert json.loads(written)["messages"][0]["content"].endswith("Write to <EMAIL_ADDRESS_1>, please.")
    assert seen == {name: len(lines) for name, lines in files.items()}


def test_the_splits_are_what_is_in_the_files(result: Result, out: Path) -> None:
    assert list(result.splits) == ["train", "val", "test"]
    for name, part in result.splits.items():
        assert list(part.raw()) == lines_of(out / f"{name}.jsonl")
        assert len(part) == len(list(part.rows()))
    assert sum(map(len, result.splits.values())) == len(result.dataset)


# -- rejected.jsonl ----------------------------------------------------------------------------------------------------


def given_back(entry: dict) -> bytes:
    assert ("raw" in entry) != ("raw_base64" in entry)
    return entry["raw"].encode() if "raw" in entry else base64.b64decode(entry["raw_base64"], validate=True)


def test_rejected_rows_come_back_to_the_byte(result: Result, out: Path, folder: Path) -> None:
    """Also lines that are no JSON and no text; a row that was edited before it was dropped comes as it stood then."""
    entries = [json.loads(text) for text in lines_of(out / "rejected.jsonl")]
    drops = result.ledger.filter(pl.col("action") == "drop").sort("row")
    assert [(e["source"], e["line"], e["stage"], e["reason"], e["detail"]) for e in entries] == [
        (source, number, stage, reason, json.loads(detail))
        for source, number, stage, reason, detail in drops.select("source", "line", "stage", "reason", "detail").rows()
    ]
    assert all(
        set(e) - {"raw", "raw_base64"} == {"source", "line", "stage", "reason", "detail", "notice"} for e in entries
    )
    assert all("private" in e["notice"] for e in entries)
    for entry in entries:
        assert given_back(entry) == original(folder, entry["source"], entry["line"])
    assert any("raw_base64" in entry for entry in entries)
    assert {bad for bad, _, _ in BROKEN} <= {given_back(entry) for entry in entries}


def test_a_row_edited_before_it_left_is_given_back_as_it_stood(tmp_path: Path) -> None:
    rows = [{"text": "Call anna.berg@acme-mail.com about " + "words " * 60}, {"text": "short"}]
    Pipeline([ScrubPII(), FilterTokens(max_tokens=20)]).run(Dataset.from_rows(rows), out=tmp_path / "out")
    (entry,) = [json.loads(text) for text in lines_of(tmp_path / "out" / "rejected.jsonl")]
    assert entry["stage"] == "2.FilterTokens"
    assert given_back(entry) == line({"text": "Call <EMAIL_ADDRESS_1> about " + "words " * 60}).replace(b": ", b":")


@pytest.mark.parametrize("name", ["long.jsonl", "long.json", "long.jsonl.gz", "long.json.gz"])
def test_a_row_that_is_too_long_is_told_by_where_its_bytes_are(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not kept, so `raw` is null, and not empty as if the row were."""
    import ftdata.io

    monkeypatch.setattr(ftdata.io, "RowReader", functools.partial(ftdata.io.RowReader, max_line=500))
    lines = [line(row) for row in chats(3)]
    lines[1] = line({"text": "Zq7 " + "long " * 200})
    content = b"\xef\xbb\xbf" + (b"[" + b",\n".join(lines) + b"]" if ".jsonl" not in name else b"\n".join(lines))
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    result = Pipeline([]).run(Dataset.read(path), out=tmp_path / "out")
    assert len(result.dataset) == 2
    (entry,) = [json.loads(text) for text in lines_of(tmp_path / "out" / "rejected.jsonl")]
    assert entry["raw"] is None
    assert "raw_base64" not in entry
    assert content[entry["offset"] : entry["offset"] + entry["length"]] == lines[1]
    assert entry["detail"] == {"rule": "json.too_long", "offset": entry["offset"], "length": len(lines[1])}


def test_every_reason_has_its_exact_count(result: Result) -> None:
    drops = result.ledger.filter(pl.col("action") == "drop")
    assert dict(drops.group_by("reason").len().iter_rows()) == {
        "invalid_json": 6, "invalid_record": 3 + 1, "exact_duplicate": 1, "too_many_tokens": 1,
    }  # fmt: skip


# -- tables ------------------------------------------------------------------------------------------------------------


def test_the_tables_on_disk_are_those_in_memory(result: Result, out: Path) -> None:
    assert pl.read_parquet(out / "rows.parquet").equals(result.rows)
    assert pl.read_parquet(out / "ledger.parquet").equals(result.ledger)


def test_the_table_of_rows_has_a_line_for_every_row_ever_read(result: Result) -> None:
    rows = result.rows
    assert rows["row"].to_list() == list(range(len(result.dataset.index)))
    assert rows.columns == [
        "row", "source", "line", "origin", "fate", "stage", "reason", "kept_row", "output", "output_line",
        "content_tokens", "cluster", "split", "turns", "characters",
    ]  # fmt: skip
    kept, dropped = (rows.filter(pl.col("fate") == fate) for fate in ("kept", "dropped"))
    assert kept.select("stage", "reason", "kept_row").null_count().row(0) == (kept.height,) * 3
    assert dropped.select("output", "output_line", "split").null_count().row(0) == (dropped.height,) * 3
    assert dropped["reason"].null_count() == 0
    for split, output in kept.select("split", "output").iter_rows():
        assert output == f"{split}.jsonl"


def test_the_ledger_has_one_drop_for_every_lost_row(result: Result) -> None:
    drops = result.ledger.filter(pl.col("action") == "drop")
    assert sorted(drops["row"]) == result.rows.filter(pl.col("fate") == "dropped")["row"].to_list()
    assert result.ledger.columns == ["row", "source", "line", "stage", "action", "reason", "detail"]
    assert all(isinstance(json.loads(detail), dict) for detail in result.ledger["detail"])


def test_a_duplicate_names_the_row_that_was_kept(result: Result, folder: Path) -> None:
    (detail,) = result.ledger.filter(pl.col("reason") == "exact_duplicate")["detail"]
    told = json.loads(detail)
    assert told["similarity"] == 1.0
    row = result.rows.filter(pl.col("row") == told["kept_row"]).row(0, named=True)
    assert (row["source"], row["line"], row["fate"]) == (told["kept_source"], told["kept_line"], "kept")


# -- manifest ----------------------------------------------------------------------------------------------------------


def test_the_manifest_says_what_the_run_was_made_from_and_with(result: Result, out: Path, folder: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_bytes())
    for facts, path in zip(manifest["inputs"], (folder / "first.jsonl", folder / "second.jsonl"), strict=True):
        content = path.read_bytes()
        assert facts["path"] == str(path)
        assert facts["sha256"] == hashlib.sha256(content).hexdigest()
        assert facts["bytes"] == len(content)
        assert facts["format"] == "openai-chat"
    assert [facts["rows"] for facts in manifest["inputs"]] == [25, 15]
    second = manifest["inputs"][1]
    assert (second["bom"], second["crlf_lines"], second["blank_lines"]) == (True, 15, 1)
    counts = manifest["counts"]
    assert counts["rows_read"] == 40 == counts["rows_kept"] + sum(counts["dropped"].values())
    assert counts["outputs"] == {name: len(lines_of(out / name)) for name in [*SPLIT_FILES, "rejected.jsonl"]}
    assert sum(counts["outputs"].values()) == 40
    versions = manifest["stage_versions"]
    assert re.fullmatch("[0-9a-f]{64}", versions["4.FilterTokens"]["sha256"])
    assert "EMAIL_ADDRESS" in versions["2.ScrubPII"]["kinds"]
    assert all(step["version"] for step in versions.values())
    assert set(manifest["libraries"]) == {"polars", "pydantic", "orjson", "numpy"}


def test_the_manifest_names_every_setting_also_the_defaults(out: Path) -> None:
    """A default of this version may be another one in the next."""
    stages = json.loads((out / "manifest.json").read_bytes())["stages"]
    assert [one["stage"] for one in stages] == [type(stage).__name__ for stage in STAGES]
    by_name = {one["stage"]: one for one in stages}
    assert by_name["Split"]["seed"] == 3
    assert by_name["Split"]["eval_origins"] == ["human"]
    assert by_name["FilterTokens"]["encoding"] == "o200k_base"
    assert by_name["Deduplicate"]["threshold"] == 0.8


def test_no_file_says_when_or_where_it_was_made(out: Path) -> None:
    """So that equal runs are equal."""
    today = dt.datetime.now(dt.UTC)
    for path in out.iterdir():
        content = path.read_bytes()
        for told in (f"{today:%Y-%m-%d}", f"{today:%Y%m%d}", f"{today:%d.%m.%Y}", f"{today:%d %b}", "ftdata-"):
            assert told.encode() not in content, (path.name, told)


def test_a_file_that_was_not_read_to_its_end_has_no_digest(tmp_path: Path) -> None:
    """Nothing is made up about rows that `limit` left out."""
    path = write_lines(tmp_path / "large.jsonl", [{"text": f"{i} " + "x" * 60_000} for i in range(500)])
    for limit, complete in ((3, False), (500, True), (501, True)):
        result = Pipeline([]).run(Dataset.read(path, limit=limit), out=tmp_path / str(limit))
        (facts,) = json.loads((tmp_path / str(limit) / "manifest.json").read_bytes())["inputs"]
        assert facts["rows"] == len(result.dataset) == min(limit, 500)
        assert facts["sha256"] == (hashlib.sha256(path.read_bytes()).hexdigest() if complete else None)
        assert (facts["bytes"] is None) != complete


# -- equal runs are equal ----------------------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.usefixtures("workers_start")
@pytest.mark.parametrize(("workers", "shard_rows"), [(None, None), (1, 1), (None, 7), (2, 7)])
def test_the_files_are_the_same_for_any_workers_and_shards(
    workers: int | None, shard_rows: int | None, result: Result, out: Path, folder: Path, tmp_path: Path
) -> None:
    given = read([folder / "first.jsonl", folder / "second.jsonl"], shard_rows=shard_rows)
    assert len(given.shards) == {None: 1, 1: 40, 7: 6}[shard_rows]
    Pipeline(STAGES).run(given, out=tmp_path / "again", workers=workers)
    expected, found = contents(out), contents(tmp_path / "again")
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


def test_writing_a_result_later_gives_the_same_files(result: Result, out: Path, tmp_path: Path) -> None:
    result.write(tmp_path / "later")
    assert contents(tmp_path / "later") == contents(out)
    result.write(tmp_path / "later", overwrite=True, rejects=False)
    assert "rejected.jsonl" not in contents(tmp_path / "later")


# -- why ---------------------------------------------------------------------------------------------------------------


def address(result: Result, **wanted: object) -> tuple[str, int]:
    row = result.rows
    for name, value in wanted.items():
        row = row.filter(pl.col(name) == value)
    return row["source"][0], row["line"][0]


def test_why_tells_the_story_of_a_kept_row(result: Result, out: Path) -> None:
    story = result.why("second.jsonl", 2)
    assert (story.fate, story.kept_in_its_place) == ("kept", None)
    assert story.output is not None
    assert story.output_line is not None
    assert json.loads(lines_of(out / story.output)[story.output_line - 1]) == chat(16)
    assert str(story).endswith(f"  kept: {story.output}:{story.output_line}")


def test_why_tells_the_story_of_an_edited_row(result: Result) -> None:
    story = result.why("first.jsonl", 4)
    edits = [event for event in story.events if event["action"] == "edit"]
    assert [(event["stage"], event["reason"], event["detail"]["kinds"]) for event in edits] == [
        ("2.ScrubPII", "pii_replaced", {"EMAIL_ADDRESS": 1})
    ]
    assert "anna" not in str(story)


@pytest.mark.parametrize("reason", ["invalid_json", "invalid_record", "too_many_tokens"])
def test_why_tells_the_story_of_a_dropped_row(reason: str, result: Result) -> None:
    story = result.why(*address(result, reason=reason))
    assert (story.fate, story.output, story.output_line) == ("dropped", None, None)
    assert [event["reason"] for event in story.events if event["action"] == "drop"] == [reason]
    assert str(story).endswith("  dropped")


def test_why_tells_which_row_stands_in_the_place_of_a_duplicate(result: Result) -> None:
    story = result.why(*address(result, reason="exact_duplicate"))
    source, _, number = str(story.kept_in_its_place).rpartition(":")
    assert result.why(source, int(number)).fate == "kept"
    assert f"{story.kept_in_its_place} stands in its place" in str(story)


def test_why_on_disk_is_why_in_memory(result: Result, out: Path) -> None:
    from ftdata.report import story_of_run

    for source, number in result.rows.select("source", "line").iter_rows():
        assert story_of_run(out, source, number) == result.why(source, number)


@pytest.mark.parametrize(
    ("source", "number", "says"),
    [
        ("third.jsonl", 1, "is not an input of this run; there are: "),
        ("irst.jsonl", 1, "is not an input"),
        ("", 1, "is not an input"),
        ("first.jsonl", 0, "no row begins at line 0"),
        ("first.jsonl", 26, "its last one is at line 25"),
        ("second.jsonl", 6, "no row begins at line 6"),  # a blank line is no row
        ("first.jsonl", 10**30, "no row begins"),
    ],
)
def test_why_says_when_there_is_no_such_row(source: str, number: int, says: str, result: Result) -> None:
    with pytest.raises(LookupError, match=re.escape(says)):
        result.why(source, number)


def test_why_does_not_choose_between_two_rows_of_one_address() -> None:
    rows = Dataset.from_rows(chats(3)) + Dataset.from_rows(chats(3, start=10))
    names = {facts.path for facts in rows.sources}
    result = Pipeline([]).run(rows)
    if len(names) == 1:
        with pytest.raises(LookupError, match="2 rows have the address memory:1"):
            result.why("memory", 1)
    else:
        assert [result.why(name, 1).output_line for name in sorted(names)] == [1, 4]


def test_a_result_says_what_it_is_in_one_line(result: Result) -> None:
    assert re.fullmatch(
        r"<Result: 28 of 40 rows kept: train\.jsonl \d+, val\.jsonl \d+, test\.jsonl \d+>", repr(result)
    )
