"""Compose the email that asks a holder to answer a survey."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from chalicelib.delivery.emails import credential_email
from chalicelib.delivery.emails.credential_email import EmailContext, Links
from chalicelib.delivery.emails.parts.email_content import Button, EmailContent, Kind
from chalicelib.delivery.emails.parts.text import line
from chalicelib.language.phrase import phrase


def survey(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    """Ask how the credential helped; the questions are on the page."""
    shared, url = context.shared, f"{links.my}/survey"
    issuer = line(shared.issuer)
    content = credential_email.compose(
        kind,
        context,
        links,
        subject=_subject(kind, line(shared.issuer, 60), line(shared.name)),
        preview=phrase("It takes about a minute. You do not need an account."),
        paragraphs=(
            phrase(
                "On {day}, {issuer} issued you a credential: “{name}”.",
                day=context.record.issued_at.astimezone(UTC),
                issuer=issuer,
                name=line(shared.name),
            ),
            phrase("{issuer} would like to know what has changed for you since then.", issuer=issuer),
            phrase("{issuer} sees only summaries of the answers of ten or more people.", issuer=issuer),
            phrase("If you do not want to answer, decline with one click on the same page, and we will not ask again."),
        ),
        tips=(),
    )
    return replace(
        content, main=Button(phrase("Answer the survey"), url), other=Button(phrase("View your credential"), links.my)
    )


def _subject(kind: Kind, issuer: str, name: str) -> str:
    if kind is Kind.SURVEY_6:
        return phrase("A short survey from {issuer} about “{name}”", issuer=issuer, name=name)
    return phrase("One year later: a short survey from {issuer} about “{name}”", issuer=issuer, name=name)
