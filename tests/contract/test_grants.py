"""Every function but the issuer's on the real engine, held to the grants of its role in the template."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.access import members, sessions, signing_keys, tokens
from chalicelib.access.roles import Role
from chalicelib.analytics import archive, salt
from chalicelib.analytics.counts import folding
from chalicelib.analytics.counts.counts import Counts, Seen, Touch
from chalicelib.analytics.counts.periods import bucket_of, day_of
from chalicelib.analytics.counts.sections import Section
from chalicelib.analytics.event import Kind as KindOfEvent
from chalicelib.analytics.event import Visit, VisitorClass
from chalicelib.award import achievements
from chalicelib.award.bulk import bulk_issuer, dry_run
from chalicelib.award.bulk.bulk_issuer import Upload
from chalicelib.award.bulk.row_validation import Terms
from chalicelib.award.endpoints import endpoint_actions, publishing, sending
from chalicelib.award.endpoints.endpoint import Pause
from chalicelib.award.endpoints.endpoint_actions import EndpointDraft
from chalicelib.award.issuers import domain_proof, issuer_actions
from chalicelib.award.issuers.domain_proof import DomainProver
from chalicelib.award.issuing import issue, reissue, status_changes
from chalicelib.award.issuing.issue import Award
from chalicelib.award.keys import cleanup, new_key
from chalicelib.award.pathways import pathway_actions
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.catalogue.conversion import PARAMETER
from chalicelib.credential.build import Holder
from chalicelib.credential.record import Record
from chalicelib.delivery import email_events, mailbox, summaries
from chalicelib.delivery.delivery_status import State
from chalicelib.delivery.emails.parts.email_content import REMINDERS, Kind
from chalicelib.delivery.holder import lost_link
from chalicelib.delivery.summaries import Subscription, SummaryRun
from chalicelib.delivery.surveys import survey
from chalicelib.directory.profiles import consent
from chalicelib.directory.profiles.consent import Audience, ConsentEntry, Subject, Visibility
from chalicelib.directory.profiles.profile import Details, Profile
from chalicelib.directory.profiles.published import Published, views
from chalicelib.directory.query.query import read_query
from chalicelib.directory.saved import actions as saved_actions
from chalicelib.directory.saved.saved import Entry, Saved
from chalicelib.directory.search import SearchRequest, search, suggestions
from chalicelib.dynamo.stores.rates import DynamoRateStore
from chalicelib.dynamo.tables import Tables
from chalicelib.erasure import running
from chalicelib.erasure.erasure import Erasure, RequestedBy
from chalicelib.errors import Unavailable
from chalicelib.moderation import submission
from chalicelib.moderation.visitor_report import Reason
from chalicelib.services import Services
from chalicelib.settings import Function, Settings
from chalicelib.tasks.task_queue import Task
from chalicelib.tasks.worker import Handler, RunResult, TaskFailure, Worker, run
from chalicelib.verifiers import accounts
from chalicelib.verifiers.batch.checking import Checked
from chalicelib.verifiers.batch.items import Item
from chalicelib.verifiers.scope import Scope
from chalicelib.verifiers.watches import changing, creating, verdicts
from chalicelib.verifiers.watches import running as running_watches
from chalicelib.verifiers.watches.creating import WatchDraft
from chalicelib.verifiers.watches.waking import WakeSubject
from chalicelib.verify.report import Verdict
from local.aws import REGION
from tests.analytics.counts import simulated
from tests.analytics.fakes import EventArchive
from tests.archived import archive_days_before
from tests.award.endpoints.fakes import Sender
from tests.award.fakes import BASE_URL, Clock, new_achievement, new_issuer
from tests.award.keys.fakes import KeyRemover
from tests.award.pathways.fakes import every, leaf
from tests.contract import samples
from tests.delivery.fakes import Mailer
from tests.fakes import DomainReader, Fallback, Signer
from tests.grants import enforced, grants_of, read_template
from tests.verifiers.watches.fakes import Wakes

DOMAIN = "acme.example"
EMAIL = "ada@example.org"
RECRUITER = "grace@agency.example"
ROWS = b"name,email\nBob,bob@example.org\nCy,cy@example.org\n"
DAYS = (0, 1, 8, 16, 31, 46)
"""When deferred emails, reminders and checks of domains are due."""


class NoReports:
    """In place of `BatchReports`: the host of an external credential does not respond."""

    def start(self, _items: int, _seconds: float) -> NoReports:
        return self

    def check(self, items: list[Item]) -> list[Checked]:
        return [Checked(item, Unavailable(code="timeout")) for item in items]


class Laurel:
    """The services of a deployment on the real engine, with an issuer, an achievement and its reward."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.clock, self.mailer = tables, Clock(), Mailer()
        settings = Settings(
            "test", BASE_URL, tables.credentials, tables.directory, tables.events, tables.secrets, tables.erasures,
            "archive", "host", Signer.SHARED, "receipts", REGION, function=Function.BACKGROUND, unproven_emails=1,
            mail_from="laurel@example.org",
            report_email="op@laurel.example",
        )  # fmt: skip
        self.fallback, self.start = Fallback(), self.clock()
        self.services = Services(settings, self.fallback, self.clock, os.urandom)
        self.services._tables = tables
        reader = DomainReader()
        self.wakes = Wakes()
        parts = {
            "signer": Signer(), "mailer": self.mailer, "event_archive": EventArchive(),
            "wake_watches": self.wakes.send, "batch_reports": NoReports(),
        }  # fmt: skip
        self.services.__dict__.update(parts)  # in place of the cached ones, which need AWS
        context = self.services.issuer_context
        self.issuer = issuer_actions.create(context, new_issuer(email="office@acme.example"), owner="owner@example.org")
        self.services.__dict__["domain_prover"] = DomainProver(context, reader, self.services.tasks)
        name, text = domain_proof.instructions(self.issuer, DOMAIN)[0]
        reader.texts[name] = [text]
        self.step, self.reward = (
            achievements.add(context, new_achievement(name=name)).id for name in ("Step", "Reward")
        )

    def issue(self, email: str = EMAIL, **changes: Any) -> Record:
        award = Award("acme", self.step, Holder("Ada", email), notify=True, **changes)
        return issue.issue(self.services.issuer_context, award)

    def run_tasks(self, kinds: set[str]) -> RunResult:
        """Run what is due under the role of the worker; adds the kinds of the tasks that ran to ``kinds``."""
        failures: list[TaskFailure] = []
        handlers = {kind: _noting(kinds, kind, handler) for kind, handler in self.services.handlers.items()}
        worker = Worker(self.services.tasks, handlers, self.clock, os.urandom, failures.append)
        with enforced(self.tables, grants_of(read_template(), "RunTasksRole")) as refused:
            result = run(worker, self.clock() + timedelta(seconds=50))
            new_key.created_today(self.services.issuer_context)
        assert (refused, failures) == ([], [])
        return result


