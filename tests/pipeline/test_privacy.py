"""Law 8 for whole runs: strings planted in every place of a row are seen in no output but the data and rejected.jsonl.

The stages are held to this one by one elsewhere (`ftdata.testing.laws.assert_private`). Here are whole runs, as commands
and as calls: each output file, table cell, report, printed line, warning, log line and error text is searched for every
planted string as it is, whatever its case, and as it would be escaped or encoded.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import os
import pty
import subprocess
import sys
import traceback
import urllib.parse
import warnings
from html import escape
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from ftdata import (
    Dataset,
    Deduplicate,
    Describe,
    Fields,
    Filter,
    FilterTokens,
    FtdataError,
    Pipeline,
    ScrubPII,
    Split,
    Validate,
)  # fmt: skip
from ftdata.cli import main
from small_set import chats, line, write_lines

ROOT = Path(__file__).parents[2]
PLACES = (
    "text", "cut", "key", "deepkey", "id", "group", "parent", "generator", "created", "stratum", "role", "type", "name",
    "argument", "argumentkey", "description", "callid", "broken", "utf8", "duplicate", "duplicated", "array", "deep", "extra",
    "tool", "weight", "copy", "url",
)  # fmt: skip


def secret(place: str) -> str:
    """A word of no language that tells where it was planted."""
    return f"Zq7{place.capitalize()}Canary"


SECRETS = {place: secret(place) for place in PLACES} | {"umlaut": "Zq7ÜmläutÇanary", "cjk": "秘密金丝雀七号"}


def rows() -> list[Any]:
    """Rows, right and wrong, with a secret wherever a row may hold text; all are human."""
    good = chats(24, start=100)
    for number, row in enumerate(good):
        row["meta"] = {
            "id": f"{secret('id')}-{number}",
            "group": f"{secret('group')}-{number % 19}",
            "parents": [f"{secret('parent')}-{number}"],
            "generator": f"{secret('generator')}-{number % 2}",
            "created": f"2024-01-{secret('created')}",
            "stratum": f"{secret('stratum')}-{number % 3}",
        }
        row["messages"][0]["content"] += f" {SECRETS['text']} {SECRETS['umlaut']} {SECRETS['cjk']}"
    for number in (1, 2):  # copies and near-copies
        good.append(json.loads(json.dumps(good[number])))
        good[-1]["meta"]["id"] = f"{secret('copy')}-{number}"
    good[3]["messages"][1]["content"] += f" anna.{secret('cut')}@example-mail.com"
    good[4][secret("extra")] = {secret("deepkey"): 1}
    good[5]["messages"][0][secret("key")] = secret("key")
    good[6]["messages"][0]["role"] = secret("role")
    good[7]["messages"][1]["weight"] = secret("weight")
    good[8]["messages"][0]["content"] = [{"type": secret("type"), "text": secret("text")}]
    good[9]["messages"][0]["content"] = [{"type": "image_url", "image_url": {"url": f"x:{secret('url')}"}}]
    call = {
        "id": secret("callid"),
        "type": "function",
        "function": {"name": secret("name"), "arguments": json.dumps({secret("argumentkey"): secret("argument")})},
    }
    good[10]["messages"][1]["tool_calls"] = [call]
    good[11]["messages"][1]["tool_calls"] = [
        {**call, "function": {"name": secret("name"), "arguments": f"{{{secret('argument')}"}}
    ]
    good[12]["messages"].append({"role": "tool", "tool_call_id": secret("callid"), "content": secret("text")})
    good[13]["tools"] = [
        {"type": "function", "function": {"name": secret("tool"), "description": secret("description"),
         "parameters": {"type": secret("type"), "properties": {secret("argumentkey"): {"type": secret("type")}}}}}
    ]  # fmt: skip
    good[14]["messages"] = secret("text")
    good[15]["messages"][0]["content"] = {secret("key"): secret("text")}
    good[16]["messages"][1]["content"] = f"{secret('text')} " * 3000
    broken = [
        f'{{"messages": "{secret("broken")}'.encode(),
        b'{"text": "' + secret("utf8").encode() + b'\xff"}',
        f'{{"{secret("duplicate")}": "{secret("duplicated")}", "{secret("duplicate")}": 1}}'.encode(),
        f'["{secret("array")}"]'.encode(),
        f'{{"a": {"[" * 300}"{secret("deep")}"{"]" * 300}}}'.encode(),
        f'{{"text": "{secret("broken")}"}} {{"text": 1}}'.encode(),
        f'{{"text": "{secret("broken")} \\ud800"}}'.encode(),
        f'{{"text": {secret("broken")}}}'.encode(),
        f'{{"text": NaN, "x": "{secret("broken")}"}}'.encode(),
    ]
    return [line(row) for row in good] + broken


FIELDS = {name: f"meta.{name}" for name in ("id", "group", "parents", "generator", "created", "stratum")}


def forms_of(word: str) -> set[str]:
    """A string as it may be written down: as it is, escaped for JSON, Python, HTML and URLs, in base64 and in hex."""
    raw = word.encode()
    forms = {word, json.dumps(word)[1:-1], ascii(word)[1:-1], escape(word), urllib.parse.quote(word), raw.hex()}
    for shift in range(3):  # wherever it begins among the groups of three bytes; the ends depend on what is around
        coded = base64.b64encode(b"\0" * shift + raw).decode()
        forms.add(coded[(0, 2, 3)[shift] : len(coded) - len(coded) % 4 - 4])
    return {form.casefold() for form in forms}


FORMS = {place: forms_of(word) for place, word in SECRETS.items()}


def seen(text: str) -> set[str]:
    folded = text.casefold()
    return {place for place, forms in FORMS.items() if any(form in folded for form in forms)}


def cells(frame: pl.DataFrame) -> str:
    return " ".join(frame.columns) + " ".join(str(value) for values in frame.iter_rows() for value in values)


def shown_files(folder: Path) -> dict[str, str]:
    """All files of a run but those that may hold text of rows, as text; tables cell by cell."""
    data = {"train.jsonl", "val.jsonl", "test.jsonl", "data.jsonl", "rejected.jsonl"}
    told = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in data:
            told[path.name] = path.read_bytes().decode("utf-8", "replace")
            if path.suffix == ".parquet":
                told[path.name] += cells(pl.read_parquet(path)) + str(pl.read_parquet_metadata(path))
    return told


@contextlib.contextmanager
def listening():
    """Collects what is printed, logged and warned of."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with (
            contextlib.redirect_stdout(heard),
            contextlib.redirect_stderr(heard),
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("always")
            yield heard
        heard.write("\n".join(str(one.message) for one in warned))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


