"""Normalization of email addresses."""

from __future__ import annotations

import pytest

from chalicelib.access import email_address
from chalicelib.errors import Refused


@pytest.mark.parametrize(
    "text",
    ["ada@example.org", " ada@example.org\n", "Ada@Example.ORG", "a.b+c_d-e@sub.example.co.uk", "o'neil@x.example"],
)
def test_address_is_normalized(text: str) -> None:
    assert email_address.normalize(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "@example.org", "ada@", "ada@example", "ada@@example.org", "ada@exa mple.org", "ada example@x.org",
        "ada@example.org, eve@example.org", "ada@example.org\nBcc: eve@example.org", "<ada@example.org>",
        "ada@-example.org", "ada@example..org", "ada#b@exa#mple.org", "ädä@example.org", "ada@exämple.org",
        "a" * 65 + "@example.org", "ada@" + "a" * 64 + ".org", "ada@" + "a." * 130 + "org", "ada@example.org\0",
        "\u212aate@example.org", "kate@ban\u212a.example",
    ],
)  # fmt: skip
def test_invalid_address_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        email_address.normalize(text)
    assert caught.value.code == "bad_email"


def test_key_separator_in_an_address_is_kept() -> None:
    assert email_address.normalize("a#b%23@example.org") == "a#b%23@example.org"
