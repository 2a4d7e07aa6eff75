"""A deployment with two issuers and two people, in which one person leaves every kind of trace."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.access import sessions
from chalicelib.analytics import archive
from chalicelib.analytics.counts import folding
from chalicelib.analytics.event import Event, Visit, VisitorClass
from chalicelib.analytics.event import Kind as EventKind
from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.bulk import bulk_issuer, dry_run
from chalicelib.award.bulk.bulk_issuer import Upload
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.award.issuing import idempotency, issue, reissue
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.reissue import Changes
from chalicelib.award.pathways import pathway_actions
from chalicelib.award.pathways.pathway import Group, Rule
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.award.pathways.pathway_link import Step
from chalicelib.credential.build import Holder
from chalicelib.delivery import email_events, links, mailbox
from chalicelib.delivery.emails.parts.email_content import EmailContent
from chalicelib.delivery.holder import actions as holder_actions
from chalicelib.delivery.limits import reputation
from chalicelib.delivery.links import Purpose
from chalicelib.directory.profiles import own_profile
from chalicelib.directory.profiles.consent import FIELDS, Subject, Visibility
from chalicelib.directory.profiles.own_profile import Choices
from chalicelib.directory.profiles.profile import Details
from chalicelib.dynamo import keys
from chalicelib.dynamo.keys import Key
from chalicelib.dynamo.tables import Raw, key_of
from chalicelib.erasure import requests, running
from chalicelib.errors import NotFound
from chalicelib.kms.signer import KmsSigner
from chalicelib.moderation import submission
from chalicelib.moderation.visitor_report import Reason
from chalicelib.services import Services
from chalicelib.settings import Settings
from chalicelib.tasks.task_queue import Task
from chalicelib.tasks.worker import Worker
from chalicelib.tasks.worker import run as run_tasks
from crash.faults import FaultInjector
from crash.stage import create_table
from tests.archived import archive_days_before

NAME, EMAIL = "Adaora Quillfeather", "adaora.quillfeather@example.org"
OTHER = "ben.okonkwo@example.org"
TABLES = ("credentials", "directory", "events", "secrets", "erasures")
ARCHIVE = "archive"
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\0\0\0\0IEND\xaeB`\x82"
_OWN_KINDS = {"fold_progress", "erasure", "erased_id", "erasure_sweep", "erasure_key", "tombstone"}

Snapshot = Mapping[str, Mapping[Key, Raw]]


class _Mailer:
    """Sends nothing, and keeps the emails."""

    def __init__(self) -> None:
        self.sent: list[EmailContent] = []

    def send(self, content: EmailContent) -> str:
        self.sent.append(content)
        return f"message-{len(self.sent)}-{secrets.token_hex(4)}"


class _NoFallback:
    def keep(self, event: Event, error: Exception) -> None:  # noqa: ARG002 - the port has it
        raise error


class Town:
    """The deployment, on the test engine, with a clock of its own."""

    def __init__(self, region: str) -> None:
        name = f"town-{secrets.token_hex(4)}"
        # Half an hour before midnight, so that counts of every period are made within an hour.
        self.now = datetime.now(UTC).replace(hour=23, minute=30, second=0, microsecond=0)
        signer = KmsSigner(region, "crash")
        settings = Settings(
            stage="crash",
            base_url="http://localhost:8000",
            credentials_table=f"{name}-credentials",
            directory_table=f"{name}-directory",
            events_table=f"{name}-events",
            secrets_table=f"{name}-secrets",
            erasures_table=f"{name}-erasures",
            event_archive=f"{name}-archive",
            host_key_id="",
            shared_key_id=signer.create("shared").handle,
            receipt_key_id="",
            region=region,
        )
        self.services = Services(settings, _NoFallback(), lambda: self.now, secrets.token_bytes)
        self.mailer = _Mailer()
        self.services.__dict__["mailer"] = self.mailer
        self.tables = self.services._tables  # noqa: SLF001 - to search them
        self.client = self.tables.client
        for table in TABLES:
            create_table(self.client, getattr(self.tables, table))
        self._s3 = self.services.event_archive._client  # type: ignore[attr-defined]  # noqa: SLF001
        self._s3.create_bucket(Bucket=settings.event_archive)
        self.injector = FaultInjector((self.client, self._s3))
        self.token = ""
        self.holder_id = ""
        self._fill()
        self._start, self.start = self.snapshot(), self.now
        self.credentials = [
            raw["credential_id"]["S"] for raw in self._of_type("recipient") if raw.get("email") == {"S": EMAIL}
        ]
        digest = mailbox.digest(EMAIL)
        self.values = {
            NAME, EMAIL, digest, links.mailbox_id_of(digest), self.holder_id, *self.credentials, "quillfeather",
        }  # fmt: skip
        """What names the person: a search for each must find nothing."""

    # --- what happens -----------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        context = self.services.issuer_context
        folding.run(self.services.fold_context, self.now)
        for issuer_id in ("acme", "other"):
            new = NewIssuer(issuer_id, f"{issuer_id.title()} Academy", f"https://{issuer_id}.example/", "Courses.")
            issuer_actions.create(context, new)
            for name in ("Analysis", "Synthesis"):
                achievements.add(context, NewAchievement(issuer_id, name, "Can.", "Do.", PICTURE, "A wheel"))
        first, second = (one.id for one in context.issuer_store.achievements("acme"))
        root = Group(Rule.ALL, (Step(first, "Analysis"),), 1)
        draft = Draft("Both", "Two steps.", root=root, reward=second)
        pathway_actions.add(context, self.services.pathways, "acme", draft)
        claimed = idempotency.claim(context, self.services.claims, "acme", "key-1", b"request")
        issued = issue.issue(context, self._award("acme", first, EMAIL, NAME, credential_id=claimed))
        issue.issue(context, self._award("acme", first, OTHER, "Ben Okonkwo"))
        issue.issue(
            context, self._award("other", next(iter(context.issuer_store.achievements("other"))).id, EMAIL, NAME)
        )
        self._run_tasks()
        reissue.correct(context, "acme", issued.id, Changes(name=f"{NAME} Jr"), "Her name.")
        content = json.dumps(
            [
                {"name": NAME, "email": EMAIL},
                {"name": "Ben Okonkwo", "email": OTHER},
                {"name": NAME, "email": EMAIL, "zone": "Nowhere/Else"},
            ]
        ).encode()
        sent = Upload(Terms(second), content, bulk_issuer.Allow(row_errors=True, duplicates=True))
        bulk_issuer.create(self.services.bulk, "acme", sent, EMAIL)
        dry_run.start(self.services.dry_runner, "acme", sent, "cli")
        self._run_tasks()
        self._visit(issued.id)
        self._hold()
        self.services.tasks.add([Task("unopened", "acme", issued.id, self.now + timedelta(days=6))])
        words = submission.Draft(Reason.WRONG_PERSON, f"This is not {NAME}", EMAIL)
        submission.submit(self.services.moderation_context, issued.id, words, "192.0.2.7")
        sessions.sign_in(self.services.access_context, EMAIL)
        self._bounce()
        self._count()
        self._list()

    def _award(self, issuer_id: str, achievement_id: str, email: str, name: str, **more: Any) -> Award:  # noqa: ANN401
        return Award(issuer_id, achievement_id, Holder(name, email), notify=True, **more)

    def _run_tasks(self) -> None:
        self.now += timedelta(minutes=1)
        worker = Worker(self.services.tasks, self.services.handlers, lambda: self.now, secrets.token_bytes, _raise)
        run_tasks(worker, self.now + timedelta(minutes=1))

    def _visit(self, credential_id: str) -> None:
        for kind, person in ((EventKind.VIEW, VisitorClass.PERSON), (EventKind.VERIFICATION, VisitorClass.KNOWN_BOT)):
            visit = Visit(kind, "192.0.2.9", "a browser", None, person)
            self.services.hosted_reports.open(credential_id, visit)

    def _hold(self) -> None:
        """The holder opens their page, shares a credential and publishes a profile."""
        context = self.services.delivery_context
        for issuer_id in ("acme", None):
            url, link = context.link(Purpose.MY, EMAIL, issuer_id=issuer_id)
            context.store.add_links((link,))
            self.token = url.rpartition("/")[2]
        holder_actions.view(context, self.token, person=True)
        holder_actions.choose_zone(context, self.token, "Africa/Lagos")
        everyone = Visibility.EVERYONE
        shown = dict.fromkeys(self._own_ids(), everyone)
        fields = {**dict.fromkeys(FIELDS, everyone), Subject.PLACE: Visibility.RECRUITERS}
        choices = Choices(fields, search_engines=True, expires_at=None, credentials=shown)
        details = Details(NAME, "Analyst", "Lagos")
        own_profile.save(self.services.profile_context, self.token, details, choices)
        own = own_profile.view(self.services.profile_context, self.token)
        assert own.profile is not None  # noqa: S101 - it was just saved
        self.holder_id = own.profile.holder_id

    def _own_ids(self) -> list[str]:
        return [raw["credential_id"]["S"] for raw in self._of_type("recipient") if raw.get("email") == {"S": EMAIL}]

    def _list(self) -> None:
        """The stream of changes brings the profile into the directory; in this deployment it brings nothing else."""
        key = keys.published(self.holder_id)
        stored = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
        change = {"Keys": stored, "SequenceNumber": "1", "ApproximateCreationDateTime": self.now.timestamp()}
        self.services.update_listings([{"dynamodb": change}])

    def _bounce(self) -> None:
        context, who = self.services.delivery_context, email_events.recipient(EMAIL)
        counted = reputation.with_problem(context.store.reputation("acme"), reputation.Problem.BOUNCED, who, self.now)
        context.store.save_reputation(counted)

    def _count(self) -> None:
        """Midnight passes, so that events are counted by hour, day, month and for good, and archived."""
        for _ in range(2):
            self.now += timedelta(minutes=30)
            folding.run(self.services.fold_context, self.now + timedelta(minutes=5))
        archive_days_before(self.services.event_archive, self.now.date() - timedelta(days=1))
        archive.run(self.services.archive_context, self.now + timedelta(minutes=5))

    # --- what is interrupted ----------------------------------------------------------------------------------------

    def request_as_holder(self) -> None:
        """Ask for the erasure of everything; the cooling-off period is over."""
        self._fresh_link()
        requests.request_as_holder(self.services.erasure_context, self.token)
        self.now += timedelta(days=8)

    def request_as_issuer(self) -> None:
        """One issuer asks."""
        requests.request_as_issuer(self.services.erasure_context, "acme", email=EMAIL)
        self.now += timedelta(days=8)

    def erase(self) -> None:
        """Erase what is due, and wait for nothing in between."""
        running.run(self.services.erasure_context, self.now + timedelta(minutes=1), timedelta())

    def issue_again(self) -> str:
        """Issue another credential to the person. Returns its id."""
        achievement = next(iter(self.services.issuer_store.achievements("other")))
        return issue.issue(self.services.issuer_context, self._award("other", achievement.id, EMAIL, NAME)).id

    def withdraw(self) -> None:
        """Withdraw the profile."""
        self._fresh_link()
        own_profile.withdraw(self.services.profile_context, self.token)

    def _fresh_link(self) -> None:
        url, link = self.services.delivery_context.link(Purpose.MY, EMAIL)
        self.services.delivery_context.store.add_links((link,))
        self.token = url.rpartition("/")[2]

    # --- what is left -----------------------------------------------------------------------------------------------

    def find(self) -> Iterator[tuple[str, str]]:
        """Every value of the person that is left."""
        return self.services.erasure_context.store.find(self.values)

    def is_public(self, credential_id: str) -> bool:
        """Whether the page of a credential is shown."""
        try:
            self.services.hosted_reports.shown_record(credential_id)
        except NotFound:
            return False
        return True

    def credentials_of(self, issuer_id: str) -> list[str]:
        """The person's credentials of an issuer."""
        found = self._start["credentials"].values()
        return [
            raw["credential_id"]["S"]
            for raw in found
            if raw["type"]["S"] == "recipient"
            and raw.get("email") == {"S": EMAIL}
            and raw["issuer_id"]["S"] == issuer_id
        ]

    def missing_of_others(self) -> list[str]:
        """Items without a trace of the person that are not as they were."""
        after = self.snapshot()
        return [
            f"{table}: {key}"
            for table, items in self._start.items()
            for key, raw in items.items()
            if self._is_of_others(raw) and after[table].get(key) != raw
        ]

    def _is_of_others(self, raw: Raw) -> bool:
        if raw.get("type", {}).get("S") in (
            None,
            "counts",
            "job_rows",
            "job_results",
            "dry_run_part",
            "reputation",
            *_OWN_KINDS,
        ):
            return False
        text = repr(raw).lower()
        names = {*self.values, email_events.recipient(EMAIL)}
        named = any(value.lower() in text for value in names) or self._is_about(raw)
        return not named

    def _is_about(self, raw: Raw) -> bool:
        """Whether an item is about a report, or a dry run, with the person."""
        reports = {
            one["id"]["S"] for one in self._start["credentials"].values() if one["type"]["S"] == "visitor_report"
        }
        runs = {one["id"]["S"] for one in self._start["secrets"].values() if one.get("type") == {"S": "dry_run"}}
        return any(re.search(name, repr(raw)) for name in reports | runs)

    def snapshot(self) -> Snapshot:
        """All items of all tables, and the archived lines."""
        stored = self.services.event_archive
        lines = {Key(str(day), ""): {"lines": {"S": "".join(stored.lines(day))}} for day in stored.days()}
        items = {table: {key_of(raw): raw for raw in self._scan(getattr(self.tables, table))} for table in TABLES}
        return {**items, ARCHIVE: lines}

    def restore(self, wanted: Snapshot | None = None) -> None:
        """Make the tables and the archive as they were."""
        present = self.snapshot()
        for table, items in (wanted or self._start).items():
            if table == ARCHIVE:
                for key, raw in items.items():
                    if present[ARCHIVE].get(key) != raw:
                        self.services.event_archive.save(date.fromisoformat(key.pk), [raw["lines"]["S"]])
                continue
            name, now = getattr(self.tables, table), present[table]
            changed = [raw for key, raw in items.items() if now.get(key) != raw]
            self.tables.write_many(name, changed, sorted(now.keys() - items.keys()))

    def _scan(self, table: str) -> Iterator[Raw]:
        pages = self.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return (item for page in pages for item in page["Items"])

    def _of_type(self, kind: str) -> Iterator[Raw]:
        return (raw for raw in self._scan(self.tables.credentials) if raw["type"]["S"] == kind)


def _raise(failure: Any) -> None:  # noqa: ANN401 - a TaskFailure
    raise RuntimeError(str(failure)) from failure.error
