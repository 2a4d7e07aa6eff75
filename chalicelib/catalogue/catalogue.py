"""The reads behind the public pages of issuers and achievements, and the referrals that start there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import Event, Kind, Visit, VisitorClass
from chalicelib.analytics.ports import Salts
from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.analytics.visitor import SALT_BYTES, described, visitor_of
from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.catalogue import conversion, referral, related
from chalicelib.catalogue.entry import CatalogueEntry, entry_of
from chalicelib.catalogue.ports import CatalogueStore, Click, Offer
from chalicelib.catalogue.referral import Referral
from chalicelib.catalogue.related import MAX_COMPARED, Recommendation
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from chalicelib.analytics.counts.ports import CountStore

PAGE = 24
"""Achievements on one page of an issuer: 24 with the longest names stay below 60 KB."""
COMPARED_FOR = timedelta(minutes=1)
"""How long a worker keeps the achievements of an issuer that it compares. Reading them takes up to 20 units, more than
everything else on a page, and 1,000 views a second of one credential would exceed what their partition takes."""
MAX_KEPT = 100
"""Issuers whose achievements a worker keeps, up to 50 KB each."""
CLICK_LIFETIME = timedelta(days=2)
"""How long a click is remembered: as long as the salt of a token's day can exist (`stores.salts.RETENTION`)."""
NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class IssuerPage:
    """An issuer and one page of what it offers."""

    issuer: Issuer
    entries: tuple[CatalogueEntry, ...]
    next: str | None
    """The cursor of the next page."""


