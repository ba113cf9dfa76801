"""A word for other numbers denies the number that it is about, and no other; all numbers are invented."""

import re

import pytest

from ftdata.pii import Detector

FOUND = [
    # the word is in another sentence
    "I want to change my order. My number is ⟦212-555-0199⟧.",
    "Thanks for the order! ⟦(646) 867-5309⟧ is my number",
    "Where is my ticket? My number is ⟦0171 1234567⟧.",
    "Where is my ticket? ⟦2125550199⟧ is my number.",
    "I lost my invoice... ⟦212-555-0199⟧",
    "That was the wrong item. ⟦(212) 555-0199⟧, any time after five.",
    "Is this the policy? OK. My number was ⟦212.555.0199⟧",
    "It is about the booking.\n⟦212-555-0199⟧",
    # the same sentence, and something between them
    "About my order, my number is ⟦+1 212 555 0199⟧",
    "About my order, my number is ⟦212-555-0199⟧",
    "I placed the order from ⟦212-555-0199⟧ yesterday",
    "The case is urgent, so use ⟦(212) 555-0199⟧ instead",
    "For the ticket reach me at ⟦212-555-0199⟧",
    "Order 88231 was placed by Ana, ⟦212-555-0199⟧",
    "My account is locked, please call ⟦212-555-0199⟧",
    "order for Ana Lopez: ⟦(646) 867-5309⟧",
    "| order | customer |\n|---|---|\n| 17 | ⟦212-555-0199⟧ |",
    "order phone number: ⟦212-555-0199⟧, ticket fax ⟦212-555-0198⟧",
    "Your ticket will be sent to his number; her number is ⟦2125550199⟧",
    # with a country code it needs more than a noun
    "account: ⟦+1 212 555 0199⟧",
    "Ticket ⟦+49 30 1234567⟧",
    "user_id: ⟦+49 30 1234567⟧, country code ⟦+49 30 1234568⟧",
    "Is that my order number? No: ⟦+49 30 1234567⟧",
    # German
    "Ich will meine Bestellung ändern. Meine Nummer ist ⟦030 1234567⟧.",
    "Zur Bestellung: Sie erreichen mich abends unter ⟦0171 1234567⟧",
    "Wo bleibt mein Ticket? ⟦0171 1234567⟧ ist meine Nummer",
    "Meine Nummer lautet ⟦01711234567⟧, die Rechnung fehlt noch",
    "Kundennummer vergessen, Handynummer ⟦01711234567⟧",
    # Spanish
    "Quiero cambiar mi pedido. Mi número es ⟦612 345 678⟧.",
    "Sobre la factura, mi número es ⟦612345678⟧",
    "¿Dónde está mi pedido? ⟦912 34 56 78⟧ es mi número",
    # Chinese
    "我想改订单，我的号码是⟦13812345678⟧",
    "我的订单在哪？⟦010-65276611⟧",
    "关于订单，请打电话⟦010-65276611⟧",
    "⟦13812345678⟧是我的号码，不是订单号",
]
LEFT = [
    "order 212-555-0199",
    "Your order number is 212-555-0199.",
    "order no. 212-555-0199 has shipped",
    "Order #212-555-0199, ticket #(212) 555-0199",
    "My ticket: 212-555-0199",
    "invoice number: 212.555.0199",
    "Ref. 212-555-0199, acct. 212-555-0199",
    "the confirmation code of the booking was 212-555-0199",
    "**Order number:** 212-555-0199",
    "Order number:\n212-555-0199",
    '{"order_id": "212-555-0199", "orderNumber": "212-555-0199"}',
    '{\\"ticketId\\": \\"212-555-0199\\"}',
    "order no. +1 212 555 0199, ticket #+49 30 1234567",
    "I called about ticket number 2125550199",
    "Call me when order 2125550199 is here",
    "My phone is new. Order 2125550199",
    '{"phone": null, "order": {"total": 2125550199}}',
    "ISBN-10: 0-306-40615-2, ISBN 10 0-306-40615-2",
    # German
    "Bestellung Nr. 030 1234567",
    "Meine Bestellnummer ist 030 1234567",
    "Die Rechnungsnummer lautet 030 1234567",
    "Kundennummer: 0171 1234567, Vorgang 0171/1234567",
    "Auftrags-Nr. 0171/1234567",
    # Spanish
    "El número de pedido es 912 34 56 78",
    "pedido n.º 912 34 56 78, factura 912 34 56 78",
    # Chinese
    "订单号是010-65276611，谢谢",
    "编号：010-65276611",
    "工单号 010-1234-5678",
]


def marked(case):
    """The text without marks, and the spans that were marked."""
    text, spans = "", []
    for piece in re.split("(⟦.*?⟧)", case):
        value = piece.strip("⟦⟧")
        if value != piece:
            spans.append((len(text), len(text) + len(value)))
        text += value
    return text, spans


def test_there_are_enough_sentences():
    assert len({*FOUND, *LEFT}) == len(FOUND) + len(LEFT) >= 60
    assert all("⟦" in case for case in FOUND)


@pytest.mark.parametrize("case", [*FOUND, *LEFT], ids=lambda case: case[:40])
def test_a_word_denies_the_number_that_it_is_about(case):
    text, spans = marked(case)
    assert [(s.start, s.end) for s in Detector().find(text)] == spans


SPELLINGS = [
    "212-555-0199", "(646) 867-5309", "+1 212 555 0199", "0171 1234567", "0171/1234567", "020 7946 0958", "212.555.0199",
    "01 23 45 67 89", "+4915112345678",
]  # fmt: skip


@pytest.mark.parametrize("number", SPELLINGS)
@pytest.mark.parametrize("word", ["order", "ticket", "invoice", "account", "booking", "Bestellung", "pedido"])
def test_a_sentence_about_an_order_hides_no_spelling(word, number):
    for text in (f"I asked about my {word}. My number is {number}.", f"About my {word}: you will find me at {number}"):
        assert [text[s.start : s.end] for s in Detector().find(text)] == [number]
