"""What a condition may say: SQL about one row by itself, so that its outcome holds of the row anywhere, any day."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from ftdata.errors import RecipeError

__all__ = ["FUNCTIONS", "date_order", "dated", "expression"]

_PIECES: Final = re.compile(r"('(?:[^']|'')*')|\"((?:[^\"]|\"\")*)\"|(--[^\r\n]*)|(/\*|[;`$])|([A-Za-z_]\w*)|(\()|\S")
"""Of an SQL expression: a text, a quoted name, a comment, what begins a longer comment, another statement or other quotes, a
word, an opening bracket, anything else."""
FUNCTIONS: Final = frozenset(
    """
    abs ceil ceiling floor round sqrt cbrt exp ln log log2 log10 log1p pow power mod div sign length char_length
    character_length octet_length bit_length lower upper left right ltrim rtrim trim substr substring strpos
    replace reverse starts_with ends_with concat concat_ws initcap regexp_like coalesce nullif ifnull if least
    greatest date strptime timestamp strftime date_part extract cast try_cast normalize split_part
    """.split()  # noqa: SIM905  # read as words
)
"""Functions of polars' SQL that look at one row and nothing else: not at other rows, not at files, not at a clock."""
_BEFORE_BRACKET: Final = frozenset(
    "and or not in like ilike rlike regexp between is when then else case end similar to escape".split()  # noqa: SIM905  # read as words
)
"""Words of SQL that are no functions and may stand before a bracket."""
_REFUSED: Final = frozenset(
    """
    select from over exists any all some with values table union current_date current_time current_timestamp
    localtime localtimestamp
    """.split()  # noqa: SIM905  # read as words
)
"""Words that ask for other rows, for files, or for the time of day."""

_DATES: Final = re.compile(r"\b(?:date|timestamp|strptime)\b", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"\s*\d+\D\d+\D\d")
_YEAR_FIRST: Final = re.compile(r"\d{4}\D")
_YEAR_LAST: Final = re.compile(r"\d{1,2}\D\d{1,2}\D\d{4}(?!\d)")


def expression(where: str) -> pl.Expr:
    """The condition as polars reads it, when it is about one row by itself: its outcome must hold of the row anywhere, any day.

    Args:
        where: The condition.

    Raises:
        RecipeError: It is no SQL expression, or asks for more than the row.
    """
    if wrong := _more_than_a_row(where):
        raise RecipeError(f"where: {wrong} looks at more than the row; a condition is about one row by itself")
    try:
        return pl.sql_expr(where)
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001  # polars raises several kinds
        raise RecipeError(f"where: not an SQL expression ({str(error).splitlines()[0]})") from None


def _more_than_a_row(where: str) -> str | None:
    """The first thing in a condition that may ask for more than the row."""
    called: str | None = None
    quoted = False
    for match in _PIECES.finditer(where):
        _, name, comment, odd, word, bracket = match.groups()
        if comment:  # is as good as a space
            continue
        if odd:
            return odd
        if word and word.lower() in _REFUSED:
            return word.upper()
        if bracket and called is not None and (quoted or called.lower() not in FUNCTIONS | _BEFORE_BRACKET):
            return f"{called}()"
        called, quoted = (name, True) if name is not None else (word, False)
    return None


def dated(where: str) -> bool:
    """Whether a condition may read dates from texts.

    Args:
        where: The condition.
    """
    return _DATES.search(where) is not None


def date_order(text: str) -> str:
    """The texts with which a text may be read as a date: polars takes the order of day, month and year from the first of them.

    What has no year of four digits can be read in two orders (10/11/12), and is read with its equals only.

    Args:
        text: Any text.

    Example:
        >>> date_order("2026-11-22"), date_order("22.11.2026"), date_order("n/a"), date_order("10/11/12")
        ('year first', 'year last', 'none', '10/11/12')
    """
    if _YEAR_FIRST.match(text):
        return "year first"
    if _YEAR_LAST.match(text):
        return "year last"
    return text if _NUMBERED.match(text) else "none"
