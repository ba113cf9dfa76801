"""The kinds of private data that can be looked for, by name, and which of them are on unless told otherwise.

The table is kept here as plain text so that a recipe can be checked without importing presidio, which takes long
(`benchmarks/import_seconds.py`). Each kind names the presidio recogniser that knows its patterns and check digits;
`PHONE_NUMBER` alone is libphonenumber's.

Why so few are on: in chats and code most of what presidio's stock set finds is nobody's (`str.re` as URL, `x2` as driver
licence, Unix times as bank numbers). The default kinds carry a check digit, a public suffix, a numbering plan or a fixed
layout. Every other kind is found only with one of its own context words close by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftdata.errors import NamesModelUnavailable, RecipeError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DEFAULT_KINDS", "KINDS", "Kind", "check_kinds"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of private data.

    Attributes:
        name: The name used in recipes, ledgers and stand-ins; presidio's entity name.
        summary: What it is, in a few words.
        recogniser: Class name in `presidio_analyzer.predefined_recognizers`; empty for phone numbers.
        default: Whether it is looked for unless told otherwise.
        alone: Whether it is believed without a context word near it.
    """

    name: str
    summary: str
    recogniser: str
    default: bool = False
    alone: bool = False


_CERTAIN = (
    Kind("EMAIL_ADDRESS", "e-mail address under a public suffix", "EmailRecognizer", default=True, alone=True),
    Kind("PHONE_NUMBER", "telephone number, national or international", "", default=True, alone=True),
    Kind(
        "CREDIT_CARD",
        "payment card number (Luhn digit, issuer range)",
        "CreditCardRecognizer",
        default=True,
        alone=True,
    ),
    Kind(
        "IBAN_CODE",
        "international bank account number (mod 97, country layout)",
        "IbanRecognizer",
        default=True,
        alone=True,
    ),
    Kind("US_SSN", "US social security number", "UsSsnRecognizer", default=True, alone=True),
    Kind("IP_ADDRESS", "IPv4 or IPv6 address of a host or network", "IpRecognizer", default=True, alone=True),
    Kind("CRYPTO", "bitcoin address (base58 or bech32 check)", "CryptoRecognizer", default=True, alone=True),
    Kind("URL", "web address with a scheme or www.", "UrlRecognizer", alone=True),
    Kind("MAC_ADDRESS", "hardware address of a network card", "MacAddressRecognizer", alone=True),
    Kind("UUID", "universally unique identifier", "UuidRecognizer", alone=True),
)
# (name, recogniser without its suffix, summary)
_WITH_CONTEXT = (
    ("ABA_ROUTING_NUMBER", "AbaRouting", "US bank routing number"),
    ("AU_ABN", "AuAbn", "Australian business number"),
    ("AU_ACN", "AuAcn", "Australian company number"),
    ("AU_MEDICARE", "AuMedicare", "Australian Medicare number"),
    ("AU_TFN", "AuTfn", "Australian tax file number"),
    ("CA_SIN", "CaSin", "Canadian social insurance number"),
    ("DATE_TIME", "Date", "date or time of day"),
    ("DE_HEALTH_INSURANCE", "DeHealthInsurance", "German health insurance number"),
    ("DE_ID_CARD", "DeIdCard", "German identity card number"),
    ("DE_PASSPORT", "DePassport", "German passport number"),
    ("DE_SOCIAL_SECURITY", "DeSocialSecurity", "German pension insurance number"),
    ("DE_TAX_ID", "DeTaxId", "German tax identification number"),
    ("DE_VAT_ID", "DeVatId", "German VAT identification number"),
    ("ES_NIE", "EsNie", "Spanish foreigner's number"),
    ("ES_NIF", "EsNif", "Spanish tax number"),
    ("FI_PERSONAL_IDENTITY_CODE", "FiPersonalIdentityCode", "Finnish personal identity code"),
    ("IN_AADHAAR", "InAadhaar", "Indian Aadhaar number"),
    ("IN_PAN", "InPan", "Indian permanent account number"),
    ("IN_PASSPORT", "InPassport", "Indian passport number"),
    ("IN_VEHICLE_REGISTRATION", "InVehicleRegistration", "Indian number plate"),
    ("IN_VOTER", "InVoter", "Indian voter number"),
    ("IT_DRIVER_LICENSE", "ItDriverLicense", "Italian driving licence"),
    ("IT_FISCAL_CODE", "ItFiscalCode", "Italian fiscal code"),
    ("IT_IDENTITY_CARD", "ItIdentityCard", "Italian identity card number"),
    ("IT_PASSPORT", "ItPassport", "Italian passport number"),
    ("IT_VAT_CODE", "ItVatCode", "Italian VAT number"),
    ("KR_RRN", "KrRrn", "Korean resident registration number"),
    ("MEDICAL_LICENSE", "MedicalLicense", "US medical licence (DEA number)"),
    ("PL_PESEL", "PlPesel", "Polish PESEL number"),
    ("SG_NRIC_FIN", "SgFin", "Singaporean NRIC or FIN"),
    ("SG_UEN", "SgUen", "Singaporean entity number"),
    ("TH_TNIN", "ThTnin", "Thai national identity number"),
    ("UK_NHS", "Nhs", "UK NHS number"),
    ("UK_NINO", "UkNino", "UK national insurance number"),
    ("US_BANK_NUMBER", "UsBank", "US bank account number"),
    ("US_DRIVER_LICENSE", "UsLicense", "US driver licence"),
    ("US_ITIN", "UsItin", "US individual taxpayer number"),
    ("US_PASSPORT", "UsPassport", "US passport number"),
)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        *_CERTAIN,
        *(Kind(name, summary, f"{recogniser}Recognizer") for name, recogniser, summary in _WITH_CONTEXT),
    )
}
"""Every kind by name, in the order in which ties between overlapping findings are settled."""

DEFAULT_KINDS: tuple[str, ...] = tuple(kind.name for kind in KINDS.values() if kind.default)
"""What is looked for unless told otherwise."""


_OF_A_MODEL = frozenset({"PERSON", "LOCATION", "NRP", "ORGANIZATION"})
"""Presidio's kinds that no pattern finds, but a model of names (presidio-analyzer 2.2, supported entities)."""


def check_kinds(names: Iterable[str]) -> tuple[str, ...]:
    """Gives the named kinds once each, in the order of `KINDS`.

    Args:
        names: Names of kinds.

    Returns:
        The names.

    Raises:
        NamesModelUnavailable: A kind that only a names model finds; this version has none.
        RecipeError: A name is unknown, there is none, or a single string stands in place of a list.
    """
    if isinstance(names, str):
        raise RecipeError(f"kinds must be a list of names; type: kinds=[{names!r}]")
    asked = list(names)
    unknown = sorted({str(name) for name in asked if name not in KINDS})
    if asked_of_model := [name for name in unknown if name in _OF_A_MODEL]:
        raise NamesModelUnavailable(
            f"{', '.join(asked_of_model)}: names, places and organisations are found by a names model, and this version has "
            f"none; leave them out and look through the texts in another way. Known kinds: {', '.join(KINDS)}"
        )
    if unknown:
        raise RecipeError(f"unknown kind of private data: {', '.join(unknown)}; known kinds: {', '.join(KINDS)}")
    if not asked:
        raise RecipeError("kinds is empty: there would be nothing to look for")
    return tuple(name for name in KINDS if name in asked)