def _noting(kinds: set[str], kind: str, handler: Handler) -> Handler:
    def handle(task: Task) -> None:
        kinds.add(kind)
        handler(task)

    return handle


@pytest.fixture
def laurel(tables: Tables) -> Laurel:
    return Laurel(tables)


def test_worker_needs_no_more_than_its_role_grants(laurel: Laurel) -> None:
    services, kinds = laurel.services, set[str]()
    context = services.issuer_context
    laurel.issue("one@example.org")
    laurel.issue("two@example.org")  # over the quota of issuers that are not identified, so it is deferred
    laurel.run_tasks(kinds)
    domain_proof.prove(services.domain_prover, "acme", DOMAIN)
    pathway_actions.add(
        context, services.pathways, "acme", Draft("Path", "Up.", every(leaf(laurel.step)), laurel.reward)
    )
    record = laurel.issue(valid_until=laurel.clock() + timedelta(days=60))
    bulk_issuer.create(services.bulk, "acme", Upload(Terms(laurel.step), ROWS), "tests")
    dry_run.start(services.dry_runner, "acme", Upload(Terms(laurel.step), ROWS), "tests")
    lost_link.request(services.delivery_context, services.access_context, record.id, EMAIL, "203.0.113.7")
    laurel.run_tasks(kinds)
    status_changes.suspend(context, "acme", record.id)
    laurel.run_tasks(kinds)
    status_changes.reinstate(context, "acme", record.id)
    corrected = reissue.correct(context, "acme", record.id, reissue.Changes(name="Ada L."))
    services.delivery_context.mark_status("acme", corrected.id, State.OPENED, laurel.clock())
    services.delivery_context.surveys.save_survey(replace(survey.template("acme"), on=True, version=1))
    reminders = (Kind.UNSHARED, *survey.MONTHS)
    services.tasks.add([Task(kind, "acme", corrected.id, laurel.clock()) for kind in reminders])
    draft = submission.Draft(Reason.IMPERSONATION, "It is not theirs.", "eve@example.org")
    submission.submit(services.moderation_context, corrected.id, draft, "203.0.113.7")
    show(laurel, corrected.id, expires_at=laurel.clock() + timedelta(days=1))
    services.update_listings([stream_record("PUBLISHED", HOLDER)])
    before = laurel.clock() - timedelta(hours=1)
    person, found = (Entry(holder_id, before) for holder_id in (HOLDER.replace("h", "g"), "q=step"))
    services.saved_context.store.save(Saved(mailbox.digest(RECRUITER), RECRUITER, (person,), (found,)))
    services.tasks.add([Task(saved_actions.KIND, "", mailbox.digest(RECRUITER), laurel.clock() + timedelta(hours=1))])
    services.tasks.add([Task(sending.PAUSED, "acme", "an-endpoint", laurel.clock())])
    watched(laurel, record.id)
    for days in DAYS:
        laurel.clock.now = laurel.start + timedelta(days=days, hours=3)  # when reminders may be sent
        laurel.run_tasks(kinds)
    assert kinds == services.handlers.keys()
    told = {one.to for one in laurel.mailer.sent if one.kind is Kind.REPORTED}
    assert told == {"office@acme.example", "op@laurel.example"}
    assert {one.kind for one in laurel.mailer.sent} == REMINDERS | {
        Kind.ISSUED, Kind.CORRECTED, Kind.SUSPENDED, Kind.REPORTED, Kind.SAVED_NEWS, Kind.HOLDER_LINK,
        Kind.ENDPOINT_PAUSED, Kind.WATCH_NEWS,
    }  # fmt: skip


