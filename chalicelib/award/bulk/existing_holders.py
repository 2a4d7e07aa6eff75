"""Find people in a list who already hold the credential that it would issue.

This is a warning and never an error: a course can be taken twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.award.bulk import upload
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import search
from chalicelib.award.issuing.search import Search
from chalicelib.credential import email_address
from chalicelib.credential.record import State

MAX_ADDRESSES = 200
"""Maximum addresses that a request compares, with two reads each: about two seconds."""


@dataclass(frozen=True, slots=True)
class ExistingHolder:
    """A row of a person who has a credential of the same achievement, the newest of which is ``credential``."""

    row: upload.Row
    credential: search.Row


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows of people who already hold the credential. ``complete`` is False if there were more than
    `MAX_ADDRESSES`, so that later rows are unknown."""

    held: tuple[ExistingHolder, ...]
    complete: bool


def compare(
    issuer_context: IssuerContext, issuer_id: str, achievement_id: str, rows: Iterable[upload.Row]
) -> Comparison:
    """Compare valid ``rows`` with the issuer's credentials that are neither revoked, replaced nor expired. Raises
    `Unavailable`."""
    wanted = Search(achievement_id=achievement_id, ends_after=issuer_context.now(), current=True)
    newest: dict[str, search.Row | None] = {}
    found: list[ExistingHolder] = []
    for row in rows:
        if row.email is None:
            continue
        email = email_address.normalize(row.email)
        if email not in newest:
            if len(newest) == MAX_ADDRESSES:
                return Comparison(tuple(found), complete=False)
            earlier = issuer_context.issuer_store.rows_of_email(issuer_id, email)
            held = (each for each in earlier if each.state is not State.REVOKED and wanted.matches(each))
            newest[email] = next(held, None)
        credential = newest[email]
        if credential is not None:
            found.append(ExistingHolder(row, credential))
    return Comparison(tuple(found), complete=True)
