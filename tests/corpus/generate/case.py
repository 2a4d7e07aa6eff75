"""A case of the corpus, and the documents that most of them start from."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.corpus.generate.signing import ISSUER, NOW, Json

V2, V1 = "https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1"
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"

Edit = Callable[[Json], object]


@dataclass(frozen=True)
class Web:
    """What the web has at one address: a body, or only the status of an answer."""

    body: bytes = b""
    status: int = 200
    name: str = ""
    """The name of the file with the body."""


@dataclass(frozen=True)
class Case:
    """One submission, and what is expected of it."""

    name: str
    """The folder, and what is wrong."""
    title: str
    clause: str
    verdict: str
    check: str
    """The check that decides; empty for a valid one."""
    source: bytes
    file: str = "credential.json"
    web: Mapping[str, Web] = field(default_factory=dict)
    now: datetime = NOW
    options: Mapping[str, str] = field(default_factory=dict)
    signed_by: str = "Laurel's generator"


def badge(**changes: Any) -> Json:
    """An Open Badge; a change to None removes a member."""
    document: Json = {
        "@context": [V2, OB3],
        "id": "urn:uuid:6f2b1a52-4c3c-4a57-9a5c-1f6a6f1f7a11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER.did, "type": ["Profile"], "name": "Fernhill College"},
        "validFrom": "2026-01-01T00:00:00Z",
        "name": "Watercolour, first steps",
        "credentialSubject": {
            "id": "did:example:ada",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:0d9a4d2c-3a3b-4a57-9a5c-1f6a6f1f7a11",
                "type": ["Achievement"],
                "name": "Watercolour",
                "description": "Paints a landscape from life.",
                "criteria": {"narrative": "Finished three paintings out of doors."},
            },
        },
        **changes,
    }
    return without_none(document)


def plain(**changes: Any) -> Json:
    """A credential of VC Data Model 2.0."""
    document: Json = {
        "@context": [V2],
        "id": "urn:uuid:1c0f2d34-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential"],
        "issuer": ISSUER.did,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:ada"},
        **changes,
    }
    return without_none(document)


def old(**changes: Any) -> Json:
    """A credential of VC Data Model 1.1."""
    document: Json = {
        "@context": [V1, DATA_INTEGRITY],
        "id": "urn:uuid:1c0f2d34-0000-4000-8000-000000000002",
        "type": ["VerifiableCredential"],
        "issuer": ISSUER.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:ada"},
        **changes,
    }
    return without_none(document)


def without_none(document: Json) -> Json:
    return {name: value for name, value in document.items() if value is not None}


def edited(document: Json, edit: Edit) -> Json:
    """A copy of ``document`` after ``edit``."""
    changed = copy.deepcopy(document)
    edit(changed)
    return changed


def written(document: Any) -> bytes:
    """JSON as people publish it."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def achievement(document: Json) -> Json:
    found: Json = document["credentialSubject"]["achievement"]
    return found


def subject(document: Json) -> Json:
    found: Json = document["credentialSubject"]
    return found
