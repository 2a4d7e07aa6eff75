"""Check 1: is it a supported format, within the limits?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from chalicelib.credential import vocabulary
from chalicelib.errors import Malformed, Unavailable
from chalicelib.language.phrase import phrase
from chalicelib.verify.formats import FORMATS, Format, open_badges_2
from chalicelib.verify.members import as_list
from chalicelib.verify.models import BY_CONTEXT, MODELS, DataModel
from chalicelib.verify.report import Finding, Outcome
from chalicelib.verify.verification_context import (
    CheckFailed,
    CheckNotPassed,
    CheckUnknown,
    VerificationContext,
    unreadable,
)

_finding = partial(Finding, 1, "format")

PRESENTATION = "presentation_unsupported"
"""The code for a presentation, which contains credentials but is not one."""
_UNSUPPORTED = frozenset(
    {
        "too_large",
        "too_deep",
        "too_many_members",
        "algorithm_unsupported",
        "critical_unsupported",
        PRESENTATION,
        "jws_encrypted",
        "address_insecure",
        "certificate_malformed",
        "cose_unsupported",
        "envelope_unsupported",
        "header_unprotected",
        "issuer_unnamed",
        "key_binding_unsupported",
        "not_an_assertion",
        "open_badges_1",
        "verification_unsupported",
        "sd_algorithm_unsupported",
        "sd_json_unsupported",
        "too_many_signatures",
    }
)
"""Codes for unsupported rather than invalid input: the document may be genuine, but Laurel cannot tell."""


NOT_READ = frozenset({"not_json", "not_utf8", "not_an_object", "lone_surrogate", "jws_malformed"})
"""Codes for input that was probably cut off or changed on its way. A submission with one of them gets no verdict."""

DAMAGED = "It is incomplete or damaged, so it cannot be read as a credential."

_PRESENTATIONS = frozenset({"VerifiablePresentation", "EnvelopedVerifiablePresentation"})
_OPEN_BADGES = "Open Badges 3.0"
_VERIFIABLE_CREDENTIALS = {model: f"Verifiable Credential {model.version}" for model in MODELS}
_RECOGNISED = {
    family: _finding(Outcome.PASSED, "recognised", phrase("This is a credential of the type {family}.", family=family))
    for family in (_OPEN_BADGES, open_badges_2.FAMILY, *_VERIFIABLE_CREDENTIALS.values())
}


def check(verification: VerificationContext) -> Finding:
    """Detect the format, parse the bytes strictly, and name the format."""
    format_ = _detect(verification.source)
    try:
        verification.document, verification.securing = format_.read(verification.source, verification.resolver)
    except Unavailable as error:
        raise unreadable("badge_unavailable", phrase("One of its documents could not be read"), error) from error
    except Malformed as error:
        raise not_readable(error) from error
    if not {"@context", "type"} & verification.document.keys():
        raise CheckUnknown("no_credential", "Laurel can read this, but it does not contain a credential.")
    verification.model = _model(verification.document)
    family = format_.family or _family(verification.document, verification.model)
    verification.format = ", ".join((family, *verification.securing.suites))
    return _RECOGNISED[family]


def not_readable(error: Malformed) -> CheckNotPassed:
    """Return the outcome of the check for a document that cannot be read."""
    error_type = CheckUnknown if error.code in _UNSUPPORTED else CheckFailed
    return error_type(error.code, _message(error))


def _detect(source: bytes) -> Format:
    for format_ in FORMATS:
        if format_.recognises(source):
            return format_
    raise CheckUnknown("format_unknown", "Laurel does not support this format yet.")


def _message(error: Malformed) -> str:
    if error.code not in NOT_READ:
        return error.detail
    return phrase("{damaged} Technical detail: {detail}", damaged=phrase(DAMAGED), detail=phrase(error.detail))


def _model(document: Mapping[str, object]) -> DataModel:
    for context in as_list(document.get("@context"))[:16]:
        model = BY_CONTEXT.get(context) if isinstance(context, str) else None
        if model is not None:
            return model
    raise CheckUnknown("format_unknown", "Laurel does not support this credential format yet.")


def _family(document: Mapping[str, object], model: DataModel) -> str:
    types = as_list(document.get("type"))
    if vocabulary.OPEN_BADGE in types or vocabulary.ACHIEVEMENT_CREDENTIAL in types:
        return _OPEN_BADGES
    if vocabulary.VERIFIABLE_CREDENTIAL in types:
        return _VERIFIABLE_CREDENTIALS[model]
    if not _PRESENTATIONS.isdisjoint(map(str, types)):
        raise CheckUnknown(PRESENTATION, "This is a presentation, not a credential.")
    raise CheckUnknown("format_unknown", "This is JSON-LD, but not a credential.")
