"""Check 7: do all status entries show that it is neither revoked nor suspended? (Bitstring Status List v1.0, 3.2)

An entry is one of the credential (`credentialStatus`), or of the token that contains it (`token_status`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from chalicelib.credential.record import Purpose
from chalicelib.errors import Malformed
from chalicelib.language.phrase import phrase
from chalicelib.verify import bitstring, revocation_list
from chalicelib.verify.checks import extract, open_badges_2, token_status
from chalicelib.verify.checks.token_status import TokenList
from chalicelib.verify.jose.token_status_list import Reference
from chalicelib.verify.members import as_list, as_object, only
from chalicelib.verify.open_badges_2.secured import HostedBadge, SignedBadge
from chalicelib.verify.report import Evidence, Finding, Outcome
from chalicelib.verify.revocation_list import ListedEntry, ListedStatus
from chalicelib.verify.status_entry import MESSAGE, StatusEntry, parse
from chalicelib.verify.status_list import VerifiedList, read_list
from chalicelib.verify.verification_context import (
    CheckFailed,
    CheckNotPassed,
    CheckUnknown,
    VerificationContext,
)

Entry = StatusEntry | Reference | ListedEntry
Read = VerifiedList | TokenList | ListedStatus

_finding = partial(Finding, 7, "status")

MAX_ENTRIES = 8
"""Maximum number of entries to check: each may cost a fetch. Real credentials have one or two."""
_OLD_BADGES = (HostedBadge, SignedBadge)
MAX_MESSAGE = 200
"""Maximum length of an issuer's status message in a finding, in characters."""
_MESSAGE = "Its status is a message from the issuer that Laurel cannot interpret: {message}."

_SET_BIT: Mapping[Purpose, tuple[str, str]] = {
    Purpose.REVOCATION: ("revoked", "The issuer has revoked it."),
    Purpose.SUSPENSION: ("suspended", "The issuer has suspended it."),
}


_NO_STATUS = _finding(Outcome.NOT_APPLICABLE, "no_status", "It has no status information, so it cannot be revoked.")


def check(verification: VerificationContext) -> Finding:
    """Check every entry, and whether the holder may have left out one."""
    if isinstance(verification.securing, _OLD_BADGES):
        return open_badges_2.check_status(verification.securing)
    entries = as_list(verification.document.get("credentialStatus"))
    of_token = token_status.references(verification.securing)
    finding = _of_entries(entries, of_token, verification) if entries or of_token else _NO_STATUS
    if _may_lack_entries(entries, verification):
        message = "It does not show whether it can be revoked: its holder may have left out its status."
        raise CheckUnknown("status_withheld", message)
    return finding


def _may_lack_entries(entries: Sequence[object], verification: VerificationContext) -> bool:
    """Whether the holder may have left out a status. One for revocation is enough where any statement may be missing,
    since nothing can show that there are no others."""
    if not extract.is_extract(verification):
        return False
    if extract.may_lack(verification, "credentialStatus"):
        return True
    if not extract.signs_statements_alone(verification):
        return False
    parsed = [_parsed(item, verification) for item in entries]
    purposes = {entry.purpose for entry in parsed if isinstance(entry, StatusEntry)}
    return Purpose.REVOCATION not in purposes and not any(isinstance(entry, ListedEntry) for entry in parsed)


