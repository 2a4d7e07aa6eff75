"""Revoke a signing key that others may have used since a given time.

Credentials that Laurel stored before that time stay valid: the signature of each is in Laurel's own table, with the
storage time, and cannot be backdated. Everything else that the key signed is refused (check 5, `key_revoked`). Other
verifiers see only the DID document, where the key is no longer listed for assertions, and refuse all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.award.issuer_context import MAX_ATTEMPTS, IssuerContext
from chalicelib.award.issuing import status_lists
from chalicelib.award.issuing.search import Place
from chalicelib.award.keys import new_key, own_key, rotation
from chalicelib.credential import dates
from chalicelib.credential.issuer import Issuer, SigningKey
from chalicelib.credential.record import StatusList
from chalicelib.errors import Conflict, NotFound, Refused, Unavailable

PAGE = 1_000
"""Rows of the issuer's list per read, about half a megabyte."""


@dataclass(frozen=True, slots=True)
class Impact:
    """The effect of revoking a key on the credentials that it signed."""

    key: SigningKey
    since: datetime
    invalid: int
    """Credentials stored at or after ``since``: they become invalid."""
    kept: int
    """Earlier ones: they stay valid here."""


def impact(issuer_context: IssuerContext, issuer_id: str, key_id: str, since: datetime) -> Impact:
    """The effect of `revoke`. Credentials are attributed by the time in the issuer's list, so those issued within
    seconds of a rotation may be attributed to the other key. Raises as `revoke` does."""
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    key = _revocable(issuer_context, issuer, key_id, since)
    invalid = kept = 0
    for at in _issue_times(issuer_context, issuer_id, key.created):
        if _signed_by(key, issuer.keys, at):
            invalid, kept = invalid + (at >= since), kept + (at < since)
    return Impact(key, since, invalid, kept)


def revoke(
    issuer_context: IssuerContext, issuer_id: str, key_id: str, since: datetime, *, by_operator: bool = False
) -> Issuer:
    """Revoke the key ``key_id``, its fragment or full id, which others could sign with since ``since``.

    The P-256 key beside it is revoked with it, whichever of the two ``key_id`` names.

    If it is the signing key, it is replaced first: by a new key, or by the shared key when the issuer or the deployment
    may not create one now; an operator always gets a new one. A former shared key is replaced by the current one, so
    that revoking it for every issuer creates no keys for those that issue nothing (`own_key`). Then every status list
    that it signed is signed again, and only then is it revoked, so that no credential loses its status in between.
    Repeating it is safe and completes what a crash left undone.

    Raises `NotFound` for the issuer or key; `Refused` (`did_key_has_one_key`; `bad_moment` for a time in the future, or
    later than an earlier revocation of the key; `shared_key_in_use` for the deployment's current shared key);
    `Conflict` (`busy`).
    """
    issuer = issuer_context.issuer_store.issuer(issuer_id)
    key = _revocable(issuer_context, issuer, key_id, since)
    issuer = _with_another_key(issuer_context, issuer, key, by_operator)
    _sign_lists_again(issuer_context, issuer, key)
    issuer = _marked(issuer_context, issuer, key, since)
    # Requests in flight may have signed a list with it in the meantime.
    _sign_lists_again(issuer_context, issuer, key)
    return issuer_context.issuer_store.issuer(issuer_id)


def _revocable(issuer_context: IssuerContext, issuer: Issuer, key_id: str, since: datetime) -> SigningKey:
    rotation.check_can_rotate(issuer)
    fragment = key_id.removeprefix(f"{issuer.did}#")
    key = next((key for key in issuer.keys if fragment in (key.fragment, key.p256)), None)
    if key is None:
        raise NotFound("This issuer does not have this key.")
    if since > issuer_context.now():
        raise Refused("The time of compromise cannot be in the future.", code="bad_moment")
    if key.revoked is not None and since > key.revoked:
        detail = (
            f"This key has been revoked since {dates.write(key.revoked)}. You can only change this to an earlier time."
        )
        raise Refused(detail, code="bad_moment")
    if key.shared and key.handle == issuer_context.key_policy.shared_handle:
        raise Refused(
            "This key is shared by all issuers without a key of their own. The operator must first replace it in this "
            "deployment.",
            code="shared_key_in_use",
        )
    return key


