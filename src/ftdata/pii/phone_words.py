"""The words around a number: which say that it is a phone number, and which say that it is another one.

A word for phones speaks for the numbers behind it on its line, as far as 45 characters. A word for other numbers ("order", "ISBN")
speaks only of the number that it is about, for people say both in one breath: "about my order, my number is 212-555-0199".
So it denies a number that is written as phone numbers are only where nothing but signs and words like "no." and "is" stands
between the two. Bare digits are written like anything, so for them it must not stand nearer than the word for phones.
"""

from __future__ import annotations

import re

__all__ = ["Words"]

_REACH = 45  # characters before a number in which a word about it is looked for
_REACH_AFTER = 40  # and behind one: "is my number", "ist meine Nummer"

_WORD_BEFORE = re.compile(
    # letters may not touch the word, but `_` and a small letter before a capital may: phone_number, homePhone, phoneNumber
    r"(?:(?<![^\W_])|(?-i:(?<=[a-z])(?=[A-Z])))(?:(?:tele)?phones?|tel|tél|mobile?|mob|cell(?:phone|ular)?|fax|hotline|helpline"
    r"|whats?app|viber|sms|toll[- ]?free|dial(?:ing|ed)?|call[- ]?back|pager|voicemail|landline|handy|rufnummer|telefon[oe]?"
    r"|m[oó]vil|cellulare|t[eé]l[eé](?:fono|phone|fone)|телефон\w*|celular"
    r"|(?:call|text|ring)(?:ed|ing)? (?:me|us|him|her|them|back|at|on|now)|call(?:ed|ing)?(?=:? ?\Z)"
    r"|(?:reach|contact)(?=:? ?\Z)|contact (?:number|no|num)|ph(?: ?no)?|registered(?= \Z)|messages? to|(?:reach|contact) [^\n.!?]{1,30} (?:at|on|via)"
    r"|(?:telefon|handy|mobil|fax)nummer|(?:my|our|his|her) number (?:is|was)|meine nummer (?:ist|lautet)|mi n[uú]mero es)"
    r"(?:(?![^\W\d_])|(?-i:(?<=[a-z])(?=[A-Z])))"
    r"|电话|電話|手机|手機|联系方式|聯絡|携帯|전화|휴대폰|我的号码[是为:]",
    re.IGNORECASE,
)
_WORD_AFTER = re.compile(
    r"[ ,;:(\[-]{0,3}(?:office|fax|mobile|cell|home|work|tel|phone|landline|(?:is|was) (?:my|our|his|her) (?:new )?number"
    r"|ist meine nummer|es mi n[uú]mero)(?![a-z])|[ ,]{0,2}是我的号码",
    re.IGNORECASE,
)
_BEGINS = r"(?:(?<![^\W_])|(?-i:(?<=[a-z])(?=[A-Z])))"
_OTHER = (
    r"orders?|invoices?|isbn|issn|doi|tracking|sku|upc|ean|tickets?|serial|part|item|ref|reference|model|version|zip|acc(?:oun)?t"
    r"|policy|claim|case|booking|confirmation|transaction|timestamp|ids?|uuid|patent|vin|imei|routing|iban|ssn|card|range|pages?|pp"
    r"|license|licence|passport|npi|mrn|product|code|batch|lot|hash|epoch|rfc|bugs?|issue|commit"
)
_OTHER_NUMBER = re.compile(rf"(?<![a-z])(?:{_OTHER})(?![a-z])", re.IGNORECASE)

_ABROAD = (
    r"(?:bestell(?:ung|ungs)?|auftrags?|rechnung(?:s)?|kunden|artikel|sendung(?:s)?|vorgangs?|buchung(?:s)?|vertrag(?:s)?|konto"
    r"|referenz|serien|steuer|aktenzeichen|az|geschäftszeichen|drucksache|ticket|pedido|orden|factura|boleto|reserva|referencia|seguimiento|commande|facture|colis)"
)
_NUMBERED = r"(?:numbers?|num\.?|nos?\.?|n\.?[rº°]\.?|nummer|n[uú]mero|numéro|№|ids?|codes?)"
# What may stand between such a word and its number: nothing that ends a sentence, nothing that names something else.
_ABOUT = (
    rf"(?:[\s:=#\"'`*(\[{{\\_-]|{_BEGINS}{_NUMBERED}(?![^\W\d_])"
    r"|(?<![^\W_])(?:is|are|was|were|of|the|ist|war|lautet|mit|es|era|de|del|est|1[03])(?![^\W_]))"
)
_DENIES = re.compile(
    rf"{_BEGINS}(?:{_OTHER}|{_ABROAD}[- ]?(?:nummer|nr)?)"
    rf"(?:(?![^\W\d_])|(?-i:(?<=[a-z])(?=[A-Z])))(?:(?<=\bref)\.|(?<=\bacct)\.|(?<=\bpp)\.|(?<=nr)\.|(?<=\baz)\.)?{_ABOUT}{{0,12}}\Z"
    r"|(?:订单|訂單|单号|單號|编号|編號|票号|票號|工单|发票|账号|帳號|注文|伝票)(?:号码|號碼|番号|号|號)?[ :#]{0,3}[是为為は]?[ :#]{0,3}\Z",
    re.IGNORECASE,
)
# Before `+49 ...` a noun alone says little ("account: +49 ..." is a phone); a noun and "no." say enough.
_NUMBERED_LAST = re.compile(
    rf"(?:#|numbers?|num\.?|nos?\.?|n\.?[rº°]\.?|nummer|n[uú]mero|numéro|№){_ABOUT}{{0,6}}\Z|[号號][ :#]{{0,3}}[是为為]?[ :#]{{0,3}}\Z",
    re.IGNORECASE,
)


def _last_end(words: re.Pattern[str], text: str) -> int:
    """Where the last of the words ends; -1 when there is none."""
    return max((match.end() for match in words.finditer(text)), default=-1)


class Words:
    """What the words near the places of one text say; asked for several candidates that begin or end there.

    Args:
        plain: Folded text.
    """

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self._before: dict[int, bool] = {}
        self._after: dict[int, bool] = {}

    def near(self, start: int, end: int) -> bool:
        """Whether a word for phones stands right after the candidate, or before it and nearer than a word for other numbers.

        Args:
            start: Where the candidate begins.
            end: Where it ends, exclusive.
        """
        if (after := self._after.get(end)) is None:
            after = self._after[end] = _WORD_AFTER.match(self._plain, end, end + _REACH_AFTER) is not None
        return after or self._stands_before(start)

    def _stands_before(self, start: int) -> bool:
        if (known := self._before.get(start)) is None:
            window = self._plain[max(0, start - _REACH) : start]
            line = window.rpartition("\n")[2]
            before = line if line.strip() else window  # a label may stand on the line above
            phone = _last_end(_WORD_BEFORE, before)
            known = self._before[start] = phone >= 0 and phone > _last_end(_OTHER_NUMBER, before)
        return known

    def deny(self, start: int) -> bool:
        """Whether a word for other numbers stands directly before a place.

        Args:
            start: Where the candidate begins.
        """
        return _DENIES.search(self._plain[max(0, start - _REACH) : start]) is not None

    def deny_abroad(self, start: int) -> bool:
        """Whether the words directly before a place say outright that a number with + is another one: "order no.".

        Args:
            start: Where the candidate begins.
        """
        before = self._plain[max(0, start - _REACH) : start]
        return _NUMBERED_LAST.search(before) is not None and _DENIES.search(before) is not None
