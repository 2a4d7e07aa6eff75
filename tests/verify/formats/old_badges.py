"""Open Badges 2.0 for tests: a web of documents, and signed assertions."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization

from chalicelib.errors import Unavailable
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.pipeline import verify
from chalicelib.verify.ports import Fetched, Resolver
from chalicelib.verify.report import Report
from tests.makers import NOW, DocumentsAt, FakeResolver
from tests.verify.jose.tokens import by, private_key, token

SITE = "https://badges.fernhill.example"
ASSERTION, BADGE, ISSUER = f"{SITE}/assertions/1", f"{SITE}/classes/watercolour", f"{SITE}/issuers/fernhill"
KEY, REVOCATIONS = f"{SITE}/keys/1", f"{SITE}/revoked"
CONTEXT = "https://w3id.org/openbadges/v2"
EMAIL, SALT = "ada@example.org", "seasalt"


def hashed(email: str = EMAIL, salt: str = SALT, algorithm: str = "sha256") -> str:
    return f"{algorithm}${hashlib.new(algorithm, (email + salt).encode()).hexdigest()}"


def assertion(**changes: Any) -> dict[str, Any]:
    return without_none(
        {
            "@context": CONTEXT,
            "type": "Assertion",
            "id": ASSERTION,
            "recipient": {"type": "email", "hashed": True, "salt": SALT, "identity": hashed()},
            "badge": BADGE,
            "issuedOn": "2026-01-02T03:04:05+00:00",
            "verification": {"type": "HostedBadge"},
            **changes,
        }
    )


def badge_class(**changes: Any) -> dict[str, Any]:
    return without_none(
        {
            "@context": CONTEXT,
            "type": "BadgeClass",
            "id": BADGE,
            "name": "Watercolour",
            "description": "Paints with water.",
            "image": f"{SITE}/watercolour.png",
            "criteria": {"narrative": "Paint ten pictures."},
            "issuer": ISSUER,
            **changes,
        }
    )


def profile(**changes: Any) -> dict[str, Any]:
    return without_none(
        {
            "@context": CONTEXT,
            "type": "Issuer",
            "id": ISSUER,
            "name": "Fernhill Arts",
            "url": "https://fernhill.example",
            "email": "badges@fernhill.example",
            **changes,
        }
    )


def signing_profile(**changes: Any) -> dict[str, Any]:
    return profile(**{"publicKey": KEY, "revocationList": REVOCATIONS, **changes})


def key(algorithm: str = "RS256", **changes: Any) -> dict[str, Any]:
    public = private_key(algorithm).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"type": "CryptographicKey", "id": KEY, "owner": ISSUER, "publicKeyPem": pem.decode(), **changes}


def revocations(*entries: Any, **changes: Any) -> dict[str, Any]:
    return {
        "type": "RevocationList",
        "id": REVOCATIONS,
        "issuer": ISSUER,
        "revokedAssertions": list(entries),
        **changes,
    }


def signed(algorithm: str = "RS256", **changes: Any) -> bytes:
    verification = {"type": "SignedBadge", "creator": KEY}
    document = assertion(**{"id": "urn:uuid:1", "verification": verification, **changes})
    return token({"alg": algorithm}, document, sign=by(algorithm))


def without_none(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}


def hosted_web(**pages: Any) -> dict[str, Any]:
    """The three documents of a hosted badge; ``pages`` replace them."""
    return {
        ASSERTION: pages.get("assertion", assertion()),
        BADGE: pages.get("badge", badge_class()),
        ISSUER: pages.get("issuer", profile()),
    }


def signed_web(**pages: Any) -> dict[str, Any]:
    return {
        BADGE: pages.get("badge", badge_class()),
        ISSUER: pages.get("issuer", signing_profile()),
        KEY: pages.get("key", key()),
        REVOCATIONS: pages.get("revocations", revocations()),
    }


def report_on(
    source: bytes | dict[str, Any],
    web: dict[str, Any] | None = None,
    options: VerificationOptions = DEFAULT_OPTIONS,
    *,
    later: timedelta = timedelta(),
) -> Report:
    """Verify ``source`` while the web consists of ``web``; a page that is a text is the code of its failure."""
    pages = hosted_web() if web is None else web

    def read(url: str) -> Fetched:
        page = pages.get(url, "http_status")
        if isinstance(page, str):
            raise Unavailable(f"{url} does not answer", code=page)
        return Fetched(url, page if isinstance(page, bytes) else json.dumps(page).encode(), NOW)

    ports = FakeResolver().resolver()
    resolver = Resolver(ports.controllers, ports.status_lists, ports.registry, documents=DocumentsAt(read))
    data = source if isinstance(source, bytes) else json.dumps(source).encode()
    return verify(data, resolver=resolver, now=NOW + later, options=options)


def codes(report: Report) -> dict[str, str]:
    return {finding.check: finding.code for finding in report.findings}
