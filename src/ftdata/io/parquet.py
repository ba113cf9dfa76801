"""Rows of a Parquet file as JSON bytes, slice by slice, nothing rounded and nothing lost.

Python's datetime ends at microseconds, so dates and times are taken as the integers they are stored as and written as
ISO 8601 text. Binary values are text where they are UTF-8 (older writers store all text so), and base64 otherwise.

A column, element or field of the Arrow type `arrow.json` (the canonical extension type "JSON" of the Arrow columnar format)
holds JSON as text: Hugging Face `datasets` stores so what has no one type, such as messages with different keys. It goes
into the row as the JSON that it is, digit for digit and key for key.
"""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

from ftdata.errors import ReadError
from ftdata.json_bytes import JsonFault, JsonText, compact, dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl
    from polars._typing import PolarsDataType

    from ftdata.json_bytes import JsonValue

__all__ = ["count_rows", "parquet_rows", "rows_of_frame"]

SLICE_ROWS = 1_024  # enough that what a slice costs by itself is spread over many rows
SLICE_BYTES = 4 << 20
"""A slice has at most so many rows, and about so many bytes, judged by the slice before it: rows of a million characters
must not be read a thousand at a time. Slices of one row group are read from the pages they stand in; what small ones
cost where rows are short is measured by `benchmarks/parquet_slices.py`."""

# A value as Polars gives it, to one that `dump` has a word for.
_Convert: TypeAlias = "Callable[[Any], JsonValue | JsonText | list[Any] | dict[str, Any]]"

_PER_SECOND = {"ns": 1_000_000_000, "us": 1_000_000, "ms": 1_000}
_EPOCH = dt.date(1970, 1, 1).toordinal()
_JSON: Final = "arrow.json"
_NOT_JSON: Final = "a value is not JSON, although the type of its column says so (arrow.json)"


class _NotJsonError(Exception):
    """A value of the type `arrow.json` is no JSON."""


def parquet_rows(path: str) -> Iterator[tuple[bytes, JsonFault | None]]:
    """Each row as one JSON object, columns in their order; with a fault where a value that should be JSON is not.

    Such a row has that column as the texts that are stored.

    Args:
        path: The file.

    Raises:
        ReadError: The file is no Parquet file, is damaged, or holds a column that JSON has no word for.
    """
    import polars as pl

    try:
        _know_json()
        for row, whole in _json_rows(pl.scan_parquet(path, glob=False, hive_partitioning=False)):
            yield dump(row), None if whole else JsonFault("json.declared", None, _NOT_JSON)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, TypeError) as error:
        # The library's message may quote the data.
        raise ReadError(
            f"cannot be read as Parquet ({type(error).__name__}); check or write the file again", file=path
        ) from None


