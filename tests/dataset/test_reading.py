"""From files and Python rows to a Dataset."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import re
import threading

import polars as pl
import pytest

from ftdata import Dataset, ReadError, RecipeError

CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
PAIR = {"prompt": "p", "chosen": "c", "rejected": "r"}


def findings(data: Dataset) -> list[tuple]:
    return data.ledger.filter(data.ledger["action"] == "finding").select("source", "line", "reason").rows()


def write(path, *lines: bytes, end: bytes = b"\n"):
    path.write_bytes(b"\n".join(lines) + end)
    return path


def test_rows_keep_their_bytes_and_their_lines(tmp_path) -> None:
    lines = [b'{ "text" : "caf\\u00e9" }', b"", b'{"text":"\xc3\xa9", "n": 1.50}']
    data = Dataset.read(write(tmp_path / "rows.jsonl", *lines))
    assert list(data.raw()) == [lines[0], lines[2]]
    assert data.column("line").to_list() == [1, 3]
    assert data.sources[0].blank == 1
    assert findings(data) == [(str(tmp_path / "rows.jsonl"), 2, "json.blank")]


def test_the_first_twenty_blank_lines_are_named_and_all_of_them_counted(tmp_path) -> None:
    data = Dataset.read(write(tmp_path / "rows.jsonl", b'{"text":"a"}', *[b""] * 25, b'{"text":"b"}'))
    (detail,) = data.ledger.filter(data.ledger["reason"] == "json.blank")["detail"]
    assert json.loads(detail) == {"severity": "info", "lines": 25, "first": list(range(2, 22))}


def test_what_a_file_is_made_of_is_noted(tmp_path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text":"a"}\r\n{"text":"b"}')
    data = Dataset.read(path)
    (facts,) = data.sources
    assert (facts.bom, facts.crlf, facts.final_newline, facts.rows, facts.size) == (True, 1, False, 2, 29)
    assert list(data.raw()) == [b'{"text":"a"}', b'{"text":"b"}']
    assert {rule for _, _, rule in findings(data)} == {"json.bom", "file.crlf"}


def test_lines_that_are_no_rows_leave_at_once_with_their_rule(tmp_path) -> None:
    path = write(
        tmp_path / "rows.jsonl", b'{"text":"a"}', b"{broken", b'{"text":"a","text":"b"}', b"[1]", b'{"text":"\xff"}'
    )
    data = Dataset.read(path)
    drops = data.ledger.select("line", "stage", "reason", "detail").rows()
    assert [(line, stage, reason, json.loads(detail)["rule"]) for line, stage, reason, detail in drops] == [
        (2, "read", "invalid_json", "json.parse"),
        (3, "read", "invalid_record", "json.dup_key"),
        (4, "read", "invalid_record", "json.not_object"),
        (5, "read", "invalid_json", "json.utf8"),
    ]
    assert len(data) == 1


def test_files_of_several_formats_are_told_apart(tmp_path) -> None:
    write(tmp_path / "a.jsonl", json.dumps(CHAT).encode())
    write(tmp_path / "b.jsonl", json.dumps(PAIR).encode())
    data = Dataset.read(tmp_path)
    assert data.column("format").to_list() == ["openai-chat", "trl-preference-standard"]
    assert findings(data) == []


def test_a_file_of_mixed_formats_has_that_of_the_most_and_a_warning() -> None:
    data = Dataset.from_rows([CHAT, CHAT, PAIR])
    assert set(data.column("format")) == {"openai-chat"}
    assert data.sources[0].agreement == pytest.approx(2 / 3)
    ((source, line, rule),) = findings(data)
    assert (source, line, rule) == ("memory", None, "file.mixed_formats")
    told = json.loads(data.ledger["detail"][0])["message"]
    assert "openai-chat (2), trl-preference-standard (1); read as openai-chat" in told


def test_a_jsonl_file_that_is_one_array_is_read_as_its_name_says_and_told(tmp_path) -> None:
    array, lines = tmp_path / "array.jsonl", tmp_path / "lines.jsonl"
    array.write_text('[\n {"text": "a"},\n {"text": "b"}\n]\n')
    lines.write_text('[1, 2]\n{"text": "b"}\n')
    data = Dataset.read([array, lines])
    assert (len(data), len(data.index)) == (2, 6), "every line is a row, whatever it is"
    ((source, line, rule),) = findings(data)
    assert (source, line, rule) == (str(array), None, "file.array")


def test_broken_rows_do_not_decide_about_the_format() -> None:
    assert Dataset.from_rows([{"x": 1}, {"y": 2}, CHAT]).sources[0].format == "openai-chat"


def test_the_format_can_be_given() -> None:
    assert Dataset.from_rows([CHAT], format="text").sources[0].format == "text"


def test_a_limit_is_of_all_files_together_in_equal_parts(tmp_path) -> None:
    for name in "abc":
        write(tmp_path / f"{name}.jsonl", *(json.dumps({"text": f"{name}{i}"}).encode() for i in range(3)))
    for limit, texts in {
        1: ["a0"], 2: ["a0", "b0"], 4: ["a0", "a1", "b0", "c0"], 8: ["a0", "a1", "a2", "b0", "b1", "b2", "c0", "c1"],
    }.items():  # fmt: skip
        assert [row["text"] for row in Dataset.read(tmp_path, limit=limit).rows()] == texts
    assert [facts.rows for facts in Dataset.read(tmp_path, limit=4).sources] == [2, 1, 1]


def test_a_limit_at_or_above_the_number_of_rows_reads_all_of_them(tmp_path) -> None:
    """Wherever the short files stand, and whatever they are stored in."""
    for number, rows in enumerate((180, 20, 17, 200, 51, 30, 12)):
        frame = pl.DataFrame({"text": [f"{number} {i}" for i in range(rows)]})
        if number == 4:
            frame.write_parquet(tmp_path / "4.parquet")
        elif number == 5:
            (tmp_path / "5.json").write_text(json.dumps(frame.to_dicts()))
        else:
            frame.write_ndjson(tmp_path / f"{number}.jsonl")
    for limit in (509, 510, 511, 1000):
        assert len(Dataset.read(tmp_path, limit=limit)) == min(limit, 510)
    assert [facts.rows for facts in Dataset.read(tmp_path, limit=210).sources] == [44, 20, 17, 44, 43, 30, 12]


def test_a_file_that_cannot_be_counted_is_told_by_its_reading(tmp_path) -> None:
    write(tmp_path / "a.jsonl", b'{"text":"a"}', b'{"text":"b"}')
    (tmp_path / "b.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(ReadError, match=r"b\.parquet: cannot be read as Parquet"):
        Dataset.read(tmp_path, limit=2)


def test_what_a_file_does_not_have_goes_to_the_others(tmp_path) -> None:
    for name, rows in (("a", 1), ("b", 0), ("c", 9)):
        write(tmp_path / f"{name}.jsonl", *(json.dumps({"text": f"{name}{i}"}).encode() for i in range(rows)))
    data = Dataset.read(tmp_path, limit=6)
    assert [row["text"] for row in data.rows()] == ["a0", "c0", "c1", "c2", "c3", "c4"]


def test_the_size_of_the_shards_changes_no_row(tmp_path) -> None:
    path = write(tmp_path / "rows.jsonl", *(json.dumps({"text": str(i)}).encode() for i in range(7)))
    one, many = Dataset.read(path), Dataset.read(path, shard_rows=2)
    assert list(one.raw()) == list(many.raw())
    assert one.index.equals(many.index)
    assert [ref.rows for ref in many.shards] == [2, 2, 2, 1]


def test_rows_from_memory_are_written_once_compactly() -> None:
    data = Dataset.from_rows([{"b": 1, "a": [1.5, None, "é"]}, {"n": 12345678901234567890123}])
    assert list(data.raw()) == ['{"b":1,"a":[1.5,null,"é"]}'.encode(), b'{"n":12345678901234567890123}']


def test_a_value_that_json_has_no_word_for_is_refused_by_place() -> None:
    with pytest.raises(ReadError, match=r"^memory:2: .*\$\.metadata.*set") as caught:
        Dataset.from_rows([{"text": "a"}, {"text": "a secret", "metadata": {1, 2}}])
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["Zq7Canary", ["Zq7Canary", 1], [("Zq7Canary", 1)], 5, None])
def test_a_row_that_is_no_dict_is_refused_by_place_and_type(wrong) -> None:
    """A list of pairs too: `dict` would take it, and its author did not mean it."""
    words = rf"^memory:2: a row is a dict, this one is of type {type(wrong).__name__}; give a list of dicts$"
    with pytest.raises(ReadError, match=words) as caught:
        Dataset.from_rows([{"text": "a"}, wrong])
    assert caught.value.line == 2
    with pytest.raises(ReadError, match=r"^memory:1: a row is a dict, this one is of type str"):
        Dataset.from_rows({"text": "a"})


def test_what_json_cannot_say_truly_is_a_bad_row() -> None:
    data = Dataset.from_rows([{"text": "a", "n": float("nan")}, {"text": "\ud800"}, {"text": "b"}])
    assert len(data) == 1
    assert data.ledger["reason"].to_list() == ["invalid_json", "invalid_json"]


def test_a_frame_of_polars_is_read_with_its_types() -> None:
    frame = pl.DataFrame({"text": ["a", None], "at": [dt.date(2026, 4, 1)] * 2, "tags": [["x"], []]})
    data = Dataset.from_polars(frame, origin="human")
    assert list(data.rows()) == [
        {"text": "a", "at": "2026-04-01", "tags": ["x"]},
        {"text": None, "at": "2026-04-01", "tags": []},
    ]
    assert data.column("line").to_list() == [1, 2]


def test_compressed_files_and_arrays_are_read_alike(tmp_path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text":"a"}\n'))
    (tmp_path / "b.json").write_bytes(b'[\n  {"text": "b"},\n  {"text" : "c"}\n]')
    pl.DataFrame({"text": ["d"]}).write_parquet(tmp_path / "c.parquet")
    data = Dataset.read(tmp_path)
    assert [row["text"] for row in data.rows()] == list("abcd")
    assert data.column("line").to_list() == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"format": "parrot"}, "format 'parrot' is not known; there are: auto, "),
        ({"origin": "robot"}, "origin 'robot' is not known; there are: human, synthetic, unknown"),
        ({"limit": 0}, "limit is 0; give 1 or more"),
    ],
)
def test_a_wrong_call_is_said_before_anything_is_read(told, words) -> None:
    with pytest.raises(RecipeError, match=words):
        Dataset.read("there/is/no/such/file.jsonl", **told)


def test_a_file_without_rows_is_refused_and_an_empty_one_among_others_is_told(tmp_path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"\n\n")
    with pytest.raises(ReadError, match=r"no rows: .*empty.jsonl is empty; give files that hold rows"):
        Dataset.read(empty)
    write(tmp_path / "full.jsonl", b'{"text":"a"}')
    data = Dataset.read(tmp_path)
    assert len(data) == 1
    assert (str(empty), None, "file.empty") in findings(data)


CHAT = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"data": [CHAT] * 3}, r"in the list at \$\.data: .* jq -c '\.data\[\]' FILE > rows\.jsonl"),
        ({"version": 1, "rows": [CHAT], "tags": ["a"], "none": []}, r"in the list at \$\.rows"),
        ({"Zq7Canary": [CHAT]}, r"in a list in it: .* jq -c '\.\[\] \| arrays \| \.\[\] \| objects' FILE"),
        (
            {"train": [CHAT], "Zq7Canary": [CHAT]},
            r"in several lists in it, each for a file of its own: .* jq -c '\.KEY\[\]' FILE",
        ),
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_file_that_is_one_object_around_its_rows_is_told_with_what_to_type(value, words, indent, tmp_path) -> None:
    """Nothing is guessed: the object stays the one row that it is."""
    path = tmp_path / "all.json"
    path.write_text(json.dumps(value, indent=indent))
    data = Dataset.read(path)
    assert len(data) == 1
    (told,) = (
        data.ledger.filter(data.ledger["reason"] == "file.wrapped").select("source", "detail").iter_rows(named=True)
    )
    assert told["source"] == str(path)
    assert '"severity":"warning"' in told["detail"]
    assert re.search(words, json.loads(told["detail"])["message"])
    assert "Zq7" not in told["detail"]


@pytest.mark.parametrize(
    "rows",
    [
        [CHAT],
        [{"data": [CHAT]}] * 2,
        [{"data": []}],
        [{"data": ["a"]}],
        [{"conversations": [{"from": "human", "value": "a"}]}],
    ],
)
def test_a_row_with_a_list_is_a_row(rows, tmp_path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "file.wrapped" not in Dataset.read(path).ledger["reason"].to_list()


def test_an_object_too_long_to_be_a_row_may_hold_rows(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("ftdata.io.reader.RowReader.__init__.__kwdefaults__", {"max_line": 100, "batch_bytes": 1 << 20})
    path = tmp_path / "all.json"
    path.write_text(json.dumps({"data": [CHAT] * 9}))
    ledger = Dataset.read(path).ledger
    assert ledger["reason"].to_list() == ["file.wrapped", "invalid_json"]
    assert "longer" not in ledger["detail"][0]
    assert "if its rows are in a list in it: write them one per line" in ledger["detail"][0]


def test_a_pipe_is_not_read_to_be_counted(tmp_path) -> None:
    """What was counted of it would be gone."""
    pipe, file = tmp_path / "pipe.jsonl", tmp_path / "rows.jsonl"
    file.write_text('{"text": "a"}\n' * 3)
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text('{"text": "b"}\n' * 3))
    writer.start()
    data = Dataset.read([pipe, file], limit=4)
    writer.join()
    assert [row["text"] for row in data.rows()] == ["b", "b", "a", "a"]
