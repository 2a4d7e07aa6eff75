"""The port for reading hosted credentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from chalicelib.award.pathways.pathway_link import PathwayLink
from chalicelib.catalogue.entry import CatalogueEntry
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Image, Record, StatusList

if TYPE_CHECKING:  # most credentials show no view counts
    from chalicelib.analytics.counts.view_counts import ViewCounts


@dataclass(frozen=True, slots=True)
class RelatedItems:
    """The items that belong to a record, read together in one strongly consistent call."""

    issuer: Issuer | None
    status_lists: Mapping[str, StatusList]
    """By list id."""
    salt: bytes | None
    """The salt of the day, None if it does not exist yet."""
    pathway_links: tuple[PathwayLink, ...] = ()
    """The pathways that its achievement is a step of."""
    catalogue_entry: CatalogueEntry | None = None
    """Its achievement as the issuer offers it today; None if it does not."""
    view_counts: ViewCounts | None = None
    """How often it was viewed and verified, if its holder shows it."""


class PublicStore(Protocol):
    """The credentials that Laurel hosts. Every method raises `Unavailable` when storage does not answer."""

    def record(self, credential_id: str) -> Record:
        """The record, strongly consistent. Raises `NotFound`."""

    def existing_records(self, credential_ids: Sequence[str]) -> list[Record]:
        """The records with these ids that exist, in the same order, strongly consistent, several in one call."""

    def issuers_and_lists(self, records: Sequence[Record]) -> tuple[Mapping[str, Issuer], Mapping[str, StatusList]]:
        """The issuers and the status lists of ``records`` by id, strongly consistent, several in one call."""

    def related_items(self, record: Record, day: date) -> RelatedItems:
        """Issuer, status lists, the achievement's pathways, the day's salt and, if the record shows them, the view
        counts, read in one strongly consistent call."""

    def issuer(self, issuer_id: str) -> Issuer:
        """Raises `NotFound`."""

    def issuer_of_did(self, did: str) -> Issuer:
        """The hosted issuer with this DID. Raises `NotFound`."""

    def name_holders(self, digest: str) -> set[str]:
        """The issuers that may have a name with this digest (`credential.lookalike`): the registered one, and those
        that an operator has allowed it."""

    def status_list(self, list_id: str) -> StatusList:
        """Raises `NotFound`."""

    def image(self, sha256: str) -> Image:
        """Raises `NotFound`."""
