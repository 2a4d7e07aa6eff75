"""Compose the emails about a credential; `neutral` composes those of issuers that are not identified."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC

from chalicelib.award.input import colours
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.pathways.pathway import PathwayLink
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import credential_url
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.quotation import unquoted
from chalicelib.credential.record import Record
from chalicelib.credential.signed_content import start_as_signed
from chalicelib.delivery.emails import neutral
from chalicelib.delivery.emails.branding import Brand
from chalicelib.delivery.emails.email_content import (
    Button,
    EmailContent,
    Kind,
    Picture,
    Tip,
)
from chalicelib.delivery.emails.months import month_of
from chalicelib.delivery.emails.text import line
from chalicelib.delivery.emails.translated import translated
from chalicelib.delivery.holder.sharing import SharedCredential, linkedin_profile
from chalicelib.language.languages import DEFAULT, known
from chalicelib.language.phrase import phrase

DESCRIPTION = 300
"""Maximum characters of an achievement's description; the credential's page has the full text."""

REASON = 500
"""Maximum characters of an issuer's reason."""


@dataclass(frozen=True, slots=True)
class EmailContext:
    """A credential and everything an email about it mentions."""

    record: Record
    issuer: Issuer
    achievement: Achievement
    recipient: Recipient
    email: str
    """The recipient's address."""
    pathway_links: tuple[PathwayLink, ...]
    base_url: str
    delivered_as: Kind = Kind.ISSUED
    """The first email about the credential: `ISSUED`, or `CORRECTED` or `RENEWED` for one that replaces another."""
    reason: str | None = None
    """The issuer's reason for the correction or the status."""
    identified: bool = False
    """Whether check 8 passes for the issuer. Otherwise its emails are neutral."""
    chosen_lang: str | None = None
    """The language that the recipient chose for their emails."""

    @property
    def shared(self) -> SharedCredential:
        """The credential as it is shared on other platforms."""
        url = credential_url(self.issuer.pages_url(self.base_url), self.record.id)
        name, issuer = line(self.achievement.name, 200), line(self.issuer.name, 200)
        return SharedCredential(
            name, issuer, url, self.record.id, start_as_signed(self.record), self.record.valid_until
        )


@dataclass(frozen=True, slots=True)
class Links:
    """The links with secrets in an email about a credential."""

    my: str
    unsubscribe: str


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
        case Kind.UNOPENED:
            return _unopened(context, links)
        case Kind.UNSHARED:
            return _unshared(context, links)
        case Kind.RENEWAL:
            return _renewal(context, links)
        case Kind.CORRECTED | Kind.RENEWED:
            return _replacement(kind, context, links)
        case Kind.REVOKED | Kind.SUSPENDED | Kind.REINSTATED:
            return _status(kind, context, links)
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
    return _compose(
        Kind.ISSUED,
        context,
        links,
        subject=phrase("Your credential from {issuer}: {name}", issuer=line(shared.issuer, 60), name=line(shared.name)),
        preview=phrase("View it, add it to LinkedIn and see other ways to use it. You do not need an account."),
        paragraphs=paragraphs,
        tips=_guide(shared),
    )


