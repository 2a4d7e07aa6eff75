"""The state of an email address, for all issuers; stored under the hash of the address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.credential import email_address
from chalicelib.delivery.emails.parts.email_content import FROM_LAUREL, REMINDERS, REQUESTED, Kind
from chalicelib.errors import Refused
from chalicelib.language.phrase import phrase

RETRY_AFTER = timedelta(days=30)
"""How long a bounce blocks an address before it is tried again: long enough to fix a full or moved mailbox, and longer
than the email service remembers other senders' bounces (14 days; SES developer guide, "global suppression list")."""
MAX_BOUNCES = 2
"""Maximum bounces: a second bounce is final until an operator reopens the address, because every bounce counts against
all issuers."""

MAX_VIEW_COUNTS = 100
"""Maximum credentials of one address whose pages show view counts: more than a person shares, and a limit on the
mailbox and on what is copied every night."""
MAX_ISSUERS = 1000
"""Maximum number of issuers that one address can unsubscribe from."""


def digest(email: str) -> str:
    """SHA-256 of an address in hex: the id of its mailbox.

    The domain is converted to punycode, the form that the email service's events use. `plain_digest` does not
    convert it.
    """
    local, at, domain = email_address.normalize(email).rpartition("@")
    with suppress(UnicodeError):  # not a valid domain: no email can be sent there
        domain = domain.encode("idna").decode("ascii").lower()
    return hashlib.sha256(f"{local}{at}{domain}".encode()).hexdigest()


