"""What is known about an e-mail address, whoever writes to it. It is kept under the address's hash."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.delivery.emails.email_content import REMINDERS, REQUESTED, Kind
from chalicelib.errors import Refused

MOST_ISSUERS = 1000
"""Issuers that one address can have told to stop; far more than anybody's credentials come from."""


def normal(email: str) -> str:
    """``email`` as addresses are compared everywhere in Laurel: no outer space, lower case."""
    return email.strip().lower()


def digest(email: str) -> str:
    """SHA-256 of an address, in hex: the name of its mailbox, however its domain is spelt.

    A domain is taken as the DNS writes it, for that is where mail to it goes and what the mail service's notices say.
    """
    local, at, domain = normal(email).rpartition("@")
    with suppress(UnicodeError):  # no domain: no mail will go there
        domain = domain.encode("idna").decode("ascii").lower()
    return hashlib.sha256(f"{local}{at}{domain}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address. Nothing in it says which one."""

    digest: str
    zone: str | None = None
    """The holder's own word about where they are (IANA)."""
    unsubscribed: frozenset[str] = frozenset()
    """Issuers that shall not write at all."""
    no_reminders: frozenset[str] = frozenset()
    """Issuers that shall write only about a new credential."""
    bounced_at: datetime | None = None
    """When the mail service said that there is no such mailbox."""
    complained_at: datetime | None = None
    """When a letter of ours was called spam."""
    forgotten_at: datetime | None = None
    """When the holder asked to be forgotten: nothing is written since."""
    links_from: datetime | None = None
    """Holder's links that were made before open nothing."""
    link_sent_at: datetime | None = None
    """When the last fresh link was asked for."""
    version: int = 0


def held_back(mailbox: Mailbox, kind: Kind, issuer_id: str | None = None) -> str | None:
    """Why a letter of ``kind`` must not go to ``mailbox``, as a code; None when it may.

    A mailbox that bounced gets nothing from anybody, and one that complained nothing that it did not ask for: the mail
    service counts both against every issuer here. What the reader has just asked for is not held back by a complaint,
    or an issuer could lock somebody out by a letter that deserves one; nor by unsubscribing, which is between a reader
    and one issuer.
    """
    asked_for = kind in REQUESTED
    for holds, code in (
        (mailbox.bounced_at is not None, "bounced"),
        (mailbox.complained_at is not None and not asked_for, "complained"),
        (mailbox.forgotten_at is not None and not asked_for, "forgotten"),
        (issuer_id in mailbox.unsubscribed and not asked_for, "unsubscribed"),
        (issuer_id in mailbox.no_reminders and kind in REMINDERS, "no_reminders"),
    ):
        if holds:
            return code
    return None


def bounced(mailbox: Mailbox, at: datetime) -> Mailbox:
    """After a hard bounce. The first one stays."""
    return mailbox if mailbox.bounced_at is not None else replace(mailbox, bounced_at=at)


def complained(mailbox: Mailbox, at: datetime) -> Mailbox:
    """After a complaint. The first one stays."""
    return mailbox if mailbox.complained_at is not None else replace(mailbox, complained_at=at)


def unsubscribed(mailbox: Mailbox, issuer_id: str) -> Mailbox:
    """Without any mail of one issuer."""
    return replace(mailbox, unsubscribed=_with(mailbox.unsubscribed, issuer_id))


def choosing(mailbox: Mailbox, issuer_id: str, wanted: str) -> Mailbox:
    """With ``wanted`` of an issuer's mail: `all`, `new` (credentials, no reminders) or `none`. Raises `Refused`.

    Who wants mail again is no longer forgotten.
    """
    rest = replace(
        mailbox,
        unsubscribed=mailbox.unsubscribed - {issuer_id},
        no_reminders=mailbox.no_reminders - {issuer_id},
    )
    match wanted:
        case "all":
            return replace(rest, forgotten_at=None)
        case "new":
            return replace(rest, forgotten_at=None, no_reminders=_with(rest.no_reminders, issuer_id))
        case "none":
            return unsubscribed(rest, issuer_id)
    raise Refused("Choose all emails, new credentials only, or none.", code="refused")


def choice(mailbox: Mailbox, issuer_id: str) -> str:
    """What `choosing` was last told."""
    if issuer_id in mailbox.unsubscribed:
        return "none"
    return "new" if issuer_id in mailbox.no_reminders else "all"


def forgotten(mailbox: Mailbox, now: datetime) -> Mailbox:
    """With nothing left but that no letter is wanted, and what the mail service said."""
    return Mailbox(
        mailbox.digest,
        bounced_at=mailbox.bounced_at,
        complained_at=mailbox.complained_at,
        forgotten_at=now,
        links_from=now,
        version=mailbox.version,
    )


def _with(issuers: frozenset[str], issuer_id: str) -> frozenset[str]:
    if len(issuers) >= MOST_ISSUERS:
        raise Refused("There are too many settings to store. Delete your data instead.", code="refused")
    return issuers | {issuer_id}
