"""Validate rows before issuing, with the same checks that `issue` makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from chalicelib.award.bulk import upload
from chalicelib.award.bulk.upload import Row, RowError
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import issue, storing
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.storing import Draft
from chalicelib.award.ports import NewKey
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.errors import LaurelError, Refused


@dataclass(frozen=True, slots=True)
class Terms:
    """Settings for every row of an upload."""

    achievement_id: str
    notify: bool = True
    """Whether the holders get an email."""


def award_of(issuer_id: str, terms: Terms, row: Row, credential_id: str | None = None) -> Award:
    """Build the award for ``row``."""
    return Award(
        issuer_id=issuer_id,
        achievement_id=terms.achievement_id,
        holder=Holder(row.name, row.email, row.did),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        evidence=tuple(EvidenceLink(url, _host(url)) for url in row.evidence),
        credential_id=credential_id,
        zone=row.zone,
        lang=row.lang,
        notify=terms.notify,
    )


def row_validator(issuer_context: IssuerContext, issuer_id: str, terms: Terms) -> Callable[[Row], Row]:
    """Return a function that adds to a row the errors that `issue` would find in it.

    Raises `NotFound` for the achievement, `Refused` when nothing can be issued regardless of the rows.
    """
    now = issuer_context.now()
    achievement = issuer_context.issuer_store.achievement(issuer_id, terms.achievement_id)
    issuer = issuer_context.issuer_store.issuer(issuer_id)

    def build_draft(row: Row) -> Draft:
        award = award_of(issuer_id, terms, row)
        issue.check(award, achievement)
        return issue.draft(issuer_context, award, achievement, now)

    # Problems of the issuer or the achievement are raised once here instead of for every row.
    storing.sign(replace(issuer_context, signer=_Unsigned()), build_draft(_VALID_ROW), issuer, 0)

    def validate(row: Row) -> Row:
        row_errors: tuple[RowError, ...] = ()
        candidate: Row | None = row if row.name else None  # a missing name is already an error
        while candidate is not None:
            try:
                build_draft(candidate)
            except LaurelError as error:
                column = upload.column_of(error)
                row_errors = (*row_errors, RowError(row.number, column, error.code, error.detail))
                corrected = _without_error(candidate, column)
                candidate = None if corrected == candidate else corrected
            else:
                break
        return replace(row, row_errors=(*row.row_errors, *row_errors)) if row_errors else row

    return validate


class _Unsigned:
    """A key service for discarded documents; its signatures are 64 zeros."""

    def create(self, description: str) -> NewKey:
        raise Refused(f"No key is made for {description}.", code="no_signing_key")

    def create_p256(self, description: str) -> NewKey:
        raise Refused(f"No key is made for {description}.", code="no_signing_key")

    def public(self, handle: str) -> bytes:
        raise Refused(f"There is no key {handle}.", code="no_signing_key")

    def sign(self, _handle: str, _message: bytes) -> bytes:
        return bytes(64)

    def sign_p256(self, _handle: str, _message: bytes) -> bytes:
        return bytes(64)


def _without_error(row: Row, column: str | None) -> Row | None:
    """``row`` with the invalid column replaced, so that validation can continue; None when that is not possible."""
    replacement = _REPLACEMENTS.get(column or "")
    return replace(row, **replacement) if replacement else None


_VALID_ROW = Row(1, "Ada Lovelace", "ada@example.org", evidence=("https://evidence.example/",))
"""A row without errors."""
_REPLACEMENTS: Mapping[str, Mapping[str, Any]] = {
    "name": {"name": _VALID_ROW.name},
    "email": {"email": None},
    "did": {"did": None},
    "zone": {"zone": None},
    "lang": {"lang": None},
    "valid_until": {"valid_from": None, "valid_until": None},
    "evidence": {"evidence": _VALID_ROW.evidence},
}
"""Valid replacements by invalid column."""


def _host(url: str) -> str:
    """The host of a URL, used as the name of the evidence link."""
    try:
        return (urlsplit(url).hostname or "")[:200] or "Evidence"
    except ValueError:
        return "Evidence"
