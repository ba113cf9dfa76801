"""Lines of code and chat that hold numbers, dots and signs, but nothing private: none of them may have a finding."""

import pytest

from ftdata.pii import Detector

LINES = [
    # percentages, escapes, entities
    "It fell by 20%40 items at a time, then 5%2 == 1; printf('%20d %2d %40s', n)",
    r"C:\users\u0041\x41 and re.compile(r'\u0041+\x2d')",
    "a &#38; b &#169; 2024; 100%25 of %2Fpath%2Fto%2Ffile%20name.txt",
    "phone: 20240102, mobile build 20231231",
    # slices, operators, namespaces
    "rows = a[::2] + b[::-1] + c[1::3]",
    "evens = data[2::2]; tail = data[-5::]; part = rows[2000::3000]",
    "matrix[:, ::2] = x[::, 1::2]",
    'std::cout << std::hex << std::dec << "\\n";',
    "using Face::Bad; auto v = cafe::Babe::make(); add::feed(1);",
    "String::from_utf8(b)?; let v: Vec<u8> = Vec::<u8>::new();",
    "y = W @ x + b; z = A@B.T; out = q@k.mT",
    "@app.route('/users/<int:id>')",
    "@pytest.mark.parametrize('n', [1, 2, 3])",
    "import numpy as np; np.random.seed(42); x2 = x1 ** 2",
    "re.sub(r'[^@]+@[^@]+', '', s)  # str.re nums.si obj.attr foo.py",
    "self.is_ok, obj.name, module.py, README.md, index.js, main.rs, e.g. i.e.",
    "print(f'{value:08.3f}') and x[0x1F:0xFF]",
    # decimals, science, arithmetic
    "pi is 3.14159265358979, e is 2.718281828, phi is 1.6180339887",
    "2,147,483,647 is INT_MAX; 4294967295 is UINT_MAX; 9223372036854775807 too",
    "The call returns 2147483647 on overflow.",
    "0.4111111111111111 + 1e-10 = 0.41111111121",
    "He paid $1,234,567.89 and then 1.234.567,89 EUR",
    "1 000 000 and 12 345 678 and 1 234 567 890 people",
    "3000-1200=1800, 400-200-100=100, 70200-1200=69000",
    "x >= 2250 - 2146, so x >= 104",
    "100 + 200 + 300 = 600; 12 * 34567 / 89 = 4662.4",
    "4 8 15 16 23 42, 1 2 3 4 5 6 7 8 9 10 11 12",
    "01 02 03 04 05 06 07 08",
    "10-20-30-40-50-60",
    "[[1, 0, 0, 1], [1000, 2000, 3000, 4000], [123456789, 987654321]]",
    "1010 1101 1001 0001 1010 1111",
    "0b10101010 0x7fffffff 0o755 1_000_000_000",
    "The ratio is 1234567/7654321 and the odds are 1000000:1.",
    "speed of light 299792458 m/s, Avogadro 6.02214076e23",
    # dates, times, epochs
    "1700000000 and 1700000000000 and 1700000000.123456",
    "2024-01-02, 02.01.2024, 01/02/2024, 2024/01/02 10:20:30",
    "2024-01-02 10:15:30.123456 INFO started",
    "2024-01-02T10:15:30Z 2024-01-02T10:15:30.000+02:00",
    "backup-20240102-101530.tar.gz, 20240102101530, 20240102",
    "from 1990-2000 and 2012 2013 2014 2015, 1914–1918",
    "12:34:56:78 is a frame code, 10:00-11:30 a slot",
    "between 1999-2004 and (2005) 123-145",
    '{"created": 1712345678, "expires_at": 1712349278901}',
    # identifiers
    "550e8400-e29b-41d4-a716-446655440000",
    "id: 12345678-1234-1234-1234-123456789012",
    "d41d8cd98f00b204e9800998ecf8427e is the MD5 of nothing",
    "commit 4111111111111111111111111111111111111111",
    "order number 1234567890, order 114-3941689-8772232, Order #302-5550199",
    "Your order no. 20231234567 has shipped; tracking number 1Z999AA10123456784",
    "Invoice 2023-000123-4567, ticket 4829371650, case 12-3456789",
    "ISBN 978-3-16-148410-0 and 0-306-40615-2, ISSN 2049-3630",
    "doi:10.1000/182.2024.1234567 and arXiv:2103.00020v1",
    "SKU 123-456-7890, part number 212-555-0100-7, model 650-253-00AB",
    "user_id=1234567890123456 session=9876543210987654321",
    "https://example.com/p/1234567890?id=2125550199&ts=1700000000",
    "tweet 1445078208190291973 got 12345678 likes",
    "x_4111111111111111, 4111111111111111_x, id_1__4111111111111111, a__212-555-0199, 212-555-0199_a",
    "arn:aws:iam::4111111111111111:role, urn:lot:4111111111111111, a/b:4111111111111111, 12:4111111111111111",
    "0171/1234567/8 and a/0171/1234567 and /0171/1234567.jpg and 0/1234567 and 0171/1234567 / 2",
    "Az. 0171/1234567, Aktenzeichen: 0711/123456, Steuernummer 030/1234567, Drucksache 015/2023456, 0123/4567890",
    "x - 212-555-0199, total - 212-555-0199 = 3, 7 - (212) 555-0199",
    "2 * 212-555-0199 * 3, x > 212-555-0199, 5 - 212-555-0199, a*212-555-0199*b",
    # versions and numbers with dots
    "v1.2.3, 1.2.3-beta.4, numpy==1.26.4, version 4.0.1.2, >=1.2.3.4",
    "Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.1",
    "driver version: 10.0.4.121, firmware 2.3.4.5, release 8.1.2.3",
    "1.2.3.4 Scope of this document\n1.2.3.5 Terms",
    "We moved to 2.0.0.0, then to 4.0.0.1 and 3.0.2.0 (a build each)",
    "OID 1.3.6.1.4.1.311, OID 2.5.29.17",
    "react@18.2.0, @types/node@20.1.0, foo@1.2.3.4",
    "127.0.0.1, 0.0.0.0, ::1 and localhost, netmask 255.255.255.0",
    "listen on 0.0.0.0:8080 or [::]:8080",
    # handles and almost addresses
    "ask @ana or @ben_2 about it; me@ and @you",
    "git clone git@github.com:owner/name.git",
    "user@localhost, root@db01, admin@@, a@b, x@y.z",
    "name at domain dot com, foo(at)bar",
    "if (a@b) { c.d@e }",
    # chat
    "I have 3 cats, 2 dogs and 17 fish; call me maybe!",
    "Please call stop() after 1000000 iterations.",
    "The phone costs 1299 dollars, the case 49.",
    "My phone has 8 GB RAM, 256 GB and a 6.1 inch screen.",
    "Room 1204, floor 12, building 7, ZIP 90210-1234",
    "Score: 21-15, 19-21, 15-13; bet 100 on 7",
    "Use the number 42 or 1234567 as an answer.",
    "我有3只猫，2024年1月2日，总共1234567元，编号20240102001",
    "価格は1,234,567円、会員番号は1234567890123です",
    "GB is a country, DE12 is a motor, NO15 is a bus, BE68 is a chair",
    "AT611904300234573202 and GB82 TEST 1234 5698 7654 32",
    "0000 0000 0000 0000 and 1234 5678 9012 3456 and 4111 1111 1111 1112",
    "666-12-3456, 000-12-3456, 900-12-3456, 123-00-4567, 123-45-0000",
    "123 45 6789 are three numbers; 123456789 is one",
    "<EMAIL_ADDRESS_1>, <PHONE_NUMBER_2> and <CREDIT_CARD_13> were here",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb is off by one letter",
    "base64: MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MA==",
    "diff --git a/1 b/2\n@@ -100,200 +300,400 @@\n+1234567\n-7654321",
]


def test_there_are_enough_lines():
    assert len(set(LINES)) == len(LINES) >= 60


@pytest.mark.parametrize("line", LINES)
def test_innocent_line_has_no_finding(line):
    assert Detector().find(line) == []


def test_all_lines_in_one_text_have_no_finding():
    assert Detector().find("\n".join(LINES)) == []
