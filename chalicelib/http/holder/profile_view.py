"""View model of the page on which a holder edits their profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import FIELDS, Audience, ConsentEntry, Subject, Visibility
from chalicelib.directory.profiles.own_profile import OwnProfile
from chalicelib.directory.profiles.published import publish
from chalicelib.http.directory.holder_view import OPEN_TO, holder_url
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
    (Visibility.EVERYONE, "Everyone"),
)
"""The choices that the form offers. The audiences between them have no readers yet: an issuer's own directory shows
what everyone may see."""
CONTACT = (
    (Visibility.NOBODY, "No one"),
    (Visibility.RECRUITERS, "People who have signed in with their email address"),
    (Visibility.EVERYONE, "Everyone"),
)
"""Who may send messages. Everyone proves their address first."""
AUDIENCES = {
    Audience.PUBLIC: phrase("everyone"),
    Audience.RECRUITERS: phrase("recruiters who are signed in"),
    Audience.ISSUERS: phrase("visitors to my issuers’ directories"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A credential and who may see it."""

    id: str
    name: str
    issuer: str
    vouched: bool
    issued_at: datetime
    url: str
    status: str | None
    """Why it is not valid; then it can only be hidden."""
    chosen: Visibility


@dataclass(frozen=True, slots=True)
class Change:
    """Subjects that became visible, or stopped being visible, to the same audiences in one entry of the ledger."""

    label: str
    audiences: tuple[str, ...]
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
    public = publish(own.profile, own.entries, Audience.PUBLIC, now) if own.profile and not own.hidden else None
    ends = own.grants.get((Subject.PROFILE, Audience.PUBLIC)) if is_on else None
    kept = [(KEEP, phrase("Until {day}", day=ends) if ends else ENDS_LABELS["never"])] if is_on else []
    options = [
        (value, label) for value, label in ENDS_LABELS.items() if not (is_on and ends is None and value == "never")
    ]
    return ProfilePage(
        form=form,
        errors=errors,
        is_on=is_on,
        hidden=own.hidden,
        url=holder_url(base_url, public.holder_id) if public else None,
        ends=ends,
        end_options=(*kept, *options),
        agreement=consent.TEXTS[consent.TEXT_VERSION],
        languages=tuple(sorted(NAMES[language].items(), key=lambda pair: pair[1].casefold())),
        open_to=tuple((one.value, label) for one, label in OPEN_TO.items()),
        rows=tuple(_rows(own, form, home)),
        older=tuple((group.issuer, group.older) for group in home.groups if group.older),
        more=home.more,
        shown=len(consent.credentials_in(own.grants)) if is_on else 0,
        history=tuple(History(entry.at, tuple(_changes(entry))) for entry in reversed(own.entries)),
    )


def _rows(own: OwnProfile, form: ProfileForm, home: HolderPage) -> Iterator[Row]:
    for group in home.groups:
        for card in group.cards:
            latest = own.visibility(card.id)
            chosen = form.credentials.get(card.id, latest)
            if card.status is None or latest is not Visibility.NOBODY:
                yield Row(card.id, card.name, card.issuer, card.vouched, card.issued_at, card.url, card.status, chosen)


def _changes(entry: ConsentEntry) -> Iterator[Change]:
    """One change for each group of audiences with the same subjects granted or withdrawn."""
    ends = next((one.expires_at for one in entry.decisions if one.expires_at), None)
    for granted in (True, False):
        groups: dict[frozenset[Audience], list[str]] = {}
        for subject in dict.fromkeys(one.subject for one in entry.decisions if one.granted == granted):
            decided = (one for one in entry.decisions if one.granted == granted and one.subject == subject)
            groups.setdefault(frozenset(one.audience for one in decided), []).append(subject)
        for audiences, subjects in groups.items():
            label = "Shown to" if granted else "No longer shown to"
            yield Change(label, _whom(audiences, granted=granted), ends if granted else None, tuple(_named(subjects)))


def _whom(audiences: frozenset[Audience], *, granted: bool) -> tuple[str, ...]:
    if granted and Audience.PUBLIC in audiences:
        return (AUDIENCES[Audience.PUBLIC],)
    if audiences == frozenset(Audience):
        return (phrase("anyone"),)
    return tuple(AUDIENCES[one] for one in Audience if one in audiences)


def _named(subjects: Sequence[str]) -> Iterator[str]:
    for subject in (Subject.PROFILE, *FIELDS, Subject.SEARCH_ENGINES, Subject.CONTACT):
        if subject in subjects:
            yield LABELS[subject]
    count = sum(consent.credential_of(subject) is not None for subject in subjects)
    if count:
        yield phrase("credentials ({count})", count=count)
