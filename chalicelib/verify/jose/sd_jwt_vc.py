"""Read the claims of an SD-JWT VC (IETF) as a credential of the data model that the checks use.

Such a credential is not JSON-LD: its claims are about the token or about its subject, and `vct` names its type.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.credential import dates as credential_dates
from chalicelib.credential import vocabulary
from chalicelib.errors import Malformed
from chalicelib.verify.jose import claims, dates

_ABOUT_THE_TOKEN = frozenset(
    {"iss", "aud", "exp", "nbf", "iat", "jti", "cnf", "sub", "vct", "vct#integrity", "status", "type"}
)
"""Claims that say nothing about the subject. `type` would name the JSON-LD type of the subject."""


def recognises(payload: Mapping[str, object]) -> bool:
    """Whether ``payload`` has the type of an SD-JWT VC and is no JSON-LD."""
    return "vct" in payload and "@context" not in payload


def of_payload(payload: Mapping[str, object], typ: str | None) -> claims.Claims:  # noqa: ARG001 - as `claims.of_payload`
    """Return the credential. Raises `Malformed`: `claims_malformed`; `issuer_unnamed`."""
    kind, issuer, subject = payload.get("vct"), payload.get("iss"), payload.get("sub")
    if not isinstance(kind, str) or not kind:
        raise _malformed("vct")
    if "iss" not in payload:
        raise Malformed("It does not name its issuer.", code="issuer_unnamed")
    if not isinstance(issuer, str) or not issuer:
        raise _malformed("iss")
    about = {name: value for name, value in payload.items() if name not in _ABOUT_THE_TOKEN and value is not None}
    if "sub" in payload:
        if not isinstance(subject, str) or not subject:
            raise _malformed("sub")
        about["id"] = subject
    else:
        about.pop("id", None)
    document: dict[str, object] = {
        "@context": [vocabulary.CREDENTIALS_V2],
        "type": [vocabulary.VERIFIABLE_CREDENTIAL, kind],
        "issuer": issuer,
        "credentialSubject": _named(about) or {"type": kind},
    }
    start = dates.read(payload["nbf"]) if "nbf" in payload else None
    end = dates.read(payload["exp"]) if "exp" in payload else None
    if start is not None:
        document["validFrom"] = credential_dates.write(start)
    if end is not None:
        document["validUntil"] = credential_dates.write(end)
    return claims.Claims(
        document,
        claims.signed_at(payload),
        None,
        None,
        has_audience="aud" in payload,
        status=(payload["status"],) if "status" in payload else (),
    )


def _named(about: dict[str, object]) -> dict[str, object]:
    """Return the claims with the name of the person, which OpenID Connect Core, 5.1 gives in parts."""
    parts = [part for name in ("given_name", "family_name") if isinstance(part := about.get(name), str) and part]
    return {"name": " ".join(parts), **about} if parts else about


def _malformed(name: str) -> Malformed:
    return Malformed(f"The token's claim {name!r} is not valid.", code="claims_malformed")
