"""Extract the credential from a token's claims, so that what is shown is what is signed.

Three ways of putting a credential into a token are supported:

- VC Data Model 2.0 (VC-JOSE-COSE, 3.1): the payload is the credential; `exp` and `iat` concern only the signature.
- Open Badges 3.0, 8.2: the same, and `nbf` is the credential's `validFrom`, `exp` its `validUntil`.
- VC Data Model 1.1, 6.3.1: the claim `vc` contains the credential, and registered claims replace some of its members.

A token is refused if a registered claim contradicts the corresponding member, whichever of the two the standard
prefers: two verifiers could read such a token differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.credential import dates as credential_dates
from chalicelib.credential import strict_json, vocabulary
from chalicelib.errors import Malformed
from chalicelib.verify.jose import dates
from chalicelib.verify.jose.compact import Jws
from chalicelib.verify.members import as_list, as_object, id_of

_WHOLE = frozenset({"vc+jwt", "vc+ld+jwt", "vc-ld+jwt", "vc+ld+json+jwt"})
"""Values of `typ` of a token whose payload is the credential itself (VC-JOSE-COSE, 3.1.1), with those of its drafts."""
TOKEN_TYPES = _WHOLE | {"jwt"}
"""Accepted values of `typ`; `JWT` is that of the two older forms."""
SD_JWT_TYPES = frozenset({"vc+sd-jwt", "dc+sd-jwt", "vc+ld+sd-jwt", "vc+ld+json+sd-jwt"})
"""Accepted values of `typ` of an SD-JWT: VC-JOSE-COSE, 3.2.1; SD-JWT VC, 2.2.1; and those of their drafts."""
_CONTENT_TYPES = frozenset({"vc", "vc+ld+json", "vc-ld+json"})
"""Accepted values of `cty` (VC-JOSE-COSE, 3.1.1), with those of its drafts."""
_PRESENTATIONS = frozenset({"vp+jwt", "vp+sd-jwt", "vp", "vp+ld+json", "vp+ld+jwt", "vp+ld+json+jwt"})
"""Values of `typ` or `cty` that denote a presentation (VC-JOSE-COSE, 3.1.2 and 3.2.2), with those of its drafts."""
REGISTERED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf"})
"""RFC 7519, 4.1, and RFC 7800, 3.1: claims about the token, not the credential, unless one of the rules above maps
them."""
_CLAIMS = REGISTERED | {"vc", "vp"}
_CREDENTIAL_MEMBERS = frozenset(
    {
        *("@context", "id", "type", "name", "description", "issuer", "credentialSubject", "credentialStatus"),
        *("validFrom", "validUntil", "issuanceDate", "expirationDate", "awardedDate", "proof", "evidence"),
        *("credentialSchema", "termsOfUse", "refreshService", "endorsement", "endorsementJwt", "relatedResource"),
    }
)
"""Members of a credential. None of them may appear beside a credential that is wrapped in a claim."""


class Claims(NamedTuple):
    """The credential in a token, and the token's own signing time and validity period."""

    document: Mapping[str, object]
    """The credential with the members from the registered claims filled in, and without the claims."""
    signed: datetime | None
    """`iat`; None when it is missing or is not a NumericDate, because it then proves no time."""
    not_before: datetime | None
    expires: datetime | None
    has_audience: bool
    """Whether the token names the recipients that it is meant for (`aud`)."""
    status: tuple[object, ...] = ()
    """The claim `status`, if there is one: where the status of the token is."""


def read(jws: Jws) -> Claims:
    """Read the claims of ``jws``.

    Raises `Malformed`: `presentation_unsupported` when `typ` or `cty` denotes a presentation, `token_type_other` for
    any other unsupported type, and the codes of `strict_json.parse` and `document_of`.
    """
    check_type(jws, TOKEN_TYPES)
    return of_payload(strict_json.parse(jws.payload), jws.typ)


def check_type(jws: Jws, types: frozenset[str]) -> None:
    """Require one of ``types``, or none, and the content of a credential. Raises `Malformed` as `read` does."""
    _type(jws.typ, types)
    _type(jws.cty, _CONTENT_TYPES)


def check_presentation_type(jws: Jws) -> None:
    """Require the type of a presentation, or one that says nothing. Raises `Malformed` (`token_type_other`)."""
    for name, silent in ((jws.typ, "jwt"), (jws.cty, "")):
        if name is not None and _media_type(name) not in _PRESENTATIONS | {silent}:
            raise Malformed(
                f"The token has the type {name[:64]!r}, not that of a presentation.", code="token_type_other"
            )


def of_payload(payload: Mapping[str, object], typ: str | None) -> Claims:
    """Read ``payload``, the claims of a token with this `typ`. Raises `Malformed` as `read` does."""
    if typ is not None and _media_type(typ) in _WHOLE and "vc" in payload:
        # VC-JOSE-COSE, 3.1.1; tokens of the older data model have the type `JWT`.
        raise Malformed("The token's type does not match where the credential is in it.", code="claims_contradict")
    return Claims(
        document_of(payload),
        signed_at(payload),
        _timestamp(payload, "nbf"),
        _timestamp(payload, "exp"),
        has_audience="aud" in payload,
        status=_status(payload),
    )


