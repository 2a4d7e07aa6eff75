"""The listing of a published profile: what its holder shows to everyone, and what their valid credentials prove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from chalicelib.directory.listing import Listing, Named
from chalicelib.directory.profiles.published import Published
from chalicelib.reports.hosted import HostedReport
from chalicelib.verify.members import as_list, as_object, text
from chalicelib.verify.report import Verdict


def listing_of(published: Published, credentials: Sequence[HostedReport], version: int, now: datetime) -> Listing:
    """Build the listing from ``credentials``, those of ``published`` as verified at ``now``.

    Only valid credentials of identified issuers count: otherwise anyone could be found under any issuer's name.
    """
    counted = [one for one in credentials if one.report.verdict is Verdict.VALID and _is_identified(one, now)]
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
        issued_at=max(issued, default=None),
    )


def _is_identified(opened: HostedReport, now: datetime) -> bool:
    return opened.issuer is not None and opened.issuer.identified(now)


def _skills(view: Mapping[str, object]) -> Iterator[str]:
    for skill in as_list(as_object(view.get("achievement")).get("skills")):
        if name := text(as_object(skill).get("name")):
            yield name


def _named(parts: Iterable[tuple[str, object]]) -> tuple[Named, ...]:
    """Each id once, under its first name as signed; one without a name cannot be found."""
    found: dict[str, Named] = {}
    for identifier, part in parts:
        if name := text(as_object(part).get("name")):
            found.setdefault(identifier, Named(identifier, name))
    return tuple(found.values())
