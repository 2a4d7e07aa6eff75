"""A holder's actions on their profile, without an account.

Only a link that opens everything may do so: it is sent to the holder's own address on request and works for a day. The
link in an issuer's email may be quoted in a reply to the issuer, which could then publish a profile in their name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice

from chalicelib.access.rate_limits import Limit
from chalicelib.credential import public_id
from chalicelib.credential.record import Record, State
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.holder import access as holder_access
from chalicelib.delivery.holder import actions as holder_actions
from chalicelib.delivery.holder.access import HolderAccess
from chalicelib.delivery.links import Keeps, keep_none
from chalicelib.directory.profiles import consent, profile
from chalicelib.directory.profiles.consent import (
    FIELDS,
    Audience,
    ConsentEntry,
    Decision,
    Grants,
    Subject,
    Visibility,
)
from chalicelib.directory.profiles.ports import ProfileStore
from chalicelib.directory.profiles.profile import Details, Profile
from chalicelib.directory.profiles.published import views
from chalicelib.errors import NotFound, Refused, TooMany
from chalicelib.language.phrase import phrase

MAX_CREDENTIALS = 50
"""Maximum credentials on a profile: each is read and verified whenever the page is opened, by a few reads for all of
them."""
MAX_READ = 500
"""Maximum credentials of a holder among which "all my valid credentials" looks for them."""
_PAGE = 50
CHANGES = Limit("profile", 60, timedelta(days=1))
"""Maximum changes of one profile per day, except withdrawals: far more than a person makes, and a limit on the size of
the ledger."""


@dataclass(frozen=True, slots=True)
class ProfileContext:
    """Dependencies of the functions below."""

    store: ProfileStore
    delivery_context: DeliveryContext


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """A holder's profile as the holder sees it. ``profile`` is None until they create one."""

    access: HolderAccess
    profile: Profile | None
    entries: tuple[ConsentEntry, ...]
    grants: Grants
    hidden: bool
    """Whether an operator has hidden it; the holder can change it, but no one sees it."""

    def is_on(self, now: datetime) -> bool:
        """Whether any audience can see it."""
        return any(consent.is_on(self.grants, audience, now) for audience in Audience)

    @property
    def latest(self) -> Grants:
        """The latest consents, or those before the withdrawal if the profile is unpublished. A form may suggest them;
        only `grants` allows anything."""
        return self.grants or consent.grants_of(self.entries[:-1])

    def visibility(self, credential_id: str) -> Visibility:
        """The holder's latest choice for a credential."""
        return consent.visibility(self.latest, consent.credential_subject(credential_id))


@dataclass(frozen=True, slots=True)
class Choices:
    """A holder's choices for the profile as a whole and for each field."""

    visibility: Mapping[Subject, Visibility]
    """By field (`FIELDS`)."""
    search_engines: bool
    expires_at: datetime | None
    contact: Visibility = Visibility.NOBODY
    """Who may send the holder messages."""
    credentials: Mapping[str, Visibility] = field(default_factory=dict)
    """By id. Other credentials do not change while the profile is published; publishing it again hides them."""


def view(context: ProfileContext, token: str) -> OwnProfile:
    """The holder's profile. Raises `NotFound`, `LinkExpired`, `Forbidden` for a link to one issuer."""
    access = holder_access.enter(context.delivery_context, token)
    access.check_everything()
    mailbox = access.mailbox.digest
    stored, entries = context.store.profile(mailbox), context.store.entries(mailbox)
    hidden = context.store.hidden(stored.holder_id if stored else mailbox) is not None
    return OwnProfile(access, stored, entries, consent.grants_of(entries), hidden)


def save(context: ProfileContext, token: str, details: Details, choices: Choices, *, all_valid: bool = False) -> None:
    """Store the holder's details and who may see them and the credentials, and publish the profile.

    With ``all_valid``, everyone may see each valid credential of an identified issuer that no one could see before.
    Raises `BadDetails`, `Refused` for too many credentials, `NotFound` for one that is not the holder's, `TooMany`,
    `Conflict`, and as `view`.
    """
    own = view(context, token)
    profile.check(details)
    # There is nothing to consent to in an empty field; the history would list it.
    shown = {one: choices.visibility[one] if one in details.stated() else Visibility.NOBODY for one in FIELDS}
    credentials = _credentials(context, own, choices, all_valid=all_valid)
    decisions = [
        *consent.choose(Subject.PROFILE, Visibility.EVERYONE, choices.expires_at),
        *(each for one in FIELDS for each in consent.choose(one, shown[one])),
        Decision(Subject.SEARCH_ENGINES, Audience.PUBLIC, choices.search_engines),
        *consent.choose(Subject.CONTACT, choices.contact),
        *(
            each
            for one, chosen in credentials.items()
            for each in consent.choose(consent.credential_subject(one), chosen)
        ),
    ]
    _store(context, own, decisions, details, choices.visibility)


def withdraw(context: ProfileContext, token: str) -> None:
    """Withdraw every consent, so that nothing is shown from now on. The details stay, visible only to the holder, as
    does the choice for each field.

    Raises `Conflict`, and as `view`.
    """
    own = view(context, token)
    if own.profile is not None:
        _store(context, own, consent.withdrawal(own.grants), own.profile.details, own.profile.visibility)


