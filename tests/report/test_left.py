"""Why rows left, in one line: rules with counts, a row each, and the command that shows them all."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from ftdata import Dataset, Deduplicate, FilterTokens, Pipeline, Split, SplitError, Validate
from ftdata.cli import main
from ftdata.report.left import told_drops
from small_set import BROKEN, chat, chats, write_lines


def wrong_role(number: int) -> dict:
    row = chat(number)
    row["messages"][0]["role"] = "customer"
    return row


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Ten rows of an unknown role, three without an answer, a line that is no JSON."""
    rows = [*map(wrong_role, range(10)), *({"messages": chat(i)["messages"][:1]} for i in range(3)), BROKEN[0][0]]
    return write_lines(tmp_path / "a b.jsonl", rows)


def test_the_rules_that_most_rows_broke_are_told_with_a_row_each_and_what_to_type(broken: Path) -> None:
    data = Validate(target="openai")(Dataset.read(broken, origin="human"))
    told = told_drops(data)
    assert told.startswith(
        f" (invalid_json 1, invalid_record 13): role.unknown in 10 rows, first at {broken}:1 $.messages[0].role; "
        f"role.no_assistant in 3 rows, first at {broken}:11 $.messages; json.parse in 1 row at {broken}:14"
    )
    assert told.endswith(f". To see every problem type: ftdata check {shlex.quote(str(broken))} --target openai")
    assert "\n" not in told


def test_no_more_than_three_kinds_are_told_and_how_many_there_are() -> None:
    answered = {"role": "tool", "tool_call_id": "x", "content": "yes"}
    rows = [
        *map(wrong_role, range(4)),
        {"messages": []},
        {"messages": [chat(1)["messages"][0], answered]},
        {"messages": 3},
    ]
    data = Validate(target="openai")(Dataset.from_rows(rows, format="openai-chat"))
    errors = data.ledger.filter(data.ledger["detail"].str.json_path_match("$.severity") == "error")
    rules = set(errors.filter(errors["row"].is_not_null())["reason"])
    assert len(rules) > 4
    told = told_drops(data)
    assert told.count("; ") == 3
    assert told.endswith(f"; and {len(rules) - 3} more kinds")
    assert "ftdata check" not in told, "rows from memory are in no file"


def test_only_rows_of_the_origins_asked_for_are_told_of() -> None:
    data = Dataset.from_rows(chats(3), origin="human") + Dataset.from_rows(chats(4), origin="synthetic")
    gone = data.drop([0, 1], by="X", reason="short").drop([4, 5, 6], by="Y", reason="long")
    assert told_drops(gone, origins={"human"}) == ": short in 2 rows, first at memory:1"
    assert told_drops(gone, origins={"synthetic"}) == ": long in 3 rows, first at memory-2:2"
    assert told_drops(gone).startswith(": long in 3 rows, first at memory-2:2; short in 2 rows")


def test_a_key_of_a_row_is_not_named() -> None:
    rows = [{"Zq7Canary": 1, "messages": [{"role": "user", "content": {"Zq7Canary": 1}}]} for _ in range(3)]
    data = Validate(target="openai")(Dataset.from_rows(rows, format="openai-chat"))
    assert len(data) == 0
    assert "Zq7Canary" not in told_drops(data)


def test_where_every_row_left_split_tells_why_and_nothing_of_origins(broken: Path) -> None:
    pipeline = Pipeline([Validate(target="openai"), Deduplicate(), Split()])
    with pytest.raises(
        SplitError, match=r"^no row is left to split: all 14 rows were dropped before \(invalid_json 1"
    ) as caught:
        pipeline.run(Dataset.read(broken, origin="human"))
    assert "role.unknown in 10 rows" in str(caught.value)
    assert "origin" not in str(caught.value)


def test_where_all_that_could_be_evaluated_on_left_split_tells_why(broken: Path) -> None:
    """What is left is not evaluated on; to say that people wrote it would be the wrong advice."""
    data = Dataset.read(broken, origin="human") + Dataset.from_rows(chats(5), origin="synthetic")
    with pytest.raises(SplitError) as caught:
        Pipeline([Validate(target="openai"), Split()]).run(data)
    said = str(caught.value)
    assert said.startswith(
        "no row may enter val or test: those that are left (5 synthetic) are not evaluated on, and all 14 human rows were "
        "dropped before (invalid_json 1, invalid_record 13): role.unknown in 10 rows, first at "
    )
    assert said.endswith("--target openai")
    assert "--origin" not in said


def test_where_few_are_left_split_tells_where_the_others_are(broken: Path) -> None:
    data = Dataset.read(broken, origin="human") + Dataset.from_rows(chats(1), origin="human")
    with pytest.raises(
        SplitError, match=r"would be empty: .*; 14 human rows were dropped before .*role\.unknown in 10 rows"
    ):
        Pipeline([Validate(target="openai"), Split()]).run(data)


def test_a_refusal_carries_what_the_stages_before_it_did(broken: Path) -> None:
    pipeline = Pipeline([Pipeline([Validate(target="openai")], name="clean"), FilterTokens(min_tokens=0), Split()])
    with pytest.raises(SplitError) as caught:
        pipeline.run(Dataset.read(broken, origin="human"))
    told = [(one["stage"], one["rows_in"], one["rows_out"], one["dropped"]) for one in caught.value.flow]
    assert told == [
        ("read", 14, 13, {"invalid_json": 1}),
        ("1.clean/1.Validate", 13, 0, {"invalid_record": 13}),
        ("2.FilterTokens", 0, 0, {}),
    ]
    with pytest.raises(SplitError) as caught:
        Pipeline([Split()]).run(Dataset.from_rows(chats(3), origin="synthetic"))
    assert caught.value.flow == (), "no stage had done anything"


@pytest.mark.parametrize("more", [("--out", "clean"), ("--dry-run",)])
def test_the_table_of_stages_is_shown_before_the_error(
    more: tuple[str, ...], broken: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """As it is when a run ends well; and the files of the command are named from where the user is."""
    monkeypatch.chdir(broken.parent)
    Path("job").mkdir()
    Path("job/r.yaml").write_text(
        "inputs: [{paths: [../a b.jsonl], origin: human}]\n"
        "stages: [{stage: Validate, target: openai}, {stage: Deduplicate}, {stage: Split}]\n"
    )
    with pytest.raises(SystemExit) as ended:
        main(["run", "job/r.yaml", *more])
    assert ended.value.code == 1
    out, err = capfd.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert lines[0].split() == ["stage", "in", "out", "edited", "findings", "dropped", "by", "reason"]
    assert lines[3].split()[:3] + lines[3].split()[-2:] == ["1.Validate", "13", "0", "invalid_record", "13"]
    assert lines[4].split() == ["2.Deduplicate", "0", "0"]
    assert [number for number, line in enumerate(lines) if line.startswith("ftdata: ")] == [len(lines) - 1]
    assert "first at ../a b.jsonl:1 $.messages[0].role" in lines[-1]
    assert lines[-1].endswith("ftdata check 'job/../a b.jsonl' --target openai")
    assert sorted(path.name for path in Path().iterdir()) == ["a b.jsonl", "job"]
    with pytest.raises(SystemExit) as ended:  # what is to be typed can be typed
        main(shlex.split(lines[-1].partition("type: ftdata ")[2]))
    assert ended.value.code == 1
    assert "error: role.unknown: 10 rows" in capfd.readouterr().out
