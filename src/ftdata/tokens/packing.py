"""The packed form of a rank file: small enough for the wheel, and provably the file OpenAI published.

A `.tiktoken` file has one line `base64(token) rank` per token. Packed, it is xz over

    n         4 bytes, little-endian: highest rank + 1
    lengths   n bytes: length of the token of rank 0, 1, ... n - 1; 0 = the rank is not used
    tokens    the bytes of all tokens in rank order, nothing between them

The official text can be rebuilt from it byte for byte, so its SHA-256 is checked on every load.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import lzma

__all__ = ["DamagedRanksError", "pack", "rank_file_sha256", "unpack"]

_COUNT_BYTES = 4  # as the form at the top of the file says
_MAX_TOKEN_BYTES = 255  # a length is one byte


class DamagedRanksError(ValueError):
    """Bytes that are not a rank file, packed or plain. Says what does not fit."""


def pack(rank_file: bytes) -> bytes:
    """Packs the bytes of a `.tiktoken` file.

    Args:
        rank_file: The whole file: lines `base64(token) rank`.

    Returns:
        The packed form, compressed.

    Raises:
        DamagedRanksError: A line is not of that form, a rank or token stands twice, or a token is empty or too long.
    """
    tokens: dict[int, bytes] = {}
    for number, line in enumerate(rank_file.splitlines(), start=1):
        try:
            encoded, rank = line.split()
            token, at = base64.b64decode(encoded, validate=True), int(rank)
        except (ValueError, binascii.Error):
            raise DamagedRanksError(f"line {number} is not `base64(token) rank`") from None
        if at < 0 or at in tokens or not 0 < len(token) <= _MAX_TOKEN_BYTES:
            raise DamagedRanksError(f"line {number}: a rank that is negative or stands twice, or a token of bad length")
        tokens[at] = token
    if not tokens:
        raise DamagedRanksError("no token in it")
    if len(set(tokens.values())) != len(tokens):
        raise DamagedRanksError("a token stands twice")
    ordered = [tokens.get(rank, b"") for rank in range(max(tokens) + 1)]
    plain = len(ordered).to_bytes(_COUNT_BYTES, "little") + bytes(map(len, ordered)) + b"".join(ordered)
    return lzma.compress(plain, format=lzma.FORMAT_XZ, preset=9 | lzma.PRESET_EXTREME)


def unpack(packed: bytes) -> dict[bytes, int]:
    """Unpacks to the mapping that `tiktoken.Encoding` takes.

    Args:
        packed: What `pack` returned.

    Returns:
        Rank of each token, in rank order.

    Raises:
        DamagedRanksError: Not xz, cut short, or lengths that do not add up.
    """
    try:
        plain = lzma.decompress(packed, format=lzma.FORMAT_XZ)
    except (lzma.LZMAError, EOFError):
        raise DamagedRanksError("not a whole xz file") from None
    count = int.from_bytes(plain[:_COUNT_BYTES], "little")
    lengths = plain[_COUNT_BYTES : _COUNT_BYTES + count]
    at = _COUNT_BYTES + count
    if len(plain) < _COUNT_BYTES or len(lengths) != count or at + sum(lengths) != len(plain):
        raise DamagedRanksError("the lengths of the tokens do not add up to the size of the data")
    ranks: dict[bytes, int] = {}
    for rank, length in enumerate(lengths):
        if length:
            ranks[plain[at : at + length]] = rank
            at += length
    return ranks


def rank_file_sha256(ranks: dict[bytes, int]) -> str:
    """Computes the SHA-256 of the `.tiktoken` file that holds these ranks.

    Args:
        ranks: Rank of each token, in rank order.

    Returns:
        The hash in hexadecimal. Equal to the published one exactly when every token and rank is the published one.
    """
    encode = base64.b64encode
    return hashlib.sha256(b"".join([b"%b %d\n" % (encode(token), rank) for token, rank in ranks.items()])).hexdigest()