def plain_digest(email: str) -> str:
    """SHA-256 of an address with its domain as written: what an issuer may have given for an international domain."""
    return hashlib.sha256(email_address.normalize(email).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address; does not contain the address itself."""

    digest: str
    zone: str | None = None
    """The holder's chosen IANA timezone."""
    unsubscribed: frozenset[str] = frozenset()
    """Issuers whose emails the holder unsubscribed from."""
    no_reminders: frozenset[str] = frozenset()
    """Issuers that may email only about new credentials."""
    lang: str | None = None
    """The language that the holder chose for their emails; None for the one that each issuer gives."""
    bounced_at: datetime | None = None
    """When an email bounced permanently; after `RETRY_AFTER`, when it bounced again."""
    bounces: int = 0
    """The number of bounces since it was last reopened, each more than `RETRY_AFTER` after the one before."""
    requested_bounced_at: datetime | None = None
    """The same as `bounced_at` for emails that the recipient requested. An issuer can provoke other bounces, with text
    that a mail server rejects, and could otherwise lock the recipient out of signing in."""
    requested_bounces: int = 0
    reopened_at: datetime | None = None
    """When an operator last reopened it; earlier bounces are forgotten."""
    complained_at: datetime | None = None
    """When an email was marked as spam."""
    forgotten_at: datetime | None = None
    """When the holder deleted their data; since then, they get no emails except those that they chose again."""
    subscribed: frozenset[str] = frozenset()
    """Issuers whose emails the holder chose again after that."""
    links_valid_from: datetime | None = None
    """Links created before this time no longer work."""
    issuer_links_valid_from: Mapping[str, datetime] = field(default_factory=dict)
    """The same for the links to one issuer's credentials, by issuer."""
    view_counts_shown: Mapping[str, datetime] = field(default_factory=dict)
    """Credentials whose pages show how often they were viewed and verified, and since when the holder wants that."""
    version: int = 0


def suppression_reason(mailbox: Mailbox, kind: Kind, now: datetime, issuer_id: str | None = None) -> str | None:
    """The code of the reason not to send an email of ``kind`` to ``mailbox`` at ``now``; None when it may be sent.

    A mailbox that bounced or complained gets only emails that it requested, the former until it is tried again, because
    the email service counts both against all issuers. They do not suppress requested emails, or an issuer could lock
    someone out of signing in by provoking one; a bounce of a requested email does. Unsubscribing does not either: it
    concerns one issuer.
    """
    requested = kind in REQUESTED
    for holds, code in (
        (is_blocked(mailbox, now, requested=requested), "bounced"),
        (mailbox.complained_at is not None and not requested, "complained"),
        (_is_stopped(mailbox, kind, issuer_id) and not requested, "forgotten"),
        (issuer_id in mailbox.unsubscribed and not requested, "unsubscribed"),
        (issuer_id in mailbox.no_reminders and kind in REMINDERS, "no_reminders"),
    ):
        if holds:
            return code
    return None


def _is_stopped(mailbox: Mailbox, kind: Kind, issuer_id: str | None) -> bool:
    """Whether the holder deleted their data and has not chosen such emails again. Those from Laurel come again with the
    first issuer's. Messages need a profile, which was deleted too, so a new one allows them by itself."""
    if kind in FROM_LAUREL:
        return kind is not Kind.CONTACT and mailbox.forgotten_at is not None and not mailbox.subscribed
    return _is_silenced(mailbox, issuer_id or "")


def _is_silenced(mailbox: Mailbox, issuer_id: str) -> bool:
    return mailbox.forgotten_at is not None and issuer_id not in mailbox.subscribed


def is_blocked(mailbox: Mailbox, now: datetime, *, requested: bool = False) -> bool:
    """Whether ``mailbox`` gets no emails because it bounced; with ``requested``, not even those it requests."""
    last = mailbox.requested_bounced_at if requested else mailbox.bounced_at
    bounces = mailbox.requested_bounces if requested else mailbox.bounces
    return last is not None and (bounces >= MAX_BOUNCES or now < last + RETRY_AFTER)


def bounced(mailbox: Mailbox, at: datetime, *, requested: bool = False) -> Mailbox:
    """Record a permanent bounce, of an email that the recipient ``requested`` or of any other. A bounce within
    `RETRY_AFTER` of the last one counts as the same bounce. A late or repeated notice of a bounce from before the
    mailbox was reopened also changes nothing."""
    if mailbox.reopened_at is not None and at < mailbox.reopened_at:
        return mailbox
    if _is_another(mailbox.bounced_at, at):
        mailbox = replace(mailbox, bounced_at=at, bounces=mailbox.bounces + 1)
    if requested and _is_another(mailbox.requested_bounced_at, at):
        mailbox = replace(mailbox, requested_bounced_at=at, requested_bounces=mailbox.requested_bounces + 1)
    return mailbox


def _is_another(last: datetime | None, at: datetime) -> bool:
    return last is None or at >= last + RETRY_AFTER


def reopened(mailbox: Mailbox, now: datetime) -> Mailbox:
    """Forget the bounces, so that emails are sent again. A complaint stays, because it is the recipient's own wish."""
    return replace(mailbox, bounced_at=None, bounces=0, requested_bounced_at=None, requested_bounces=0, reopened_at=now)


def complained(mailbox: Mailbox, at: datetime) -> Mailbox:
    """Record a complaint. The first one stays."""
    return mailbox if mailbox.complained_at is not None else replace(mailbox, complained_at=at)


def unsubscribed(mailbox: Mailbox, issuer_id: str) -> Mailbox:
    """Unsubscribe from an issuer's emails."""
    return replace(
        mailbox,
        unsubscribed=_with(mailbox.unsubscribed, issuer_id),
        subscribed=mailbox.subscribed - {issuer_id},
    )


def choose(mailbox: Mailbox, issuer_id: str, wanted: str) -> Mailbox:
    """Set which emails of an issuer are wanted: `all`, `new` (credentials, no reminders) or `none`. Raises `Refused`.

    After `forgotten`, choosing `all` or `new` concerns only this issuer: the holder gets no emails from the others.
    """
    preferences = replace(
        mailbox,
        unsubscribed=mailbox.unsubscribed - {issuer_id},
        no_reminders=mailbox.no_reminders - {issuer_id},
    )
    match wanted:
        case "all":
            return _chosen_again(preferences, issuer_id)
        case "new":
            chosen = _chosen_again(preferences, issuer_id)
            return replace(chosen, no_reminders=_with(chosen.no_reminders, issuer_id))
        case "none":
            return unsubscribed(preferences, issuer_id)
    raise Refused("Choose all emails, new credentials only, or none.", code="refused")


def _chosen_again(mailbox: Mailbox, issuer_id: str) -> Mailbox:
    if mailbox.forgotten_at is None:
        return mailbox
    return replace(mailbox, subscribed=_with(mailbox.subscribed, issuer_id))


def choice(mailbox: Mailbox, issuer_id: str) -> str:
    """The current choice as `choose` takes it; `none` after `forgotten`."""
    if issuer_id in mailbox.unsubscribed or _is_silenced(mailbox, issuer_id):
        return "none"
    return "new" if issuer_id in mailbox.no_reminders else "all"


def choices_with_fewer_emails(mailbox: Mailbox, issuer_id: str) -> tuple[str, ...]:
    """The choices that bring no more emails of an issuer than the current one, which is the first of them."""
    choices = ("all", "new", "none")
    return choices[choices.index(choice(mailbox, issuer_id)) :]


def links_valid_from(mailbox: Mailbox, issuer_id: str | None) -> datetime | None:
    """Links to this issuer's credentials (None: to all) created before this time no longer work; None for no limit."""
    times = (mailbox.links_valid_from, mailbox.issuer_links_valid_from.get(issuer_id or ""))
    return max((at for at in times if at is not None), default=None)


def links_ended(mailbox: Mailbox, issuer_id: str | None, at: datetime) -> Mailbox:
    """End the links to one issuer's credentials that were created before ``at``; None: all links.

    Raises `Refused`.
    """
    if issuer_id is None:
        return replace(mailbox, links_valid_from=at)
    times = {**mailbox.issuer_links_valid_from, issuer_id: at}
    if len(times) > MAX_ISSUERS:
        raise Refused("There are too many settings to store. Delete your data instead.", code="refused")
    return replace(mailbox, issuer_links_valid_from=times)


def with_view_counts(mailbox: Mailbox, credential_id: str, since: datetime | None) -> Mailbox:
    """Show the view counts of a credential on its page ``since`` then, or hide them (None).

    Raises `Refused` for more than `MAX_VIEW_COUNTS` credentials.
    """
    shown = {one: at for one, at in mailbox.view_counts_shown.items() if one != credential_id}
    if since is None:
        return replace(mailbox, view_counts_shown=shown)
    if len(shown) >= MAX_VIEW_COUNTS:
        raise Refused(
            phrase("Counts can be shown for at most {count} credentials.", count=MAX_VIEW_COUNTS), code="refused"
        )
    since = mailbox.view_counts_shown.get(credential_id, since)
    return replace(mailbox, view_counts_shown={**shown, credential_id: since})


def with_data_deleted(mailbox: Mailbox, now: datetime) -> Mailbox:
    """Delete everything except that no emails are wanted, bounces and complaints."""
    return Mailbox(
        mailbox.digest,
        bounced_at=mailbox.bounced_at,
        bounces=mailbox.bounces,
        requested_bounced_at=mailbox.requested_bounced_at,
        requested_bounces=mailbox.requested_bounces,
        reopened_at=mailbox.reopened_at,
        complained_at=mailbox.complained_at,
        forgotten_at=now,
        links_valid_from=now,
        version=mailbox.version,
    )


def _with(issuers: frozenset[str], issuer_id: str) -> frozenset[str]:
    if len(issuers | {issuer_id}) > MAX_ISSUERS:
        raise Refused("There are too many settings to store. Delete your data instead.", code="refused")
    return issuers | {issuer_id}
