"""Every command: what it prints where, its exit status, and that whatever is typed never shows a traceback."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata.cli import cli, main
from small_set import BROKEN, chat, chats, line, write_lines

ROOT = Path(__file__).parents[1]
RECIPE = """\
inputs:
- {paths: [rows.jsonl], origin: human}
stages:
- {stage: Validate, target: openai}
- {stage: Deduplicate}
- {stage: Split, train: 0.6, val: 0.2, test: 0.2}
"""
PLAIN = "inputs: [{paths: [rows.jsonl]}]\nstages: [{stage: Deduplicate, near: false}]\n"


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """The one line on standard error."""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("ftdata: "), self.err
        return self.err[len("ftdata: ") : -1]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]):
    def call(*arguments: object) -> Ended:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        told = capfd.readouterr()
        assert "Traceback" not in told.out + told.err
        return Ended(ended.value.code, told.out, told.err)

    return call


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rows (one copy, all kinds of broken lines) and recipes; it is the current one."""
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "rows.jsonl", [*chats(30), *(bad for bad, _, _ in BROKEN), chat(4)])
    write_lines(tmp_path / "good.jsonl", chats(12))
    (tmp_path / "r.yaml").write_text(RECIPE)
    (tmp_path / "plain.yaml").write_text(PLAIN)
    return tmp_path


