"""One `credentialStatus` entry (Bitstring Status List v1.0, 2.1; its predecessor StatusList2021, 4.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.credential import vocabulary
from chalicelib.credential.record import Purpose
from chalicelib.language.phrase import phrase
from chalicelib.verify import bitstring
from chalicelib.verify.members import as_list, id_of, only, text
from chalicelib.verify.verification_context import CheckUnknown

MESSAGE = "message"
"""The purpose of a list that only conveys messages, whatever they say."""
MAX_SIZE = 16
"""Maximum number of bits of one status. Each possible value has a message in the entry, so real entries have few."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_VALUE = re.compile(r"0x[0-9a-fA-F]{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListKind:
    """One kind of status list: its types, and how its bits are encoded."""

    entry: str
    credential: str
    subject: str
    decode: Callable[[str], bytes]


KINDS: Mapping[object, ListKind] = {
    kind.entry: kind
    for kind in (
        ListKind(vocabulary.STATUS_ENTRY, vocabulary.STATUS_LIST_CREDENTIAL, vocabulary.STATUS_LIST, bitstring.decode),
        ListKind("StatusList2021Entry", "StatusList2021Credential", "StatusList2021", bitstring.decode_2021),
    )
}


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """A parsed entry. ``purpose`` is None for a list of messages."""

    kind: ListKind
    purpose: Purpose | None
    url: str
    index: int
    size: int
    messages: Mapping[int, str]
    """The issuer's message for each value, if it wrote any."""


STANDARD_ERRORS: Mapping[str, str] = {
    code: f"https://www.w3.org/ns/credentials/status-list#{name}"
    for name, codes in {
        "STATUS_RETRIEVAL_ERROR": ("status_list_unavailable",),
        "STATUS_VERIFICATION_ERROR": (
            *("status_list_unproven", "status_list_wrong_type", "status_list_has_status", "status_list_other_id"),
            *("status_list_other_issuer", "status_purpose_differs"),
        ),
        "STATUS_LIST_LENGTH_ERROR": ("status_list_too_short",),
        "RANGE_ERROR": ("status_index_out_of_range",),
        "MALFORMED_VALUE_ERROR": ("status_malformed", "status_list_malformed", "status_size_unsupported"),
    }.items()
    for code in codes
}
"""The error of the standard (Bitstring Status List v1.0, 3.5) for each code that has one."""


def parse(kinds: object, entry: Mapping[str, object], node: Callable[[object], Mapping[str, object]]) -> StatusEntry:
    """Parse ``entry``, which has the types ``kinds``; ``node`` reads the objects in it. Raises `CheckUnknown`."""
    kind = next((KINDS[name] for name in as_list(kinds) if isinstance(name, str) and name in KINDS), None)
    if kind is None:
        raise CheckUnknown(
            "status_type_unknown",
            phrase("Laurel does not support the status type {type} yet.", type=repr(_name(kinds))),
        )
    url, index = id_of(only(entry.get("statusListCredential"))), only(entry.get("statusListIndex"))
    # The specification requires a string of digits; some issuers write a number, which is unambiguous too.
    digits = str(index) if type(index) in (str, int) else ""
    size, purpose = _size(entry), _purpose(entry)
    if url is None or not _INDEX.fullmatch(digits):
        raise CheckUnknown("status_malformed", "Its status does not name a status list.")
    return StatusEntry(kind, purpose, url, int(digits), size, _messages(entry, node))


def _size(entry: Mapping[str, object]) -> int:
    # A holder can write this number as a text or in a list without changing what is signed.
    size = only(entry.get("statusSize", 1))
    digits = "1" if size == [] else str(size) if type(size) in (str, int) else ""
    if not _INDEX.fullmatch(digits) or not 1 <= int(digits) <= MAX_SIZE:
        raise CheckUnknown(
            "status_size_unsupported", phrase("Laurel supports a status of up to {maximum} bits.", maximum=MAX_SIZE)
        )
    return int(digits)


def _purpose(entry: Mapping[str, object]) -> Purpose | None:
    purpose = text(entry.get("statusPurpose")) or ""
    if purpose == MESSAGE:
        return None
    try:
        return Purpose(purpose)
    except ValueError as error:
        raise CheckUnknown("status_purpose_unknown", "Its status has an unknown purpose.") from error


def _messages(entry: Mapping[str, object], node: Callable[[object], Mapping[str, object]]) -> dict[int, str]:
    found = {}
    for item in map(node, as_list(entry.get("statusMessage"))):
        value, message = text(item.get("status")), text(item.get("message"))
        if value and message and _VALUE.fullmatch(value):
            found[int(value, 16)] = message
    return found


def _name(kinds: object) -> str:
    return ", ".join(str(each)[:64] for each in as_list(kinds)[:3])
