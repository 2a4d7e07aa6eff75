"""What a holder may do by the link in a letter, without an account.

Whoever holds the link reads the mailbox, or was given the letter: it opens the holder's credentials and settings, and
nothing that an issuer could not undo. Looking changes nothing of either; it is only noted that the letter was opened.
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
from chalicelib.delivery.mailbox import Mailbox, held_back
from chalicelib.delivery.sharing import Shown, Target
from chalicelib.errors import LaurelError, NotFound, Refused
from chalicelib.tasks.task_queue import Task

MOST = 200
"""Credentials that one page shows; nobody was seen with more."""
LOOKED_THROUGH = 5_000
"""Credentials of one address among which they are chosen: one read of storage, and no issuer gives as many to anybody
but to keep the others' from sight."""
BETWEEN_LINKS = timedelta(minutes=10)
"""Fresh links are sent this far apart: whoever has an old link must not be able to flood its owner."""


class LinkExpired(LaurelError):
    """The link was good once. Its owner can have a fresh one sent to the address that it was made for."""

    code = "link_expired"


@dataclass(frozen=True, slots=True)
class Held:
    """One credential of the holder."""

    record: Record
    issuer: Issuer
    shown: Shown
    image: str
    image_alt: str


@dataclass(frozen=True, slots=True)
class Mine:
    """What the holder's page shows."""

    email: str
    held: tuple[Held, ...]
    more: bool
    """Whether there are others that are not shown."""
    opened: str | None
    """The credential of the letter from which they come."""
    mailbox: Mailbox


def look(delivery_context: DeliveryContext, token: str, *, person: bool) -> Mine:
    """The holder's page. ``person`` says whether a person seems to look at it, and not a scanner of mail.

    Raises `NotFound` when there is no such link, `LinkExpired` when it is no longer good.
    """
    link, box = _good(delivery_context, token)
    if person and link.credential_id is not None and link.issuer_id is not None:
        _opened(delivery_context, link.issuer_id, link.credential_id, box)
    found = list(_held(delivery_context, link))
    holdings = sorted(found[:MOST], key=lambda one: one.record.issued_at, reverse=True)
    # The one that they come for stands first.
    holdings.sort(key=lambda one: one.record.id != link.credential_id)
    return Mine(link.email, tuple(holdings), len(found) > MOST, link.credential_id, box)


def share(delivery_context: DeliveryContext, token: str, credential_id: str, target: Target) -> str:
    """The address at ``target`` where the credential is shown; that it is, is noted.

    Raises `NotFound`, also for a credential that is not the holder's, and `LinkExpired`.
    """
    held = _own(delivery_context, token, credential_id)
    at = delivery_context.now()
    delivery_context.mark_status(held.record.issuer_id, held.record.id, delivery_status.State.SHARED, at)
    delivery_context.record_event(
        Happening.SHARED, held.record, at, once=delivery_context.entropy(16).hex(), target=target.value
    )
    return sharing.address(target, held.shown)


def document(delivery_context: DeliveryContext, token: str, credential_id: str) -> bytes:
    """The signed credential itself, for a wallet. Raises as `share`."""
    return _own(delivery_context, token, credential_id).record.document


def choose_zone(delivery_context: DeliveryContext, token: str, zone: str) -> None:
    """Set the holder's time zone; empty means none. Raises `Refused` (`no_such_zone`), `NotFound`, `LinkExpired`."""
    _, box = _good(delivery_context, token)
    if zone and reminders.known(zone) is None:
        raise Refused("Unknown timezone.", code="no_such_zone")
    delivery_context.change_mailbox(box.digest, lambda one: replace(one, zone=zone or None))


def choose_mail(delivery_context: DeliveryContext, token: str, issuer_id: str, wanted: str) -> None:
    """Set what an issuer may write: `all`, `new` or `none`. Raises `Refused`, `NotFound`, `LinkExpired`."""
    link, box = _good(delivery_context, token)
    if issuer_id not in {held.issuer_id for held in delivery_context.archive.holdings(link.email)}:
        raise NotFound("You have no credentials from that issuer.")
    delivery_context.change_mailbox(box.digest, lambda one: mailbox.choosing(one, issuer_id, wanted))


def fresh_link(delivery_context: DeliveryContext, token: str) -> None:
    """Send a new link to the address that ``token`` was made for, also when it is no longer good; when it arrives,
    all links from before open nothing.

    Raises `NotFound`, `TooMany`, and `Refused` with the codes of `mailbox.held_back`.
    """
    link = _link(delivery_context, token, Purpose.MY)
    now = delivery_context.now()

    def ask(one: Mailbox) -> Mailbox:
        barred = held_back(one, Kind.HOLDER_LINK)
        if barred is not None:
            raise Refused("Emails to this address bounce.", code=barred)
        if one.link_sent_at is not None and now - one.link_sent_at < BETWEEN_LINKS:
            seconds = int(BETWEEN_LINKS.total_seconds())
            raise TooMany("We sent a link a few minutes ago. Check your email first.", seconds)
        return replace(one, link_sent_at=now)

    box = delivery_context.change_mailbox(mailbox.digest(link.email), ask)
    url, kept = delivery_context.link(Purpose.MY, link.email)
    delivery_context.store.add_links((kept,))
    delivery_context.mailer().send(compose.holder_link(link.email, url))
    # Last of all: had the letter not gone out, its reader would be left without any link.
    delivery_context.change_mailbox(box.digest, lambda one: replace(one, links_from=kept.made_at))


