"""Near-duplicates: texts in, arrays out; knows no Dataset.

The way through the room, top to bottom:

    passages    what much of the set shares          count_lines(texts), common_lines(counts)
    parts       which texts of a row are compared    compared_parts(texts)
    related     which of them relate two rows        related_sets(texts)
    normalise   texts to words                      normalise(texts)
    shingle     words to sets of n-grams            shingle(normalised, n=5) -> ShingleSets
    minhash     sets to signatures to band keys     signatures(sets), parameters(threshold), band_keys(...)
    stored      keys and sets in files              write_keys, rows_with_shared_keys, write_sets, read_sets
    buckets     keys to candidates
    layers      the exact judgement of a candidate
    join        candidates to kept rows             leaders(keys, whole, parts, threshold=0.8) -> Leaders
    clusters    candidates to components            components(keys, whole, threshold=0.8), Clusters

Keys only propose pairs. Every pair is decided by the true Jaccard similarity of its shingle sets, in integers.
Most names below are loaded when they are first asked for; importing the package imports numpy and nothing heavier.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# At once, not lazily: these functions bear the names of their modules, and the import of a module sets its name here.
from ftdata.near_duplicates.normalise import NORMALISE_VERSION, normalise
from ftdata.near_duplicates.shingle import SHINGLE_VERSION, ShingleSets, sets_of_values, shingle

if TYPE_CHECKING:
    from ftdata.near_duplicates.clusters import Clusters, components
    from ftdata.near_duplicates.join import Leaders, Part, leaders
    from ftdata.near_duplicates.minhash import band_keys, expected_recall, parameters, signatures
    from ftdata.near_duplicates.parts import compared_parts, exact_keys, fingerprints
    from ftdata.near_duplicates.passages import COMMON_PASSAGES, common_lines, count_lines
    from ftdata.near_duplicates.related import RELATED_NGRAM, related_bodies, related_sets
    from ftdata.near_duplicates.stored import read_keys, read_sets, rows_with_shared_keys, write_keys, write_sets

__all__ = [
    "COMMON_PASSAGES",
    "NORMALISE_VERSION",
    "RELATED_NGRAM",
    "SHINGLE_VERSION",
    "Clusters",
    "Leaders",
    "Part",
    "ShingleSets",
    "band_keys",
    "common_lines",
    "compared_parts",
    "components",
    "count_lines",
    "exact_keys",
    "expected_recall",
    "fingerprints",
    "leaders",
    "normalise",
    "parameters",
    "read_keys",
    "read_sets",
    "related_bodies",
    "related_sets",
    "rows_with_shared_keys",
    "sets_of_values",
    "shingle",
    "signatures",
    "write_keys",
    "write_sets",
]

_HOME = {
    "clusters": ("Clusters", "components"),
    "join": ("Leaders", "Part", "leaders"),
    "minhash": ("band_keys", "expected_recall", "parameters", "signatures"),
    "parts": ("compared_parts", "exact_keys", "fingerprints"),
    "passages": ("COMMON_PASSAGES", "common_lines", "count_lines"),
    "related": ("RELATED_NGRAM", "related_bodies", "related_sets"),
    "stored": ("read_keys", "read_sets", "rows_with_shared_keys", "write_keys", "write_sets"),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE[name]}"), name)
