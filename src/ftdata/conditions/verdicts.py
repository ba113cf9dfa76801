"""What a condition says of rows, each by itself, though they are judged together.

An expression of polars fails as a whole when one value cannot be converted (`CAST("quality" AS INTEGER)` of "n/a"). Which
rows are judged together depends on shards, so a row's verdict may not: what counts is what the row gets alone. Rows are
independent, hence a group that succeeds gives every row what it gets alone, and a group that fails is parted until
each part succeeds, or it is known that each of its rows fails:

1. a condition that fails by the types alone, or without rows, fails on every row;
2. rows of the same values have one verdict;
3. rows are parted by what each of them loses when conversions give null instead of failing, and by the branches of CASE
   that it takes (polars evaluates a branch only if some row takes it). Rows alike in both fail together or not at all;
4. what fails for another reason (a negative length) is halved, down to the single row.

So a column in which every second value is bad takes some ten evaluations, not one for each bad row. Parting reads how
polars writes an expression as JSON; where it cannot, halving does it all.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

import polars as pl

from ftdata.conditions.words import expression

__all__ = ["judge"]

_NULL: Final = json.dumps({"Literal": {"Scalar": {"Null": "Null"}}})


def judge(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """What a condition says of each row.

    Args:
        frame: Rows with a column `row` (unique numbers) and one for every name in the condition.
        where: The condition.

    Returns:
        `row, verdict, error`, in the order of the frame: `true`, `false`, `unknown` (null), or `failed` with the name of
        the error that a row raises alone.

    Raises:
        RecipeError: The condition is none.

    Example:
        >>> import polars as pl
        >>> told = judge(pl.DataFrame({"row": [0, 1, 2], "n": ["4", "n/a", "2"]}), "CAST(n AS INTEGER) > 3")
        >>> told["verdict"].to_list()
        ['true', 'failed', 'false']
    """
    asked = sorted(set(expression(where).meta.root_names()))
    holds = expression(where).alias("_holds").cast(pl.Boolean, strict=True)
    try:
        found = frame.select("row", holds)
    except pl.exceptions.PolarsError:
        each = frame.unique(asked, keep="first", maintain_order=True) if asked else frame
        told = _parted(each, where, holds)
        if each.height < frame.height:
            told = frame.join(
                each.select(*asked, told["verdict"], told["error"]), on=asked, how="left", nulls_equal=True
            )
        return frame.select("row").join(
            told.select("row", "verdict", "error"), on="row", how="left", maintain_order="left"
        )
    return _verdicts(found, _words(found), None)


def _parted(frame: pl.DataFrame, where: str, holds: pl.Expr) -> pl.DataFrame:
    """`row, verdict, error` of rows that cannot be judged together, in the order of the frame."""
    parting = _parting(where, frame.clear())
    told: list[pl.DataFrame] = []
    waiting = [frame]
    while waiting:
        group = waiting.pop()
        try:
            found = group.select("row", holds)
        except pl.exceptions.PolarsError:
            parts = [] if group.height < 2 or _wrong_by_types(group, holds, parting) else _parts(group, parting)
            waiting += parts
            if not parts:
                told.append(_failed(group, holds))
        else:
            told.append(_verdicts(group, _words(found), None))
    return frame.select("row").join(pl.concat(told), on="row", how="left", maintain_order="left")


def _words(found: pl.DataFrame) -> list[str]:
    return ["unknown" if one is None else "true" if one else "false" for one in found["_holds"]]


def _verdicts(group: pl.DataFrame, words: list[str], error: str | None) -> pl.DataFrame:
    return group.select(
        "row",
        pl.Series("verdict", words, dtype=pl.String),
        pl.lit(error, dtype=pl.String).alias("error"),
    )


def _failed(group: pl.DataFrame, holds: pl.Expr) -> pl.DataFrame:
    """Every row fails; the error is that of the first, alone: together they may raise another one."""
    try:
        group[:1].select("row", holds)
    except pl.exceptions.PolarsError as error:
        return _verdicts(group, ["failed"] * group.height, type(error).__name__)
    return _verdicts(group, ["failed"] * group.height, None)


@dataclass(frozen=True)
class _Parting:
    """How rows that cannot be judged together are parted.

    Attributes:
        loose: The condition with conversions that give null where they would fail.
        lost: For every conversion, whether it loses a value of the row.
        branches: The conditions of every CASE in it.
    """

    loose: pl.Expr
    lost: tuple[pl.Expr, ...]
    branches: tuple[pl.Expr, ...]


def _parting(where: str, none: pl.DataFrame) -> _Parting | None:
    """How rows with the types of `none`, which has no rows, are parted; None where polars writes it as we do not know it."""
    conversions: list[tuple[Any, Any]] = []
    branches: list[Any] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the JSON is another one in other versions: then there is no parting
            said = json.loads(expression(where).meta.serialize(format="json"))
            tree = {"Cast": {"expr": said, "dtype": {"Literal": "Boolean"}, "options": "Strict"}}
            _loosen(tree, conversions, branches, none)
            return _Parting(
                loose=_read(tree),
                lost=tuple(_read(node).is_null() & _read(given).is_not_null() for node, given in conversions),
                branches=tuple(_read(node) for node in branches),
            )
    except (pl.exceptions.PolarsError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def _loosen(node: Any, conversions: list[tuple[Any, Any]], branches: list[Any], none: pl.DataFrame) -> None:
    """Make all conversions in a tree give null where they would fail, and collect them with what they convert."""
    if not isinstance(node, dict | list):
        return
    for one in node.values() if isinstance(node, dict) else node:
        _loosen(one, conversions, branches, none)
    if isinstance(node, list):
        return
    if "Ternary" in node:
        branches.append(node["Ternary"]["predicate"])
    cast = node.get("Cast")
    if isinstance(cast, dict) and cast.get("options") == "Strict":
        cast["options"] = "NonStrict"
        given = cast["expr"]
        conversions.append((node, given))
        if not _can_become(none.select(_read(given)).dtypes[0], cast):
            cast["expr"] = json.loads(_NULL)
    function = node.get("Function")
    if isinstance(function, dict) and isinstance(made := function["function"], dict):
        read = made.get("StringExpr")
        if isinstance(read, dict) and "Strptime" in read and read["Strptime"][1]["strict"]:
            read["Strptime"][1]["strict"] = False
            conversions.append((node, function["input"][0]))


def _can_become(given: pl.DataType, cast: dict[str, Any]) -> bool:
    """Whether there is such a cast at all; polars finds out only when it has a value."""
    if given == pl.Null:
        return True
    value = pl.Series("_given", [""]) if given == pl.String else pl.Series("_given", [0]).cast(given)
    try:
        value.to_frame().select(_read({"Cast": {**cast, "expr": {"Column": "_given"}}}))
    except pl.exceptions.PolarsError:
        return False
    return True


def _read(node: Any) -> pl.Expr:
    """The expression that a tree stands for."""
    return pl.Expr.deserialize(StringIO(json.dumps(node)), format="json")


def _wrong_by_types(group: pl.DataFrame, holds: pl.Expr, parting: _Parting | None) -> bool:
    """Whether the condition fails on any rows of these types, whatever their values are."""
    none = group.clear()
    try:
        none.lazy().select(holds).collect_schema()
        if parting is None or not parting.branches:  # a branch that no row takes does not fail
            none.select("row", holds)
    except pl.exceptions.PolarsError:
        return True
    return False


def _parts(group: pl.DataFrame, parting: _Parting | None) -> list[pl.DataFrame]:
    """A group that failed, in parts; none when each of its rows fails by itself."""
    middle = group.height // 2
    halves = [group[middle:], group[:middle]]
    if parting is None:
        return halves
    lost = [one.alias(f"_lost{number}") for number, one in enumerate(parting.lost)]
    taken = [one.fill_null(value=False).alias(f"_taken{number}") for number, one in enumerate(parting.branches)]
    try:
        told = group.select("row", parting.loose.alias("_holds"), *lost, *taken).drop("row", "_holds")
    except pl.exceptions.PolarsError:  # something else fails, too
        return halves
    if not told.width:
        return halves
    alike: dict[tuple[bool, ...], list[int]] = {}
    for at, key in enumerate(told.iter_rows()):
        alike.setdefault(key, []).append(at)
    if len(alike) > 1:
        return [group[places] for places in alike.values()]
    return [] if any(next(iter(alike))[: len(lost)]) else halves
