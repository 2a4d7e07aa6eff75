"""Compose the email about a watched credential whose verdict has changed. It goes to developers, and is in English, as
the pages of their accounts are."""

from __future__ import annotations

from chalicelib.delivery.emails.parts.branding import LAUREL
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.text import line

_NAMES = {"not_yet_valid": "not valid yet"}


def news(email: str, url: str, ref: str | None, before: str, after: str, page: str) -> EmailContent:
    """Compose the email to the owner of a verifier; ``ref`` is their own reference."""
    was, now = (_NAMES.get(verdict, verdict) for verdict in (before, after))
    about = (f"Your reference: {line(ref)}",) if ref else ()
    return EmailContent(
        kind=Kind.WATCH_NEWS,
        to=email,
        subject=f"A credential that you watch is now {now}" if now != "unknown" else "A watched credential is unknown",
        preview=f"It was {was} before.",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            f"The verdict on a credential that you watch was {was}. It is now {now}.",
            *about,
            f"The credential: {line(url, 500)}",
            "Verify the credential again to see why.",
        ),
        main=Button("Open the watch", page),
        why="You are receiving this email because you asked for it when you created the watch. To stop these emails, "
        "delete the watch.",
    )
