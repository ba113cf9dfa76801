"""Encodings load offline, give the ids of the reference, and say in one line why they cannot."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.errors import EncodingUnavailable
from ftdata.tokens import encodings
from ftdata.tokens.constants import PUBLISHED
from ftdata.tokens.counters import mend_surrogates
from ftdata.tokens.encodings import PACKAGED, build_encoding, load_encoding

NASTY = [
    "",
    " ",
    "\n",
    "\r\n\r\n",
    " \n ",
    "a" * 5_000,
    " " * 5_000 + "x",
    "\t\v\f\x85\xa0\u2028\u3000",
    "\x1c\x1d\x1e\x1f\x00\x7f",
    "\ufeffbom\ufeff",
    "\ufffd\uffff\U0010ffff",
    "<|endoftext|><|endofprompt|><|fim_prefix|><|im_start|>",
    "I'LL we'Re 'S it'ſ don't’t",
    "日本語テキスト、한국어 ภาษาไทย العربية עברית हिन्दी ကမြန်မာ",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪 e\u0301\u0327 ﷽ Ǆ ǅ İ ß ſ",
    "1234567890 ٣٤٥ ½ Ⅷ ²",
    "def f(x):\n\treturn x**2  # {}[]()<>\\/\n\n\n",
    "https://example.org/a/b?c=d&e=f#g//\r\n/",
    '{"a": [1, 2.5e-10, null, "\\u00e9"]}',
    "\u0378\U000323b0\U00018d80\u1acf",  # unassigned or new in recent Unicode versions
    "!" * 1_000 + "\n" * 100 + "?",
]
PIECES = ["'s", "'LL", "  ", "\n", "\r", "/", "<|endoftext|>", "é", "e\u0301", "日", "A", "a", "1", "\u2028", "👍", "ǅ"]
texts = st.text(max_size=80) | st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join)


@pytest.mark.parametrize("name", PACKAGED)
@pytest.mark.parametrize("text", NASTY)
def test_ids_of_nasty_texts_are_those_of_an_independent_library(reference, name, text):
    assert load_encoding(name).encoding.encode_ordinary(text) == reference.get_encoding(name).encode(
        text, disallowed_special=()
    )


@pytest.mark.parametrize("name", PACKAGED)
@settings(max_examples=200, deadline=None)
@given(texts)
def test_ids_of_any_text_are_those_of_an_independent_library_and_decode_to_what_was_counted(reference, name, text):
    encoding = load_encoding(name).encoding
    ids = encoding.encode_ordinary(text)
    assert ids == reference.get_encoding(name).encode(text, disallowed_special=())
    assert encoding.decode(ids) == mend_surrogates(text)


@pytest.mark.parametrize("name", PACKAGED)
def test_counts_of_real_rows_are_those_of_an_independent_library(reference, name, shared_data):
    theirs = reference.get_encoding(name)
    for file in ("gpteacher.jsonl", "crosswoz_zh.jsonl"):
        lines = (shared_data / file).read_text(encoding="utf-8").splitlines()[:400]
        assert load_encoding(name).count(lines).tolist() == [len(theirs.encode_ordinary(line)) for line in lines]


@pytest.mark.parametrize("name", PACKAGED)
def test_special_tokens_keep_their_published_numbers(name):
    encoding = build_encoding(name)
    assert encoding.encode("<|endoftext|>", allowed_special="all") == [PUBLISHED[name].special_tokens["<|endoftext|>"]]
    assert encoding.n_vocab == max(PUBLISHED[name].special_tokens.values()) + 1


def test_a_packaged_encoding_is_loaded_once_per_process():
    assert load_encoding("o200k_base") is load_encoding("o200k_base")


def test_a_counter_says_which_ranks_and_which_library_count():
    counter = load_encoding("cl100k_base")
    assert (counter.name, counter.sha256) == ("cl100k_base", PUBLISHED["cl100k_base"].sha256)
    assert counter.backend.startswith("tiktoken ")


def test_loading_needs_no_network_no_cache_folder_and_leaves_the_environment_alone(tmp_path):
    """In a fresh process whose sockets fail and whose folders are empty."""
    code = """
