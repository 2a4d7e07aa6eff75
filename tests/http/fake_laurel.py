"""An in-memory Laurel with a credential of every kind: the real domain objects over fakes of the ports."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, partial
from typing import NoReturn

from chalicelib.access import rate_limits
from chalicelib.access.access_context import AccessContext
from chalicelib.access.sign_in.provider_list import ProviderList
from chalicelib.access.sign_in.providers import Provider
from chalicelib.analytics.event_budget import EventBudget
from chalicelib.analytics.recorder import Recorder
from chalicelib.award import achievements, export
from chalicelib.award.bulk.bulk_issuer import BulkIssuer
from chalicelib.award.bulk.dry_run import DryRunner
from chalicelib.award.endpoints.endpoint_actions import EndpointContext
from chalicelib.award.export import Exporter
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.domain_proof import DomainProver
from chalicelib.award.issuing import issue, status_changes
from chalicelib.award.keys.key_policy import KeyPolicy
from chalicelib.catalogue.catalogue import Catalogue
from chalicelib.catalogue.conversion import Conversions
from chalicelib.credential.achievement import Skill
from chalicelib.credential.build import EvidenceLink, Holder
from chalicelib.credential.record import Record
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.emails.parts.email_content import EmailContent
from chalicelib.delivery.summaries import SummaryContext
from chalicelib.directory.contact.relaying import ContactContext
from chalicelib.directory.listed import all_shown_now
from chalicelib.directory.ports import Ports
from chalicelib.directory.profiles.own_profile import ProfileContext
from chalicelib.directory.reading_limit import ReadingLimit
from chalicelib.directory.saved.actions import SavedContext
from chalicelib.directory.writing.updates import UpdateContext
from chalicelib.embed.wallets.wallet import Wallet
from chalicelib.embed.wallets.wallets import Wallets
from chalicelib.erasure.requests import ErasureContext
from chalicelib.errors import Unavailable
from chalicelib.moderation import handling
from chalicelib.moderation.moderation_context import ModerationContext
from chalicelib.net.fetching.guard import Guard
from chalicelib.outcomes import importing
from chalicelib.outcomes.importing import OutcomeContext
from chalicelib.receipts.keys import ReceiptKeys
from chalicelib.receipts.limits import ReceiptLimit
from chalicelib.receipts.making import Receipts
from chalicelib.reports.fetch_allowance import FetchAllowance
from chalicelib.reports.host_identity import Host
from chalicelib.reports.hosted import HostedReports
from chalicelib.reports.submitted import SubmittedReports
from chalicelib.settings import Settings
from chalicelib.verifiers.accounts import VerifierContext
from chalicelib.verifiers.batch.checking import BatchReports
from chalicelib.verifiers.batch.jobs import JobContext
from chalicelib.verifiers.idempotency import IdempotencyContext
from chalicelib.verifiers.limits import ApiLimits
from chalicelib.verifiers.watches.changing import RemovalContext
from chalicelib.verifiers.watches.checking import CheckContext
from chalicelib.verifiers.watches.creating import WatchContext
from chalicelib.verifiers.watches.running import WatchWork
from chalicelib.verifiers.watches.sending import SendContext
from chalicelib.verify.ports import Controller, Controllers, Documents, Fetched, Registry, StatusLists
from tests import fake_jobs, fakes, makers
from tests.access import fakes as access_fakes
from tests.analytics.counts import fakes as counts_fakes
from tests.award.endpoints.fakes import EndpointStore, Sender
from tests.award.pathways import fakes as paths_fakes
from tests.delivery import fakes as delivery_fakes
from tests.delivery.summary_fakes import SubscriptionStore
from tests.delivery.survey_fakes import SurveyStore
from tests.directory import fakes as directory_fakes
from tests.directory.contact.fakes import ContactStore
from tests.directory.saved.fakes import SavedStore
from tests.erasure.fakes import ErasureStore
from tests.fake_archive import Archive
from tests.fake_directory import DirectoryIndex
from tests.moderation.fakes import VisitorReportStore
from tests.outcomes.fakes import OutcomeStore
from tests.receipts.fakes import ReceiptStore
from tests.verifiers.batch.fakes import Answers, JobFiles, JobStore, KeyClaims, Queue
from tests.verifiers.fakes import VerifierStore
from tests.verifiers.watches.fakes import Wakes, WatchStore

BASE_URL = "http://localhost:8000"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

KINDS = (
    "valid",
    "expired",
    "not_yet_valid",
    "revoked",
    "suspended",
    "tampered",
    "wrong_signer",
    "unreachable_status",
)
VERDICTS = {"tampered": "invalid", "wrong_signer": "invalid", "unreachable_status": "unknown"}
"""The verdict of each kind whose name is not its verdict."""


def id_of(kind: str) -> str:
    """The public id of the credential of ``kind``; fixed, so that page screenshots can be compared."""
    return kind.replace("_", "").ljust(26, "2")


@dataclass
class RemoteSources:
    """`reports.remote_sources.RemoteSources` from dictionaries; anything else raises `Unavailable` with ``error``."""

    pages: dict[str, bytes] = field(default_factory=dict)
    issuers: dict[str, Controller] = field(default_factory=dict)
    error: tuple[str, str] = ("dns_failed", "No web server of that name can be found.")
    requested: list[str] = field(default_factory=list)
    admit: Callable[[], None] = lambda: None

    @property
    def controllers(self) -> Controllers:
        return self

    @property
    def status_lists(self) -> StatusLists:
        return self

    @property
    def documents(self) -> Documents:
        return self

    @property
    def registry(self) -> Registry:
        return makers.FakeResolver().resolver().registry

    def find(self, did: str, kid: str | None = None) -> Controller:
        self.admit()
        return self.issuers.get(did) or self._unavailable()

    def prefetch(self, urls: Sequence[str]) -> None:
        """See the port: nothing is read ahead here."""

    def fetch(self, url: str) -> Fetched:
        return self.credential(url)

    def credential(self, url: str) -> Fetched:
        self.admit()
        self.requested.append(url)
        return Fetched(url, self.pages[url], NOW) if url in self.pages else self._unavailable()

    def refresh(self) -> bool:
        """See the port: nothing is cached here."""
        return False

    def _unavailable(self) -> NoReturn:
        code, detail = self.error
        raise Unavailable(detail, code=code)


@dataclass
class Laurel:
    """The interface of `chalicelib.services.Services` over fakes."""

    base_url: str = BASE_URL
    issuer_store: fakes.PublicStore = field(default_factory=fakes.PublicStore)
    event_store: fakes.EventStore = field(default_factory=fakes.EventStore)
    fallback: fakes.Fallback = field(default_factory=fakes.Fallback)
    signer: fakes.Signer = field(default_factory=fakes.Signer)
    remote_sources: RemoteSources = field(default_factory=RemoteSources)
    allowance_store: fakes.RateStore = field(default_factory=fakes.RateStore)
    rate_store: fakes.RateStore = field(default_factory=fakes.RateStore)
    verifier_store: VerifierStore = field(default_factory=VerifierStore)
    batch_queue: Queue = field(default_factory=Queue)
    wakes: Wakes = field(default_factory=Wakes)
    watch_sender: Sender = field(default_factory=Sender)
    seconds: float = 0.0
    """What the monotonic clock of batches shows."""
    now: datetime = NOW
    member_store: access_fakes.MemberStore = field(default_factory=access_fakes.MemberStore)
    session_store: access_fakes.SessionStore = field(default_factory=access_fakes.SessionStore)
    sign_in_mailer: access_fakes.Mailer = field(default_factory=access_fakes.Mailer)
    operators: frozenset[str] = frozenset({"op@laurel.example"})
    example: str = ""
    tasks: fakes.TaskQueue = field(default_factory=fakes.TaskQueue)
    pathways: paths_fakes.Pathways = field(default_factory=paths_fakes.Pathways)
    webhooks: paths_fakes.WebhookStore = field(default_factory=paths_fakes.WebhookStore)
    endpoint_store: EndpointStore = field(default_factory=EndpointStore)

    providers: tuple[Provider, ...] = ()
    wallet_secrets: dict[Wallet, str] = field(default_factory=dict)
    oidc: access_fakes.Providers = field(default_factory=access_fakes.Providers)
    domain_reader: fakes.DomainReader = field(default_factory=fakes.DomainReader)

    delivery_store: delivery_fakes.Store = field(default_factory=delivery_fakes.Store)
    mailer: delivery_fakes.Mailer = field(default_factory=delivery_fakes.Mailer)
    profile_store: directory_fakes.ProfileStore = field(default_factory=directory_fakes.ProfileStore)
    contact_store: ContactStore = field(default_factory=ContactStore)
    saved_store: SavedStore = field(default_factory=SavedStore)
    erasure_store: ErasureStore = field(default_factory=ErasureStore)
    key_policy: KeyPolicy = fakes.KEY_POLICY
    counters: fakes.Counters = field(default_factory=fakes.Counters)
    count_store: counts_fakes.CountStore = field(default_factory=counts_fakes.CountStore)
    receipt_store: ReceiptStore = field(default_factory=ReceiptStore)

    def __post_init__(self) -> None:
        self._calls = 0
        self.visitor_reports = VisitorReportStore(self.tasks)
        self.public_store: object = self.issuer_store
        self.catalogue_store = fakes.CatalogueStore(self.issuer_store)
        self.issuer_store.member_store = self.member_store
        self.issuer_store.pathway_links = self.pathways.posts

    @cached_property
    def settings(self) -> Settings:
        plain = Settings(
            "test",
            self.base_url,
            "credentials",
            "directory",
            "events",
            "secrets",
            "erasures",
            "archive",
            "key-1",
            "shared-key",
            "p256-key-1",
            "eu-central-1",
        )
        wallets = {f"{wallet}_wallet": "secret" for wallet in self.wallet_secrets}
        return replace(plain, example=self.example, vc_api_issuing=True, **wallets)

    @property
    def wallets(self) -> Wallets:
        return Wallets({wallet: partial(str, secret) for wallet, secret in self.wallet_secrets.items()})

    @property
    def oidc_providers(self) -> ProviderList:
        return ProviderList(lambda: json.dumps([asdict(each) for each in self.providers]), lambda: self.now)

    @property
    def hosted_reports(self) -> HostedReports:
        return HostedReports(
            public_store=self.public_store,  # type: ignore[arg-type]
            recorder=Recorder(self.event_store, self.fallback),
            salts=self.issuer_store.salts,
            base_url=self.base_url,
            clock=lambda: self.now,
            entropy=self.entropy,
        )

    @cached_property
    def event_budget(self) -> EventBudget:
        return EventBudget(lambda: self.now)

    @property
    def catalogue(self) -> Catalogue:
        recorder = Recorder(self.event_store, self.fallback)
        salts = self.issuer_store.salts
        return Catalogue(
            self.catalogue_store, salts, recorder, lambda: self.now, self.entropy, lambda: self.count_store
        )

    @property
    def endpoint_tasks(self) -> fakes.TaskQueue:
        return self.endpoint_store.tasks

    @property
    def endpoint_context(self) -> EndpointContext:
        return EndpointContext(
            self.endpoint_store,
            self.endpoint_tasks,
            Guard().target,
            self.issuer_context,
        )

    @property
    def conversions(self) -> Conversions:
        recorder = Recorder(self.event_store, self.fallback)
        return Conversions(self.catalogue_store, recorder, lambda: self.now)

    @property
    def submitted_reports(self) -> SubmittedReports:
        return SubmittedReports(
            self.public_store,  # type: ignore[arg-type]
            self.hosted_reports,
            self._admitted,
            self.base_url,
            lambda: self.now,
            self.fetch_allowance,
        )

    @property
    def batch_reports(self) -> BatchReports:
        def sources(admit: Callable[[], None], _items: int, _seconds: float) -> RemoteSources:
            return self._admitted(admit)

        return BatchReports(self.submitted_reports, sources, lambda: self.seconds)

    @cached_property
    def job_store(self) -> JobStore:
        return JobStore()

    @cached_property
    def job_files(self) -> JobFiles:
        return JobFiles()

    @property
    def batch_jobs(self) -> JobContext:
        return JobContext(self.job_store, self.job_files, self.counters, self.batch_queue.send, lambda: self.now)

    @cached_property
    def idempotency(self) -> IdempotencyContext:
        return IdempotencyContext(KeyClaims(), Answers(), lambda: self.now, self.entropy)

    @cached_property
    def watch_store(self) -> WatchStore:
        return WatchStore()

    @property
    def watch_context(self) -> WatchContext:
        return WatchContext(
            self.watch_store,
            self.verifier_store.verifier,
            self.hosted_reports,
            self.receipts.find,
            self.submitted_reports.hosted_id,
            Guard().target,
            self.counters,
            self.wakes.send,
            self.base_url,
            lambda: self.now,
            self.entropy,
        )

    @property
    def watch_removals(self) -> RemovalContext:
        return RemovalContext(self.watch_store, self.watch_store.tasks)

    @cached_property
    def watch_idempotency(self) -> IdempotencyContext:
        return IdempotencyContext(KeyClaims(), Answers(), lambda: self.now, self.entropy)

    @property
    def watch_work(self) -> WatchWork:
        checks = CheckContext(
            self.watch_store,
            self.hosted_reports,
            self.batch_reports,
            self.counters,
            self.wakes.send,
            lambda: self.now,
            self.entropy,
        )
        sends = SendContext(self.watch_store, self.watch_sender, lambda: self.now, self.entropy)
        return WatchWork(checks, sends, self.watch_removals)

    @property
    def fetch_allowance(self) -> FetchAllowance:
        return FetchAllowance(
            self.allowance_store,
            self.issuer_store.salts,
            lambda: self.now,
            lambda: 0.0,
            self.entropy,
            request_seconds=10,
        )

    @property
    def verifier_context(self) -> VerifierContext:
        return VerifierContext(self.verifier_store, lambda: self.now, self.entropy)

    @property
    def grant_store(self) -> VerifierStore:
        return self.verifier_store

    @property
    def api_limits(self) -> ApiLimits:
        return ApiLimits(self.rate_store, self.issuer_store.salts, lambda: self.now, self.entropy)

    def _admitted(self, admit: Callable[[], None]) -> RemoteSources:
        self.remote_sources.admit = admit
        return self.remote_sources

    @cached_property
    def host(self) -> Host:
        return Host(self.signer, self.signer.create("host").handle, self.base_url, lambda: self.now)

    @property
    def issuer_context(self) -> IssuerContext:
        return IssuerContext(
            self.issuer_store,
            self.signer,
            self.base_url,
            lambda: self.now,
            self.entropy,
            self.key_policy,
            self.counters,
        )

    @property
    def delivery_context(self) -> DeliveryContext:
        return DeliveryContext(
            store=self.delivery_store,
            archive=self.issuer_store,
            pathway_links=self.pathways,
            tasks=self.tasks,
            mailer=lambda: self.mailer,
            recorder=Recorder(self.event_store, self.fallback),
            base_url=self.base_url,
            clock=lambda: self.now,
            entropy=self.entropy,
            unproven_emails=self.settings.unproven_emails,
            within=partial(rate_limits.within, self.access_context),
            give_back=partial(rate_limits.give_back, self.access_context),
            surveys=self.survey_store,
        )

    @property
    def erasure_context(self) -> ErasureContext:
        return ErasureContext(
            self.erasure_store,  # type: ignore[arg-type] # erasing itself needs a real engine
            self.profile_store,
            self.delivery_context,
            timedelta(days=self.settings.erasure_days),
        )

    @cached_property
    def subscriptions(self) -> SubscriptionStore:
        return SubscriptionStore()

    @property
    def summary_context(self) -> SummaryContext:
        return SummaryContext(self.subscriptions, self.member_store.member, self.count_store, self.delivery_context)

    @cached_property
    def survey_store(self) -> SurveyStore:
        return SurveyStore()

    @cached_property
    def outcome_store(self) -> OutcomeStore:
        return OutcomeStore(self.issuer_store)

    @property
    def outcome_context(self) -> OutcomeContext:
        return OutcomeContext(self.outcome_store, self.issuer_context)

    def email_html(self, content: EmailContent) -> str:
        from chalicelib.email.render import render  # imported late, as by the services

        return render(content).html

    @property
    def moderation_context(self) -> ModerationContext:
        return ModerationContext(
            self.visitor_reports, self.issuer_store, self.access_context, lambda: self.now, self.entropy
        )

    @property
    def profile_context(self) -> ProfileContext:
        return ProfileContext(self.profile_store, self.delivery_context)

    @property
    def contact_context(self) -> ContactContext:
        return ContactContext(self.contact_store, self.profile_store, self.profile_context, self.access_context)

    @property
    def saved_context(self) -> SavedContext:
        records = self.issuer_store.existing_records
        return SavedContext(
            self.saved_store, self.profile_store, self.delivery_context, records, lambda: self.directory
        )

    @property
    def published_store(self) -> directory_fakes.ProfileStore:
        return self.profile_store

    @cached_property
    def listing_updates(self) -> UpdateContext:
        return UpdateContext(
            index=DirectoryIndex(),
            published_store=self.profile_store,
            profile_store=self.profile_store,
            reports=self.hosted_reports,
            recipient=lambda credential_id: self.issuer_store.recipient(credential_id).email,
            tasks=self.tasks,
            clock=lambda: self.now,
        )

    @cached_property
    def directory(self) -> Ports:
        index = self.listing_updates.index
        shown_now = partial(all_shown_now, self.profile_store, self.hosted_reports)
        return Ports(index, lambda _: b"s" * 32, shown_now)

    @property
    def reading_limit(self) -> ReadingLimit:
        return ReadingLimit(self.counters, lambda day: str(day).encode() * 4, lambda: self.now)

    @cached_property
    def receipts(self) -> Receipts:
        signer = fakes.Signer("receipts")
        handle = signer.create_p256("receipts").handle
        limit = ReceiptLimit(self.counters, lambda day: str(day).encode() * 4, lambda: self.now)
        keys = ReceiptKeys(signer, self.receipt_store, handle)
        return Receipts(self.receipt_store, keys, limit, self.base_url, lambda: self.now, self.entropy)

    @property
    def domain_prover(self) -> DomainProver:
        return DomainProver(self.issuer_context, self.domain_reader, self.tasks)

    @cached_property
    def bulk(self) -> BulkIssuer:
        return BulkIssuer(self.issuer_context, fake_jobs.Jobs(self.tasks))

    @cached_property
    def dry_runner(self) -> DryRunner:
        return DryRunner(self.issuer_context, fake_jobs.DryRuns(), self.tasks)

    @property
    def exporters(self) -> dict[str, Exporter]:
        archive = Archive(self.issuer_store)
        return {
            **export.award_exporters(self.issuer_store, archive, self.bulk, self.pathways, self.webhooks),
            "endpoint": export.dataclass_exporter(self.endpoint_store.endpoints, "id", exclude=("secrets",)),
            "outcome": importing.exporter(self.outcome_context),
            "member": export.dataclass_exporter(self.member_store.members, "email"),
            "token": export.dataclass_exporter(self.member_store.tokens, "id", exclude=("digest",)),
            "visitor_report": export.dataclass_exporter(
                partial(handling.all_of_issuer, self.moderation_context), "id", exclude=("operator_state", "version")
            ),
        }

    @cached_property
    def claims(self) -> fakes.Claims:
        return fakes.Claims()

    @property
    def access_context(self) -> AccessContext:
        return AccessContext(
            member_store=self.member_store,
            session_store=self.session_store,
            mailer=lambda: self.sign_in_mailer,
            base_url=self.base_url,
            operators=self.operators,
            clock=lambda: self.now,
            entropy=self.entropy,
        )

    def entropy(self, size: int) -> bytes:
        """Deterministic bytes that differ for each call."""
        self._calls += 1
        return hashlib.shake_256(self._calls.to_bytes(8)).digest(size)

    def copy(self) -> Laurel:
        """Return a Laurel with the same issuers, credentials, keys and members, that changes independently."""
        stores = (self.issuer_store.copy(), self.signer.copy(), self.member_store.copy())
        copied = Laurel(self.base_url, issuer_store=stores[0], signer=stores[1], member_store=stores[2])
        copied._calls = self._calls
        return copied

    def url(self, kind: str) -> str:
        return f"/c/{id_of(kind)}"

    def put(self, record: Record) -> Record:
        """Store ``record`` as it is, replacing any other, because a stored record can differ from the issued one."""
        self.issuer_store._records[record.id] = record
        return record


def seeded(base_url: str = BASE_URL) -> Laurel:
    """Fernhill College with one credential of each kind; the valid one also has a JWT."""
    return _issued(base_url).copy()


@cache
def _issued(base_url: str) -> Laurel:
    laurel = Laurel(base_url)
    laurel.now = NOW - timedelta(days=400)
    college = issuer_actions.NewIssuer(
        "fernhill", "Fernhill College", "https://fernhill.example/", "Evening courses by the river since 1921."
    )
    issuer_actions.create(laurel.issuer_context, college, registered=True)
    achievement = achievements.add(
        laurel.issuer_context,
        achievements.NewAchievement(
            issuer_id="fernhill",
            name="Data analysis in practice",
            description="Plans, cleans, analyses and presents a data set of public interest.",
            criteria="Completed twelve evenings.\n\nHanded in:\n- a plan\n- a clean data set\n- a talk of ten minutes",
            picture=picture(),
            picture_alt="A bar chart",
            skills=(
                Skill("Python", "https://skills.example/python", "Example framework", "P-1"),
                Skill("statistics", "https://skills.example/statistics", "Example framework"),
            ),
            kind="Course",
        ),
    )
    award = issue.Award(
        "fernhill",
        achievement.id,
        Holder("Ada Nwosu", "ada@example.org", "did:example:ada"),
        evidence=(EvidenceLink("https://portfolio.example/ada", "Talk: the river in numbers", "Recorded on stage."),),
    )
    for kind in KINDS:
        validity = _validity(kind)
        issue.issue(laurel.issuer_context, replace(award, credential_id=id_of(kind), jwt=kind == "valid", **validity))
    laurel.now = NOW - timedelta(days=3)
    status_changes.revoke(laurel.issuer_context, "fernhill", id_of("revoked"), "Issued to the wrong person.")
    status_changes.suspend(laurel.issuer_context, "fernhill", id_of("suspended"), "An appeal is being heard.")
    laurel.now = NOW
    _damage_records(laurel)
    return laurel


def _validity(kind: str) -> dict[str, datetime]:
    return {
        "expired": {"valid_until": NOW - timedelta(days=10)},
        "not_yet_valid": {"valid_from": NOW + timedelta(days=30)},
        "valid": {"valid_until": NOW + timedelta(days=700)},
    }.get(kind, {})


def _damage_records(laurel: Laurel) -> None:
    tampered = laurel.issuer_store.record(id_of("tampered"))
    laurel.put(replace(tampered, document=tampered.document.replace(b"Ada Nwosu", b"Eve Malory")))
    forged = laurel.issuer_store.record(id_of("wrong_signer"))
    unsigned = {name: value for name, value in json.loads(forged.document).items() if name != "proof"}
    laurel.put(replace(forged, document=makers.as_bytes(makers.signed(unsigned, makers.OTHER_KEY))))
    lost = laurel.issuer_store.record(id_of("unreachable_status"))
    laurel.put(replace(lost, entries=()))


def hostile(laurel: Laurel, document: dict[str, object], credential_id: str = "h" * 26) -> Record:
    """Store ``document`` signed by an issuer with its own did:key, who can sign any content.

    The credential has no status, because its status lists would have to be signed by the same key.
    """
    document = {name: value for name, value in document.items() if name != "credentialStatus"}
    signed = makers.as_bytes(makers.signed(document))
    record = replace(
        laurel.issuer_store.record(id_of("valid")), id=credential_id, document=signed, entries=(), jwt=None
    )
    return laurel.put(record)


@cache
def picture() -> bytes:
    """A small PNG: bars on a light background."""
    width = 64

    def pixel(x: int, y: int) -> bytes:
        return b"\x0a\x66\x40" if width - y < 10 + x // 12 * 9 and x % 12 > 2 else b"\xee\xf3\xf0"

    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(width))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = width.to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
