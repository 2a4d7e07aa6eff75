"""The port of the public catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.catalogue.entry import CatalogueEntry
from chalicelib.credential.achievement import Achievement
from chalicelib.credential.issuer import Issuer


@dataclass(frozen=True, slots=True)
class Offer:
    """An achievement with everything that its page shows."""

    achievement: Achievement
    issuer: Issuer
    pathway_links: tuple[PathwayLink, ...]
    salt: bytes | None
    """The salt of the day, None if it does not exist yet."""


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a referral. Each member is None if it does not exist."""

    entry: CatalogueEntry | None
    issuer: Issuer | None
    salt: bytes | None
    """The salt of the token's day."""
    todays_salt: bytes | None
    conversion_key: bytes | None = None
    """The key of the month of today, for the token that the enrolment page gets."""


@dataclass(frozen=True, slots=True)
class Click:
    """The first click on the offer of a page by one class of visitor: the id and the time of its event."""

    event_id: str
    at: datetime


class CatalogueStore(Protocol):
    """Reads the public catalogue. Every method raises `Unavailable` when storage does not respond."""

    def offer(self, achievement_id: str, day: date) -> Offer:
        """Two strongly consistent calls. Raises `NotFound`."""

    def issuer(self, issuer_id: str) -> Issuer:
        """Raises `NotFound`."""

    def issuer_ids(self, after: str, limit: int) -> list[str]:
        """The ids of issuers in order, after the id ``after`` (`""` for the first); at most ``limit``."""

    def issuers(self, issuer_ids: Sequence[str]) -> list[Issuer]:
        """Those of these issuers that exist, 25 in one call."""

    def entries(self, issuer_id: str, after: str, limit: int) -> list[CatalogueEntry]:
        """The entries of an issuer by id, after the id ``after`` (`""` for the first); at most ``limit``, in one
        call."""

    def entries_by_id(self, issuer_id: str, achievement_ids: Sequence[str]) -> Mapping[str, CatalogueEntry]:
        """The entries with these ``achievement_ids`` that exist, by id, in one call."""

    def target(self, issuer_id: str, achievement_id: str, day: date, today: date) -> Target:
        """One strongly consistent call."""

    def create_conversion_key(self, month: date, fresh: bytes, expires: datetime) -> bytes:
        """Store ``fresh`` as the key of ``month`` unless one exists; return the stored one."""

    def first_click(self, nonce: str, visitor_class: str, click: Click, expires: datetime) -> Click:
        """Store ``click`` unless one exists for this nonce and class; return the stored one."""


class ConversionStore(Protocol):
    """What crediting a sign-up reads and writes. Every method raises `Unavailable`."""

    def conversion_key(self, month: date) -> bytes | None:
        """The key that the tokens of ``month`` were made with; None if there is none or it has been deleted."""

    def has_credential(self, credential_id: str) -> bool:
        """Whether the credential is stored, strongly consistent."""

    def first_conversion(self, issuer_id: str, event_id: str, at: datetime, expires: datetime) -> datetime | None:
        """Store that the click ``event_id`` led to a sign-up at ``at``, and return the time already stored for it, None
        if there was none."""
