"""Read a presentation in any of its forms (VC Data Model 2.0, 4.13, and 1.1, 4.10; VC-JOSE-COSE, 3.1.2 and 3.2.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.credential import strict_json
from chalicelib.errors import Malformed
from chalicelib.verify.canonical.work import Work
from chalicelib.verify.formats import cose, data_url, embedded, sd_jwt, vc_jwt
from chalicelib.verify.jose import claims, compact, dates, disclosures
from chalicelib.verify.members import as_list, id_of, only, string
from chalicelib.verify.secured import Audience, SecuredDocument

TYPE, ENVELOPED = "VerifiablePresentation", "EnvelopedVerifiablePresentation"


class Presentation(NamedTuple):
    """A presentation before anything is checked."""

    document: Mapping[str, object]
    """Without its signatures."""
    securing: SecuredDocument
    audiences: tuple[Audience, ...]
    """The audience of each signature."""

    @property
    def holder(self) -> str | None:
        """The holder that it names."""
        return id_of(self.document.get("holder"))

    def credentials(self) -> tuple[bytes, ...]:
        """Return the credentials, each as if it had been submitted alone. Raises `Malformed`."""
        return tuple(map(source_of, as_list(self.document.get("verifiableCredential"))))


def source_of(credential: object) -> bytes:
    """Return a credential inside a document as bytes. Strict JSON means the same in any serialization."""
    if isinstance(credential, str):
        return credential.encode("utf-8", "replace")
    if isinstance(credential, dict):
        return json.dumps(credential, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    raise Malformed("It contains something that is not a credential.", code="structure_malformed")


def read(source: bytes, work: Work) -> Presentation:
    """Read ``source``. Raises `Malformed` as the parsers of JSON and tokens do, and for envelopes."""
    if source.lstrip(b" \t\r\n")[:1] != b"{":
        return _in_token(source)
    document = strict_json.parse(source)
    if only(document.get("type")) == ENVELOPED:
        media_type, content = data_url.read(string(document.get("id")) or "")
        if media_type.endswith("+cose"):
            cose.read(content)
        return _in_token(content)
    proofs = as_list(document.pop("proof", None))
    audiences = tuple(_audience(proof, "domain", "challenge") for proof in proofs if isinstance(proof, dict))
    return Presentation(document, embedded.Embedded(source, document, proofs, work, for_audience=True), audiences)


def _in_token(source: bytes) -> Presentation:
    if b"~" not in source:
        jws = compact.parse(source)
        claims.check_presentation_type(jws)
        return _of_claims(jws, strict_json.parse(jws.payload))
    presented, _, binding = source.rpartition(b"~")
    if binding:
        raise Malformed("Laurel does not support a key binding of a presentation.", code="sd_json_unsupported")
    token, *disclosed = presented.split(b"~")
    jws = compact.parse(token)
    claims.check_presentation_type(jws)
    return _of_claims(jws, disclosures.disclose(strict_json.parse(jws.payload), disclosed).payload, in_parts=True)


def _of_claims(jws: compact.Jws, payload: Mapping[str, object], *, in_parts: bool = False) -> Presentation:
    """A token is signed by its holder (`iss`, or `holder`); `aud` and `nonce` name the verifier and its request."""
    inner = payload.get("vp", payload)
    if not isinstance(inner, dict) or ("vp" in payload and "@context" in payload):
        raise Malformed("The token contains two presentations, or none.", code="claims_contradict")
    holder, signer = id_of(inner.get("holder")), string(payload.get("iss"))
    if holder and signer and holder != signer:
        raise Malformed("The token's claims and the presentation in it disagree (iss).", code="claims_contradict")
    document = {name: value for name, value in inner.items() if name not in claims.REGISTERED | {"nonce"}}
    if signer:
        document["holder"] = signer
    token = vc_jwt.Token(
        jws=jws,
        document=document,
        created=claims.signed_at(payload),
        starts=dates.read(payload["nbf"]) if "nbf" in payload else None,
        expires=dates.read(payload["exp"]) if "exp" in payload else None,
        form="VP-SD-JWT" if in_parts else "VP-JWT",
        purpose="authentication",
    )
    securing = sd_jwt.SdJwt(token, None, is_json_ld=True, withheld=frozenset()) if in_parts else token
    return Presentation(document, securing, (_audience(payload, "aud", "nonce"),))


def _audience(source: Mapping[str, object], domain: str, challenge: str) -> Audience:
    domains = tuple(str(each) for each in as_list(source.get(domain)))
    return Audience(domains, string(source.get(challenge)))
