"""Encodings by name: packaged ones, built offline and hash-checked, or a local `tokenizer.json`.

tiktoken fetches its rank files from the network at first use, without a time limit. Here the rank files of the two
encodings in wide use travel with the package, and the `tiktoken.Encoding` is built from them directly: no network, no
environment variable, no patching of tiktoken. What cannot be had offline is an error, never an estimate.
"""

from __future__ import annotations

import functools
import hashlib
import os
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

from ftdata.errors import EncodingUnavailable, MissingExtraError
from ftdata.tokens.constants import PUBLISHED
from ftdata.tokens.counters import PackagedCounter
from ftdata.tokens.long_runs import WHOLE_PIECE_PATTERN
from ftdata.tokens.packing import DamagedRanksError, rank_file_sha256, unpack
from ftdata.tokens.tokenizer_file import NoTokenizerError, TokenizerFileCounter, open_tokenizer

if TYPE_CHECKING:
    import tiktoken

    from ftdata.tokens.counters import Counter

__all__ = ["PACKAGED", "build_encoding", "load_encoding", "shown_encoding"]

PACKAGED: tuple[str, ...] = tuple(PUBLISHED)

_FILE_NAME = "tokenizer.json"
# The largest known tokenizer.json has some 35 MB; a data file named by mistake must not be read whole.
_MAX_FILE_BYTES = 512 << 20

# Parsed tokenizer files of this process, by what was asked and the hash of what was read.
_files: dict[tuple[str, str], TokenizerFileCounter] = {}


def shown_encoding(name: str) -> str:
    """What outputs call an encoding: a file by its own name, since the way to it depends on where the run was started.

    Args:
        name: What `load_encoding` takes.

    Example:
        >>> shown_encoding("o200k_base"), shown_encoding("models/llama/tokenizer.json")
        ('o200k_base', 'tokenizer.json')
    """
    return name if name in PACKAGED else Path(os.path.abspath(name)).name  # noqa: PTH100  # of a folder too, `.` say


def load_encoding(name_or_path: str) -> Counter:
    """Loads the counter of an encoding, offline.

    Packaged encodings are loaded once per process. A file is read and hashed on every call, and parsed only when its
    bytes are new, so a file that was replaced is noticed.

    Args:
        name_or_path: A packaged name (`PACKAGED`), or the path of a Hugging Face `tokenizer.json` or of a folder that
            holds one. Model names (`gpt-4o`) are not guessed at. A packaged name goes before a file of that name; type
            `./o200k_base` for the file.

    Returns:
        The counter; its `name` is `name_or_path`.

    Raises:
        EncodingUnavailable: Neither a packaged name nor a path, a file that is no tokenizer, or damaged package data.
        MissingExtraError: A tokenizer file is asked for and the library `tokenizers` is not installed.

    >>> load_encoding("o200k_base").count(["hello world", "<|endoftext|>"]).tolist()
    [2, 7]
    """
    if name_or_path in PUBLISHED:
        return _packaged(name_or_path)
    file = _find_file(name_or_path)
    content = _read(name_or_path, file)
    return _from_file(name_or_path, content, hashlib.sha256(content).hexdigest())


def build_encoding(name: str, *, pattern: str | None = None) -> tiktoken.Encoding:
    """Builds a packaged encoding from its ranks, whose hash is checked.

    Args:
        name: One of `PACKAGED`.
        pattern: A pattern to use in place of the published one.

    Returns:
        A new encoding that gives the ids of `tiktoken.get_encoding(name)`.

    Raises:
        EncodingUnavailable: The packaged ranks are missing or are not the published ones.
    """
    import tiktoken

    published = PUBLISHED[name]
    return tiktoken.Encoding(
        name,
        pat_str=published.pattern if pattern is None else pattern,
        mergeable_ranks=_packaged_ranks(name),
        special_tokens=dict(published.special_tokens),
    )


def _packaged_ranks(name: str) -> dict[bytes, int]:
    try:
        ranks = unpack(resources.files("ftdata.tokens").joinpath("ranks", f"{name}.xz").read_bytes())
    except OSError:
        raise _damaged(name, "the file cannot be read") from None
    except DamagedRanksError as error:
        raise _damaged(name, str(error)) from None
    if rank_file_sha256(ranks) != PUBLISHED[name].sha256:
        raise _damaged(name, "they are not the published ones (SHA-256 differs)")
    return ranks


@functools.cache
def _packaged(name: str) -> PackagedCounter:
    return PackagedCounter(
        name=name,
        sha256=PUBLISHED[name].sha256,
        backend=f"tiktoken {metadata.version('tiktoken')}",
        encoding=build_encoding(name),
        whole_piece=functools.cache(functools.partial(build_encoding, name, pattern=WHOLE_PIECE_PATTERN)),
        trailing_stands_alone=PUBLISHED[name].trailing_space_stands_alone,
    )


def _find_file(asked: str) -> Path:
    path = os.path.expanduser(asked)  # noqa: PTH111  Path.expanduser raises for an unknown user
    if os.path.isdir(path):  # noqa: PTH112  Path methods raise on a NUL or an overlong name, these answer False
        path = os.path.join(path, _FILE_NAME)  # noqa: PTH118
        if not os.path.isfile(path):  # noqa: PTH113
            raise _unavailable(asked, f"the folder holds no {_FILE_NAME}")
    elif not os.path.isfile(path):  # noqa: PTH113
        raise _unavailable(asked, "no packaged encoding has this name, and there is no file or folder of this path")
    return Path(path)


def _read(asked: str, file: Path) -> bytes:
    try:
        if file.stat().st_size > _MAX_FILE_BYTES:
            raise _unavailable(asked, f"the file is no tokenizer: larger than {_MAX_FILE_BYTES >> 20} MiB")
        return file.read_bytes()
    except OSError as error:
        raise _unavailable(asked, f"the file cannot be read ({error.strerror})") from None


def _from_file(asked: str, content: bytes, sha256: str) -> TokenizerFileCounter:
    known = _files.get((asked, sha256))
    if known is not None:
        return known
    try:
        tokenizer = open_tokenizer(content)
    except ImportError:
        raise MissingExtraError(f"encoding {asked!r}: counting with a tokenizer file", extra="hf") from None
    except NoTokenizerError:
        raise _unavailable(asked, f"the file is no tokenizer of the kind {_FILE_NAME}") from None
    backend = f"tokenizers {metadata.version('tokenizers')}"
    counter = _files[asked, sha256] = TokenizerFileCounter(asked, sha256, backend, tokenizer)
    return counter


def _unavailable(asked: str, why: str) -> EncodingUnavailable:
    return EncodingUnavailable(
        f"encoding {asked!r}: {why}; type a packaged name ({', '.join(PACKAGED)}) or the path of a local {_FILE_NAME}"
    )


def _damaged(name: str, why: str) -> EncodingUnavailable:
    return EncodingUnavailable(
        f"encoding {name!r}: the ranks packaged with ftdata are damaged: {why}; "
        "type: pip install --force-reinstall --no-deps ftdata"
    )
