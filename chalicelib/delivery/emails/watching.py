"""Compose the email about a changed verdict on a watched credential. It is in English, like the pages for
developers."""

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
        subject=f"A credential that you watch is now {now}"
        if now != "unknown"
        else "The status of a watched credential is now unknown",
        preview=f"Previously: {was}.",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            f"The verdict on a credential that you watch has changed from {was} to {now}.",
            *about,
            f"Credential: {line(url, 500)}",
            "Verify the credential again to see why.",
        ),
        main=Button("View watch", page),
        why="You are receiving this email because you asked for it when you created the watch. To stop these emails, "
        "delete the watch.",
    )
