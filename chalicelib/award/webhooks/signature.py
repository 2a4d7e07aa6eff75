"""Standard Webhooks 1.0.0: is this message from somebody who knows the secret, and was it sent just now?

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
"""How far a message's time may be from ours, either way: that of the reference libraries."""
MAX_SIGNATURE_HEADER = 4096
"""Characters: some eighty signatures, where a sender that changes its secret needs two."""
PREFIX = "whsec_"
SECRET_BYTES = 32
"""24 to 64 are allowed ("Signature scheme")."""

_ID = re.compile(r"[!-\-/-~]{1,256}", re.ASCII)
"""Visible ASCII without a full stop: with one in it, an id could end where the time begins ("Signature scheme")."""
_SECONDS = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived: the three headers, empty when they are missing, and the body's raw bytes."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def verify(message: Message, secrets: Iterable[bytes], now: datetime) -> None:
    """Raises `Unauthenticated` unless one of the signatures was made with one of ``secrets``, at about ``now``."""
    if not _ID.fullmatch(message.id):
        raise Unauthenticated("The header webhook-id is missing, too long, or contains a full stop or a space.")
    if not _SECONDS.fullmatch(message.timestamp):
        raise Unauthenticated("The header webhook-timestamp is not a number of seconds since 1970.")
    if not message.signature or len(message.signature) > MAX_SIGNATURE_HEADER:
        raise Unauthenticated("The header webhook-signature is missing, or too long.")
    expected = [_mac(secret, message) for secret in secrets]
    given = list(_signatures(message.signature))
    # Each is compared with each, whatever was found before, in a time that tells nothing of how near one came.
    matches = [hmac.compare_digest(one, other) for one in expected for other in given]
    if not any(matches):
        raise Unauthenticated(
            "No signature in the header webhook-signature matches this message and the webhook's secret."
        )
    # After the signature, so that only who knows the secret learns what our clock says.
    if abs(int(message.timestamp) - now.timestamp()) > TOLERANCE.total_seconds():
        raise Unauthenticated("The webhook-timestamp differs from the current time by more than 5 minutes.")


def sign(message_id: str, timestamp: int, body: bytes, secret: bytes) -> str:
    """A signature as it stands in the header webhook-signature."""
    return f"v1,{_mac(secret, Message(message_id, str(timestamp), '', body)).decode()}"


def write_secret(secret: bytes) -> str:
    """``secret`` as it is shown to people."""
    return PREFIX + base64.b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """The inverse of `write_secret`. Raises `Malformed`."""
    try:
        return base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise Malformed("This is not a webhook secret (whsec_ followed by base64).") from error


def _mac(secret: bytes, message: Message) -> bytes:
    signed = f"{message.id}.{message.timestamp}.".encode() + message.body
    return base64.b64encode(hmac.digest(secret, signed, hashlib.sha256))


def _signatures(header: str) -> Iterator[bytes]:
    """The signatures by a shared secret, as they are written: base64 that decodes to the same bytes is no other
    spelling of one. `v1a` is for public keys, which a hook has none of."""
    for item in header.split(" "):
        version, _, signature = item.partition(",")
        if version == "v1":
            yield signature.encode()
