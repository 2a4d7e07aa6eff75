"""Check 7 of tokens whose claim `status` refers to a list (Token Status List, draft-ietf-oauth-status-list-21, 8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.credential.record import Purpose
from chalicelib.errors import Malformed, Unavailable
from chalicelib.language.phrase import phrase
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.work import UNPACKED
from chalicelib.verify.checks import proof, signer
from chalicelib.verify.formats import cose
from chalicelib.verify.formats.jws_json import SignedTokens
from chalicelib.verify.formats.sd_jwt import SdJwt
from chalicelib.verify.formats.vc_jwt import Token
from chalicelib.verify.jose import token_status_list
from chalicelib.verify.jose.token_status_list import Reference, StatusListToken
from chalicelib.verify.options import DEFAULT_OPTIONS
from chalicelib.verify.ports import Fetched
from chalicelib.verify.report import Evidence
from chalicelib.verify.secured import SecuredDocument
from chalicelib.verify.verification_context import CheckNotPassed, CheckUnknown, VerificationContext, unreadable

_VALID = 0
_PURPOSES: Mapping[int, Purpose] = {1: Purpose.REVOCATION, 2: Purpose.SUSPENSION}
"""Registered values of a status that are not `VALID` (7.1)."""
_UNPROVEN = "status_list_unproven"


class TokenList(NamedTuple):
    """A list whose signature, issuer and validity were verified."""

    statuses: bytes
    size: int
    evidence: Evidence


def references(securing: SecuredDocument | None) -> list[Reference | CheckNotPassed]:
    """Return what the claim `status` refers to; the reason for each part of it that Laurel cannot follow."""
    found: list[Reference | CheckNotPassed] = []
    for claim in _claims(securing):
        try:
            for name, value in token_status_list.mechanisms(claim).items():
                found.append(token_status_list.reference(name, value) or _unknown_mechanism(name))
        except Malformed as error:
            found.append(CheckUnknown(error.code, error.detail))
    return found


def read_list(url: str, verification: VerificationContext) -> TokenList:
    """Fetch and verify the list at ``url`` for the credential in ``verification``.

    Raises `CheckUnknown` for any problem with the list: an untrusted list proves nothing either way.
    """
    fetched, listed = _current(url, verification)
    evidence = (fetched.evidence(),)
    if listed.url != url:
        raise CheckUnknown("status_list_other_id", "The status list belongs to a different URL.", evidence)
    if listed.issuer not in (None, verification.issuer):
        raise CheckUnknown("status_list_other_issuer", "Its status list was issued by someone else.", evidence)
    _verify(fetched, listed, verification)
    try:
        statuses = token_status_list.unpack(listed.packed)
        verification.resolver.work.spend(len(statuses) // UNPACKED)
    except (Malformed, CanonicalError) as error:
        raise CheckUnknown(error.code, error.detail, evidence) from error
    return TokenList(statuses, listed.size, evidence[0])


def purpose_of(reference: Reference, status_list: TokenList) -> Purpose | None:
    """Return why the token is not valid, None if it is. Raises `CheckUnknown`, including for a value without a
    meaning."""
    evidence = (status_list.evidence,)
    try:
        value = token_status_list.status(status_list.statuses, reference.entry, status_list.size)
    except Malformed as error:
        raise CheckUnknown(error.code, error.detail, evidence) from error
    if value != _VALID and value not in _PURPOSES:
        message = phrase("Its status has the value {value}, which Laurel cannot interpret.", value=value)
        raise CheckUnknown("status_value_unknown", message, evidence)
    return _PURPOSES.get(value)


def _claims(securing: SecuredDocument | None) -> tuple[object, ...]:
    if isinstance(securing, SignedTokens):
        return securing.tokens[0].status  # all of them sign the same payload
    token = securing.token if isinstance(securing, SdJwt) else securing
    return token.status if isinstance(token, Token) else ()


def _unknown_mechanism(name: str) -> CheckUnknown:
    message = phrase("Laurel does not support the status type {type} yet.", type=repr(name[:64]))
    return CheckUnknown("status_type_unknown", message)


def _current(url: str, verification: VerificationContext) -> tuple[Fetched, StatusListToken]:
    """Return the list, read again if its issuer no longer allows this copy to be used (`exp`, `ttl`)."""
    fetched, listed = _fetched(url, verification)
    if fetched.cached and _is_outdated(fetched, listed, verification.now):
        return _fetched(url, verification, again=True)
    return fetched, listed


def _is_outdated(fetched: Fetched, listed: StatusListToken, now: datetime) -> bool:
    if listed.expires is not None and listed.expires <= now:
        return True
    return listed.lifetime is not None and fetched.at + listed.lifetime < now


def _fetched(url: str, verification: VerificationContext, *, again: bool = False) -> tuple[Fetched, StatusListToken]:
    status_lists = verification.resolver.status_lists
    try:
        fetched = status_lists.fetch_again(url) if again else status_lists.fetch(url)
    except Unavailable as error:
        raise unreadable("status_list_unavailable", phrase("Its status list could not be read"), error) from error
    if cose.recognises(fetched.body.lstrip()):
        message = "Its status list is a CBOR token, which Laurel does not support yet."
        raise CheckUnknown("status_list_cose", message, (fetched.evidence(),))
    try:
        return fetched, token_status_list.read(fetched.body)
    except Malformed as error:
        if error.code == "token_type_other":
            message = "Its status does not point to a status list."
            raise CheckUnknown("status_list_wrong_type", message, (fetched.evidence(),)) from error
        raise _untrusted(error.detail, fetched) from error


def _verify(fetched: Fetched, listed: StatusListToken, verification: VerificationContext) -> None:
    """Require a signature by a key that the credential's issuer uses for assertions. Raises `CheckUnknown`."""
    token = Token(listed.jws, {}, listed.issued, listed.starts, listed.expires, listed.has_audience)
    inner = VerificationContext(fetched.body, verification.resolver, verification.now, DEFAULT_OPTIONS)
    inner.securing, inner.issuer = token, verification.issuer
    try:
        inner.secured_proofs, inner.signed = token.secured_proofs(), (listed.jws.signing_input,)
        proof.check(inner)
        signer.check(inner)
    except CheckNotPassed as error:
        raise _untrusted(error.detail, fetched, temporary=error.temporary) from error
    except Malformed as error:
        raise _untrusted(error.detail, fetched) from error


def _untrusted(detail: str, fetched: Fetched, *, temporary: bool = False) -> CheckUnknown:
    message = phrase("Its status list cannot be trusted: {detail}", detail=phrase(detail))
    return CheckUnknown(_UNPROVEN, message, (fetched.evidence(),), temporary=temporary)
