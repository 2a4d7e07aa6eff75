"""Read a status list, which is itself a credential and is trusted only after the same checks."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.errors import Malformed, Unavailable
from chalicelib.language.phrase import phrase
from chalicelib.verify.canonical.errors import CanonicalError
from chalicelib.verify.canonical.work import UNPACKED
from chalicelib.verify.checks import context, dates, extract, format, proof, signer, structure
from chalicelib.verify.formats.embedded import Embedded
from chalicelib.verify.members import as_list, as_object, only, text
from chalicelib.verify.options import DEFAULT_OPTIONS
from chalicelib.verify.ports import Fetched
from chalicelib.verify.report import Evidence
from chalicelib.verify.status_entry import ListKind
from chalicelib.verify.verification_context import CheckNotPassed, CheckUnknown, VerificationContext, unreadable


def _refuse_chains(verification: VerificationContext) -> None:
    """Refuse signatures that also sign others, which cost most to check: eight lists of them would take a second."""
    if isinstance(verification.securing, Embedded) and verification.securing.chained:
        message = "One of its signatures confirms another one, which Laurel does not support yet."
        raise CheckUnknown("proof_chain_unsupported", message)


def _refuse_extracts(verification: VerificationContext) -> None:
    """Refuse a list of which only a part is shown: whoever serves it could have left out an end date or a status."""
    if extract.is_extract(verification):
        raise CheckUnknown("status_list_unproven", "It is shown only in part, so its end date may be missing.")


_CHECKS = (
    *(format.check, structure.check, _refuse_chains, _refuse_extracts),
    *(context.check, proof.check, signer.check, dates.check),
)
"""Checks 1 to 6; a list that has a status of its own is not trusted."""


@dataclass(frozen=True, slots=True)
class VerifiedList:
    """The bits and purposes of a list whose proof, issuer and validity were verified."""

    kind: ListKind
    purposes: tuple[object, ...]
    bits: bytes
    evidence: Evidence


def read_list(url: str, kind: ListKind, verification: VerificationContext) -> VerifiedList:
    """Fetch and verify the status list of ``kind`` at ``url`` for the credential in ``verification``.

    Raises `CheckUnknown` for any problem with the list: an untrusted list proves nothing either way.
    """
    try:
        fetched = verification.resolver.status_lists.fetch(url)
    except Unavailable as error:
        raise unreadable("status_list_unavailable", phrase("Its status list could not be read"), error) from error
    evidence = (fetched.evidence(),)
    lists = verification.resolver.lists
    status_list_document = lists.get(url) or lists.setdefault(url, _verified(fetched, verification))
    if kind.credential not in status_list_document.types:
        raise CheckUnknown("status_list_wrong_type", "Its status does not point to a status list.", evidence)
    if "credentialStatus" in status_list_document.document:
        # Following its status could recurse without end; ignoring it could trust a revoked list.
        raise CheckUnknown("status_list_has_status", "Its status list may itself have been revoked.", evidence)
    if status_list_document.document.get("id", url) != url:
        raise CheckUnknown("status_list_other_id", "The status list belongs to a different URL.", evidence)
    # A list by another issuer may be correct, but nothing shows that the credential's issuer delegated to it.
    if status_list_document.issuer != verification.issuer:
        raise CheckUnknown("status_list_other_issuer", "Its status list was issued by someone else.", evidence)
    mention = only(status_list_document.document.get("credentialSubject"))
    if kind.subject not in as_list(as_object(mention).get("type")):
        raise CheckUnknown("status_list_wrong_type", "Its status list is empty.", evidence)
    subject = status_list_document.node(mention)
    try:
        bits = kind.decode(text(subject.get("encodedList")) or "")
        verification.resolver.work.spend(len(bits) // UNPACKED)
    except (Malformed, CanonicalError) as error:
        raise CheckUnknown(error.code, error.detail, evidence) from error
    return VerifiedList(kind, tuple(as_list(subject.get("statusPurpose"))), bits, evidence[0])


def _verified(fetched: Fetched, verification: VerificationContext) -> VerificationContext:
    inner = VerificationContext(fetched.body, verification.resolver, verification.now, DEFAULT_OPTIONS)
    for check in _CHECKS:
        try:
            check(inner)
        except CheckNotPassed as error:
            message = phrase("Its status list cannot be trusted: {detail}", detail=phrase(error.detail))
            evidence = (fetched.evidence(),)
            raise CheckUnknown("status_list_unproven", message, evidence, temporary=error.temporary) from error
    return inner