def forget(delivery_context: DeliveryContext, token: str) -> None:
    """Keep nothing of the holder's but that they want no mail; every link is deleted. Raises `NotFound`, `LinkExpired`.

    The credentials stay: they are the issuers', and so is the list of whom they were given to.
    """
    _, box = _good(delivery_context, token)
    now = delivery_context.now()
    delivery_context.change_mailbox(box.digest, lambda one: mailbox.forgotten(one, now))
    delivery_context.store.delete_links(links.box_of(box.digest))


def unsubscribable(delivery_context: DeliveryContext, token: str) -> Issuer:
    """Whose mail a link in a letter ends. Raises `NotFound`."""
    link = _link(delivery_context, token, Purpose.UNSUBSCRIBE)
    return delivery_context.archive.issuer(link.issuer_id or "")


def unsubscribe(delivery_context: DeliveryContext, token: str) -> Issuer:
    """End an issuer's mail; doing it again changes nothing. Raises `NotFound`."""
    link = _link(delivery_context, token, Purpose.UNSUBSCRIBE)
    issuer = delivery_context.archive.issuer(link.issuer_id or "")
    delivery_context.change_mailbox(mailbox.digest(link.email), lambda one: mailbox.unsubscribed(one, issuer.id))
    return issuer


def _link(delivery_context: DeliveryContext, token: str, purpose: Purpose) -> Link:
    name = links.name(token)
    link = delivery_context.store.link(name) if name is not None else None
    if link is None or link.purpose is not purpose or link.expires <= delivery_context.now():
        raise NotFound("This link does not exist.")
    return link


def _good(delivery_context: DeliveryContext, token: str) -> tuple[Link, Mailbox]:
    link = _link(delivery_context, token, Purpose.MY)
    box = delivery_context.mailbox(link.email)
    ended = box.links_from is not None and link.made_at < box.links_from
    if ended or link.good_until <= delivery_context.now():
        raise LinkExpired("This link no longer works.")
    return link, box


def _opened(delivery_context: DeliveryContext, issuer_id: str, credential_id: str, box: Mailbox) -> None:
    try:
        record = delivery_context.archive.record(credential_id)
        zone = box.zone or delivery_context.archive.recipient(credential_id).zone
    except NotFound:
        return
    delivery = delivery_context.mark_status(
        issuer_id, credential_id, delivery_status.State.OPENED, delivery_context.now()
    )
    at = delivery.opened_at or delivery_context.now()
    # The same event and the same task whenever they look: what a crash left out is there after the next look.
    delivery_context.record_event(Happening.OPENED, record, at, once="first")
    if delivery.shared_at is None and Kind.UNSHARED not in delivery.emails:
        due = reminders.unshared_due(at, zone)
        delivery_context.tasks.add([Task(Kind.UNSHARED.value, issuer_id, credential_id, due)])


def _held(delivery_context: DeliveryContext, link: Link) -> Iterator[Held]:
    """The credential of the letter, then one of each issuer, a second one of each, and so on: whoever gives somebody
    hundreds of credentials does not hide those of others."""
    by_issuer: dict[str, list[str]] = defaultdict(list)
    for holding in islice(delivery_context.archive.holdings(link.email), LOOKED_THROUGH):
        if holding.credential_id != link.credential_id:
            by_issuer[holding.issuer_id].append(holding.credential_id)
    in_turn = (one for turn in zip_longest(*by_issuer.values()) for one in turn if one is not None)
    first = [link.credential_id] if link.credential_id else []
    for credential_id in islice(chain(first, in_turn), MOST + 1):
        with suppress(NotFound):
            yield _one(delivery_context, delivery_context.archive.record(credential_id))


def _own(delivery_context: DeliveryContext, token: str, credential_id: str) -> Held:
    link, _ = _good(delivery_context, token)
    if credential_id not in {held.credential_id for held in delivery_context.archive.holdings(link.email)}:
        raise NotFound("This is not one of your credentials.")
    return _one(delivery_context, delivery_context.archive.record(credential_id))


def _one(delivery_context: DeliveryContext, record: Record) -> Held:
    archive = delivery_context.archive
    issuer = archive.issuer(record.issuer_id)
    achievement = archive.achievement_version(issuer.id, record.achievement_id, record.achievement_version)
    shown = Shown(
        compose.line(achievement.name, 200),
        compose.line(issuer.name, 200),
        delivery_context.page(record.id),
        record.id,
        record.issued_at,
        record.valid_until,
    )
    return Held(record, issuer, shown, achievement.image, achievement.image_alt)