def count_rows(path: str) -> int:
    """How many rows a Parquet file says that it has.

    Args:
        path: The file.

    Raises:
        ReadError: The file is no Parquet file, or is damaged.
    """
    import polars as pl

    try:
        _know_json()
        lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        return int(lazy.select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise ReadError(f"cannot be read as Parquet ({type(error).__name__})", file=path) from None


def rows_of_frame(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Each row of a frame as a JSON object that `dump` can write, its values as those of a Parquet file.

    Args:
        frame: The rows.

    Raises:
        ReadError: A column that JSON has no word for, or a value that should be JSON and is not.
    """
    try:
        for number, (row, whole) in enumerate(_json_rows(frame.lazy()), 1):
            if not whole:
                raise ReadError(f"{_NOT_JSON}; correct it, or cast the column to text", file="memory", line=number)
            yield row
    except TypeError as error:
        raise ReadError(f"the frame cannot be read as rows: {error}") from None


def _know_json() -> None:
    """Polars before 2.0 gives values of a type it does not know as the text they are stored as, and forgets the type."""
    import polars as pl

    if pl.__version__.startswith("1.") and hasattr(pl, "Extension") and pl.get_extension_type(_JSON) is None:
        pl.register_extension_type(_JSON, pl.Extension)


def _json_rows(lazy: pl.LazyFrame) -> Iterator[tuple[dict[str, Any], bool]]:
    """The rows, and whether all that should be JSON is."""
    import polars as pl

    schema = lazy.collect_schema()
    converters = {name: convert for name, kind in schema.items() if (convert := _converter(kind)) is not None}
    as_text = {name: _converter(kind, decode=False) for name, kind in schema.items()}
    stored = {name: _as_stored(kind) for name, kind in schema.items()}
    lazy = lazy.with_columns(pl.col(name).cast(kind) for name, kind in stored.items() if kind != schema[name])
    for frame in _slices(lazy):
        for row in frame.iter_rows(named=True):
            whole = True
            for name, convert in converters.items():
                try:
                    row[name] = convert(row[name])
                except _NotJsonError:
                    whole = False
                    text = as_text[name]
                    row[name] = row[name] if text is None else text(row[name])
            yield row, whole


def _slices(lazy: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """A few rows at a time, whatever the row groups of the file are."""
    start, rows = 0, 16
    while (frame := lazy.slice(start, rows).collect()).height:
        yield frame
        start += rows
        rows = min(SLICE_ROWS, 8 * rows, max(1, rows * SLICE_BYTES // max(1, int(frame.estimated_size()))))


def _as_stored(kind: PolarsDataType) -> PolarsDataType:
    """The type with integers in the place of dates and times, at any depth."""
    import polars as pl

    if isinstance(kind, pl.List):
        return pl.List(_as_stored(kind.inner))
    if isinstance(kind, pl.Array):
        return pl.List(_as_stored(kind.inner))
    if isinstance(kind, pl.Struct):
        return pl.Struct({field.name: _as_stored(field.dtype) for field in kind.fields})
    if isinstance(kind, pl.Date | pl.Datetime | pl.Duration | pl.Time):
        return pl.Int64
    return kind


def _converter(kind: PolarsDataType, *, decode: bool = True) -> _Convert | None:
    """What makes a value of this type JSON, or None when it is already; values that are JSON as text stay text on demand."""
    import polars as pl

    if isinstance(kind, pl.List | pl.Array):
        inner = _converter(kind.inner, decode=decode)
        return None if inner is None else _of_list(inner)
    if isinstance(kind, pl.Struct):
        fields = {field.name: _converter(field.dtype, decode=decode) for field in kind.fields}
        return _of_struct({name: convert for name, convert in fields.items() if convert is not None})
    if _is_json(kind):
        return _unless_null(_json) if decode else None
    if isinstance(kind, pl.Datetime):
        per_second, zone = _PER_SECOND[kind.time_unit], "+00:00" if kind.time_zone else ""
        return _unless_null(lambda ticks: _datetime(ticks, per_second) + zone)
    if isinstance(kind, pl.Duration):
        per_second = _PER_SECOND[kind.time_unit]
        return _unless_null(lambda ticks: _duration(ticks, per_second))
    if isinstance(kind, pl.Date):
        return _unless_null(_date)
    if isinstance(kind, pl.Time):
        return _unless_null(lambda ticks: _clock(ticks, _PER_SECOND["ns"]))
    if isinstance(kind, pl.Binary):
        return _unless_null(_bytes)
    if isinstance(kind, pl.Decimal):
        return _unless_null(_decimal)
    return None


def _is_json(kind: PolarsDataType) -> bool:
    """Whether values of this type are JSON as text; polars knows the type since 1.36."""
    import polars as pl

    return hasattr(pl, "BaseExtension") and isinstance(kind, pl.BaseExtension) and kind.ext_name() == _JSON


def _json(text: str) -> JsonText:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:  # it keeps the text: not chained
        raise _NotJsonError from None
    return JsonText(compact(text.encode()))


def _unless_null(convert: _Convert) -> _Convert:
    return lambda value: None if value is None else convert(value)


def _of_list(inner: _Convert) -> _Convert:
    return _unless_null(lambda values: [inner(value) for value in values])


def _of_struct(fields: dict[str, _Convert]) -> _Convert | None:
    if not fields:
        return None

    def convert(value: dict[str, Any]) -> dict[str, Any]:
        return value | {name: change(value[name]) for name, change in fields.items()}

    return _unless_null(convert)


def _date(days: int) -> str:
    """ISO 8601 date; years beyond Python's calendar are written with a sign, as the standard has it."""
    cycles, ordinal = divmod(_EPOCH + days - 1, 146_097)  # the calendar repeats every 400 years
    date = dt.date.fromordinal(ordinal + 1)
    year = date.year + 400 * cycles
    shown = f"{year:04d}" if 0 <= year <= 9999 else f"{year:+07d}"
    return f"{shown}-{date.month:02d}-{date.day:02d}"


def _clock(ticks: int, per_second: int) -> str:
    seconds, ticks = divmod(ticks, per_second)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}{_fraction(ticks, per_second)}"


def _fraction(ticks: int, per_second: int) -> str:
    if not ticks:
        return ""
    return "." + str(ticks).rjust(len(str(per_second)) - 1, "0").rstrip("0")


def _datetime(ticks: int, per_second: int) -> str:
    days, rest = divmod(ticks, 86_400 * per_second)
    return f"{_date(days)}T{_clock(rest, per_second)}"


def _duration(ticks: int, per_second: int) -> str:
    """ISO 8601 duration in seconds, the one unit that has the same length everywhere."""
    seconds, rest = divmod(abs(ticks), per_second)
    return f"{'-' * (ticks < 0)}PT{seconds}{_fraction(rest, per_second)}S"


def _bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


def _decimal(value: Decimal) -> JsonValue:
    """A number where JSON readers will see exactly this one, else its digits as text."""
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    return number if Decimal(repr(number)) == value else str(value)
