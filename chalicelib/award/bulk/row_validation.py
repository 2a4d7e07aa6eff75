"""What issuing would refuse, found row by row before anything is issued: the very checks that `issue` makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from chalicelib.award.bulk import upload
from chalicelib.award.bulk.upload import Fault, Row
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import issue, storing
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.storing import Draft
from chalicelib.award.ports import NewKey
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.errors import LaurelError, Refused


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every row of an upload."""

    achievement_id: str
    notify: bool = True
    """Whether the holders are written to."""


def award_of(issuer_id: str, terms: Terms, row: Row, credential_id: str | None = None) -> Award:
    """The award that ``row`` asks for."""
    return Award(
        issuer_id=issuer_id,
        achievement_id=terms.achievement_id,
        holder=Holder(row.name, row.email, row.did),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        evidence=tuple(EvidenceLink(url, _host(url)) for url in row.evidence),
        credential_id=credential_id,
        zone=row.zone,
        notify=terms.notify,
    )


def of(issuer_context: IssuerContext, issuer_id: str, terms: Terms) -> Callable[[Row], Row]:
    """A judge of rows: gives each one back with the faults that `issue` would find in it.

    Raises `NotFound` for the achievement, `Refused` when nothing could be issued whatever the rows say.
    """
    now = issuer_context.now()
    achievement = issuer_context.issuer_store.achievement(issuer_id, terms.achievement_id)
    issuer = issuer_context.issuer_store.issuer(issuer_id)

    def drafted(row: Row) -> Draft:
        award = award_of(issuer_id, terms, row)
        issue.check(award, achievement)
        return issue.draft(issuer_context, award, achievement, now)

    # What the issuer and the achievement themselves make impossible is told once, and not of every row.
    storing.sign(replace(issuer_context, signer=_Unsigned()), drafted(_ANYONE), issuer, 0)

    def judge(row: Row) -> Row:
        faults: tuple[Fault, ...] = ()
        rest: Row | None = row if row.name else None  # without a name it has that fault already
        while rest is not None:
            try:
                drafted(rest)
            except LaurelError as error:
                column = upload.column_of(error)
                faults = (*faults, Fault(row.number, column, error.code, error.detail))
                less = _without(rest, column)
                rest = None if less == rest else less
            else:
                break
        return replace(row, faults=(*row.faults, *faults)) if faults else row

    return judge


class _Unsigned:
    """A key service for what is not kept: its signatures are 64 zeros."""

    def create(self, description: str) -> NewKey:
        raise Refused(f"No key is made for {description}.", code="no_signing_key")

    def public(self, handle: str) -> bytes:
        raise Refused(f"There is no key {handle}.", code="no_signing_key")

    def sign(self, _handle: str, _message: bytes) -> bytes:
        return bytes(64)


def _without(row: Row, column: str | None) -> Row | None:
    """``row`` without what was found in it, so that the next fault shows too; None when that leaves nothing."""
    mended = _MENDED.get(column or "")
    return replace(row, **mended) if mended else None


_ANYONE = Row(1, "Ada Lovelace", "ada@example.org", evidence=("https://evidence.example/",))
"""A row without a fault."""
_MENDED: Mapping[str, Mapping[str, Any]] = {
    "name": {"name": _ANYONE.name},
    "email": {"email": None},
    "did": {"did": None},
    "zone": {"zone": None},
    "valid_until": {"valid_from": None, "valid_until": None},
    "evidence": {"evidence": _ANYONE.evidence},
}
"""What takes the place of a fault in each column."""


def _host(url: str) -> str:
    """What a link is called in the credential: where it leads."""
    try:
        return (urlsplit(url).hostname or "")[:200] or "Evidence"
    except ValueError:
        return "Evidence"
