"""List and search an issuer's credentials, one row each, newest first."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from chalicelib.award.input.folding import fold
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.credential import email_address
from chalicelib.credential.public_id import PATTERN
from chalicelib.credential.record import Record, State
from chalicelib.errors import Malformed

MAX_PAGE_SIZE = 100
"""Maximum rows per page."""
MAX_ROWS_READ = 2_000
"""Maximum rows that one search reads, about 1 MB, so that it responds in time with partial results and a cursor."""
ROWS_PER_READ = 500
"""Rows that a search reads at once."""

MAX_PER_ADDRESS = 1000
"""Maximum credentials listed for one address: more than any person has from one issuer."""


@dataclass(frozen=True, slots=True)
class Row:
    """A credential in its issuer's list, with everything needed to show and find it without reading the credential."""

    credential_id: str
    issuer_id: str
    issued_at: datetime
    achievement_id: str
    holder_name: str
    state: State
    email: str | None = None
    valid_until: datetime | None = None
    superseded_by: str | None = None
    """The id of the replacement credential."""
    corrected: bool = False
    """Whether it was revoked only because a corrected version replaces it."""
    revoked_at: datetime | None = None
    notify: bool = False
    """Whether the issuer chose to email the holder about it."""

    @property
    def place(self) -> Place:
        """Its position in the list."""
        return Place(self.issued_at, self.credential_id)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in an issuer's list, which is ordered by time and then by id."""

    issued_at: datetime
    credential_id: str


def row_of(record: Record, recipient: Recipient | None) -> Row:
    """The row of ``record``, issued to ``recipient``."""
    return Row(
        credential_id=record.id,
        issuer_id=record.issuer_id,
        issued_at=record.issued_at,
        achievement_id=record.achievement_id,
        holder_name=record.holder_name,
        state=record.status.state,
        email=recipient.email if recipient else None,
        valid_until=record.valid_until,
        superseded_by=record.superseded_by,
        corrected=record.corrected,
        revoked_at=record.status.at if record.status.state is State.REVOKED else None,
        notify=recipient is not None and recipient.notify,
    )


class Lists(Protocol):
    """The methods of the issuer store that listing needs."""

    def rows(self, issuer_id: str, after: Place | None, limit: int) -> list[Row]:
        """As `award.ports.IssuerStore` says."""

    def rows_of_email(self, issuer_id: str, email: str) -> list[Row]:
        """As `award.ports.IssuerStore` says."""


@dataclass(frozen=True, slots=True)
class Search:
    """Search filter; a row must match all given members. ``name`` is a part of the holder's name and ``words`` part of
    the name or the start of the address, ignoring case and accents; ``email`` is the complete address.
    """

    name: str | None = None
    email: str | None = None
    achievement_id: str | None = None
    state: State | None = None
    words: str | None = None
    ends_after: datetime | None = None
    """The credential must not have expired at this time."""
    ends_before: datetime | None = None
    """The credential must have expired at this time."""
    current: bool = False
    """The credential must not have been replaced."""
    corrected: bool | None = None
    """Whether the credential must have been revoked only because a corrected version replaces it; None for any."""

    def matches(self, row: Row) -> bool:
        """Whether ``row`` matches, without checking its address."""
        return (
            (self.achievement_id is None or self.achievement_id == row.achievement_id)
            and (self.state is None or self.state is row.state)
            and (self.ends_after is None or row.valid_until is None or self.ends_after <= row.valid_until)
            and (self.ends_before is None or (row.valid_until is not None and row.valid_until < self.ends_before))
            and not (self.current and row.superseded_by is not None)
            and self.corrected in (None, row.corrected)
            and (self.name is None or fold(self.name) in fold(row.holder_name))
            and (self.words is None or _has_words(row, fold(self.words)))
        )


def _has_words(row: Row, words: str) -> bool:
    return words in fold(row.holder_name) or (row.email is not None and fold(row.email).startswith(words))


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first. ``next`` is the cursor of the next page; None on the last page. A page of search results may
    be empty although there is a next page."""

    rows: tuple[Row, ...]
    next: str | None


def page(issuer_store: Lists, issuer_id: str, search: Search, cursor: str | None = None, limit: int = 25) -> Page:
    """The rows of an issuer that match ``search``, at most ``limit`` (and `MAX_PAGE_SIZE`), after ``cursor``.

    Raises `Malformed` (`bad_cursor`).
    """
    limit = min(limit, MAX_PAGE_SIZE)
    after = decode_cursor(cursor) if cursor is not None else None
    if search.email is not None:
        return _page_of_email(issuer_store, issuer_id, search, email_address.normalize(search.email), after, limit)
    found: list[Row] = []
    looked = 0
    everything = search == Search()
    while looked < MAX_ROWS_READ:
        # Without a filter every row matches; one extra row shows whether there is a next page.
        step = limit + 1 - len(found) if everything else ROWS_PER_READ
        rows = issuer_store.rows(issuer_id, after, step)
        looked += step
        for row in rows:
            if search.matches(row):
                found.append(row)
            if len(found) > limit:
                return Page(tuple(found[:limit]), encode_cursor(found[limit - 1].place))
            after = row.place
        if len(rows) < step:
            return Page(tuple(found), None)
    return Page(tuple(found), encode_cursor(after) if after else None)


def _page_of_email(
    issuer_store: Lists, issuer_id: str, search: Search, email: str, after: Place | None, limit: int
) -> Page:
    rows = [
        row
        for row in issuer_store.rows_of_email(issuer_id, email)
        if search.matches(row) and (after is None or row.place < after)
    ]
    more = encode_cursor(rows[limit - 1].place) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), more)


def encode_cursor(place: Place) -> str:
    """Encode a position as a cursor for a URL.

    A cursor needs no signature: it only applies to the caller's own list, all of which the caller may see.
    """
    text = f"{place.issued_at.astimezone(UTC):%Y%m%d%H%M%S%f}{place.credential_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> Place:
    """Decode a cursor of `encode_cursor`. Raises `Malformed` (`bad_cursor`)."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        if not _PLACE.fullmatch(text):
            raise ValueError("no place")
        return Place(datetime.strptime(text[:20], "%Y%m%d%H%M%S%f").replace(tzinfo=UTC), text[20:])
    except (ValueError, binascii.Error) as error:
        raise Malformed("This cursor is not valid. Start again without one.", code="bad_cursor") from error


_PLACE = re.compile(rf"[0-9]{{20}}{PATTERN}", re.ASCII)