def _with_another_key(issuer_context: IssuerContext, issuer: Issuer, key: SigningKey, by_operator: bool) -> Issuer:
    """The issuer, with another signing key if it signs with ``key``."""

    def signs_with_it(found: Issuer) -> bool:
        return found.keys[-1].fragment == key.fragment

    if not signs_with_it(issuer):
        return issuer
    now = issuer_context.now()
    if key.shared:
        return rotation.sign_with(issuer_context, issuer, new_key.use_shared_key(issuer_context, now), signs_with_it)
    if by_operator:
        return rotation.sign_with(
            issuer_context, issuer, new_key.create_own_key(issuer_context, issuer.id, now), signs_with_it
        )
    if issuer.identified(now):
        issuer = own_key.with_next_key(issuer_context, issuer)
        if issuer.next_key is not None:
            with suppress(Unavailable):  # a new key cannot sign at once (`own_key.ensure`)
                return rotation.sign_with(issuer_context, issuer, issuer.next_key, signs_with_it)
    return rotation.sign_with(issuer_context, issuer, new_key.use_shared_key(issuer_context, now), signs_with_it)


def _sign_lists_again(issuer_context: IssuerContext, issuer: Issuer, key: SigningKey) -> None:
    """Sign every status list again that ``key`` signed."""
    for listed in list(issuer_context.issuer_store.status_lists(issuer.id)):
        _sign_list_again(issuer_context, issuer, key, listed.id)


def _sign_list_again(issuer_context: IssuerContext, issuer: Issuer, key: SigningKey, list_id: str) -> None:
    for _ in range(MAX_ATTEMPTS):
        issuer = issuer_context.issuer_store.issuer(issuer.id)
        before = issuer_context.issuer_store.status_list(list_id)
        if not _is_signed_by(issuer, key, before):
            return
        after = status_lists.next_version(issuer_context, issuer, before, before.bits, issuer_context.now())
        try:
            issuer_context.issuer_store.replace_issuer(replace(issuer, version=issuer.version + 1), [after])
        except Conflict:
            continue
        return
    raise rotation.concurrent_change_error(issuer)


def _is_signed_by(issuer: Issuer, key: SigningKey, listed: StatusList) -> bool:
    proof = json.loads(listed.document).get("proof")
    return isinstance(proof, dict) and proof.get("verificationMethod") == issuer.method_id(key)


def _marked(issuer_context: IssuerContext, issuer: Issuer, key: SigningKey, since: datetime) -> Issuer:
    for _ in range(MAX_ATTEMPTS):
        keys = tuple(replace(each, revoked=since) if each.fragment == key.fragment else each for each in issuer.keys)
        if keys == issuer.keys:
            return issuer
        marked = replace(issuer, keys=keys, version=issuer.version + 1)
        try:
            issuer_context.issuer_store.replace_issuer(marked)
        except Conflict:
            issuer = issuer_context.issuer_store.issuer(issuer.id)
        else:
            return marked
    raise rotation.concurrent_change_error(issuer)


def _issue_times(issuer_context: IssuerContext, issuer_id: str, since: datetime) -> Iterator[datetime]:
    """When the issuer's credentials were stored, newest first, back to ``since``."""
    after: Place | None = None
    while rows := issuer_context.issuer_store.rows(issuer_id, after, PAGE):
        for row in rows:
            if row.issued_at < since:
                return
            yield row.issued_at
        after = rows[-1].place


def _signed_by(key: SigningKey, keys: tuple[SigningKey, ...], at: datetime) -> bool:
    """Whether ``key`` signed what was stored at ``at``. The shared key can be in use before and after another one."""
    return _in_use(key, at) and (not key.shared or not any(_in_use(each, at) for each in keys if not each.shared))


def _in_use(key: SigningKey, at: datetime) -> bool:
    return key.created <= at and (key.retired is None or at < key.retired - rotation.IN_FLIGHT)
