"""Each kind of letter, from the nouns that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from unicodedata import category

from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.pathways.pathway import PathwayLink
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.delivery.emails.branding import LAUREL, Brand, readable
from chalicelib.delivery.emails.email_content import (
    Button,
    Kind,
    Letter,
    Picture,
    Tip,
)
from chalicelib.delivery.sharing import Shown, linkedin_profile

NAME = 120
"""Characters of a name inside a sentence or a subject; an inbox shows some sixty of them."""
DESCRIPTION = 300
"""Characters of what an achievement is; the whole of it stands on the credential's page."""


@dataclass(frozen=True, slots=True)
class Case:
    """One credential with everything that a letter about it speaks of."""

    record: Record
    issuer: Issuer
    achievement: Achievement
    recipient: Recipient
    email: str
    """Of the recipient, who has one."""
    pathway_links: tuple[PathwayLink, ...]
    base_url: str

    @property
    def shown(self) -> Shown:
        """The credential, as it is shown elsewhere."""
        url = f"{self.base_url}/c/{self.record.id}"
        name, issuer = line(self.achievement.name, 200), line(self.issuer.name, 200)
        return Shown(name, issuer, url, self.record.id, self.record.issued_at, self.record.valid_until)


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses with secrets in a letter about a credential."""

    my: str
    unsubscribe: str


def about(kind: Kind, case: Case, links: Links) -> Letter:
    """The letter of ``kind`` about a credential. Raises `ValueError` for a kind that is about none."""
    match kind:
        case Kind.ISSUED:
            return _issued(case, links)
        case Kind.UNOPENED:
            return _unopened(case, links)
        case Kind.UNSHARED:
            return _unshared(case, links)
        case Kind.RENEWAL:
            return _renewal(case, links)
    raise ValueError(f"{kind} is not about a credential")


def sign_in(email: str, link: str, minutes: int) -> Letter:
    """The way in for somebody who works for an issuer."""
    return Letter(
        kind=Kind.SIGN_IN,
        to=email,
        subject="Sign in to Laurel",
        preview=f"Use this link to sign in. It works once and expires in {minutes} minutes.",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            "Use this link to sign in to Laurel.",
            f"It works once, in the browser where you requested it, and expires in {minutes} minutes.",
        ),
        main=Button("Sign in", link),
        why="You are receiving this email because someone, probably you, asked to sign in with this address. "
        "If it was not you, ignore this email. Nobody can sign in without this link.",
    )


def holder_link(email: str, link: str) -> Letter:
    """A fresh link to the holder's own page."""
    return Letter(
        kind=Kind.HOLDER_LINK,
        to=email,
        subject="Your link to your credentials",
        preview="It opens your credentials and settings. Earlier links no longer work.",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            "Use this link to view your settings and all credentials issued to this address.",
            "Links in earlier emails no longer work.",
            "Keep this link private. To share a credential, use the address of its own page.",
        ),
        main=Button("Open your credentials", link),
        why=(
            "You are receiving this email because someone, probably you, requested it on your page. Nobody else "
            "has seen the link."
        ),
    )


def invitation(email: str, issuer: Issuer, role: str, link: str) -> Letter:
    """Word to somebody who has become a member of an issuer."""
    name = line(issuer.name)
    return Letter(
        kind=Kind.INVITATION,
        to=email,
        subject=f"You can now work for {name} on Laurel",
        preview=f"You are now a member ({role}).",
        brand=LAUREL,
        greeting="Hello,",
        paragraphs=(
            f"You have been added to {name} on Laurel as {role}.",
            "Sign in with this email address. You do not need a password.",
        ),
        main=Button("Open Laurel", link),
        why=f"You are receiving this email because an owner of {name} added this address.",
    )


def line(text: str, limit: int = NAME) -> str:
    """``text`` as one line: for a subject or within a sentence, where it can neither break nor turn what is around."""
    kept = "".join(" " if letter.isspace() else letter for letter in text if category(letter) not in _DROPPED)
    single = " ".join(kept.split())
    return single if len(single) <= limit else single[: limit - 1].rstrip() + "…"


