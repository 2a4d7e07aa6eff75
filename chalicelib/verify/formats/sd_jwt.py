"""A credential in an SD-JWT (RFC 9901): SD-JWT VC, and VC-JOSE-COSE, 3.2. The holder chooses which claims to disclose.

A key binding is a second token, with which the holder shows its key to one verifier. Unless that verifier says what it
requested, it proves nothing about who submits the credential here. But one that does not match was not made by the
holder, or not for this credential, so it makes the whole invalid.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.verify.formats import contexts
from chalicelib.verify.formats.vc_jwt import Token, recognises_token, token_of
from chalicelib.verify.jose import claims, compact, dates, disclosures, sd_jwt_vc
from chalicelib.verify.keys import certificate
from chalicelib.verify.keys.key_entry import key_of_jwk
from chalicelib.verify.keys.public_key import Algorithm
from chalicelib.verify.members import as_object
from chalicelib.verify.ports import Controller, Controllers, Method
from chalicelib.verify.secured import Audience, SecuredDocument, SecuredProof, Statement, Unsupported

_KEY_BINDING = "kb+jwt"
HOLDER = "the key of the holder"
"""The controller of the key that a key binding is made with; never an issuer's id."""


def recognises(source: bytes) -> bool:
    """Whether ``source`` looks like a token that disclosures follow, separated by tildes, which base64url lacks."""
    return b"~" in source and recognises_token(source)


def read(source: bytes) -> tuple[Mapping[str, object], SdJwt]:
    """Return the credential with the claims that are disclosed, and how it is secured.

    Raises `Malformed` as `compact.parse`, `claims.read`, `disclosures.disclose` and `sd_jwt_vc.document_of` do;
    `key_binding_wrong`; `key_binding_unsupported`; `certificate_malformed`.
    """
    if len(source) > compact.MAX_SIZE:
        raise Malformed(
            f"The credential is {len(source):,} bytes. The limit is {compact.MAX_SIZE:,}.", code="too_large"
        )
    presented, _, binding = source.rpartition(b"~")
    token, *disclosed = presented.split(b"~")
    jws = compact.parse(token)
    claims.check_type(jws, claims.SD_JWT_TYPES)
    payload = strict_json.parse(jws.payload)
    credential = disclosures.disclose(payload, disclosed)
    is_vc = sd_jwt_vc.recognises(credential.payload)
    claimed = _with_issuer(credential.payload, jws) if is_vc else credential.payload
    parsed = (sd_jwt_vc if is_vc else claims).of_payload(claimed, jws.typ)
    secured = SdJwt(
        token_of(jws, parsed, "SD-JWT VC" if is_vc else "SD-JWT"),
        _key_binding(binding, presented + b"~", payload) if binding else None,
        is_json_ld=not is_vc,
        withheld=credential.withheld,
    )
    return parsed.document, secured


def _with_issuer(payload: dict[str, object], jws: compact.Jws) -> dict[str, object]:
    """Return the claims with the issuer that the certificate in the header names, if they name none (SD-JWT VC, 2.5).

    Raises `Malformed` (`certificate_malformed`).
    """
    if "iss" in payload or not jws.certificates:
        return payload
    return {**payload, "iss": certificate.read(jws.certificates[0]).urn}


class KeyBinding(NamedTuple):
    """The token with which the holder showed its key to some verifier."""

    jws: compact.Jws
    key: Mapping[str, object]
    created: datetime
    audience: Audience
    suite: str = "key binding"
    unsupported: Unsupported | None = None
    purpose: str = "authentication"
    starts: None = None
    expires: None = None

    @property
    def algorithm(self) -> Algorithm:
        """Always supported: tokens with any other algorithm do not parse."""
        return self.jws.algorithm

    @property
    def value(self) -> bytes:
        """The signature bytes."""
        return self.jws.signature

    def find_method(self, issuer: str, controllers: Controllers) -> tuple[Controller, Method]:  # noqa: ARG002 - port
        """The key that the issuer named as the holder's (`cnf`)."""
        method = Method(HOLDER, key_of_jwk(self.key), assertion=False)
        return Controller(HOLDER, (method,)), method


