"""Rows of Parquet files, nothing rounded, nothing lost."""

from __future__ import annotations

import base64
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata import Dataset
from ftdata.errors import ReadError
from ftdata.io import RowReader, Source, parquet
from ftdata.io.frames import write_parquet
from ftdata.io.parquet import SLICE_BYTES, SLICE_ROWS, parquet_rows
from ftdata.json_bytes import JsonFault, compact, dump, parse_line

DATA = Path(__file__).parents[1] / "data"  # its make_parquet.py says how the files were made


def rows_of(frame, tmp_path, **options):
    path = tmp_path / "rows.parquet"
    frame.write_parquet(path, **options)
    return [json.loads(raw) for raw, _ in parquet_rows(str(path))]


def test_nested_values_and_nulls_come_as_they_are(tmp_path):
    rows = [
        {"messages": [{"role": "user", "content": "é\n"}, {"role": "a", "content": None}], "n": 1, "tags": ["x"]},
        {"messages": [], "n": None, "tags": None},
        {"messages": None, "n": -(2**63), "tags": []},
    ]
    frame = pl.DataFrame(rows, schema_overrides={"n": pl.Int64})
    assert rows_of(frame, tmp_path) == rows


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pl.Series([dt.date(2024, 2, 29)]), "2024-02-29"),
        (pl.Series([dt.date(1, 1, 1)]), "0001-01-01"),
        (pl.Series([-719_528], dtype=pl.Int32).cast(pl.Date), "0000-01-01"),
        (pl.Series([-719_529], dtype=pl.Int32).cast(pl.Date), "-000001-12-31"),
        (pl.Series([2_932_897], dtype=pl.Int32).cast(pl.Date), "+010000-01-01"),
        (pl.Series(["2024-01-02 03:04:05"]).str.to_datetime(), "2024-01-02T03:04:05"),
        (pl.Series([-500_000], dtype=pl.Int64).cast(pl.Datetime("us")), "1969-12-31T23:59:59.5"),
        (pl.Series([1], dtype=pl.Int64).cast(pl.Datetime("ns")), "1970-01-01T00:00:00.000000001"),
        (pl.Series([1500], dtype=pl.Int64).cast(pl.Datetime("ms", "Europe/Paris")), "1970-01-01T00:00:01.5+00:00"),
        (pl.Series([dt.time(23, 0, 1, 20)]), "23:00:01.00002"),
        (pl.Series([dt.timedelta(days=-1, microseconds=1)]), "-PT86399.999999S"),
        (pl.Series([1], dtype=pl.Int64).cast(pl.Duration("ns")), "PT0.000000001S"),
        (pl.Series([b"caf\xc3\xa9"]), "café"),
        (pl.Series([b"\x89PNG\xff"]), base64.b64encode(b"\x89PNG\xff").decode()),
        (pl.Series([Decimal("12.50")]), 12.5),
        (pl.Series([Decimal("3.00")]), 3),
        (pl.Series([Decimal("0.1234567890123456789")]), "0.1234567890123456789"),
        (pl.Series(["a"], dtype=pl.Categorical), "a"),
        (pl.Series(["a"], dtype=pl.Enum(["b", "a"])), "a"),
        (pl.Series([True]), True),
        (pl.Series([2**64 - 1], dtype=pl.UInt64), 2**64 - 1),
        (pl.Series([0.1], dtype=pl.Float64), 0.1),
        (pl.Series([None], dtype=pl.Null), None),
        (pl.Series([None], dtype=pl.Date), None),
    ],
)
def test_values_json_has_no_word_for_become_iso_text_exactly(column, value, tmp_path):
    frame = pl.DataFrame({"a": column})
    frame = frame.with_columns(b=pl.struct(c=pl.concat_list("a")), d=pl.lit(1))
    assert rows_of(frame, tmp_path) == [{"a": value, "b": {"c": [value]}, "d": 1}]


def test_fixed_size_arrays_are_arrays(tmp_path):
    frame = pl.DataFrame({"a": pl.Series([[dt.date(2020, 1, 1)] * 2, None], dtype=pl.Array(pl.Date, 2))})
    assert rows_of(frame, tmp_path) == [{"a": ["2020-01-01", "2020-01-01"]}, {"a": None}]


def test_numbers_json_cannot_hold_are_faults_and_never_null(tmp_path):
    path = tmp_path / "rows.parquet"
    pl.DataFrame({"a": [1.0, float("nan"), float("-inf"), None]}).write_parquet(path)
    parsed = [parse_line(raw) for raw, _ in parquet_rows(str(path))]
    assert [row.rule if isinstance(row, JsonFault) else row for row in parsed] == [
        {"a": 1.0},
        "json.number",
        "json.number",
        {"a": None},
    ]


@pytest.mark.parametrize("row_group_size", [100, SLICE_ROWS + 1, 10**6])
def test_rows_keep_their_order_over_row_groups_and_slices(tmp_path, row_group_size):
    count = 2 * SLICE_ROWS + 3
    rows = rows_of(pl.DataFrame({"n": range(count)}), tmp_path, row_group_size=row_group_size)
    assert [row["n"] for row in rows] == list(range(count))


@pytest.mark.parametrize("row_group_size", [50, 10**6])
def test_long_rows_are_read_a_few_at_a_time(tmp_path, monkeypatch, row_group_size):
    """A slice holds about 4 MB, not a thousand rows whatever their length, and all rows come."""
    monkeypatch.setattr(parquet, "SLICE_BYTES", 40_000)
    path = tmp_path / "long.parquet"
    pl.DataFrame({"text": [str(i) * (2_000 if i < 900 else 1) for i in range(1_200)]}).write_parquet(
        path, row_group_size=row_group_size
    )
    frames = list(parquet._slices(pl.scan_parquet(path)))
    assert max(frame.estimated_size() for frame in frames) < 16 * 2_000 * 3 * 1.1  # 16 rows of three digits: the first
    assert pl.concat(frames)["text"].to_list() == pl.read_parquet(path)["text"].to_list()
    assert SLICE_BYTES == 4 << 20