def _unopened(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    return _compose(
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
    return _compose(
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
        tips=_guide(shared),
    )


def _renewal(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    until = (shared.valid_until or context.record.issued_at).astimezone(UTC)
    return _compose(
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


def _replacement(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    """The first email about a credential that replaces one that its holder has: ``kind`` says how."""
    shared = context.shared
    texts = _CHANGES[kind]
    names = {"issuer": line(shared.issuer), "name": line(shared.name)}
    return _compose(
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
        tips=_guide(shared),
    )


def _status(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    shared, texts = context.shared, _CHANGES[kind]
    names = {"issuer": line(shared.issuer), "name": line(shared.name)}
    at = context.record.status.at.astimezone(UTC)
    return _compose(
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
    return phrase("The issuer’s reason: “{reason}”", reason=unquoted(line(context.reason, REASON), None))


def _compose(
    kind: Kind,
    context: EmailContext,
    links: Links,
    *,
    subject: str,
    preview: str,
    paragraphs: tuple[str, ...],
    tips: tuple[Tip, ...],
    other: Button | None = None,
) -> EmailContent:
    issuer = line(context.issuer.name)
    step, url = _next_step(context.pathway_links)
    return EmailContent(
        kind=kind,
        to=context.email,
        subject=subject,
        preview=preview,
        brand=Brand(
            issuer,
            # A domain confirms a key, and its owner can copy any organization's logo.
            _own_image(context.issuer.image, context.base_url) if context.issuer.registered else None,
            colours.readable_or_default(context.issuer.accent),
        ),
        greeting=phrase("Hello {name},", name=line(context.recipient.name)),
        paragraphs=tuple(filter(None, paragraphs)),
        main=Button(phrase("View your credential"), links.my),
        other=other or Button(phrase("Add to LinkedIn"), linkedin_profile(context.shared)),
        badge=_badge(context),
        tips=tips,
        next_step=step,
        next_url=url,
        why=phrase(
            "You are receiving this email because {issuer} issued this credential to {email}. If it is not yours, "
            "ignore this email or reply to it. {issuer} can see whether the link above is opened.",
            issuer=issuer,
            email=context.email,
        )
        if context.issuer.email
        else phrase(
            "You are receiving this email because {issuer} issued this credential to {email}. If it is not yours, "
            "ignore this email or tell {issuer}. {issuer} can see whether the link above is opened.",
            issuer=issuer,
            email=context.email,
        ),
        settings=f"{links.my}#settings",
        unsubscribe=links.unsubscribe,
        reply_to=context.issuer.email,
    )


def _badge(context: EmailContext) -> Picture | None:
    own = _own_image(context.achievement.image, context.base_url)
    alt = line(context.achievement.image_alt, 200) or line(context.achievement.name)
    return Picture(own, phrase("Badge: {title}", title=alt)) if own else None


def _own_image(url: str | None, base_url: str) -> str | None:
    # An image hosted elsewhere would tell its host who opens which email, and when.
    # Most email clients show neither SVG nor WebP.
    own = url is not None and url.startswith(f"{base_url}/images/") and url.endswith((".png", ".jpg"))
    return url if own else None


def _next_step(pathway_links: tuple[PathwayLink, ...]) -> tuple[str | None, str | None]:
    for link in pathway_links:
        for step in link.next:
            return (
                phrase("Next step in “{pathway}”: {step}.", pathway=line(link.pathway), step=line(step.name)),
                step.url,
            )
    return None, None


def _guide(shared: SharedCredential) -> tuple[Tip, ...]:
    named = phrase(
        "Add “{name}, {issuer}, {month}” and link it to {url}",
        name=line(shared.name),
        issuer=line(shared.issuer),
        month=month_of(shared.valid_from.astimezone(UTC)),
        url=shared.url,
    )
    return (
        Tip(
            phrase("LinkedIn"),
            phrase("“Add to LinkedIn” adds it to your licences and certifications, with a link to verify it."),
        ),
        Tip(
            phrase("Social media"),
            phrase("Use the buttons on your credentials page to share it with your network."),
        ),
        Tip(phrase("CV"), named),
        Tip(
            phrase("Email signature"),
            phrase("From that page, open “Show it with its current status …” and choose “Email signature”."),
        ),
        Tip(phrase("Web page"), phrase("Copy the HTML code with the badge image from that page.")),
        Tip(
            phrase("Public profile"),
            phrase("Show your credentials on a public profile. That page sends you the link to publish it."),
        ),
        Tip(
            phrase("Wallet"),
            phrase(
                "Download the signed credential from that page and add it to any wallet that supports Open Badges 3.0."
            ),
        ),
    )
