from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest

from chalicelib.access.access_context import AccessContext
from chalicelib.award import export
from chalicelib.award.bulk.bulk_issuer import BulkIssuer
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.directory.profiles.own_profile import ProfileContext
from chalicelib.directory.writing.updates import UpdateContext
from chalicelib.erasure.requests import ErasureContext
from chalicelib.moderation.moderation_context import ModerationContext
from chalicelib.outcomes.importing import OutcomeContext
from chalicelib.receipts.making import Receipts
from chalicelib.reports.hosted import HostedReports
from chalicelib.settings import Settings
from chalicelib.verifiers.accounts import VerifierContext
from cli.main import main
from tests.access import fakes as access_fakes
from tests.analytics.counts.fakes import CountStore, context_of
from tests.analytics.fakes import EventArchive
from tests.award.fakes import BASE_URL, Clock
from tests.award.pathways import fakes as pathway_fakes
from tests.delivery.fake_delivery import DeliveryFixture
from tests.directory.fakes import ProfileStore
from tests.erasure.fakes import ErasureStore
from tests.fake_archive import Archive
from tests.fake_directory import DirectoryIndex
from tests.fake_jobs import Jobs
from tests.fakes import KEY_POLICY, Counters, EventStore, Fallback, IssuerStore, Salts, Signer, TaskQueue
from tests.http.fake_laurel import Laurel
from tests.moderation.fakes import VisitorReportStore
from tests.outcomes.fakes import OutcomeStore
from tests.verifiers.fakes import VerifierStore

ENVIRONMENT = {
    "STAGE": "test",
    "BASE_URL": BASE_URL,
    "CREDENTIALS_TABLE": "credentials",
    "DIRECTORY_TABLE": "directory",
    "EVENTS_TABLE": "events",
    "SECRETS_TABLE": "secrets",
    "ERASURES_TABLE": "erasures",
    "EVENT_ARCHIVE": "archive",
    "HOST_KEY_ID": "host",
    "SHARED_KEY_ID": "shared",
    "RECEIPT_KEY_ID": "receipts",
}


class FakeServices:
    """The part of `services.Services` that the command line uses, over fakes."""

    def __init__(self) -> None:
        self.settings: Settings | None = None
        self.issuer_store: Any = IssuerStore()
        self.signer: Any = Signer()
        self.event_store: Any = EventStore()
        self.tasks: Any = TaskQueue()
        self.pathways: Any = pathway_fakes.Pathways()
        self.webhooks: Any = pathway_fakes.WebhookStore()
        self.visitor_reports: Any = VisitorReportStore(self.tasks)
        self.profile_store = ProfileStore()
        self.fold_context: Any = context_of(CountStore())
        self.event_archive: Any = EventArchive()
        self.profile_store: Any = ProfileStore()
        self.clock = Clock()
        self.entropy = random.Random(3).randbytes

    @cached_property
    def issuer_context(self) -> IssuerContext:
        return IssuerContext(self.issuer_store, self.signer, BASE_URL, self.clock, self.entropy, KEY_POLICY, Counters())

    @cached_property
    def verifier_context(self) -> VerifierContext:
        return VerifierContext(VerifierStore(), self.clock, self.entropy)

    @cached_property
    def receipts(self) -> Receipts:
        return Laurel(BASE_URL).receipts

    @cached_property
    def bulk(self) -> BulkIssuer:
        return BulkIssuer(self.issuer_context, Jobs(self.tasks))

    @cached_property
    def erasure_context(self) -> ErasureContext:
        store: Any = ErasureStore()
        return ErasureContext(store, ProfileStore(), self.delivery_context, timedelta(days=7))

    @cached_property
    def delivery_context(self) -> DeliveryContext:
        return DeliveryFixture(issuer_store=self.issuer_store.copy(), tasks=self.tasks).delivery_context

    @cached_property
    def outcome_context(self) -> OutcomeContext:
        return OutcomeContext(OutcomeStore(self.issuer_store), self.issuer_context)

    @cached_property
    def profile_context(self) -> ProfileContext:
        return ProfileContext(self.profile_store, self.delivery_context)

    @cached_property
    def listing_updates(self) -> UpdateContext:
        return UpdateContext(
            DirectoryIndex(),
            self.profile_store,
            self.profile_store,
            self.hosted_reports,
            lambda credential_id: self.issuer_store.recipient(credential_id).email,
            self.tasks,
            self.clock,
        )

    @cached_property
    def moderation_context(self) -> ModerationContext:
        return ModerationContext(self.visitor_reports, self.issuer_store, self.access_context, self.clock, self.entropy)

    @property
    def exporters(self) -> dict[str, export.Exporter]:
        return export.award_exporters(
            self.issuer_store, Archive(self.issuer_store), self.bulk, self.pathways, self.webhooks
        )

    @cached_property
    def access_context(self) -> AccessContext:
        return AccessContext(
            member_store=self.issuer_store.member_store,
            session_store=access_fakes.SessionStore(),
            mailer=access_fakes.Mailer,
            base_url=BASE_URL,
            operators=frozenset(),
            clock=self.clock,
            entropy=self.entropy,
        )

    @cached_property
    def hosted_reports(self) -> HostedReports:
        recorder: Any = Fallback()
        return HostedReports(self.issuer_store, recorder, Salts(), BASE_URL, self.clock, self.entropy)


@dataclass(frozen=True)
class CommandResult:
    """The exit code and output of one command."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., CommandResult]


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def run(services: FakeServices, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, over the fakes."""

    def connect(read: Settings) -> Any:
        services.settings = read
        return services

    def run_command(*arguments: object) -> CommandResult:
        try:
            code = main([str(each) for each in arguments], ENVIRONMENT, connect)
        except SystemExit as end:
            code = int(end.code or 0)
        return CommandResult(code, *capsys.readouterr())

    return run_command


@pytest.fixture
def issuer(run: Run) -> str:
    run("issuer", "create", "acme", "--name", "Acme", "--url", "https://acme.example/", "--description", "Makers.")
    return "acme"


@pytest.fixture
def achievement(run: Run, issuer: str, tmp_path: Any) -> str:
    picture = tmp_path / "badge.png"
    picture.write_bytes(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0 and so on\0\0\0\0IEND\xaeB`\x82"
    )
    about = ("--name", "Welding", "--description", "Can weld.", "--criteria", "Weld.", "--image-alt", "A flame")
    skill = ("--skill", "Welding", "https://example.org/skills/1", "A framework")
    result = run("achievement", "create", issuer, *about, "--image", picture, *skill, "--json")
    name: str = result.rows[0]["id"]
    return name


def words(printed: str) -> list[list[str]]:
    """The words of each printed line, whatever the widths of the columns."""
    return [line.split() for line in printed.splitlines()]
