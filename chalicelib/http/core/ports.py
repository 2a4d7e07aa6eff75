"""What the routes need from the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the nouns of issuers come with much that a public view never needs
    from chalicelib.access.access_context import AccessContext
    from chalicelib.access.providers import Providers
    from chalicelib.award.bulk.bulk_issuer import BulkIssuer
    from chalicelib.award.export import Exporter
    from chalicelib.award.issuer_context import IssuerContext
    from chalicelib.award.issuers.domain_proof import DomainProver
    from chalicelib.award.pathways.pathway_actions import Pathways
    from chalicelib.award.ports import Claims
    from chalicelib.award.webhooks.webhook import WebhookStore
    from chalicelib.delivery.delivery_context import DeliveryContext
    from chalicelib.reports.host_identity import Host
    from chalicelib.reports.hosted import HostedReports
    from chalicelib.reports.store import PublicStore
    from chalicelib.reports.submitted import SubmittedReports
    from chalicelib.settings import Settings


class Services(Protocol):
    """The nouns and edges that `chalicelib.services` puts together."""

    @property
    def settings(self) -> Settings:
        """What differs between deployments."""

    @property
    def hosted_reports(self) -> HostedReports:
        """Opens a credential link."""

    @property
    def submitted_reports(self) -> SubmittedReports:
        """Checks what strangers bring."""

    @property
    def public_store(self) -> PublicStore:
        """The public documents."""

    @property
    def host(self) -> Host:
        """The deployment's own identity."""

    @property
    def access_context(self) -> AccessContext:
        """Who asks, and what they may do."""

    @property
    def oidc(self) -> Providers:
        """Who else may say who somebody is (OpenID Connect)."""

    @property
    def domain_prover(self) -> DomainProver:
        """What the proof of a domain needs."""

    @property
    def issuer_context(self) -> IssuerContext:
        """What the acts of an issuer need."""

    @property
    def claims(self) -> Claims:
        """What each `Idempotency-Key` stands for."""

    @property
    def exporters(self) -> Mapping[str, Exporter]:
        """What is kept of an issuer, by the word that begins its lines."""

    @property
    def bulk(self) -> BulkIssuer:
        """What issuing to many needs."""

    @property
    def delivery_context(self) -> DeliveryContext:
        """What is written to holders, and what they do."""

    @property
    def pathways(self) -> Pathways:
        """Where pathways are stored."""

    @property
    def webhooks(self) -> WebhookStore:
        """Where hooks are stored."""
