"""Check 7: do all status entries show that it is neither revoked nor suspended? (Bitstring Status List v1.0, 3.2)"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from chalicelib.credential import vocabulary
from chalicelib.credential.record import Purpose
from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase
from chalicelib.verify import bitstring
from chalicelib.verify.members import as_list, as_object, id_of, only, text
from chalicelib.verify.report import Evidence, Finding, Outcome
from chalicelib.verify.status_list import VerifiedList, read_list
from chalicelib.verify.verification_context import (
    CheckFailed,
    CheckNotPassed,
    CheckUnknown,
    VerificationContext,
)

_finding = partial(Finding, 7, "status")

MAX_ENTRIES = 8
"""Maximum number of entries to check: each may cost a fetch. Real credentials have one or two."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Entry:
    purpose: Purpose
    url: str
    index: int


_SET_BIT: Mapping[Purpose, tuple[str, str]] = {
    Purpose.REVOCATION: ("revoked", "The issuer has revoked it."),
    Purpose.SUSPENSION: ("suspended", "The issuer has suspended it."),
}


_NO_STATUS = _finding(Outcome.NOT_APPLICABLE, "no_status", "It has no status information, so it cannot be revoked.")


def check(verification: VerificationContext) -> Finding:
    """Check every entry. A set bit counts even if another entry is unknown; otherwise one unknown entry decides."""
    entries = as_list(verification.document.get("credentialStatus"))
    if not entries:
        return _NO_STATUS
    if len(entries) > MAX_ENTRIES:
        raise CheckUnknown(
            "too_many_entries",
            phrase(
                "It has {number} status entries. Laurel checks up to {maximum}.",
                number=len(entries),
                maximum=MAX_ENTRIES,
            ),
        )
    lists: dict[str, VerifiedList] = {}
    set_bits: dict[Purpose, Evidence] = {}
    unknown: CheckNotPassed | None = None
    parsed_entries = [_parsed(entry, verification) for entry in entries]
    urls = dict.fromkeys(parsed.url for parsed in parsed_entries if isinstance(parsed, _Entry))
    verification.resolver.status_lists.prefetch(tuple(urls))
    for parsed in parsed_entries:
        try:
            if isinstance(parsed, CheckNotPassed):
                raise parsed
            status_list = lists.get(parsed.url) or lists.setdefault(parsed.url, read_list(parsed.url, verification))
            if _is_set(parsed, status_list):
                set_bits[parsed.purpose] = status_list.evidence
        except CheckNotPassed as error:
            unknown = unknown or error
    for purpose in Purpose:
        if purpose in set_bits:
            code, message = _SET_BIT[purpose]
            raise CheckFailed(code, message, (set_bits[purpose],))
    if unknown is not None:
        raise unknown
    evidence = tuple(status_list.evidence for status_list in lists.values())
    return _finding(Outcome.PASSED, "not_revoked", "The issuer has not revoked or suspended it.", evidence)


def _parsed(entry: object, verification: VerificationContext) -> _Entry | CheckNotPassed:
    try:
        return _parse(as_object(entry).get("type"), verification.node(entry))
    except CheckNotPassed as error:
        return error


def _parse(kind: object, entry: Mapping[str, object]) -> _Entry:
    if vocabulary.STATUS_ENTRY not in as_list(kind):
        raise CheckUnknown(
            "status_type_unknown", phrase("Laurel does not support the status type {type} yet.", type=repr(_name(kind)))
        )
    # A holder can rewrite each of these without changing what is signed, which must not hide a revocation.
    size = only(entry.get("statusSize", 1))
    if size not in (1, "1", []) or type(size) is bool:
        raise CheckUnknown(
            "status_size_unsupported", ("Its status has more than one bit, which Laurel does not support yet.")
        )
    try:
        purpose = Purpose(text(entry.get("statusPurpose")) or "")
    except ValueError as error:
        raise CheckUnknown("status_purpose_unknown", "Its status has an unknown purpose.") from error
    url, index = id_of(only(entry.get("statusListCredential"))), only(entry.get("statusListIndex"))
    # The specification requires a string of digits; some issuers write a number, which is unambiguous too.
    digits = str(index) if type(index) in (str, int) else ""
    if url is None or not _INDEX.fullmatch(digits):
        raise CheckUnknown("status_malformed", "Its status does not name a status list.")
    return _Entry(purpose, url, int(digits))


def _is_set(entry: _Entry, status_list: VerifiedList) -> bool:
    if entry.purpose not in status_list.purposes:
        raise CheckUnknown("status_purpose_differs", "The status list is for another purpose.", (status_list.evidence,))
    try:
        return bitstring.get(status_list.bits, entry.index)
    except Malformed as error:
        raise CheckUnknown(error.code, error.detail, (status_list.evidence,)) from error


def _name(kind: object) -> str:
    return ", ".join(str(each)[:64] for each in as_list(kind)[:3])
