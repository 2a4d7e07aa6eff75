"""The people who hold an issuer's credentials, as CSV that a CRM imports: one row for each person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib import csv_output
from chalicelib.award.issuing.search import ROWS_PER_READ, Place, Row
from chalicelib.credential.build import credential_url
from chalicelib.credential.record import State


class Crm(StrEnum):
    """A CRM, by whose names the columns are recognised."""

    SALESFORCE = "salesforce"
    HUBSPOT = "hubspot"


COLUMNS: Mapping[Crm, Sequence[str]] = {
    # API names: standard fields of a Contact, and custom fields to create with these names.
    Crm.SALESFORCE: (
        "FirstName", "LastName", "Email", "Laurel_Credentials__c", "Laurel_Latest_Credential__c",
        "Laurel_Latest_URL__c", "Laurel_Issued_On__c", "Laurel_Expires_On__c", "Laurel_Status__c",
        "Laurel_All_Credentials__c",
    ),
    # Labels of properties: the first three are HubSpot's own.
    Crm.HUBSPOT: (
        "First Name", "Last Name", "Email", "Laurel Credentials", "Laurel Latest Credential", "Laurel Latest URL",
        "Laurel Issued On", "Laurel Expires On", "Laurel Status", "Laurel All Credentials",
    ),
}  # fmt: skip
"""The same columns for each CRM, in the same order."""
MAX_LISTED = 50
"""Maximum credentials named in one cell: with names of 200 characters, this stays below Salesforce's limit of 32,768
for a long text area."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person by email address, with their current credentials, newest first."""

    email: str
    name: str
    """As in their newest credential."""
    rows: tuple[Row, ...]


class Lists(Protocol):
    """What listing contacts needs of the issuer store."""

    def rows(self, issuer_id: str, after: Place | None, limit: int) -> list[Row]:
        """As `award.ports.IssuerStore` says."""


def rows_of(lists: Lists, issuer_id: str, limit: int | None = None) -> Iterator[Row]:
    """The rows of an issuer, newest first, at most ``limit``. Raises `Unavailable`."""
    after, left = None, limit
    while left is None or left > 0:
        size = ROWS_PER_READ if left is None else min(left, ROWS_PER_READ)
        found = lists.rows(issuer_id, after, size)
        yield from found
        if len(found) < size:
            return
        after, left = found[-1].place, None if left is None else left - len(found)


def contacts(rows: Iterable[Row]) -> list[Contact]:
    """Group ``rows``, newest first, by address. Without an address, or if revoked or replaced, a credential is left
    out."""
    by_email: dict[str, list[Row]] = {}
    for row in rows:
        if row.email and row.state is not State.REVOKED and row.superseded_by is None:
            by_email.setdefault(row.email.lower(), []).append(row)
    return [Contact(own[0].email or "", own[0].holder_name, tuple(own)) for own in by_email.values()]


def lines(crm: Crm, found: Iterable[Contact], names: Mapping[str, str], base_url: str, now: datetime) -> Iterator[str]:
    """The file, line by line; ``names`` are those of achievements by id."""
    yield csv_output.line(COLUMNS[crm])
    for contact in found:
        newest, (first, last) = contact.rows[0], split_name(contact.name)
        yield csv_output.line(
            (
                first,
                last,
                contact.email,
                len(contact.rows),
                names.get(newest.achievement_id, ""),
                credential_url(base_url, newest.credential_id),
                newest.issued_at.date().isoformat(),
                None if newest.valid_until is None else newest.valid_until.date().isoformat(),
                status_of(newest, now),
                "; ".join(names.get(row.achievement_id, "") for row in contact.rows[:MAX_LISTED]),
            )
        )


def split_name(name: str) -> tuple[str, str]:
    """First and last name: the last word is the last name, and so is a single word, because Salesforce requires one."""
    first, _, last = name.strip().rpartition(" ")
    return first.strip(), last


def status_of(row: Row, now: datetime) -> str:
    """The status of a credential that is not revoked."""
    if row.state is State.SUSPENDED:
        return "Suspended"
    return "Expired" if row.valid_until is not None and row.valid_until <= now else "Valid"
