"""The stages: one thin file each, that reads columns, calls its room, and drops, edits, marks or finds."""

from __future__ import annotations

from ftdata.stages.deduplicate import Deduplicate
from ftdata.stages.describe import Describe
from ftdata.stages.filter import Filter
from ftdata.stages.filter_tokens import FilterTokens
from ftdata.stages.scrub_pii import ScrubPII
from ftdata.stages.split import Split
from ftdata.stages.validate import Validate

__all__ = ["Deduplicate", "Describe", "Filter", "FilterTokens", "ScrubPII", "Split", "Validate"]