STAGES = [
    Validate(target="openai"),
    ScrubPII(),
    Deduplicate(),
    FilterTokens(max_tokens=500),
    Filter(where='"meta.generator" IS NOT NULL', reason="no_generator"),
    Split(train=0.6, val=0.2, test=0.2),
    Describe(by="split"),
    Describe(by="group"),
    Describe(by="stratum"),
    Describe(by="generator"),
]
RECIPE = """\
inputs:
  - paths: [rows.jsonl]
    origin: human
    fields: {id: meta.id, group: meta.group, parents: meta.parents, generator: meta.generator, created: meta.created,
             stratum: meta.stratum}
stages:
  - {stage: Validate, target: openai}
  - {stage: ScrubPII}
  - {stage: Deduplicate}
  - {stage: FilterTokens, max_tokens: 500}
  - {stage: Filter, where: '"meta.generator" IS NOT NULL'}
  - {stage: Split, train: 0.6, val: 0.2, test: 0.2}
  - {stage: Describe, by: group}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("private")
    write_lines(made / "rows.jsonl", rows())
    (made / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    return made


def test_the_search_finds_what_it_is_to_find() -> None:
    """The planted strings are in the rows, and each of their forms is found."""
    everything = b"\n".join(one for one in rows()).decode(errors="replace")
    assert seen(everything) == set(SECRETS)
    for place, word in SECRETS.items():
        for text in (
            word.upper(),
            json.dumps({"x": word}),
            repr([word]),
            f"<p>{escape(word)}</p>",
            word.encode().hex(),
        ):
            assert place in seen(text), (place, text)
        for before in ("", "a", "ab", "abc"):
            assert place in seen(base64.b64encode(f"{before}{word} and more".encode()).decode()), (place, before)


def test_a_run_shows_nothing_of_its_rows(folder: Path, tmp_path: Path) -> None:
    """Report, manifest, ledger, rows, every cell of both tables, every story, every repr, and all that is printed."""
    with listening() as heard:
        data = Dataset.read(folder / "rows.jsonl", origin="human", fields=Fields(**FIELDS))
        result = Pipeline(STAGES).run(data, out=tmp_path / "out")
        print(result, result.report, result.dataset, result.splits, result.pipeline, result.ledger, result.rows)
        print(result.report.to_html(), result.report._repr_html_(), dict(result.dataset.notes))
        print(*(result.why(source, number) for source, number in result.rows.select("source", "line").iter_rows()))
    assert seen(heard.getvalue()) == set()
    told = shown_files(tmp_path / "out")
    assert set(told) == {"rows.parquet", "ledger.parquet", "manifest.json", "report.html", "report.json"}
    assert {name: seen(text) for name, text in told.items() if seen(text)} == {}
    reasons = set(result.ledger["reason"])
    assert {"invalid_json", "invalid_record", "exact_duplicate", "pii_replaced"} <= reasons, (
        "the rows were really judged"
    )


@pytest.mark.parametrize(
    "command",
    [
        ["run", "recipe.yaml", "--dry-run"],
        ["run", "recipe.yaml", "--out", "OUT"],
        ["run", "recipe.yaml", "--out", "OUT", "--strict"],
        ["check", "rows.jsonl"],
        ["check", "rows.jsonl", "--json"],
        ["check", "rows.jsonl", "--json", "--target", "openai"],
        ["check", "rows.jsonl", "--json", "--target", "openai/dpo"],
        ["check", "rows.jsonl", "--target", "trl"],
        ["check", "rows.jsonl", "--format", "sharegpt", "--json"],
        ["stats", "rows.jsonl", "--by", "source"],
        ["stats", "rows.jsonl", "--json"],
        ["run", "rows.jsonl", "--dry-run"],
    ],
    ids=" ".join,
)
def test_a_command_shows_nothing_of_the_rows(
    command: list[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with listening() as heard, pytest.raises(SystemExit):
        main([str(tmp_path / "out") if word == "OUT" else word for word in command])
    assert heard.getvalue()
    assert seen(heard.getvalue()) == set()
    assert {name: seen(text) for name, text in shown_files(tmp_path).items() if seen(text)} == {}


def test_progress_on_a_terminal_shows_nothing_of_the_rows(folder: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    program = "import ftdata.pipeline.amount as amount; amount.LEAST_SHARDS = 1; from ftdata.cli import main; main()"
    run = subprocess.Popen(
        [sys.executable, "-c", program, "run", "recipe.yaml", "--out", str(tmp_path / "out"), "--workers", "2"],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "TERM": "xterm-256color", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(theirs)
    heard = b""
    with contextlib.suppress(OSError):  # how a pseudo-terminal says that nobody writes to it any more
        while piece := os.read(ours, 65536):
            heard += piece
    os.close(ours)
    printed, _ = run.communicate()
    assert run.returncode == 0, heard[-2000:]
    assert b"1.Validate" in heard
    assert seen((heard + printed).decode(errors="replace")) == set()


# -- a user's own model ------------------------------------------------------------------------------------------------


def refuse(value: str) -> str:
    raise ValueError(f"I do not like {value}")


def assert_not(value: str) -> str:
    assert not value, f"there is {value}"
    return value


def break_down(value: str) -> str:
    return {}[value]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: Annotated[str, AfterValidator(refuse)]
    content: Annotated[str, AfterValidator(assert_not)]


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    messages: list[Message]

    @model_validator(mode="before")
    @classmethod
    def _quotes(cls, value: Any) -> Any:
        if isinstance(value, dict) and len(value) % 2:
            raise ValueError(f"{value}")
        return value


class Crashing(BaseModel):
    messages: list[dict[str, Annotated[str, AfterValidator(break_down)]]]


@pytest.mark.parametrize("model", [Row, Message, Crashing], ids=lambda model: model.__name__)
def test_a_model_of_the_users_own_quotes_nothing(model: type[BaseModel], folder: Path, tmp_path: Path) -> None:
    with listening() as heard:
        data = Dataset.read(folder / "rows.jsonl", origin="human")
        result = Pipeline([Validate(schema=model)]).run(data, out=tmp_path / "out")
        print(result.report, result.ledger.write_json())
    assert any(reason.startswith("schema.user.") for reason in result.ledger["reason"])
    assert seen(heard.getvalue()) == set()
    assert {name: seen(text) for name, text in shown_files(tmp_path).items() if seen(text)} == {}


# -- errors ------------------------------------------------------------------------------------------------------------


def everything_said(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.__dict__)


def quoting_stage(dataset: Dataset) -> Dataset:
    raise FtdataError(" ".join(str(row) for row in dataset.rows()))


def missing_path(dataset: Dataset) -> Dataset:
    from ftdata.json_bytes import Remove

    row = int(dataset.kept_rows[0])
    return dataset.edit({row: [Remove((secret("key"), secret("deepkey")))]}, by="missing_path", reason="x")


def colliding_keys(dataset: Dataset) -> Dataset:
    from ftdata.json_bytes import Insert, Rename

    row = int(dataset.kept_rows[0])
    edits = [Rename(("messages",), "meta"), Insert((secret("key"),), 1)]
    return dataset.edit({row: edits}, by="colliding_keys", reason="x")


def failing_condition(row: Any) -> bool:
    raise ValueError(str(row))


@pytest.mark.usefixtures("workers_start")
@pytest.mark.parametrize(
    ("failing", "workers"),
    [
        (quoting_stage, None),
        (missing_path, None),
        (colliding_keys, None),
        (Filter(where=failing_condition), None),
        (Filter(where=failing_condition), 2),
        (Filter(where='"meta.id" > 3'), None),
        (Filter(where='CAST("meta.id" AS INT) > 3'), None),
        (Filter(where='CAST("meta.id" AS INT) > 3'), 2),
    ],
)
def test_errors_quote_nothing(failing: Any, workers: int | None, folder: Path) -> None:
    data = Dataset.read(folder / "rows.jsonl", origin="human")
    with listening() as heard, pytest.raises(FtdataError) as caught:
        Pipeline([failing]).run(data, workers=workers)
    assert seen(everything_said(caught.value) + heard.getvalue()) == set()


class Opaque:
    def __repr__(self) -> str:
        return secret("text")


@pytest.mark.parametrize(
    "row",
    [
        {"text": Opaque()},
        {secret("key"): Opaque()},
        {secret("key"): {secret("deepkey"): {1, 2}}},
        {"messages": [{"role": "user", "content": Opaque(), secret("key"): 1}]},
        {(secret("key"), 1): "x"},
        secret("text"),
        [secret("text")],
        {"text": "\ud800" + secret("text")},
        {"text": float("nan"), secret("key"): secret("text")},
    ],
    ids=str,
)
def test_rows_from_python_that_json_cannot_hold_are_not_quoted(row: Any) -> None:
    with listening() as heard:
        try:
            result = Pipeline([Validate()]).run(Dataset.from_rows([{"text": "a"}, row]))
        except FtdataError as error:
            said = everything_said(error)
            assert "memory:2" in said
        else:
            said = str(result.report) + cells(result.ledger) + cells(result.rows)
    assert seen(said + heard.getvalue()) == set()


def test_damaged_inputs_are_not_quoted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An array that breaks off, a file that is no archive, text in another encoding, a table that is none."""
    words = SECRETS["text"]
    files = {
        "array.json": f'[{{"text": "{words}"}}, {{"text": "{words}'.encode(),
        "noarray.json": f'"{words}"'.encode(),
        "plain.jsonl.gz": f'{{"text": "{words}"}}\n'.encode(),
        "wide.jsonl": f'{{"text": "{words}"}}\n'.encode("utf-16"),
        "table.parquet": b"PAR1" + words.encode() * 9,
        "plain.jsonl.zst": words.encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SystemExit):
            main(["check", str(tmp_path / name), "--json"])
        told = "".join(capsys.readouterr())
        assert name in told
        assert seen(told) == set(), name
