"""`Idempotency-Key`: a request that comes again, after a lost answer or beside itself, makes one credential.

Before anything is issued the key is claimed, with the hash of the request and the id that its credential will have.
Who comes with the same key gets that id, and `issue.issue` gives the same credential for the same id: whether the first
try had not begun, had died half-way, is still at it or was done. So there is no answer to be stored, and no state in
between that could stay behind.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.ports import Claim, Claims
from chalicelib.credential.record import Record, Standing, State
from chalicelib.errors import Refused

KEPT = timedelta(hours=48)
"""How long a key stands for its request. After that the same key is a new one."""
MAX_KEY = 255
"""Characters of a key: what Stripe takes, whose clients are the most common."""


def claim(issuer_context: IssuerContext, claims: Claims, issuer_id: str, key: str, request: bytes) -> str:
    """The id for the credential that ``request`` is to make: the same for the same key of the same issuer.

    ``request`` is everything that decides what is made, in one way of writing it. Raises `Refused` with code
    `idempotency_key_reused` when the key came with another request before, `bad_idempotency_key` when it is none, and
    `Unavailable`.
    """
    checked(key)
    now = issuer_context.now()
    digest = hashlib.sha256(request).digest()
    stands = claims.claim(Claim(issuer_id, key, digest, issuer_context.public_id(), now + KEPT), now)
    if stands.request != digest:
        raise reused()
    return stands.credential_id


def checked(key: str) -> str:
    """``key``, if it can be one. Raises `Refused` (`bad_idempotency_key`)."""
    if not 1 <= len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise Refused(
            f"An Idempotency-Key must have 1 to {MAX_KEY} printable ASCII characters.", code="bad_idempotency_key"
        )
    return key


def reused() -> Refused:
    """The refusal of a key that came with another request before."""
    return Refused(
        "This Idempotency-Key was used for another request. Use a new key for each request.",
        code="idempotency_key_reused",
    )


def as_issued(record: Record) -> Record:
    """``record`` as it was when it was issued: what the first answer to a request said, and so what every one says."""
    first = Standing(State.ACTIVE, record.issued_at)
    return replace(record, standing=first, version=1, superseded_by=None)
