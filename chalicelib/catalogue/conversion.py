"""Tokens passed to the enrolment page with a visitor, and the sign-ups credited through them.

A token is encrypted, so that an enrolment page and whoever else sees its address learn neither the credential nor the
click. Only the issuer that it was made for can use it, for `WINDOW` after the click.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import NOT_CHECKED, Event, Kind, VisitorClass
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid
from chalicelib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from chalicelib.analytics.recorder import Recorder
    from chalicelib.catalogue.ports import ConversionStore

PARAMETER = "laurel_referral"
"""Of the URL of the enrolment page."""
WINDOW = timedelta(days=90)
"""How long after the click a sign-up is credited: the longest conversion window of Google Ads (1 to 90 days)."""
KEY_BYTES = 32
NONCE_BYTES = 12
"""96 bits, as AES-GCM takes (NIST SP 800-38D). Random ones are safe for 2**32 tokens of a key, 1,600 a second in its
month."""
MAX_TOKEN = 400
"""Maximum characters; the longest token has about 250."""
_DOMAIN = b"laurel/conversion/1"
_TOKEN = re.compile(r"(?P<month>\d{6})\.(?P<sealed>[A-Za-z0-9_-]{40,380})", re.ASCII)
_NONE = "-"


@dataclass(frozen=True, slots=True)
class ReferredClick:
    """What a token says about the click that brought a visitor to an enrolment page."""

    event_id: str
    """The event of the click."""
    at: datetime
    """When it happened, to the second."""
    achievement_id: str
    credential_id: str | None = None
    """The credential whose page it was; None for the page of the achievement."""
    channel: Channel | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """A sign-up and the referral that it is credited to."""

    event_id: str
    at: datetime
    referral: ReferredClick
    repeated: bool
    """Whether it had been reported before, so that nothing was counted."""


def month_of(at: datetime) -> date:
    """The first day of the month whose key seals a token at ``at``."""
    return at.astimezone(UTC).date().replace(day=1)


def key_expires(month: date) -> datetime:
    """When the key of ``month`` is no longer needed."""
    following = (month + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, 1, tzinfo=UTC) + WINDOW


def seal(click: ReferredClick, issuer_id: str, month: date, key: bytes, nonce: bytes) -> str:
    """Create the token of ``click`` for ``issuer_id`` with the ``key`` of ``month``."""
    text = ".".join(
        (
            click.event_id,
            str(int(click.at.timestamp())),
            click.achievement_id,
            click.credential_id or _NONE,
            click.channel or _NONE,
            click.country or _NONE,
        )
    )
    sealed = nonce + _cipher(key).encrypt(nonce, text.encode(), _context(issuer_id, month))
    return f"{month:%Y%m}.{base64.urlsafe_b64encode(sealed).decode('ascii').rstrip('=')}"


def month_in(token: str) -> date | None:
    """The month whose key ``token`` names; None if it is not a token."""
    match = _TOKEN.fullmatch(token)
    try:
        return None if match is None else datetime.strptime(match["month"], "%Y%m").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def unseal(token: str, issuer_id: str, key: bytes) -> ReferredClick | None:
    """Read a token that was made for ``issuer_id``; None for any other text."""
    from cryptography.exceptions import InvalidTag

    month, match = month_in(token), _TOKEN.fullmatch(token)
    if month is None or match is None:
        return None
    try:
        sealed = base64.urlsafe_b64decode(match["sealed"] + "=" * (-len(match["sealed"]) % 4))
        text = _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _context(issuer_id, month)).decode()
    except (binascii.Error, InvalidTag, ValueError):
        return None
    event_id, at, achievement_id, *others = text.split(".")
    credential_id, channel, country = (None if each == _NONE else each for each in others)
    clicked = datetime.fromtimestamp(int(at), UTC)
    return ReferredClick(
        event_id, clicked, achievement_id, credential_id, Channel(channel) if channel else None, country
    )


@dataclass(frozen=True, slots=True)
class Conversions:
    """Dependencies of crediting sign-ups."""

    store: ConversionStore
    recorder: Recorder
    clock: Callable[[], datetime]


def credit(context: Conversions, issuer_id: str, token: str) -> Conversion:
    """Count the sign-up of the visitor who came with ``token``, once, however often it is reported.

    Raises `Refused` (`not_a_referral`, `referral_expired`), `Unavailable`.
    """
    store, now = context.store, context.clock()
    found = _read(store, issuer_id, token, now)
    # The id of a credential that was erased in the meantime must not be stored again.
    if found.credential_id is not None and not store.has_credential(found.credential_id):
        found = replace(found, credential_id=None)
    first = store.first_conversion(issuer_id, found.event_id, now, key_expires(month_of(now)))
    event = _event(found, issuer_id, first or now)
    context.recorder.record(event)
    return Conversion(event.id, event.at, found, repeated=first is not None)


def _read(store: ConversionStore, issuer_id: str, token: str, now: datetime) -> ReferredClick:
    """Raises `Refused`."""
    month = month_in(token)
    expired = month is not None and now >= key_expires(month)
    key = None if month is None or expired else store.conversion_key(month)
    found = None if key is None else unseal(token, issuer_id, key)
    if expired or (found is not None and now - found.at > WINDOW):
        raise Refused(
            f"The referral is more than {WINDOW.days} days old, so no sign-up is credited to it.",
            code="referral_expired",
        )
    if found is None:
        raise Refused(
            f"This is not a referral to this issuer. Send the value of {PARAMETER} as it was in the address of the "
            "enrolment page.",
            code="not_a_referral",
        )
    return found


def _event(found: ReferredClick, issuer_id: str, at: datetime) -> Event:
    """Built from the stored time, so that a repeated report writes the same event."""
    named = hashlib.sha256(f"{Kind.CONVERSION.value} {found.event_id}".encode()).digest()
    return Event(
        id=ulid(at, named[:ENTROPY_BYTES]),
        kind=Kind.CONVERSION,
        at=at,
        credential_id=found.credential_id,
        issuer_id=issuer_id,
        achievement_id=found.achievement_id,
        verdict=NOT_CHECKED,
        visitor=None,
        referrer=None,
        visitor_class=VisitorClass.PERSON,
        channel=found.channel,
        country=found.country,
    )


def _context(issuer_id: str, month: date) -> bytes:
    return b" ".join((_DOMAIN, issuer_id.encode(), f"{month:%Y%m}".encode()))


def _cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import (
        AESGCM,  # imported late: a page that offers a link needs none
    )

    return AESGCM(key)
