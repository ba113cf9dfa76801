"""A local tokenizer.json is a plain measure of length: nothing added, cut, padded or left to chance."""

from __future__ import annotations

import hashlib
import json
import pickle
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.errors import EncodingUnavailable, MissingExtraError
from ftdata.tokens import load_encoding
from ftdata.tokens.tokenizer_file import NoTokenizerError, open_tokenizer

tokenizers = pytest.importorskip("tokenizers")

LONG = "the cat sat on the mat and the dog lay by the door " * 5


@pytest.fixture(scope="module")
def trained():
    """A small byte-level tokenizer that adds a special token in front of every text."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=400,
        show_progress=False,
        special_tokens=["<|start|>", "<|end|>"],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([LONG, "naïve 日本語"], trainer)
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="<|start|> $A", special_tokens=[("<|start|>", 0)]
    )
    return tokenizer


@pytest.fixture
def file(trained, tmp_path):
    path = tmp_path / "tokenizer.json"
    trained.save(str(path), pretty=False)
    return path


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(max_size=30), max_size=5))
def test_counts_are_the_ids_without_added_special_tokens(trained, tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "trained.json"
    trained.save(str(path))
    counts = load_encoding(str(path)).count(texts)
    assert counts.dtype == np.int64
    assert counts.tolist() == [len(trained.encode(text, add_special_tokens=False).ids) for text in texts]


def test_the_counter_says_what_was_asked_the_hash_of_the_file_and_the_library(file):
    counter = load_encoding(str(file))
    assert counter.name == str(file)
    assert counter.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert counter.backend == f"tokenizers {tokenizers.__version__}"


def test_a_folder_that_holds_the_file_will_do(file):
    by_file, by_folder = load_encoding(str(file)), load_encoding(str(file.parent))
    assert by_folder.name == str(file.parent)
    assert by_folder.sha256 == by_file.sha256
    assert by_folder.count([LONG]).tolist() == by_file.count([LONG]).tolist()


def test_a_path_may_begin_at_home(file, monkeypatch):
    monkeypatch.setenv("HOME", str(file.parent))
    assert load_encoding("~/tokenizer.json").name == "~/tokenizer.json"


def test_truncation_padding_and_dropout_in_the_file_change_no_count(trained, tmp_path):
    plain, changed = tmp_path / "plain.json", tmp_path / "changed.json"
    trained.save(str(plain))
    content = json.loads(plain.read_text(encoding="utf-8"))
    content["truncation"] = {"direction": "Right", "max_length": 6, "strategy": "LongestFirst", "stride": 0}
    content["padding"] = {
        "strategy": {"Fixed": 64},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 1,
        "pad_type_id": 0,
        "pad_token": "<|end|>",
    }
    content["model"]["dropout"] = 0.5
    changed.write_text(json.dumps(content), encoding="utf-8")
    texts = ["a", "the cat", LONG, ""]
    expected = load_encoding(str(plain)).count(texts).tolist()
    assert expected[2] > 50
    for _ in range(3):
        assert load_encoding(str(changed)).count(texts).tolist() == expected


def test_special_token_text_is_ordinary_text(file):
    counter = load_encoding(str(file))
    assert counter.count(["<|end|>"])[0] > 1


def test_lone_surrogates_count_as_replacement_characters(file):
    counter = load_encoding(str(file))
    assert counter.count(["a\ud800b"]).tolist() == counter.count(["a\ufffdb"]).tolist()


def test_more_texts_than_fit_in_a_batch_keep_their_order(file, monkeypatch):
    monkeypatch.setattr("ftdata.tokens.tokenizer_file._BATCH_CHARACTERS", 7)
    counter = load_encoding(str(file))
    texts = ["the cat", "", "a", "dog by the door", "a", "mat"]
    assert counter.count(texts).tolist() == [counter.count([text])[0] for text in texts]


def test_nothing_is_known_of_bounds(file):
    low, high = load_encoding(str(file)).bounds(["a", LONG])
    assert low.tolist() == [0, 0]
    assert high.tolist() == [np.iinfo(np.int64).max] * 2


def test_an_unchanged_file_is_parsed_once_and_a_replaced_one_is_noticed(file, trained):
    first = load_encoding(str(file))
    assert load_encoding(str(file)) is first
    file.write_text(trained.to_str(pretty=True), encoding="utf-8")
    second = load_encoding(str(file))
    assert second.sha256 != first.sha256


def test_a_counter_travels_as_its_path_and_a_file_replaced_on_the_way_is_an_error(file, trained):
    counter = load_encoding(str(file))
    sent = pickle.dumps(counter)
    assert len(sent) < 600
    assert pickle.loads(sent) is counter
    file.write_text(trained.to_str(pretty=True), encoding="utf-8")
    with pytest.raises(EncodingUnavailable, match="has changed"):
        pickle.loads(sent)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe{\x00",
        b'{"model": {}}',
        b'{"messages": []}\n' * 3,
        b"YQ== 0\n",
        b"{" * 5_000,
    ],
)
def test_a_file_that_is_no_tokenizer_is_one_line_that_quotes_nothing_of_it(tmp_path, content):
    path = tmp_path / "data.jsonl"
    path.write_bytes(content)
    with pytest.raises(NoTokenizerError):
        open_tokenizer(content)
    with pytest.raises(EncodingUnavailable) as caught:
        load_encoding(str(path))
    assert str(caught.value) == (
        f"encoding {str(path)!r}: the file is no tokenizer of the kind tokenizer.json; "
        "type a packaged name (o200k_base, cl100k_base) or the path of a local tokenizer.json"
    )
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.json"
    with path.open("wb") as out:
        out.truncate(600 << 20)  # sparse: takes no room
    with pytest.raises(EncodingUnavailable, match="larger than 512 MiB"):
        load_encoding(str(path))


def test_a_text_the_tokenizer_has_no_tokens_for_is_an_error_that_does_not_quote_it(tmp_path):
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({"known": 0}, unk_token="[none]"))
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    counter = load_encoding(str(path))
    assert counter.count(["known"]).tolist() == [1]
    with pytest.raises(EncodingUnavailable, match="no tokens for one of the texts") as caught:
        counter.count(["canary-7261"])
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_without_the_library_the_error_names_the_extra(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ftdata\[hf\]'") as caught:
        load_encoding(str(file))
    assert caught.value.extra == "hf"


def test_packaged_encodings_do_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    assert load_encoding("o200k_base").count(["a"]).tolist() == [1]
