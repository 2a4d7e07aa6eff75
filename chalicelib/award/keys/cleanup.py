"""Every night: close abandoned issuers, and schedule the deletion of unused keys.

Deleting a key never makes a signature invalid: verifying needs only the public key, which stays in the DID document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.keys import new_key, rotation
from chalicelib.credential.issuer import Issuer
from chalicelib.errors import Conflict, NotFound

ABANDONED_AFTER = timedelta(days=90)
"""An issuer that no operator registered and that has issued nothing for this long is closed. A course that plans its
first credentials takes a term at most, and a closed issuer opens again when it issues."""
ORPHAN_AFTER = timedelta(days=1)
"""A key that no issuer refers to is an orphan after this time; creating and storing one takes seconds."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A usable key in the key service that was created for an issuer of this deployment."""

    handle: str
    issuer_id: str
    created: datetime


class KeyRemover(Protocol):
    """Finds and deletes keys. Every method raises `Unavailable`."""

    def keys(self, known: frozenset[str]) -> Iterator[StoredKey]:
        """Usable keys of this deployment's issuers, except those with the handles ``known``."""

    def schedule_deletion(self, handle: str) -> None:
        """Delete a key after the longest possible waiting period; one that is already scheduled is left alone."""


@dataclass(frozen=True, slots=True)
class CleanupResult:
    """The result of a run."""

    closed: int
    """Issuers."""
    scheduled: int
    """Keys."""


def clean_up(issuer_context: IssuerContext, remover: KeyRemover) -> CleanupResult:
    """Close abandoned issuers; schedule the deletion of their keys, of orphans and of revoked keys. Safe to repeat.

    Raises `Unavailable`; completed steps are kept.
    """
    closed, known, released = 0, set[str](), list[str]()
    for issuer in issuer_context.issuer_store.issuers():
        if _is_abandoned(issuer_context, issuer):
            released += _close(issuer_context, remover, issuer)
            closed += 1
        known |= _needed(issuer)
    orphans = [key.handle for key in remover.keys(frozenset(known)) if _is_orphan(issuer_context, key)]
    for handle in orphans:
        remover.schedule_deletion(handle)
    return CleanupResult(closed, len(released) + len(orphans))


def _is_abandoned(issuer_context: IssuerContext, issuer: Issuer) -> bool:
    created = min(key.created for key in issuer.keys)
    return (
        issuer.closed is None
        and issuer.registered_as is None
        and created + ABANDONED_AFTER <= issuer_context.now()
        and not issuer.did.startswith("did:key:")  # closing it would destroy its identity
        and not issuer_context.issuer_store.rows(issuer.id, None, 1)
    )


def _close(issuer_context: IssuerContext, remover: KeyRemover, issuer: Issuer) -> list[str]:
    """Let ``issuer`` sign with the shared key, schedule the deletion of its own keys and mark it as closed; return
    their handles. An issuer that changes meanwhile is left for the next night."""
    own = [handle for key in issuer.keys if not key.shared for handle in key.handles]
    try:
        if own:
            shared = new_key.use_shared_key(issuer_context, issuer_context.now())
            issuer = rotation.sign_with(issuer_context, issuer, shared, lambda found: not found.keys[-1].shared)
            for handle in own:
                remover.schedule_deletion(handle)
        marked = replace(issuer, closed=issuer_context.now(), next_key=None, version=issuer.version + 1)
        issuer_context.issuer_store.replace_issuer(marked)
    except Conflict:
        pass
    return own


def _is_orphan(issuer_context: IssuerContext, key: StoredKey) -> bool:
    if key.created + ORPHAN_AFTER > issuer_context.now():
        return False
    try:
        # Read again: it may have been stored since the issuers were listed.
        issuer = issuer_context.issuer_store.issuer(key.issuer_id)
    except NotFound:
        return True
    return key.handle not in _needed(issuer)


def _needed(issuer: Issuer) -> set[str]:
    """The handles of the issuer's keys. A revoked key is not needed, and must not sign anything."""
    keys = issuer.keys if issuer.next_key is None else (*issuer.keys, issuer.next_key)
    return {handle for key in keys if key.revoked is None for handle in key.handles}
