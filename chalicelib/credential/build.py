"""Build the unsigned credentials that Laurel's issuers sign."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.credential import dates, vocabulary
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Entry, Purpose


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder. The credential contains the email address only as a salted hash."""

    name: str
    email: str | None = None
    did: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """A link to the work that earned it, for people to view."""

    url: str
    name: str
    narrative: str | None = None


def status_list_url(base_url: str, list_id: str) -> str:
    """The URL of a hosted status list."""
    return f"{base_url}/status/{list_id}"


def credential_url(base_url: str, credential_id: str) -> str:
    """The URL of a hosted credential's page; also its `id`."""
    return f"{base_url}/c/{credential_id}"


def open_badge(
    *,
    base_url: str,
    credential_id: str,
    issuer: Issuer,
    achievement: Achievement,
    holder: Holder,
    entries: Sequence[Entry],
    valid_from: datetime,
    valid_until: datetime | None = None,
    evidence: Sequence[EvidenceLink] = (),
    email_salt: str = "",
) -> dict[str, object]:
    """An unsigned Open Badges 3.0 credential (`OpenBadgeCredential`, OB 3.0 B.1.2).

    ``email_salt`` is a random string for this credential only; it is required if the holder has an email address.
    """
    subject: dict[str, object] = {
        "type": ["AchievementSubject"],
        "identifier": _identifiers(holder, email_salt),
        "achievement": _achievement(achievement),
    }
    if holder.did:
        subject = {"id": holder.did, **subject}
    document: dict[str, object] = {
        "@context": [vocabulary.CREDENTIALS_V2, vocabulary.OPEN_BADGES_V3],
        "id": credential_url(base_url, credential_id),
        "type": [vocabulary.VERIFIABLE_CREDENTIAL, vocabulary.OPEN_BADGE],
        "name": achievement.name,
        "issuer": _profile(issuer),
        "validFrom": dates.write(valid_from),
        "credentialSubject": subject,
        "credentialStatus": [_status_entry(base_url, entry) for entry in entries],
    }
    if valid_until is not None:
        document["validUntil"] = dates.write(valid_until)
    if evidence:
        document["evidence"] = [_evidence(link) for link in evidence]
    return document


def status_list_credential(
    *, base_url: str, list_id: str, purpose: Purpose, issuer: Issuer, encoded: str, valid_from: datetime, ttl: int
) -> dict[str, object]:
    """An unsigned status list credential (Bitstring Status List v1.0, 2.2).

    ``encoded`` is the list as `verify.bitstring.encode` writes it; ``ttl`` is in milliseconds.
    """
    url = status_list_url(base_url, list_id)
    return {
        "@context": [vocabulary.CREDENTIALS_V2],
        "id": url,
        "type": [vocabulary.VERIFIABLE_CREDENTIAL, vocabulary.STATUS_LIST_CREDENTIAL],
        "issuer": issuer.did,
        "validFrom": dates.write(valid_from),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": vocabulary.STATUS_LIST,
            "statusPurpose": purpose.value,
            "encodedList": encoded,
            "ttl": ttl,
        },
    }


def hash_identity(identity: str, salt: str) -> str:
    """The `identityHash` of an email address or other identity (OB 3.0, `IdentityHash`)."""
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def _identifiers(holder: Holder, email_salt: str) -> list[dict[str, object]]:
    identifiers: list[dict[str, object]] = [
        {"type": "IdentityObject", "hashed": False, "identityHash": holder.name, "identityType": "name"}
    ]
    if holder.email is not None:
        identifiers.append(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": hash_identity(holder.email, email_salt),
                "identityType": "emailAddress",
                "salt": email_salt,
            }
        )
    return identifiers


def _achievement(achievement: Achievement) -> dict[str, object]:
    return {
        "id": f"urn:uuid:{achievement.id}",
        "type": ["Achievement"],
        "achievementType": achievement.kind,
        "name": achievement.name,
        "description": achievement.description,
        "criteria": {"narrative": achievement.criteria},
        "image": {"id": achievement.image, "type": "Image", "caption": achievement.image_alt},
        **_skills(achievement.skills),
    }


def _skills(skills: Sequence[Skill]) -> dict[str, object]:
    """The members that name ``skills``.

    An `Alignment` requires `targetName` and `targetUrl` (OB 3.0, B.1), so a skill that is only a name cannot be one. It
    becomes a `tag` of the `Achievement`, which the schema defines as a keyword that describes it, and needs no URL.
    """
    alignments = [_alignment(skill, skill.url) for skill in skills if skill.url]
    tags = list(dict.fromkeys(skill.name for skill in skills if not skill.url))
    return {**({"alignment": alignments} if alignments else {}), **({"tag": tags} if tags else {})}


def _alignment(skill: Skill, url: str) -> dict[str, object]:
    alignment: dict[str, object] = {"type": ["Alignment"], "targetName": skill.name, "targetUrl": url}
    if skill.framework:
        alignment["targetFramework"] = skill.framework
    if skill.code:
        alignment["targetCode"] = skill.code
    return alignment


def _profile(issuer: Issuer) -> dict[str, object]:
    profile: dict[str, object] = {
        "id": issuer.did,
        "type": ["Profile"],
        "name": issuer.name,
        "url": issuer.url,
        "description": issuer.description,
    }
    if issuer.email:
        profile["email"] = issuer.email
    if issuer.image:
        profile["image"] = {"id": issuer.image, "type": "Image"}
    return profile


def _status_entry(base_url: str, entry: Entry) -> dict[str, object]:
    url = status_list_url(base_url, entry.list_id)
    return {
        "id": f"{url}#{entry.index}",
        "type": vocabulary.STATUS_ENTRY,
        "statusPurpose": entry.purpose.value,
        "statusListIndex": str(entry.index),
        "statusListCredential": url,
    }


def _evidence(link: EvidenceLink) -> dict[str, object]:
    evidence: dict[str, object] = {"id": link.url, "type": ["Evidence"], "name": link.name}
    if link.narrative:
        evidence["narrative"] = link.narrative
    return evidence
