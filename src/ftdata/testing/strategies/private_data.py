"""Private values that belong to nobody, planted in texts, with their places.

Where a range is reserved for examples it is used: e-mail names under example.com, .net and .org (RFC 2606), IPv4 of
RFC 5737 and IPv6 of RFC 3849, US numbers 555-0100 to 555-0199 (NANPA). Payment cards begin with 400000, which no bank
issues. IBANs, social security numbers and bitcoin addresses have no such range: they are random with valid check digits.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["PII_KINDS", "PiiText", "pii_texts", "pii_values"]


@dataclass(frozen=True)
class PiiText:
    """A text and the private values that were planted in it.

    Attributes:
        text: The text.
        spans: Where each value stands, as `(start, end, kind)` in code points, in order.
        values: The values, in the same order: `text[start:end]` of each span.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]
    values: tuple[str, ...]


def pii_values(kind: str) -> SearchStrategy[str]:
    """Values of one kind of private data, each with valid check digits.

    Args:
        kind: One of `PII_KINDS`, which are the default kinds of `ftdata.pii`.

    Raises:
        ValueError: No such kind.
    """
    if kind not in _VALUES:
        raise ValueError(f"no values of kind {kind!r} can be made; there are: {', '.join(PII_KINDS)}")
    return _VALUES[kind]()


@st.composite
def pii_texts(  # noqa: D417  # Hypothesis gives `draw`
    draw: DrawFn, *, kinds: Sequence[str] | None = None, min_spans: int = 1, max_spans: int = 3
) -> PiiText:
    """Texts with private values in them. Shrinks to one value between two short phrases.

    Args:
        kinds: Kinds to plant; all of `PII_KINDS` when not given.
        min_spans: Fewest values.
        max_spans: Most values.
    """
    planted = st.sampled_from(tuple(kinds or PII_KINDS)).flatmap(
        lambda kind: st.tuples(st.just(kind), pii_values(kind))
    )
    piece = st.tuples(st.sampled_from(_BEFORE), planted, st.sampled_from(_AFTER))
    text, spans, values = "", list[tuple[int, int, str]](), list[str]()
    for before, (kind, value), after in draw(st.lists(piece, min_size=min_spans, max_size=max_spans)):
        start = len(text) + len(before)
        spans.append((start, start + len(value), kind))
        values.append(value)
        text += before + value + after
    return PiiText(text, tuple(spans), tuple(values))


_BEFORE: Final = ("Write to ", "it is ", "naïve 👩‍👧 你好 ", '{"to": "')
_AFTER: Final = (" please. ", "\nthen ", '"} ', ", thanks! ")


def _digits(count: int) -> SearchStrategy[str]:
    return st.integers(0, 10**count - 1).map(lambda number: f"{number:0{count}}")


def _emails() -> SearchStrategy[str]:
    names = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
    hosts = st.sampled_from(("example.com", "example.org", "mail.example.net"))
    return st.builds("{}{}@{}".format, names, st.sampled_from(("", ".b", "+tag", "_7")), hosts)


def _phones() -> SearchStrategy[str]:
    layouts = st.sampled_from(("+1 202-555-01{}", "(202) 555-01{}", "+1 (202) 555-01{}"))
    return st.builds(str.format, layouts, _digits(2))


def _addresses() -> SearchStrategy[str]:
    nets = st.sampled_from(("192.0.2.{}", "198.51.100.{}", "203.0.113.{}"))
    return st.builds(str.format, nets, st.integers(1, 254)) | st.integers(1, 0xFFFF).map("2001:db8::{:x}".format)


def _with_luhn_digit(digits: str) -> str:
    """ISO/IEC 7812-1: from the right every second digit counts double, and the sum is a multiple of ten."""
    doubled = (
        sum(divmod(2 * int(digit), 10)) if place % 2 == 0 else int(digit)
        for place, digit in enumerate(reversed(digits))
    )
    return digits + str(-sum(doubled) % 10)


def _cards() -> SearchStrategy[str]:
    plain = _digits(9).map(lambda digits: _with_luhn_digit("400000" + digits))
    spaced = plain.map(lambda card: " ".join(card[i : i + 4] for i in range(0, 16, 4)))
    return plain | spaced


def _ibans() -> SearchStrategy[str]:
    """ISO 13616: letters count from A = 10, and the number with country and check digits at its end leaves 1 modulo 97."""
    account = st.builds("{}{}".format, st.sampled_from("12345678"), _digits(17))
    return account.map(lambda number: f"DE{98 - int(number + '131400') % 97:02}{number}")


def _social_security_numbers() -> SearchStrategy[str]:
    """Areas 000, 666 and 900 on, group 00 and serial 0000 are never given out (SSA)."""
    parts = st.tuples(st.integers(1, 665), st.integers(1, 99), st.integers(1, 9999))
    return parts.map(lambda told: "{:03}-{:02}-{:04}".format(*told))


_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _wallets() -> SearchStrategy[str]:
    """Pay-to-public-key-hash addresses: version byte 0, a 20-byte hash, four bytes of double SHA-256, in base 58."""
    return st.integers(0, 2**32).map(_wallet)


def _wallet(seed: int) -> str:
    payload = b"\0" + hashlib.blake2b(str(seed).encode(), digest_size=20).digest()
    payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(payload, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _BASE58[rest] + text
    zeros = len(payload) - len(payload.lstrip(b"\0"))
    return "1" * zeros + text


_VALUES: Final[dict[str, Callable[[], SearchStrategy[str]]]] = {
    "EMAIL_ADDRESS": _emails,
    "PHONE_NUMBER": _phones,
    "IP_ADDRESS": _addresses,
    "CREDIT_CARD": _cards,
    "IBAN_CODE": _ibans,
    "US_SSN": _social_security_numbers,
    "CRYPTO": _wallets,
}
PII_KINDS: Final[tuple[str, ...]] = tuple(_VALUES)
"""The kinds that can be planted."""
