"""Private values in many shapes and surroundings: each is found as its kind, with exact offsets, and nothing else is.

A case is a text with the values in ⟦⟧ and the kinds in order. All values are invented or published examples.
"""

import re

import pytest

from ftdata.pii import Detector

E, P, C, IB, S, A, B = (
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "CREDIT_CARD",
    "IBAN_CODE",
    "US_SSN",
    "IP_ADDRESS",
    "CRYPTO",
)
CASES = [
    # e-mail
    ("write to ⟦ana@example.com⟧", E),
    ("⟦ana.lopez+spam@mail.eu.example.co.uk⟧, thanks", E),
    ("EMAIL='⟦user@example.com⟧'", E),
    ('send(to="⟦user_name-1@my-host.example.org⟧")', E),
    ("f'⟦ana@example.com⟧' and r'⟦ben@example.com⟧'", E, E),
    ("⟦o'brien@example.com⟧ and ⟦d'angelo@example.it⟧", E, E),
    ("<⟦ana@example.com⟧>; **⟦ben@example.com⟧**, `⟦cy@example.com⟧`, _⟦di@example.com⟧_", E, E, E, E),
    ("[mail](mailto:⟦ana@example.com⟧?subject=hi)", E),
    ("?from=⟦ana@example.com⟧&to=⟦ben@example.com⟧", E, E),
    ("Mail ⟦ana@example.com⟧.Please answer.", E),
    ("Is it ⟦ana@example.com⟧? Yes, ⟦ANA@EXAMPLE.COM⟧!", E, E),
    ('{"email": "⟦ana@example.com⟧", "n": 3}', E),
    ('"{\\"email\\": \\"⟦ana@example.com⟧\\"}"', E),
    ("line one\\n⟦ana@example.com⟧\\nline two", E),
    ("line one\n⟦ana@example.com⟧\r\nline two", E),
    ("请写信给⟦ana@example.com⟧谢谢", E),
    ("メールは⟦ana@example.com⟧まで", E),
    ("메일은 ⟦ana@example.com⟧으로 보내세요", E),
    ("😀😀 ⟦ana@example.com⟧ 👩‍👩‍👧 ⟦ben@example.com⟧", E, E),
    ("⟦josé.muñoz@correo.example.es⟧", E),
    ("⟦почта@пример.рф⟧ — наш адрес", E),
    ("⟦ana＠example．com⟧", E),
    ("⟦ana@exam\u00adple.com⟧ and ⟦a\u200bna@example.com⟧", E, E),
    ("⟦老板@公司.com⟧，⟦多伊@example.com⟧谢谢", E, E),
    ('"⟦约翰·多伊@example.com⟧"，·⟦ana@example.com⟧，名字·⟦ben@example.com⟧', E, E, E),
    ("⟦jose\u0301@example.com⟧", E),
    ("⟦ada@exa\u0308mple.com⟧ und ⟦jose\u0301@mu\u0308ller-gru\u0308n.example.com⟧.", E, E),
    ("⟦ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ⟧ ⟦ada﹫example.com⟧", E, E),
    ("\u200b⟦ada\u200b@\ufeffexam\u2060ple\u00ad.com⟧\u200b,", E),
    ("https://example.net/?mail=⟦ada%40example.com⟧&next=1 mailto:⟦ada%40example.com⟧", E, E),
    ("?u=https%3A%2F%2Fexample.net%2F%3Fmail%3D⟦ada%2540example.com⟧%26n%3D1", E),
    ("?mail=⟦jos%C3%A9%2Btag%40example.com⟧", E),
    (r'{"to": "⟦ada\u0040example.com⟧", "cc": "\u003c⟦ben@example.com⟧\u003e"}', E, E),
    (r"{\"to\": \"⟦ada\\u0040example.com⟧\"}", E),
    ("&lt;⟦ada&#64;example&#46;com⟧&gt; ⟦ben&#x40;example.com⟧", E, E),
    ("⟦ana@example.com⟧को लिखें", E),
    ("a|b|⟦ana@example.com⟧|c", E),
    ("mail:⟦x@xn--bcher-kva.example.com⟧;", E),
    # phone
    ("call ⟦212-555-0199⟧ now", P),
    ("⟦(212) 555-0199⟧ or ⟦+1 (212) 555-0199⟧ or ⟦212.555.0199⟧", P, P, P),
    ("phone: ⟦2125550199⟧", P),
    ("Phone:\n⟦2125550199⟧", P),
    ('{"phoneNumber": ⟦2125550199⟧, "mobileNo": ⟦2025550143⟧}', P, P),  # 2025: a year, but 55 is no month
    ("?tel=⟦%2B12125550199⟧&fax=⟦%2B1%20212-555-0198⟧", P, P),
    ("Phone: ⟦２１２-５５５-０１９９⟧", P),
    ('{"phone_number": "⟦2125550199⟧", "userPhone": "⟦2125550198⟧"}', P, P),
    ("⟦+442079460958⟧, ⟦+44 20 7946 0958⟧, ⟦020 7946 0958⟧", P, P, P),
    ("⟦+49 (0)30 1234567⟧ und ⟦030 1234567⟧ und ⟦0049 30 1234567⟧", P, P, P),
    ("Tel.: ⟦030/1234567⟧", P),
    ("⟦01 23 45 67 89⟧ à Paris, ⟦+33 1 23 45 67 89⟧ de loin", P, P),
    ("⟦+351 912 345 678⟧, ⟦+34 612 345 678⟧, ⟦+39 06 1234 5678⟧", P, P, P),
    ("móvil ⟦612 345 678⟧", P),
    ("⟦+91 98765 43210⟧; ⟦+81 3-1234-5678⟧; ⟦+86 138 1234 5678⟧", P, P, P),
    ("⟦+972-52-123-4567⟧ ⟦+61 2 9374 4000⟧", P, P),
    ("⟦010-1234-5678⟧ 로 전화", P),
    ("我的手机号是⟦13812345678⟧，打给我", P),
    ("电话是⟦010-65276611⟧。", P),
    ("電話番号：⟦03-1234-5678⟧です", P),
    ("call ⟦２１２－５５５－０１９９⟧", P),
    ("رقم ⟦+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧⟧", P),
    ("call ⟦212-555-0199 ext. 34⟧ or ⟦212-555-0199 x34⟧", P, P),
    ("cell ⟦212‑555‑0199⟧ (no-break hyphens)", P),
    ("😀 tel:⟦+1-212-555-0199⟧ 😀", P),
    ("(⟦212-555-0199⟧)", P),
    ("Dial ⟦5550147238⟧ to reach us", P),
    ("my number is in the book, call me at ⟦555-0147⟧", P),
    ("\\n⟦212-555-0199⟧\\tfax ⟦212-555-0198⟧", P, P),
    ("⟦1-800-555-0199⟧ is free", P),
    ("call ⟦212-555-0199⟧ 4 times", P),
    ("⟦0171/1234567⟧ ist frei, ⟦030/1234567⟧ auch; oder ⟦0711 / 123456⟧.", P, P, P),
    ("Am besten ⟦0475/12.34.56⟧ oder ⟦089/12 34 56 78⟧", P, P),
    ("_⟦+1 (212) 555-0199⟧_, *⟦+1 (212) 555-0199⟧*, __⟦212-555-0199⟧__, **⟦212-555-0198⟧**", P, P, P, P),
    ("*⟦212-555-0199⟧* (home), _⟦(212) 555-0198⟧_ - (work), ***⟦020 7946 0958⟧***", P, P, P),
    ("- ⟦212-555-0199⟧\n* ⟦212-555-0198⟧\n> ⟦(646) 867-5309⟧", P, P, P),
    ("Ana Lopez - ⟦212-555-0199⟧\nSupport – ⟦(212) 555-0199⟧, Bob (sales) — ⟦646-867-5309⟧", P, P, P),
    ("<td>⟦212-555-0199⟧</td><td class='a'>⟦(212) 555-0198⟧</td>", P, P),
    ("⟦+4915112345678⟧, tel:⟦+4915112345678⟧, _⟦+4915112345678⟧_", P, P, P),
    # cards
    ("card ⟦4111 1111 1111 1111⟧", C),
    ("⟦4111111111111111⟧, ⟦5555-5555-5555-4444⟧, ⟦378282246310005⟧", C, C, C),
    ("⟦3782 822463 10005⟧ ⟦6011 1111 1111 1117⟧ ⟦30569309025904⟧", C, C, C),
    ("visa ⟦4111 1111 1111 1111⟧ 123 12/29", C),
    ("⟦2223 0031 2200 3222⟧ and ⟦4111.1111.1111.1111⟧", C, C),
    ("卡号⟦4111111111111111⟧是我的", C),
    ('{"card": {"number": "⟦4111111111111111⟧", "cvv": "123"}}', C),
    ("⟦４１１１ １１１１ １１１１ １１１１⟧", C),
    ("my credit card is ⟦4111\u00a01111\u00a01111\u00a01111⟧.", C),
    ("\\u5361⟦4111111111111111⟧\\n", C),
    ("card ⟦180000826105910⟧", C),
    ("**⟦4111-1111-1111-1111⟧**", C),
    ("_⟦4111 1111 1111 1111⟧_, __⟦4111111111111111⟧__, *⟦5555-5555-5555-4444⟧*", C, C, C),
    ("mailto:⟦4111 1111 1111 1111⟧ tel:⟦4111 1111 1111 1111⟧ card_number:⟦4111111111111111⟧", C, C, C),
    ("+⟦4111111111111111⟧ is too long for a phone number, +⟦378282246310005⟧ is in no country", C, C),
    # IBAN
    ("⟦DE89370400440532013000⟧ or ⟦DE89 3704 0044 0532 0130 00⟧", IB, IB),
    ("⟦GB82 WEST 1234 5698 7654 32⟧ AND MORE", IB),
    ("⟦FR14 2004 1010 0505 0001 3M02 606⟧", IB),
    ("⟦NL91ABNA0417164300⟧, ⟦BE68 5390 0754 7034⟧, ⟦NO93 8601 1117 947⟧", IB, IB, IB),
    ("⟦ES91 2100 0418 4502 0005 1332⟧ CALL ME", IB),
    ("⟦IT60X0542811101000000123456⟧; ⟦CH93 0076 2011 6238 5295 7⟧", IB, IB),
    ("my iban is ⟦at611904300234573201⟧ 2 days ago", IB),
    ("⟦PL61 1090 1014 0000 0712 1981 2874⟧", IB),
    ("⟦MT84MALT011000012345MTLCAST001S⟧ ⟦SE45-5000-0000-0583-9825-7466⟧", IB, IB),
    ("账户⟦DE89370400440532013000⟧的", IB),
    # SSN
    ("SSN: ⟦212-09-9999⟧", S),
    ("my social security number is ⟦212099999⟧", S),
    ("ssn ⟦212 09 9999⟧, ⟦123-45-6789⟧", S, S),
    ('{"ssn": "⟦212-09-9999⟧"}', S),
    ("⟦212–09–9999⟧", S),
    ("_⟦212-09-9999⟧_, ssn:⟦212-09-9999⟧", S, S),
    # IP
    ("from ⟦10.2.3.4⟧ to ⟦192.168.100.200⟧:8080", A, A),
    ("ping ⟦8.8.8.8⟧; route ⟦10.0.0.0/8⟧", A, A),
    ("http://⟦203.0.113.7⟧/index.html", A),
    ("http://[⟦2001:db8::1⟧]:80/ and ⟦fe80::1ff:fe23:4567:890a⟧", A, A),
    ("⟦2001:0db8:85a3:0000:0000:8a2e:0370:7334⟧", A),
    ("⟦::ffff:192.0.2.128⟧, ⟦fd12:3456:789a::1/64⟧", A, A),
    ("服务器⟦203.0.113.7⟧的日志", A),
    ("host=⟦198.51.100.23⟧,port=1.", A),
    # bitcoin
    ("send to ⟦1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa⟧", B),
    ("bitcoin:⟦bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4⟧?amount=1", B),
    ("钱包⟦1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa⟧。", B),
    # several
    ("⟦ana@example.com⟧,⟦+1 212 555 0199⟧,⟦4111111111111111⟧,⟦10.2.3.4⟧", E, P, C, A),
    ("| Ana | ⟦ana@example.com⟧ | ⟦(212) 555-0199⟧ | ⟦212-09-9999⟧ |", E, P, S),
]


def marked(case):
    """The text without marks, and the spans that were marked."""
    text, spans, kinds = "", [], list(case[1:])
    for piece in re.split("(⟦.*?⟧)", case[0]):
        if piece.startswith("⟦"):
            spans.append((len(text), len(text) + len(piece) - 2, kinds.pop(0)))
            text += piece[1:-1]
        else:
            text += piece
    assert not kinds
    return text, spans


def test_there_are_enough_cases():
    assert len({case[0] for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0][:40])
def test_every_value_is_found_with_exact_offsets_and_nothing_else(case):
    text, spans = marked(case)
    assert [(s.start, s.end, s.kind) for s in Detector().find(text)] == spans


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0][:40])
def test_a_value_is_found_wherever_it_stands(case):
    text, spans = marked(case)
    before, after = "😀 Zeile\n\n", "\n\nend 🎉"
    shifted = [(a + len(before), b + len(before), kind) for a, b, kind in spans]
    assert [(s.start, s.end, s.kind) for s in Detector().find(before + text + after)] == shifted