def _of_entries(
    entries: Sequence[object], of_token: Sequence[Reference | CheckNotPassed], verification: VerificationContext
) -> Finding:
    """Check every entry. A set bit counts even if another entry is unknown; otherwise one unknown entry decides."""
    number = len(entries) + len(of_token)
    if number > MAX_ENTRIES:
        raise CheckUnknown(
            "too_many_entries",
            phrase(
                "It has {number} status entries. Laurel checks up to {maximum}.", number=number, maximum=MAX_ENTRIES
            ),
        )
    set_bits: dict[Purpose, Evidence] = {}
    unknown: CheckNotPassed | None = None
    parsed_entries: list[Entry | CheckNotPassed] = [*(_parsed(entry, verification) for entry in entries), *of_token]
    known = {parsed.url: parsed for parsed in parsed_entries if not isinstance(parsed, CheckNotPassed)}
    signed = [url for url, entry in known.items() if not isinstance(entry, ListedEntry)]
    verification.resolver.status_lists.prefetch(tuple(signed))
    lists = {url: _read(parsed, verification) for url, parsed in known.items()}
    for parsed in parsed_entries:
        try:
            purpose, source = _judged(parsed, lists)
            if purpose is not None:
                set_bits[purpose] = source
        except CheckNotPassed as error:
            unknown = unknown or error
    for purpose in Purpose:
        if purpose in set_bits:
            code, message = _SET_BIT[purpose]
            raise CheckFailed(code, message, (set_bits[purpose],))
    if unknown is not None:
        raise unknown
    evidence = tuple(found.evidence for found in lists.values() if not isinstance(found, CheckNotPassed))
    return _finding(Outcome.PASSED, "not_revoked", "The issuer has not revoked or suspended it.", evidence)


def _judged(
    parsed: Entry | CheckNotPassed, lists: Mapping[str, Read | CheckNotPassed]
) -> tuple[Purpose | None, Evidence]:
    """Return the purpose of an entry that is set, and its list. Raises `CheckNotPassed`."""
    if isinstance(parsed, CheckNotPassed):
        raise parsed
    status_list = lists[parsed.url]
    if isinstance(status_list, CheckNotPassed):
        raise status_list
    return _purpose(parsed, status_list), status_list.evidence


def _read(entry: Entry, verification: VerificationContext) -> Read | CheckNotPassed:
    """Read a list, or say why not. All entries share the outcome: verifying a list may cost as much as a credential."""
    try:
        if isinstance(entry, Reference):
            return token_status.read_list(entry.url, verification)
        if isinstance(entry, ListedEntry):
            return revocation_list.read_list(entry.url, verification)
        return read_list(entry.url, entry.kind, verification)
    except CheckNotPassed as error:
        return error


def _purpose(entry: Entry, status_list: Read) -> Purpose | None:
    """Return the purpose of an entry that is set. Raises `CheckUnknown`."""
    if isinstance(entry, Reference) and isinstance(status_list, TokenList):
        return token_status.purpose_of(entry, status_list)
    if isinstance(entry, StatusEntry) and isinstance(status_list, VerifiedList):
        return entry.purpose if _value(entry, status_list) else None
    if isinstance(entry, ListedEntry) and isinstance(status_list, ListedStatus):
        return Purpose.REVOCATION if status_list.is_revoked else None
    raise _differs(status_list)  # two kinds of entries name the same address


def _parsed(entry: object, verification: VerificationContext) -> StatusEntry | ListedEntry | CheckNotPassed:
    kinds = as_object(entry).get("type")
    try:
        if only(kinds) == revocation_list.TYPE:
            return revocation_list.parse(as_object(entry))
        return parse(kinds, verification.node(entry), verification.node)
    except CheckNotPassed as error:
        return error


def _value(entry: StatusEntry, status_list: VerifiedList) -> int:
    """Return the entry's value in its list. Raises `CheckUnknown`, including for a message: only a person can judge
    it."""
    evidence = (status_list.evidence,)
    if entry.kind is not status_list.kind or (entry.purpose or MESSAGE) not in status_list.purposes:
        raise _differs(status_list)
    try:
        value = bitstring.get(status_list.bits, entry.index, entry.size)
    except Malformed as error:
        raise CheckUnknown(error.code, error.detail, evidence) from error
    if entry.purpose is None:
        message = entry.messages.get(value, hex(value))[:MAX_MESSAGE]
        raise CheckUnknown("status_message", phrase(_MESSAGE, message=repr(message)), evidence)
    return value


def _differs(status_list: Read) -> CheckUnknown:
    message = "The status list is for a different purpose."
    return CheckUnknown("status_purpose_differs", message, (status_list.evidence,))
