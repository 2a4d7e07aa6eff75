"""Email addresses have one normal form and one limit, wherever they are entered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.access import email_address as sign_in
from chalicelib.award.bulk import upload
from chalicelib.award.input import text_rules
from chalicelib.credential import email_address
from chalicelib.delivery import mailbox
from chalicelib.errors import LaurelError
from chalicelib.http.input import body


def address(length: int) -> str:
    domain = ".".join(["d" * 63] * 3)
    return f"a@{domain}.{'d' * (length - len(domain) - 3)}"


@pytest.mark.parametrize("text", ["Ada@Example.org", " ada@example.org\n", "ADA@EXAMPLE.ORG"])
def test_normal_form_has_no_spaces_and_no_capitals(text: str) -> None:
    assert email_address.normalize(text) == "ada@example.org"
    assert mailbox.digest(text) == mailbox.digest("ada@example.org")
    assert sign_in.normalize(text) == "ada@example.org"


def accepted(enter: Callable[[str], object], text: str) -> bool:
    try:
        enter(text)
    except LaurelError:
        return False
    return True


@pytest.mark.parametrize(
    "enter",
    [
        sign_in.normalize,
        lambda text: text_rules.check_email("email address", text),
        lambda text: body.email(text, "/email"),
        lambda text: body.recipient_email({"recipient": {"email": text}}),
    ],
)
def test_every_place_accepts_254_characters_and_no_more(enter: Callable[[str], object]) -> None:
    assert accepted(enter, address(email_address.MAX_LENGTH))
    assert not accepted(enter, address(email_address.MAX_LENGTH + 1))


def test_uploads_have_the_same_limit() -> None:
    for length, codes in ((email_address.MAX_LENGTH, []), (email_address.MAX_LENGTH + 1, ["too_long"])):
        (row,) = upload.read(f"name,email\nAda,{address(length).upper()}\n".encode())
        assert [each.code for each in row.row_errors] == codes
        assert row.email == (None if codes else address(length))
