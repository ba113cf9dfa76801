"""Time grows with the length of a text, however it is made: twice as long takes about twice as long.

Ratios are compared, not seconds, so that a busy or slow machine changes nothing: the best of three runs each, and three times
is still let pass. Quadratic work is four times and more.
"""

import base64
import random
import time

import pytest

from ftdata.pii import DEFAULT_KINDS, Detector, Placeholders, scrub

LENGTH = 40_000
UNITS = [
    "a", "1", "@", "a@", "a.", "a@a.", "a.b@", "1.", "1-", ":", "1:", "(1", "+1", "<", "'", "{", "[", "4111 ", "DE89 ", "DE89 1 ",
    "123-", "1 ", "phone 1 2 3 4 5 6 7 8 ", "call ", "\\", "\\n1", "\\u0040", "%", "%25", "%2540", "&#64;", "1\u200b", "a\u0308", "a@e\u0308",
    "电话1", "www.", "http://a", "1/1", "<EMAIL_ADDRESS_", '": ', '{"phone": 2025550143}, ', '"cards": [4111111111111111, ', "ada@example.com, ",
]  # fmt: skip


def numbered(count: int) -> str:
    return "".join(f"call +1 202 {200 + i % 700} {i:04d}, a{i}@example.com; " for i in range(count))


MADE = {
    "base64": lambda size: base64.b64encode(random.Random(1).randbytes(size * 3 // 4)).decode(),
    "tail": lambda size: "a@" + "b." * (size // 2) + "com",
    "hyphens": lambda size: "a@b" + "-" * size,
    "many values": lambda size: numbered(size // 160),
    "array": lambda size: '"cards": [' + "4111111111111111, " * (size // 18),
} | {unit: lambda size, unit=unit: unit * (size // len(unit)) for unit in UNITS}


def seconds(text: str) -> float:
    find = Detector(kinds=[*DEFAULT_KINDS, "URL", "MAC_ADDRESS", "UUID"]).find
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        scrub(text, find, Placeholders([text]))
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.parametrize("name", MADE)
def test_twice_the_length_takes_about_twice_the_time(name):
    make = MADE[name]
    seconds(make(1000))  # libraries are loaded, numbers are known
    short = max(seconds(make(LENGTH)), 0.004)  # below that the clock says little
    assert seconds(make(2 * LENGTH)) <= 3 * short, name
