"""Services that the routes need from the composition root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the issuer models import much that a public view never needs
    from chalicelib.access.access_context import AccessContext
    from chalicelib.access.sign_in.provider_list import ProviderList
    from chalicelib.access.sign_in.providers import Providers
    from chalicelib.analytics.counts.ports import CountStore
    from chalicelib.analytics.event_budget import EventBudget
    from chalicelib.award.bulk.bulk_issuer import BulkIssuer
    from chalicelib.award.bulk.dry_run import DryRunner
    from chalicelib.award.endpoints.endpoint_actions import EndpointContext
    from chalicelib.award.export import Exporter
    from chalicelib.award.issuer_context import IssuerContext
    from chalicelib.award.issuers.domain_proof import DomainProver
    from chalicelib.award.pathways.pathway_actions import Pathways
    from chalicelib.award.ports import Claims
    from chalicelib.award.webhooks.webhook import WebhookStore
    from chalicelib.catalogue.catalogue import Catalogue
    from chalicelib.catalogue.conversion import Conversions
    from chalicelib.delivery.delivery_context import DeliveryContext
    from chalicelib.delivery.emails.parts.email_content import EmailContent
    from chalicelib.delivery.summaries import SummaryContext
    from chalicelib.directory import ports as directory_ports
    from chalicelib.directory.contact.relaying import ContactContext
    from chalicelib.directory.profiles.own_profile import ProfileContext
    from chalicelib.directory.profiles.ports import PublishedStore
    from chalicelib.directory.reading_limit import ReadingLimit
    from chalicelib.directory.saved.actions import SavedContext
    from chalicelib.embed.wallets.wallets import Wallets
    from chalicelib.erasure.requests import ErasureContext
    from chalicelib.moderation.moderation_context import ModerationContext
    from chalicelib.outcomes.importing import OutcomeContext
    from chalicelib.receipts.making import Receipts
    from chalicelib.reports.host_identity import Host
    from chalicelib.reports.hosted import HostedReports
    from chalicelib.reports.store import PublicStore
    from chalicelib.reports.submitted import SubmittedReports
    from chalicelib.settings import Settings
    from chalicelib.verifiers.accounts import VerifierContext
    from chalicelib.verifiers.batch.checking import BatchReports
    from chalicelib.verifiers.batch.jobs import JobContext
    from chalicelib.verifiers.idempotency import IdempotencyContext
    from chalicelib.verifiers.limits import ApiLimits
    from chalicelib.verifiers.ports import GrantStore
    from chalicelib.verifiers.watches.changing import RemovalContext
    from chalicelib.verifiers.watches.creating import WatchContext


class Services(Protocol):
    """The services that `chalicelib.services` assembles."""

    @property
    def settings(self) -> Settings:
        """Deployment settings."""

    @property
    def hosted_reports(self) -> HostedReports:
        """Reports on hosted credentials."""

    @property
    def event_budget(self) -> EventBudget:
        """Limit on the reported events that this worker stores."""

    @property
    def count_store(self) -> CountStore:
        """Store of counts."""

    @property
    def catalogue(self) -> Catalogue:
        """Public pages of issuers and achievements, and referrals."""

    @property
    def conversions(self) -> Conversions:
        """Sign-ups that referrals brought."""

    @property
    def submitted_reports(self) -> SubmittedReports:
        """Reports on submitted credentials."""

    @property
    def receipts(self) -> Receipts:
        """Receipts of verifications."""

    @property
    def batch_reports(self) -> BatchReports:
        """Reports on many submitted credentials."""

    @property
    def batch_jobs(self) -> JobContext:
        """Batches processed in the background."""

    @property
    def idempotency(self) -> IdempotencyContext:
        """`Idempotency-Key`s of verifiers."""

    @property
    def watch_context(self) -> WatchContext:
        """Actions of verifiers on their watches."""

    @property
    def watch_removals(self) -> RemovalContext:
        """The deletion of all watches of a verifier."""

    @property
    def watch_idempotency(self) -> IdempotencyContext:
        """`Idempotency-Key`s of requests about watches."""

    @property
    def public_store(self) -> PublicStore:
        """Store of public documents."""

    @property
    def host(self) -> Host:
        """Identity of the deployment."""

    @property
    def access_context(self) -> AccessContext:
        """Authentication and authorization."""

    @property
    def oidc(self) -> Providers:
        """OpenID Connect providers."""

    @property
    def oidc_providers(self) -> ProviderList:
        """The OpenID Connect providers of the deployment."""

    @property
    def domain_prover(self) -> DomainProver:
        """Domain verification."""

    @property
    def issuer_context(self) -> IssuerContext:
        """Dependencies of issuing."""

    @property
    def claims(self) -> Claims:
        """Store of `Idempotency-Key` claims."""

    @property
    def exporters(self) -> Mapping[str, Exporter]:
        """Exporters of an issuer's data, by the key that begins their lines."""

    @property
    def bulk(self) -> BulkIssuer:
        """Bulk issuing."""

    @property
    def dry_runner(self) -> DryRunner:
        """Dry runs of large uploads."""

    @property
    def delivery_context(self) -> DeliveryContext:
        """Email delivery to holders, and the holders' own actions."""

    @property
    def outcome_context(self) -> OutcomeContext:
        """Outcomes of people, imported by issuers."""

    def email_html(self, content: EmailContent) -> str:
        """Render an email as it is sent."""

    @property
    def moderation_context(self) -> ModerationContext:
        """Reports by visitors."""

    @property
    def profile_context(self) -> ProfileContext:
        """Holders' own profiles."""

    @property
    def contact_context(self) -> ContactContext:
        """Messages to holders."""

    @property
    def saved_context(self) -> SavedContext:
        """Saved people and searches of recruiters."""

    @property
    def erasure_context(self) -> ErasureContext:
        """Erasures of persons."""

    @property
    def summary_context(self) -> SummaryContext:
        """Monthly summaries for members of issuers."""

    @property
    def published_store(self) -> PublishedStore:
        """Store of public profiles."""

    @property
    def directory(self) -> directory_ports.Ports:
        """What searches of the directory need."""

    @property
    def reading_limit(self) -> ReadingLimit:
        """Limit on what a network reads of the directory."""

    @property
    def pathways(self) -> Pathways:
        """Store of pathways."""

    @property
    def wallets(self) -> Wallets:
        """Passes for phone wallets."""

    @property
    def verifier_context(self) -> VerifierContext:
        """Accounts of verifiers."""

    @property
    def grant_store(self) -> GrantStore:
        """Store of what API keys of verifiers permit."""

    @property
    def api_limits(self) -> ApiLimits:
        """Limits of callers of the API."""

    @property
    def webhooks(self) -> WebhookStore:
        """Store of webhooks."""

    @property
    def endpoint_context(self) -> EndpointContext:
        """Actions on endpoints."""
