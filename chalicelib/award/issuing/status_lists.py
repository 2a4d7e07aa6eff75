"""Status lists of an issuer, created in pairs and re-signed on every change (Bitstring Status List v1.0)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing.signing import with_proof
from chalicelib.credential import build
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Purpose, StatusList
from chalicelib.verify import bitstring

LENGTH = bitstring.MIN_BITS
"""Entries of a list: the minimum in the specification (6.1) and a power of two, so that 17 random bits give an unbiased
index."""
TTL = 300_000
"""Milliseconds that a verifier may cache a list (2.2), and so the longest delay until a revocation is seen."""


def open_pair(
    issuer_context: IssuerContext, issuer: Issuer, created: datetime
) -> tuple[Issuer, tuple[StatusList, StatusList]]:
    """Create two empty lists for the next entries; return the updated issuer and the lists. Stores nothing."""
    issuer = replace(issuer, revocation_list=issuer_context.public_id(), suspension_list=issuer_context.public_id())
    empty = bytes(LENGTH // 8)
    return issuer, (
        signed(issuer_context, issuer, issuer.revocation_list, Purpose.REVOCATION, empty, created=created),
        signed(issuer_context, issuer, issuer.suspension_list, Purpose.SUSPENSION, empty, created=created),
    )


def next_version(
    issuer_context: IssuerContext, issuer: Issuer, before: StatusList, bits: bytes, created: datetime
) -> StatusList:
    """The version after ``before``, with ``bits``, signed with the issuer's current key."""
    after = signed(issuer_context, issuer, before.id, before.purpose, bits, created=created)
    return replace(after, version=before.version + 1)


def signed(
    issuer_context: IssuerContext, issuer: Issuer, list_id: str, purpose: Purpose, bits: bytes, *, created: datetime
) -> StatusList:
    """The first version of a list with ``bits``. Raises as `with_proof` does."""
    document = build.status_list_credential(
        base_url=issuer_context.base_url,
        list_id=list_id,
        purpose=purpose,
        issuer=issuer,
        encoded=bitstring.encode(bits),
        valid_from=created,
        ttl=TTL,
    )
    content = with_proof(issuer_context.signer, issuer, document, created=created)
    return StatusList(list_id, issuer.id, purpose, bits, content)
