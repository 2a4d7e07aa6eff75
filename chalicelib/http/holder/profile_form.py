"""The form of a holder's profile: its fields, and the choices of who may see each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import FIELDS, Audience, Subject, Visibility
from chalicelib.directory.profiles.languages import CODES
from chalicelib.directory.profiles.own_profile import Choices, OwnProfile
from chalicelib.directory.profiles.profile import Details, OpenTo

AGREE = "Tick the box if you agree to publish your profile."
CHANGED_TEXT = "The text above the button has changed. Read it again."
KEEP = "keep"
ENDS: Mapping[str, timedelta | None] = {"never": None, "180": timedelta(days=180), "365": timedelta(days=365)}
"""How long the profile is shown, by the value of the option."""
ENDS_LABELS = {"never": "Until I unpublish it", "180": "For 180 days", "365": "For 365 days"}


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """The values of the form, as stored or as just entered."""

    details: Details
    visibility: Mapping[Subject, Visibility]
    search_engines: bool
    ends: str
    all_valid: bool
    """Whether to show all credentials that are valid now, when the profile is published."""
    agreed: bool
    text_version: str


def stored(own: OwnProfile, now: datetime) -> ProfileForm:
    """The form with what is stored. A new profile is meant for everyone; one that is no longer shown is not."""
    new, grants = own.profile is None, own.grants if own.is_on(now) else {}
    return ProfileForm(
        details=own.profile.details if own.profile else Details(),
        visibility={field: Visibility.EVERYONE if new else consent.visibility(grants, field) for field in FIELDS},
        search_engines=(Subject.SEARCH_ENGINES, Audience.PUBLIC) in grants,
        ends=KEEP if grants else "never",
        all_valid=False,
        agreed=False,
        text_version=str(consent.TEXT_VERSION),
    )


def entered(fields: Mapping[str, str]) -> ProfileForm:
    """The form that was sent. A choice that does not exist counts as the narrowest."""
    links = tuple(line.strip() for line in fields.get("links", "").splitlines() if line.strip())
    return ProfileForm(
        details=Details(
            name=fields.get("name", "").strip(),
            headline=fields.get("headline", "").strip(),
            place=fields.get("place", "").strip(),
            languages=tuple(code for code in CODES if f"language_{code}" in fields),
            links=links,
            open_to=tuple(one for one in OpenTo if f"open_{one}" in fields),
        ),
        visibility={field: visibility_of(fields.get(f"see_{field}", "")) for field in FIELDS},
        search_engines="search_engines" in fields,
        ends=fields.get("ends", ""),
        all_valid="all_valid" in fields,
        agreed="agree" in fields,
        text_version=fields.get("text_version", ""),
    )


def error(form: ProfileForm, own: OwnProfile, now: datetime) -> str | None:
    """What is missing to publish the profile: consent to the current text, unless it is published already."""
    if form.text_version != str(consent.TEXT_VERSION):
        return CHANGED_TEXT
    return None if form.agreed or own.is_on(now) else AGREE


def choices(form: ProfileForm, own: OwnProfile, now: datetime) -> Choices:
    """What the form chooses. An unknown end is the present one, or the shortest."""
    present = own.grants.get((Subject.PROFILE, Audience.PUBLIC))
    if form.ends in ENDS:
        lasts = ENDS[form.ends]
        ends = None if lasts is None else now + lasts
    else:
        ends = present if own.is_on(now) else now + timedelta(days=180)
    return Choices(form.visibility, form.search_engines, ends)


def visibility_of(value: str) -> Visibility:
    """The choice named ``value``; nobody for any other text."""
    return Visibility(value) if value in tuple(Visibility) else Visibility.NOBODY