HOLDER = "h" * 26


def show(laurel: Laurel, credential_id: str, expires_at: datetime | None = None) -> None:
    details = Details("Ada")
    made = Published(HOLDER, details, (credential_id,), indexed=True, since=laurel.clock(), expires_at=expires_at)
    profile = Profile(mailbox.digest(EMAIL), HOLDER, details, laurel.clock())
    laurel.services.profile_context.store.save(profile, None, dict.fromkeys(Audience, made))


def stream_record(prefix: str, value: str) -> dict[str, Any]:
    stored = {"pk": {"S": f"{prefix}#{value}"}, "sk": {"S": prefix}}
    return {"dynamodb": {"Keys": stored, "SequenceNumber": "1", "ApproximateCreationDateTime": 0}}


@pytest.mark.parametrize("reader", ["PublicRole", "VerifyRole"])
def test_the_directory_follows_changes_with_no_more_than_its_role_grants(laurel: Laurel, reader: str) -> None:
    domain_proof.prove(laurel.services.domain_prover, "acme", DOMAIN)
    record = laurel.issue()
    show(laurel, record.id)
    searched = SearchRequest(read_query("step", ()), total=True)
    for shown in ([1], []):
        with enforced(laurel.tables, grants_of(read_template(), "UpdateDirectoryRole")) as refused:
            for changed in (("PUBLISHED", HOLDER), ("CREDENTIAL", record.id)):
                assert laurel.services.update_listings([stream_record(*changed)]).failed is None
        with enforced(laurel.tables, grants_of(read_template(), reader)) as also:
            laurel.services.api_limits.of_network(Scope.DIRECTORY, "2001:db8::1").charge(1)
            with laurel.services.reading_limit.reading("2001:db8::1", 10) as reading:
                page = search(searched, laurel.services.directory, laurel.clock())
            laurel.services.reading_limit.opened_decoy("2001:db8::1", reading.decoy)
            suggestions("ste", laurel.services.directory)
        assert (refused, also, [hit.listing.credentials for hit in page.hits]) == ([], [], shown)
        status_changes.suspend(laurel.services.issuer_context, "acme", record.id)


