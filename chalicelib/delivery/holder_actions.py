"""What a holder can do through the link in an email, without an account.

The link proves access to the mailbox, or to a forwarded email. It opens the holder's credentials and settings, and
allows nothing that an issuer cannot undo. Viewing changes nothing, except that the email is recorded as opened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, islice, zip_longest

from chalicelib.access.rate_limits import TooMany
from chalicelib.analytics.event import Kind as Happening
from chalicelib.credential.build import credential_url
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.delivery import (
    delivery_status,
    links,
    mailbox,
    reminders,
    sharing,
)
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails import compose
from chalicelib.delivery.emails.email_content import Kind
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.mailbox import Mailbox, suppression_reason
from chalicelib.delivery.sharing import SharedCredential, Target
from chalicelib.errors import LaurelError, NotFound, Refused
from chalicelib.tasks.task_queue import Task

MAX_CREDENTIALS = 200
"""Maximum number of credentials on the page."""
MAX_HOLDINGS_READ = 5_000
"""Credentials of one address that are considered for the page. Only an abusive issuer would issue more, to hide those
of others."""
NEW_LINK_INTERVAL = timedelta(minutes=10)
"""Minimum time between two new links, so that a person with an old link cannot flood the mailbox."""


class LinkExpired(LaurelError):
    """The link has expired. A new one can be sent to the address that it was created for."""

    code = "link_expired"


@dataclass(frozen=True, slots=True)
class HolderCredential:
    """One credential of the holder."""

    record: Record
    issuer: Issuer
    shared: SharedCredential
    image: str
    image_alt: str


@dataclass(frozen=True, slots=True)
class HolderHome:
    """The content of the holder's page."""

    email: str
    credentials: tuple[HolderCredential, ...]
    more: bool
    """Whether there are credentials that are not shown."""
    opened: str | None
    """The credential of the email whose link was opened."""
    mailbox: Mailbox


def view(delivery_context: DeliveryContext, token: str, *, person: bool) -> HolderHome:
    """The holder's page. ``person`` says whether the visitor appears to be a person and not an email scanner.

    Raises `NotFound` for an unknown link, `LinkExpired` for an expired one.
    """
    link, stored_mailbox = _valid_link(delivery_context, token)
    if person and link.credential_id is not None and link.issuer_id is not None:
        _opened(delivery_context, link.issuer_id, link.credential_id, stored_mailbox)
    found = list(_holder_credentials(delivery_context, link))
    holdings = sorted(found[:MAX_CREDENTIALS], key=lambda one: one.record.issued_at, reverse=True)
    # The credential of the email comes first.
    holdings.sort(key=lambda one: one.record.id != link.credential_id)
    return HolderHome(link.email, tuple(holdings), len(found) > MAX_CREDENTIALS, link.credential_id, stored_mailbox)


def require_link(delivery_context: DeliveryContext, token: str) -> None:
    """Check that there is such a link, expired or not, before anything that its visitor sends is read.

    Raises `NotFound`.
    """
    _link(delivery_context, token, Purpose.MY)


def share(delivery_context: DeliveryContext, token: str, credential_id: str, target: Target) -> str:
    """The sharing URL at ``target``; records the credential as shared.

    Raises `NotFound`, also for a credential of another holder, and `LinkExpired`.
    """
    credential = _own_credential(delivery_context, token, credential_id)
    at = delivery_context.now()
    delivery_context.mark_status(credential.record.issuer_id, credential.record.id, delivery_status.State.SHARED, at)
    delivery_context.record_event(
        Happening.SHARED, credential.record, at, once=delivery_context.entropy(16).hex(), target=target.value
    )
    return sharing.address(target, credential.shared)


def document(delivery_context: DeliveryContext, token: str, credential_id: str) -> bytes:
    """The signed credential, for a wallet. Raises as `share`."""
    return _own_credential(delivery_context, token, credential_id).record.document


def choose_zone(delivery_context: DeliveryContext, token: str, zone: str) -> None:
    """Set the holder's timezone; empty means none. Raises `Refused` (`no_such_zone`), `NotFound`, `LinkExpired`."""
    _, stored_mailbox = _valid_link(delivery_context, token)
    if zone and reminders.known(zone) is None:
        raise Refused("Unknown timezone.", code="no_such_zone")
    delivery_context.change_mailbox(stored_mailbox.digest, lambda one: replace(one, zone=zone or None))


def choose_emails(delivery_context: DeliveryContext, token: str, issuer_id: str, wanted: str) -> None:
    """Set which emails of an issuer to receive: `all`, `new` or `none`. Raises `Refused`, `NotFound`, `LinkExpired`."""
    link, stored_mailbox = _valid_link(delivery_context, token)
    if issuer_id not in {credential.issuer_id for credential in delivery_context.archive.holdings(link.email)}:
        raise NotFound("You have no credentials from that issuer.")
    delivery_context.change_mailbox(stored_mailbox.digest, lambda one: mailbox.choose(one, issuer_id, wanted))


