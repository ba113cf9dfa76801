"""A run on disk is told of only as it was written; everything else is one line that names the file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import Dataset, Deduplicate, FtdataError, Pipeline, ReadError, RecipeError
from ftdata.report.run_folder import stories_of_run, story_of_run
from small_set import chat, chats, write_lines

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("rows.parquet", "ledger.parquet")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    path = write_lines(folder / "a.jsonl", [*chats(5), b"{", chat(1)])
    Pipeline([Deduplicate()]).run(Dataset.read(path), out=folder / "out")
    return folder / "out"


@pytest.fixture
def out(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "out")
    return tmp_path / "out"


def vouch(folder: Path) -> None:
    """Make the manifest agree with the tables, as somebody would who means to deceive."""
    place = folder / "manifest.json"
    manifest = json.loads(place.read_bytes())
    for name in TABLES:
        manifest["files"][name]["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    place.write_text(json.dumps(manifest))


def test_the_manifest_has_the_digest_of_every_file_but_the_private_one(out: Path) -> None:
    told = json.loads((out / "manifest.json").read_bytes())["files"]
    assert set(told) == {path.name for path in out.iterdir()} - {"manifest.json", "rejected.jsonl"}
    for name, facts in told.items():
        content = (out / name).read_bytes()
        assert facts == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_was_cut_replaced_or_removed_is_named(name: str, out: Path) -> None:
    content = (out / name).read_bytes()
    other = pl.DataFrame({"row": [1]})
    for changed in (content[:-5], content[: len(content) // 2], b"", b"PAR1", content + b"x", b"Zq7Canary" * 99):
        (out / name).write_bytes(changed)
        with pytest.raises(ReadError, match=rf"{name}: it is not the file that the run wrote"):
            story_of_run(out, "a.jsonl", 1)
    for foreign in (other, pl.read_parquet(out / TABLES[name == TABLES[0]])):
        foreign.write_parquet(out / name)
        with pytest.raises(ReadError, match=rf"{name}: it is not the file"):
            story_of_run(out, "a.jsonl", 1)
    (out / name).unlink()
    with pytest.raises(ReadError, match=rf"{name}: it is missing"):
        story_of_run(out, "a.jsonl", 1)


def changes(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """A table with the right digest that ftdata would not have written."""
    first = frame.columns[0]
    made = [frame.drop(name) for name in frame.columns if name != "output_line"]
    made += [frame.with_columns(pl.lit(None).alias(name)) for name in ("row", "source", "line")]
    made += [frame.with_columns(pl.lit("x").alias(first)), frame.clear().drop(first)]
    return made


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_ftdata_would_not_write_is_named_even_with_a_true_digest(name: str, out: Path) -> None:
    frame = pl.read_parquet(out / name)
    for changed in changes(frame):
        changed.write_parquet(out / name)
        vouch(out)
        with pytest.raises(ReadError, match=rf"{name}: it is not as ftdata writes it"):
            story_of_run(out, "a.jsonl", 6)


def test_rows_that_stand_twice_or_nowhere_are_not_as_ftdata_writes_them(out: Path) -> None:
    rows, ledger = (pl.read_parquet(out / name) for name in TABLES)
    for name, frame in (
        ("rows.parquet", pl.concat([rows, rows])),
        ("rows.parquet", rows.with_columns(pl.lit(10**9).alias("kept_row"))),
        ("ledger.parquet", ledger.with_columns(pl.lit(10**9).alias("row"))),
        ("ledger", ledger.with_columns(pl.lit("no JSON").alias("detail"))),
        ("ledger", ledger.with_columns(pl.lit("[]").alias("detail"))),
    ):
        rows.write_parquet(out / "rows.parquet")
        ledger.write_parquet(out / "ledger.parquet")
        frame.write_parquet(out / name if name.endswith("parquet") else out / "ledger.parquet")
        vouch(out)
        with pytest.raises(ReadError, match=rf"{name}.* is not as ftdata writes it"):
            story_of_run(out, "a.jsonl", 6)


@pytest.mark.parametrize(
    "told", [b"", b"{", b"[]", b"{}", b'{"format_version": 1}', b'{"format_version":1,"files":[]}']
)
def test_a_manifest_that_ftdata_would_not_write_is_named(told: bytes, out: Path) -> None:
    (out / "manifest.json").write_bytes(told)
    with pytest.raises(ReadError, match=r"manifest\.json: it is not as ftdata writes it"):
        story_of_run(out, "a.jsonl", 1)


def test_what_is_no_run_is_a_wrong_call(out: Path) -> None:
    for folder in (out.parent, out / "rows.parquet", out / "nowhere", out.parent / "a\0b"):
        with pytest.raises(RecipeError, match=r"NUL|this is no run; give the folder that --out named"):
            story_of_run(folder, "a.jsonl", 1)


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_changed_in_a_table_nothing_but_an_error_of_ours_comes_out(
    data, written: Path, tmp_path_factory
) -> None:
    """Also with a manifest that agrees."""
    out = tmp_path_factory.mktemp("changed") / "out"
    shutil.copytree(written, out)
    name = data.draw(st.sampled_from(TABLES))
    content = bytearray((out / name).read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        content[at] ^= data.draw(st.integers(1, 255))
    (out / name).write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    with pytest.raises(ReadError, match="it is not the file that the run wrote"):
        story_of_run(out, "a.jsonl", 1)
    vouch(out)
    with contextlib.suppress(FtdataError, LookupError):
        stories_of_run(out, "a.jsonl", 1, most=10)
