"""The public view of a holder: their own statements, and their credentials, verified when the page is built."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential import dates
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.directory.profiles.consent import Audience
from chalicelib.directory.profiles.profile import OpenTo
from chalicelib.directory.profiles.published import Published
from chalicelib.embed.badge_view import BadgeView
from chalicelib.errors import NoProfile, NotFound
from chalicelib.http.core.ports import Services
from chalicelib.http.embed import badge_of
from chalicelib.http.html import text
from chalicelib.http.public.credential.credential_facts import Facts, Link
from chalicelib.http.public.credential.credential_page import page_of
from chalicelib.http.public.credential.credential_view import of_hosted
from chalicelib.language.phrase import phrase
from chalicelib.reports.hosted import HostedReport
from chalicelib.verify.report import Verdict

MISSING = phrase("This is not a link to a profile. Check that you copied the whole link.")
NO_PROFILE = phrase("There is no public profile here. It may have been unpublished.")
"""The same for an unpublished profile and for one that never existed."""
SAVED = "saved"
"""Query parameter of the links in a saved list. The public page reads no session, so it cannot know what is saved."""
OPEN_TO = {
    OpenTo.WORK: phrase("Work"),
    OpenTo.FREELANCE: phrase("Freelance work"),
    OpenTo.INTERNSHIP: phrase("Internships"),
    OpenTo.MENTORING: phrase("Mentoring"),
    OpenTo.VOLUNTEERING: phrase("Volunteering"),
    OpenTo.SPEAKING: phrase("Speaking"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A credential of the holder, which is valid or has expired."""

    badge: BadgeView
    facts: Facts
    framed_anywhere: bool
    """Whether its issuer lets any website show it in a frame."""


@dataclass(frozen=True, slots=True)
class ProvenSkill:
    """A skill, and the valid credentials of identified issuers that prove it."""

    skill: Link
    credentials: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class HolderView:
    """View model of the page, the credentials frame and the JSON. ``name`` to ``open_to`` are the holder's own
    words."""

    id: str
    url: str
    name: str | None
    headline: str | None
    place: str | None
    languages: tuple[str, ...]
    """Language tags (`directory.languages`)."""
    links: tuple[str, ...]
    open_to: tuple[OpenTo, ...]
    valid: tuple[Card, ...]
    expired: tuple[Card, ...]
    skills: tuple[ProvenSkill, ...]
    indexed: bool
    checked_at: datetime
    issuers: tuple[str, ...]
    """Ids of the issuers of the credentials."""
    contact: Audience | None
    """Who may send the holder messages."""
    more: str | None
    """URL of the page with what only recruiters see; None if there is nothing."""


def open_holder(services: Services, holder_id: str) -> HolderView:
    """Read a profile and verify its credentials: one read, and two for each 25 credentials.

    Raises `NotFound` for what is not an id, `NoProfile`, `Unavailable`.
    """
    return view_of(services, require_published(services, holder_id))


def view_of(services: Services, published: Published) -> HolderView:
    """Verify the credentials of what an audience sees. Raises `Unavailable`."""
    reports = services.hosted_reports
    return _view(published, reports.open_many(published.credentials), services.settings.base_url, reports.clock())


def require_published(services: Services, holder_id: str) -> Published:
    """Read a public profile. Raises as `open_holder`."""
    if not PUBLIC_ID.fullmatch(holder_id):
        raise NotFound("no such holder")
    published = services.published_store.published(holder_id)
    if published is None or not published.is_current(services.hosted_reports.clock()):
        raise NoProfile(NO_PROFILE)
    return published


def holder_url(base_url: str, holder_id: str) -> str:
    """The public page of a holder."""
    return f"{base_url}/holders/{holder_id}"


def recruiters_url(base_url: str, holder_id: str) -> str:
    """The page of a holder as recruiters see it, who sign in first."""
    return f"{holder_url(base_url, holder_id)}/more"


def _view(published: Published, opened: Iterable[HostedReport], base_url: str, now: datetime) -> HolderView:
    all_of_them = list(opened)
    cards = [(one.report.verdict, _card(one, base_url)) for one in all_of_them]
    shown = sorted(
        ((verdict, card) for verdict, card in cards if card is not None), key=lambda pair: _order(pair[1]), reverse=True
    )
    valid = tuple(card for verdict, card in shown if verdict is Verdict.VALID)
    details = published.details
    return HolderView(
        id=published.holder_id,
        url=holder_url(base_url, published.holder_id),
        name=text.optional_text(details.name),
        headline=text.optional_text(details.headline),
        place=text.optional_text(details.place),
        languages=details.languages,
        links=tuple(one for one in details.links if text.https(one)),
        open_to=details.open_to,
        valid=valid,
        expired=tuple(card for verdict, card in shown if verdict is Verdict.EXPIRED),
        skills=skills(valid),
        indexed=published.indexed,
        checked_at=now,
        issuers=tuple(one.record.issuer_id for one, (_, card) in zip(all_of_them, cards, strict=True) if card),
        contact=published.contact,
        more=recruiters_url(base_url, published.holder_id) if published.more else None,
    )


def _card(opened: HostedReport, base_url: str) -> Card | None:
    """The card of a credential; None for one that is revoked, suspended, not valid yet or not verified."""
    if opened.report.verdict not in (Verdict.VALID, Verdict.EXPIRED):
        return None
    page = page_of(of_hosted(opened, base_url), base_url)
    if page.facts is None:
        return None
    restricted = opened.issuer is None or bool((opened.issuer.embed_sites or "").split())
    return Card(badge_of.of_page(page, opened, base_url), page.facts, framed_anywhere=not restricted)


def _order(card: Card) -> tuple[str, str]:
    start = card.facts.valid_from
    return (dates.write(start) if start else "", card.badge.id)


def skills(cards: Iterable[Card]) -> tuple[ProvenSkill, ...]:
    """The skills, most credentials first. Credentials of unidentified issuers prove none.

    A skill is identified by its URL and its name, so that a wrong name for a URL does not get the credentials of the
    right one.
    """
    found: dict[tuple[str | None, str], tuple[Link, list[Card]]] = {}
    for card in cards:
        if card.facts.issuer.caution is None:
            for skill in card.facts.skills:
                _, proofs = found.setdefault((skill.url, skill.text.casefold()), (skill, []))
                if card not in proofs:
                    proofs.append(card)
    ranked = sorted(found.values(), key=lambda pair: (-len(pair[1]), pair[0].text.casefold()))
    return tuple(ProvenSkill(skill, tuple(proofs)) for skill, proofs in ranked)