def stop_contact(context: ProfileContext, mailbox: str) -> None:
    """Withdraw the consent to messages, with the link in one of them. Idempotent. Raises `Conflict`."""
    stored = context.store.profile(mailbox)
    if stored is None:
        return
    now, entries = context.delivery_context.now(), context.store.entries(mailbox)
    changed = consent.changes(consent.grants_of(entries), consent.choose(Subject.CONTACT, Visibility.NOBODY))
    if not changed:
        return
    entry = ConsentEntry(entries[-1].number + 1, now, consent.TEXT_VERSION, changed)
    after = replace(stored, changed_at=now)
    hidden = context.store.hidden(stored.holder_id) is not None
    context.store.save(after, entry, {} if hidden else views(after, (*entries, entry), now))


def forget(context: ProfileContext, token: str, keeps: Keeps = keep_none) -> None:
    """Delete the profile and its ledger, and the data stored about the address, with its links except those that
    ``keeps`` names (`holder_actions.delete_settings`).

    Raises as `view`. The profile is deleted first, because the link still works if this is interrupted.
    """
    own = view(context, token)
    if own.profile is not None:
        now = context.delivery_context.now()
        if own.hidden:  # otherwise a new profile would be public immediately
            context.store.hide(own.access.mailbox.digest, now)
        context.store.delete(replace(own.profile, changed_at=now))
    holder_actions.delete_settings(context.delivery_context, token, keeps)


def _credentials(
    context: ProfileContext, own: OwnProfile, choices: Choices, *, all_valid: bool
) -> dict[str, Visibility]:
    """Who may see each credential that is or was shown or is in ``choices``.

    ``all_valid`` does not widen a credential that the choices narrow.
    """
    shown = {one: own.visibility(one) for one in consent.credentials_in(own.latest)}
    for credential_id, chosen in choices.credentials.items():
        if chosen is not Visibility.NOBODY:
            _check_own(context, own.access, credential_id)
    # Choices from before the profile was unpublished or expired count only if they are made again.
    kept = shown if own.is_on(context.delivery_context.now()) else dict.fromkeys(shown, Visibility.NOBODY)
    after = {**kept, **choices.credentials}
    if all_valid:
        decided = {one for one, chosen in after.items() if chosen is not Visibility.NOBODY}
        narrowed = shown.keys() & choices.credentials.keys()
        count = MAX_CREDENTIALS - len(decided)
        after |= dict.fromkeys(_valid(context, own, decided | narrowed, count), Visibility.EVERYONE)
    return after


def _store(
    context: ProfileContext,
    own: OwnProfile,
    decisions: Iterable[Decision],
    details: Details,
    visibility: Mapping[Subject, Visibility],
) -> None:
    now = context.delivery_context.now()
    new_id = public_id.new(context.delivery_context.entropy)
    before = own.profile or Profile(own.access.mailbox.digest, new_id, details, now, visibility)
    if own.profile is None and own.hidden:
        context.store.hide(before.holder_id, now)
    changed = consent.changes(own.grants, decisions)
    number = own.entries[-1].number + 1 if own.entries else 1
    entry = ConsentEntry(number, now, consent.TEXT_VERSION, changed) if changed else None
    entries = (*own.entries, entry) if entry else own.entries
    grants = consent.grants_of(entries)
    if len(consent.credentials_in(grants)) > MAX_CREDENTIALS and any(one.granted for one in changed):
        raise Refused(phrase("A profile can show at most {count} credentials.", count=MAX_CREDENTIALS), code="refused")
    if any(one.granted for one in changed) or not changed:
        _count(context, before.mailbox)
    after = replace(before, details=details, changed_at=now, visibility=visibility)
    context.store.save(after, entry, {} if own.hidden else views(after, entries, now))


def _count(context: ProfileContext, mailbox: str) -> None:
    if not context.delivery_context.within(CHANGES, mailbox):
        raise TooMany(phrase("You have reached today’s limit for profile changes. Try again tomorrow."), 24 * 3600)


def _check_own(context: ProfileContext, access: HolderAccess, credential_id: str) -> None:
    if context.delivery_context.archive.recipient(credential_id).email != access.email:
        raise NotFound("This is not one of your credentials.")


def _own_records(context: ProfileContext, access: HolderAccess) -> Iterator[Record]:
    """The holder's credentials, the newest of each issuer first; at most `MAX_READ`."""
    archive, left = context.delivery_context.archive, MAX_READ
    for issuer_id in archive.holder_issuers(access.email, None, MAX_READ):
        for place in archive.holdings(issuer_id, access.email, None, min(_PAGE, left)):
            left -= 1
            with suppress(NotFound):
                yield archive.record(place.credential_id)
        if left <= 0:
            return


def _valid(context: ProfileContext, own: OwnProfile, decided: AbstractSet[str], count: int) -> list[str]:
    """At most ``count`` of the holder's credentials that are valid now, except those already ``decided``.

    Only those of identified issuers: strangers could otherwise fill a profile with credentials that they issue to its
    holder.
    """
    now, archive = context.delivery_context.now(), context.delivery_context.archive
    identified = cache(lambda issuer_id: archive.issuer(issuer_id).identified(now))
    found = (
        one.id
        for one in _own_records(context, own.access)
        if _is_valid(one, now) and one.id not in decided and identified(one.issuer_id)
    )
    return list(islice(found, max(count, 0)))


def _is_valid(record: Record, now: datetime) -> bool:
    ends = record.valid_until
    return record.status.state is State.ACTIVE and record.taken_down is None and (ends is None or now < ends)
