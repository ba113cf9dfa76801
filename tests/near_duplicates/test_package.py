from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import ftdata.near_duplicates as room


def test_every_public_name_is_there_and_is_no_module():
    """`shingle` and `normalise` are functions in modules of the same name: the door must give the functions."""
    import ftdata.near_duplicates.kernels
    import ftdata.near_duplicates.minhash  # noqa: F401

    for name in room.__all__:
        assert not isinstance(getattr(room, name), type(sys)), name
    assert sorted(room.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)) == room.__all__
    assert not hasattr(room, "no_such_name")


def test_the_note_of_the_common_passages_has_its_name_in_one_place():
    """Two stages and the manifest know it; a name that is typed twice is once typed wrongly."""
    source = Path(room.__file__).parents[1]
    places = [path.name for path in source.rglob("*.py") if '"common_passages"' in path.read_text(encoding="utf-8")]
    assert places == ["passages.py"]
    assert room.COMMON_PASSAGES == "common_passages"


def test_importing_the_room_loads_nothing_heavy():
    code = (
        "import sys, ftdata.near_duplicates as room; room.leaders, room.components, room.signatures\n"
        "print(sorted({'polars', 'numba', 'datasketch', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_small_inputs_are_done_without_numba():
    code = (
        "import sys, numpy, polars as pl\n"
        "from ftdata.near_duplicates import *\n"
        "sets = shingle(normalise(pl.Series(['a b c d e f g'] * 40)))\n"
        "keys = band_keys(signatures(sets), bands=16, rows=6)\n"
        "assert leaders(keys, sets, threshold=0.8).kept.max() == 0\n"
        "assert components(keys, sets, threshold=0.8).max() == 0\n"
        "print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
