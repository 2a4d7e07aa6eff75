"""Events of the directory: searches, pages of results that show someone, and views of profiles.

No event names a person, and none has a word or value that was searched: only which kinds of filter were used. An event
belongs to an issuer, as every event does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.analytics.event import NOT_CHECKED, Event, Kind, Visit
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.analytics.visitor import described, visitor_of
from chalicelib.directory.listing import Listing
from chalicelib.directory.query.query import FilterKind, Query
from chalicelib.errors import Unavailable
from chalicelib.reports.hosted import HostedReports

NO_ISSUER = "*"
"""Whose searches are that are limited to no issuer. No issuer has this id."""
MAX_ISSUERS = 10
"""Issuers whose holders a page shows that are counted, the first ones: each is a write, and most pages have fewer."""
TEXT = "text"
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened, for one issuer."""

    kind: Kind
    issuer_id: str
    target: str | None = None


def searched(query: Query, shown: Iterable[Listing]) -> Happening:
    """A search: of one issuer if it is limited to the holders of that issuer and has ``shown`` any.

    Otherwise the id could be any text, and counts of it would be kept for good.
    """
    issuers = [one.any_of for one in query.filters if one.kind is FilterKind.ISSUER]
    existing = {issuer.id for listing in shown for issuer in listing.issuers}
    issuer_id = issuers[0][0] if issuers and len(issuers[0]) == 1 and issuers[0][0] in existing else NO_ISSUER
    used = {one.kind.value for one in query.filters} | ({TEXT} if query.words else set())
    return Happening(Kind.SEARCHED, issuer_id, ",".join(sorted(used)) or EVERYONE)


def listed(listings: Iterable[Listing]) -> Iterator[Happening]:
    """A page of results, for each issuer of valid credentials of the people on it."""
    return _of_each(Kind.LISTED, [issuer.id for listing in listings for issuer in listing.issuers])


def profile_viewed(issuer_ids: Iterable[str]) -> Iterator[Happening]:
    """A view of a profile, for each issuer of the credentials that it shows."""
    return _of_each(Kind.PROFILE_VIEW, issuer_ids)


def record(
    reports: HostedReports, visit: Visit | None, salt: Callable[[], bytes | None], happenings: Iterable[Happening]
) -> None:
    """Store an event for each of ``happenings``; none if ``visit`` is None. ``salt`` reads that of the day; without it,
    a visit is still counted. Never raises."""
    found = list(happenings) if visit is not None else []
    if visit is None or not found:
        return
    try:
        todays = salt()
    except Unavailable:
        todays = None
    for one in found:
        reports.recorder.record(_event(reports, visit, todays, one))


def _of_each(kind: Kind, issuer_ids: Iterable[str]) -> Iterator[Happening]:
    found: Sequence[str] = list(dict.fromkeys(issuer_ids))[:MAX_ISSUERS]
    return (Happening(kind, issuer_id) for issuer_id in found)


def _event(reports: HostedReports, visit: Visit, salt: bytes | None, one: Happening) -> Event:
    now = reports.clock()
    return Event(
        id=ulid(now, reports.entropy(ENTROPY_BYTES)),
        kind=one.kind,
        at=now,
        credential_id=None,
        issuer_id=one.issuer_id,
        achievement_id="",
        verdict=NOT_CHECKED,
        visitor=visitor_of(visit, salt),
        referrer=visit.referrer,
        target=one.target,
        channel=visit.channel,
        **described(visit),
    )
