"""Packing loses nothing, and damage of any kind is noticed."""

from __future__ import annotations

import base64
import hashlib
import lzma

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.tokens.packing import DamagedRanksError, pack, rank_file_sha256, unpack

rank_tables = st.dictionaries(
    st.binary(min_size=1, max_size=6) | st.binary(min_size=255, max_size=255),
    st.integers(0, 60),
    min_size=1,
    max_size=20,
).map(lambda table: dict(sorted({rank: token for token, rank in table.items()}.items())))  # rank -> token, gaps allowed


def rank_file(tokens):
    return b"".join(base64.b64encode(token) + b" %d\n" % rank for rank, token in tokens.items())


@settings(max_examples=40, deadline=None)
@given(rank_tables)
def test_unpacking_gives_back_every_token_and_rank_and_the_hash_of_the_file(tokens):
    file = rank_file(tokens)
    ranks = unpack(pack(file))
    assert list(ranks.items()) == [(token, rank) for rank, token in tokens.items()]
    assert rank_file_sha256(ranks) == hashlib.sha256(file).hexdigest()


@settings(max_examples=40, deadline=None)
@given(rank_tables, st.data())
def test_damage_is_an_error_or_changes_the_hash(tokens, data):
    file = rank_file(tokens)
    plain = bytearray(lzma.decompress(pack(file)))
    at = data.draw(st.integers(0, len(plain) - 1))
    plain[at] ^= data.draw(st.integers(1, 255))
    try:
        found = rank_file_sha256(unpack(lzma.compress(bytes(plain))))
    except DamagedRanksError:
        return
    assert found != hashlib.sha256(file).hexdigest()


@pytest.mark.parametrize("cut", [0, 1, 11, 30, -1])
def test_a_packed_file_cut_short_is_an_error(cut):
    packed = pack(b"YQ== 0\nYg== 1\n")
    with pytest.raises(DamagedRanksError, match="not a whole xz file"):
        unpack(packed[:cut])


@pytest.mark.parametrize("plain", [b"", b"\x01\0\0", b"\x05\0\0\0\x01", b"\x01\0\0\0\x02a", b"\x01\0\0\0\x01ab"])
def test_lengths_that_do_not_add_up_are_an_error(plain):
    with pytest.raises(DamagedRanksError, match="do not add up"):
        unpack(lzma.compress(plain))


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"", "no token"),
        (b"YQ==\n", "line 1 is not"),
        (b"YQ== 0\n!!! 1\n", "line 2 is not"),
        (b"YQ== x\n", "line 1 is not"),
        (b"YQ== 0\nYg== 0\n", "line 2: a rank"),
        (b"YQ== -1\n", "line 1: a rank"),
        (b"YQ== 0\nYQ== 1\n", "a token stands twice"),
        (base64.b64encode(bytes(256)) + b" 0\n", "bad length"),
    ],
)
def test_what_is_no_rank_file_cannot_be_packed(file, why):
    with pytest.raises(DamagedRanksError, match=why):
        pack(file)
