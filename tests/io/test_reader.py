"""Rows, faults and facts of every kind of file."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import sys

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata.errors import ReadError
from ftdata.io import RowReader, Source
from ftdata.io.compression import PlainBytes
from ftdata.json_bytes import JsonFault, parse_line

BOM = b"\xef\xbb\xbf"


def read(path, *, kind="jsonl", compression="none", **settings_):
    """All rows as (line, raw, rule of the fault or None), and the facts."""
    reader = RowReader(Source(str(path), kind, compression), **settings_)
    rows = []
    for batch in reader:
        assert len(batch.lines) == len(batch.raws) > 0
        assert set(batch.faults) <= set(range(len(batch)))
        for position, (line, raw) in enumerate(zip(batch.lines, batch.raws, strict=True)):
            fault = batch.faults.get(position)
            rows.append((line, raw, fault.rule if fault else None))
    assert reader.facts.rows == len(rows)
    return rows, reader.facts


@pytest.fixture
def stored(tmp_path):
    def write(data, name="rows.jsonl"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


PIECES = [b"\n", b"\n", b"\r\n", b"\r", b"{}", b'{"a":1}', "\u2028".encode(), b"\x0b", b"  ", b"x" * 40, b"\xff"]


@given(
    data=st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join), batch_bytes=st.integers(1, 50), bom=st.booleans()
)
@settings(max_examples=200)
def test_rows_are_the_lines_that_are_not_blank(tmp_path_factory, data, batch_bytes, bom):
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    if data[:1] == b"\xff":
        data = b"{" + data
    path.write_bytes(BOM * bom + data)
    rows, facts = read(path, max_line=30, batch_bytes=batch_bytes)
    lines = data.split(b"\n")
    ended = [line.removesuffix(b"\r") for line in lines[:-1]] + lines[-1:]
    wanted = [
        (number, b"" if len(line) > 30 else short, "json.too_long" if len(line) > 30 else None)
        for number, (line, short) in enumerate(zip(lines, ended, strict=True), 1)
        if short.strip()
    ]
    assert rows == wanted
    blank = [number for number, line in enumerate(ended[: len(lines) - (not lines[-1])], 1) if not line.strip()]
    assert (facts.blank, facts.blank_lines) == (len(blank), blank[:20])
    assert facts.bom == bom
    assert facts.crlf == sum(line.endswith(b"\r") and len(line) <= 30 for line in lines[:-1])
    assert facts.final_newline == (data[-1:] == b"\n")
    assert (facts.size, facts.sha256) == (len(BOM * bom + data), hashlib.sha256(BOM * bom + data).hexdigest())


def test_one_bad_line_of_each_kind_changes_no_neighbour(stored):
    bad = [b'{"a":"\xff"}', b"{", b"[1]", b'{"a":1}{"b":2}', b'{"a":NaN}', b'{"a":' * 2_000, b"\x85 \xe2\x80\xa8"]
    data = b"".join(b'{"n":%d}\n' % n + line + b"\n" for n, line in enumerate(bad)) + b'{"n":9}'
    rows, _ = read(stored(data))
    assert [raw for _, raw, _ in rows[1::2]] == bad
    assert [parse_line(raw)["n"] for _, raw, _ in rows[::2]] == [*range(len(bad)), 9]


def test_a_line_beyond_the_limit_is_a_fault_and_the_file_goes_on(stored):
    path = stored(BOM + b'{"a":1}\n{"a":"' + b"x" * 500_000 + b'"}\n{"a":2}\n')
    batch = next(iter(RowReader(Source(str(path), "jsonl"), max_line=1_000)))
    assert batch.lines == [1, 2, 3]
    assert batch.raws == [b'{"a":1}', b"", b'{"a":2}']
    assert batch.faults[1].rule == "json.too_long"
    assert "500008 bytes" in batch.faults[1].message
    assert (batch.faults[1].offset, batch.faults[1].length) == (11, 500_008)
    assert list(batch.faults) == [1]


def test_an_empty_file_has_no_rows_and_says_so(stored):
    for kind in ("jsonl", "json"):
        for data in (b"", b"\n \r\n", BOM):
            rows, facts = read(stored(data), kind=kind)
            assert rows == []
            assert facts.size == len(data)


def test_facts_are_known_at_the_end_only(stored):
    reader = RowReader(Source(str(stored(b"{}\n" * 9)), "jsonl"), batch_bytes=1)
    batches = iter(reader)
    next(batches)
    with pytest.raises(RuntimeError):
        _ = reader.facts
    assert len(list(batches)) == 8
    assert reader.facts.rows == 9
    assert len(list(reader)) == 9  # again from the start
    assert reader.facts.rows == 9


def test_blank_lines_are_counted_and_the_first_twenty_named(stored):
    _, facts = read(stored(b"{}\n" + b" \t\r\n" * 30))
    assert (facts.blank, facts.blank_lines, facts.crlf) == (30, list(range(2, 22)), 30)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ('{"a":1}\n'.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + '{"a":1}'.encode("utf-16-be"), "UTF-16"),
        ('{"a":1}\n'.encode("utf-16-le"), "UTF-16"),
        ('[{"a":1}]'.encode("utf-16-be"), "UTF-16"),
        ('{"a":1}'.encode("utf-32"), "UTF-"),
        (gzip.compress(b'{"a":1}\n'), r"\.gz"),
        (zstandard.compress(b'{"a":1}\n'), r"\.zst"),
        (b"PAR1....PAR1", "Parquet"),
        (b"PK\x03\x04....", "ZIP"),
    ],
)
@pytest.mark.parametrize("kind", ["jsonl", "json"])
def test_a_file_that_is_no_utf8_text_is_named_for_what_it_is(stored, data, word, kind):
    with pytest.raises(ReadError, match=word) as caught:
        read(stored(data), kind=kind)
    assert str(caught.value).count("\n") == 0
    assert caught.value.file


ROWS = b"".join(b'{"n":%d,"text":"%s"}\n' % (n, os.urandom(30).hex().encode()) for n in range(3_000))


def frames(data):
    """zstd in several frames, an empty and a skippable one among them."""
    packer = zstandard.ZstdCompressor(write_checksum=True)
    skippable = b"\x50\x2a\x4d\x18\x04\x00\x00\x00skip"
    return packer.compress(data[:70_000]) + skippable + packer.compress(b"") + packer.compress(data[70_000:])


@pytest.mark.parametrize(
    ("compression", "packed"),
    [
        ("gzip", gzip.compress(ROWS)),
        ("gzip", gzip.compress(ROWS[:999]) + gzip.compress(ROWS[999:]) + b"\0" * 9),
        ("zstd", zstandard.compress(ROWS)),
        ("zstd", frames(ROWS)),
    ],
)
def test_archives_give_the_rows_and_the_hash_of_what_is_stored(stored, compression, packed):
    rows, facts = read(stored(packed), compression=compression)
    assert b"".join(raw + b"\n" for _, raw, _ in rows) == ROWS
    assert (facts.size, facts.sha256) == (len(packed), hashlib.sha256(packed).hexdigest())


def test_a_zstd_frame_may_ask_for_a_window_beyond_that_of_the_library(stored):
    """As `zstd --long=28` writes it: 256 MiB, twice what the library takes by itself (RFC 8878, 3.1.1.1.2: 2 ** (10 + 18))."""
    block = b'{"n":1}\n'
    frame = b"\x28\xb5\x2f\xfd" + b"\x00" + bytes([18 << 3]) + (len(block) << 3 | 1).to_bytes(3, "little") + block
    rows, _ = read(stored(frame), compression="zstd")
    assert [raw for _, raw, _ in rows] == [b'{"n":1}']


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_broken_archive_is_one_line_and_no_traceback(stored, compression):
    packed = gzip.compress(ROWS) if compression == "gzip" else frames(ROWS)
    whole_frame = len(zstandard.ZstdCompressor(write_checksum=True).compress(ROWS[:70_000]))
    broken = [packed[:cut] for cut in (0, 1, 3, 10, 1_000, len(packed) - 1)]
    broken += [b"no archive", ROWS, packed[:5_000] + bytes(200) + packed[5_200:], packed + b"garbage behind"]
    for data in broken:
        with pytest.raises(ReadError) as caught:
            read(stored(data), compression=compression)
        assert caught.value.file
        assert caught.value.__cause__ is None
        assert "\n" not in str(caught.value)
    if compression == "zstd":
        rows, _ = read(stored(packed[:whole_frame]), compression="zstd")  # a whole frame is a whole archive
        assert rows


def test_a_file_packed_twice_is_named(stored):
    with pytest.raises(ReadError, match="twice"):
        read(stored(gzip.compress(gzip.compress(ROWS))), compression="gzip")


def test_a_small_archive_of_a_huge_line_stays_small(stored):
    packed = zstandard.compress(b'{"a":"' + b"x" * (200 << 20) + b'"}\n{}\n')
    rows, _ = read(stored(packed), compression="zstd", max_line=1 << 20)
    assert rows == [(1, b"", "json.too_long"), (2, b"{}", None)]


def test_a_missing_file_or_folder_is_a_read_error(tmp_path):
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(ReadError):
            read(path)


def test_standard_input_is_read_as_lines(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a":1}\n\n{"a":2}')))
    rows, facts = read("-")
    assert rows == [(1, b'{"a":1}', None), (3, b'{"a":2}', None)]
    assert facts.size == 16
    assert not sys.stdin.buffer.closed


@pytest.fixture
def given_input(monkeypatch):
    """All rows of bytes on standard input."""

    def give(data, **settings_):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return read("-", **settings_)

    return give


PRETTY = json.dumps([{"n": n, "deep": {"m": [n]}} for n in range(5_000)], indent=2).encode()


@pytest.mark.parametrize("data", [PRETTY, json.dumps(json.loads(PRETTY)).encode(), b"\n \n" + PRETTY, BOM + PRETTY])
def test_standard_input_may_be_an_array(given_input, data):
    rows, facts = given_input(data)
    assert [json.loads(raw)["n"] for _, raw, _ in rows] == list(range(5_000))
    assert (facts.size, facts.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b'{ "a": 1 }', [(1, b'{ "a": 1 }')]),  # as it came: JSONL of one line
        (b'{ "a": 1 }\n', [(1, b'{ "a": 1 }')]),
        (b'\n{ "a": 1 }\noops\n', [(2, b'{ "a": 1 }'), (3, b"oops")]),
        (b'{"a": "cut\n{"b": 2}\n{"c": 3}', [(1, b'{"a": "cut'), (2, b'{"b": 2}'), (3, b'{"c": 3}')]),
        (b'{"a": [\n{"b": 2}\n', [(1, b'{"a": ['), (2, b'{"b": 2}')]),
        (b'{"a": 1,\n{"b": 2}\n', [(1, b'{"a": 1,'), (2, b'{"b": 2}')]),
        (b'[1, 2]\n{"b": 2}\n', [(1, b"[1, 2]"), (2, b'{"b": 2}')]),
        (b'[oops\n{"b": 2}\n', [(1, b"[oops"), (2, b'{"b": 2}')]),
        (b'oops\n[{"b": 2}]\n', [(1, b"oops"), (2, b'[{"b": 2}]')]),
        (b'{\n  "a": 1\n}\n{\n  "a": 2\n}\n', [(1, b'{"a":1}'), (4, b'{"a":2}')]),
        (b'{"data": [\n{"a": 1},\n{"a": 2}]}', [(1, b'{"data":[{"a":1},{"a":2}]}')]),
        (b'{"a": 1,\n"b": 2}', [(1, b'{"a":1,"b":2}')]),
        (b'[\n{"a": 1}\n]', [(2, b'{"a":1}')]),
        (b'[{"a": 1},\n{"a": 2}\n]', [(1, b'{"a":1}'), (2, b'{"a":2}')]),
        (b"[]", []),
        (b"\n\n", []),
    ],
)
def test_standard_input_is_lines_unless_it_cannot_be(given_input, data, rows):
    """A bad line is one bad row there, as in a .jsonl file."""
    assert given_input(data)[0] == [(line, raw, None) for line, raw in rows]


@given(data=st.lists(st.sampled_from([*PIECES, b'{"b": [', b'{ "c": "x" }']), max_size=8).map(b"\n".join))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_on_standard_input_are_those_of_a_file(tmp_path_factory, given_input, data):
    """Whatever the lines, when a whole row comes first."""
    data = b'{"first": 1}\n' + data
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    path.write_bytes(data)
    rows, facts = given_input(data)
    expected, of_file = read(path)
    assert rows == expected
    assert (facts.sha256, facts.blank_lines, facts.crlf) == (of_file.sha256, of_file.blank_lines, of_file.crlf)


@pytest.mark.parametrize("pack", [gzip.compress, frames])
@pytest.mark.parametrize("data", [ROWS, PRETTY, b""])
def test_what_is_packed_on_standard_input_is_unpacked(given_input, pack, data):
    packed = pack(data)
    rows, facts = given_input(packed)
    assert len(rows) == {ROWS: 3_000, PRETTY: 5_000, b"": 0}[data]
    assert data != ROWS or b"".join(raw + b"\n" for _, raw, _ in rows) == ROWS
    assert (facts.size, facts.sha256) == (len(packed), hashlib.sha256(packed).hexdigest())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PAR1....PAR1", "standard input is a Parquet file, .*; name the file instead of -$"),
        (gzip.compress(b"PAR1....PAR1"), "standard input is a Parquet file"),
        (gzip.compress(gzip.compress(ROWS)), "packed with gzip twice; unpack it once"),
        (gzip.compress(ROWS)[:-9], "truncated"),
        (zstandard.compress(ROWS)[:-9], "truncated"),
        (b"PK\x03\x04....", "ZIP archive; unpack it first"),
    ],
)
def test_what_standard_input_cannot_be_is_one_line(given_input, data, words):
    with pytest.raises(ReadError, match=words) as caught:
        given_input(data)
    assert caught.value.file == "-"
    assert "rename" not in str(caught.value)


def test_a_long_array_on_one_line_is_not_read_for_its_end(given_input, monkeypatch):
    """One look takes a megabyte of it, not the whole line."""
    looked = []
    push_back = PlainBytes.push_back
    monkeypatch.setattr(
        PlainBytes, "push_back", lambda self, piece: (looked.append(len(piece)), push_back(self, piece))
    )
    rows, _ = given_input(b"[" + b",".join([b'{"a":"' + b"x" * 99_000 + b'"}'] * 40) + b"]")
    assert len(rows) == 40
    assert max(looked) < 2 << 20


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b'{"a": 1}\n{"a": 2}\n', [(1, b'{"a": 1}'), (2, b'{"a": 2}')]),
        (b'\n {"a": oops}\r\n\n{"a": 2}', [(2, b' {"a": oops}'), (4, b'{"a": 2}')]),
        (b'{"a": 1}\n\noops\n', [(1, b'{"a": 1}'), (3, b"oops")]),
        (b'"text"\n5\n', [(1, b'"text"'), (2, b"5")]),
        (b'{"a": 1}', [(1, b'{"a":1}')]),
        (b'{\n  "a": 1\n}\n', [(1, b'{"a":1}')]),
        (BOM + b'\n{\r\n"a": [\n1]}', [(2, b'{"a":[1]}')]),
        (b'{\n  "a": 1\n}\n{\n  "a": 2\n}\n', [(1, b'{"a":1}'), (4, b'{"a":2}')]),
    ],
)
def test_a_json_file_may_be_lines_or_one_object(stored, data, rows):
    found, _ = read(stored(data), kind="json")
    assert found == [(line, raw, None) for line, raw in rows]


def test_json_files_may_be_packed(stored):
    data = json.dumps([{"n": n} for n in range(10_000)], indent=2).encode()
    rows, facts = read(stored(gzip.compress(data)), kind="json", compression="gzip")
    assert rows[4_000] == (2 + 3 * 4_000, b'{"n":4000}', None)
    assert facts.rows == 10_000


def test_too_long_messages_hold_no_row_text(stored):
    path = stored(b'[{"canary":"' + b"canary" * 1_000 + b'"}, {"a": 1}]')
    reader = RowReader(Source(str(path), "json"), max_line=100)
    (batch,) = reader
    assert isinstance(batch.faults[0], JsonFault)
    assert "canary" not in batch.faults[0].message
    assert batch.raws == [b"", b'{"a":1}']


def test_shared_files_are_read_byte_for_byte(shared_data):
    for path in sorted(shared_data.glob("*.jsonl"))[:6]:
        rows, facts = read(path)
        data = path.read_bytes()
        assert b"\n".join(raw for _, raw, _ in rows) == data.removesuffix(b"\n")
        assert facts.sha256 == hashlib.sha256(data).hexdigest()
