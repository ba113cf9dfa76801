"""The laws that every stage keeps, as functions to call in a test.

    assert_laws(stage, dataset)                 all of them, save those that `except_` names
    assert_conservation(stage, dataset)         1  rows in = rows out + rows dropped, each with one reason
    assert_fidelity(stage, dataset)             2  unedited rows leave with the bytes they came with
    assert_order(stage, dataset)                3  survivors keep the order of the input
    assert_purity(stage, dataset)               3  the input is as it was
    assert_deterministic(stage, dataset)        4  same bytes again, whatever the shards, processes and engine
    assert_order_independent(stage, dataset)    5  permuting the rows permutes the outcome and changes nothing else
    assert_idempotent(stage, dataset)           6  twice is once
    assert_local(stage, dataset)                6  a per-row stage does the same on a part as on the whole
    assert_truthful(stage, dataset)             7  what is judged is what is shipped
    assert_private(stage, dataset)              8  no text of a row in anything but the data

A stage is any function from Dataset to Dataset, a Pipeline too. The laws look at bytes, index and ledger by a way of
their own; they never ask the pipeline whether its checks passed. What breaks a law raises `AssertionError` and says which
row, what it was and what it became, **with the text of the row**: run them on rows made for tests.
"""

from __future__ import annotations

from ftdata.testing.laws.again import (
    assert_deterministic,
    assert_idempotent,
    assert_local,
    assert_order_independent,
)
from ftdata.testing.laws.every import WAIVERS, assert_laws
from ftdata.testing.laws.once import (
    assert_conservation,
    assert_fidelity,
    assert_order,
    assert_purity,
    assert_truthful,
)
from ftdata.testing.laws.private import Canaries, assert_private, plant_canaries

__all__ = [
    "WAIVERS",
    "Canaries",
    "assert_conservation",
    "assert_deterministic",
    "assert_fidelity",
    "assert_idempotent",
    "assert_laws",
    "assert_local",
    "assert_order",
    "assert_order_independent",
    "assert_private",
    "assert_purity",
    "assert_truthful",
    "plant_canaries",
]
