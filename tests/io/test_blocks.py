"""Lines are what bytes.split says, however the stream comes."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from ftdata.io.blocks import line_blocks

PIECES = [b"\n", b"\n", b"\r\n", b"{}", b'{"a":1}', "\u2028日".encode(), b"\x0b\x0c\x85", b" " * 7, b"x" * 40, b"\x00"]
STREAMS = st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join) | st.binary(max_size=80)


@given(STREAMS, st.integers(1, 60), st.sampled_from([0, 5, 30, 1000]))
@settings(max_examples=500)
def test_every_line_once_in_order_at_its_offset(data, size, max_line):
    wanted = data.split(b"\n")
    if not wanted[-1]:
        wanted.pop()
    found = []
    for start, lines, terminated in line_blocks(io.BytesIO(data).read, max_line=max_line, size=size):
        assert lines
        offset = start
        for line in lines:
            whole = wanted[len(found)]
            assert data[offset : offset + len(whole)] == whole
            offset += len(whole) + 1
            found.append(line)
        assert terminated == (data[offset - 1 : offset] == b"\n")
    assert found == [line if len(line) <= max_line else len(line) for line in wanted]


def test_a_line_of_many_blocks_is_joined_once():
    data = b"x" * 300_000 + b"\ny"
    blocks = list(line_blocks(io.BytesIO(data).read, max_line=1 << 20, size=3))
    assert [line for block in blocks for line in block.lines] == [b"x" * 300_000, b"y"]


def test_a_line_that_is_too_long_is_not_held():
    """Twice a gigabyte would be needed to hold it; here it is a stream that never existed."""
    pieces = iter([b"a\n", *[b"x" * (1 << 20)] * 200, b"\nb\n"])
    blocks = list(line_blocks(lambda _: next(pieces, b""), max_line=1 << 20))
    assert [line for block in blocks for line in block.lines] == [b"a", 200 << 20, b"b"]
