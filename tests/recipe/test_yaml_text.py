"""YAML is read without its traps, and what is wrong with it is one line that names the place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftdata import RecipeError
from ftdata.recipe.yaml_text import Told, read_yaml, write_yaml

if TYPE_CHECKING:
    from pathlib import Path


def told(text: str, folder: Path) -> object:
    path = folder / "r.yaml"
    path.write_text(text, encoding="utf-8")
    return read_yaml(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("Off", "Off"), ("y", "y"),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("2024-05-01", "2024-05-01"), ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"), ("12:30:45", "12:30:45"),
        ("1:30", "1:30"), ("010", 10), ("0x10", "0x10"), ("1_000", "1_000"), ("7", 7), ("-7", -7), ("+7", 7),
        ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1e-3", 0.001), ("1E3", 1000.0), (".inf", math.inf), ("-.INF", -math.inf),
        ("=", "="), ("<<", "<<"), ("'7'", "7"), ('"no"', "no"), ("'true'", "true"), ("3.11.2", "3.11.2"), ("-", [None]),
        ("1e", "1e"), ("e5", "e5"), (".", "."), ("+", "+"), ("nan", "nan"),
        ("|\n  a\n  b\n", "a\nb\n"), ("é", "é"), ("\ufeffa", "a"),
    ],
)  # fmt: skip
def test_plain_values_are_those_of_yaml_1_2(text: str, value: object, tmp_path: Path) -> None:
    """What YAML 1.1 reads as a truth value, a date, an octal or a sexagesimal number is text or a plain number."""
    found = told(text, tmp_path)
    assert found == value
    assert type(found) is type(value)


def test_not_a_number_is_a_number(tmp_path: Path) -> None:
    assert math.isnan(told(".nan", tmp_path))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", "r.yaml:3: 'a' is given twice"),
        ("x:\n  - {a: 1, a: 1}\n", "r.yaml:2: 'a' is given twice"),
        ("? a\n: 1\n? a\n: 2\n", "r.yaml:3: 'a' is given twice"),
        ("1: a\n", "r.yaml:1: a key is a text; put 1 in quotes"),
        ("null: a\n", "r.yaml:1: a key is a text; put null in quotes"),
        ("true: a\n", "r.yaml:1: a key is a text; put true in quotes"),
        ("? [a, b]\n: 1\n", "r.yaml:1: a key is a text"),
        ("a: &a\n  b: *a\n", "a part of the recipe holds itself"),
        ("&a [*a]\n", "r.yaml:1: a part of the recipe holds itself"),
        ("a: *b\n", "r.yaml:1: not YAML (found undefined alias 'b')"),
        ("!!python/object/apply:os.system [x]\n", "r.yaml:1: a tag (!)"),
        ("a: !!python/name:os.system x\n", "r.yaml:1: not YAML (could not determine a constructor"),
        ("a: !mine {b: 1}\n", "r.yaml:1: a tag (!)"),
        ("a: !!set {b, c}\n", "r.yaml:1: a tag (!)"),
        ("a: [1, 2\nb: 3\n", "r.yaml:2: not YAML (expected ',' or ']'"),
        ("a: 'b\n", "not YAML (found unexpected end of stream)"),
        ("\ta: b\n", "r.yaml:1: not YAML (found character '\\t'"),
        ("a: 1\n---\nb: 2\n", "r.yaml:2: not YAML (but found another document)"),
        ("a: \x01\n", "r.yaml: not YAML (it cannot be parsed)"),
        ("a: {<<: 3}\n", "r.yaml:1: << takes a mapping"),
        ("[" * 5000, "nested too deep"),
        ("[" * 5000 + "]" * 5000, "nested too deep"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_its_place(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        told(text, tmp_path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_aliases_cannot_blow_up_a_recipe(tmp_path: Path) -> None:
    """The first lines of a 'billion laughs' stand for more values than a machine can hold."""
    text = "a: &x0 [lol]\n" + "".join(f"b{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 9)}]\n" for i in range(1, 30))
    with pytest.raises(RecipeError, match="more than 100,000 values, counting those that aliases stand for"):
        told(text, tmp_path)


def test_a_key_too_many_digits_long_is_no_trouble(tmp_path: Path) -> None:
    """Python refuses to make an int of more than 4,300 digits, and says so in words of its own."""
    assert told("a: " + "9" * 5000, tmp_path) == {"a": math.inf}


def test_anchors_and_merge_keys_work(tmp_path: Path) -> None:
    text = "base: &b {a: 1, b: 2}\nmore: &m {c: 3, a: 9}\none: {<<: *b, b: 5}\ntwo:\n  <<: [*b, *m]\n  d: 4\n"
    found = told(text, tmp_path)
    assert found == {
        "base": {"a": 1, "b": 2}, "more": {"c": 3, "a": 9}, "one": {"a": 1, "b": 5}, "two": {"a": 1, "b": 2, "c": 3, "d": 4},
    }  # fmt: skip


def test_mappings_know_their_line(tmp_path: Path) -> None:
    found = told("# a comment\na:\n  - b: 1\n\n  - b: 2\n", tmp_path)
    assert isinstance(found, Told)
    assert [one.line for one in found["a"]] == [3, 5]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("r.yaml", b"\xff\xfe a", "is not UTF-8 text"),
        ("r.yaml", b"# \n" * 2_000_000, "too many for a recipe"),
        ("rows.jsonl", b'{"text": "Zq7Canary"}\n', "is a file of data by its name"),
        ("rows.jsonl.gz", b"", "is a file of data by its name"),
        ("rows.JSON", b"[]", "is a file of data by its name"),
    ],
)
def test_what_is_no_recipe_is_refused(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecipeError, match=says) as caught:
        read_yaml(tmp_path / name)
    assert "Zq7Canary" not in str(caught.value)


def test_a_recipe_that_is_not_there_is_told_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    for name in ("missing.yaml", "folder.yaml", "missing/r.yaml"):
        with pytest.raises(RecipeError, match=r"the recipe cannot be read \(.*\); `ftdata init` writes one"):
            read_yaml(tmp_path / name)
    with pytest.raises(RecipeError, match="its name is no file name"):
        read_yaml(tmp_path / "a\0b")


words = st.text(max_size=8) | st.sampled_from(
    ["no", "1e5", "0E0", "010", "1:30", "2024-01-01", "<<", "~", "=", "\x85", "0x1F"]
)
plain = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False) | words
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8
)


@given(value=values)
def test_what_is_written_is_read_as_it_was(value: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """By this reader, and by one of YAML 1.1."""
    import yaml

    path = tmp_path_factory.getbasetemp() / "written.yaml"
    path.write_text(write_yaml(value), encoding="utf-8", newline="")
    assert read_yaml(path) == value
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == value


@given(text=st.text(alphabet="ab:-{}[]&*!|>'\"#%@`,? \n\t<~=.01", max_size=40))
def test_any_text_is_read_or_refused_in_one_line(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8")
    said = f"{path}"
    try:
        read_yaml(path)
    except RecipeError as error:
        said = str(error)
    assert said.startswith(f"{path}")
    assert "\n" not in said