def _status(payload: Mapping[str, object]) -> tuple[object, ...]:
    """Return the claim `status`. In a payload that is the credential itself, a text is a member of the credential."""
    if "status" not in payload or ("vc" not in payload and not isinstance(payload["status"], dict)):
        return ()
    return (payload["status"],)


def document_of(payload: Mapping[str, object]) -> dict[str, object]:
    """Return the credential in ``payload``, for either data model.

    Raises `Malformed`: `claims_contradict` when a claim contradicts the corresponding member or the payload contains
    two credentials, `claims_malformed` for a claim of the wrong type, `presentation_unsupported` for a presentation,
    `date_malformed`.
    """
    if payload.keys().isdisjoint(_CLAIMS):
        return dict(payload)
    wrapped = payload.keys() & {"vc", "vp"}
    if wrapped and not _CREDENTIAL_MEMBERS.isdisjoint(payload):
        # VC-JOSE-COSE, 3.1.1: neither claim is allowed.
        raise Malformed("The token contains two credentials, one inside the other's claims.", code="claims_contradict")
    if "vp" in wrapped:
        raise Malformed("This is a presentation; Laurel checks credentials.", code="presentation_unsupported")
    document = {name: value for name, value in payload.items() if name not in REGISTERED}
    if "vc" in wrapped:
        inner = payload["vc"]
        if not isinstance(inner, dict):
            raise _malformed("vc")
        document = dict(inner)
    _map(payload, document, fill="vc" in wrapped)
    return document


def _map(claims: Mapping[str, object], document: dict[str, object], *, fill: bool) -> None:
    if issuer := _text(claims, "iss"):
        _map_issuer(issuer, document, fill=fill)
    if identifier := _text(claims, "jti"):
        _map_id(identifier, document, fill=fill)
    if subject := _text(claims, "sub"):
        _map_subject(subject, document, fill=fill)
    start, end = ("validFrom", "validUntil") if _is_second_model(document) else ("issuanceDate", "expirationDate")
    if fill or _is_open_badge(document):
        _map_date(_timestamp(claims, "nbf"), start, document)
        _map_date(_timestamp(claims, "exp"), end, document)


def _map_issuer(issuer: str, document: dict[str, object], *, fill: bool) -> None:
    given = document.get("issuer")
    known = id_of(given)
    if known is not None:
        _require_agreement(known == issuer, "iss")
    elif fill:
        _require_agreement(given is None or isinstance(given, dict), "iss")
        document["issuer"] = {**as_object(given), "id": issuer} if given is not None else issuer


def _map_id(identifier: str, document: dict[str, object], *, fill: bool) -> None:
    if "id" in document:
        _require_agreement(document["id"] == identifier, "jti")
    elif fill:
        document["id"] = identifier


def _map_subject(identifier: str, document: dict[str, object], *, fill: bool) -> None:
    subjects = as_list(document.get("credentialSubject"))
    named = [subject["id"] for subject in subjects if isinstance(subject, dict) and "id" in subject]
    _require_agreement(all(name == identifier for name in named), "sub")
    if fill and not named:
        # A token has one subject (VC Data Model 1.1, 6.3.1).
        _require_agreement(len(subjects) == 1 and isinstance(subjects[0], dict), "sub")
        document["credentialSubject"] = {**as_object(subjects[0]), "id": identifier}


def _map_date(timestamp: datetime | None, name: str, document: dict[str, object]) -> None:
    if timestamp is None:
        return
    if name in document:
        _require_agreement(dates.is_same_second(timestamp, document[name]), name)
    else:
        document[name] = credential_dates.write(timestamp)


def _is_second_model(document: Mapping[str, object]) -> bool:
    return vocabulary.CREDENTIALS_V2 in as_list(document.get("@context"))


def _is_open_badge(document: Mapping[str, object]) -> bool:
    types = as_list(document.get("type"))
    return vocabulary.OPEN_BADGE in types or vocabulary.ACHIEVEMENT_CREDENTIAL in types


def _media_type(name: str) -> str:
    """RFC 7515, 4.1.9: a case-insensitive media type; "application/" may be omitted."""
    return name.lower().removeprefix("application/")


def _type(name: str | None, allowed: frozenset[str]) -> None:
    if name is None:
        return
    kind = _media_type(name)
    if kind in _PRESENTATIONS:
        raise Malformed("This is a presentation; Laurel checks credentials.", code="presentation_unsupported")
    if kind not in allowed:
        raise Malformed(
            f"The token has the type {name[:64]!r}, which Laurel does not support.",
            code="token_type_other",
        )


def signed_at(claims: Mapping[str, object]) -> datetime | None:
    """Return `iat`, or None if it proves no time."""
    try:
        return _timestamp(claims, "iat")
    except Malformed:
        # Some issuers write a timestamp here. Verifiers interpret it differently, so treat the signature as undated.
        return None


def _timestamp(claims: Mapping[str, object], name: str) -> datetime | None:
    return dates.read(claims[name]) if name in claims else None


def _text(claims: Mapping[str, object], name: str) -> str | None:
    if name not in claims:
        return None
    value = claims[name]
    if not isinstance(value, str) or not value:
        raise _malformed(name)
    return value


def _require_agreement(agree: bool, name: str) -> None:
    if not agree:
        raise Malformed(f"The token's claims and the credential in it disagree ({name}).", code="claims_contradict")


def _malformed(name: str) -> Malformed:
    return Malformed(f"The token's claim {name!r} is not valid.", code="claims_malformed")