_DROPPED = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Controls, directional formatting, halves of surrogates, and what is no character: white space aside."""


def day(moment: datetime) -> str:
    """Such as `3 March 2026`."""
    return f"{moment.astimezone(UTC):%-d %B %Y}"


def _issued(case: Case, links: Links) -> Letter:
    shown = case.shown
    said = (
        f"{line(shown.issuer)} has issued you a credential: “{line(shown.name)}”.",
        "It is digitally signed, so anyone you share it with can verify it in seconds.",
        line(case.achievement.description, DESCRIPTION),
        *(() if shown.valid_until is None else (f"It is valid until {day(shown.valid_until)}.",)),
    )
    return _letter(
        Kind.ISSUED,
        case,
        links,
        subject=f"Your credential from {line(shown.issuer, 60)}: {line(shown.name)}",
        preview="View it, add it to LinkedIn and see other ways to use it. You do not need an account.",
        paragraphs=said,
        tips=_guide(shown),
    )


def _unopened(case: Case, links: Links) -> Letter:
    shown = case.shown
    return _letter(
        Kind.UNOPENED,
        case,
        links,
        subject=f"Reminder: view your credential from {line(shown.issuer, 60)}: {line(shown.name)}",
        preview="You do not need an account to view it.",
        paragraphs=(
            f"On {day(case.record.issued_at)} {line(shown.issuer)} issued you a credential: “{line(shown.name)}”.",
            "You do not seem to have viewed it yet. You do not need an account.",
            "We will not send another reminder.",
        ),
        tips=(),
    )


def _unshared(case: Case, links: Links) -> Letter:
    shown = case.shown
    return _letter(
        Kind.UNSHARED,
        case,
        links,
        subject=f"Share your credential “{line(shown.name)}” from {line(shown.issuer, 60)}",
        preview="Ways to share it. If you have already shared it, you can ignore this email.",
        paragraphs=(
            f"You earned “{line(shown.name)}”. Share it so that others can see it.",
            "A recruiter who opens its link can verify it in seconds.",
            "If you have already shared it, you can ignore this email.",
            "We will not remind you about this again.",
        ),
        tips=_guide(shown),
    )


def _renewal(case: Case, links: Links) -> Letter:
    shown = case.shown
    until = day(shown.valid_until or case.record.issued_at)
    return _letter(
        Kind.RENEWAL,
        case,
        links,
        subject=f"Your credential “{line(shown.name)}” from {line(shown.issuer, 60)} expires on {until}",
        preview="What this means, and how to ask about renewal.",
        paragraphs=(
            f"“{line(shown.name)}” is valid until {until}.",
            "After that, its page will show that it is genuine but has expired.",
            f"To renew it, contact {line(shown.issuer)} before it expires.",
        ),
        tips=(),
        other=Button(f"Visit {line(shown.issuer, 60)}", case.issuer.url),
    )


def _letter(
    kind: Kind,
    case: Case,
    links: Links,
    *,
    subject: str,
    preview: str,
    paragraphs: tuple[str, ...],
    tips: tuple[Tip, ...],
    other: Button | None = None,
) -> Letter:
    issuer = line(case.issuer.name)
    step, url = _next_step(case.pathway_links)
    return Letter(
        kind=kind,
        to=case.email,
        subject=subject,
        preview=preview,
        brand=Brand(issuer, _own_picture(case.issuer.image, case.base_url), readable(case.issuer.accent)),
        greeting=f"Hello {line(case.recipient.name)},",
        paragraphs=tuple(filter(None, paragraphs)),
        main=Button("View your credential", links.my),
        other=other or Button("Add to LinkedIn", linkedin_profile(case.shown)),
        badge=_badge(case),
        tips=tips,
        next_step=step,
        next_url=url,
        why=f"You are receiving this email because {issuer} issued this credential to {case.email}.",
        settings=f"{links.my}#settings",
        unsubscribe=links.unsubscribe,
        reply_to=case.issuer.email,
    )


def _badge(case: Case) -> Picture | None:
    own = _own_picture(case.achievement.image, case.base_url)
    alt = line(case.achievement.image_alt, 200) or line(case.achievement.name)
    return Picture(own, f"Badge: {alt}") if own else None


def _own_picture(url: str | None, base_url: str) -> str | None:
    # A picture from anywhere else would tell its host who reads which letter, and when.
    return url if url is not None and url.startswith(f"{base_url}/images/") else None


def _next_step(pathway_links: tuple[PathwayLink, ...]) -> tuple[str | None, str | None]:
    for post in pathway_links:
        for step in post.next:
            return f"Next step on “{line(post.pathway)}”: {line(step.name)}.", step.url
    return None, None


def _guide(shown: Shown) -> tuple[Tip, ...]:
    month = f"{shown.issued_at.astimezone(UTC):%B %Y}"
    return (
        Tip("LinkedIn", "“Add to LinkedIn” adds it to your licences and certifications, with a link to verify it."),
        Tip("Social media", "Use the buttons on your page to share it with your network."),
        Tip("Résumé", f"Add “{line(shown.name)}, {line(shown.issuer)}, {month}” and link it to {shown.url}"),
        Tip("Email signature", "Add its name, linked to the same address."),
        Tip("Web page", "Copy the HTML code with the badge image from your page."),
        Tip("Wallet", "Download the signed credential from your page and add it to any wallet for Open Badges 3.0."),
    )
