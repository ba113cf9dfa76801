"""Text in, numbers out: how many tokens a text has, counted exactly and offline."""

from ftdata.tokens.counters import Counter, bounds
from ftdata.tokens.encodings import PACKAGED, load_encoding, shown_encoding

__all__ = ["PACKAGED", "Counter", "bounds", "load_encoding", "shown_encoding"]
