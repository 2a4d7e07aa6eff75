"""Verify and create webhook signatures by Standard Webhooks 1.0.0. Our own code: decision 17.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import Malformed, Unauthenticated

TOLERANCE = timedelta(minutes=5)
"""Maximum difference between a message's timestamp and the clock, either way, as in the reference libraries."""
MAX_SIGNATURE_HEADER = 4096
"""Maximum characters, about eighty signatures; a sender that rotates its secret needs two."""
PREFIX = "whsec_"
SECRET_BYTES = 32
"""The specification allows 24 to 64 ("Signature scheme")."""

_ID = re.compile(r"[!-\-/-~]{1,256}", re.ASCII)
"""Visible ASCII without a full stop, which separates the id from the timestamp ("Signature scheme")."""
_SECONDS = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Message:
    """A received message: its three headers, empty when missing, and the raw body."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def check_headers(message_id: str, timestamp: str, signature: str) -> None:
    """Raises `Unauthenticated` for headers that no signed message has, before its body is read."""
    if not _ID.fullmatch(message_id):
        raise Unauthenticated("The webhook-id header is missing, too long, or contains a full stop or a space.")
    if not _SECONDS.fullmatch(timestamp):
        raise Unauthenticated("The webhook-timestamp header is not a number of seconds since 1970.")
    if not signature or len(signature) > MAX_SIGNATURE_HEADER:
        raise Unauthenticated("The webhook-signature header is missing or too long.")


def verify(message: Message, secrets: Iterable[bytes], now: datetime) -> None:
    """Raises `Unauthenticated` unless a signature matches one of ``secrets`` and the timestamp is close to ``now``."""
    check_headers(message.id, message.timestamp, message.signature)
    expected = [_mac(secret, message) for secret in secrets]
    given = list(_signatures(message.signature))
    # Every pair is compared in constant time, even after a match, so that timing reveals nothing.
    matches = [hmac.compare_digest(one, other) for one in expected for other in given]
    if not any(matches):
        raise Unauthenticated(
            "No signature in the webhook-signature header matches this message and the webhook's secret."
        )
    # Checked after the signature, so that only a sender with the secret learns the time of our clock.
    if abs(int(message.timestamp) - now.timestamp()) > TOLERANCE.total_seconds():
        raise Unauthenticated("The webhook-timestamp differs from the current time by more than 5 minutes.")


def sign(message_id: str, timestamp: int, body: bytes, secret: bytes) -> str:
    """Create a signature for the header webhook-signature."""
    return f"v1,{_mac(secret, Message(message_id, str(timestamp), '', body)).decode()}"


def write_secret(secret: bytes) -> str:
    """``secret`` as text, with the prefix `whsec_`."""
    return PREFIX + base64.b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """Parse a secret written by `write_secret`. Raises `Malformed`."""
    try:
        return base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise Malformed("This is not a webhook secret (whsec_ followed by base64).") from error


def _mac(secret: bytes, message: Message) -> bytes:
    signed = f"{message.id}.{message.timestamp}.".encode() + message.body
    return base64.b64encode(hmac.digest(secret, signed, hashlib.sha256))


def _signatures(header: str) -> Iterator[bytes]:
    """Yield the `v1` signatures as text, so that only canonical base64 matches. `v1a` is for public keys, which
    these webhooks do not use."""
    for item in header.split(" "):
        version, _, signature = item.partition(",")
        if version == "v1":
            yield signature.encode()
