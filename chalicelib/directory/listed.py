"""The listing of a published profile: the details shown to everyone, and the contents of valid credentials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.credential import dates
from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.profiles.ports import PublishedStore
from chalicelib.directory.profiles.published import Published
from chalicelib.reports.hosted import HostedReport, HostedReports
from chalicelib.verify.members import as_list, as_object, text
from chalicelib.verify.report import Verdict

RECHECKED = 10
"""Credentials of a listing that are verified again when it is shown: as many as most holders have, and 500 on the
largest page."""
RETRY = timedelta(days=1)
"""When to re-list a holder who shows a credential that does not count yet, because its issuer is not identified or it
is not valid yet: issuers prove their domain within days, and nothing else tells the directory."""

MOMENT = timedelta(seconds=1)
"""How long after its end a credential has surely expired: it is still valid at its last moment."""


def listing_of(published: Published, credentials: Sequence[HostedReport], version: int, now: datetime) -> Listing:
    """Build the listing from the ``credentials`` of ``published``, as verified at ``now``.

    Only valid credentials of identified issuers count: otherwise a person could appear under any issuer's name.
    """
    counted = [one for one in credentials if _counts(one, now)]
    counted.sort(key=lambda one: (one.record.issued_at, one.record.id), reverse=True)
    views = [(one, as_object(one.report.credential)) for one in counted]
    issued = [one.record.issued_at for one in counted]
    details = published.details
    return Listing(
        id=published.holder_id,
        version=version,
        recent_at=max((published.since, *issued)),
        name=details.name,
        headline=details.headline,
        place=details.place,
        languages=details.languages,
        open_to=tuple(one.value for one in details.open_to),
        skills=tuple(dict.fromkeys(skill for _, view in views for skill in _skills(view))),
        achievements=_named((one.record.achievement_id, view.get("achievement")) for one, view in views),
        issuers=_named((one.record.issuer_id, view.get("issuer")) for one, view in views),
        credentials=len(counted),
        issued_at=max(filter(None, (_moment(view) for _, view in views)), default=None),
        newest=tuple(one.record.id for one in counted[:RECHECKED]),
        next_expiry=min(filter(None, (one.record.valid_until for one in counted[RECHECKED:])), default=None),
    )


def all_shown_now(
    published_store: PublishedStore, reports: HostedReports, listings: Sequence[Listing]
) -> list[Listing | None]:
    """``listings``, which were read from the index, as they are now, in a few reads; None for a holder who is no
    longer shown. Raises `Unavailable`."""
    published = published_store.published_many([one.id for one in listings])
    opened = open_by_id(reports, (each for one in listings for each in one.newest))
    now = reports.clock()
    outdated = [found for one in listings if (found := published.get(one.id)) and _is_outdated(one, found, opened, now)]
    opened |= open_by_id(reports, (each for one in outdated for each in one.credentials if each not in opened))
    complete = {one.holder_id for one in outdated}
    return [_shown_now(one, published.get(one.id), opened, now, complete=one.id in complete) for one in listings]


def _is_outdated(listing: Listing, published: Published, opened: Mapping[str, HostedReport], now: datetime) -> bool:
    """Whether only verifying every credential tells what is still proven, because one was hidden or revoked, or has
    expired. This is so until the index is updated, up to a minute later."""
    if listing.credentials <= len(listing.newest):
        return False
    if len(published.credentials) < listing.credentials:
        return True
    expired = listing.next_expiry is not None and listing.next_expiry < now
    return expired or sum(_counts(one, now) for one in _shown(published, opened)) < RECHECKED


def _shown_now(
    listing: Listing,
    published: Published | None,
    opened: Mapping[str, HostedReport],
    now: datetime,
    *,
    complete: bool,
) -> Listing | None:
    """``complete`` is whether all credentials of the holder were opened; otherwise only the newest were."""
    if published is None or not published.is_current(now):
        return None
    fresh = listing_of(published, _shown(published, opened), listing.version, now)
    if complete or listing.credentials <= len(listing.newest):
        return fresh
    return replace(
        fresh,
        recent_at=listing.recent_at,
        skills=listing.skills,
        achievements=listing.achievements,
        issuers=listing.issuers,
        credentials=listing.credentials,
        issued_at=listing.issued_at,
        next_expiry=listing.next_expiry,
    )


def _shown(published: Published, opened: Mapping[str, HostedReport]) -> list[HostedReport]:
    return [opened[one] for one in published.credentials if one in opened]


def open_by_id(reports: HostedReports, credential_ids: Iterable[str]) -> dict[str, HostedReport]:
    """Credentials as verified now, by id, each once; without those that are gone. Raises `Unavailable`."""
    return {one.record.id: one for one in reports.open_many(list(dict.fromkeys(credential_ids)))}


def changes_at(published: Published, credentials: Sequence[HostedReport], now: datetime) -> datetime | None:
    """When the listing of ``published`` changes only because time has passed; None if it does not."""
    times = [published.expires_at]
    for one in credentials:
        if _counts(one, now):
            times.append(one.record.valid_until + MOMENT if one.record.valid_until else None)
        elif one.report.verdict in (Verdict.VALID, Verdict.NOT_YET_VALID, Verdict.UNKNOWN):
            times.append(now + RETRY)
    return min((time for time in times if time is not None and time > now), default=None)


def _counts(opened: HostedReport, now: datetime) -> bool:
    return opened.report.verdict is Verdict.VALID and _is_identified(opened, now)


def _is_identified(opened: HostedReport, now: datetime) -> bool:
    return opened.issuer is not None and opened.issuer.identified(now)


def _moment(view: Mapping[str, object]) -> datetime | None:
    """From when the issuer says that it is valid, which is what its page shows as its date."""
    written = text(view.get("valid_from"))
    return dates.parse(written) if written else None


def _skills(view: Mapping[str, object]) -> Iterator[str]:
    for skill in as_list(as_object(view.get("achievement")).get("skills")):
        if name := text(as_object(skill).get("name")):
            yield name


def _named(parts: Iterable[tuple[str, object]]) -> tuple[Named, ...]:
    """Return each id once, with its first signed name; those without a name are left out."""
    found: dict[str, Named] = {}
    for identifier, part in parts:
        if name := text(as_object(part).get("name")):
            found.setdefault(identifier, Named(identifier, name))
    return tuple(found.values())
