"""Compose the email about a pending erasure."""

from __future__ import annotations

from datetime import datetime

from chalicelib.credential.issuer import Issuer
from chalicelib.delivery.emails.parts import neutral
from chalicelib.delivery.emails.parts.branding import LAUREL
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.text import line
from chalicelib.delivery.emails.parts.translated import translated
from chalicelib.language.phrase import phrase


def notice(
    email: str, link: str, due: datetime, issuer: Issuer | None, now: datetime, language: str, *, by_holder: bool
) -> EmailContent:
    """Compose the email with the link that cancels the erasure that is ``due``: of everything, or of what ``issuer``
    has, in ``language``. ``by_holder``: the holder requested it on their page."""
    if issuer is None:
        what = phrase(
            "On {date}, Laurel will delete everything that it stores about this address: your credentials from all "
            "issuers, your public profile and your settings.",
            date=due,
        )
    else:
        what = phrase(
            "On {date}, Laurel will delete everything that {issuer} has stored about you, including the credentials "
            "that it issued to you.",
            date=due,
            issuer=line(issuer.name) if issuer.identified(now) else neutral.claimed_within(issuer),
        )
    asked = phrase("This was requested on your page.") if by_holder else phrase("This was requested on your behalf.")
    content = EmailContent(
        kind=Kind.ERASURE,
        to=email,
        subject=phrase("Your data will be deleted on {date}", date=due),
        preview=phrase("You can cancel this until then."),
        brand=LAUREL,
        greeting=phrase("Hello,"),
        paragraphs=(
            what,
            phrase(
                "The pages of these credentials will then say that they were deleted. Download your credentials first "
                "if you want to keep them: a downloaded file can still be verified."
            ),
            phrase("If you do not want this, cancel it before that day. Otherwise you do not have to do anything."),
        ),
        main=Button(phrase("View or cancel the deletion"), link),
        why=phrase("You are receiving this email because your data will be deleted. {asked}", asked=asked),
    )
    return translated(content, language)
