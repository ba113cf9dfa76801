"""A second look at numbers that passed presidio's patterns and check digits: is this one really a value of its kind?

One in ten digit strings passes Luhn, `a[::2]` is a valid IPv6 address, `4.0.1.2` is a version and an IPv4 address. The rules here
judge a match by its value, its neighbours and the words near it. All functions take folded text (see `folding`).
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from ftdata.pii.numbering_plans import possible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["believe_card", "believe_ip", "find_ibans", "find_ssns"]

# -- neighbours ------------------------------------------------------------------------------------------------------
_JOINED_BEFORE = re.compile(r"(?:[0-9A-Za-z](?:[-.:/]|_{1,3})|#)\Z")
_LABEL_BEFORE = re.compile(
    r"(?:\A|[^0-9A-Za-z_.:/-])[A-Za-z_]{1,32}:\Z"
)  # card:4111..., tel:4111...; but no arn:aws:...
# but not the .0 that a table with gaps leaves behind whole numbers
_JOINED_AFTER = re.compile(r"(?!\.0(?![0-9A-Za-z.]))(?:[-.:/]|_{1,3})[0-9A-Za-z]")
_PART_BEFORE = re.compile(r"[0-9][-. ]\Z")


def _joined(text: str, start: int, end: int) -> bool:
    """Whether the match is a piece of something longer: a decimal, a GUID, a serial number, a path, an identifier.

    A `_` with nothing on its other side is Markdown, and a word and colon are a label.
    """
    before, after = text[max(0, start - 34) : start], text[end : end + 4]
    if _JOINED_AFTER.match(after):
        return True
    return _JOINED_BEFORE.search(before) is not None and _LABEL_BEFORE.search(before) is None


def _near(words: re.Pattern[str], text: str, start: int, end: int, *, before: int, after: int) -> bool:
    """Whether one of the words is near the match."""
    if words.search(text, max(0, start - before), start):
        return True
    return after > 0 and words.search(text, end, end + after) is not None


# -- cards -----------------------------------------------------------------------------------------------------------
_CARD_WORD = re.compile(
    r"(?<![a-z])(?:(?:credit|debit|bank|payment|gift)?[_ -]?cards?(?![a-z])|card[_ -]?n(?:umber|o|r)|cardnumber|visa|master ?card"
    r"|amex|american express|discover|diners|maestro|jcb|unionpay|pan(?![a-z])|karte|kreditkarte|tarjeta|carte|carta|cart[aã]o)"
    r"|信用卡|银行卡|卡号|カード|카드",
    re.IGNORECASE,
)


def _issuer(digits: str) -> bool:
    """Whether some card network issues numbers of this beginning and length (ISO/IEC 7812 issuer ranges as published)."""
    n, two, three, four = len(digits), int(digits[:2]), int(digits[:3]), int(digits[:4])
    return (
        (digits[0] == "4" and n in (13, 16, 19))  # Visa
        or (n == 16 and (51 <= two <= 55 or 2221 <= four <= 2720))  # Mastercard
        or (n == 15 and two in (34, 37))  # American Express
        or (16 <= n <= 19 and (four == 6011 or 644 <= three <= 649 or two == 65))  # Discover
        or (16 <= n <= 19 and (3528 <= four <= 3589 or two == 62))  # JCB, UnionPay
        or (n == 14 and (300 <= three <= 305 or two in (36, 38, 39)))  # Diners Club
        or (n == 16 and four in (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763))  # Maestro
    )


def believe_card(plain: str, start: int, end: int) -> bool:
    """Whether a number that passes Luhn is a card number.

    It needs a known issuer and a length to go with it, or a word for cards within 60 characters before or 30 after it. Right after
    a `+` what may be a phone number is one (E.164).

    Args:
        plain: Folded text.
        start: Where the number begins in it.
        end: Where it ends, exclusive.
    """
    value = plain[start:end]
    digits = re.sub(r"[^0-9]", "", value)
    if not 12 <= len(digits) <= 19 or _joined(plain, start, end) or len(set(digits)) == 1:
        return False
    if plain[start - 1 : start] == "+" and possible(f"+{digits}"):
        return False
    return _issuer(digits) or _near(_CARD_WORD, plain, start, end, before=60, after=30)


# -- US social security numbers --------------------------------------------------------------------------------------
_SSN_WORD = re.compile(
    r"(?<![a-z])(?:ssns?|social[_ -]?security|social[_ ]?(?:number|no|sec|is))(?![a-z])|(?<![a-z])soc(?:ial)?\.? sec",
    re.IGNORECASE,
)
_SSN = re.compile(r"(?<![0-9A-Za-z])([0-9]{3})([- .]?)([0-9]{2})\2([0-9]{4})(?![0-9A-Za-z])")


def find_ssns(masked: str, plain: str) -> Iterator[tuple[int, int, float]]:
    """Finds US social security numbers.

    `123-45-6789` stands for itself; with spaces, dots or nothing between the groups a word for it within 50 characters
    before is needed. Areas 000, 666 and 900 to 999, group 00 and serial 0000 were never issued (Social Security
    Administration, "SSN randomization"). Numbers printed in examples count: it costs nothing to replace them.

    Args:
        masked: Folded text with what cannot be part of a value blanked: numbers are matched here.
        plain: The same text, as long, unblanked: words are looked for here.

    Yields:
        Start, end, score (0 to 1).
    """
    for match in _SSN.finditer(masked):
        area, separator, group, serial = match.groups()
        if area in ("000", "666") or area[0] == "9" or group == "00" or serial == "0000":
            continue
        start, end = match.span()
        if _joined(masked, start, end) or (separator and _PART_BEFORE.search(masked[max(0, start - 2) : start])):
            continue
        if separator == "-" or _near(_SSN_WORD, plain, start, end, before=50, after=0):
            yield start, end, 0.85


# -- IBAN ------------------------------------------------------------------------------------------------------------
# Length of an IBAN by country: SWIFT IBAN Registry. presidio knows the layout inside; the length tells where a spaced IBAN ends
# and the next word begins.
_IBAN_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_IBAN = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    + "|".join(
        rf"(?:{countries.replace(' ', '|')})[0-9]{{2}}(?:[ -]?[0-9A-Za-z]){{{length - 4}}}"
        for length, countries in _IBAN_LENGTHS.items()
    )
    + r")(?![0-9A-Za-z])",
    re.IGNORECASE | re.ASCII,
)


def find_ibans(masked: str, valid: Callable[[str], float]) -> Iterator[tuple[int, int, float]]:
    """Finds international bank account numbers, in blocks or not, in capitals or not.

    Args:
        masked: Folded text.
        valid: Score of a candidate in capitals without separators (mod 97 and the country's layout), 0 when it fails.

    Yields:
        Start, end, score.
    """
    for match in _IBAN.finditer(masked):
        value = re.sub(r"[ -]", "", match.group()).upper()
        if score := valid(value):
            yield match.start(), match.end(), score


# -- IP addresses ----------------------------------------------------------------------------------------------------
_VERSION_WORD = re.compile(
    r"(?:(?<![a-z])(?:versions?|ver|release|build|firmware|driver|oid|sections?|chapter|clause|v)[\"'`]?\s{0,2}[:=#.]?[\"'`]?\s{0,2}v?|[a-z+_-]{2,}/|[=~<>^]{2}\s?|@)\Z",
    re.IGNORECASE,
)
_LINE_START = re.compile(r"(?:\A|\n)[\s#*>-]*\Z")
_HOST_NETS_6 = tuple(
    ipaddress.IPv6Network(net)
    for net in ("2000::/3", "fc00::/7", "fe80::/10", "ff00::/8", "64:ff9b::/96", "::ffff:0:0/96")
)  # IANA IPv6 address space: everything else is unassigned


def believe_ip(masked: str, start: int, end: int) -> bool:
    """Whether a string that reads as an IP address is the address of a host or network.

    Left alone: the unspecified address, loopback (127.0.0.0/8, ::1), netmasks and broadcast (255.*), version numbers after a
    word or mark that says so or with two zeros among single digits, section numbers at the start of a line, pieces of longer dotted numbers, and IPv6 look-alikes outside
    the ranges that IANA has assigned (`a[::2]`, `std::dec`, times).

    Args:
        masked: Folded text.
        start: Where the string begins in it; it may have a prefix length or a zone.
        end: Where it ends, exclusive.
    """
    value = masked[start:end].split("/", maxsplit=1)[0].split("%", maxsplit=1)[0]
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    before, after = masked[max(0, start - 16) : start], masked[end : end + 2]
    if address.is_unspecified or address.is_loopback:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if len([group for group in value.split(":") if group]) < 2 or not any(address in net for net in _HOST_NETS_6):
            return False
        return not re.search(r"[\w)\]]\[\Z", before)  # a slice: rows[2000::3000]
    if value.startswith("255."):
        return False
    if re.search(r"[0-9A-Za-z][.-]\Z", before) or re.match(r"[.-][0-9]|-[A-Za-z]", after):
        return False
    if _VERSION_WORD.search(before):
        return False
    single = all(len(octet) == 1 for octet in value.split("."))
    if single and value.count("0") >= 2:
        return False  # 2.0.0.0
    return not (single and _LINE_START.search(masked[max(0, start - 40) : start]))
