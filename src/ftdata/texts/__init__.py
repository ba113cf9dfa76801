"""The strings of a row that a model would read, each with JSON path, part and role, and what else tells rows apart.

    layouts   which members of a row are texts, and which others make it another example
    extract   the walk through a row

Every stage that looks at text reads the frame of `extract_texts`, so all of them agree on what the text of a row *is*.
"""

from __future__ import annotations

from ftdata.texts.extract import BESIDE, KINDS, PARTS, ROLES, Kind, empty_texts, extract_texts
from ftdata.texts.layouts import COUNTED, COUNTED_IN_MESSAGES, LAYOUTS, NUMBERING, OPEN, PROVENANCE, distinguishing

__all__ = [
    "BESIDE",
    "COUNTED",
    "COUNTED_IN_MESSAGES",
    "KINDS",
    "LAYOUTS",
    "NUMBERING",
    "OPEN",
    "PARTS",
    "PROVENANCE",
    "ROLES",
    "Kind",
    "distinguishing",
    "empty_texts",
    "extract_texts",
]