def program(
    *arguments: str, more_environment: dict[str, str] | None = None, before: list[str] | None = None, **more
) -> subprocess.Popen[bytes]:
    """The command as a process of its own, buffered as it is for users."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment |= {"PYTHONPATH": str(ROOT / "src"), **(more_environment or {})}
    command = [*(before or []), sys.executable, "-m", "ftdata", *arguments]
    return subprocess.Popen(command, env=environment, **more)


# -- run ---------------------------------------------------------------------------------------------------------------


def test_run_writes_the_outputs_and_reports_on_standard_error(run, folder: Path) -> None:
    ended = run("run", "r.yaml", "--out", "clean")
    assert (ended.status, ended.out) == (0, "")
    assert "40 rows read, 30 kept, 10 dropped" in ended.err
    assert ended.err.endswith("written to clean; clean/rejected.jsonl may hold private text\n")
    assert (folder / "clean" / "manifest.json").is_file()


def test_run_has_one_of_out_and_dry_run(run) -> None:
    assert run("run", "r.yaml").said == "say where the outputs go with --out FOLDER"
    ended = run("run", "r.yaml", "--out", "clean", "--dry-run")
    assert (ended.status, ended.said) == (2, "--dry-run writes nothing; leave --out away")


def test_dry_run_lists_what_would_leave_and_writes_nothing(run, folder: Path) -> None:
    before = sorted(folder.iterdir())
    ended = run("run", "r.yaml", "--dry-run")
    assert ended.status == 0
    listed = [text.split("\t") for text in ended.out.splitlines()]
    expected = [[f"rows.jsonl:{31 + i}", "read", reason] for i, (_, reason, _) in enumerate(BROKEN)]
    copies = [one for one in listed if one[2] == "exact_duplicate"]
    assert [one for one in listed if one not in copies] == expected
    ((gone, stage, _, kept),) = copies
    assert (stage, {gone, kept}) == ("2.Deduplicate", {"rows.jsonl:5", "rows.jsonl:40"})
    assert "40 rows read" in ended.err
    assert sorted(folder.iterdir()) == before


def test_strict_is_1_when_a_row_was_invalid_and_the_outputs_are_there(run, folder: Path) -> None:
    ended = run("run", "r.yaml", "--out", "a", "--strict")
    assert ended.status == 1
    assert ended.err.endswith("ftdata: 9 invalid rows and --strict\n")
    assert (folder / "a" / "manifest.json").is_file()
    assert run("run", "r.yaml", "good.jsonl", "--out", "b", "--strict").status == 0


def test_strict_counts_what_validate_drops_too(run, folder: Path) -> None:
    write_lines(folder / "bad.jsonl", [*chats(30), {"messages": []}])
    assert run("run", "r.yaml", "bad.jsonl", "--out", "a", "--strict").err.endswith("1 invalid row and --strict\n")


def test_no_rejects(run, folder: Path) -> None:
    ended = run("run", "plain.yaml", "--out", "clean", "--no-rejects")
    assert ended.err.endswith("\nwritten to clean\n")
    assert not (folder / "clean" / "rejected.jsonl").exists()


def test_a_folder_that_holds_a_run_is_refused_unless_told(run, folder: Path) -> None:
    """Before anything is read, and nothing of the old run is touched."""
    assert run("run", "plain.yaml", "--out", "clean").status == 0
    before = {path.name: path.read_bytes() for path in (folder / "clean").iterdir()}
    (folder / "rows.jsonl").rename(folder / "elsewhere.jsonl")
    ended = run("run", "plain.yaml", "--out", "clean")
    assert (ended.status, "--overwrite" in ended.said) == (2, True)
    ended = run("run", "plain.yaml", "--out", "clean", "--overwrite")
    assert (ended.status, "no such file" in ended.said) == (1, True)
    assert {path.name: path.read_bytes() for path in (folder / "clean").iterdir()} == before
    assert run("run", "plain.yaml", "good.jsonl", "--out", "clean", "--overwrite").status == 0
    assert json.loads((folder / "clean" / "manifest.json").read_bytes())["counts"]["rows_read"] == 12


@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
def test_a_folder_with_files_of_somebody_else_is_never_replaced(overwrite: list[str], run, folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.txt").write_text("years of work")
    ended = run("run", "plain.yaml", "--out", "mine", *overwrite)
    assert ended.status == 2
    assert "choose another folder" in ended.said
    ended = run("run", "plain.yaml", "--out", "rows.jsonl", *overwrite)
    assert (ended.status, ended.said) == (2, "rows.jsonl is a file; choose a folder for the run")
    assert (folder / "mine" / "thesis.txt").read_text() == "years of work"


def test_an_empty_folder_may_be_the_output(run, folder: Path) -> None:
    (folder / "clean").mkdir()
    assert run("run", "plain.yaml", "--out", "clean/").status == 0
    assert run("run", "plain.yaml", "--out", "deep/er/clean").status == 0


@pytest.mark.parametrize("out", ["rows.jsonl/clean", "/proc/nowhere/clean"])
def test_an_output_that_cannot_be_made_is_one_line(out: str, run) -> None:
    ended = run("run", "plain.yaml", "--out", out)
    assert ended.status == 1
    assert out in ended.said


@pytest.mark.parametrize("out", ["a\0b", "", "rows.jsonl"])
def test_an_output_that_is_no_name_of_a_folder_is_a_wrong_call(out: str, run, folder: Path) -> None:
    """Said before anything is read."""
    before = {path: path.read_bytes() for path in folder.iterdir()}
    (folder / "late.yaml").write_text(PLAIN.replace("rows.jsonl", "nowhere.jsonl"))
    ended = run("run", "late.yaml", "--out", out, "--overwrite")
    assert (ended.status, "name a folder" in ended.said or "is a file; choose a folder" in ended.said) == (2, True)
    (folder / "late.yaml").unlink()
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_limit_reads_only_the_first_rows(run, folder: Path) -> None:
    ended = run("run", "plain.yaml", "rows.jsonl", "--out", "clean", "--limit", 33)
    assert "33 rows read, 30 kept, 3 dropped" in ended.err
    assert (folder / "clean" / "data.jsonl").read_bytes() == b"".join(line(row) + b"\n" for row in chats(30))


def test_origin_and_format_are_taken_over_the_recipe(run) -> None:
    ended = run("run", "r.yaml", "--origin", "synthetic", "--dry-run")
    assert ended.status == 1
    assert "all inputs are of origin synthetic" in ended.said
    ended = run("check", "good.jsonl", "--format", "openai-dpo", "--target", "openai", "--json")
    assert ended.status == 1
    assert len({json.loads(text)["line"] for text in ended.out.splitlines()} - {None}) == 12
    ended = run("run", "r.yaml", "--format", "chat", "--dry-run")
    assert (ended.status, ended.said[:30]) == (2, "format 'chat' is not known; th")


@pytest.mark.usefixtures("workers_start")
def test_workers_change_nothing(run, folder: Path) -> None:
    assert run("run", "r.yaml", "--out", "one").status == 0
    assert run("run", "r.yaml", "--out", "two", "--workers", 2).status == 0
    one, two = ({p.name: p.read_bytes() for p in (folder / name).iterdir()} for name in ("one", "two"))
    assert one == two


# -- standard input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["check", "-"], ["stats", "-"], ["run", "plain.yaml", "-", "--dry-run"]])
def test_standard_input_is_read(command: list[str]) -> None:
    """`-` is JSONL; its rows are told from lines that are none."""
    started = program(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = started.communicate(b"".join(line(row) + b"\n" for row in chats(3)) + b"{broken\n")
    told = (out + err).decode()
    assert started.returncode == (1 if command[0] == "check" else 0), told
    assert "-:4" in told or "1 row could not be read" in told


def test_standard_input_that_is_empty_is_one_line(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    ended = run("check", "-")
    assert ended.status == 1
    assert "no rows" in ended.said


def test_standard_input_cannot_be_read_twice(run) -> None:
    assert "read twice" in run("check", "-", "-").said


# -- inputs that cannot be read ----------------------------------------------------------------------------------------


def bad_inputs(folder: Path) -> dict[str, tuple[str, str]]:
    """What is typed, and a word of what is said."""
    (folder / "empty.jsonl").write_bytes(b"")
    (folder / "blank.jsonl").write_bytes(b"\n \n\r\n")
    (folder / "wide.jsonl").write_bytes('{"text": "a"}\n'.encode("utf-16"))
    (folder / "nodata").mkdir()
    (folder / "nodata" / "notes.txt").write_text("x")
    (folder / "nothing").mkdir()
    (folder / "notes.txt").write_text("x")
    (folder / "fake.jsonl.gz").write_bytes(b"this is no archive")
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"text": "a"}\n' * 1000)[:-20])
    (folder / "fake.jsonl.zst").write_bytes(b"this is no archive")
    (folder / "fake.parquet").write_bytes(b"PAR1 this is no table PAR1")
    (folder / "fifo").mkdir()
    (folder / "loop.jsonl").symlink_to(folder / "loop.jsonl")
    (folder / "gone.jsonl").symlink_to(folder / "nowhere.jsonl")
    (folder / os.fsdecode(b"latin\xe9.jsonl")).write_bytes(b"{}\n")
    return {
        "missing": ("missing.jsonl", "no such file"),
        "empty": ("empty.jsonl", "no rows"),
        "blank": ("blank.jsonl", "no rows"),
        "utf-16": ("wide.jsonl", "UTF-16"),
        "no data": ("nodata", "is data"),
        "empty folder": ("nothing", "empty"),
        "unknown kind": ("notes.txt", "unknown kind"),
        "pattern": ("*.csv", "no file matches"),
        "pattern without data": ("*.txt", "is data"),
        "no archive": ("fake.jsonl.gz", "fake.jsonl.gz"),
        "cut archive": ("cut.jsonl.gz", "cut.jsonl.gz"),
        "no zst": ("fake.jsonl.zst", "fake.jsonl.zst"),
        "no table": ("fake.parquet", "fake.parquet"),
        "loop": ("loop.jsonl", "cannot be opened"),
        "dangling": ("gone.jsonl", "no such file"),
        "nul": ("a\0b.jsonl", "NUL"),
        "no name": ("", "empty path"),
        "long": ("x" * 5000 + ".jsonl", "cannot be opened"),
        "name": (os.fsdecode(b"latin\xe9.jsonl"), "its name is not UTF-8"),
        "folder as file": ("rows.jsonl/", "rows.jsonl"),
    }


@pytest.mark.parametrize("command", ["check", "stats", "run"])
def test_an_input_that_cannot_be_read_is_one_line(command: str, run, folder: Path) -> None:
    """It names the input, says what to do, and ends with 1; nothing is written."""
    cases = bad_inputs(folder)
    for name, (typed, says) in cases.items():
        arguments = ["run", "plain.yaml", typed, "--out", "clean"] if command == "run" else [command, typed]
        ended = run(*arguments)
        assert ended.status == 1, (name, ended)
        assert ended.out == "", name
        assert says in ended.said, (name, ended.said)
        assert not (folder / "clean").exists()


def test_an_input_that_may_not_be_read_is_one_line(run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for somebody who is not root."""
    import ftdata.io.compression as reading

    def refuse(*args: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied", "rows.jsonl")

    monkeypatch.setattr(reading, "open", refuse, raising=False)
    monkeypatch.setattr(Path, "open", refuse)
    ended = run("check", "rows.jsonl")
    assert ended.status == 1
    assert "rows.jsonl" in ended.said
    assert "Permission denied" in ended.said


def test_a_file_in_another_encoding_is_rows_with_a_problem(run, folder: Path) -> None:
    """Latin-1: every line that is no UTF-8 is told by file and line, and the others stay."""
    write_lines(folder / "latin.jsonl", [b'{"text": "caf\xe9"}', {"text": "tea"}, b'{"text": "th\xe9"}'])
    ended = run("check", "latin.jsonl", "--all")
    assert ended.status == 1
    assert [text.split(":")[1] for text in ended.out.splitlines()] == ["1", "3"]
    assert ended.out.count("the line is not UTF-8 text") == 2


# -- check -------------------------------------------------------------------------------------------------------------


def test_check_gives_exactly_these_objects(run, folder: Path) -> None:
    """One per problem, in the order of file and line; `file, line, path, rule, severity, message`."""
    write_lines(folder / "b.jsonl", [{"messages": [{"role": "user", "content": "a"}]}, *chats(2)])
    write_lines(folder / "a.jsonl", [*(bad for bad, _, _ in BROKEN), *chats(12)])
    ended = run("check", "b.jsonl", "a.jsonl", "--json", "--target", "openai")
    assert ended.status == 1
    told = [json.loads(text) for text in ended.out.splitlines()]
    assert {tuple(one) for one in told} == {("file", "line", "path", "rule", "severity", "message")}
    rows = [one for one in told if one["file"] == "a.jsonl"]
    assert [(one["line"], one["rule"]) for one in rows] == [(i, rule) for i, (_, _, rule) in enumerate(BROKEN, 1)]
    assert {one["severity"] for one in rows} == {"error"}
    assert {one["path"] for one in rows} == {"$"}
    other = [(one["line"], one["rule"]) for one in told if one["file"] == "b.jsonl"]
    assert other == sorted(other)
    assert other
    assert {place for place, _ in other} == {1}
    assert ended.err.startswith("24 rows: ")
    assert [one["file"] for one in told] == sorted((one["file"] for one in told), key=lambda name: (name is None, name))


def test_check_of_good_rows_is_0_and_says_so(run) -> None:
    ended = run("check", "good.jsonl", "--json")
    assert (ended.status, ended.out, ended.err) == (
        0,
        "",
        "12 rows: 0 error, 0 warning, 0 info; no --target was named: only the layout was checked\n",
    )


def test_check_notes_what_is_odd_about_files(run, folder: Path) -> None:
    """Notes are no errors."""
    rows = [line(row) for row in chats(3)]
    (folder / "odd.jsonl").write_bytes(b"\xef\xbb\xbf" + rows[0] + b"\r\n\n" + rows[1] + b"\r\n" + rows[2])
    ended = run("check", "odd.jsonl", "--json")
    assert ended.status == 0
    told = {one["rule"]: one for one in map(json.loads, ended.out.splitlines())}
    assert {"json.bom", "file.crlf", "json.blank"} <= set(told)
    assert len(ended.out.splitlines()) == len(told), "each once"
    assert told["json.blank"]["line"] == 2
    assert told["file.crlf"]["message"] == "2 lines end in CR LF"
    assert {one["severity"] for one in told.values()} == {"info"}


def test_check_in_words_tells_each_rule_once(run, folder: Path) -> None:
    """With its severity, how many rows, the first of them and what to do; then where in the rows, and the first there."""
    rows = chats(20)
    for row in rows:
        row |= {"id": 1, "Zq7Canary": 2}
    rows[3]["messages"][0]["role"] = rows[7]["messages"][1]["role"] = "robot"
    write_lines(folder / "many.jsonl", [*rows, *(bad for bad, _, _ in BROKEN)])
    ended = run("check", "many.jsonl", "--target", "openai")
    assert ended.status == 1
    lines = ended.out.splitlines()
    assert lines[:3] == [
        "error: schema.extra_key: 20 rows, first at many.jsonl:1: remove this key: the server rejects it",
        "    20 rows: $.id, at many.jsonl:1, 2, 3 ...",
        "    20 rows: $[key] (1 different key, whose names are not shown), at many.jsonl:1, 2, 3 ...",
    ]
    assert "error: json.parse: many.jsonl:21: the line is not JSON" in lines
    assert "Zq7Canary" not in ended.out + ended.err
    assert "errors" not in ended.err
    assert "--all lists every problem" in ended.err
    assert "repair: [extra_keys]" in ended.err
    assert len(lines) < 20


def test_check_lists_every_problem_when_asked(run) -> None:
    ended = run("check", "rows.jsonl", "--all")
    assert ended.status == 1
    assert ended.out.splitlines()[0] == "rows.jsonl:31: error: $: the line is not JSON [json.parse]"
    assert len(ended.out.splitlines()) == len(BROKEN) == len(run("check", "rows.jsonl", "--json").out.splitlines())
    assert ended.err == "40 rows: 9 error, 0 warning, 0 info; no --target was named: only the layout was checked\n"


def test_elements_of_an_array_on_one_line_are_told_apart(run, folder: Path) -> None:
    """By `check` in words, and by `why`, which tells of all of them or of the one that is asked for."""
    rows = [*chats(14), {"messages": []}]
    (folder / "array.json").write_text(json.dumps(rows))
    assert "array.json:1#15: error: $.messages" in run("check", "array.json", "--all", "--target", "openai").out
    (folder / "a.yaml").write_text("inputs: [{paths: [array.json]}]\nstages: [{stage: Validate, target: openai}]\n")
    assert run("run", "a.yaml", "--out", "clean").status == 0
    ended = run("why", "clean", "array.json:1")
    assert ended.status == 0
    told = [text for text in ended.out.splitlines() if not text.startswith(" ")]
    assert told == [f"array.json:1#{nth} (row {nth} of 15 that begin on this line)" for nth in range(1, 11)]
    assert ended.err == "5 more rows begin on this line; array.json:1#15 is the last of them\n"
    ended = run("why", "clean", "array.json:1#15")
    assert (ended.status, ended.err) == (0, "")
    assert "drop invalid_record" in ended.out
    for nth in (0, 16, "9" * 18):
        ended = run("why", "clean", f"array.json:1#{nth}")
        assert (ended.status, f"there is no row {nth} among them" in ended.said) == (1, True)
    assert run("why", "clean", "array.json:1#").status == 2


@pytest.mark.parametrize("option", ["--json", "--all"])
def test_check_shows_a_problem_before_it_looks_for_the_next(run, option, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large export has millions of them, and no list of all is ever held."""
    from ftdata.cli import looking
    from ftdata.report import problems

    shown: list[str] = []
    before: list[int] = []

    def one_by_one(ledger):
        for one in find_problems(ledger):
            before.append(len(shown))
            yield one

    find_problems = problems.find_problems
    monkeypatch.setattr(problems, "find_problems", one_by_one)
    monkeypatch.setattr(looking, "show", shown.append)
    run("check", "rows.jsonl", option)
    assert before == list(range(len(BROKEN)))


def test_check_with_a_target_that_there_is_not(run) -> None:
    ended = run("check", "good.jsonl", "--target", "opnai")
    assert ended.status == 2
    assert "no target is called 'opnai'; targets: openai" in ended.said


def test_a_recipe_that_asks_for_names_of_people_is_refused_before_any_data_is_read(run, folder: Path) -> None:
    recipe = "inputs: [{paths: [no-such-file.jsonl]}]\nstages: [{stage: ScrubPII, kinds: [EMAIL_ADDRESS, PERSON]}]\n"
    (folder / "names.yaml").write_text(recipe)
    ended = run("run", "names.yaml", "--out", "clean")
    assert ended.status == 2
    assert "PERSON: names, places and organisations are found by a names model" in ended.said
    assert "no-such-file" not in ended.said


def test_names_of_files_cannot_write_to_the_terminal(run, folder: Path) -> None:
    """A name with line breaks or escape sequences stays on its line."""
    name = "a\n\x1b[31mb\t.jsonl"
    write_lines(folder / name, [b"{", b"{"])
    shown = "a\\n\\x1b[31mb\\t.jsonl"
    for arguments in (["check", name], ["run", "plain.yaml", name, "--dry-run"], ["stats", name, "--by", "source"]):
        ended = run(*arguments, *(["--all"] if arguments[0] == "check" else []))
        assert "\x1b" not in ended.out + ended.err
        assert not [text for text in ended.out.splitlines() if text.startswith(("\x1b", "[31m"))]
        if arguments[0] != "stats":
            assert [text.startswith(shown) for text in ended.out.splitlines()] == [True, True]
    assert json.loads(run("check", name, "--json").out.splitlines()[0])["file"] == name
    assert run("check", "x" + name).said.startswith("xa\\n\\x1b")


# -- stats, targets, schema, version -----------------------------------------------------------------------------------


def test_stats_describes_rows(run) -> None:
    ended = run("stats", "rows.jsonl", "--by", "origin", "--json", "--origin", "human")
    (told,) = json.loads(ended.out)
    assert [(one["group"], one["rows"]) for one in told["groups"]] == [("all", 31), ("human", 31)]
    assert ended.err == "9 rows could not be read; `ftdata check` tells why\n"
    assert run("stats", "rows.jsonl").out.startswith("all  rows")


def test_stats_of_nothing_but_broken_rows(run, folder: Path) -> None:
    write_lines(folder / "broken.jsonl", [bad for bad, _, _ in BROKEN])
    ended = run("stats", "broken.jsonl")
    assert ended.status == 0
    assert ended.err.startswith("9 rows could not be read")


def test_stats_in_an_encoding_that_there_is_not(run) -> None:
    ended = run("stats", "good.jsonl", "--encoding", "gpt-5")
    assert ended.status == 2
    assert "encoding 'gpt-5'" in ended.said


def test_schema_and_targets_are_printed(run) -> None:
    from ftdata.recipe import recipe_schema
    from ftdata.targets import targets

    assert json.loads(run("schema").out) == recipe_schema()
    assert run("targets").out.split() == list(targets())


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"], *([name, "--help"] for name in cli.commands)])
def test_help_is_on_standard_output(arguments: list[str], run) -> None:
    ended = run(*arguments)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out


def test_no_command_is_a_wrong_call_and_shows_the_help(run) -> None:
    ended = run()
    assert ended.status in {0, 2}  # of older versions of click 0
    assert "Commands:" in ended.out + ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["runn"], ["run"], ["check"], ["why", "x"], ["run", "r.yaml", "--nope"], ["run", "r.yaml", "--limit", "0"],
        ["run", "r.yaml", "--limit", "x"], ["check", "good.jsonl", "--workers", "0"], ["stats", "good.jsonl", "--by", "colour"],
        ["check", "good.jsonl", "--origin", "human"], ["run", "r.yaml", "--origin", "people"], ["run", "r.yaml", "--out"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_call_is_2_with_the_usage(arguments: list[str], run) -> None:
    ended = run(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert re.fullmatch(r"(Usage: ftdata .*\n)?ftdata: .*\n", ended.err), ended.err


# -- init --------------------------------------------------------------------------------------------------------------


def test_init_then_run(run, folder: Path) -> None:
    (folder / "raw").mkdir()
    (folder / "good.jsonl").rename(folder / "raw" / "good.jsonl")
    ended = run("init", "raw")
    assert (ended.status, ended.out) == (0, "")
    assert ended.err == "wrote raw/recipe.yaml\nlook at it, then type: ftdata run raw/recipe.yaml --out clean/\n"
    ended = run("run", "raw/recipe.yaml", "--origin", "human", "--dry-run", "--limit", 1000)
    assert ended.status == 0 or "would be empty" in ended.err
    assert "12 rows" in ended.err


def test_init_in_an_empty_folder_and_in_a_new_one(run, folder: Path) -> None:
    (folder / "a b").mkdir()
    assert "ftdata run 'a b/recipe.yaml' --out clean/" in run("init", "a b").err
    assert run("init", "new/one").status == 0


def test_init_writes_over_nothing(run, folder: Path) -> None:
    assert run("init").status == 0
    before = (folder / "recipe.yaml").read_bytes()
    ended = run("init")
    assert (ended.status, "is there already" in ended.said) == (2, True)
    assert (folder / "recipe.yaml").read_bytes() == before


def test_init_for_files_writes_into_the_current_folder(run, folder: Path) -> None:
    """Rows that people wrote are split; where nobody said who wrote them, that is a question, and the recipe runs all the same."""
    for origin, split in (([], False), (["--origin", "human"], True)):
        ended = run("init", "rows.jsonl", "good.jsonl", *origin)
        assert (ended.status, ended.out) == (0, "")
        assert ended.err == "wrote recipe.yaml\nlook at it, then type: ftdata run recipe.yaml --out clean/\n"
        assert run("run", "recipe.yaml", "--out", f"clean{split}").status == 0
        assert (folder / f"clean{split}" / "test.jsonl").is_file() == split
        (folder / "recipe.yaml").unlink()


@pytest.mark.parametrize(
    ("places", "status", "says"),
    [
        (["missing.jsonl"], 1, "no such file"), (["*.csv"], 1, "no file matches"), (["-"], 2, "standard input"), ([""], 2, "empty"),
        (["a\0b"], 2, "NUL"), (["r.yaml"], 1, "unknown kind"), (["rows.jsonl", "missing.jsonl"], 1, "no such file"),
    ],
)  # fmt: skip
def test_init_for_what_is_no_data_is_one_line(places: list[str], status: int, says: str, run, folder: Path) -> None:
    ended = run("init", *places)
    assert (ended.status, says in ended.said) == (status, True), ended
    assert not (folder / "recipe.yaml").exists()


# -- why ---------------------------------------------------------------------------------------------------------------


def test_why_tells_the_story_of_a_row(run) -> None:
    run("run", "r.yaml", "--out", "clean")
    ended = run("why", "clean", "rows.jsonl:31")
    assert (ended.status, ended.err) == (0, "")
    assert re.fullmatch(r"rows\.jsonl:31\n  read: drop invalid_json \(.*rule: json\.parse.*\)\n  dropped\n", ended.out)
    assert re.search(r"kept: (train|val|test)\.jsonl:\d+\n$", run("why", "clean", "rows.jsonl:1").out)
    copy = [place for place in (5, 40) if "stands in its place" in run("why", "clean", f"rows.jsonl:{place}").out]
    assert len(copy) == 1


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("rows.jsonl", 2, "is no address"), ("rows.jsonl:", 2, "is no address"), (":3", 2, "is no address"),
        ("rows.jsonl:-1", 2, "is no address"), ("rows.jsonl:1.5", 2, "is no address"), ("rows.jsonl:x", 2, "is no address"),
        ("rows.jsonl:²", 2, "is no address"), ("rows.jsonl:" + "9" * 5000, 2, "is no address"),
        ("rows.jsonl:0", 1, "no row begins at line 0"), ("rows.jsonl:41", 1, "its last one is at line 40"),
        ("rows.jsonl:" + "9" * 18, 1, "no row begins"), ("other.jsonl:1", 1, "is not an input of this run"),
        ("ows.jsonl:1", 1, "is not an input of this run"),
    ],
)  # fmt: skip
def test_why_of_no_row_is_one_line(address: str, status: int, says: str, run) -> None:
    run("run", "plain.yaml", "--out", "clean")
    ended = run("why", "clean", address)
    assert (ended.status, ended.out) == (status, "")
    assert says in ended.said


@pytest.mark.parametrize("dashes", [(), ("--",)])
def test_why_of_a_row_of_standard_input(dashes, run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address begins like an option, and is none."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"".join(line(row) + b"\n" for row in chats(3)))))
    assert run("run", "plain.yaml", "-", "--out", "clean").status == 0
    ended = run("why", *dashes, "clean", "-:2")
    assert (ended.status, ended.out) == (0, "-:2\n  kept: data.jsonl:2\n")
    assert run("why", "clean", *dashes, "-:3#1").out.startswith("-:3")
    assert run("why", "clean", *dashes, "-:4").status == 1


def test_why_still_knows_its_options(run) -> None:
    assert "Usage: ftdata why" in run("why", "--help").out
    assert "No such option" in run("why", "clean", "--jsno").err
    assert run("why", "clean").status == run("why", "clean", "rows.jsonl:1", "-:1").status == 2


def test_why_of_no_run_is_a_wrong_call(run) -> None:
    run("run", "plain.yaml", "--out", "clean")
    for place in ("nowhere", "rows.jsonl", ".", "", "a\0b"):
        ended = run("why", place, "rows.jsonl:1")
        assert ended.status == 2, ended
        assert "give the folder that --out named" in ended.said or "NUL" in ended.said


def test_why_of_a_run_that_is_not_as_it_was_written_is_one_line(run, folder: Path) -> None:
    """It names the file, whatever was done to it, and is no bug."""
    run("run", "plain.yaml", "--out", "clean")
    for name in ("rows.parquet", "ledger.parquet", "manifest.json"):
        path = folder / "clean" / name
        kept = path.read_bytes()
        for content in (b"PAR1", b"", kept[:-7], kept.replace(b"r", b"s"), None):
            path.write_bytes(content) if content is not None else path.unlink()
            ended = run("why", "clean", "rows.jsonl:1")
            assert ended.status == (2 if content is None and name == "manifest.json" else 1)
            assert ended.said.startswith(f"clean/{name}: " if ended.status == 1 else "clean: ")
            path.write_bytes(kept)
        foreign = pl.DataFrame({"row": [1]})
        foreign.write_parquet(path)
        assert run("why", "clean", "rows.jsonl:1").said.startswith(f"clean/{name}: ")
        path.write_bytes(kept)


# -- the process -------------------------------------------------------------------------------------------------------


def test_a_reader_that_has_had_enough_is_no_trouble(folder: Path) -> None:
    """As in `ftdata check ... | head`: nothing on standard error but the summary, and a true exit status."""
    write_lines(folder / "many.jsonl", [b"{"] * 3000)
    started = program("check", "many.jsonl", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert started.stdout is not None
    assert started.stderr is not None
    assert started.stdout.readline()
    started.stdout.close()
    err = started.stderr.read().decode()
    started.stderr.close()
    assert started.wait() == 1
    assert err == "3,000 rows: 3,000 error, 0 warning, 0 info; no --target was named: only the layout was checked\n"


def test_a_little_output_to_a_reader_that_has_gone_is_no_trouble(folder: Path) -> None:
    """It is still in the buffer when the command ends."""
    reading, writing = os.pipe()
    os.close(reading)
    started = program("targets", stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    _, err = started.communicate()
    assert (started.returncode, err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_standard_output_on_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        started = program("targets", stdout=full, stderr=subprocess.PIPE)
        _, err = started.communicate()
    assert (started.returncode, err) == (1, b"ftdata: standard output: No space left on device\n")


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_stream_is_no_traceback(closed: int) -> None:
    shell = ["sh", "-c", f'exec "$@" {closed}>&-', "sh"]
    started = program("check", "rows.jsonl", stdout=subprocess.PIPE, stderr=subprocess.PIPE, before=shell)
    out, err = started.communicate()
    assert started.returncode == 1
    if closed == 1:
        assert err == b"ftdata: standard output: it is closed\n"
    else:
        assert out.count(b"\n") == 9


@pytest.mark.parametrize(("number", "workers"), [(signal.SIGINT, "1"), (signal.SIGTERM, "2")])
def test_ctrl_c_and_kill_stop_a_run_at_once(number: int, workers: str, folder: Path) -> None:
    """With status 130, one line, no output, no work folder and no worker left behind."""
    write_lines(
        folder / "large.jsonl", [chat(number, note="n" * 400) for number in range(60_000)]
    )  # enough for workers
    (folder / "slow.yaml").write_text(
        "inputs: [{paths: [large.jsonl]}]\nstages: [{stage: ScrubPII}, {stage: Deduplicate}]\n"
    )
    work = folder / "work"
    work.mkdir()
    started = program(
        "run", "slow.yaml", "--out", "clean", "--workers", workers,
        stderr=subprocess.PIPE, start_new_session=True, more_environment={"TMPDIR": str(work)},
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(folder.glob(".ftdata-clean-*/work/" + ("texts-*" if workers == "1" else "rows-*"))):
        assert time.monotonic() < deadline, started.kill()
        assert started.poll() is None, started.communicate()[1]
        time.sleep(0.05)
    started.send_signal(number)
    _, err = started.communicate(timeout=60)
    assert (started.returncode, err.decode().strip()) == (130, "ftdata: stopped; nothing was written")
    assert not [path.name for path in folder.iterdir() if "clean" in path.name]
    assert not list(work.glob("ftdata-*"))
    while True:  # nobody of its session is left, once the last has ended
        try:
            os.killpg(started.pid, 0)
        except ProcessLookupError:
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_lack_of_memory_and_bugs_are_one_line_without_text(run, monkeypatch: pytest.MonkeyPatch) -> None:
    from ftdata import Pipeline

    for error, says in (
        (MemoryError("Zq7Canary"), "out of memory"),
        (KeyError("Zq7Canary"), "a bug in ftdata: KeyError at test_cli.py:"),
        (RuntimeError("Zq7Canary"), "a bug in ftdata: RuntimeError at test_cli.py:"),
        (OSError(28, "Zq7Canary"), "the machine: No space left on device"),
        (OSError("No space left on device (os error 28)"), "the machine: No space left on device"),
    ):

        def fail(*args: object, _error: Exception = error, **more: object) -> None:
            raise _error

        monkeypatch.setattr(Pipeline, "run_files", fail)
        ended = run("check", "good.jsonl")
        assert ended.status == 1
        assert says in ended.said
        assert "Zq7Canary" not in ended.err


def test_a_key_error_of_why_is_a_bug_and_not_shown(run, monkeypatch: pytest.MonkeyPatch) -> None:
    import ftdata.report.run_folder

    def fail(*args: object, **more: object) -> None:
        raise KeyError("Zq7Canary")

    monkeypatch.setattr(ftdata.report.run_folder, "stories_of_run", fail)
    ended = run("why", "clean", "rows.jsonl:1")
    assert "a bug in ftdata: KeyError" in ended.said
    assert "Zq7Canary" not in ended.err


def test_termination_is_again_what_it_was(run) -> None:
    before = signal.getsignal(signal.SIGTERM)
    run("targets")
    assert signal.getsignal(signal.SIGTERM) is before


words = st.sampled_from(
    [*cli.commands, "--out", "--json", "--limit", "--workers", "1", "0", "-1", "--target", "openai", "--origin", "human", "--format",
     "text", "--by", "--strict", "--dry-run", "--overwrite", "--no-rejects", "-", "--", "rows.jsonl", "good.jsonl", "r.yaml",
     "plain.yaml", "clean", "clean/", ".", "..", "", "*", "[", "rows.jsonl:1", ":", "-h", "--encoding", "o200k_base", "é", "a\nb", "\ud800"]
)  # fmt: skip


@given(arguments=st.lists(words | st.text(max_size=6), max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_never_a_traceback(
    arguments: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = capfd.readouterr()
    assert ended.value.code in {0, 1, 2}
    assert "Traceback" not in told.out + told.err
    assert "a bug in ftdata" not in told.err, told.err


def test_check_without_a_target_says_how_little_was_checked(run, folder: Path) -> None:
    """A file of rows that no trainer takes must not look as if it were clean."""
    write_lines(folder / "odd.jsonl", [{"messages": []}, *chats(2)])
    assert "no --target was named" in run("check", "odd.jsonl").err
    assert "no --target was named" not in run("check", "odd.jsonl", "--target", "trl").err


def test_a_run_of_which_no_row_is_left_says_so(run, folder: Path) -> None:
    write_lines(folder / "bad.jsonl", [b"{", b"["])
    (folder / "bad.yaml").write_text("inputs: [{paths: [bad.jsonl]}]\nstages: [{stage: Validate}]\n")
    ended = run("run", "bad.yaml", "--out", "bad")
    assert (ended.status, "no row is left" in ended.err) == (0, True)


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("{stage: FilterTokens, max_tokens: 18446744073709551616}", "max_tokens"),
        ("{stage: Split, seed: 99999999999999999999}", "seed"),
    ],
)
def test_a_number_beyond_all_measure_is_a_wrong_recipe(run, folder: Path, stage: str, words: str) -> None:
    (folder / "big.yaml").write_text(f"inputs: [{{paths: [rows.jsonl], origin: human}}]\nstages: [{stage}]\n")
    ended = run("run", "big.yaml", "--out", "big")
    assert ended.status == 2
    assert words in ended.said


def test_a_name_that_is_no_text_is_a_wrong_call(run) -> None:
    ended = run("run", "r.yaml", "--out", os.fsdecode(b"\xff\xfe"))
    assert ended.status == 2
    assert "no UTF-8 text" in ended.said


def test_a_file_of_data_that_is_taken_for_a_recipe_is_not_quoted(run, folder) -> None:
    (folder / "d.txt").write_text("Zyxw Quillfeather: 078-05-1120\nQuillfeather: 1\n")
    assert run("run", "d.txt", "--out", "clean").said == "d.txt:1: the recipe: stages is missing"
    (folder / "d.yaml").write_text("stages: []\nZyxw Quillfeather: 078-05-1120\n")
    assert "Quillfeather" not in run("run", "d.yaml", "--out", "clean").err
    (folder / "d.yaml").write_text("stage: []\n")
    assert "'stage' is not known; there are: inputs, stages" in run("run", "d.yaml", "--out", "clean").said


def test_a_recipe_without_an_end_is_not_read_to_it(run) -> None:
    ended = run("run", "/dev/zero", "--out", "clean")
    assert (ended.status, "more than 4 MiB are too many for a recipe" in ended.said) == (2, True)


def test_brackets_in_the_name_of_a_folder_are_no_pattern(run, folder) -> None:
    (folder / "a[x]").mkdir()
    assert run("run", "r.yaml", "--out", "a[x]/clean").status == 0
    assert (folder / "a[x]" / "clean" / "train.jsonl").stat().st_size


def test_no_origin_that_may_be_evaluated_on_is_a_wrong_call(run, folder) -> None:
    (folder / "r.yaml").write_text(RECIPE.replace("Split,", "Split, eval_origins: [],"))
    ended = run("run", "r.yaml", "--out", "clean")
    assert (ended.status, "name one in eval_origins" in ended.said) == (2, True)


def test_standard_input_that_is_closed_is_one_line(run, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ended = run("check", "-")
    assert (ended.status, ended.said) == (1, "-: standard input is closed; give it rows, or name a file")


def test_an_interrupt_while_the_program_is_loaded_is_no_traceback(folder) -> None:
    """The command line is a module that never ends loading; the interrupt comes in the middle of that."""
    (folder / "click.py").write_text("print('loading', flush=True)\nimport time\ntime.sleep(60)\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "ftdata", "targets"], env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT / 'src'}"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "loading\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1] == "ftdata: stopped; nothing was written\n"
    assert process.returncode == 130
