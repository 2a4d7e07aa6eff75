"""Compose the monthly summary for members of an issuer."""

from __future__ import annotations

from datetime import date, datetime

from chalicelib.credential.issuer import Issuer
from chalicelib.delivery.emails.parts.branding import LAUREL
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.text import line


def monthly(
    email: str,
    issuer: Issuer,
    month: date,
    sentences: tuple[str, ...],
    base_url: str,
    unsubscribe: str,
    now: datetime,
) -> EmailContent:
    """Compose the summary. An unidentified issuer chose its own name, so the email shows its id instead."""
    name = line(issuer.name) if issuer.identified(now) else issuer.id
    return EmailContent(
        kind=Kind.SUMMARY,
        to=email,
        subject=f"{name}: what changed in {month:%B %Y}",
        preview=sentences[0],
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(f"Here is what changed for {name} in {month:%B %Y}:", *sentences),
        main=Button("Open the dashboard", f"{base_url}/console/{issuer.id}"),
        why=f"You are receiving this email because you subscribed to the monthly summary of {name} in the console.",
        unsubscribe=unsubscribe,
    )
