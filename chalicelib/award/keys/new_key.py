"""Create the keys of an issuer, and count them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.award.issuer_context import IssuerContext
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.credential.multibase import encode_ed25519, encode_p256

OWN_KEY_WINDOW = timedelta(days=1)
"""An issuer gets at most one key in this time without an operator. Concurrent first issues, first issues that follow a
crash, and an owner who revokes again and again therefore create one key; until then the shared key signs."""
KEYS_PER_DOMAIN = 5
"""Daily key limit of all issuers that have verified one registered domain. Any number of issuers can verify a domain,
and it must not use up the deployment's budget for others."""
UNLIMITED = 1_000_000_000
"""No limit for operators; their keys are only counted."""


def use_shared_key(issuer_context: IssuerContext, now: datetime) -> SigningKey:
    """The deployment's shared key, in use by an issuer from ``now``. Raises `Unavailable`."""
    handle = issuer_context.key_policy.shared_handle
    return _signing_key(handle, issuer_context.signer.public(handle), now, shared=True)


def create_own_key(issuer_context: IssuerContext, issuer_id: str, now: datetime) -> SigningKey:
    """A new key of the issuer's own, for an operator: counted, but not limited. Raises `Unavailable`."""
    _count_unlimited(issuer_context, now)
    return _created(issuer_context, issuer_id, now)


def only_ed25519(issuer_context: IssuerContext, issuer_id: str, now: datetime) -> SigningKey:
    """`create_own_key` for a did:key issuer, whose identifier is this one key."""
    _count_unlimited(issuer_context, now)
    new = issuer_context.signer.create(issuer_id)
    return _signing_key(new.handle, new.public, now)


def create_own_key_within_budget(issuer_context: IssuerContext, issuer: Issuer, now: datetime) -> SigningKey | None:
    """A new key of the issuer's own; None if this process, the issuer or the deployment may not create one now.

    The narrower limits are counted first, so that an issuer that retries does not use up the deployment's. Raises
    `Unavailable`.
    """
    if not issuer_context.key_policy.may_create:
        return None
    window = int(now.timestamp() // OWN_KEY_WINDOW.total_seconds())
    domain = issuer.vouching_domain(now)
    counters, most = issuer_context.counters, issuer_context.key_policy.new_keys_per_day
    allowed = (
        counters.add(f"own-key-{window}-{issuer.id}", 1, 1, _expiry(now))
        and (
            domain is None
            or counters.add(f"domain-keys-{window}-{issuer.quota_owner_id(now)}", 1, KEYS_PER_DOMAIN, _expiry(now))
        )
        and counters.add(_day_counter(now), 1, most, _expiry(now))
    )
    return _created(issuer_context, issuer.id, now) if allowed else None


def created_today(issuer_context: IssuerContext) -> int:
    """The number of keys created today in the deployment. Raises `Unavailable`."""
    return issuer_context.counters.value(_day_counter(issuer_context.now()))


def _created(issuer_context: IssuerContext, issuer_id: str, now: datetime) -> SigningKey:
    # P-256 first: a new key cannot sign at once, and only the Ed25519 key is tried before the pair is used.
    p256, new = issuer_context.signer.create_p256(issuer_id), issuer_context.signer.create(issuer_id)
    ed25519 = _signing_key(new.handle, new.public, now)
    return replace(ed25519, p256=encode_p256(p256.public), p256_handle=p256.handle)


def _count_unlimited(issuer_context: IssuerContext, now: datetime) -> None:
    issuer_context.counters.add(_day_counter(now), 1, UNLIMITED, _expiry(now))


def _signing_key(handle: str, public: bytes, now: datetime, *, shared: bool = False) -> SigningKey:
    multibase = encode_ed25519(public)
    # The fragment is the key itself: unique without a counter, and the only fragment that did:key allows.
    return SigningKey(fragment=multibase, multibase=multibase, handle=handle, created=now, shared=shared)


def _day_counter(now: datetime) -> str:
    return f"new-keys-{now.astimezone(UTC).date().isoformat()}"


def _expiry(now: datetime) -> datetime:
    """After the end of the longest window, with room for clocks that differ."""
    return now + timedelta(days=2)
