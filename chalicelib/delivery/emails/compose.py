"""Compose the emails about a credential; `neutral` composes those of issuers that are not identified."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.award.input import colours
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.pathways.pathway import PathwayLink
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import credential_url
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.quotation import unquoted
from chalicelib.credential.record import Record
from chalicelib.delivery.emails import neutral
from chalicelib.delivery.emails.branding import Brand
from chalicelib.delivery.emails.email_content import (
    Button,
    EmailContent,
    Kind,
    Picture,
    Tip,
)
from chalicelib.delivery.emails.text import line
from chalicelib.delivery.holder.sharing import SharedCredential, linkedin_profile

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

    @property
    def shared(self) -> SharedCredential:
        """The credential as it is shared on other platforms."""
        url = credential_url(self.issuer.pages_url(self.base_url), self.record.id)
        name, issuer = line(self.achievement.name, 200), line(self.issuer.name, 200)
        return SharedCredential(name, issuer, url, self.record.id, self.record.issued_at, self.record.valid_until)


@dataclass(frozen=True, slots=True)
class Links:
    """The links with secrets in an email about a credential."""

    my: str
    unsubscribe: str


def about_credential(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    """Compose the email of ``kind`` about a credential. Raises `ValueError` if the kind is not about a credential."""
    if context.identified:
        return _of_identified(kind, context, links)
    return neutral.about_credential(kind, context.email, context.issuer, links.my, links.unsubscribe)


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


def day(moment: datetime) -> str:
    """A date such as `3 March 2026`."""
    return f"{moment.astimezone(UTC):%-d %B %Y}"


def _issued(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    paragraphs = (
        f"{line(shared.issuer)} has issued you a credential: “{line(shared.name)}”.",
        "It is digitally signed, so anyone you share it with can verify it in seconds.",
        line(context.achievement.description, DESCRIPTION),
        *(() if shared.valid_until is None else (f"It is valid until {day(shared.valid_until)}.",)),
    )
    return _compose(
        Kind.ISSUED,
        context,
        links,
        subject=f"Your credential from {line(shared.issuer, 60)}: {line(shared.name)}",
        preview="View it, add it to LinkedIn and see other ways to use it. You do not need an account.",
        paragraphs=paragraphs,
        tips=_guide(shared),
    )


def _unopened(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    return _compose(
        Kind.UNOPENED,
        context,
        links,
        subject=f"Reminder: view your credential from {line(shared.issuer, 60)}: {line(shared.name)}",
        preview="You do not need an account to view it.",
        paragraphs=(
            (
                f"On {day(context.record.issued_at)}, {line(shared.issuer)} issued you a credential: "
                f"“{line(shared.name)}”."
            ),
            "You have not viewed it yet. You do not need an account to open it.",
            "We will not send another reminder.",
        ),
        tips=(),
    )


def _unshared(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    return _compose(
        Kind.UNSHARED,
        context,
        links,
        subject=f"Share your credential “{line(shared.name)}” from {line(shared.issuer, 60)}",
        preview="Ways to share it. If you have already shared it, you can ignore this email.",
        paragraphs=(
            f"You earned “{line(shared.name)}”. Add it to your profile so that employers and others can see it.",
            "Recruiters who open its link can verify it in seconds.",
            "If you have already shared it, ignore this email.",
            "We will not send another reminder.",
        ),
        tips=_guide(shared),
    )


def _renewal(context: EmailContext, links: Links) -> EmailContent:
    shared = context.shared
    until = day(shared.valid_until or context.record.issued_at)
    return _compose(
        Kind.RENEWAL,
        context,
        links,
        subject=f"Your credential “{line(shared.name)}” from {line(shared.issuer, 60)} expires on {until}",
        preview="What this means, and how to renew it.",
        paragraphs=(
            f"“{line(shared.name)}” is valid until {until}.",
            "After that, its page will show that it is genuine but has expired.",
            f"To renew it, contact {line(shared.issuer)} before it expires.",
        ),
        tips=(),
        other=Button(f"Visit {line(shared.issuer, 60)}", context.issuer.url),
    )


def _replacement(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    """The first email about a credential that replaces one that its holder has: ``kind`` says how."""
    shared, verb = context.shared, kind.value
    previous = (
        "The previous version is no longer valid. Its page says that it was replaced, and links to the new one."
        if kind is Kind.CORRECTED
        else "The previous credential keeps its dates, and its page links to the new one."
    )
    return _compose(
        kind,
        context,
        links,
        subject=f"Your credential from {line(shared.issuer, 60)} was {verb}: {line(shared.name)}",
        preview="It has a new link. Share the new link from now on.",
        paragraphs=(
            f"{line(shared.issuer)} has {verb} your credential “{line(shared.name)}”.",
            _reason(context),
            *(() if shared.valid_until is None else (f"It is valid until {day(shared.valid_until)}.",)),
            f"The {verb} credential has a new link. {previous}",
            "If you have shared the previous link, for example on LinkedIn, replace it with the new one.",
        ),
        tips=_guide(shared),
    )


_STATUS_TEXTS = {
    Kind.REVOKED: "Everyone who checks it sees that it is revoked. This cannot be undone, so stop sharing it.",
    Kind.SUSPENDED: "Everyone who checks it sees that it is suspended, until {issuer} reinstates or revokes it.",
    Kind.REINSTATED: "The suspension has ended, and you can share the credential again. Its link is the same.",
}


def _status(kind: Kind, context: EmailContext, links: Links) -> EmailContent:
    shared, verb = context.shared, kind.value
    issuer = line(shared.issuer)
    ask = "reply to this email" if context.issuer.email else f"contact {issuer}"
    return _compose(
        kind,
        # A next step would be out of place beside bad news.
        replace(context, pathway_links=()),
        links,
        subject=f"Your credential from {line(shared.issuer, 60)} was {verb}: {line(shared.name)}",
        preview=f"{issuer} {verb} it on {day(context.record.status.at)}.",
        paragraphs=(
            f"On {day(context.record.status.at)}, {issuer} {verb} your credential “{line(shared.name)}”.",
            _reason(context),
            _STATUS_TEXTS[kind].format(issuer=issuer),
            f"If you have a question or think that this is a mistake, {ask}.",
        ),
        tips=(),
        other=Button(f"Visit {line(shared.issuer, 60)}", context.issuer.url),
    )


def _reason(context: EmailContext) -> str:
    return f"The issuer’s reason: “{unquoted(line(context.reason, REASON), None)}”" if context.reason else ""


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
        greeting=f"Hello {line(context.recipient.name)},",
        paragraphs=tuple(filter(None, paragraphs)),
        main=Button("View your credential", links.my),
        other=other or Button("Add to LinkedIn", linkedin_profile(context.shared)),
        badge=_badge(context),
        tips=tips,
        next_step=step,
        next_url=url,
        why=(
            f"You are receiving this email because {issuer} issued this credential to {context.email}. "
            f"If it is not yours, ignore this email or {'reply to it' if context.issuer.email else f'tell {issuer}'}. "
            f"{issuer} can see whether the link above is opened."
        ),
        settings=f"{links.my}#settings",
        unsubscribe=links.unsubscribe,
        reply_to=context.issuer.email,
    )


def _badge(context: EmailContext) -> Picture | None:
    own = _own_image(context.achievement.image, context.base_url)
    alt = line(context.achievement.image_alt, 200) or line(context.achievement.name)
    return Picture(own, f"Badge: {alt}") if own else None


def _own_image(url: str | None, base_url: str) -> str | None:
    # An image hosted elsewhere would tell its host who opens which email, and when.
    # Most email clients show neither SVG nor WebP.
    own = url is not None and url.startswith(f"{base_url}/images/") and url.endswith((".png", ".jpg"))
    return url if own else None


def _next_step(pathway_links: tuple[PathwayLink, ...]) -> tuple[str | None, str | None]:
    for link in pathway_links:
        for step in link.next:
            return f"Next step in “{line(link.pathway)}”: {line(step.name)}.", step.url
    return None, None


def _guide(shared: SharedCredential) -> tuple[Tip, ...]:
    month = f"{shared.issued_at.astimezone(UTC):%B %Y}"
    return (
        Tip("LinkedIn", "“Add to LinkedIn” adds it to your licences and certifications, with a link to verify it."),
        Tip("Social media", "Use the buttons on your credentials page to share it with your network."),
        Tip("CV", f"Add “{line(shared.name)}, {line(shared.issuer)}, {month}” and link it to {shared.url}"),
        Tip("Email signature", "Copy the text for a signature, with its public link, from that page."),
        Tip("Web page", "Copy the HTML code with the badge image from that page."),
        Tip(
            "Wallet",
            "Download the signed credential from that page and add it to any wallet that supports Open Badges 3.0.",
        ),
    )
