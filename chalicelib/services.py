"""The composition root: the one place where the core and the edges meet."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.analytics.ports import Fallback, Salts
from chalicelib.analytics.recorder import Recorder
from chalicelib.analytics.visitor import SALT_BYTES
from chalicelib.dynamo.stores.analytics.events import DynamoEventStore
from chalicelib.dynamo.stores.analytics.salts import DynamoSalts
from chalicelib.dynamo.stores.public import DynamoPublicStore
from chalicelib.dynamo.tables import Tables
from chalicelib.errors import Unavailable
from chalicelib.reports.host_identity import Host
from chalicelib.reports.hosted import HostedReports
from chalicelib.reports.store import PublicStore
from chalicelib.settings import Function, Settings

if TYPE_CHECKING:  # a credential page needs none of these, and they would lengthen its cold start
    from chalicelib.access.access_context import AccessContext
    from chalicelib.access.ports import Mailer
    from chalicelib.access.sign_in.provider_list import ProviderList
    from chalicelib.access.sign_in.providers import Providers
    from chalicelib.analytics.archive import ArchiveContext, EventArchive
    from chalicelib.analytics.counts.folding import FoldContext, Publish
    from chalicelib.analytics.counts.ports import CountStore
    from chalicelib.analytics.event import Event
    from chalicelib.analytics.event_budget import EventBudget
    from chalicelib.award.bulk.bulk_issuer import BulkIssuer
    from chalicelib.award.bulk.dry_run import DryRunner
    from chalicelib.award.endpoints.endpoint import EndpointStore
    from chalicelib.award.endpoints.endpoint_actions import EndpointContext
    from chalicelib.award.export import Exporter
    from chalicelib.award.issuer_context import IssuerContext
    from chalicelib.award.issuers.domain_proof import DomainProver
    from chalicelib.award.keys.cleanup import KeyRemover
    from chalicelib.award.pathways.pathway_actions import Pathways
    from chalicelib.award.ports import Claims, IssuerStore, Signer
    from chalicelib.award.webhooks.webhook import WebhookStore
    from chalicelib.catalogue.catalogue import Catalogue
    from chalicelib.catalogue.conversion import Conversions
    from chalicelib.delivery import ports as delivery_ports
    from chalicelib.delivery.delivery_context import DeliveryContext
    from chalicelib.delivery.emails.parts.email_content import EmailContent
    from chalicelib.delivery.summaries import SummaryContext
    from chalicelib.directory import ports as directory_ports
    from chalicelib.directory.contact.relaying import ContactContext
    from chalicelib.directory.profiles.own_profile import ProfileContext
    from chalicelib.directory.profiles.ports import PublishedStore
    from chalicelib.directory.reading_limit import ReadingLimit
    from chalicelib.directory.saved.actions import SavedContext
    from chalicelib.directory.writing.updates import Update, UpdateContext
    from chalicelib.embed.wallets.wallets import Wallets
    from chalicelib.erasure.requests import ErasureContext
    from chalicelib.moderation.moderation_context import ModerationContext
    from chalicelib.net.fetching.network import Network
    from chalicelib.outcomes.importing import OutcomeContext
    from chalicelib.receipts.making import Receipts
    from chalicelib.reports.fetch_allowance import FetchAllowance
    from chalicelib.reports.submitted import SubmittedReports
    from chalicelib.s3.batch_files import S3BatchFiles
    from chalicelib.tasks.task_queue import TaskQueue
    from chalicelib.tasks.worker import Handler
    from chalicelib.verifiers.accounts import VerifierContext
    from chalicelib.verifiers.batch.checking import BatchReports
    from chalicelib.verifiers.batch.jobs import JobContext
    from chalicelib.verifiers.idempotency import IdempotencyContext
    from chalicelib.verifiers.limits import ApiLimits
    from chalicelib.verifiers.ports import GrantStore
    from chalicelib.verifiers.watches.changing import RemovalContext
    from chalicelib.verifiers.watches.creating import WatchContext
    from chalicelib.verifiers.watches.running import WatchWork
    from chalicelib.verifiers.watches.waking import Send
    from chalicelib.verifiers.watches.watch import WatchStore

Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]


def utc_now() -> datetime:
    """The clock of a deployment; everything else takes time as an argument."""
    return datetime.now(UTC)


class Services:
    """The services available to the inbound edges (HTTP, background functions, command line). Parts are created when
    first used, so that a credential page does not wait for the KMS client."""

    def __init__(self, settings: Settings, fallback: Fallback, clock: Clock, entropy: Entropy) -> None:
        self.settings = settings
        self.clock = clock
        self.entropy = entropy
        self._fallback = fallback
        self._tables = Tables(
            credentials=settings.credentials_table,
            directory=settings.directory_table,
            events=settings.events_table,
            secrets=settings.secrets_table,
            erasures=settings.erasures_table,
            region=settings.region,
        )

    @cached_property
    def public_store(self) -> PublicStore:
        """The store of public items."""
        return DynamoPublicStore(self._tables)

    @cached_property
    def event_store(self) -> DynamoEventStore:
        """The store of events."""
        return DynamoEventStore(self._tables, self.clock, self._retention)

    @property
    def _retention(self) -> timedelta:
        return timedelta(days=self.settings.event_retention_days)

    @cached_property
    def count_store(self) -> CountStore:
        """The store of counts, for readers."""
        from chalicelib.dynamo.stores.analytics.counts import (
            DynamoCountStore,  # imported late: a credential page counts nothing
        )

        return DynamoCountStore(self._tables, self._retention, consistent=False)

    @cached_property
    def fold_context(self) -> FoldContext:
        """Dependencies of counting."""
        from chalicelib.analytics.counts.folding import FoldContext
        from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore

        store = DynamoCountStore(self._tables, self._retention)
        return FoldContext(self.event_store, store, self.clock, self.entropy, self._retention, self._publish())

    def _publish(self) -> Publish:
        """What passes counted events on: to the endpoints of their issuer, and to the event bus if there is one."""
        from chalicelib.award.endpoints import document, publishing

        context = publishing.PublishContext(
            self.endpoint_store, self.endpoint_tasks, self.settings.base_url, self.clock
        )
        if not self.settings.event_bus:
            return partial(publishing.publish, context)
        from chalicelib.eventbridge.event_bus import EventBus

        bus = EventBus(self.settings.region, self.settings.event_bus)

        def publish(issuer_id: str, events: Sequence[Event]) -> None:
            publishing.publish(context, issuer_id, events)
            found = publishing.to_publish(events, self.clock())
            bus.put([document.of_event(event, self.settings.base_url) for event in found])

        return publish

    @cached_property
    def endpoint_store(self) -> EndpointStore:
        """The store of endpoints."""
        from chalicelib.dynamo.stores.award.endpoints import DynamoEndpointStore  # imported late

        return DynamoEndpointStore(self._tables)

    @cached_property
    def endpoint_tasks(self) -> TaskQueue:
        """The queue of messages to endpoints."""
        from chalicelib.dynamo import keys
        from chalicelib.dynamo.stores.tasks import DynamoTaskQueue  # imported late

        return DynamoTaskQueue(self._tables, keys.ENDPOINT_TASKS)

    @cached_property
    def endpoint_context(self) -> EndpointContext:
        """Actions on endpoints."""
        from chalicelib.award.endpoints.endpoint_actions import EndpointContext

        return EndpointContext(
            self.endpoint_store,
            self.endpoint_tasks,
            self._network.guard.target,
            self.issuer_context,
        )

    def endpoint_handlers(self) -> Mapping[str, Handler]:
        """The handlers of messages to endpoints, for one run."""
        from chalicelib.award.endpoints import publishing, sending
        from chalicelib.net.endpoints import NetworkSender

        sender = NetworkSender(self._network.fetcher, time.monotonic)
        context = sending.SendContext(
            self.endpoint_store, sender, self.endpoint_tasks, self.tasks, self.clock, self.entropy
        )
        return {publishing.TASK: partial(sending.handle, context)}

    @cached_property
    def event_archive(self) -> EventArchive:
        """The archive of events."""
        from chalicelib.s3.event_archive import S3EventArchive  # imported late: only background functions need it

        return S3EventArchive(self.settings.region, self.settings.event_archive)

    @cached_property
    def archive_context(self) -> ArchiveContext:
        """Dependencies of archiving events."""
        from chalicelib.analytics.archive import ArchiveContext
        from chalicelib.dynamo.stores.erasure import tombstones

        erased = partial(tombstones.erased_credentials, self._tables)
        return ArchiveContext(
            self.event_store, self.event_store, self.event_archive, erased, self.clock, self._retention
        )

    @cached_property
    def salts(self) -> Salts:
        """The daily salts."""
        return DynamoSalts(self._tables)

    @cached_property
    def hosted_reports(self) -> HostedReports:
        """Reports on hosted credentials."""
        return HostedReports(
            public_store=self.public_store,
            recorder=Recorder(self.event_store, self._fallback),
            salts=self.salts,
            base_url=self.settings.base_url,
            clock=self.clock,
            entropy=self.entropy,
        )

    @cached_property
    def directory(self) -> directory_ports.Ports:
        """What searches of the directory need. Cursors are signed with the salt of the day."""
        from chalicelib.directory.listed import all_shown_now
        from chalicelib.directory.ports import Ports
        from chalicelib.dynamo.stores.directory.reader import DynamoIndexReader

        shown_now = partial(all_shown_now, self.published_store, self.hosted_reports)
        return Ports(DynamoIndexReader(self._tables), self._salt, shown_now)

    @cached_property
    def reading_limit(self) -> ReadingLimit:
        """Limit on what a network reads of the directory."""
        from chalicelib.directory.reading_limit import ReadingLimit
        from chalicelib.dynamo import keys
        from chalicelib.dynamo.stores.counters import DynamoCounters

        return ReadingLimit(DynamoCounters(self._tables, keys.listings_read), self._salt, self.clock)

    def _salt(self, day: date) -> bytes | None:
        salts = DynamoSalts(self._tables)
        found = salts.find(day)
        if found is None and day == self.clock().date():
            return salts.create(day, self.entropy(SALT_BYTES))
        return found

    @cached_property
    def listing_updates(self) -> UpdateContext:
        """What keeps the index of the directory up to date."""
        from chalicelib.directory.writing.updates import UpdateContext
        from chalicelib.dynamo.stores.directory.profiles import DynamoProfileStore
        from chalicelib.dynamo.stores.directory.writer import DynamoIndexWriter

        return UpdateContext(
            index=DynamoIndexWriter(self._tables),
            published_store=self.published_store,
            profile_store=DynamoProfileStore(self._tables),
            reports=self.hosted_reports,
            recipient=lambda credential_id: self.issuer_store.recipient(credential_id).email,
            tasks=self.tasks,
            clock=self.clock,
        )

    def update_listings(self, records: Sequence[dict[str, Any]]) -> Update:
        """Apply records of the stream of stored items to the index of the directory, and have watches checked."""
        from chalicelib.directory.writing import updates
        from chalicelib.dynamo.stores.directory.stream import read_changes, read_wakes

        # First, so that a listing that cannot be updated delays no watch. Its records are delivered again.
        self.wake_watches(read_wakes(records))
        return updates.apply_stream(self.listing_updates, read_changes(records))

    @cached_property
    def event_budget(self) -> EventBudget:
        """Limit on the reported events that this worker stores."""
        from chalicelib.analytics.event_budget import EventBudget

        return EventBudget(self.clock)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The public pages of issuers and achievements."""
        from chalicelib.catalogue.catalogue import Catalogue
        from chalicelib.dynamo.stores.catalogue import DynamoCatalogueStore

        store = DynamoCatalogueStore(self._tables)
        recorder = Recorder(self.event_store, self._fallback)
        return Catalogue(store, self.salts, recorder, self.clock, self.entropy, lambda: self.count_store)

    @cached_property
    def conversions(self) -> Conversions:
        """Sign-ups that referrals brought."""
        from chalicelib.catalogue.conversion import Conversions
        from chalicelib.dynamo.stores.catalogue import DynamoConversionStore

        recorder = Recorder(self.event_store, self._fallback)
        return Conversions(DynamoConversionStore(self._tables), recorder, self.clock)

    @cached_property
    def _network(self) -> Network:
        from chalicelib.net.fetching.network import Network

        own = urlsplit(self.settings.base_url).hostname or ""
        return Network.create(frozenset(self.settings.fetch_allow), self.clock, own)

    @cached_property
    def fetch_allowance(self) -> FetchAllowance:
        """The allowance of time that each network may keep Laurel waiting for other hosts."""
        from chalicelib.dynamo.stores.rates import DynamoRateStore
        from chalicelib.net.fetched_sources import REQUEST_SECONDS
        from chalicelib.reports.fetch_allowance import FetchAllowance

        return FetchAllowance(
            DynamoRateStore(self._tables),
            self.salts,
            self.clock,
            time.monotonic,
            self.entropy,
            request_seconds=REQUEST_SECONDS,
        )

    @cached_property
    def verifier_context(self) -> VerifierContext:
        """Dependencies of the accounts of verifiers."""
        from chalicelib.dynamo.stores.verifiers import DynamoVerifierStore  # imported late: only their pages need it
        from chalicelib.verifiers.accounts import VerifierContext

        return VerifierContext(DynamoVerifierStore(self._tables), self.clock, self.entropy)

    @cached_property
    def grant_store(self) -> GrantStore:
        """The store of what API keys of verifiers permit."""
        from chalicelib.dynamo.stores.verifiers import DynamoGrantStore  # imported late: most requests have none

        return DynamoGrantStore(self._tables)

    @cached_property
    def api_limits(self) -> ApiLimits:
        """Limits of callers of the API."""
        from chalicelib.dynamo import keys
        from chalicelib.dynamo.stores.rates import DynamoRateStore  # imported late: pages need none
        from chalicelib.verifiers.limits import ApiLimits

        store = DynamoRateStore(self._tables, keys.api_rate)
        return ApiLimits(store, self.salts, self.clock, self.entropy)

    @cached_property
    def submitted_reports(self) -> SubmittedReports:
        """Reports on submitted credentials."""
        # Imported late: hosted credentials need no network client.
        from chalicelib.net.fetched_sources import FetchedSources
        from chalicelib.reports.registry_list import RegistrySource
        from chalicelib.reports.submitted import SubmittedReports

        network = self._network
        return SubmittedReports(
            public_store=self.public_store,
            hosted_reports=self.hosted_reports,
            remote_sources=lambda admit: FetchedSources(
                network.cache,
                network.guard,
                time.monotonic,
                admit,
                network.dead_hosts,
                [RegistrySource(name, location) for name, location in self.settings.registries],
            ),
            base_url=self.settings.base_url,
            clock=self.clock,
            fetch_allowance=self.fetch_allowance,
        )

    @cached_property
    def receipts(self) -> Receipts:
        """Receipts of verifications."""
        from chalicelib.dynamo import keys
        from chalicelib.dynamo.stores.counters import DynamoCounters
        from chalicelib.dynamo.stores.receipts import DynamoReceiptStore
        from chalicelib.kms.signer import KmsSigner
        from chalicelib.receipts.keys import ReceiptKeys
        from chalicelib.receipts.limits import ReceiptLimit
        from chalicelib.receipts.making import Receipts

        settings, store = self.settings, DynamoReceiptStore(self._tables)
        return Receipts(
            store,
            ReceiptKeys(KmsSigner(settings.region, settings.stage), store, settings.receipt_key_id),
            ReceiptLimit(DynamoCounters(self._tables, keys.receipts_made), self._salt, self.clock),
            settings.base_url,
            self.clock,
            self.entropy,
        )

    @cached_property
    def batch_reports(self) -> BatchReports:
        """Reports on many submitted credentials."""
        from chalicelib.net.fetched_sources import FetchedSources
        from chalicelib.net.fetching.budget import batch_limits, link_limits
        from chalicelib.reports.registry_list import RegistrySource
        from chalicelib.verifiers.batch.checking import BatchReports

        network = self._network

        def sources(admit: Callable[[], None], items: int, seconds: float) -> FetchedSources:
            return FetchedSources(
                network.cache,
                network.guard,
                time.monotonic,
                admit,
                network.dead_hosts,
                [RegistrySource(name, location) for name, location in self.settings.registries],
                seconds=seconds,
                limits=batch_limits(items),
                links=link_limits(items),
            )

        return BatchReports(self.submitted_reports, sources, time.monotonic)

    @cached_property
    def _batch_files(self) -> S3BatchFiles:
        from chalicelib.s3.batch_files import S3BatchFiles

        return S3BatchFiles(self.settings.region, self.settings.batch_files)

    @cached_property
    def batch_jobs(self) -> JobContext:
        """Batches processed in the background."""
        from chalicelib.dynamo import keys
        from chalicelib.dynamo.stores.batches import DynamoJobStore
        from chalicelib.dynamo.stores.counters import DynamoCounters
        from chalicelib.sqs.batch_queue import BatchQueue
        from chalicelib.verifiers.batch.jobs import JobContext

        return JobContext(
            DynamoJobStore(self._tables),
            self._batch_files,
            DynamoCounters(self._tables, keys.batches_of),
            BatchQueue(self.settings.region, self.settings.batch_queue).send,
            self.clock,
        )

    @cached_property
    def idempotency(self) -> IdempotencyContext:
        """`Idempotency-Key`s of verifiers."""
        from chalicelib.dynamo.stores.batches import DynamoKeyClaims
        from chalicelib.verifiers.idempotency import IdempotencyContext

        return IdempotencyContext(DynamoKeyClaims(self._tables), self._batch_files, self.clock, self.entropy)

    @cached_property
    def watch_store(self) -> WatchStore:
        """The store of watches."""
        from chalicelib.dynamo.stores.watches import DynamoWatchStore

        return DynamoWatchStore(self._tables)

    @cached_property
    def watch_tasks(self) -> TaskQueue:
        """The queue of checks and deliveries of watches."""
        from chalicelib.dynamo import keys
        from chalicelib.dynamo.stores.tasks import DynamoTaskQueue

        return DynamoTaskQueue(self._tables, keys.WATCH_TASKS)

    @cached_property
    def wake_watches(self) -> Send:
        """Messages that trigger `run_watches` immediately."""
        from chalicelib.sqs.watch_queue import WatchQueue

        return WatchQueue(self.settings.region, self.settings.watch_queue).send

    @cached_property
    def watch_context(self) -> WatchContext:
        """Actions of verifiers on their watches."""
        from chalicelib.dynamo import keys
        from chalicelib.dynamo.stores.counters import DynamoCounters
        from chalicelib.verifiers.watches.creating import WatchContext

        return WatchContext(
            self.watch_store,
            self.verifier_context.store.verifier,
            self.hosted_reports,
            self.receipts.find,
            self.submitted_reports.hosted_id,
            self._network.guard.target,
            DynamoCounters(self._tables, keys.watches_of),
            self.wake_watches,
            self.settings.base_url,
            self.clock,
            self.entropy,
        )

    @cached_property
    def watch_removals(self) -> RemovalContext:
        """The deletion of all watches of a verifier."""
        from chalicelib.verifiers.watches.changing import RemovalContext

        return RemovalContext(self.watch_store, self.watch_tasks)

    @cached_property
    def watch_idempotency(self) -> IdempotencyContext:
        """`Idempotency-Key`s of requests about watches, whose answers are small."""
        from chalicelib.dynamo.stores.batches import DynamoKeyClaims
        from chalicelib.dynamo.stores.watches import DynamoKeyAnswers
        from chalicelib.verifiers.idempotency import IdempotencyContext

        answers = DynamoKeyAnswers(self._tables, self.clock)
        return IdempotencyContext(DynamoKeyClaims(self._tables), answers, self.clock, self.entropy)

    def watch_work(self) -> WatchWork:
        """Dependencies for one call of `run_watches`."""
        from chalicelib.dynamo import keys
        from chalicelib.dynamo.stores.counters import DynamoCounters
        from chalicelib.net.endpoints import NetworkSender
        from chalicelib.verifiers.watches.checking import CheckContext
        from chalicelib.verifiers.watches.running import WatchWork
        from chalicelib.verifiers.watches.sending import SendContext

        checks = CheckContext(
            self.watch_store,
            self.hosted_reports,
            self.batch_reports,
            DynamoCounters(self._tables, keys.watch_checks),
            self.wake_watches,
            self.clock,
            self.entropy,
        )
        sender = NetworkSender(self._network.fetcher, time.monotonic)
        sends = SendContext(self.watch_store, sender, self.clock, self.entropy)
        return WatchWork(checks, sends, self.watch_removals)

    @cached_property
    def issuer_store(self) -> IssuerStore:
        """The store of issuers, achievements and credentials."""
        from chalicelib.dynamo.stores.award.issuers import DynamoIssuerStore

        return DynamoIssuerStore(self._tables)

    @cached_property
    def claims(self) -> Claims:
        """The store of idempotency keys."""
        from chalicelib.dynamo.stores.award.idempotency import DynamoClaims

        return DynamoClaims(self._tables)

    @cached_property
    def signer(self) -> Signer:
        """The signer, on KMS."""
        from chalicelib.kms.signer import KmsSigner  # imported late: only issuing needs the KMS client

        return KmsSigner(self.settings.region, self.settings.stage)

    @cached_property
    def key_remover(self) -> KeyRemover:
        """The remover of keys, on KMS. Only the nightly clean-up may use it."""
        from chalicelib.kms.remover import KmsKeyRemover

        return KmsKeyRemover(self.settings.region, self.settings.stage)

    @cached_property
    def issuer_context(self) -> IssuerContext:
        """Dependencies of issuer actions."""
        from chalicelib.award.issuer_context import IssuerContext
        from chalicelib.award.keys.key_policy import KeyPolicy
        from chalicelib.dynamo.stores.counters import DynamoCounters

        settings = self.settings
        return IssuerContext(
            self.issuer_store,
            self.signer,
            settings.base_url,
            self.clock,
            self.entropy,
            KeyPolicy(
                settings.shared_key_id,
                settings.new_keys_per_day,
                may_create=settings.function is not Function.BACKGROUND,
            ),
            DynamoCounters(self._tables),
        )

    @cached_property
    def domain_prover(self) -> DomainProver:
        """Dependencies of domain verification."""
        from chalicelib.award.issuers.domain_proof import DomainProver
        from chalicelib.net.domain_records import (
            NetworkDomainReader,  # imported late: a DNS library that only domain proof needs
        )

        return DomainProver(self.issuer_context, NetworkDomainReader(self._network.fetcher, time.monotonic), self.tasks)

    @cached_property
    def bulk(self) -> BulkIssuer:
        """Bulk issuing."""
        from chalicelib.award.bulk.bulk_issuer import BulkIssuer
        from chalicelib.dynamo.stores.award.jobs import DynamoJobs  # imported late

        return BulkIssuer(self.issuer_context, DynamoJobs(self._tables))

    @cached_property
    def dry_runner(self) -> DryRunner:
        """Dry runs of large uploads."""
        from chalicelib.award.bulk.dry_run import DryRunner
        from chalicelib.dynamo.stores.award.dry_runs import DynamoDryRuns  # imported late

        return DryRunner(self.issuer_context, DynamoDryRuns(self._tables), self.tasks)

    @cached_property
    def mailer(self) -> delivery_ports.Mailer:
        """Mailer on the email service."""
        if not self.settings.mail_from:
            raise Unavailable("This deployment has no email service.", code="no_email_service")
        from chalicelib.email.ses import (
            SesMailer,  # imported late: only sending needs the client and the templates
        )

        return SesMailer(self.settings.region, self.settings.mail_from, self.settings.mail_set)

    def email_html(self, content: EmailContent) -> str:
        """Render an email as it is sent."""
        from chalicelib.email.render import render  # imported late: only a preview needs it without a mailer

        return render(content).html

    @cached_property
    def sign_in_mailer(self) -> Mailer:
        """Mailer for sign-in links."""
        from chalicelib.delivery.emails.sign_in import SignInMailer

        return SignInMailer(self.delivery_context)

    @cached_property
    def delivery_context(self) -> DeliveryContext:
        """Dependencies of delivery and of holders' pages."""
        from chalicelib.access import rate_limits
        from chalicelib.delivery.delivery_context import DeliveryContext
        from chalicelib.dynamo.stores.deliveries import DynamoDeliveryStore  # imported late
        from chalicelib.dynamo.stores.surveys import DynamoSurveyStore

        return DeliveryContext(
            store=DynamoDeliveryStore(self._tables, self.entropy),
            archive=self.issuer_store,
            pathway_links=self.pathways,
            tasks=self.tasks,
            mailer=lambda: self.mailer,
            recorder=Recorder(self.event_store, self._fallback),
            base_url=self.settings.base_url,
            clock=self.clock,
            entropy=self.entropy,
            unproven_emails=self.settings.unproven_emails,
            within=partial(rate_limits.within, self.access_context),
            give_back=partial(rate_limits.give_back, self.access_context),
            surveys=DynamoSurveyStore(self._tables),
        )

    @cached_property
    def moderation_context(self) -> ModerationContext:
        """Reports by visitors."""
        from chalicelib.dynamo.stores.visitor_reports import DynamoVisitorReportStore  # imported late
        from chalicelib.moderation.moderation_context import ModerationContext

        store = DynamoVisitorReportStore(self._tables)
        return ModerationContext(store, self.issuer_store, self.access_context, self.clock, self.entropy)

    @cached_property
    def profile_context(self) -> ProfileContext:
        """Dependencies of holders' own profiles."""
        from chalicelib.directory.profiles.own_profile import ProfileContext
        from chalicelib.dynamo.stores.directory.profiles import DynamoProfileStore  # imported late

        return ProfileContext(DynamoProfileStore(self._tables), self.delivery_context)

    @cached_property
    def erasure_context(self) -> ErasureContext:
        """Erasures of persons."""
        from chalicelib.dynamo.stores.analytics.counts import DynamoCountStore
        from chalicelib.dynamo.stores.erasure.erasures import DynamoErasureStore  # imported late
        from chalicelib.erasure.requests import ErasureContext

        counts = DynamoCountStore(self._tables, self._retention)
        store = DynamoErasureStore(self._tables, counts, self.event_archive, self.entropy)
        cooling_off = timedelta(days=self.settings.erasure_days)
        return ErasureContext(store, self.profile_context.store, self.delivery_context, cooling_off)

    @cached_property
    def contact_context(self) -> ContactContext:
        """Messages to holders."""
        from chalicelib.directory.contact.relaying import ContactContext
        from chalicelib.dynamo.stores.directory.contact import (
            DynamoContactStore,  # imported late: only messages need it
        )

        store = DynamoContactStore(self._tables)
        return ContactContext(store, self.published_store, self.profile_context, self.access_context)

    @cached_property
    def saved_context(self) -> SavedContext:
        """Saved people and searches of recruiters."""
        from chalicelib.directory.saved.actions import SavedContext
        from chalicelib.dynamo.stores.directory.saved import DynamoSavedStore  # imported late: only recruiters need it

        return SavedContext(
            DynamoSavedStore(self._tables),
            self.published_store,
            self.delivery_context,
            self.public_store.existing_records,
            # The check follows no cursor, so it needs no secret to sign one, which its function cannot read.
            lambda: replace(self.directory, secret=lambda _day: None),
        )

    @cached_property
    def summary_context(self) -> SummaryContext:
        """Monthly summaries for members of issuers."""
        from chalicelib.delivery.summaries import SummaryContext
        from chalicelib.dynamo.stores.analytics.summaries import DynamoSubscriptionStore  # imported late

        store = DynamoSubscriptionStore(self._tables)
        return SummaryContext(store, self.access_context.member_store.member, self.count_store, self.delivery_context)

    @cached_property
    def outcome_context(self) -> OutcomeContext:
        """Outcomes of people, imported by issuers."""
        from chalicelib.dynamo.stores.analytics.outcomes import (
            DynamoOutcomeStore,
        )  # imported late: only outcomes need it
        from chalicelib.outcomes.importing import OutcomeContext

        return OutcomeContext(DynamoOutcomeStore(self._tables), self.issuer_context)

    @cached_property
    def published_store(self) -> PublishedStore:
        """The store of public profiles."""
        from chalicelib.dynamo.stores.directory.profiles import (
            DynamoPublishedStore,  # imported late: most pages need none
        )

        return DynamoPublishedStore(self._tables)

    @cached_property
    def pathways(self) -> Pathways:
        """The store of pathways."""
        from chalicelib.dynamo.stores.award.pathways import (
            DynamoPathways,  # imported late: a credential page only reads pathway links
        )

        return DynamoPathways(self._tables)

    @cached_property
    def webhooks(self) -> WebhookStore:
        """The store of webhooks."""
        from chalicelib.dynamo.stores.award.webhooks import DynamoWebhookStore  # imported late

        return DynamoWebhookStore(self._tables)

    @cached_property
    def oidc(self) -> Providers:
        """OpenID Connect providers."""
        from chalicelib.net.oidc import NetworkProviders

        return NetworkProviders(self._network.cache, self._network.fetcher, time.monotonic)

    @cached_property
    def access_context(self) -> AccessContext:
        """Dependencies of authentication and authorization."""
        from chalicelib.access.access_context import AccessContext
        from chalicelib.dynamo.stores.access.members import DynamoMemberStore
        from chalicelib.dynamo.stores.access.sessions import DynamoSessionStore

        return AccessContext(
            member_store=DynamoMemberStore(self._tables),
            session_store=DynamoSessionStore(self._tables),
            mailer=lambda: self.sign_in_mailer,
            base_url=self.settings.base_url,
            operators=self.settings.operators,
            clock=self.clock,
            entropy=self.entropy,
        )

    @cached_property
    def oidc_providers(self) -> ProviderList:
        """The OpenID Connect providers of this deployment."""
        from chalicelib.access.sign_in.provider_list import ProviderList
        from chalicelib.kms import secret_values  # imported late: only signing in needs it

        secret, region = self.settings.oidc_secret, self.settings.region
        return ProviderList(partial(secret_values.read, region, secret) if secret else None, self.clock)

    @cached_property
    def wallets(self) -> Wallets:
        """Passes for phone wallets."""
        from chalicelib.embed.wallets.wallets import Wallets
        from chalicelib.kms import secret_values  # imported late: only passes and signing in need it

        region = self.settings.region
        return Wallets(
            {wallet: partial(secret_values.read, region, secret) for wallet, secret in self.settings.wallets.items()}
        )

    @cached_property
    def tasks(self) -> TaskQueue:
        """The task queue."""
        from chalicelib.dynamo.stores.tasks import DynamoTaskQueue  # imported late

        return DynamoTaskQueue(self._tables)

    @cached_property
    def exporters(self) -> Mapping[str, Exporter]:
        """The exporters of an issuer's data, by the `type` of their lines, in export order."""
        from chalicelib.award import export  # imported late: only an export needs it
        from chalicelib.dynamo.stores.award.export import DynamoArchive
        from chalicelib.moderation import handling
        from chalicelib.outcomes import importing

        member_store = self.access_context.member_store
        return {
            **export.award_exporters(
                self.issuer_store, DynamoArchive(self._tables), self.bulk, self.pathways, self.webhooks
            ),
            "endpoint": export.dataclass_exporter(self.endpoint_store.endpoints, "id", exclude=("secrets",)),
            "outcome": importing.exporter(self.outcome_context),
            "member": export.dataclass_exporter(member_store.members, "email"),
            "token": export.dataclass_exporter(member_store.tokens, "id", exclude=("digest",)),
            "visitor_report": export.dataclass_exporter(
                partial(handling.all_of_issuer, self.moderation_context), "id", exclude=("operator_state", "version")
            ),
        }

    @cached_property
    def handlers(self) -> Mapping[str, Handler]:
        """The handler of each kind of task. Only `run_tasks` needs them, so they are imported here."""
        from chalicelib.award.bulk import bulk_issuer, dry_run, job_runner
        from chalicelib.award.endpoints.sending import PAUSED
        from chalicelib.award.issuers import domain_proof
        from chalicelib.award.issuing.storing import STATUS_CHANGED
        from chalicelib.award.pathways import rewards
        from chalicelib.award.pathways.issue_events import IssueRecorder
        from chalicelib.delivery import endpoint_notices
        from chalicelib.delivery import handlers as delivery_handlers
        from chalicelib.delivery.holder import lost_link
        from chalicelib.directory.saved import actions as saved_actions
        from chalicelib.directory.saved import checking
        from chalicelib.directory.writing import updates
        from chalicelib.moderation import notices
        from chalicelib.verifiers.watches import emailing
        from chalicelib.verifiers.watches.watch import NEWS

        watch_emails = emailing.EmailContext(self.watch_store, self.delivery_context)
        delivery = delivery_handlers.handlers(self.delivery_context)
        recorder = IssueRecorder(self.issuer_context, self.pathways, Recorder(self.event_store, self._fallback))
        handlers: dict[str, Handler] = {
            **delivery,
            STATUS_CHANGED: recorder.after_status_change(delivery[STATUS_CHANGED]),
            **notices.handlers(self.delivery_context, self.settings.report_email),
            NEWS: partial(emailing.handle, watch_emails),
            PAUSED: partial(endpoint_notices.handle, self.delivery_context),
            lost_link.KIND: partial(lost_link.handle_request, self.delivery_context),
            saved_actions.KIND: partial(checking.handle, self.saved_context),
            updates.KIND: partial(updates.handle, self.listing_updates),
            domain_proof.KIND: partial(domain_proof.refresh, self.domain_prover),
            bulk_issuer.KIND: job_runner.handler(self.bulk, self.tasks, self.clock),
            dry_run.KIND: dry_run.handler(self.dry_runner, self.clock),
            rewards.KIND: recorder.after_issue(rewards.handler(self.issuer_context, self.pathways, self.tasks)),
        }
        return handlers

    @cached_property
    def host(self) -> Host:
        """The deployment's own did:web."""
        return Host(self.signer, self.settings.host_key_id, self.settings.base_url, self.clock)


def build(
    settings: Settings, *, fallback: Fallback, clock: Clock = utc_now, entropy: Entropy = secrets.token_bytes
) -> Services:
    """Build the services for ``settings``. ``fallback`` takes events that the event store did not accept."""
    return Services(settings, fallback, clock, entropy)
