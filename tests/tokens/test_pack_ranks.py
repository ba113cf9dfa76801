"""The script that makes the packaged ranks takes the official rank files and nothing else."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

import pytest

from ftdata.tokens import PACKAGED
from ftdata.tokens.packing import unpack

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "pack_ranks.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("pack_ranks", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("plain", [False, True])
def test_the_official_file_packs_to_what_is_packaged(script, rank_files, tmp_path, plain):
    name, out = "cl100k_base", tmp_path / "out.xz"
    file = rank_files / f"{name}.tiktoken.gz"
    if plain:
        file = tmp_path / "plain.tiktoken"
        file.write_bytes(gzip.decompress((rank_files / f"{name}.tiktoken.gz").read_bytes()))
    assert script.main([name, str(file), str(out)]) == 0
    assert unpack(out.read_bytes()) == unpack((script.RANKS / f"{name}.xz").read_bytes())


OFFICIAL_BUT = {
    "empty": lambda _: b"",
    "small": lambda _: b"YQ== 0\n",
    "small, gzipped": lambda _: gzip.compress(b"YQ== 0\n"),
    "gzip cut short": lambda _: gzip.compress(b"YQ== 0\n")[:-4],
    "another encoding": lambda files: (files / "o200k_base.tiktoken.gz").read_bytes(),
    "one byte more": lambda files: gzip.decompress((files / "cl100k_base.tiktoken.gz").read_bytes()) + b"\n",
}


@pytest.mark.parametrize("what", OFFICIAL_BUT)
def test_any_other_file_is_refused_and_nothing_is_written(script, rank_files, tmp_path, capsys, what):
    file, out = tmp_path / "in.tiktoken", tmp_path / "out.xz"
    file.write_bytes(OFFICIAL_BUT[what](rank_files))
    assert script.main(["cl100k_base", str(file), str(out)]) == 1
    assert not out.exists()
    assert str(file) in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["o200k_base"], ["p50k_base", "x"], ["o200k_base", "a", "b", "c"]])
def test_a_wrong_call_shows_the_usage(script, capsys, arguments):
    assert script.main(arguments) == 2
    usage = capsys.readouterr().err
    assert all(name in usage for name in PACKAGED)


def test_a_missing_file_is_a_message(script, tmp_path, capsys):
    assert script.main(["o200k_base", str(tmp_path / "none")]) == 1
    assert "cannot be read" in capsys.readouterr().err
