"""One credential and the in-memory dependencies of the emails about it."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from chalicelib.access.rate_limits import Limit
from chalicelib.analytics.recorder import Recorder
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.credential.record import CredentialStatus, Record, State
from chalicelib.delivery.delivery_context import DeliveryContext
from chalicelib.delivery.delivery_status import Delivery
from chalicelib.delivery.emails.parts.email_content import EmailContent, Kind
from chalicelib.delivery.handlers import handlers
from chalicelib.tasks.task_queue import Task
from tests import fakes
from tests.contract import samples
from tests.delivery.fakes import Mailer, PathwayLinks, Store
from tests.delivery.survey_fakes import SurveyStore

ISSUED_AT = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
"""Late in the evening in Europe."""
CREDENTIAL = "c" * 26
EMAIL = "ada@example.org"
BASE_URL = "https://laurel.example"


@dataclass
class DeliveryFixture:
    """An issuer, an achievement and one credential for Ada."""

    zone: str | None = "Europe/Berlin"
    valid_until: datetime | None = None
    notify: bool = True
    email: str | None = EMAIL
    now: datetime = ISSUED_AT
    unproven_emails: int = 500
    store: Store = field(default_factory=Store)
    mailer: Mailer = field(default_factory=Mailer)
    surveys: SurveyStore = field(default_factory=SurveyStore)
    pathway_links: PathwayLinks = field(default_factory=PathwayLinks)
    tasks: fakes.TaskQueue = field(default_factory=fakes.TaskQueue)
    event_store: fakes.EventStore = field(default_factory=fakes.EventStore)
    issuer_store: fakes.IssuerStore = field(default_factory=fakes.IssuerStore)
    counted: Counter[tuple[str, int, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._counter = itertools.count(1)
        issuer = samples.issuer(
            email="office@north.example", image=f"{BASE_URL}/images/{'b' * 64}.png", creator=(), page_host=None
        )
        self.issuer_store.add_issuer(issuer, samples.status_lists(issuer, 8))
        image = f"{BASE_URL}/images/{'a' * 64}.png"
        self.issuer_store.add_achievement(samples.achievement(name="Welding under water", image=image))
        self.issue(CREDENTIAL)

    def issue(self, credential_id: str, index: int = 7) -> Record:
        """Issue a credential to Ada."""
        record = samples.record(credential_id, index, issued_at=ISSUED_AT, valid_until=self.valid_until)
        recipient = Recipient(record.id, record.issuer_id, "Ada Nwosu", self.email, self.zone, self.notify)
        self.issuer_store.add_record(record, recipient, [Task("deliver", record.issuer_id, record.id, ISSUED_AT)])
        self.tasks.add([Task("deliver", record.issuer_id, record.id, ISSUED_AT)])
        return record

    def register(self) -> None:
        """Register the issuer; its domain proof lapses after `PROOF_LIFETIME`."""
        issuer = self.issuer_store.issuer("north")
        self.issuer_store.replace_issuer(replace(issuer, registered_as=issuer.name, version=issuer.version + 1))

    @property
    def delivery_context(self) -> DeliveryContext:
        return DeliveryContext(
            store=self.store,
            archive=self.issuer_store,
            pathway_links=self.pathway_links,
            tasks=self.tasks,
            mailer=lambda: self.mailer,
            recorder=Recorder(self.event_store, fakes.Fallback()),
            base_url=BASE_URL,
            clock=lambda: self.now,
            entropy=self.entropy,
            unproven_emails=self.unproven_emails,
            within=self.within,
            give_back=self.give_back,
            surveys=self.surveys,
        )

    def within(self, limit: Limit, subject: str) -> bool:
        if self.counted[self._name(limit, subject)] >= limit.max_count:
            return False
        self.counted[self._name(limit, subject)] += 1
        return True

    def give_back(self, limit: Limit, subject: str) -> None:
        self.counted[self._name(limit, subject)] -= 1

    def _name(self, limit: Limit, subject: str) -> tuple[str, int, str]:
        return limit.name, int(self.now.timestamp() // limit.window.total_seconds()), subject

    def entropy(self, size: int) -> bytes:
        return hashlib.shake_256(next(self._counter).to_bytes(8)).digest(size)

    def run_task(self, kind: str, credential_id: str = CREDENTIAL) -> None:
        """Handle one task of ``kind``, as a worker would."""
        handlers(self.delivery_context)[kind](Task(kind, "north", credential_id, self.now))

    def run_tasks(self, until: datetime) -> None:
        """Run every task when it is due, up to ``until``."""
        while due := sorted((task for task in self.tasks.status if task.due <= until), key=lambda task: task.due):
            self.now = max(self.now, due[0].due)
            handlers(self.delivery_context)[due[0].kind](due[0])
            self.tasks.done(due[0])
        self.now = max(self.now, until)

    def after_issuing(self, **time: float) -> datetime:
        return ISSUED_AT + timedelta(**time)

    def change_status(self, state: State, reason: str | None = None) -> None:
        """Change the status, with its task, as the issuer would."""
        self.change_record(status=CredentialStatus(state, self.now, reason))
        self.tasks.add([Task("status_changed", "north", CREDENTIAL, self.now)])

    @property
    def delivery(self) -> Delivery:
        return self.store.delivery("north", CREDENTIAL)

    def emails(self, kind: Kind) -> list[EmailContent]:
        return [email for email in self.mailer.sent if email.kind is kind]

    def token(self, email: EmailContent | None = None) -> str:
        """The secret in the link to the holder's page, by default of the last email."""
        return (email or self.mailer.sent[-1]).main.url.rpartition("/")[2]

    def stop_token(self) -> str:
        """The secret in the unsubscribe link."""
        found = re.fullmatch(r".*/mail/unsubscribe/(\S+)", self.mailer.sent[-1].unsubscribe or "")
        assert found is not None
        return found[1]

    def change_record(self, **changes: object) -> None:
        """Change the stored credential."""
        record = self.issuer_store.record(CREDENTIAL)
        self.issuer_store._records[CREDENTIAL] = replace(record, **changes)  # type: ignore[arg-type]
