"""What all emails about a credential share: recipient, branding, buttons and footer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from chalicelib.award.input import colours
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.build import credential_url
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.credential.signed_content import start_as_signed
from chalicelib.delivery.emails.months import month_of
from chalicelib.delivery.emails.parts.branding import Brand
from chalicelib.delivery.emails.parts.email_content import (
    Button,
    EmailContent,
    Kind,
    Picture,
    Tip,
)
from chalicelib.delivery.emails.parts.text import line
from chalicelib.delivery.holder.sharing import SharedCredential, linkedin_profile
from chalicelib.language.phrase import phrase


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
        starts = start_as_signed(self.record)
        return SharedCredential(name, issuer, url, self.record.id, starts, self.record.valid_until)


@dataclass(frozen=True, slots=True)
class Links:
    """The links with secrets in an email about a credential."""

    my: str
    unsubscribe: str


def compose(
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
    """Compose an email of ``kind`` about a credential. ``other`` is its second button, by default "Add to LinkedIn"."""
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


def guide(shared: SharedCredential) -> tuple[Tip, ...]:
    """What a holder can do with a credential."""
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
            phrase("On that page, open “Show it with its current status …” and choose “Email signature”."),
        ),
        Tip(
            phrase("Web page"),
            phrase("On that page, open “Show it with its current status …” and copy the HTML code."),
        ),
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
