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

from chalicelib.access.limits import TooMany
from chalicelib.analytics.event import Kind as Happening
from chalicelib.award.tasks import Task
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.delivery import deliveries, links, mailbox, schedule, sharing, write
from chalicelib.delivery.delivering import Delivering
from chalicelib.delivery.letter import Kind
from chalicelib.delivery.links import Link, Purpose
from chalicelib.delivery.mailbox import Mailbox, held_back
from chalicelib.delivery.sharing import Shown, Target
from chalicelib.errors import LaurelError, NotFound, Refused

MOST = 200
"""Credentials that one page shows; nobody was seen with more."""
LOOKED_THROUGH = 5_000
"""Credentials of one address among which they are chosen: one read of storage, and no issuer gives as many to anybody
but to keep the others' from sight."""
BETWEEN_LINKS = timedelta(minutes=10)
"""Fresh links are sent this far apart: whoever has an old link must not be able to flood its owner."""


class LinkOver(LaurelError):
    """The link was good once. Its owner can have a fresh one sent to the address that it was made for."""

    code = "link_over"


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


def look(delivering: Delivering, token: str, *, person: bool) -> Mine:
    """The holder's page. ``person`` says whether a person seems to look at it, and not a scanner of mail.

    Raises `NotFound` when there is no such link, `LinkOver` when it is no longer good.
    """
    link, box = _good(delivering, token)
    if person and link.credential_id is not None and link.issuer_id is not None:
        _opened(delivering, link.issuer_id, link.credential_id, box)
    found = list(_held(delivering, link))
    holdings = sorted(found[:MOST], key=lambda one: one.record.issued_at, reverse=True)
    # The one that they come for stands first.
    holdings.sort(key=lambda one: one.record.id != link.credential_id)
    return Mine(link.email, tuple(holdings), len(found) > MOST, link.credential_id, box)


def share(delivering: Delivering, token: str, credential_id: str, target: Target) -> str:
    """The address at ``target`` where the credential is shown; that it is, is noted.

    Raises `NotFound`, also for a credential that is not the holder's, and `LinkOver`.
    """
    held = _own(delivering, token, credential_id)
    at = delivering.now()
    delivering.reach(held.record.issuer_id, held.record.id, deliveries.State.SHARED, at)
    delivering.happened(Happening.SHARED, held.record, at, once=delivering.entropy(16).hex(), target=target.value)
    return sharing.address(target, held.shown)


def document(delivering: Delivering, token: str, credential_id: str) -> bytes:
    """The signed credential itself, for a wallet. Raises as `share`."""
    return _own(delivering, token, credential_id).record.document


def choose_zone(delivering: Delivering, token: str, zone: str) -> None:
    """Set the holder's time zone; empty means none. Raises `Refused` (`no_such_zone`), `NotFound`, `LinkOver`."""
    _, box = _good(delivering, token)
    if zone and schedule.known(zone) is None:
        raise Refused("There is no time zone of that name.", code="no_such_zone")
    delivering.change_mailbox(box.digest, lambda one: replace(one, zone=zone or None))


def choose_mail(delivering: Delivering, token: str, issuer_id: str, wanted: str) -> None:
    """Set what an issuer may write: `all`, `new` or `none`. Raises `Refused`, `NotFound`, `LinkOver`."""
    link, box = _good(delivering, token)
    if issuer_id not in {held.issuer_id for held in delivering.archive.holdings(link.email)}:
        raise NotFound("None of your credentials is by that issuer.")
    delivering.change_mailbox(box.digest, lambda one: mailbox.choosing(one, issuer_id, wanted))


def fresh_link(delivering: Delivering, token: str) -> None:
    """Send a fresh link to the address that ``token`` was made for, also when it is no longer good; when it arrives,
    all links from before open nothing.

    Raises `NotFound`, `TooMany`, and `Refused` with the codes of `mailbox.held_back`.
    """
    link = _link(delivering, token, Purpose.MY)
    now = delivering.now()

    def ask(one: Mailbox) -> Mailbox:
        barred = held_back(one, Kind.HOLDER_LINK)
        if barred is not None:
            raise Refused("No mail reaches this address any more.", code=barred)
        if one.link_sent_at is not None and now - one.link_sent_at < BETWEEN_LINKS:
            seconds = int(BETWEEN_LINKS.total_seconds())
            raise TooMany("A link was sent a few minutes ago. Look for it in your mail first.", seconds)
        return replace(one, link_sent_at=now)

    box = delivering.change_mailbox(mailbox.digest(link.email), ask)
    url, kept = delivering.link(Purpose.MY, link.email)
    delivering.store.add_links((kept,))
    delivering.post().send(write.holder_link(link.email, url))
    # Last of all: had the letter not gone out, its reader would be left without any link.
    delivering.change_mailbox(box.digest, lambda one: replace(one, links_from=kept.made_at))


