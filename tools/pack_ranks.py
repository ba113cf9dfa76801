"""Packs an OpenAI rank file for src/ftdata/tokens/ranks/. Anything but the official file is refused.

    python tools/pack_ranks.py NAME FILE [OUT]

NAME is o200k_base or cl100k_base. FILE is the official NAME.tiktoken, plain or gzipped; the development dependency bpe-openai
carries both, as bpe_openai/data/NAME.tiktoken.gz. OUT is src/ftdata/tokens/ranks/NAME.xz unless told. No network is used.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from ftdata.tokens.constants import PUBLISHED
from ftdata.tokens.packing import pack, rank_file_sha256, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

RANKS = Path(__file__).resolve().parent.parent / "src" / "ftdata" / "tokens" / "ranks"
GZIP_MAGIC = b"\x1f\x8b"


def main(arguments: Sequence[str]) -> int:
    """Packs one file; returns the exit code."""
    if len(arguments) not in {2, 3} or arguments[0] not in PUBLISHED:
        print(f"usage: python tools/pack_ranks.py {{{','.join(PUBLISHED)}}} FILE [OUT]", file=sys.stderr)
        return 2
    name, file = arguments[0], Path(arguments[1])
    out = Path(arguments[2]) if len(arguments) == 3 else RANKS / f"{name}.xz"
    official = PUBLISHED[name].sha256
    try:
        content = file.read_bytes()
        if content.startswith(GZIP_MAGIC):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        print(f"{file}: cannot be read: {error}", file=sys.stderr)
        return 1
    found = hashlib.sha256(content).hexdigest()
    if found != official:
        print(f"{file}: not the official rank file of {name}: SHA-256 is {found}, must be {official}", file=sys.stderr)
        return 1
    packed = pack(content)
    if rank_file_sha256(unpack(packed)) != official:
        print(f"{file}: packing lost something; nothing was written", file=sys.stderr)
        return 1
    out.write_bytes(packed)
    print(f"{out}: {len(content)} bytes packed into {len(packed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
