"""The copied constants are those of the installed tiktoken, and what is derived from the ranks still holds."""

from __future__ import annotations

from unittest import mock

import pytest

from ftdata.tokens.constants import LONGEST_TOKEN_BYTES, PUBLISHED
from ftdata.tokens.encodings import PACKAGED, build_encoding


@pytest.mark.parametrize("name", PACKAGED)
def test_hash_pattern_and_special_tokens_are_those_of_the_installed_tiktoken(name):
    from tiktoken_ext import openai_public

    asked = {}

    def instead_of_download(url, expected_hash=None):
        asked["sha256"] = expected_hash
        return {}

    with mock.patch.object(openai_public, "load_tiktoken_bpe", instead_of_download):
        theirs = openai_public.ENCODING_CONSTRUCTORS[name]()
    ours = PUBLISHED[name]
    assert (ours.name, ours.sha256, ours.pattern) == (theirs["name"], asked["sha256"], theirs["pat_str"])
    assert dict(ours.special_tokens) == theirs["special_tokens"]


@pytest.mark.parametrize("name", PACKAGED)
def test_the_longest_token_has_exactly_the_stated_bytes_and_the_shortest_has_one(name):
    sizes = [len(token) for token in build_encoding(name).token_byte_values()]
    assert max(sizes) == LONGEST_TOKEN_BYTES
    assert min(sizes) == 1


@pytest.mark.parametrize("name", PACKAGED)
def test_every_single_byte_is_a_token_so_any_bytes_can_be_counted(name):
    assert {token for token in build_encoding(name).token_byte_values() if len(token) == 1} == {
        bytes([value]) for value in range(256)
    }


def test_published_constants_cannot_be_changed():
    with pytest.raises(TypeError):
        PUBLISHED["o200k_base"].special_tokens["<|x|>"] = 1
