"""Private data in texts: what is looked for, where it is, and what stands in its place."""

from ftdata.pii.again import Known
from ftdata.pii.detect import Detector, Span, resolve
from ftdata.pii.kinds import DEFAULT_KINDS, KINDS
from ftdata.pii.placeholders import Placeholders, replace, scrub, scrub_text
from ftdata.pii.presidio_bridge import detector_versions, require_pii

__all__ = [
    "DEFAULT_KINDS",
    "KINDS",
    "Detector",
    "Known",
    "Placeholders",
    "Span",
    "detector_versions",
    "replace",
    "require_pii",
    "resolve",
    "scrub",
    "scrub_text",
]
