"""Give an issuer a key of its own: at the first issue after a domain or an operator has vouched for it.

A key costs money for as long as it exists, and anyone can create an issuer. Until then it signs with the shared key.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.keys import new_key, rotation
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import Conflict, Unavailable


def ensure(issuer_context: IssuerContext, issuer: Issuer) -> Issuer:
    """Return ``issuer``, about to issue, with a key of its own if it may have one; else as it is.

    Never fails: without a new key the shared key signs. A new key is stored before it is used: the key service may
    refuse to sign with it for five minutes, until it sees the key's tags, and a later issue then takes it up.
    """
    if not _signs_with_shared_key(issuer):
        return issuer
    try:
        if issuer.closed is not None:
            issuer = _opened(issuer_context, issuer)
        if (replaced := _with_current_shared_key(issuer_context, issuer)) is not None:
            issuer = replaced
        if not issuer.identified(issuer_context.now()):
            return issuer
        issuer = with_next_key(issuer_context, issuer)
        if issuer.next_key is None:
            return issuer
        return rotation.sign_with(issuer_context, issuer, issuer.next_key, _signs_with_shared_key)
    except (Conflict, Unavailable):
        return issuer


def use_current_shared_key(issuer_context: IssuerContext, issuer_id: str) -> None:
    """Replace a shared key that an operator has replaced, before the issuer signs a status list: it may no longer sign.

    Never fails; raises `NotFound` if there is no such issuer.
    """
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    if _signs_with_shared_key(issuer):
        with suppress(Conflict, Unavailable):
            _with_current_shared_key(issuer_context, issuer)


def _signs_with_shared_key(issuer: Issuer) -> bool:
    return bool(issuer.keys) and issuer.keys[-1].shared


def with_next_key(issuer_context: IssuerContext, issuer: Issuer) -> Issuer:
    """The issuer with a stored key of its own to sign with next, if it may have one. Raises `Conflict`, and the key
    is then unused in the key service, where `cleanup` finds it."""
    if issuer.next_key is not None:
        return issuer
    fresh = new_key.create_own_key_within_budget(issuer_context, issuer, issuer_context.now())
    if fresh is None:
        return issuer
    kept = replace(issuer, next_key=fresh, version=issuer.version + 1)
    issuer_context.issuer_store.replace_issuer(kept)
    return kept


def _with_current_shared_key(issuer_context: IssuerContext, issuer: Issuer) -> Issuer | None:
    """The issuer with the deployment's current shared key, if an operator has replaced the one it signs with."""
    handle = issuer_context.key_policy.shared_handle
    if issuer.keys[-1].handle == handle:
        return None
    fresh = new_key.use_shared_key(issuer_context, issuer_context.now())
    return rotation.sign_with(
        issuer_context, issuer, fresh, lambda found: _signs_with_shared_key(found) and found.keys[-1].handle != handle
    )


def _opened(issuer_context: IssuerContext, issuer: Issuer) -> Issuer:
    opened = replace(issuer, closed=None, version=issuer.version + 1)
    issuer_context.issuer_store.replace_issuer(opened)
    return opened
