"""The form of a holder's profile: its fields, and the choices of who may see each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.award.input.text_rules import with_https
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import FIELDS, Audience, Subject, Visibility
from chalicelib.directory.profiles.languages import CODES
from chalicelib.directory.profiles.own_profile import Choices, OwnProfile
from chalicelib.directory.profiles.profile import Details, OpenTo

AGREE = "Tick the box if you agree to publish your profile."
CHANGED_TEXT = "The text above the button has changed. Read it again."
SHOW = "show_"
"""Prefix of the fields with who may see a credential; its id follows."""
KEEP = "keep"
ENDS: Mapping[str, timedelta | None] = {"never": None, "180": timedelta(days=180), "365": timedelta(days=365)}
"""The duration for which the profile is shown, by the value of the option."""
ENDS_LABELS = {"never": "Until I unpublish it", "180": "For 180 days", "365": "For 365 days"}


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """The values of the form, as stored or as just entered."""

    details: Details
    visibility: Mapping[Subject, Visibility]
    search_engines: bool
    ends: str
    credentials: Mapping[str, Visibility]
    """By id, for those on the page."""
    all_valid: bool
    """Whether to show everyone all credentials that are valid now."""
    agreed: bool
    text_version: str
    contact: Visibility
    """Who may send messages."""


def stored(own: OwnProfile, now: datetime) -> ProfileForm:
    """The form with the stored values. Of a new profile nothing is public by default; later, each field has the
    holder's latest choice, whether or not the profile is published."""
    is_on = own.is_on(now)
    return ProfileForm(
        details=own.profile.details if own.profile else Details(),
        visibility={field: own.profile.visibility.get(field, Visibility.NOBODY) for field in FIELDS}
        if own.profile
        else dict.fromkeys(FIELDS, Visibility.NOBODY),
        search_engines=(Subject.SEARCH_ENGINES, Audience.PUBLIC) in own.latest,
        ends=KEEP if is_on else _option(consent.last_period(own.entries)),
        credentials={},
        all_valid=False,
        agreed=False,
        text_version=str(consent.TEXT_VERSION),
        contact=consent.visibility(own.latest, Subject.CONTACT),
    )


def entered(fields: Mapping[str, str]) -> ProfileForm:
    """The submitted form. An unknown choice counts as the narrowest."""
    links = tuple(with_https(line.strip()) for line in fields.get("links", "").splitlines() if line.strip())
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
        credentials=dict(_credentials(fields)),
        all_valid="all_valid" in fields,
        agreed="agree" in fields,
        text_version=fields.get("text_version", ""),
        contact=visibility_of(fields.get("contact", "")),
    )


def error(form: ProfileForm, own: OwnProfile, now: datetime) -> str | None:
    """The error if consent to the current text is missing; none if the profile is already published."""
    if form.text_version != str(consent.TEXT_VERSION):
        return CHANGED_TEXT
    return None if form.agreed or own.is_on(now) else AGREE


def choices(form: ProfileForm, own: OwnProfile, now: datetime) -> Choices:
    """The choices in the form. An unknown end date is replaced by the current one, or the shortest."""
    present = own.grants.get((Subject.PROFILE, Audience.PUBLIC))
    if form.ends in ENDS:
        lasts = ENDS[form.ends]
        ends = None if lasts is None else now + lasts
    else:
        ends = present if own.is_on(now) else now + timedelta(days=180)
    return Choices(form.visibility, form.search_engines, ends, form.contact, form.credentials)


def _option(period: timedelta | None) -> str:
    """The option for ``period``: the shortest that is not shorter."""
    lasting = sorted((lasts, value) for value, lasts in ENDS.items() if lasts is not None)
    return "never" if period is None else next((value for lasts, value in lasting if period <= lasts), "never")


def visibility_of(value: str) -> Visibility:
    """The choice named ``value``; `NOBODY` for any other text."""
    return Visibility(value) if value in tuple(Visibility) else Visibility.NOBODY


def _credentials(fields: Mapping[str, str]) -> Iterator[tuple[str, Visibility]]:
    for name, value in fields.items():
        credential_id = name.removeprefix(SHOW)
        if name.startswith(SHOW) and PUBLIC_ID.fullmatch(credential_id):
            yield credential_id, visibility_of(value)
