"""Compose the emails about a change of a credential: corrected, renewed, revoked, suspended, reinstated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC

from chalicelib.credential.quotation import escape_quotes
from chalicelib.delivery.emails import credential_email
from chalicelib.delivery.emails.credential_email import EmailContext, Links
from chalicelib.delivery.emails.parts.email_content import (
    Button,
    EmailContent,
    Kind,
)
from chalicelib.delivery.emails.parts.text import line
from chalicelib.language.phrase import phrase

REASON = 500
"""Maximum characters of an issuer's reason."""


@dataclass(frozen=True, slots=True)
class _Change:
    """The text of an email about a change: templates of phrases."""

    subject: str
    statement: str
    meaning: str
    preview: str = ""


_CHANGES = {
    Kind.CORRECTED: _Change(
        "Your credential from {issuer} was corrected: {name}",
        "{issuer} has corrected your credential “{name}”.",
        "The corrected credential has a new link. The previous version is no longer valid. Its page says that it was "
        "replaced, and links to the new one.",
    ),
    Kind.RENEWED: _Change(
        "Your credential from {issuer} was renewed: {name}",
        "{issuer} has renewed your credential “{name}”.",
        "The renewed credential has a new link. The previous credential keeps its dates, and its page links to the "
        "new one.",
    ),
    Kind.REVOKED: _Change(
        "Your credential from {issuer} was revoked: {name}",
        "On {day}, {issuer} revoked your credential “{name}”.",
        "Everyone who checks it sees that it is revoked. This cannot be undone, so stop sharing it.",
        "{issuer} revoked it on {day}.",
    ),
    Kind.SUSPENDED: _Change(
        "Your credential from {issuer} was suspended: {name}",
        "On {day}, {issuer} suspended your credential “{name}”.",
        "Everyone who checks it sees that it is suspended, until {issuer} reinstates or revokes it.",
        "{issuer} suspended it on {day}.",
    ),
    Kind.REINSTATED: _Change(
        "Your credential from {issuer} was reinstated: {name}",
        "On {day}, {issuer} reinstated your credential “{name}”.",
        "The suspension has ended, and you can share the credential again. Its link is the same.",
        "{issuer} reinstated it on {day}.",
    ),
}


def replacement(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    """The first email about a credential that replaces one that its holder has: ``kind`` says how."""
    shared = context.shared
    texts = _CHANGES[kind]
    names = {"issuer": line(shared.issuer), "name": line(shared.name)}
    return credential_email.compose(
        kind,
        context,
        links,
        subject=phrase(texts.subject, **names | {"issuer": line(shared.issuer, 60)}),
        preview=phrase("It has a new link. Share the new link from now on."),
        paragraphs=(
            phrase(texts.statement, **names),
            _reason(context),
            *(
                ()
                if shared.valid_until is None
                else (phrase("It is valid until {day}.", day=shared.valid_until.astimezone(UTC)),)
            ),
            phrase(texts.meaning),
            phrase("If you have shared the previous link, for example on LinkedIn, replace it with the new one."),
        ),
        tips=credential_email.guide(shared),
    )


def status(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    """The email about a new status: ``kind`` says which."""
    shared, texts = context.shared, _CHANGES[kind]
    names = {"issuer": line(shared.issuer), "name": line(shared.name)}
    at = context.record.status.at.astimezone(UTC)
    return credential_email.compose(
        kind,
        # A next step would be out of place beside bad news.
        replace(context, pathway_links=()),
        links,
        subject=phrase(texts.subject, **names | {"issuer": line(shared.issuer, 60)}),
        preview=phrase(texts.preview, issuer=names["issuer"], day=at),
        paragraphs=(
            phrase(texts.statement, **names, day=at),
            _reason(context),
            phrase(texts.meaning, issuer=names["issuer"]),
            phrase("If you have a question or think that this is a mistake, reply to this email.")
            if context.issuer.email
            else phrase(
                "If you have a question or think that this is a mistake, contact {issuer}.", issuer=names["issuer"]
            ),
        ),
        tips=(),
        other=Button(phrase("Visit {issuer}", issuer=line(shared.issuer, 60)), context.issuer.url),
    )


def _reason(context: EmailContext) -> str:
    if not context.reason:
        return ""
    return phrase("The issuer’s reason: “{reason}”", reason=escape_quotes(line(context.reason, REASON), None))
