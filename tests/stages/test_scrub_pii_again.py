"""ScrubPII: a value that one text of a row tells is replaced in all of them, and nowhere inside something longer."""

from __future__ import annotations

import json

import pytest

from ftdata import Dataset, ScrubPII
from ftdata.testing.laws import assert_laws
from stages.fates import chat, details

PHONE = "My phone is 2125550199."


def contents(*texts: str) -> list[str]:
    data = Dataset.from_rows([chat(*texts)])
    after = ScrubPII()(data)
    assert list(ScrubPII()(after).raw()) == list(after.raw())
    (row,) = after.rows()
    return [message["content"] for message in row["messages"]]


@pytest.mark.parametrize(
    ("told", "again", "kind"),
    [
        ("My SSN is 123 45 6789", "Got it: 123 45 6789", "US_SSN"),
        ("My SSN is 123 45 6789", "Got it: 123456789", "US_SSN"),
        (PHONE, "Thanks, I have noted 2125550199", "PHONE_NUMBER"),
        (PHONE, "I noted 21 25 55 01 99!", "PHONE_NUMBER"),
        (PHONE, "I noted 12125550199", "PHONE_NUMBER"),
        (PHONE, "I noted 0012125550199,Ann", "PHONE_NUMBER"),
        (PHONE, "1,2125550199,Ann", "PHONE_NUMBER"),
        (PHONE, "２１２5550199记下了", "PHONE_NUMBER"),
        (PHONE, "https://shop.example/?q=2125550199", "PHONE_NUMBER"),
        ("Tel 030 1234567", "so 301234567", "PHONE_NUMBER"),
        ("Tel +49 30 1234567", "so 0301234567", "PHONE_NUMBER"),
        ("Tel +49 30 1234567", "so 49 3 01 23 45 67", "PHONE_NUMBER"),
        ("call me 555-123-4567", "so 5551234567", "PHONE_NUMBER"),
        ("card 4000 0000 0000 0002", "so 40 00 00 00 00 00 00 02", "CREDIT_CARD"),
        ("IBAN DE89 3704 0044 0532 0130 00", "so DE89.3704.0044.0532.0130.00", "IBAN_CODE"),
        ("IBAN DE89 3704 0044 0532 0130 00", "so 370400440532013000 no, 89370400440532013000", "IBAN_CODE"),
        ("host 198.51.100.77", "ssh root@198.51.100.77", "IP_ADDRESS"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_what_one_text_tells_is_known_in_the_other(told, again, kind, turned) -> None:
    alone = contents("Hello", again)[1]
    assert alone == again, "the text tells nothing by itself"
    texts = contents(*((again, told) if turned else (told, again)))
    assert all(text.count(f"<{kind}_1>") == 1 for text in texts)
    assert not any("_2>" in text for text in texts)


def test_two_spellings_in_one_text_are_one_value() -> None:
    assert contents("call +1 (212) 555-0199 or 2125550199", "ok")[0] == "call <PHONE_NUMBER_1> or <PHONE_NUMBER_1>"


@pytest.mark.parametrize(
    "again",
    ["x2125550199", "2125550199.5", "3.2125550199", "1.2125550199", "2125550199,5", "/users/2125550199", "2125550199/x", "id_2125550199",
     "v2125550199", "5-212-555-0199", "a-2125550199", "2125550199-ab", "32125550199", "212 555 01995", "9 212 555 0199", "#2125550199",
     "2125550199.jpg", "$2125550199", "2125550199%", "212) 5550199", "2125550198", "1.2.2125550199", "5550199"],
)  # fmt: skip
def test_a_piece_of_something_longer_or_other_stays(again) -> None:
    assert contents(PHONE, again)[1] == again


def test_behind_a_plus_only_its_own_country_code_is_that_number() -> None:
    assert contents(PHONE, "212+2125550199 + 2125550199")[1] == "212+2125550199 + 2125550199"


@pytest.mark.parametrize(
    ("told", "again"),
    [
        ("phone: 00112233445", "so 00112233445"),  # bare digits, and valid nowhere
        ("host 8.8.8.8", "root@8.8.8.8.example"),
        ("host 198.51.100.77", "version 198.51.100.77"),
    ],
)
def test_what_is_not_certain_is_not_looked_for(told, again) -> None:
    assert contents(told, again)[1] == again


def test_every_place_of_a_row_is_looked_through_and_counted() -> None:
    arguments = '{"phone": 2125550199, "n": 2125550199, "s": "2125550199", "2125550199": "[2125550199, {\\"k\\": \\"a 2125550199\\"}]"}'
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    row = chat(PHONE, "ok")
    row["messages"][1]["tool_calls"] = [call]
    data = Dataset.from_rows([row])
    assert_laws(ScrubPII(), data)
    after = ScrubPII()(data)
    (got,) = after.rows()
    made = got["messages"][1]["tool_calls"][0]["function"]["arguments"]
    assert made == arguments.replace(" 2125550199,", ' "<PHONE_NUMBER_1>",').replace("[2125550199,", '[\\"<PHONE_NUMBER_1>\\",').replace("2125550199", "<PHONE_NUMBER_1>")  # fmt: skip
    assert json.loads(json.loads(made)["<PHONE_NUMBER_1>"]) == ["<PHONE_NUMBER_1>", {"k": "a <PHONE_NUMBER_1>"}]
    assert details(after, "edit") == [{"kinds": {"PHONE_NUMBER": 7}, "roles": {"assistant": 6, "user": 1}}]
    assert sum(told.get("severity") == "info" for told in details(after, "finding")) == 3


def test_a_pair_is_looked_through_and_the_next_row_is_not() -> None:
    pair = {"prompt": "is 2125550199 right?", "chosen": PHONE, "rejected": "No, 2125550199"}
    (one, other) = ScrubPII()(Dataset.from_rows([pair, chat("2125550199", "ok")])).rows()
    assert one == {
        "prompt": "is <PHONE_NUMBER_1> right?",
        "chosen": "My phone is <PHONE_NUMBER_1>.",
        "rejected": "No, <PHONE_NUMBER_1>",
    }
    assert other == chat("2125550199", "ok")


def test_two_keys_that_are_one_number_stay_two() -> None:
    # Keys are numbered in the order of their names, so that it does not depend on that of the file.
    assert contents(PHONE, '{"2125550199": 1, "12125550199": 2}')[1] == '{"<PHONE_NUMBER_2>": 1, "<PHONE_NUMBER_1>": 2}'


@pytest.mark.parametrize("mail", ["s@x.com", "e@t.co", "S@X.COM", "a@b.co.uk"])
def test_one_letter_at_a_host_of_one_letter_is_found(mail) -> None:
    assert contents(f"write to {mail}. Or <{mail}>", "ok")[0] == "write to <EMAIL_ADDRESS_1>. Or <<EMAIL_ADDRESS_1>>"


@pytest.mark.parametrize(
    "code",
    ["q@k.mT", "A@B.T", "x@w.to(device)", "x@y.T", "a@b.c", "a@b.name", "y = a@b.com.sum()", "r@p.com[0]", "a@b.co * 2", "@a.com", "a@b.int()"],
)  # fmt: skip
def test_a_product_of_matrices_is_none(code) -> None:
    assert contents(code, "ok")[0] == code
