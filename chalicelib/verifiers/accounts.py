"""Accounts of verifiers: create and delete them, manage their API keys, and authenticate a key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.access import api_keys, secrets
from chalicelib.analytics import ulid
from chalicelib.errors import Conflict, NotFound, Refused, Unavailable
from chalicelib.verifiers import key_text
from chalicelib.verifiers.ports import GrantStore, VerifierStore
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.verifier import ApiKey, KeyGrant, Verifier, rotated, with_key, without_key

MAX_ATTEMPTS = 8
"""Attempts per change. Each failed attempt means that another request changed the account first."""


@dataclass(frozen=True, slots=True)
class VerifierContext:
    """The dependencies of this module."""

    store: VerifierStore
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]

    def now(self) -> datetime:
        """The current time in UTC, in whole seconds."""
        return self.clock().astimezone(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class NewKey:
    """An API key that was just created; ``text`` cannot be retrieved later."""

    key: ApiKey
    text: str


def create(context: VerifierContext, email: str, name: str) -> Verifier:
    """Create a verifier that belongs to the person with this ``email``. Raises `Refused` (`bad_name`,
    `too_many_verifiers`)."""
    now = context.now()
    verifier_id = ulid.ulid(now, context.entropy(ulid.ENTROPY_BYTES))
    return context.store.create(Verifier(verifier_id, api_keys.checked_name(name), email, now))


def of_owner(context: VerifierContext, email: str) -> Sequence[Verifier]:
    """The verifiers of a person, oldest first."""
    return context.store.of_owner(email)


def owned(context: VerifierContext, email: str, verifier_id: str) -> Verifier:
    """The verifier with this id. Raises `NotFound`, also if it belongs to someone else."""
    found = context.store.verifier(verifier_id)
    if found.email != email:
        raise NotFound("no such verifier")
    return found


def new_key_id(context: VerifierContext) -> str:
    """Generate the id of a new key."""
    return api_keys.new_id(context.entropy)


def create_key(
    context: VerifierContext, verifier: Verifier, name: str, scopes: Collection[Scope], key_id: str | None = None
) -> NewKey:
    """Create an API key of a verifier.

    A caller that may retry passes a ``key_id``, so that a retry cannot create a second key. Raises `Refused`
    (`bad_name`, `bad_id`, `bad_scope`, `too_many_tokens`), `Conflict` when the id is taken, `NotFound`.
    """
    if not scopes:
        raise Refused("Choose what the API key may do.", code="bad_scope")
    if key_id is not None:
        api_keys.check_id(key_id)
    made = _new_key(context, api_keys.checked_name(name), frozenset(scopes), key_id)
    _change(context, verifier.id, lambda one: with_key(one, made.key, context.now()))
    return made


def rotate_key(context: VerifierContext, verifier_id: str, key_id: str) -> NewKey:
    """Create a key with the same name and scopes, and let the old one work for `OVERLAP` more.

    Raises `NotFound`, `Conflict` when it has already been rotated, `Refused` (`too_many_tokens`).
    """
    before = context.store.verifier(verifier_id).key(key_id)
    made = _new_key(context, before.name, before.scopes)
    _change(context, verifier_id, lambda one: rotated(one, key_id, made.key, context.now()))
    return made


def revoke_key(context: VerifierContext, verifier_id: str, key_id: str) -> None:
    """Revoke a key, with immediate effect. Raises `NotFound`."""
    _change(context, verifier_id, lambda one: without_key(one, key_id))


def delete(context: VerifierContext, email: str, verifier_id: str) -> None:
    """Delete a verifier with its API keys, with immediate effect. Raises `NotFound`, also if it belongs to someone
    else."""
    for _ in range(MAX_ATTEMPTS):
        try:
            context.store.delete(owned(context, email, verifier_id))
        except Conflict:
            continue
        return
    raise _busy()


def authenticate(store: GrantStore, text: str, now: datetime) -> KeyGrant:
    """What the key with this ``text`` permits. Raises `Unauthenticated`, the same for every kind of invalid key;
    `Unavailable`."""
    digest = key_text.digest(text)
    grant = None if digest is None else store.grant(digest)
    if grant is None or (grant.ends is not None and now >= grant.ends):
        raise api_keys.not_a_verifiers(text)
    return grant


def _new_key(context: VerifierContext, name: str, scopes: frozenset[Scope], key_id: str | None = None) -> NewKey:
    key_id = key_id or new_key_id(context)
    text = key_text.compose(key_id, secrets.new_secret(context.entropy))
    return NewKey(ApiKey(key_id, name, scopes, secrets.digest(text), context.now()), text)


def _change(context: VerifierContext, verifier_id: str, step: Callable[[Verifier], Verifier]) -> None:
    """Apply ``step`` to the stored account. Raises what it raises."""
    for _ in range(MAX_ATTEMPTS):
        before = context.store.verifier(verifier_id)
        after = step(before)
        try:
            context.store.save(before, replace(after, version=before.version))
        except Conflict:
            continue
        return
    raise _busy()


def _busy() -> Unavailable:
    return Unavailable("This account is being changed too often. Try again.", code="storage_busy")
