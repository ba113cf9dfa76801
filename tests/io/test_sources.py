"""Names become files, or one line that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftdata.errors import ReadError
from ftdata.io import Source, find_sources


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ["b.jsonl", "a.jsonl", "c.ndjson.gz", "d.JSON", "deep/er/e.json.zst", "deep/f.parquet", "README.md"]:
        path = Path("raw", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    for name in [".hidden.jsonl", ".git/x.jsonl", "deep/g.parquet.gz"]:
        path = Path("raw", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path


def test_a_folder_is_searched_in_depth_sorted_and_other_files_passed_over(folder):
    assert find_sources("raw") == [
        Source("raw/a.jsonl", "jsonl"),
        Source("raw/b.jsonl", "jsonl"),
        Source("raw/c.ndjson.gz", "jsonl", "gzip"),
        Source("raw/d.JSON", "json"),
        Source("raw/deep/er/e.json.zst", "json", "zstd"),
        Source("raw/deep/f.parquet", "parquet"),
    ]


def test_names_keep_their_order(folder):
    found = find_sources(["raw/b.jsonl", Path("raw/a.jsonl"), "-"])
    assert found == [Source("raw/b.jsonl", "jsonl"), Source("raw/a.jsonl", "jsonl"), Source("-", "jsonl")]


def test_patterns_are_sorted_and_may_go_in_depth(folder):
    assert [source.path for source in find_sources("raw/*.jsonl")] == ["raw/a.jsonl", "raw/b.jsonl"]
    assert [source.path for source in find_sources("raw/**/*.parquet")] == ["raw/deep/f.parquet"]
    assert [source.path for source in find_sources("raw/*")] == [
        "raw/a.jsonl",
        "raw/b.jsonl",
        "raw/c.ndjson.gz",
        "raw/d.JSON",
    ]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(folder):
    Path("raw/[a].jsonl").write_bytes(b"")
    assert find_sources("raw/[a].jsonl") == [Source("raw/[a].jsonl", "jsonl")]


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ([], "no input is named"),
        ("", "empty path"),
        ("raw/none.jsonl", "there is no such file"),
        ("raw/README.md", "unknown kind; rename it to .jsonl"),
        ("raw/deep/g.parquet.gz", "unknown kind"),
        ("raw/*.csv", "no file matches"),
        ("raw/*.md", "none of the 1 files that match is data"),
        ("empty", "the folder is empty"),
        ("other", "none of the 1 files in the folder is data"),
        (["raw", "raw/a.jsonl"], "read twice"),
        (["raw/a.jsonl", "raw/link.jsonl"], "read twice (also as raw/a.jsonl)"),
        (["-", "-"], "read twice"),
        ("run", "output of a run"),
        ("a\0b", "NUL"),
        ("raw/a.jsonl/b.jsonl", "cannot be opened"),
        ("raw/dangling.jsonl", "there is no such file"),
    ],
)
def test_each_mistake_has_one_line_that_says_what_to_do(folder, paths, words):
    for name in ("empty", "other", "run"):
        Path(name).mkdir()
    Path("other/notes.txt").write_bytes(b"")
    for name in ("manifest.json", "ledger.parquet", "train.jsonl"):
        Path("run", name).write_bytes(b"")
    if "raw/link.jsonl" in paths:
        Path("raw/link.jsonl").symlink_to("a.jsonl")
    if paths == "raw/dangling.jsonl":
        Path(paths).symlink_to("nowhere")
    with pytest.raises(ReadError) as caught:
        find_sources(paths)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_in_a_run_may_be_named(folder):
    Path("run").mkdir()
    for name in ("manifest.json", "ledger.parquet", "train.jsonl"):
        Path("run", name).write_bytes(b"")
    assert find_sources("run/train.jsonl") == [Source("run/train.jsonl", "jsonl")]


def test_a_path_that_no_file_can_have_is_one_line() -> None:
    with pytest.raises(ReadError, match="half a character"):
        find_sources("\ud800.jsonl")


def test_a_pattern_that_takes_in_the_output_of_a_run_is_refused(tmp_path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("../rows.jsonl", "train.jsonl", "manifest.json", "ledger.parquet"):
        (out / name).write_text("{}\n")
    with pytest.raises(ReadError, match=r"output of a run in .*out; write a pattern that leaves it out"):
        find_sources(str(tmp_path / "**" / "*.jsonl"))
    assert [source.path for source in find_sources(str(out / "t*.jsonl"))] == [str(out / "train.jsonl")]
    assert len(find_sources(str(tmp_path / "*.jsonl"))) == 1