import os, socket, sys
def refuse(*_args, **_kwargs):
    raise AssertionError("network")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
before = dict(os.environ)
from ftdata.tokens import PACKAGED, load_encoding
print([load_encoding(name).count(["hello world", "<|endoftext|>"]).tolist() for name in PACKAGED])
assert dict(os.environ) == before
assert "requests" not in sys.modules and "tiktoken_ext.openai_public" not in sys.modules
"""
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
    )
    assert (done.stdout, done.stderr) == ("[[2, 7], [2, 7]]\n", "")
    assert list(tmp_path.iterdir()) == []


def test_importing_the_room_loads_no_heavy_library():
    code = (
        "import sys, ftdata.tokens;"
        "print(sorted({'numpy', 'tiktoken', 'tokenizers', 'polars', 'requests'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "asked", ["gpt-4o", "o200k", "O200K_BASE", "", "no/such/tokenizer.json", "a\0b", "x" * 5_000, "~nobody-here/t"]
)
def test_an_unknown_name_is_one_line_with_what_was_asked_what_is_packaged_and_what_to_type(asked):
    with pytest.raises(EncodingUnavailable) as caught:
        load_encoding(asked)
    message = str(caught.value)
    assert message.startswith(f"encoding {asked!r}: ")
    assert "o200k_base, cl100k_base" in message
    assert "type a packaged name" in message
    assert "tokenizer.json" in message
    assert "\n" not in message


def test_a_packaged_name_goes_before_a_folder_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "o200k_base").mkdir()
    assert load_encoding("o200k_base").count(["a"]).tolist() == [1]
    with pytest.raises(EncodingUnavailable, match=r"holds no tokenizer\.json"):
        load_encoding("./o200k_base")


@pytest.fixture
def packaged_ranks(tmp_path, monkeypatch):
    """Puts other bytes in the place of the packaged ranks."""
    (tmp_path / "ranks").mkdir()
    monkeypatch.setattr(encodings.resources, "files", lambda _package: tmp_path)
    return tmp_path / "ranks" / "cl100k_base.xz"


def damages():
    packed = (Path(encodings.__file__).parent / "ranks" / "cl100k_base.xz").read_bytes()
    other = (Path(encodings.__file__).parent / "ranks" / "o200k_base.xz").read_bytes()
    plain = lzma.decompress(packed)
    return {
        "empty": b"",
        "cut short": packed[:-1000],
        "a bit flipped": packed[:50_000] + bytes([packed[50_000] ^ 1]) + packed[50_001:],
        "a token changed": lzma.compress(plain[:-1] + b"\0", preset=0),
        "another encoding": other,
        "a pointer file": b"version https://git-lfs.example/spec/v1\n",
    }


@pytest.mark.parametrize("damage", damages())
def test_damaged_package_data_is_an_error_that_says_how_to_mend_it(packaged_ranks, damage):
    packaged_ranks.write_bytes(damages()[damage])
    with pytest.raises(
        EncodingUnavailable, match=r"packaged with ftdata are damaged: .*; type: pip install --force-reinstall"
    ):
        build_encoding("cl100k_base")


def test_missing_package_data_is_the_same_error(packaged_ranks):
    with pytest.raises(EncodingUnavailable, match="damaged: the file cannot be read"):
        build_encoding("cl100k_base")


def test_the_licence_of_the_ranks_stands_beside_them():
    notice = (Path(encodings.__file__).parent / "ranks" / "LICENSE-OPENAI").read_text(encoding="utf-8")
    assert "Copyright (c) 2022 OpenAI, Shantanu Jain" in notice
    assert "The above copyright notice and this permission notice shall be included" in notice


def test_the_packaged_ranks_are_the_official_rank_files(rank_files):
    for name in PACKAGED:
        content = gzip.decompress((rank_files / f"{name}.tiktoken.gz").read_bytes())
        assert hashlib.sha256(content).hexdigest() == load_encoding(name).sha256
