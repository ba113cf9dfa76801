"""Stages in a chain, and what comes out of running them.

`pipeline.py` chains and checks, `result.py` is what a run gives back, `outputs.py` writes it, `manifest.py` says what
it was made from.
"""

from __future__ import annotations

from ftdata.pipeline.pipeline import Pipeline
from ftdata.pipeline.result import Result

__all__ = ["Pipeline", "Result"]
