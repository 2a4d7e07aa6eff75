"""Colours, link secrets, sign-in emails and mailbox preferences."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.award.input import colours
from chalicelib.delivery import links, mailbox
from chalicelib.delivery.emails.parts.email_content import Kind
from chalicelib.delivery.emails.sign_in import SignInMailer
from chalicelib.delivery.holder import sharing
from chalicelib.errors import Refused, Unavailable
from tests.delivery.fake_delivery import ISSUED_AT, DeliveryFixture
from tests.delivery.fakes import Mailer, Store

BOX = mailbox.Mailbox(mailbox.digest("ada@example.org"))


def test_contrast_matches_wcag_examples() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert colours.contrast("#ffffff", "#767676") == colours.contrast("#767676", "#ffffff")


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True) | st.text() | st.none())
def test_white_text_is_readable_on_every_accent(accent: str | None) -> None:
    assert colours.contrast(colours.readable_or_default(accent), "#ffffff") >= colours.AA


@given(st.emails(), st.binary(min_size=32, max_size=32))
def test_link_secret_leads_to_its_storage_key(email: str, entropy: bytes) -> None:
    mailbox_id = links.mailbox_id_of(mailbox.digest(email))
    token = links.secret(mailbox_id, entropy)
    key = links.link_key(token)
    assert key is not None
    assert key.mailbox_id == mailbox_id
    assert entropy.hex() not in (key.digest, key.mailbox_id)


@given(st.text(max_size=80))
def test_malformed_link_secret_has_no_storage_key(token: str) -> None:
    assert links.link_key(token) is None or len(token) == 65


@given(st.text(), st.text(), st.sampled_from(sharing.SharePlatform))
def test_sharing_urls_stay_on_known_origins(name: str, issuer: str, target: sharing.SharePlatform) -> None:
    shared = sharing.SharedCredential(name, issuer, "https://laurel.example/c/x", "x", ISSUED_AT, None)
    try:
        url = sharing.address(target, shared)
    except UnicodeEncodeError:
        assert any(0xD800 <= ord(character) < 0xE000 for character in name + issuer)
        return
    assert url.isascii()
    assert any(url.startswith(f"{origin}/") for origin in sharing.ORIGINS)


def test_sign_in_email_ignores_unsubscribing_and_issuers_bounces_but_not_its_own() -> None:
    store, mailer = Store(), Mailer()
    sign_in_mailer = SignInMailer(DeliveryFixture(store=store, mailer=mailer).delivery_context)
    store.save_mailbox(replace(mailbox.unsubscribed(BOX, "north"), forgotten_at=ISSUED_AT))
    sign_in_mailer.send_sign_in("Ada@example.org", "https://laurel.example/sign-in/x", 15)
    assert [email.kind for email in mailer.sent] == [Kind.SIGN_IN]
    for requested in (False, True):
        store.save_mailbox(mailbox.bounced(store.mailbox(BOX.digest), ISSUED_AT, requested=requested))
        sign_in_mailer.send_sign_in("ada@example.org", "https://laurel.example/sign-in/x", 15)
        assert len(mailer.sent) == 2


def test_sign_in_hides_rejected_addresses_and_raises_outages() -> None:
    mailer = Mailer(failure=lambda: Refused("no", code="address_rejected"))
    sign_in_mailer = SignInMailer(DeliveryFixture(mailer=mailer).delivery_context)
    sign_in_mailer.send_sign_in("x@example.org", "https://laurel.example/sign-in/x", 15)
    mailer.failure = lambda: Unavailable("no response")
    with pytest.raises(Unavailable):
        sign_in_mailer.send_sign_in("x@example.org", "https://laurel.example/sign-in/x", 15)


def test_number_of_unsubscriptions_is_limited() -> None:
    box = BOX
    for number in range(mailbox.MAX_ISSUERS):
        box = mailbox.unsubscribed(box, str(number))
    with pytest.raises(Refused):
        mailbox.unsubscribed(box, "one more")
    assert mailbox.unsubscribed(box, "0") == box