@dataclass(frozen=True, slots=True)
class AchievementPage:
    """An achievement, what to earn next, and the path of its enrolment link."""

    offer: Offer
    recommended: tuple[Recommendation, ...]
    referral: str | None
    """The token of the enrolment link; None without an enrolment page or a salt."""
    issued: int | None
    """How often it was issued and not revoked, up to last midnight UTC; None if that is not shown."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The public view of issuers and achievements.

    ``entropy(n)`` returns n random bytes; ``counts`` is called only for an achievement that shows a count.
    """

    store: CatalogueStore
    salts: Salts
    recorder: Recorder
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    counts: Callable[[], CountStore]
    _compared: dict[str, tuple[datetime, Sequence[CatalogueEntry]]] = field(default_factory=dict)
    """By issuer, with the time when they were read."""

    def issuer_page(self, issuer_id: str, after: str = "") -> IssuerPage:
        """One page of an issuer's achievements, with two reads. Raises `NotFound`, `Unavailable`."""
        issuer = self.store.issuer(issuer_id)
        found = self.store.entries(issuer_id, after, PAGE + 1)
        more = found[PAGE - 1].id if len(found) > PAGE else None
        return IssuerPage(issuer, tuple(found[:PAGE]), more)

    def achievement_page(self, achievement_id: str) -> AchievementPage:
        """An achievement, with three reads, or four if it shows a count. Raises `NotFound`, `Unavailable`."""
        now = self.clock()
        offer = self.store.offer(achievement_id, now.date())
        entry = entry_of(offer.achievement)
        offered = None if offer.achievement.archived else entry
        token = self.enrolment(offer.issuer, offered, offer.salt)
        recommendations = self.recommended(entry, offer.pathway_links)
        return AchievementPage(offer, recommendations, token, self._issued(offer.achievement))

    def recommended(self, entry: CatalogueEntry, links: tuple[PathwayLink, ...]) -> tuple[Recommendation, ...]:
        """Recommend achievements to earn after ``entry``, with at most one read."""
        if entry.related:
            found = related.chosen(entry, self.store.entries_by_id(entry.issuer_id, entry.related))
        else:
            found = related.by_pathways(entry.id, links)
        if not found and entry.skills:
            found = related.by_skills(entry, self._to_compare(entry.issuer_id))
        return found

    def _to_compare(self, issuer_id: str) -> Sequence[CatalogueEntry]:
        now = self.clock()
        read_at, entries = self._compared.get(issuer_id, (None, ()))
        if read_at is None or not read_at <= now < read_at + COMPARED_FOR:
            entries = self.store.entries(issuer_id, "", MAX_COMPARED)
            if len(self._compared) >= MAX_KEPT:
                self._compared.clear()
            self._compared[issuer_id] = now, entries
        return entries

    def enrolment(
        self,
        issuer: Issuer | None,
        entry: CatalogueEntry | None,
        salt: bytes | None,
        credential_id: str | None = None,
        channel: Channel | None = None,
    ) -> str | None:
        """Create the token of the enrolment link of one served page; ``salt`` is that of the day, if there is one yet.

        None without an enrolment page, for an archived achievement (no ``entry``), and for an issuer that is not
        identified: a stranger who uses a known name must not get a link.
        """
        now = self.clock()
        if issuer is None or entry is None or entry.enrolment_url is None or not issuer.identified(now):
            return None
        try:
            salt = salt or self.salts.create(now.date(), self.entropy(SALT_BYTES))
        except Unavailable:
            return None
        nonce = referral.nonce(self.entropy(referral.NONCE_BYTES))
        return referral.write(Referral(issuer.id, entry.id, now.date(), nonce, credential_id, channel), salt)

    def follow(self, token: str, visit: Visit | None) -> tuple[str, str | None]:
        """Return the achievement of ``token`` and the enrolment page to open, None if its own page is to be shown.

        Records one referral for each page and class of visitor, however often its link is followed; nothing if
        ``visit`` is None. Raises `NotFound` for what is not a token, `Unavailable`.
        """
        found = referral.read(token)
        if found is None:
            raise NotFound("not a token")
        now = self.clock()
        target = self.store.target(found.issuer_id, found.achievement_id, found.day, now.date())
        entry = target.entry
        if (
            target.salt is None
            or not referral.is_signed(token, target.salt)
            or entry is None
            or entry.enrolment_url is None
            or target.issuer is None
            or not target.issuer.identified(now)
        ):
            return found.achievement_id, None
        conversion_token = None
        if visit is not None:
            event = self._record(found, visit, target.todays_salt, now)
            conversion_token = self._conversion_token(event, visit, target.conversion_key, now)
        return found.achievement_id, referral.tagged(entry.enrolment_url, found, conversion_token)

    def _issued(self, achievement: Achievement) -> int | None:
        if not achievement.shows_count:
            return None
        # Imported here, because the cold start of a credential's page would pay for it.
        from chalicelib.analytics.counts.periods import ALL_TIME
        from chalicelib.analytics.counts.sections import Section
        from chalicelib.analytics.kpi.suppression import MIN_GROUP

        counts = self.counts().section(achievement.issuer_id, ALL_TIME, Section.ACHIEVEMENTS)
        many = Counter[str]()
        for cell, times in counts.cells.items():
            if cell.achievement == achievement.id:
                many[cell.kind] += times
        issued = many[Kind.ISSUED] - many[Kind.REVOKED]
        return issued if issued >= MIN_GROUP else None

    def _conversion_token(self, event: Event, visit: Visit, key: bytes | None, now: datetime) -> str | None:
        """The token that the enrolment page gets; None for bots and for visitors who ask not to be tracked."""
        if visit.private or visit.visitor_class is not VisitorClass.PERSON:
            return None
        month = conversion.month_of(now)
        try:
            key = key or self.store.create_conversion_key(
                month, self.entropy(conversion.KEY_BYTES), conversion.key_expires(month)
            )
        except Unavailable:  # the visitor must reach the page
            return None
        click = conversion.ReferredClick(
            event.id, event.at, event.achievement_id, event.credential_id, event.channel, event.country
        )
        return conversion.seal(click, event.issuer_id, month, key, self.entropy(conversion.NONCE_BYTES))

    def _record(self, found: Referral, visit: Visit, salt: bytes | None, now: datetime) -> Event:
        visitor_class = visit.visitor_class.value
        click = Click(ulid(now, self.entropy(ENTROPY_BYTES)), now)
        with suppress(Unavailable):  # the event is stored or logged in any case, and the visitor must reach the page
            click = self.store.first_click(found.nonce, visitor_class, click, now + CLICK_LIFETIME)
        event = Event(
            id=click.event_id,
            kind=visit.kind,
            at=click.at,
            credential_id=found.credential_id,
            issuer_id=found.issuer_id,
            achievement_id=found.achievement_id,
            verdict=NOT_CHECKED,
            visitor=visitor_of(visit, salt),
            referrer=visit.referrer,
            channel=found.channel,
            **described(visit),
        )
        self.recorder.record(event)
        return event