class SdJwt(NamedTuple):
    """The issuer's token, and the key binding, if there is one."""

    token: Token
    key_binding: KeyBinding | None
    is_json_ld: bool
    withheld: frozenset[str]
    """The members in which the holder may have withheld claims, as `disclosures.Disclosed` names them."""
    uncovered: tuple[str, ...] = ()
    """Always empty: each token signs its whole payload."""

    def may_withhold(self, name: str) -> bool:
        """Whether the holder may have withheld the member ``name`` of the credential, or a part of it.

        An SD-JWT VC has its dates and status in claims that cannot be withheld (`NEVER_SELECTIVE`).
        """
        return self.is_json_ld and (name if name in self.token.document else "") in self.withheld

    @property
    def suites(self) -> tuple[str, ...]:
        """The suite of the issuer's token."""
        return self.token.suites

    @property
    def nodes(self) -> Mapping[str, Mapping[str, object]]:
        """Always empty: the payload is signed as written."""
        return {}

    def secured_proofs(self) -> tuple[SecuredProof, ...]:
        """Return the issuer's token and the key binding. Raises `Malformed` (`audience_other`)."""
        issuers: tuple[SecuredProof, ...] = self.token.secured_proofs()
        return issuers if self.key_binding is None else (*issuers, self.key_binding)

    def signed_bytes(self) -> tuple[bytes, ...]:
        """Return what each token signs. Every disclosed member is signed, so only the contexts are checked."""
        if self.is_json_ld:
            # Searched as a whole: a context may be in a disclosure, which is not part of the payload.
            contexts.validate(self.token.document, b"", expected=-1)
        signed = (self.token.jws.signing_input,)
        return signed if self.key_binding is None else (*signed, self.key_binding.jws.signing_input)

    def statements(self) -> tuple[Statement, ...]:
        """Always empty: each token is signed as a whole."""
        return ()


def is_bound(securing: SecuredDocument | None) -> bool:
    """Whether the holder signed it for a verifier."""
    return isinstance(securing, SdJwt) and securing.key_binding is not None


def _key_binding(binding: bytes, presented: bytes, payload: Mapping[str, object]) -> KeyBinding:
    """Read a key binding (RFC 9901, 4.3 and 7.3) of the ``presented`` token. Raises `Malformed`."""
    jws = compact.parse(binding)
    claimed = strict_json.parse(jws.payload)
    confirmed = as_object(payload.get("cnf"))
    key = as_object(confirmed.get("jwk"))
    if confirmed and "jwk" not in confirmed:
        # RFC 7800, 3.1: the issuer may also only name the key, or encrypt it.
        message = "The issuer names the holder's key in a way that Laurel does not support."
        raise Malformed(message, code="key_binding_unsupported")
    if not key:
        raise _wrong("The holder shows a key, but the issuer did not say which key is the holder's.")
    if jws.typ != _KEY_BINDING:
        raise _wrong("What follows the disclosures is not a key binding.")
    if not all(isinstance(claimed.get(name), str) for name in ("aud", "nonce", "sd_hash")):
        raise _wrong("The key binding does not say for whom and for what it was made.")
    signed = str(claimed["sd_hash"]).encode("utf-8", "replace")
    if not hmac.compare_digest(signed, disclosures.sd_hash(presented, payload).encode()):
        raise _wrong("The key binding was made for another credential or for other disclosures.")
    try:
        created = dates.read(claimed.get("iat"))
    except Malformed as error:
        raise _wrong("The key binding has no date.") from error
    return KeyBinding(jws, key, created, Audience((str(claimed["aud"]),), str(claimed["nonce"])))


def _wrong(detail: str) -> Malformed:
    return Malformed(detail, code="key_binding_wrong")
