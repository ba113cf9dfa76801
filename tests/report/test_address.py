"""The name of an input, its end, and its path from where one stands all mean it; what is not clear is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftdata.report.address import find_source


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("job/a/x.jsonl", "job/b/x.jsonl", "job/y.jsonl", "y.jsonl", "elsewhere/z.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * (len(name) + 1))
    monkeypatch.chdir(tmp_path)
    return tmp_path


NAMES = ["a/x.jsonl", "b/x.jsonl", "y.jsonl", "../elsewhere/z.jsonl", "/far/w.jsonl", "memory"]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("a/x.jsonl", "a/x.jsonl"),  # the name
        ("y.jsonl", "y.jsonl"),  # the name, although another file has this path from here
        ("w.jsonl", "/far/w.jsonl"),  # its end
        ("z.jsonl", "../elsewhere/z.jsonl"),
        ("job/a/x.jsonl", "a/x.jsonl"),  # the path
        ("./job/../job/b/x.jsonl", "b/x.jsonl"),
        ("elsewhere/z.jsonl", "../elsewhere/z.jsonl"),
        ("job/y.jsonl", "y.jsonl"),
        ("memory", "memory"),
    ],
)
def test_what_is_typed_means_an_input(asked: str, name: str) -> None:
    assert find_source(asked, NAMES, {}) == name
    assert find_source(str(Path("job/a/x.jsonl").resolve()), NAMES, {}) == "a/x.jsonl"


def test_from_a_folder_the_path_is_clear_where_the_end_of_a_name_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LookupError, match=r"x\.jsonl matches several inputs; there are: a/x\.jsonl, b/x\.jsonl$"):
        find_source("x.jsonl", NAMES, {})
    monkeypatch.chdir("job/b")
    assert find_source("x.jsonl", NAMES, {}) == "b/x.jsonl"


def test_a_file_of_another_size_is_not_the_one_that_was_read() -> None:
    sizes = {"y.jsonl": 3}
    with pytest.raises(LookupError, match=r"is not as it was when y\.jsonl was read .* type y\.jsonl$"):
        find_source("job/y.jsonl", NAMES, sizes)
    assert find_source("y.jsonl", NAMES, sizes) == "y.jsonl"


@pytest.mark.parametrize("asked", ["other.jsonl", "", "x\0", "job", "ar/w.jsonl", "x" * 5000])
def test_what_means_no_input_is_refused_with_a_list(asked: str) -> None:
    with pytest.raises(LookupError, match=r"is not an input of this run; there are: a/x\.jsonl, .* \.\.\.$"):
        find_source(asked, NAMES, {})
