"""Check 2: does it have what its data model and schema require? (VC Data Model 2.0 and 1.1, 4; Open Badges 3.0, B.1)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from chalicelib.credential import dates, vocabulary
from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase
from chalicelib.verify.members import as_list, as_object, id_of, string, text
from chalicelib.verify.models import ENDS, STARTS
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import CheckFailed, CheckUnknown, VerificationContext

_finding = partial(Finding, 2, "structure")

_WELL_FORMED = _finding(Outcome.PASSED, "well_formed", "It has everything that the standard requires.")


def check(verification: VerificationContext) -> Finding:
    """Check what every credential must have, and what an Open Badge must have in addition."""
    try:
        _read(verification)
    except Malformed as error:
        raise CheckFailed(error.code, error.detail) from error
    return _WELL_FORMED


def _read(verification: VerificationContext) -> None:
    document = verification.document
    if as_list(document.get("@context"))[:1] != [verification.model.context]:
        raise _missing(phrase("the credentials context as its first context"))
    verification.types = _types(document)
    if vocabulary.VERIFIABLE_CREDENTIAL not in verification.types:
        raise _missing(phrase("the type VerifiableCredential"))
    if "id" in document and string(document["id"]) is None:
        raise _missing(phrase("an id that is a URL"))
    issuer = id_of(document.get("issuer"))
    if issuer is None:
        raise _missing(phrase("an issuer with an id"))
    verification.issuer = issuer
    if verification.model.requires_start and verification.model.start not in document:
        raise _missing(verification.model.start)
    # Date members of either data model count, whichever model is in use: the narrowest validity applies.
    starts, ends = _timestamps(document, STARTS), _timestamps(document, ENDS)
    verification.valid_from = max(starts) if starts else None
    verification.valid_until = min(ends) if ends else None
    if verification.valid_from and verification.valid_until and verification.valid_until < verification.valid_from:
        raise Malformed("Its end date is before its start date.", code="dates_contradict")
    _check_subjects(document)
    _check_status(document)
    if vocabulary.OPEN_BADGE in verification.types or vocabulary.ACHIEVEMENT_CREDENTIAL in verification.types:
        _check_open_badge(verification)
    verification.secured_proofs = verification.securing.secured_proofs() if verification.securing else ()


def _check_subjects(document: Mapping[str, object]) -> None:
    subjects = as_list(document.get("credentialSubject"))
    if not subjects or not all(isinstance(subject, dict) and subject for subject in subjects):
        raise _missing(phrase("a credentialSubject with at least one claim"))
    if len(subjects) > 1:
        # The order of subjects is not signed, so which one to show or compare is undefined.
        raise CheckUnknown("several_subjects", "It has several subjects. Laurel supports one.")


def _check_status(document: Mapping[str, object]) -> None:
    if "credentialStatus" not in document:
        return
    entries = as_list(document["credentialStatus"])
    if not entries or not all(_types(as_object(entry)) for entry in entries):
        raise _missing(phrase("a type in every credentialStatus"))


def _check_open_badge(verification: VerificationContext) -> None:
    document = verification.document
    if vocabulary.OPEN_BADGES_CONTEXTS.isdisjoint(_texts(document.get("@context"))):
        raise _missing(phrase("an Open Badges 3.0 context"))
    issuer = as_object(document.get("issuer"))
    if issuer and not _is_a(issuer, "Profile"):
        raise _missing(phrase("the type Profile in its issuer"))
    if verification.valid_from is None:
        raise _missing(verification.model.start)
    for subject in map(as_object, as_list(document["credentialSubject"])):
        if not _is_a(subject, "AchievementSubject"):
            raise _missing(phrase("the type AchievementSubject in its credentialSubject"))
        _check_achievement(as_object(subject.get("achievement")))


def _check_achievement(achievement: Mapping[str, object]) -> None:
    if not _is_a(achievement, "Achievement"):
        raise _missing(phrase("an achievement"))
    if string(achievement.get("id")) is None:
        raise _missing(phrase("the achievement's id"))
    for name in ("name", "description"):
        if text(achievement.get(name)) is None:
            raise _missing(phrase("the achievement's {name}", name=name))
    if not as_object(achievement.get("criteria")):
        raise _missing(phrase("the achievement's criteria"))


def _is_a(node: Mapping[str, object], kind: str) -> bool:
    return kind in as_list(node.get("type"))


def _types(node: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(_texts(node.get("type")))


def _texts(value: object) -> list[str]:
    return [item for item in as_list(value) if isinstance(item, str)]


def _timestamps(document: Mapping[str, object], names: Sequence[str]) -> list[datetime]:
    return [dates.parse(document[name]) for name in names if name in document]


def _missing(what: str) -> Malformed:
    return Malformed(
        phrase("It is missing {what}, which the standard requires.", what=what), code="structure_incomplete"
    )
