"""A first recipe: what `ftdata init` writes.

It runs as it is. Whatever only a person can know (who wrote the rows, what a key means, what the model takes) stands in it
as a comment with a question, next to the line that the answer changes.
"""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ftdata.errors import ReadError, RecipeError
from ftdata.formats import AGREEMENT
from ftdata.recipe.first_look import LookedAt, look_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftdata.dataset import Origin
    from ftdata.recipe.first_look import Look

__all__ = ["starter_recipe"]

_MAX_TOKENS: Final = 4096  # to begin with: its line asks what the model takes, and says how long the longest row is
_BY_LINE: Final = 4  # more files than that stand one below the other


def starter_recipe(folder: Path, files: Sequence[str | os.PathLike[str]] = (), *, origin: Origin = "unknown") -> Path:
    """Write `recipe.yaml` into a folder, for given files or for the data that is there.

    Files are put together in one input where they are laid out alike; target, repairs and limits are chosen by what the
    first rows are.

    Args:
        folder: Where the recipe goes; made when it is not there.
        files: Files, folders and patterns; none stands for the data in `folder`.
        origin: Who wrote the rows.

    Raises:
        RecipeError: There is one already, the folder is a file, or `files` names standard input.
        ReadError: A file that was named is not there.
        WriteError: It cannot be written.
    """
    from ftdata.io import atomic_file, find_sources

    place = folder / "recipe.yaml"
    if os.path.lexists(place):
        raise RecipeError(f"{place} is there already; remove it first, or give another folder")
    if folder.exists() and not folder.is_dir():
        raise RecipeError(f"{folder} is a file; give a folder")
    if "-" in files:
        raise RecipeError("a recipe is written for files; write standard input into one first")
    folder.mkdir(parents=True, exist_ok=True)
    if files:
        sources = find_sources(files)
    else:
        try:
            sources = find_sources(folder)
        except ReadError:
            sources = []
    text = "\n".join(_lines(place, look_at(sources, origin=origin), origin)) + "\n"
    with atomic_file(place) as file:
        file.write(text.encode())
    return place


def _lines(place: Path, seen: LookedAt, origin: Origin) -> Iterator[str]:
    name = _plain(shlex.quote(str(place)))
    yield "# A recipe for ftdata: what to read, what to do with it. `ftdata schema` prints the schema for your editor."
    yield f"# Try it:  ftdata run {name} --dry-run --limit 1000        Run it:  ftdata run {name} --out clean/"
    yield "inputs:"
    if not seen.inputs:
        yield "  - paths: [data/*.jsonl]  # no data was found; name yours: files, folders, patterns"
        yield f"    origin: {origin}  # human, synthetic or unknown: only human rows may enter val and test"
    for one in seen.inputs:
        yield from _input_lines(one, place.parent, origin)
    for why in seen.unread:
        yield f"  # left out: {_plain(why)}"
    yield "stages:"
    yield from _stage_lines(seen, origin)


def _input_lines(one: Look, folder: Path, origin: Origin) -> Iterator[str]:
    # A text of JSON is one of YAML too, whatever is in the name.
    paths = [json.dumps(_from_folder(path, folder), ensure_ascii=False) for path in one.paths]
    rows = f"{one.rows:,} rows" if one.complete else f"{one.rows:,} rows and more"
    told = f"# {one.format}, {rows}"
    if len(paths) <= _BY_LINE:
        yield f"  - paths: [{', '.join(paths)}]  {told}"
    else:
        yield f"  - paths:  {told}"
        yield from (f"      - {path}" for path in paths)
    hint = "the name says that a program did" if one.made else "only human rows may enter val and test"
    asked = f"  # who wrote these rows: human, synthetic or unknown? {hint}" if origin == "unknown" else ""
    yield f"    origin: {origin}{asked}"
    if one.agreement < AGREEMENT:
        yield f"    # {1 - one.agreement:.0%} of the rows of a file here look otherwise; `ftdata check` lists them"
    if one.wrapped is not None:
        yield f"    # {_plain(one.wrapped)}"
    elif one.format == "unknown":
        yield "    # ftdata knows no such layout: rows are checked to be JSON, and looked at as texts"
    if one.fields:
        told = ", ".join(f"{field}: {path}" for field, path in one.fields.items())
        yield f"    # fields: {{{told}}}  # keys of the rows; is that what they mean? then take the first # away"
    else:
        yield "    # fields: {group: KEY}  # none was seen: is there a key that keeps rows of one customer, thread, document together?"


def _stage_lines(seen: LookedAt, origin: Origin) -> Iterator[str]:
    formats = sorted({one.format for one in seen.inputs})
    if len(formats) > 1:
        yield f"  # {', '.join(formats)} would come out in one file; does your trainer take that? else: a recipe for each"
    if seen.target is None:
        yield "  - {stage: Validate}  # no target takes these rows; `ftdata targets` lists them"
    else:
        repairs = ["extra_keys"] * seen.extra_keys + ["null_keys"] * seen.null_keys
        repair = f", repair: [{', '.join(repairs)}]" if repairs else ""
        why = "who will read the file? `ftdata targets` lists them"
        if seen.extra_keys:
            why += "; keys that it rejects are removed"
        if seen.null_keys:
            why += "; keys that are null where that means none are removed"
        yield f"  - {{stage: Validate, target: {seen.target}{repair}}}  # {why}"
    if seen.refused or seen.unreadable:
        counts = ((seen.unreadable, "unreadable"), (seen.refused, "with errors"))
        told = ", ".join(f"{count:,} {what}" for count, what in counts if count)
        leave = f"{seen.unreadable + seen.refused:,} {'leaves' if seen.unreadable + seen.refused == 1 else 'leave'}"
        asked = "ftdata check" if seen.target is None else f"ftdata check --target {seen.target}"
        yield f"  # of the first {seen.rows:,} rows {leave} ({told}); `{asked}` says which"
    if seen.scrubs:
        yield "  - {stage: ScrubPII}"
    else:
        yield "  # - {stage: ScrubPII}  # needs: pip install 'ftdata[pii]'; then take the first # away"
    yield "  - {stage: Deduplicate, threshold: 0.8}"
    longest = "" if seen.longest is None else f" the longest of the first {seen.rows:,} rows has {seen.longest:,}"
    limit = f"{{stage: FilterTokens, max_tokens: {_MAX_TOKENS}, encoding: o200k_base}}"
    yield f"  - {limit}  # how many tokens does your model take?{longest}"
    split = "{stage: Split, train: 0.8, val: 0.1, test: 0.1, seed: 7}"
    if seen.no_split is None and origin == "human":
        yield f"  - {split}"
        yield "  - {stage: Describe, by: split}"
    else:
        why = seen.no_split or "only rows that people wrote may enter val and test"
        yield f"  # - {split}  # {why}; say so above, then take the first # away"
        yield "  - {stage: Describe, by: source}"


def _from_folder(path: str, folder: Path) -> str:
    """A file as the recipe names it: from its folder, but for one that was named from the root and lies elsewhere."""
    told = os.path.relpath(path, folder)
    outside = told == os.pardir or told.startswith(os.pardir + os.sep)
    return path if outside and os.path.isabs(path) else Path(told).as_posix()  # noqa: PTH117


def _plain(text: str) -> str:
    """A text on one line of a comment."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
