"""The manifest: what a run was made from and with, so that it can be made again.

Nothing in it changes from one run to the next on the same input: no times, no host, no absolute paths of ours.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from ftdata.near_duplicates import COMMON_PASSAGES
from ftdata.recipe import without_places
from ftdata.stage import stage_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftdata.dataset import Dataset
    from ftdata.pipeline.pipeline import Pipeline
    from ftdata.stage import Stage

__all__ = ["FORMAT_VERSION", "make_manifest"]

FORMAT_VERSION: Final = 1
"""Goes up when the files of a run change in a way that their readers must know of."""
_NOT_TOLD: Final = ("flow", COMMON_PASSAGES)  # in the report; hashes of text
_LIBRARIES: Final = ("polars", "pydantic", "orjson", "numpy")


def make_manifest(
    dataset: Dataset, pipeline: Pipeline, outputs: Mapping[str, int], files: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Inputs with digests, recipe, versions of everything that decides about bytes, counts, and digests of the outputs.

    Args:
        dataset: The rows after the last stage.
        pipeline: What was run.
        outputs: Rows of each file of rows.
        files: `bytes` and `sha256` of each file of the run.
    """
    ledger = dataset.ledger
    drops = ledger.filter(ledger["action"] == "drop").group_by("reason").len().sort("reason")
    return {
        "ftdata": _version("ftdata"),
        "format_version": FORMAT_VERSION,
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "inputs": [
            {
                "path": facts.path,
                "sha256": facts.sha256 or None,  # of a file that was not read to its end nothing is known
                "bytes": facts.size if facts.sha256 else None,
                "rows": facts.rows,
                "format": facts.format,
                "origin": facts.origin,
                "fields": dict(facts.fields),
                "bom": facts.bom,
                "crlf_lines": facts.crlf,
                "blank_lines": facts.blank,
            }
            for facts in dataset.sources
        ],
        "stages": without_places(pipeline.described(defaults=True)),
        "stage_versions": dict(_versions(pipeline, "")),
        "counts": {
            "rows_read": len(dataset.index),
            "rows_kept": len(dataset),
            "dropped": dict(zip(drops["reason"].to_list(), drops["len"].to_list(), strict=True)),
            "outputs": dict(outputs),
        },
        "files": dict(files),
        "notes": {key: value for key, value in dataset.notes.items() if key not in _NOT_TOLD},
        "private_text": "only the data files and rejected.jsonl hold text of rows",
    }


def _versions(pipeline: Pipeline, place: str) -> Iterator[tuple[str, Any]]:
    from ftdata.pipeline.pipeline import Pipeline as Nested

    for number, step in enumerate(pipeline.stages, 1):
        where = f"{place}{number}.{stage_name(step)}"
        if isinstance(step, Nested):
            yield from _versions(step, f"{where}/")
        else:
            yield where, {"version": getattr(step, "version", None), **_told(step)}


def _told(step: Stage) -> dict[str, Any]:
    tell = getattr(step, "versions", None)
    return dict(tell()) if tell is not None else {}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
