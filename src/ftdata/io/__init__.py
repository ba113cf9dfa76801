"""Bytes in, bytes out: sources, block reader, compression, JSON arrays, Parquet, atomic writing."""

from ftdata.io.reader import FileFacts, RowBatch, RowReader
from ftdata.io.sources import Source, find_sources
from ftdata.io.staging import StagedFolder
from ftdata.io.writer import atomic_file

__all__ = ["FileFacts", "RowBatch", "RowReader", "Source", "StagedFolder", "atomic_file", "find_sources"]
