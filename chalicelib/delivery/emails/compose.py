"""Compose the emails about a credential; `neutral` composes those of issuers that are not identified."""

from __future__ import annotations

from datetime import UTC

from chalicelib.delivery.emails import changes, credential_email, surveys
from chalicelib.delivery.emails.credential_email import EmailContext, Links
from chalicelib.delivery.emails.parts import neutral
from chalicelib.delivery.emails.parts.email_content import (
    Button,
    EmailContent,
    Kind,
)
from chalicelib.delivery.emails.parts.text import line
from chalicelib.delivery.emails.parts.translated import translated
from chalicelib.language.languages import DEFAULT, known
from chalicelib.language.phrase import phrase

DESCRIPTION = 300
"""Maximum characters of an achievement's description; the credential's page has the full text."""


def about_credential(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    """Compose the email of ``kind`` about a credential, in the language that the recipient chose, otherwise the one
    that the issuer gave.

    Raises `ValueError` if the kind is not about a credential.
    """
    if context.identified:
        content = _of_identified(kind, context, links)
    else:
        content = neutral.about_credential(kind, context.email, context.issuer, links.my, links.unsubscribe)
    return translated(content, known(context.chosen_lang) or known(context.recipient.lang) or DEFAULT)


def _of_identified(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    match kind:
        case Kind.ISSUED:
            return _issued(context, links)
        case Kind.UNOPENED | Kind.UNSHARED | Kind.RENEWAL:
            return {Kind.UNOPENED: _unopened, Kind.UNSHARED: _unshared, Kind.RENEWAL: _renewal}[kind](context, links)
        case Kind.SURVEY_6 | Kind.SURVEY_12:
            return surveys.survey(kind, context, links)
        case Kind.CORRECTED | Kind.RENEWED:
            return changes.replacement(kind, context, links)
        case Kind.REVOKED | Kind.SUSPENDED | Kind.REINSTATED:
            return changes.status(kind, context, links)
    raise ValueError(f"{kind} is not about a credential")


def _issued(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    paragraphs = (
        phrase("{issuer} has issued you a credential: “{name}”.", issuer=line(shared.issuer), name=line(shared.name)),
        phrase("It is digitally signed, so anyone you share it with can verify it in seconds."),
        line(context.achievement.description, DESCRIPTION),
        *(
            ()
            if shared.valid_until is None
            else (phrase("It is valid until {day}.", day=shared.valid_until.astimezone(UTC)),)
        ),
    )
    return credential_email.compose(
        Kind.ISSUED,
        context,
        links,
        subject=phrase("Your credential from {issuer}: {name}", issuer=line(shared.issuer, 60), name=line(shared.name)),
        preview=phrase("View it, add it to LinkedIn and see other ways to use it. You do not need an account."),
        paragraphs=paragraphs,
        tips=credential_email.guide(shared),
    )


def _unopened(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    return credential_email.compose(
        Kind.UNOPENED,
        context,
        links,
        subject=phrase(
            "Reminder: view your credential from {issuer}: {name}",
            issuer=line(shared.issuer, 60),
            name=line(shared.name),
        ),
        preview=phrase("You do not need an account to view it."),
        paragraphs=(
            phrase(
                "On {day}, {issuer} issued you a credential: “{name}”.",
                day=context.record.issued_at.astimezone(UTC),
                issuer=line(shared.issuer),
                name=line(shared.name),
            ),
            phrase("You have not viewed it yet. You do not need an account to open it."),
            phrase("We will not send another reminder."),
        ),
        tips=(),
    )


def _unshared(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    return credential_email.compose(
        Kind.UNSHARED,
        context,
        links,
        subject=phrase(
            "Share your credential “{name}” from {issuer}", name=line(shared.name), issuer=line(shared.issuer, 60)
        ),
        preview=phrase("Ways to share it. If you have already shared it, you can ignore this email."),
        paragraphs=(
            phrase(
                "You earned “{name}”. Add it to your profile so that employers and others can see it.",
                name=line(shared.name),
            ),
            phrase("Recruiters who open its link can verify it in seconds."),
            phrase("If you have already shared it, ignore this email."),
            phrase("We will not send another reminder."),
        ),
        tips=credential_email.guide(shared),
    )


def _renewal(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    until = (shared.valid_until or context.record.issued_at).astimezone(UTC)
    return credential_email.compose(
        Kind.RENEWAL,
        context,
        links,
        subject=phrase(
            "Your credential “{name}” from {issuer} expires on {day}",
            name=line(shared.name),
            issuer=line(shared.issuer, 60),
            day=until,
        ),
        preview=phrase("What this means, and how to renew it."),
        paragraphs=(
            phrase("“{name}” is valid until {day}.", name=line(shared.name), day=until),
            phrase("After that, its page will show that it is genuine but has expired."),
            phrase("To renew it, contact {issuer} before it expires.", issuer=line(shared.issuer)),
        ),
        tips=(),
        other=Button(phrase("Visit {issuer}", issuer=line(shared.issuer, 60)), context.issuer.url),
    )
