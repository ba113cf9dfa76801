"""A function of texts as a function of a shard, so that rooms that know no Dataset can be run on every shard."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from ftdata.dataset.shards import Shard

__all__ = ["OnTexts"]


@dataclasses.dataclass(frozen=True)
class OnTexts:
    """Call a function with the texts of a shard; it can be pickled if the function can.

    Attributes:
        function: From the frame of `ftdata.texts.extract_texts` to a frame.
    """

    function: Callable[[pl.DataFrame], pl.DataFrame]

    def __call__(self, shard: Shard) -> pl.DataFrame:
        """What the function gives for the texts of the shard."""
        return self.function(shard.texts)
