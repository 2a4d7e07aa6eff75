"""The ledger of a holder's consents, and the current permissions folded from it.

Entries are only ever added. The entries alone decide who may see what, so the history shows why something was public.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.language.phrase import phrase

TEXT_VERSION = 4
"""Version of the text that a holder consents to (`TEXTS`). A changed text is a new version."""
TEXTS: Mapping[int, str] = {
    1: phrase(
        "I want a public profile. Everyone can see what I show to everyone, and can copy it, share it and link to it. "
        "I can change or unpublish the profile at any time. The page then disappears immediately, and other "
        "websites stop showing it within a minute. Laurel cannot remove copies that others have made."
    ),
    2: phrase(
        "I want a public profile. Everyone can find me in the directory and see what I show to everyone, and can copy "
        "it, share it and link to it. I can change or unpublish the profile at any time. The page then disappears "
        "immediately, and other websites stop showing it within a minute. Laurel cannot remove copies that others have "
        "made."
    ),
    3: phrase(
        "I want a public profile. Everyone can find me in the directory and see what I show to everyone, and can copy "
        "it, share it and link to it. The people I choose can send me messages by email, without seeing my address. I "
        "can change or unpublish the profile at any time. The page then disappears immediately, and other websites "
        "stop showing it within a minute. Laurel cannot remove copies that others have made."
    ),
    4: phrase(
        "I want a public profile. Everyone can find me in the directory and see what I show to everyone, and can copy "
        "it, share it and link to it. Anyone who signs in with their email address, such as a recruiter, can also see "
        "what I show to people who have signed in; the public page says that there is more. The people I choose can "
        "send me messages by email, without seeing my address. I can change or unpublish the profile at any time. The "
        "page then disappears immediately, and other websites stop showing it within a minute. Laurel cannot remove "
        "copies that others have made."
    ),
}
"""The text of each version. A published text never changes, because entries name it."""


class Audience(StrEnum):
    """A group of readers."""

    PUBLIC = "public"
    RECRUITERS = "recruiters"
    """Recruiters: anyone who has signed in. Only their email address is verified."""


class Subject(StrEnum):
    """The subject of a consent, if it is not one credential (`credential_subject`)."""

    PROFILE = "profile"
    """The profile as a whole: without it, nothing is shown."""
    NAME = "name"
    HEADLINE = "headline"
    PLACE = "place"
    LANGUAGES = "languages"
    LINKS = "links"
    OPEN_TO = "open_to"
    SEARCH_ENGINES = "search_engines"
    """Search engines may list the public page."""
    CONTACT = "contact"
    """Laurel relays messages to the holder."""


FIELDS = (Subject.NAME, Subject.HEADLINE, Subject.PLACE, Subject.LANGUAGES, Subject.LINKS, Subject.OPEN_TO)
"""The fields of a profile."""
_CREDENTIAL = "credential:"


class Visibility(StrEnum):
    """A holder's choice for one subject, from the narrowest to the widest."""

    NOBODY = "nobody"
    RECRUITERS = "recruiters"
    EVERYONE = "everyone"


RECORDED: Mapping[Visibility, Audience | None] = {
    Visibility.NOBODY: None,
    Visibility.RECRUITERS: Audience.RECRUITERS,
    Visibility.EVERYONE: Audience.PUBLIC,
}
"""The consent that each choice records: the one that the holder gave, in the words of the form."""
WIDER: Mapping[Audience, tuple[Audience, ...]] = {
    Audience.PUBLIC: (Audience.PUBLIC,),
    Audience.RECRUITERS: (Audience.RECRUITERS, Audience.PUBLIC),
}
"""The consents that apply to each audience: recruiters also see what everyone sees."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A grant or withdrawal of one subject for one audience. A consent ends at ``expires_at``."""

    subject: str
    audience: Audience
    granted: bool
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.expires_at is not None and (self.subject != Subject.PROFILE or not self.granted):
            raise ValueError("only the consent to the whole profile expires")


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """Decisions made together. ``number`` counts the entries of one holder from 1."""

    number: int
    at: datetime
    text_version: int
    """The version of the text that the holder saw."""
    decisions: tuple[Decision, ...]


