"""Replace the key that an issuer signs with. What the old key signed stays valid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.award.issuer_context import MAX_ATTEMPTS, IssuerContext
from chalicelib.award.issuing import status_lists
from chalicelib.award.keys import new_key
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.errors import Conflict, Refused

IN_FLIGHT = timedelta(minutes=1)
"""How long a retired key stays valid: a request that read the issuer just before the rotation may still sign with it,
on a machine whose clock is slightly ahead. Longer than the request timeout (29 s at API Gateway)."""


def rotate_key(issuer_context: IssuerContext, issuer_id: str) -> Issuer:
    """Rotate the issuer's key, as an operator: create a new key and retire the old one, whose signatures stay valid.

    The two status lists that take new entries are signed again. An older list keeps its signature, made while its key
    was valid, until its next change. Raises `Refused` (`did_key_has_one_key`) for a did:key issuer, `Conflict` when
    concurrent changes to the issuer or its lists keep winning.
    """
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    check_can_rotate(issuer)
    fresh = new_key.create_own_key(issuer_context, issuer_id, issuer_context.now())
    return sign_with(issuer_context, issuer, fresh, lambda _issuer: True)


def check_can_rotate(issuer: Issuer) -> None:
    """Raise `Refused` (`did_key_has_one_key`) for a did:key issuer."""
    if issuer.did.startswith("did:key:"):
        raise Refused(
            f"{issuer.name} is identified by its key (did:key), so a new key would mean a new issuer. "
            "Create a new issuer instead.",
            code="did_key_has_one_key",
        )


def sign_with(
    issuer_context: IssuerContext, issuer: Issuer, fresh: SigningKey, is_wanted: Callable[[Issuer], bool]
) -> Issuer:
    """Make ``fresh`` the signing key and sign the two current status lists with it, in one transaction.

    Returns the stored issuer; unchanged when ``is_wanted`` is no longer true of it. Raises `Conflict` (`busy`).
    """
    for _ in range(MAX_ATTEMPTS):
        if not is_wanted(issuer):
            return issuer
        now = issuer_context.now()
        next_key = issuer.next_key if fresh.shared else None
        rotated = replace(issuer, keys=_keys(issuer.keys, fresh, now), next_key=next_key, version=issuer.version + 1)
        lists = [
            issuer_context.issuer_store.status_list(name) for name in (issuer.revocation_list, issuer.suspension_list)
        ]
        resigned = [status_lists.next_version(issuer_context, rotated, each, each.bits, now) for each in lists]
        try:
            issuer_context.issuer_store.replace_issuer(rotated, resigned)
        except Conflict:
            issuer = issuer_context.issuer_store.issuer(issuer.id)
        else:
            return rotated
    raise concurrent_change_error(issuer)


def concurrent_change_error(issuer: Issuer) -> Conflict:
    """The error for an issuer whose concurrent changes keep winning."""
    return Conflict(f"Someone else is changing {issuer.name}. Try again.", code="busy")


def _keys(keys: tuple[SigningKey, ...], fresh: SigningKey, now: datetime) -> tuple[SigningKey, ...]:
    """``keys`` with ``fresh`` as the last one, and all others retired. A key that the issuer signed with before, such
    as the shared key, is reused instead of being listed twice."""
    known = next((key for key in keys if key.fragment == fresh.fragment), None)
    active = replace(fresh, created=now) if known is None else replace(known, retired=None)
    return (*_retire(tuple(key for key in keys if key is not known), now), active)


def _retire(keys: tuple[SigningKey, ...], now: datetime) -> tuple[SigningKey, ...]:
    return tuple(key if key.retired or key.revoked else replace(key, retired=now + IN_FLIGHT) for key in keys)