def test_email_event_function_needs_no_more_than_its_role_grants(laurel: Laurel) -> None:
    record = laurel.issue()
    laurel.run_tasks(set())
    at = {"timestamp": "2026-11-21T10:00:00.000Z"}
    mail = {**at, "messageId": "mail-1@ses.example", "destination": [EMAIL]}
    permanent, address = {"bounceType": "Permanent"}, [{"emailAddress": EMAIL}]
    events: list[dict[str, Any]] = [
        {"eventType": "Delivery", "mail": mail, "delivery": {**at, "recipients": [EMAIL]}},
        {"eventType": "Bounce", "mail": mail, "bounce": {**at, **permanent, "bouncedRecipients": address}},
        {"eventType": "Complaint", "mail": mail, "complaint": {**at, "complainedRecipients": address}},
    ]
    early = {**events[0], "mail": {**mail, "messageId": "early"}}
    with enforced(laurel.tables, grants_of(read_template(), "OnEmailEventRole")) as refused:
        for event in [*events, early]:
            email_events.receive(laurel.services.delivery_context, json.dumps(event), lambda: None)
    assert (refused, laurel.fallback.kept) == ([], [])
    assert laurel.services.delivery_context.store.delivery("acme", record.id).state is not None


def test_nightly_functions_need_no_more_than_their_roles_grant(laurel: Laurel) -> None:
    services = laurel.services
    signing_keys.current(services.access_context)
    salt.rotate(services.salts, laurel.clock(), os.urandom)
    laurel.clock.advance(cleanup.ABANDONED_AFTER + timedelta(days=1))
    resources = read_template()
    with enforced(laurel.tables, grants_of(resources, "RotateSecretsRole")) as refused:
        salt.rotate(services.salts, laurel.clock(), os.urandom)
        signing_keys.forget(services.access_context)
    with enforced(laurel.tables, grants_of(resources, "CleanUpKeysRole")) as also:
        result = cleanup.clean_up(services.issuer_context, KeyRemover())
    assert (refused, also, result.closed) == ([], [], 1)


def test_erasing_needs_no_more_than_its_role_grants(laurel: Laurel) -> None:
    """With a profile, a report and counts: what has no key of the person is found by the search."""
    services = laurel.services
    record = laurel.issue()
    words = submission.Draft(Reason.OTHER, "It names me.")
    submission.submit(services.moderation_context, record.id, words, "192.0.2.1")
    save_profile(laurel, record)
    services.erasure_context.store.add(
        Erasure(None, mailbox.digest(EMAIL), EMAIL, None, RequestedBy.HOLDER, laurel.clock(), laurel.clock())
    )
    with enforced(laurel.tables, grants_of(read_template(), "ErasePeopleRole")) as refused:
        done = running.run(services.erasure_context, laurel.clock() + timedelta(hours=1), timedelta())
    assert (refused, done.done, done.waiting) == ([], 1, 0)
    assert done.deleted > 0
    found = services.erasure_context.store.find([EMAIL, mailbox.digest(EMAIL), record.id])
    assert [kind for kind, _ in found if kind not in ("credentials: issuer", "credentials: member")] == []


def test_archiving_needs_no_more_than_its_role_grants(laurel: Laurel) -> None:
    services = laurel.services
    archive_days_before(services.event_archive, laurel.start.date() + timedelta(days=1))
    laurel.clock.advance(timedelta(days=1))
    services.event_store.write(samples.event(at=laurel.start))
    with enforced(laurel.tables, grants_of(read_template(), "ArchiveEventsRole")) as refused:
        done = archive.run(services.archive_context, laurel.clock() + timedelta(hours=1))
    assert (refused, done.written) == ([], 1)  # the day of the late event
    assert len(list(services.event_archive.lines(laurel.start.date()))) == 1
    assert services.event_store.late_days() == []


