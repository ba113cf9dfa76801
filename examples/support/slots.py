"""Fills `{slots}` of the hand-written texts with invented values; every choice is a hash of a name.

Private values come from ranges that are reserved for documentation or from published test numbers, so that none can
belong to anybody: hosts under example.com, .net and .org (RFC 2606), 555-01xx (NANPA), +44 20 7946 0xxx and
+44 7700 900xxx (Ofcom), +61 491 570 15x (ACMA), RFC 5737 and RFC 3849 addresses, RFC 7042 hardware addresses, the
card networks' test cards, the example accounts of the IBAN registry, a social security number that was printed in an
advertisement and is void, and the public "burn" wallet that nobody holds the key of.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CITIES = [
    "Tallinn",
    "Porto",
    "Ghent",
    "Leeds",
    "Turin",
    "Malmö",
    "Graz",
    "Lyon",
    "Kraków",
    "Cork",
    "Utrecht",
    "Bergen",
    "Split",
    "Riga",
    "Basel",
    "Gdańsk",
]
MONTHS = ["January", "February", "March", "June", "July", "August", "October", "November"]
FIRST = [
    "Ida",
    "Tomas",
    "Mirela",
    "Oskar",
    "Jana",
    "Pell",
    "Noor",
    "Aldo",
    "Signe",
    "Bram",
    "Katya",
    "Luis",
    "Enid",
    "Farid",
    "Greta",
    "Henk",
]
LAST = [
    "Lindqvarn",
    "Okafore",
    "Marchetti-Roe",
    "Vandersloot",
    "Brightwater",
    "Tamsalu",
    "Quist",
    "Ferrowe",
    "Hollin",
    "Petrakis-Dunn",
]
DOMAINS = ["example.org", "mail.example.com", "post.example.net", "brightwater.example.org", "harbour-lane.example.com"]
SLOT = re.compile(r"\{(\w+)\}")
CARDS = [
    "4111 1111 1111 1111",
    "5555-5555-5555-4444",
    "378282246310005",
    "6011 1111 1111 1117",
    "4000056655665556",
]
IBANS = [
    "DE89 3704 0044 0532 0130 00",
    "GB82WEST12345698765432",
    "NL91ABNA0417164300",
    "FR14 2004 1010 0505 0001 3M02 606",
    "ES91 2100 0418 4502 0005 1332",
]
KINDS = {
    "email": "EMAIL_ADDRESS",
    "email2": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "card": "CREDIT_CARD",
    "iban": "IBAN_CODE",
    "ssn": "US_SSN",
    "ip": "IP_ADDRESS",
    "ip2": "IP_ADDRESS",
    "ip6": "IP_ADDRESS",
    "mac": "MAC_ADDRESS",
    "crypto": "CRYPTO",
    "secret": "SECRET",
}


def draw(name: str, size: int) -> int:
    """A number from 0 to size - 1 that depends on the name alone (SHA-256, so the same everywhere)."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % size


def pick(options: Sequence[str], name: str) -> str:
    """One of the options, chosen by name."""
    return options[draw("pick" + name, len(options))]


def private(slot: str, key: str) -> str:
    """An invented private value for a slot of one row."""
    name, number = slot + key, draw(slot + key, 1000)
    match slot.rstrip("26") if slot != "ip6" else slot:
        case "email":
            first, last = pick(FIRST, name).lower(), pick(LAST, name).lower()
            return f"{first}.{last}{number % 97}@{pick(DOMAINS, name)}"
        case "phone":
            shapes = (
                f"+1 202-555-01{number % 100:02}",
                f"(312) 555-01{number % 100:02}",
                f"+44 20 7946 0{number:03}",
                f"415-555-01{number % 100:02}",
                f"+44 7700 900{number:03}",
                f"+61 491 570 15{number % 4 + 6}",
            )
            return shapes[draw("shape" + name, len(shapes))]
        case "card":
            return pick(CARDS, name)
        case "iban":
            return pick(IBANS, name)
        case "ssn":
            return "219-09-9999"
        case "ip":
            return f"{('198.51.100', '203.0.113')[number % 2]}.{number % 250 + 3}"
        case "ip6":
            return f"2001:db8:{number:x}:12::{number % 7 + 1:x}"
        case "mac":
            return f"00:00:5E:00:53:{number % 256:02X}"
        case "crypto":
            return "1BitcoinEaterAddressDontSendf59kuE"
        case "secret":
            return "qmk_" + hashlib.sha256(name.encode()).hexdigest()[:36]
        case _:
            raise KeyError(slot)


def public(slot: str, key: str) -> str:
    """An invented harmless value: order numbers, dates, amounts, places."""
    name = slot + key
    match slot:
        case "order":
            return f"O-{10000 + draw(name, 90000)}"
        case "date":
            return f"{1 + draw(name, 28)} {pick(['April', 'May', 'June'], name)}"
        case "amount":
            return f"{19 + draw(name, 160)}.{pick(['00', '50', '90'], name)} euros"
        case "city":
            return pick(CITIES, name)
        case "month":
            return pick(MONTHS, name)
        case "name":
            return pick(FIRST, name)
        case "n":
            return str(3 + draw(name, 26))
        case "version":
            return f"{4 + draw(name, 2)}.{draw('minor' + name, 20)}.{draw('patch' + name, 9)}"
        case "device":
            return pick(["Slate 2", "Slate Mini", "Slate Studio"], name)
        case "tracking":
            return f"TRK{draw(name, 16**6):06X}QM"
        case "serial":
            return f"SL2-{draw(name, 16**4):04X}-{draw('end' + name, 900) + 100}B"
        case _:
            raise KeyError(slot)


class Slots:
    """The values of one row: a slot keeps its value through the whole conversation."""

    def __init__(self, key: str, *, secret: bool) -> None:
        self.key, self.secret = key, secret
        self.secrets: dict[str, str] = {}

    def value(self, slot: str) -> str:
        """The value of a slot; private ones are remembered as planted."""
        if slot not in KINDS:
            return public(slot, self.key)
        if not self.secret:
            raise ValueError(f"{self.key}: the private slot {slot} stands in a text that must have none")
        value = private(slot, self.key)
        self.secrets[value] = KINDS[slot]
        return value

    def fill(self, text: str) -> str:
        """The text with all its slots filled."""
        return SLOT.sub(lambda match: self.value(match.group(1)), text)
