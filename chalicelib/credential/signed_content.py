"""The content of a credential that Laurel signed, read from its own bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.credential import dates, vocabulary
from chalicelib.credential.build import EvidenceLink
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.errors import Malformed


@dataclass(frozen=True, slots=True)
class SignedContent:
    """The claims of a credential; anything missing or unexpected is None or empty."""

    issuer_name: str = ""
    issuer_url: str | None = None
    holder_name: str = ""
    holder_did: str | None = None
    has_email: bool = False
    """Whether it contains a hashed email address."""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    evidence: tuple[EvidenceLink, ...] = ()
    suite: str = vocabulary.EDDSA_RDFC_2022


def read(document: bytes) -> SignedContent:
    """Read ``document``. It is not verified here, because it comes from our own storage."""
    try:
        members = json.loads(document)
    except ValueError:
        return SignedContent()
    members = members if isinstance(members, dict) else {}
    subject = members.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    identifiers = [one for one in _listed(subject.get("identifier")) if isinstance(one, dict)]
    names = [one.get("identityHash") for one in identifiers if one.get("identityType") == "name"]
    issuer = members.get("issuer")
    issuer = issuer if isinstance(issuer, dict) else {}
    return SignedContent(
        issuer_name=_text(issuer.get("name")) or "",
        issuer_url=_text(issuer.get("url")),
        holder_name=next((name for name in names if isinstance(name, str)), ""),
        holder_did=_text(subject.get("id")),
        has_email=any(one.get("identityType") == "emailAddress" for one in identifiers),
        valid_from=_moment(members.get("validFrom")),
        valid_until=_moment(members.get("validUntil")),
        evidence=tuple(
            EvidenceLink(str(one.get("id", "")), str(one.get("name", "")), _text(one.get("narrative")))
            for one in _listed(members.get("evidence"))
            if isinstance(one, dict)
        ),
        suite=_suite(members.get("proof")),
    )


def issuer_as_signed(issuer: Issuer, document: bytes) -> Issuer:
    """Return ``issuer`` under the name and URL that it signed in ``document``, for what is said about this credential.

    The record may have been renamed since. Nothing else in it is the issuer's word about the credential.
    """
    content = read(document)
    return replace(issuer, name=content.issuer_name or issuer.name, url=content.issuer_url or issuer.url)


def start_as_signed(record: Record) -> datetime:
    """The start date in the credential of ``record``, which its public page shows; by default, the time of issuing.

    An issuer may give an earlier date than the one on which it issued the credential here.
    """
    return read(record.document).valid_from or record.issued_at


def _suite(proof: object) -> str:
    suite = _text(proof.get("cryptosuite")) if isinstance(proof, dict) else None
    return suite or vocabulary.EDDSA_RDFC_2022


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    try:
        return dates.parse(value)
    except Malformed:
        return None