def test_sending_summaries_needs_no_more_than_its_role_grants(laurel: Laurel) -> None:
    """With a member who wants them, one who has left, and a month with events."""
    services = laurel.services
    for email in ("owner@example.org", "gone@example.org"):
        services.summary_context.store.add(Subscription("acme", email))
    last = laurel.clock().replace(day=1) - timedelta(days=1)
    issued = samples.event(kind=KindOfEvent.ISSUED, at=last, issuer_id="acme", visitor=None)
    store = services.fold_context.store
    store.save_progress(simulated.save(store, [issued], last.date()), 0)
    with enforced(laurel.tables, grants_of(read_template(), "SendSummariesRole")) as refused:
        done = summaries.run(services.summary_context, laurel.clock() + timedelta(hours=1))
    assert (refused, done) == ([], SummaryRun(sent=1, ended=1))
    assert [one.to for one in laurel.mailer.sent if one.kind is Kind.SUMMARY] == ["owner@example.org"]


def test_counting_needs_no_more_than_its_role_grants(laurel: Laurel) -> None:
    """Late events, the end of a day and counts that are too large for one item."""
    services, counted = (
        laurel.services,
        {Touch("a", f"{n}{os.urandom(13).hex()}", "view"): Seen(1, n) for n in range(30_000)},
    )
    folding.run(services.fold_context, laurel.clock() + timedelta(days=1))
    laurel.clock.advance(timedelta(hours=15))  # into the next day
    with enforced(laurel.tables, grants_of(read_template(), "VerifyRole")) as late:
        services.event_store.write(samples.event(at=laurel.start + timedelta(minutes=5)))
    with enforced(laurel.tables, grants_of(read_template(), "CountEventsRole")) as refused:
        done = folding.run(services.fold_context, laurel.clock() + timedelta(days=1))
        for period in (bucket_of(laurel.clock()), day_of(laurel.clock().date())):
            for times in (1, 2):
                counts = Counts(touches={touch: Seen(times, seen.first) for touch, seen in counted.items()})
                services.count_store.save("acme", period, counts, 99)
        assert services.count_store.section("acme", day_of(laurel.clock().date()), Section.CREDENTIALS) == counts
    with enforced(
        laurel.tables, [one for one in grants_of(read_template(), "IssuerRole") if one.table == "events"]
    ) as also:
        services.count_store.progress()
        assert list(services.count_store.parts(bucket_of(laurel.clock()).parent, {"acme"}))
    assert (late, refused, also, done.late) == ([], [], [], 1)


def test_messages_to_endpoints_need_no_more_than_the_roles_grant(laurel: Laurel) -> None:
    """Queued while events are counted, retried, and paused."""
    services, sender = laurel.services, Sender([410])
    draft = EndpointDraft("https://crm.example/", ("issued", "conversion"))
    endpoint = endpoint_actions.add(services.endpoint_context, "acme", draft, still_allowed=lambda: None).endpoint
    laurel.clock.advance(timedelta(seconds=1))
    services.event_store.write(samples.event(kind=KindOfEvent.CONVERSION, at=laurel.clock(), issuer_id="acme"))
    laurel.clock.advance(timedelta(minutes=10))
    with enforced(laurel.tables, grants_of(read_template(), "CountEventsRole")) as counting:
        folding.run(services.fold_context, laurel.clock() + timedelta(days=1))
    context = sending.SendContext(
        services.endpoint_store, sender, services.endpoint_tasks, services.tasks, laurel.clock, os.urandom
    )
    with enforced(laurel.tables, grants_of(read_template(), "SendMessagesRole")) as refused:
        handlers = {publishing.TASK: partial(sending.handle, context)}
        worker = Worker(services.endpoint_tasks, handlers, laurel.clock, os.urandom, lambda _: None)
        done = run(worker, laurel.clock() + timedelta(seconds=50))
    assert (counting, refused, done.done, len(sender.received)) == ([], [], 1, 1)
    assert services.endpoint_store.endpoint("acme", endpoint.id).paused is Pause.GONE
    assert [task.kind for task in services.tasks.due(laurel.clock(), 100) if task.kind == sending.PAUSED]


def watched(laurel: Laurel, credential_id: str) -> None:
    """A watch with news for its owner."""
    services = laurel.services
    account = accounts.create(services.verifier_context, "dev@jobs.example", "Jobs")
    draft = WatchDraft(None, credential_id, email="dev@jobs.example")
    watch = creating.create(services.watch_context, account.id, "w" * 26, draft).watch
    after = replace(watch, verdict=Verdict.REVOKED, changes=watch.changes + 1, version=2)
    services.watch_store.replace(after, [], verdicts.event(watch, after, "01KB0000000000000000000001", laurel.clock()))