def send_new_link(delivery_context: DeliveryContext, token: str) -> None:
    """Send a new link to the address that ``token`` was made for, even if it has expired. All earlier
    links stop working once the new one is sent.

    Raises `NotFound`, `TooMany`, and `Refused` with the codes of `mailbox.suppression_reason`.
    """
    link = _link(delivery_context, token, Purpose.MY)
    now = delivery_context.now()

    def ask(one: Mailbox) -> Mailbox:
        reason = suppression_reason(one, Kind.HOLDER_LINK)
        if reason is not None:
            raise Refused("Emails to this address bounce.", code=reason)
        if one.link_sent_at is not None and now - one.link_sent_at < NEW_LINK_INTERVAL:
            seconds = int(NEW_LINK_INTERVAL.total_seconds())
            raise TooMany("We sent a link a few minutes ago. Check your email first.", seconds)
        return replace(one, link_sent_at=now)

    stored_mailbox = delivery_context.change_mailbox(mailbox.digest(link.email), ask)
    url, new_link = delivery_context.link(Purpose.MY, link.email)
    delivery_context.store.add_links((new_link,))
    delivery_context.mailer().send(compose.holder_link(link.email, url))
    # Last, so that the holder keeps a working link if sending fails.
    delivery_context.change_mailbox(
        stored_mailbox.digest, lambda one: replace(one, links_valid_from=new_link.created_at)
    )


def forget(delivery_context: DeliveryContext, token: str) -> None:
    """Delete the holder's settings and links, and stop all emails. Raises `NotFound`, `LinkExpired`.

    Credentials and their recipients stay, because they belong to the issuers.
    """
    _, stored_mailbox = _valid_link(delivery_context, token)
    now = delivery_context.now()
    delivery_context.change_mailbox(stored_mailbox.digest, lambda one: mailbox.forgotten(one, now))
    delivery_context.store.delete_links(links.mailbox_id_of(stored_mailbox.digest))


def unsubscribe_issuer(delivery_context: DeliveryContext, token: str) -> Issuer:
    """The issuer that an unsubscribe link is for. Raises `NotFound`."""
    link = _link(delivery_context, token, Purpose.UNSUBSCRIBE)
    return delivery_context.archive.issuer(link.issuer_id or "")


def unsubscribe(delivery_context: DeliveryContext, token: str) -> Issuer:
    """Unsubscribe from an issuer's emails. Idempotent. Raises `NotFound`."""
    link = _link(delivery_context, token, Purpose.UNSUBSCRIBE)
    issuer = delivery_context.archive.issuer(link.issuer_id or "")
    delivery_context.change_mailbox(mailbox.digest(link.email), lambda one: mailbox.unsubscribed(one, issuer.id))
    return issuer


def _link(delivery_context: DeliveryContext, token: str, purpose: Purpose) -> Link:
    key = links.link_key(token)
    link = delivery_context.store.link(key) if key is not None else None
    if link is None or link.purpose is not purpose or link.expires <= delivery_context.now():
        raise NotFound("This link does not exist.")
    return link


def _valid_link(delivery_context: DeliveryContext, token: str) -> tuple[Link, Mailbox]:
    link = _link(delivery_context, token, Purpose.MY)
    stored_mailbox = delivery_context.mailbox(link.email)
    ended = stored_mailbox.links_valid_from is not None and link.created_at < stored_mailbox.links_valid_from
    if ended or link.valid_until <= delivery_context.now():
        raise LinkExpired("This link no longer works.")
    return link, stored_mailbox


def _opened(delivery_context: DeliveryContext, issuer_id: str, credential_id: str, stored_mailbox: Mailbox) -> None:
    try:
        record = delivery_context.archive.record(credential_id)
        zone = stored_mailbox.zone or delivery_context.archive.recipient(credential_id).zone
    except NotFound:
        return
    delivery = delivery_context.mark_status(
        issuer_id, credential_id, delivery_status.State.OPENED, delivery_context.now()
    )
    at = delivery.opened_at or delivery_context.now()
    # Each view records the same event and task, so that the next view repairs what a crash left out.
    delivery_context.record_event(Happening.OPENED, record, at, once="first")
    if delivery.shared_at is None and Kind.UNSHARED not in delivery.emails:
        due = reminders.unshared_due(at, zone)
        delivery_context.tasks.add([Task(Kind.UNSHARED.value, issuer_id, credential_id, due)])


def _holder_credentials(delivery_context: DeliveryContext, link: Link) -> Iterator[HolderCredential]:
    """The credential of the email, then one of each issuer, a second of each, and so on, so that an issuer of hundreds
    does not hide those of others."""
    by_issuer: dict[str, list[str]] = defaultdict(list)
    for holding in islice(delivery_context.archive.holdings(link.email), MAX_HOLDINGS_READ):
        if holding.credential_id != link.credential_id:
            by_issuer[holding.issuer_id].append(holding.credential_id)
    in_turn = (one for turn in zip_longest(*by_issuer.values()) for one in turn if one is not None)
    first = [link.credential_id] if link.credential_id else []
    for credential_id in islice(chain(first, in_turn), MAX_CREDENTIALS + 1):
        with suppress(NotFound):
            yield _holder_credential(delivery_context, delivery_context.archive.record(credential_id))


def _own_credential(delivery_context: DeliveryContext, token: str, credential_id: str) -> HolderCredential:
    link, _ = _valid_link(delivery_context, token)
    if credential_id not in {credential.credential_id for credential in delivery_context.archive.holdings(link.email)}:
        raise NotFound("This is not one of your credentials.")
    return _holder_credential(delivery_context, delivery_context.archive.record(credential_id))


def _holder_credential(delivery_context: DeliveryContext, record: Record) -> HolderCredential:
    archive = delivery_context.archive
    issuer = archive.issuer(record.issuer_id)
    achievement = archive.achievement_version(issuer.id, record.achievement_id, record.achievement_version)
    shared = SharedCredential(
        compose.line(achievement.name, 200),
        compose.line(issuer.name, 200),
        credential_url(delivery_context.base_url, record.id),
        record.id,
        record.issued_at,
        record.valid_until,
    )
    return HolderCredential(record, issuer, shared, achievement.image, achievement.image_alt)
