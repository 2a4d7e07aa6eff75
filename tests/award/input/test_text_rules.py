"""Validation of text, names, URLs and email addresses."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.award.input.text_rules import (
    MAX_URL,
    check_email,
    check_https,
    check_name,
    check_text,
    check_url,
    with_https,
)
from chalicelib.errors import Refused


@pytest.mark.parametrize(
    "text", ["", "  \n", "a" * 11, "\ud800", "a\0b", "a\x1b[2Jb", "a\x7fb", "a\x9bb", "a\ufffe", "\uffffb"]
)
def test_invalid_text_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_text("name", text, 10)
    assert refused.value.code == "bad_text"


@pytest.mark.parametrize("text", ["a" * 10, "יצחק", "é", "a\nb\tc", "👩\u200d🚀"])
def test_text_of_any_script_is_accepted(text: str) -> None:
    check_text("name", text, 10)


@pytest.mark.parametrize(
    "name",
    [
        "Ada\nLovelace", "Ada\r\nLovelace", "Ada\tLovelace", "Ada\u2028Lovelace", "Ada\u2029Lovelace", "Ada\x85",
        "\u202egrO emcA", "Ada\u2066 Lovelace\u2069", "\u202bAda\u202c",
        "\u200b", "\u200d\u200c", "\ufeff", " \u00ad ", "\u2060\u180e", "\u3164", "\u2800\u2800", "\u0301",
        "\ufe0f", "\xa0",
    ],
)  # fmt: skip
def test_multi_line_bidirectional_and_invisible_names_are_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        check_name("name", name, 50)
    assert refused.value.code == "bad_text"


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace", "علی\u200cرضا", "क्\u200dष", "شرکت\u200f Acme", "יצחק", "O’Brien-Ñandú", "김철수",
        "👩\u200d🚀", "Z\u0308oe", "42", "(none)", "\u200eAcme",
    ],
)  # fmt: skip
def test_name_of_any_script_is_accepted_with_joiners(name: str) -> None:
    check_name("name", name, 50)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.example",
        "/images/1.png",
        "javascript:alert(1)",
        "ftp://acme.example/",
        "https://",
        "https:///path",
        "https://acme.example/a b",
        "https://acme.example/<b>",
        "https://[::1",
        "https://acme.example/\n",
        "https://acme.example/" + "a" * MAX_URL,
    ],
)
def test_invalid_url_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        check_url("url", url)
    assert refused.value.code == "bad_url"


@pytest.mark.parametrize("url", ["https://acme.example", "http://localhost:8000/a?b=c#d", "https://müller.example/ü"])
def test_valid_url_is_accepted(url: str) -> None:
    check_url("url", url)


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "mary@@example.org",
        "ada@example..org",
        "ada@example.org.",
        "ada @example.org",
        "ada@exam ple.org",
        "<ada@example.org>",
        "ada@example.org, mary@example.org",
        "mailto:ada@example.org",
        "a" * 65 + "@example.org",
        "ada@example.org\n",
    ],
)
def test_invalid_email_address_is_refused(address: str) -> None:
    with pytest.raises(Refused) as refused:
        check_email("address", address)
    assert refused.value.code == "bad_email"


@pytest.mark.parametrize(
    "address",
    ["ada@example.org", "Ada.O'Hara+x@Sub.Example.org", "a_b-c@x-y.example", "ада@почта.рф", "用户@例え.テスト"],
)
def test_valid_email_address_is_accepted(address: str) -> None:
    check_email("address", address)


@given(st.text())
def test_any_text_is_accepted_or_refused(text: str) -> None:
    with suppress(Refused):
        check_text("name", text, 50)
    with suppress(Refused):
        check_name("name", text, 50)
    with suppress(Refused):
        check_url("url", text)


@pytest.mark.parametrize("value", ["fernhill", "http://fernhill.example", "https://", "https://a b"])
def test_error_of_an_https_url_does_not_offer_http(value: str) -> None:
    with pytest.raises(Refused, match=r"is not a URL that starts with https://\.$"):
        check_https("enrolment URL", value)


def test_https_url_names_no_user() -> None:
    with pytest.raises(Refused, match="contains a user name"):
        check_https("enrolment URL", "https://ada@fernhill.example")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ""),
        ("instagram.com/ada", "https://instagram.com/ada"),
        ("https://a.example", "https://a.example"),
        ("http://a.example", "http://a.example"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_missing_scheme_is_taken_as_https(typed: str, expected: str) -> None:
    assert with_https(typed) == expected