def test_watches_need_no_more_than_the_roles_grant(laurel: Laurel) -> None:
    """Noticed in the stream, checked, sent, retried, disabled, and deleted with their account."""
    services, sender, record = laurel.services, Sender([500, 410]), laurel.issue()
    account = accounts.create(services.verifier_context, "dev@jobs.example", "Jobs")
    drafts = [
        WatchDraft("https://jobs.example/", record.id, email="dev@jobs.example"),
        WatchDraft("https://jobs.example/", "https://x.example/"),
    ]
    made = [
        creating.create(services.watch_context, account.id, str(number) * 26, draft).watch
        for number, draft in enumerate(drafts)
    ]
    status_changes.revoke(services.issuer_context, "acme", record.id)
    changes = [stream_record("CREDENTIAL", record.id), stream_record("ISSUER", "acme")]
    with enforced(laurel.tables, grants_of(read_template(), "UpdateDirectoryRole")) as noticing:
        services.update_listings(changes)
    assert [wake.about for wake in laurel.wakes.waiting] == [
        WakeSubject.WATCH,
        WakeSubject.WATCH,
        WakeSubject.CREDENTIAL,
        WakeSubject.ISSUER,
    ]
    with enforced(laurel.tables, grants_of(read_template(), "RunWatchesRole")) as refused:
        work = services.watch_work()
        work = replace(work, sends=replace(work.sends, sender=sender))
        while laurel.wakes.waiting:
            running_watches.work(work, laurel.wakes.waiting.pop(0))
        changing.remove_all(services.watch_removals, account.id, laurel.clock() + timedelta(hours=8))
        for _ in range(3):
            laurel.clock.advance(timedelta(hours=4))
            work = replace(work, sends=replace(work.sends, resting=set()))
            handlers = running_watches.handlers(work)
            worker = Worker(services.watch_tasks, handlers, laurel.clock, os.urandom, lambda _: None)
            run(worker, laurel.clock() + timedelta(seconds=50))
    [delivery] = services.watch_store.deliveries(account.id, made[0].id, None, 9, laurel.clock())
    assert (noticing, refused, len(sender.received), delivery.status) == ([], [], 2, 410)
    assert services.watch_store.of_verifier(account.id, None, 9) == []


@pytest.mark.parametrize("role", ["PublicRole", "VerifyRole"])
def test_functions_for_visitors_need_no_more_than_their_roles_grant(laurel: Laurel, role: str) -> None:
    services, record = laurel.services, laurel.issue()
    services.issuer_store.add_image(samples.image())
    public, day = services.public_store, laurel.clock().date()
    shown = replace(record, shows_view_counts=True, version=record.version + 1)
    services.issuer_store.show_view_counts(shown)
    with enforced(laurel.tables, grants_of(read_template(), role)) as refused:
        assert public.related_items(public.record(record.id), day).view_counts is not None
        public.issuer("acme")
        public.issuer_of_did(laurel.issuer.did)
        public.status_list(laurel.issuer.revocation_list)
        public.image(samples.image().sha256)
        services.salts.create(day, b"0" * 32)
        services.event_store.write(samples.event())
        if role == "VerifyRole":
            network, second = "203.0.113.7", timedelta(seconds=1)
            allowance = DynamoRateStore(laurel.tables)
            assert allowance.take(network, laurel.clock(), second, second * 10).wait == timedelta()
            allowance.give_back(network, second)
            services.api_limits.of_network(Scope.VERIFY, network).charge(1)
    assert refused == []