def test_the_reader_counts_rows_from_one_and_hashes_the_file(tmp_path):
    path = tmp_path / "odd [name]*.parquet"  # no pattern
    write_parquet(pl.DataFrame({"text": ["a", "b" * 100, "c"]}), path)
    reader = RowReader(Source(str(path), "parquet"), max_line=50, batch_bytes=1)
    batches = list(reader)
    assert [line for batch in batches for line in batch.lines] == [1, 2, 3]
    assert [raw for batch in batches for raw in batch.raws] == [b'{"text":"a"}', b"", b'{"text":"c"}']
    assert [fault.rule for batch in batches for fault in batch.faults.values()] == ["json.too_long"]
    assert (reader.facts.rows, reader.facts.size) == (3, path.stat().st_size)


def test_an_empty_frame_has_no_rows(tmp_path):
    assert rows_of(pl.DataFrame({"a": pl.Series([], dtype=pl.Date)}), tmp_path) == []


@pytest.mark.parametrize("cut", [0, 4, 100, -4])
def test_a_damaged_file_is_one_line_and_no_traceback(tmp_path, cut):
    path = tmp_path / "rows.parquet"
    write_parquet(pl.DataFrame({"a": ["canary"] * 99}), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ReadError) as caught:
        list(parquet_rows(str(path)))
    assert caught.value.file == str(path)
    assert caught.value.__cause__ is None
    assert "canary" not in str(caught.value)


def test_a_missing_file_is_a_read_error(tmp_path):
    with pytest.raises(ReadError):
        list(parquet_rows(str(tmp_path / "none.parquet")))


def test_a_panic_of_the_library_is_a_damaged_file_too(tmp_path, monkeypatch):
    """It is no Exception to Python, and would go past whoever catches errors."""
    path = tmp_path / "rows.parquet"
    write_parquet(pl.DataFrame({"a": ["canary"] * 99}), path)

    def panic(*_, **__):
        raise pl.exceptions.PanicException("canary")

    monkeypatch.setattr(pl.LazyFrame, "collect", panic)
    with pytest.raises(ReadError, match=r"cannot be read as Parquet \(PanicException\)") as caught:
        list(parquet_rows(str(path)))
    assert "canary" not in str(caught.value)


# -- arrow.json: JSON that a column holds as text ------------------------------------------------------------------------


def test_messages_that_are_stored_as_json_are_messages():
    """Hugging Face `datasets` writes messages that have no one type so."""
    rows = [json.loads(raw) for raw, fault in parquet_rows(str(DATA / "hf_json.parquet")) if fault is None]
    assert len(rows) == 12
    assert rows[2]["messages"][1]["tool_calls"][0]["function"]["arguments"] == {"day": "2"}
    assert rows[3]["messages"][1]["tool_calls"][0]["function"]["arguments"] == {"day": 3}
    assert rows[11]["messages"][1] == {"role": "assistant", "content": "At four.", "weight": 1}


def test_json_in_a_column_is_taken_over_digit_for_digit_and_key_for_key():
    first, empty, twice, _, null = (raw.decode() for raw, _ in parquet_rows(str(DATA / "json_types.parquet")))
    written = '{"n":12345678901234567890123,"f":1.0,"e":1e2,"s":"\\u00e9 é"}'
    assert first == f'{{"day":"1970-01-01","top":{written},"nested":[{{"json":{written}}}]}}'
    assert empty == '{"day":"1970-01-02","top":null,"nested":[{"json":null}]}'
    assert twice == '{"day":"1970-01-03","top":{"n":1,"n":2},"nested":[{"json":{"n":1,"n":2}}]}'
    assert null == '{"day":"1970-01-05","top":null,"nested":[{"json":null}]}'


def test_what_should_be_json_and_is_not_is_one_bad_row_and_cannot_break_out_of_its_place():
    source = Source(str(DATA / "json_types.parquet"), "parquet")
    (batch,) = RowReader(source)
    assert {place: fault.rule for place, fault in batch.faults.items()} == {3: "json.declared"}
    text = '{"n": 3}, "more": {'
    assert json.loads(batch.raws[3]) == {"day": "1970-01-04", "top": text, "nested": [{"json": text}]}


def json_column(texts):
    return pl.Series("a", texts).ext.to(pl.Extension("arrow.json", pl.String, ""))


def test_a_frame_with_json_is_read_as_a_file_is():
    data = Dataset.from_polars(pl.DataFrame([json_column(['{"n": 1.0}', None])]))
    assert list(data.raw()) == [b'{"a":{"n":1.0}}', b'{"a":null}']
    with pytest.raises(ReadError, match=r"^memory:2: a value is not JSON, .*arrow\.json") as caught:
        Dataset.from_polars(pl.DataFrame([json_column(["1", "canary"])]))
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


@given(
    st.lists(
        st.none() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        max_size=5,
    )
)
@settings(max_examples=25)
def test_any_json_comes_back_as_it_was_written(values):
    text = json.dumps({"values": values}, ensure_ascii=False)
    (row,) = parquet.rows_of_frame(pl.DataFrame([json_column([text])]))
    assert dump(row) == b'{"a":' + compact(text.encode()) + b"}"
