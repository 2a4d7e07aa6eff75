"""`Idempotency-Key`: a request that is retried, or sent twice in parallel, creates one credential.

The key is claimed before anything is issued, with the hash of the request and the id of the future credential. A
request with the same key gets the same id, and `issue.issue` returns the same credential for the same id, whether the
first attempt had not started, failed half-way, is still running or was done. So no response has to be stored, and no
intermediate state can be left behind.

The key is used up once the credential exists. Until then, another request, such as a corrected one, may take over the
key. It takes over the id as well, so that one key never creates two credentials.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from chalicelib import idempotency_key
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.ports import Claim, Claims
from chalicelib.credential.record import CredentialStatus, Record, State
from chalicelib.errors import NotFound

RETENTION = timedelta(hours=48)
"""How long a key is bound to its request. After that it counts as a new key."""
MAX_ATTEMPTS = 4
"""Maximum attempts to take over a key, each lost to a concurrent request with the same key."""


def claim(issuer_context: IssuerContext, claims: Claims, issuer_id: str, key: str, request: bytes) -> str:
    """Claim ``key`` and return the id of the credential that ``request`` creates: the same for the same issuer and key.

    ``request`` is everything that determines the credential, in a canonical form. Raises `Refused`
    (`idempotency_key_reused` when another request created a credential with the key, `bad_idempotency_key` when it is
    invalid) and `Unavailable`.
    """
    idempotency_key.checked(key)
    now = issuer_context.now()
    digest = hashlib.sha256(request).digest()
    stored = claims.claim(Claim(issuer_id, key, digest, issuer_context.public_id(), now + RETENTION), now)
    for _ in range(MAX_ATTEMPTS):
        if stored.request == digest or _is_used(issuer_context, stored):
            break
        stored = claims.take_over(
            stored, replace(stored, request=digest, expires=now + RETENTION, version=stored.version + 1)
        )
    if stored.request != digest:
        raise idempotency_key.reused()
    return stored.credential_id


def _is_used(issuer_context: IssuerContext, stored: Claim) -> bool:
    try:
        issuer_context.issuer_store.record(stored.credential_id)
    except NotFound:
        return False
    return True


def as_issued(record: Record) -> Record:
    """``record`` as it was when issued, so that every response to the same request equals the first."""
    first = CredentialStatus(State.ACTIVE, record.issued_at)
    return replace(record, status=first, version=1, superseded_by=None, corrected=False)