@pytest.mark.parametrize(("role", "scope"), [("VerifyRole", Scope.VERIFY), ("PublicRole", Scope.DIRECTORY)])
def test_functions_for_visitors_look_up_a_key_and_count_its_verifier_and_read_nothing_else(
    laurel: Laurel, role: str, scope: Scope
) -> None:
    services = laurel.services
    context = services.verifier_context
    verifier = accounts.create(context, "dev@jobs.example", "Jobs")
    made = accounts.create_key(context, verifier, "production", [scope])
    with enforced(laurel.tables, grants_of(read_template(), role)) as refused:
        grant = accounts.authenticate(services.grant_store, made.text, laurel.clock())
        services.api_limits.of_verifier(scope, grant.verifier_id).charge(1)
        assert refused == []
        with pytest.raises(Unavailable):
            context.store.verifier(verifier.id)
        with pytest.raises(Unavailable):
            context.store.of_owner(verifier.email)
    assert len(refused) == 2


def test_public_pages_need_no_more_than_the_grants_of_the_public_role(laurel: Laurel) -> None:
    services, url = laurel.services, "https://acme.example/enrol"
    domain_proof.prove(services.domain_prover, "acme", DOMAIN)
    course = achievements.add(services.issuer_context, new_achievement(name="Course", enrolment_url=url))
    visit = Visit(KindOfEvent.REFERRAL, "203.0.113.7", "A browser", None, VisitorClass.PERSON)
    with enforced(laurel.tables, grants_of(read_template(), "PublicRole")) as refused:
        assert len(services.catalogue.issuer_page("acme").entries) == 3
        token = services.catalogue.achievement_page(course.id).referral or ""
        for _ in range(2):
            achievement_id, target = services.catalogue.follow(token, visit)
            assert (achievement_id, (target or "").partition("?")[0]) == (course.id, url)
            assert PARAMETER in (target or "")
    assert refused == []


def save_profile(laurel: Laurel, record: Record) -> str:
    """Publish a profile with a credential, which search engines may list. Returns its id."""
    mailbox_digest, holder_id = mailbox.digest(EMAIL), "h" * 26
    decisions = (
        *consent.choose(Subject.PROFILE, Visibility.EVERYONE),
        *consent.choose(Subject.SEARCH_ENGINES, Visibility.EVERYONE),
        *consent.choose(consent.credential_subject(record.id), Visibility.EVERYONE),
    )
    entry = ConsentEntry(1, laurel.clock(), consent.TEXT_VERSION, decisions)
    profile = Profile(mailbox_digest, holder_id, Details(), laurel.clock())
    store = laurel.services.profile_context.store
    store.save(profile, entry, views(profile, [entry], laurel.clock()))
    return holder_id


def test_a_public_profile_needs_no_more_than_the_grants_of_the_public_role(laurel: Laurel) -> None:
    services, record = laurel.services, laurel.issue()
    holder_id = save_profile(laurel, record)
    with enforced(laurel.tables, grants_of(read_template(), "PublicRole")) as refused:
        published = services.published_store.published(holder_id)
        assert published is not None
        assert services.published_store.listed(holder_id[0], laurel.clock(), 10) == [holder_id]
        assert services.catalogue.store.issuer_ids("", 10) == ["acme"]
        (opened,) = services.hosted_reports.open_many(published.credentials)
        assert opened.record.id == record.id
        assert refused == []
        with pytest.raises(Unavailable):
            services.profile_context.store.profile(mailbox.digest(EMAIL))
        with pytest.raises(Unavailable):
            services.profile_context.store.entries(mailbox.digest(EMAIL))


def test_functions_for_visitors_read_no_recipient_although_they_know_the_credential(laurel: Laurel) -> None:
    record = laurel.issue()
    assert laurel.services.issuer_store.recipient(record.id).email == EMAIL
    for role in ("PublicRole", "VerifyRole"):
        with enforced(laurel.tables, grants_of(read_template(), role)), pytest.raises(Unavailable):
            laurel.services.issuer_store.recipient(record.id)


def test_worker_cannot_add_an_owner_or_an_api_key(laurel: Laurel) -> None:
    context = laurel.services.access_context
    with enforced(laurel.tables, grants_of(read_template(), "RunTasksRole")):
        with pytest.raises(Unavailable):
            members.add(context, "acme", "mallory@example.org", Role.OWNER)
        with pytest.raises(Unavailable):
            tokens.make(context, "acme", Role.OWNER, "key", "mallory")
        with pytest.raises(Unavailable):
            sessions.sign_in(context, "owner@example.org")
    assert [one.email for one in members.of_issuer(context, "acme")] == ["owner@example.org"]
