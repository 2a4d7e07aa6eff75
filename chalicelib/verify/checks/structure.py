"""Check 2: does it have what its data model and schema require? (VC Data Model 2.0 and 1.1, 4; Open Badges 3.0, B.1)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from chalicelib.credential import dates, vocabulary
from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase
from chalicelib.verify.canonical.tables import CONTEXTS
from chalicelib.verify.formats.sd_jwt import SdJwt
from chalicelib.verify.members import as_list, id_of
from chalicelib.verify.models import ENDS, STARTS
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.rules import rule
from chalicelib.verify.rules.credential import is_open_badge, shape_of
from chalicelib.verify.verification_context import (
    CheckFailed,
    CheckNotPassed,
    CheckUnknown,
    VerificationContext,
)

_finding = partial(Finding, 2, "structure")

_WELL_FORMED = _finding(Outcome.PASSED, "well_formed", "It has everything that the standard requires.")


def check(verification: VerificationContext) -> Finding:
    """Check the rules of the credential's data model and of its type, for every securing mechanism alike."""
    try:
        _read(verification)
    except Malformed as error:
        sentence = error.sentence if isinstance(error, rule.Broken) else error.detail
        raise _not_passed(verification, error.code, sentence) from error
    return _WELL_FORMED


def _read(verification: VerificationContext) -> None:
    document, model = verification.document, verification.model
    contexts = as_list(document.get("@context"))
    if contexts[:1] != [model.context]:
        raise _missing(phrase("the credentials context as its first context"))
    types = as_list(document.get("type"))
    verification.types = tuple([kind for kind in types if type(kind) is str])
    rule.check(document, shape_of(verification.types, model))
    verification.issuer = id_of(document["issuer"]) or ""
    is_badge = is_open_badge(types)
    _read_validity(verification, start_required=is_badge or model.requires_start)
    if is_badge:
        _check_badge_context(contexts)
    verification.secured_proofs = verification.securing.secured_proofs() if verification.securing else ()


_MAY_BE_WITHHELD = ("structure_incomplete", "structure_malformed")
"""Codes that can also mean that the holder left something out: an array of which nothing is shown is empty."""


def _not_passed(verification: VerificationContext, code: str, sentence: str) -> CheckNotPassed:
    securing = verification.securing
    in_part = isinstance(securing, SdJwt) and bool(securing.withheld)
    in_part = in_part or (securing is not None and vocabulary.ECDSA_SD_2023 in securing.suites)
    if code in _MAY_BE_WITHHELD and in_part:
        return CheckUnknown(code, phrase("{problem} Its holder may have left it out.", problem=sentence))
    return CheckFailed(code, sentence)


def _read_validity(verification: VerificationContext, *, start_required: bool) -> None:
    """Read the validity period (VC Data Model 2.0, 4.9; OB 3.0, B.1 requires its start)."""
    document = verification.document
    if start_required and verification.model.start not in document:
        raise _missing(verification.model.start)
    # Date members of either data model count, whichever model is in use: the narrowest validity applies.
    starts, ends = _timestamps(document, STARTS), _timestamps(document, ENDS)
    verification.valid_from = max(starts) if starts else None
    verification.valid_until = min(ends) if ends else None
    if verification.valid_from and verification.valid_until and verification.valid_until < verification.valid_from:
        raise Malformed("Its end date is before its start date.", code="dates_contradict")


def _check_badge_context(contexts: Sequence[object]) -> None:
    """Require an Open Badges context. One that Laurel does not know may be a draft or a later version: for check 3."""
    texts = [context for context in contexts if isinstance(context, str)]
    if vocabulary.OPEN_BADGES_CONTEXTS.isdisjoint(texts) and CONTEXTS.keys() >= set(texts):
        raise _missing(phrase("an Open Badges 3.0 context"))


def _timestamps(document: Mapping[str, object], names: Sequence[str]) -> list[datetime]:
    return [dates.parse(document[name]) for name in names if name in document]


def _missing(what: str) -> Malformed:
    return Malformed(
        phrase("It is missing {what}, which the standard requires.", what=what), code="structure_incomplete"
    )
