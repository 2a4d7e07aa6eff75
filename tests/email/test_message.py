from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from chalicelib.delivery.emails.parts.email_content import FROM_LAUREL, EmailContent, Kind
from chalicelib.email.message import message
from chalicelib.errors import Refused
from tests.email.sample_emails import (
    MY,
    STOP,
    sample_context,
    sample_email,
)

SENDER = "letters@laurel.example"


def received(one: EmailContent) -> EmailMessage:
    """Parse the message as an email client would."""
    found = message_from_bytes(bytes(message(one, SENDER)), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def part(one: EmailContent, kind: str) -> str:
    body = received(one).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class Reader(HTMLParser):
    """Collects links and images."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert not [name for name in found if name.startswith("on")]
        assert tag not in ("script", "iframe", "form", "link", "object", "svg", "table")
        if tag == "a":
            self.links.append(found["href"] or "")
        if tag == "img":
            self.images.append(found)


def read(one: EmailContent) -> Reader:
    reader = Reader()
    reader.feed(part(one, "html"))
    return reader


@pytest.mark.parametrize("kind", Kind)
def test_every_email_has_its_content_in_text_and_html(kind: Kind) -> None:
    one = sample_email(kind)
    mail = received(one)
    assert mail["Subject"] == one.subject
    assert mail["To"] == "ada@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = part(one, "plain")
    links = read(one).links
    for words in (one.greeting, one.main.url, *one.paragraphs):
        assert " ".join(words.split()) in " ".join(text.split())
    assert one.main.url in links
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 72


@pytest.mark.parametrize("kind", sorted(set(Kind) - FROM_LAUREL))
def test_credential_email_names_the_issuer_and_has_unsubscribe_headers(kind: Kind) -> None:
    mail = received(sample_email(kind))
    assert mail["From"].addresses[0].display_name == "Fernhill College via Laurel"
    assert mail["From"].addresses[0].addr_spec == SENDER
    assert mail["Reply-To"] == "office@fernhill.example"
    assert mail["List-Unsubscribe"] == f"<https://laurel.example/{STOP}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"https://laurel.example/{MY}" in read(sample_email(kind)).links
    assert "Fernhill College" in mail["Subject"]
    assert "Data analysis in practice" in mail["Subject"]


def test_monthly_summary_is_from_laurel_and_has_unsubscribe_headers() -> None:
    mail = received(sample_email(Kind.SUMMARY))
    assert mail["From"].addresses[0].display_name == "Laurel"
    assert mail["List-Unsubscribe"] == f"<https://laurel.example/{STOP}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("kind", sorted(FROM_LAUREL - {Kind.CONTACT, Kind.SAVED_NEWS, Kind.SUMMARY}))
def test_email_from_laurel_has_no_unsubscribe_header(kind: Kind) -> None:
    mail = received(sample_email(kind))
    assert mail["List-Unsubscribe"] is None
    assert mail["From"].addresses[0].display_name == "Laurel"


def test_first_email_has_tips_and_the_next_step() -> None:
    text = part(sample_email(Kind.ISSUED), "plain")
    for words in ("LinkedIn", "Social media", "CV", "Email signature", "Web page", "Wallet"):
        assert f"- {words}: " in text
    assert "Next step in “Data analyst”: Statistics for everyday." in text
    assert (
        "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=Data%20analysis%20in%20practice" in text
    )
    assert "It is valid until 1 June 2028." in text


@pytest.mark.parametrize("kind", [Kind.CORRECTED, Kind.REVOKED, Kind.SUSPENDED, Kind.REINSTATED])
def test_email_about_a_correction_or_a_status_gives_the_issuers_reason(kind: Kind) -> None:
    text = " ".join(part(sample_email(kind), "plain").split())
    assert f"Fernhill College has {kind} your" in text or f"Fernhill College {kind} your credential" in text
    assert "The issuer’s reason: “The holder’s name was misspelt.”" in text
    assert "The issuer’s reason" not in part(sample_email(kind, reason=None), "plain")


@pytest.mark.parametrize("kind", [Kind.CORRECTED, Kind.RENEWED])
def test_email_about_a_replacement_does_not_read_like_a_first_one(kind: Kind) -> None:
    text = " ".join(part(sample_email(kind), "plain").split())
    assert f"has {kind} your credential" in text
    assert "The previous" in text
    assert "replace it with the new one" in text
    assert "has issued you a credential" not in text


@pytest.mark.parametrize("kind", [Kind.REVOKED, Kind.SUSPENDED])
def test_email_about_bad_news_invites_no_sharing(kind: Kind) -> None:
    text = part(sample_email(kind), "plain")
    assert "LinkedIn" not in text
    assert "Next step" not in text
    assert "reply to this email" in " ".join(text.split())


def test_images_are_hosted_by_laurel_and_have_alt_text() -> None:
    issuer = sample_context().issuer
    images = read(sample_email(Kind.ISSUED, issuer=replace(issuer, registered_as=issuer.name))).images
    assert [image["alt"] for image in images] == ["", "Badge: A bar chart"]
    assert all((image["src"] or "").startswith("https://laurel.example/images/") for image in images)


def test_wide_logo_keeps_its_proportions() -> None:
    """Only its height is fixed: Outlook ignores `max-width` and `object-fit`, and would squeeze it into a square."""
    issuer = sample_context().issuer
    logo, _ = read(sample_email(Kind.ISSUED, issuer=replace(issuer, registered_as=issuer.name))).images
    assert (logo["height"], logo.get("width")) == ("40", None)
    assert "width: auto; max-width: 160px; object-fit: contain;" in (logo["style"] or "")


def test_external_image_is_left_out() -> None:
    issuer = replace(sample_context().issuer, image="https://tracker.example/pixel.png")
    achievement = replace(sample_context().achievement, image="https://tracker.example/badge.png")
    one = sample_email(Kind.ISSUED, issuer=issuer, achievement=achievement)
    assert read(one).images == []
    assert "tracker.example" not in str(message(one, SENDER))


@pytest.mark.parametrize(
    "hostile",
    [
        "Name\r\nBcc: everybody@example.org",
        "Name\nX: y\n\n<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "\u202edesrever\u200b",
        "=?utf-8?q?evil?= <a@b>",
        "{{ 7 * 7 }} {% raw %}",
    ],
    ids=repr,
)
def test_issuer_text_is_escaped(hostile: str) -> None:
    context = sample_context()
    one = sample_email(
        Kind.ISSUED,
        issuer=replace(context.issuer, name=hostile),
        achievement=replace(context.achievement, name=hostile, description=hostile),
        recipient=replace(context.recipient, name=hostile),
    )
    mail = received(one)
    assert mail.get_all("Bcc") is None
    assert mail.get_all("X") is None
    assert [address.addr_spec for address in mail["From"].addresses] == [SENDER]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", mail["Subject"])
    read(one)
    assert "49" not in part(one, "html")


@pytest.mark.parametrize(
    ("accent", "used"), [("#7A1FA2", "#7a1fa2"), ("#ffd45e", "#0b55a0"), ("red;}", "#0b55a0"), (None, "#0b55a0")]
)
def test_accent_colour_is_used_if_readable(accent: str | None, used: str) -> None:
    html = part(sample_email(Kind.ISSUED, issuer=replace(sample_context().issuer, accent=accent)), "html")
    assert f"background: {used}; border: 2px solid {used};" in html


def test_long_name_is_shortened_in_the_subject() -> None:
    one = sample_email(Kind.ISSUED, achievement=replace(sample_context().achievement, name="a" * 200))
    assert len(one.subject) < 220
    assert "…" in one.subject


@pytest.mark.parametrize(
    "email", ["ädä@example.org", "a da@example.org", "ada@", "ada", "ada@exa mple.org", "a\n@b.org"]
)
def test_undeliverable_address_is_refused(email: str) -> None:
    with pytest.raises(Refused) as error:
        message(replace(sample_email(Kind.ISSUED), to=email), SENDER)
    assert error.value.code == "address_rejected"


def test_unicode_domain_is_converted_to_punycode() -> None:
    assert received(replace(sample_email(Kind.ISSUED), to="ada@münchen.example"))["To"] == "ada@xn--mnchen-3ya.example"


def test_issuer_named_laurel_is_still_marked_as_via_laurel() -> None:
    issuer = replace(sample_context().issuer, name="Laurel")
    mail = received(sample_email(Kind.ISSUED, issuer=issuer))
    assert mail["From"].addresses[0].display_name == "Laurel via Laurel"


@pytest.mark.parametrize("to", ['"ada"@example.org', "(x)ada@example.org", "ada@(x)example.org", '"a\\da"@example.org'])
def test_address_that_parses_to_another_one_is_refused(to: str) -> None:
    with pytest.raises(Refused) as caught:
        message(replace(sample_email(Kind.ISSUED), to=to), SENDER)
    assert caught.value.code == "address_rejected"


@pytest.mark.parametrize("email", ["no address", "a@b\nBcc: eve@example.org", "office@"])
def test_invalid_issuer_address_does_not_stop_the_email(email: str) -> None:
    mail = received(replace(sample_email(Kind.ISSUED), reply_to=email))
    assert mail["Reply-To"] is None
    assert mail.get_all("Bcc") is None
    assert mail["To"] == "ada@example.org"
