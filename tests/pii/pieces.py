"""Texts made of private values, broken values and whatever may stand around them."""

from hypothesis import strategies as st

PIECES = [
    "ana@example.com", "@", ".com", "EMAIL='", "212-555-0199", "+49 30 1234567", "(212) 555", "0199", "call ", "phone: ",
    "2125550199", "4111 1111 1111 1111", "4111111111111111", "card ", "DE89370400440532013000", "GB82 WEST 1234 5698 7654 32",
    "212-09-9999", "ssn ", "10.2.3.4", "2001:db8::1", "::", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "\u200b", "\u00ad", "电话", "😀",
    "２１２", "-", " ", ".", "/", "\n", "\\n", "<", ">", "<PHONE_NUMBER_1>", "x34", "1", "0", "a", "https://", "www.example.com/a?b=c",
    "00:1A:2B:3C:4D:5E", "550e8400-e29b-41d4-a716-446655440000", "\ud800", "é", "٣",
    "ana%40example.com", "%40", "%2B1", "%3D", "\\u0040", "\\\\u0031", "\\/", "&#64;", "&#x31;", '"phone": ', "'cards': [", "}", "]", ", ", "\u0308",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=60)
