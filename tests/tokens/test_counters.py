"""Counts are exact whatever the text, bounds hold, and a counter can be sent to another process."""

from __future__ import annotations

import operator
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftdata.errors import EncodingUnavailable
from ftdata.tokens import PACKAGED, bounds, load_encoding
from ftdata.tokens.constants import LONGEST_TOKEN_BYTES, PUBLISHED
from ftdata.tokens.counters import load_same, mend_surrogates
from ftdata.tokens.encodings import build_encoding

# Hypothesis leaves surrogates out of st.text() unless told otherwise.
any_text = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize("name", PACKAGED)
def test_special_token_text_is_ordinary_text(reference, name):
    texts = [f"a {special} b" for special in PUBLISHED[name].special_tokens]
    counts = load_encoding(name).count(texts).tolist()
    assert counts == [len(reference.get_encoding(name).encode(text, disallowed_special=())) for text in texts]
    assert min(counts) > 3


def test_no_texts_give_no_counts_and_the_empty_text_has_none():
    counter = load_encoding("o200k_base")
    for counts in (counter.count([]), *bounds([])):
        assert (counts.dtype, counts.shape) == (np.dtype(np.int64), (0,))
    assert counter.count([""]).tolist() == [0]


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\udc00\ud800", "\ud83d" + "\ude00", "\ud83d \ude00"])
def test_surrogates_count_as_the_text_that_can_be_encoded(text):
    counter = load_encoding("o200k_base")
    assert counter.count([text]).tolist() == counter.count([mend_surrogates(text)]).tolist()


@pytest.mark.parametrize("name", PACKAGED)
@settings(max_examples=100, deadline=None)
@given(st.lists(any_text, max_size=6).flatmap(lambda some: st.permutations(some + some[:2])))
def test_each_text_gets_the_length_of_its_ids_in_order_and_repeats_change_nothing(name, texts):
    counter = load_encoding(name)
    counts = counter.count(texts)
    assert counts.dtype == np.int64
    assert counts.tolist() == [len(counter.encoding.encode_ordinary(text)) for text in texts]


@pytest.mark.parametrize("name", PACKAGED)
@settings(max_examples=150, deadline=None)
@given(st.lists(any_text, max_size=5))
@example(["", "a", "\ud83d\ude00", "\ud800", " " * 1_000, "=" * 500])
def test_bounds_hold_for_the_packaged_encodings(name, texts):
    counter = load_encoding(name)
    low, high = bounds(texts)
    assert (low.dtype, high.dtype) == (np.dtype(np.int64), np.dtype(np.int64))
    assert np.all(low <= counter.count(texts))
    assert np.all(counter.count(texts) <= high)
    assert [part.tolist() for part in counter.bounds(texts)] == [low.tolist(), high.tolist()]


@pytest.mark.parametrize("name", PACKAGED)
def test_both_bounds_are_reached_so_they_cannot_be_tightened(name):
    longest = max(build_encoding(name).token_byte_values(), key=len).decode()
    texts = [longest, "\x00\x01\x02"]
    low, high = bounds(texts)
    counts = load_encoding(name).count(texts)
    assert (counts[0], len(longest.encode())) == (low[0], LONGEST_TOKEN_BYTES)
    assert counts[1] == high[1]


def test_one_string_in_place_of_a_sequence_is_refused():
    with pytest.raises(TypeError, match=r"type \[text\]"):
        load_encoding("o200k_base").count("abc")
    with pytest.raises(TypeError, match=r"type \[text\]"):
        bounds("abc")


def test_a_counter_travels_as_its_name():
    counter = load_encoding("o200k_base")
    sent = pickle.dumps(counter)
    assert len(sent) < 300
    assert pickle.loads(sent) is counter


def test_a_spawned_worker_can_load_by_name_and_can_be_sent_a_counter():
    counter = load_encoding("cl100k_base")
    texts = ["hello world", "", "日本語"]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as workers:
        by_name = workers.submit(load_encoding, "cl100k_base").result()
        counts = workers.submit(operator.methodcaller("count", texts), counter).result()
    assert by_name is counter
    assert counts.tolist() == counter.count(texts).tolist()


def test_another_hash_on_arrival_is_an_error():
    with pytest.raises(EncodingUnavailable, match="has changed since it was first read"):
        load_same("o200k_base", "0" * 64)


def test_the_representation_of_a_counter_is_short():
    assert len(repr(load_encoding("o200k_base"))) < 200
