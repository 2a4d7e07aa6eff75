"""Events of the directory: searches, pages of results that show someone, and views of profiles.

No event names a person or contains a search term or filter value, only the kinds of filter used. Like every event, each
belongs to an issuer.
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
"""The issuer of searches that are not limited to one. No real issuer has this id."""
MAX_ISSUERS = 10
"""Only the first issuers on a page are counted, because each costs a write. Most pages have fewer."""
TEXT = "text"
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class DirectoryEvent:
    """One event for one issuer, without the visit."""

    kind: Kind
    issuer_id: str
    target: str | None = None


def searched(query: Query, shown: Iterable[Listing]) -> DirectoryEvent:
    """A search: of one issuer if it is limited to the holders of that issuer and has ``shown`` any.

    Otherwise the id could be any text, and counts of it would be kept for good.
    """
    issuers = [one.any_of for one in query.filters if one.kind is FilterKind.ISSUER]
    existing = {issuer.id for listing in shown for issuer in listing.issuers}
    issuer_id = issuers[0][0] if issuers and len(issuers[0]) == 1 and issuers[0][0] in existing else NO_ISSUER
    used = {one.kind.value for one in query.filters} | ({TEXT} if query.words else set())
    return DirectoryEvent(Kind.SEARCHED, issuer_id, ",".join(sorted(used)) or EVERYONE)


def listed(listings: Iterable[Listing]) -> Iterator[DirectoryEvent]:
    """A page of results, for each issuer of valid credentials of the people on it."""
    return _of_each(Kind.LISTED, [issuer.id for listing in listings for issuer in listing.issuers])


def profile_viewed(issuer_ids: Iterable[str]) -> Iterator[DirectoryEvent]:
    """A view of a profile, for each issuer of the credentials that it shows."""
    return _of_each(Kind.PROFILE_VIEW, issuer_ids)


def record(
    reports: HostedReports, visit: Visit | None, salt: Callable[[], bytes | None], events: Iterable[DirectoryEvent]
) -> None:
    """Store ``events``, or none if ``visit`` is None. ``salt`` reads the day's salt; without one, the visit is still
    counted. Never raises."""
    found = list(events) if visit is not None else []
    if visit is None or not found:
        return
    try:
        todays = salt()
    except Unavailable:
        todays = None
    reports.recorder.record_all([_event(reports, visit, todays, one) for one in found])


def _of_each(kind: Kind, issuer_ids: Iterable[str]) -> Iterator[DirectoryEvent]:
    found: Sequence[str] = list(dict.fromkeys(issuer_ids))[:MAX_ISSUERS]
    return (DirectoryEvent(kind, issuer_id) for issuer_id in found)


def _event(reports: HostedReports, visit: Visit, salt: bytes | None, one: DirectoryEvent) -> Event:
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