def forget(delivering: Delivering, token: str) -> None:
    """Keep nothing of the holder's but that they want no mail; every link is deleted. Raises `NotFound`, `LinkOver`.

    The credentials stay: they are the issuers', and so is the list of whom they were given to.
    """
    _, box = _good(delivering, token)
    now = delivering.now()
    delivering.change_mailbox(box.digest, lambda one: mailbox.forgotten(one, now))
    delivering.store.delete_links(links.box_of(box.digest))


def unsubscribable(delivering: Delivering, token: str) -> Issuer:
    """Whose mail a link in a letter ends. Raises `NotFound`."""
    link = _link(delivering, token, Purpose.UNSUBSCRIBE)
    return delivering.archive.issuer(link.issuer_id or "")


def unsubscribe(delivering: Delivering, token: str) -> Issuer:
    """End an issuer's mail; doing it again changes nothing. Raises `NotFound`."""
    link = _link(delivering, token, Purpose.UNSUBSCRIBE)
    issuer = delivering.archive.issuer(link.issuer_id or "")
    delivering.change_mailbox(mailbox.digest(link.email), lambda one: mailbox.unsubscribed(one, issuer.id))
    return issuer


def _link(delivering: Delivering, token: str, purpose: Purpose) -> Link:
    name = links.name(token)
    link = delivering.store.link(name) if name is not None else None
    if link is None or link.purpose is not purpose or link.expires <= delivering.now():
        raise NotFound("There is no such link.")
    return link


def _good(delivering: Delivering, token: str) -> tuple[Link, Mailbox]:
    link = _link(delivering, token, Purpose.MY)
    box = delivering.mailbox(link.email)
    ended = box.links_from is not None and link.made_at < box.links_from
    if ended or link.good_until <= delivering.now():
        raise LinkOver("This link no longer opens anything.")
    return link, box


def _opened(delivering: Delivering, issuer_id: str, credential_id: str, box: Mailbox) -> None:
    try:
        record = delivering.archive.record(credential_id)
        zone = box.zone or delivering.archive.recipient(credential_id).zone
    except NotFound:
        return
    delivery = delivering.reach(issuer_id, credential_id, deliveries.State.OPENED, delivering.now())
    at = delivery.opened_at or delivering.now()
    # The same event and the same task whenever they look: what a crash left out is there after the next look.
    delivering.happened(Happening.OPENED, record, at, once="first")
    if delivery.shared_at is None and Kind.UNSHARED not in delivery.letters:
        due = schedule.unshared_due(at, zone)
        delivering.tasks.add([Task(Kind.UNSHARED.value, issuer_id, credential_id, due)])


def _held(delivering: Delivering, link: Link) -> Iterator[Held]:
    """The credential of the letter, then one of each issuer, a second one of each, and so on: whoever gives somebody
    hundreds of credentials does not hide those of others."""
    by_issuer: dict[str, list[str]] = defaultdict(list)
    for holding in islice(delivering.archive.holdings(link.email), LOOKED_THROUGH):
        if holding.credential_id != link.credential_id:
            by_issuer[holding.issuer_id].append(holding.credential_id)
    in_turn = (one for turn in zip_longest(*by_issuer.values()) for one in turn if one is not None)
    first = [link.credential_id] if link.credential_id else []
    for credential_id in islice(chain(first, in_turn), MOST + 1):
        with suppress(NotFound):
            yield _one(delivering, delivering.archive.record(credential_id))


def _own(delivering: Delivering, token: str, credential_id: str) -> Held:
    link, _ = _good(delivering, token)
    if credential_id not in {held.credential_id for held in delivering.archive.holdings(link.email)}:
        raise NotFound("This credential is not one of yours.")
    return _one(delivering, delivering.archive.record(credential_id))


def _one(delivering: Delivering, record: Record) -> Held:
    archive = delivering.archive
    issuer = archive.issuer(record.issuer_id)
    achievement = archive.achievement_version(issuer.id, record.achievement_id, record.achievement_version)
    shown = Shown(
        write.line(achievement.name, 200),
        write.line(issuer.name, 200),
        delivering.page(record.id),
        record.id,
        record.issued_at,
        record.valid_until,
    )
    return Held(record, issuer, shown, achievement.image, achievement.image_alt)
