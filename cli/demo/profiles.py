"""The profiles that some demo holders have published, so that the directory can be searched."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator

from chalicelib.credential.build import Holder
from chalicelib.delivery import mailbox
from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import FIELDS, Audience, ConsentEntry, Decision, Subject, Visibility
from chalicelib.directory.profiles.own_profile import ProfileContext
from chalicelib.directory.profiles.profile import Details, OpenTo, Profile
from chalicelib.directory.profiles.published import publish
from cli.demo.people import PEOPLE
from cli.demo.plan import Kind, plan

_PLACES = (
    "Lagos, Nigeria", "Rotterdam, Netherlands", "Madrid, Spain", "Dublin, Ireland", "Kraków, Poland", "Cairo, Egypt",
    "İzmir, Türkiye", "大阪, 日本", "Seoul, South Korea", "Nairobi, Kenya",
)  # fmt: skip
_HEADLINES = (
    "Data analyst who likes messy spreadsheets", "Project lead", "Software developer", "Welding instructor",
    "Nurse and team leader", "Teacher of mathematics", "Product designer",
)  # fmt: skip
_LANGUAGES = (("en",), ("en", "fr"), ("es", "en"), ("de",), ("ar", "en"), ("ja",))
_EVERY_THIRD = 3
"""Two of three people publish a profile; nobody must."""


def seed_profiles(context: ProfileContext, base_url: str) -> None:
    """Publish the profiles of demo holders that have none. Raises `Unavailable`, `Conflict`."""
    credentials: dict[str, list[str]] = {}
    for each in plan(base_url):
        # What is wrong with a damaged credential would be all that its holder shows.
        if each.kind in (Kind.VALID, Kind.EXPIRED, Kind.REVOKED, Kind.SUSPENDED) and each.holder.email:
            credentials.setdefault(each.holder.email, []).append(each.id)
    for number, holder in enumerate(PEOPLE):
        if number % _EVERY_THIRD and holder.email:
            _publish(context, base_url, number, holder, credentials.get(holder.email, []))


def _publish(context: ProfileContext, base_url: str, number: int, holder: Holder, credentials: Iterable[str]) -> None:
    digest, now = mailbox.digest(holder.email or ""), context.delivery_context.now()
    if context.store.profile(digest) is not None:
        return
    profile = Profile(digest, _holder_id(base_url, digest), _details(number, holder), now)
    granted = tuple(one for one in _decisions(credentials) if one.granted)
    entry = ConsentEntry(1, now, consent.TEXT_VERSION, granted)
    context.store.save(profile, entry, publish(profile, [entry], Audience.PUBLIC, now))


def _decisions(credentials: Iterable[str]) -> Iterator[Decision]:
    for subject in (Subject.PROFILE, *FIELDS, *map(consent.credential_subject, credentials)):
        yield from consent.choose(subject, Visibility.EVERYONE)


def _details(number: int, holder: Holder) -> Details:
    wishes = tuple(OpenTo)
    return Details(
        name=holder.name,
        headline=_HEADLINES[number % len(_HEADLINES)],
        place=_PLACES[number % len(_PLACES)],
        languages=_LANGUAGES[number % len(_LANGUAGES)],
        open_to=(wishes[number % len(wishes)],),
    )


def _holder_id(base_url: str, mailbox_digest: str) -> str:
    """Derived, so that a second run finds the profiles of the first."""
    found = hashlib.sha256(f"laurel demo {base_url} profile {mailbox_digest}".encode()).digest()
    return base64.b32encode(found).decode().lower()[:26]
