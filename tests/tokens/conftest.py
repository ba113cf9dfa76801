"""The independent library that ids are compared with, and the official rank files it carries."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reference():
    """bpe-openai: `reference.get_encoding(name).encode(text, disallowed_special=())`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it opens its data in an outdated way
        import bpe_openai

    return bpe_openai


@pytest.fixture(scope="session")
def rank_files():
    """Folder of the official rank files, gzipped."""
    return Path(importlib.util.find_spec("bpe_openai").origin).parent / "data"