Grants = Mapping[tuple[str, Audience], datetime | None]
"""The consents that were granted and not withdrawn, with the time at which each expires."""


def grants_of(entries: Iterable[ConsentEntry]) -> Grants:
    """Fold the ledger: the latest decision about each subject and audience counts."""
    grants: dict[tuple[str, Audience], datetime | None] = {}
    for entry in sorted(entries, key=lambda one: one.number):
        for decision in entry.decisions:
            key = (decision.subject, decision.audience)
            grants.pop(key, None)
            if decision.granted:
                grants[key] = decision.expires_at
    return grants


def shown_since(entries: Iterable[ConsentEntry]) -> datetime | None:
    """The time since which the whole profile has been granted to everyone; None if it is not.

    Extending a consent that is still granted does not change this time.
    """
    since: datetime | None = None
    for entry in sorted(entries, key=lambda one: one.number):
        for decision in entry.decisions:
            if (decision.subject, decision.audience) == (Subject.PROFILE, Audience.PUBLIC):
                since = (since or entry.at) if decision.granted else None
    return since


def last_period(entries: Iterable[ConsentEntry]) -> timedelta | None:
    """The duration of the latest consent to the whole profile; None if it has no end, or was never given."""
    period: timedelta | None = None
    for entry in sorted(entries, key=lambda one: one.number):
        for decision in entry.decisions:
            if decision.subject == Subject.PROFILE and decision.granted:
                period = None if decision.expires_at is None else decision.expires_at - entry.at
    return period


def allows(grants: Grants, subject: str, audience: Audience, now: datetime) -> bool:
    """Whether ``audience`` may see ``subject`` at ``now``: the profile as a whole, and the subject itself."""
    return is_on(grants, audience, now) and any((subject, each) in grants for each in WIDER[audience])


def is_on(grants: Grants, audience: Audience, now: datetime) -> bool:
    """Whether the profile as a whole is shown to ``audience`` at ``now``."""
    keys = ((Subject.PROFILE, each) for each in WIDER[audience])
    ends = [grants[key] for key in keys if key in grants]
    return any(each is None or now < each for each in ends)


def visibility(grants: Grants, subject: str) -> Visibility:
    """The widest choice that is granted for ``subject``, whether or not the profile is on."""
    granted = (one for one in reversed(Visibility) if (subject, RECORDED[one]) in grants)
    return next(granted, Visibility.NOBODY)


def choose(subject: str, chosen: Visibility, expires_at: datetime | None = None) -> tuple[Decision, ...]:
    """The decisions about ``subject`` that implement ``chosen``."""
    return tuple(
        Decision(subject, audience, granted, expires_at if granted else None)
        for audience in Audience
        for granted in (audience is RECORDED[chosen],)
    )


def changes(grants: Grants, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Those of ``decisions`` that change something: repeated decisions are not recorded."""
    return tuple(one for one in decisions if _changes(grants, one))


def withdrawal(grants: Grants) -> tuple[Decision, ...]:
    """The decisions that withdraw everything."""
    return tuple(Decision(subject, audience, granted=False) for subject, audience in sorted(grants))


def credential_subject(credential_id: str) -> str:
    """The subject of a consent to show one credential."""
    return f"{_CREDENTIAL}{credential_id}"


def credential_of(subject: str) -> str | None:
    """The id of the credential that ``subject`` is about, None for any other subject."""
    return subject.removeprefix(_CREDENTIAL) if subject.startswith(_CREDENTIAL) else None


def credentials_in(grants: Grants) -> frozenset[str]:
    """The credentials that any audience may see."""
    found = (credential_of(subject) for subject, _ in grants)
    return frozenset(one for one in found if one is not None)


def _changes(grants: Grants, decision: Decision) -> bool:
    key = (decision.subject, decision.audience)
    if not decision.granted:
        return key in grants
    return key not in grants or grants[key] != decision.expires_at
