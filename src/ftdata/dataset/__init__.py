"""Rows exactly as they were read, plus a ledger of everything that happened to them.

`Dataset` is immutable; its verbs (`drop`, `edit`, `mark`, `find`, `note`) each give a new one. The parts: `index.py`
(small columns of every row ever read), `ledger.py` (events), `shards.py` (the bytes, in files), `reading.py` (files and
Python rows to a Dataset), `per_row.py` (a per-row stage on every shard, in any process), `run.py` (engine and work
folder), `alike.py` (rows whose texts are alike), `lineage.py` (rows that belong together by what the index says), `clusters.py`
(by either).
"""

from __future__ import annotations

from ftdata.dataset.dataset import Dataset
from ftdata.dataset.index import Fields, Origin
from ftdata.dataset.ledger import Detail, Severity
from ftdata.dataset.shards import Shard

__all__ = ["Dataset", "Detail", "Fields", "Origin", "Severity", "Shard"]
