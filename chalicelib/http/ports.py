"""What the routes need from the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the nouns of issuers come with much that a public view never needs
    from chalicelib.access.gate import Gate
    from chalicelib.access.providers import Providers
    from chalicelib.award.atlas import Pathways
    from chalicelib.award.awarding import Awarding
    from chalicelib.award.domains import Proving
    from chalicelib.award.export import Exporter
    from chalicelib.award.hooks import Hooks
    from chalicelib.award.jobs import Desk
    from chalicelib.award.ports import Claims
    from chalicelib.delivery.delivering import Delivering
    from chalicelib.intake.intake import Intake
    from chalicelib.lookup.host import Host
    from chalicelib.lookup.lookup import Lookup
    from chalicelib.lookup.ports import Shelf
    from chalicelib.settings import Settings


class Services(Protocol):
    """The nouns and edges that `chalicelib.services` puts together."""

    @property
    def settings(self) -> Settings:
        """What differs between deployments."""

    @property
    def lookup(self) -> Lookup:
        """Opens a credential link."""

    @property
    def intake(self) -> Intake:
        """Checks what strangers bring."""

    @property
    def shelf(self) -> Shelf:
        """The public documents."""

    @property
    def host(self) -> Host:
        """The deployment's own identity."""

    @property
    def gate(self) -> Gate:
        """Who asks, and what they may do."""

    @property
    def oidc(self) -> Providers:
        """Who else may say who somebody is (OpenID Connect)."""

    @property
    def proving(self) -> Proving:
        """What the proof of a domain needs."""

    @property
    def awarding(self) -> Awarding:
        """What the acts of an issuer need."""

    @property
    def claims(self) -> Claims:
        """What each `Idempotency-Key` stands for."""

    @property
    def exporters(self) -> Mapping[str, Exporter]:
        """What is kept of an issuer, by the word that begins its lines."""

    @property
    def desk(self) -> Desk:
        """What issuing to many needs."""

    @property
    def delivering(self) -> Delivering:
        """What is written to holders, and what they do."""

    @property
    def pathways(self) -> Pathways:
        """Where pathways are stored."""

    @property
    def hooks(self) -> Hooks:
        """Where hooks are stored."""
