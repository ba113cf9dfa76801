"""Records by their type, and what that costs a project that never asks for one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftdata import records
from ftdata.testing.by_type import strategy_of_type

SOURCE = Path(__file__).parents[2] / "src"
HEAVY = ["polars", "pydantic", "numpy", "numba", "tiktoken", "datasketch", "presidio_analyzer", "ftdata.records"]
FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def run_fresh(program: str) -> str:
    """What a fresh interpreter prints. It loads the entry point as Hypothesis would, installed or not."""
    environment = {"PYTHONPATH": str(SOURCE), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_registering_loads_none_of_the_heavy_libraries() -> None:
    program = f"""
import hypothesis, sys
from ftdata.testing import register
register()
print([name for name in {HEAVY} if name in sys.modules])
"""
    assert run_fresh(program).strip() == "[]"


def test_importing_the_strategies_loads_no_dataframes() -> None:
    """Only what draws a Dataset or a record needs polars or pydantic."""
    program = f"""
import sys
from ftdata.testing.strategies import chat_records, datasets
datasets(), chat_records()
print([name for name in {HEAVY} if name in sys.modules])
"""
    assert run_fresh(program).strip() == "[]"


def test_a_type_is_found_without_an_import_of_ours() -> None:
    program = """
from hypothesis import strategies as st
from ftdata.testing import register
register()
import ftdata.records
strategy = st.from_type(ftdata.records.PlainText)
print(type(strategy.example()).__name__)
"""
    assert run_fresh(f"import warnings; warnings.simplefilter('ignore')\n{program}").strip() == "PlainText"


def test_a_hypothesis_without_the_lazy_table_gets_the_types_all_the_same() -> None:
    """The table is not public: when it is gone, registering is dearer and no less right."""
    program = """
import warnings; warnings.simplefilter("ignore")
from hypothesis import strategies as st
from hypothesis.strategies._internal import types
kept = types._global_extra_lookup
kept.pop("ftdata.records", None)
del types._global_extra_lookup
from ftdata.testing import register
register()
types._global_extra_lookup = kept
import ftdata.records
print(type(st.from_type(ftdata.records.Chat).example()).__name__)
"""
    assert run_fresh(program).strip() == "Chat"


@pytest.mark.parametrize("kind", [records.Chat, records.Preference, records.Completion, records.PlainText])
def test_every_record_type_resolves_to_records_of_that_type(kind) -> None:
    @FEW
    @given(st.from_type(kind))
    def check(record):
        assert type(record) is kind
        assert kind.model_validate(record.model_dump()) == record

    check()


def test_the_union_of_records_resolves_too() -> None:
    @FEW
    @given(st.from_type(records.Record))
    def check(record):
        assert isinstance(record, records.Chat | records.Preference | records.Completion | records.PlainText)

    check()


def test_other_types_are_left_to_hypothesis() -> None:
    assert strategy_of_type(int) is None
    assert strategy_of_type(records.Message) is None
    assert strategy_of_type(list[int]) is None
