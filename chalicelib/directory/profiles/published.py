"""The public view of a profile: only what the holder consented to, and nothing about their mailbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import Audience, ConsentEntry, Grants, Subject
from chalicelib.directory.profiles.profile import Details, Profile


@dataclass(frozen=True, slots=True)
class Published:
    """A profile as everyone sees it. Credentials are ids only: each is verified when it is shown."""

    holder_id: str
    details: Details
    credentials: tuple[str, ...]
    indexed: bool
    """Whether search engines may list the page."""
    since: datetime
    """When it was published."""
    expires_at: datetime | None
    contact: Audience | None = None
    """Who may send the holder messages: everyone, or recruiters, who are signed in; None for no one."""
    more: bool = False
    """Whether recruiters see more than the public; never what they see."""

    def is_current(self, now: datetime) -> bool:
        """Whether the consent to it has not expired."""
        return self.expires_at is None or now < self.expires_at


Views = Mapping[Audience, Published]
"""What each audience sees of a profile; audiences that see nothing are left out."""


def views(profile: Profile, entries: Sequence[ConsentEntry], now: datetime) -> Views:
    """What each audience sees of ``profile`` from ``now``."""
    found = {one: publish(profile, entries, one, now) for one in Audience}
    public, full = found[Audience.PUBLIC], found[Audience.RECRUITERS]
    more = full is not None and (
        public is None or (public.details, public.credentials) != (full.details, full.credentials)
    )
    return {audience: replace(one, more=more) for audience, one in found.items() if one is not None}


def publish(profile: Profile, entries: Sequence[ConsentEntry], audience: Audience, now: datetime) -> Published | None:
    """The view of ``profile`` for ``audience`` from ``now``; None if it is empty."""
    grants, since = consent.grants_of(entries), consent.shown_since(entries)
    allowed = partial(_allowed, grants, audience, now)
    details = _visible(profile.details, allowed)
    credentials = sorted(one for one in consent.credentials_in(grants) if allowed(consent.credential_subject(one)))
    if since is None or (details == Details() and not credentials):
        return None
    return Published(
        profile.holder_id,
        details,
        tuple(credentials),
        indexed=allowed(Subject.SEARCH_ENGINES),
        since=since,
        expires_at=grants[Subject.PROFILE, Audience.PUBLIC],
        # The address is found through a credential that is shown, so without one there is nowhere to send a message.
        contact=contact_of(grants, now) if credentials else None,
    )


def contact_of(grants: Grants, now: datetime) -> Audience | None:
    """Who may send the holder messages at ``now``."""
    audiences = (Audience.PUBLIC, Audience.RECRUITERS)
    return next((one for one in audiences if consent.allows(grants, Subject.CONTACT, one, now)), None)


def _allowed(grants: Grants, audience: Audience, now: datetime, subject: str) -> bool:
    return consent.allows(grants, subject, audience, now)


def _visible(details: Details, allowed: Callable[[str], bool]) -> Details:
    return Details(
        name=details.name if allowed(Subject.NAME) else "",
        headline=details.headline if allowed(Subject.HEADLINE) else "",
        place=details.place if allowed(Subject.PLACE) else "",
        languages=details.languages if allowed(Subject.LANGUAGES) else (),
        links=details.links if allowed(Subject.LINKS) else (),
        open_to=details.open_to if allowed(Subject.OPEN_TO) else (),
    )
