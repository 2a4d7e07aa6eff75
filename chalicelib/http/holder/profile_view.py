"""View model of the page on which a holder edits their profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import FIELDS, WIDER, Audience, ConsentEntry, Subject, Visibility
from chalicelib.directory.profiles.own_profile import OwnProfile
from chalicelib.directory.profiles.published import views
from chalicelib.http.directory.holder_view import OPEN_TO, holder_url, recruiters_url
from chalicelib.http.holder.holder_view import HolderPage
from chalicelib.http.holder.profile_form import ENDS_LABELS, KEEP, ProfileForm
from chalicelib.language.language_names import NAMES
from chalicelib.language.phrase import phrase

LABELS: Mapping[str, str] = {
    Subject.PROFILE: "The profile as a whole",
    Subject.NAME: "Name",
    Subject.HEADLINE: "Headline",
    Subject.PLACE: "Place",
    Subject.LANGUAGES: "Languages",
    Subject.LINKS: "Links",
    Subject.OPEN_TO: "Open to",
    Subject.SEARCH_ENGINES: "Search engine listing",
    Subject.CONTACT: "Messages by email",
}
VISIBILITY = (
    (Visibility.NOBODY, "Only me"),
    (Visibility.RECRUITERS, "People who have signed in with their email address"),
    (Visibility.EVERYONE, "Everyone"),
)
CONTACT = (
    (Visibility.NOBODY, "No one"),
    (Visibility.RECRUITERS, "People who have signed in with their email address"),
    (Visibility.EVERYONE, "Everyone"),
)
"""Who may send messages. Everyone proves their address first."""
AUDIENCES = {
    Audience.PUBLIC: phrase("everyone"),
    Audience.RECRUITERS: phrase("people who have signed in"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A credential and who may see it."""

    id: str
    name: str
    issuer: str
    vouched: bool
    proven: bool
    """Whether the identity of its issuer is proven. Otherwise it does not count in the directory and adds no skills.
    """
    issued_at: datetime
    url: str
    status: str | None
    """Why it is not valid; then it can only be hidden."""
    chosen: Visibility


@dataclass(frozen=True, slots=True)
class Change:
    """Subjects that became visible, or stopped being visible, to the same audience in one entry of the ledger."""

    label: str
    audience: str
    ends: datetime | None
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """An entry of the ledger in words."""

    at: datetime
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """Template context of the page."""

    form: ProfileForm
    errors: Mapping[str, str]
    is_on: bool
    hidden: bool
    """Whether an operator has hidden it."""
    url: str | None
    """The public page, None if nothing is shown to everyone."""
    full_url: str | None
    """The page for people who have signed in, None if it shows no more than the public page."""
    ends: datetime | None
    end_options: tuple[tuple[str, str], ...]
    agreement: str
    languages: tuple[tuple[str, str], ...]
    open_to: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    older: tuple[tuple[str, str], ...]
    """Issuer and query of each page with older credentials."""
    more: str | None
    shown: int
    """The number of credentials shown to any audience."""
    shows_unproven: bool
    """Whether a credential on this page is shown whose issuer is not proven."""
    private: tuple[str, ...]
    """Labels of the details of a published profile that are filled in and only the holder can see."""
    history: tuple[History, ...]


def page_of(
    own: OwnProfile,
    form: ProfileForm,
    home: HolderPage,
    base_url: str,
    now: datetime,
    errors: Mapping[str, str],
    language: str,
) -> ProfilePage:
    """Build the page for a reader of ``language``."""
    is_on = own.is_on(now)
    shown = views(own.profile, own.entries, now) if own.profile and not own.hidden else {}
    public, full = shown.get(Audience.PUBLIC), shown.get(Audience.RECRUITERS)
    ends = own.grants.get((Subject.PROFILE, Audience.PUBLIC)) if is_on else None
    kept = [(KEEP, phrase("Until {day}", day=ends) if ends else ENDS_LABELS["never"])] if is_on else []
    options = [
        (value, label) for value, label in ENDS_LABELS.items() if not (is_on and ends is None and value == "never")
    ]
    rows = tuple(_rows(own, form, home))
    return ProfilePage(
        form=form,
        errors=errors,
        is_on=is_on,
        hidden=own.hidden,
        url=holder_url(base_url, public.holder_id) if public else None,
        full_url=recruiters_url(base_url, full.holder_id) if full and full.more else None,
        ends=ends,
        end_options=(*kept, *options),
        agreement=consent.TEXTS[consent.TEXT_VERSION],
        languages=tuple(sorted(NAMES[language].items(), key=lambda pair: pair[1].casefold())),
        open_to=tuple((one.value, label) for one, label in OPEN_TO.items()),
        rows=rows,
        older=tuple((group.issuer, group.older) for group in home.groups if group.older),
        more=home.more,
        shown=len(consent.credentials_in(own.grants)) if is_on else 0,
        shows_unproven=any(not (row.proven or row.status or row.chosen is Visibility.NOBODY) for row in rows),
        private=tuple(_private(form)) if is_on else (),
        history=tuple(History(entry.at, tuple(_changes(entry))) for entry in reversed(own.entries)),
    )


def _private(form: ProfileForm) -> Iterator[str]:
    for field in FIELDS:
        if getattr(form.details, field) and form.visibility[field] == Visibility.NOBODY:
            yield LABELS[field]


def _rows(own: OwnProfile, form: ProfileForm, home: HolderPage) -> Iterator[Row]:
    for group in home.groups:
        for card in group.cards:
            latest = own.visibility(card.id)
            chosen = form.credentials.get(card.id, latest)
            if card.status is None or latest is not Visibility.NOBODY:
                yield Row(
                    id=card.id,
                    name=card.name,
                    issuer=card.issuer,
                    vouched=card.vouched,
                    proven=group.identified,
                    issued_at=card.issued_at,
                    url=card.url,
                    status=card.status,
                    chosen=chosen,
                )


def _changes(entry: ConsentEntry) -> Iterator[Change]:
    """One change for each audience with the subjects granted to it or withdrawn from it."""
    ends = next((one.expires_at for one in entry.decisions if one.expires_at), None)
    granted = {one.subject: one.audience for one in entry.decisions if one.granted}
    groups: dict[tuple[bool, str], list[str]] = {}
    for one in sorted(entry.decisions, key=lambda each: not each.granted):
        now_shown = granted.get(one.subject)
        if one.granted or (now_shown is not None and now_shown not in WIDER[one.audience]):
            groups.setdefault((one.granted, AUDIENCES[one.audience]), []).append(one.subject)
        elif now_shown is None:
            groups.setdefault((False, phrase("anyone")), []).append(one.subject)
    for (shown, whom), subjects in groups.items():
        yield Change(
            "Shown to" if shown else "No longer shown to", whom, ends if shown else None, tuple(_named(subjects))
        )


def _named(subjects: Sequence[str]) -> Iterator[str]:
    for subject in (Subject.PROFILE, *FIELDS, Subject.SEARCH_ENGINES, Subject.CONTACT):
        if subject in subjects:
            yield LABELS[subject]
    count = sum(consent.credential_of(subject) is not None for subject in subjects)
    if count:
        yield phrase("credentials ({count})", count=count)
