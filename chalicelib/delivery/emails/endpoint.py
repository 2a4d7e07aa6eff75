"""Compose the email about an endpoint that was paused."""

from __future__ import annotations

from chalicelib.credential.issuer import Issuer
from chalicelib.delivery.emails.parts.branding import LAUREL
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.text import line


def paused(email: str, issuer: Issuer, page: str) -> EmailContent:
    """Compose the email to the contact of an issuer that someone has identified."""
    name = line(issuer.name)
    return EmailContent(
        kind=Kind.ENDPOINT_PAUSED,
        to=email,
        subject=f"{line(issuer.name, 60)}: an endpoint was paused",
        preview="It stopped accepting messages, so Laurel no longer sends any.",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            f"Laurel sends messages about the credentials of {name} to an endpoint of yours.",
            "The endpoint accepted no messages for three days or responded that it no longer exists, so it was paused.",
            "Messages that were not delivered stay in its delivery log for 30 days.",
            "Events that happen while it is paused are not sent.",
            "Fix the endpoint, resume it, and send the failed messages again.",
        ),
        main=Button("Open the endpoint", page),
        why=f"You are receiving this email because {name} entered this address as its contact.",
    )
