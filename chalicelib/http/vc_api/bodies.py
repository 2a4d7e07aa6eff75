"""Bodies of requests of the VC API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from chalice.app import Request

from chalicelib.credential import strict_json
from chalicelib.http.core.problem import Problem
from chalicelib.http.input import body
from chalicelib.http.public.submission import MAX_ENVELOPE
from chalicelib.reports import pasted
from chalicelib.verify.options import VerificationOptions

_LIMITS = strict_json.Limits(
    size=pasted.MAX_SIZE + MAX_ENVELOPE, depth=strict_json.DEFAULT.depth + 1, members=strict_json.DEFAULT.members + 64
)
_PROOF = ["proof"]


class Verifiable(NamedTuple):
    """What to verify, and how."""

    source: bytes
    options: VerificationOptions
    proof_only: bool
    """Whether only the signature and what it needs decide (checks 1 to 5)."""


def verifiable(request: Request, name: str, *, any_signer: bool) -> Verifiable:
    """Read what the member ``name`` contains. Raises `Problem`, and what `strict_json.parse` raises."""
    members = _members(request)
    options = _options(members)
    texts = {key: _text(options, key) for key in ("challenge", "domain")}
    checks = options.get("checks")
    if "checks" in options and not (isinstance(checks, list) and all(isinstance(check, str) for check in checks)):
        raise body.field_error("/options/checks", "This must be a list of names.")
    return Verifiable(
        _source(members.get(name), name), VerificationOptions(**texts, any_signer=any_signer), checks == _PROOF
    )


def issuable(request: Request) -> dict[str, object]:
    """Read the credential to sign. Raises `Problem`, and what `strict_json.parse` raises."""
    members = _members(request)
    credential = members.get("credential")
    if not isinstance(credential, dict):
        raise body.field_error("/credential", "This must be a credential, a JSON object.")
    if "mandatoryPointers" in _options(members):
        raise body.field_error("/options/mandatoryPointers", "Laurel does not sign for selective disclosure.")
    return credential


def written(document: Mapping[str, object]) -> bytes:
    """Return ``document`` as JSON. Strict JSON means the same in any serialization."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _members(request: Request) -> dict[str, object]:
    return strict_json.parse(body.content(request, _LIMITS.size), _LIMITS)


def _options(members: dict[str, object]) -> dict[str, object]:
    options = members.get("options", {})
    if not isinstance(options, dict):
        raise body.field_error("/options", "This must be a JSON object.")
    return options


def _text(options: dict[str, object], name: str) -> str | None:
    value = options.get(name)
    if value is not None and not isinstance(value, str):
        raise body.field_error(f"/options/{name}", "This must be text.")
    return value


def _source(value: object, name: str) -> bytes:
    if isinstance(value, dict) and value:
        return written(value)
    # As text only a token: a document is a JSON object (VC Data Integrity 1.0, 4.4: "is not a map").
    if isinstance(value, str) and value and not value.lstrip().startswith("{"):
        return value.encode()
    raise Problem(
        "invalid_request",
        "The request has an error.",
        errors=({"pointer": f"/{name}", "detail": "This must be a JSON object, or a token as text."},),
    )
