"""The tasks of delivery: the first letter about a credential, and the reminders after it.

A letter is claimed before it is sent, and answered after. What lies between cannot be undone or asked about: if a
worker dies there, nobody knows whether the letter went out. So it is decided by what a double costs. The first letter
carries the credential: without it the award is lost on its holder, and a double is a nuisance. Its unanswered claim
falls back, and it is sent again. A reminder is a nuisance already: its claim stands for good; it may be lost, but it
never comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.award.tasks import Task
from chalicelib.credential.record import Record, State
from chalicelib.delivery import allowance, deliveries, notices, schedule
from chalicelib.delivery.deliveries import Delivery
from chalicelib.delivery.delivering import Delivering
from chalicelib.delivery.letter import REMINDERS, Kind
from chalicelib.delivery.links import Purpose
from chalicelib.delivery.mailbox import held_back
from chalicelib.delivery.ports import NotSent, Posted
from chalicelib.delivery.write import Case, Links, about
from chalicelib.errors import NotFound, Refused, Unavailable

DELIVER = "deliver"
"""The kind of the task that issuing adds; the others bear the names of their letters."""
KINDS = {DELIVER: Kind.ISSUED, **{kind.value: kind for kind in REMINDERS}}
"""Which letter a task of a kind sends."""


def handlers(delivering: Delivering) -> Mapping[str, Callable[[Task], None]]:
    """What does each kind of task. All of them are safe to call again, and by two workers at once."""
    return {name: _handler(delivering, kind) for name, kind in KINDS.items()}


def _handler(delivering: Delivering, kind: Kind) -> Callable[[Task], None]:
    def handle(task: Task) -> None:
        case = _case(delivering, task)
        if case is None:
            return
        if kind in REMINDERS:
            _remind(delivering, task, kind, case)
        else:
            _deliver(delivering, task, case)

    return handle


def _case(delivering: Delivering, task: Task) -> Case | None:
    """What the task is about; None when there is nothing (left) to write about."""
    archive = delivering.archive
    try:
        record = archive.record(task.subject)
        recipient = archive.recipient(record.id)
        if record.issuer_id != task.issuer_id or recipient.email is None:
            return None
        issuer = archive.issuer(record.issuer_id)
        achievement = archive.achievement_version(issuer.id, record.achievement_id, record.achievement_version)
    except NotFound:
        return None
    if not stands(record, delivering.now()):
        return None
    signposts = delivering.signposts.signposts(issuer.id, record.achievement_id)
    return Case(record, issuer, achievement, recipient, recipient.email, signposts, delivering.base_url)


def stands(record: Record, now: datetime) -> bool:
    """Whether a credential is one to write about: active, not ended, and not replaced by another."""
    ended = record.valid_until is not None and record.valid_until <= now
    return record.standing.state is State.ACTIVE and record.superseded_by is None and not ended


def _deliver(delivering: Delivering, task: Task, case: Case) -> None:
    before = delivering.store.delivery(case.record.issuer_id, case.record.id)
    if not case.recipient.notify and not before.asked:
        return
    if before.first is None and not allowance.may_write(delivering, case.issuer, case.email):
        later = allowance.next_day(delivering.now())
        delivering.tasks.add([replace(task, due=later, attempts=0)])
        return
    delivery = _send(delivering, Kind.ISSUED, case)
    if delivery.first is not None and delivery.first.sent_at is not None:
        # Also when it was sent by an earlier call that did not come this far: the tasks are the same ones then.
        delivering.tasks.add(_followers(case, delivery.first.sent_at))


def _followers(case: Case, sent_at: datetime) -> list[Task]:
    # By the zone that came with the award, and not by the mailbox's, which may change: the same tasks every time.
    record, zone = case.record, case.recipient.zone
    due = {Kind.UNOPENED: schedule.unopened_due(sent_at, zone)}
    if record.valid_until is not None:
        renewal = schedule.renewal_due(record.issued_at, record.valid_until, zone)
        if sent_at < renewal < record.valid_until:
            due[Kind.RENEWAL] = renewal
    return [Task(kind.value, record.issuer_id, record.id, when) for kind, when in due.items()]


def _remind(delivering: Delivering, task: Task, kind: Kind, case: Case) -> None:
    now = delivering.now()
    delivery = delivering.store.delivery(case.record.issuer_id, case.record.id)
    if not _called_for(kind, delivery):
        return
    zone = delivering.mailbox(case.email).zone or case.recipient.zone
    if not schedule.allowed(now, zone):
        delivering.tasks.add([replace(task, due=schedule.next_allowed(now, zone), attempts=0)])
        return
    _send(delivering, kind, case)


def _called_for(kind: Kind, delivery: Delivery) -> bool:
    """Whether what the reminder reminds of is still undone."""
    match kind:
        case Kind.UNOPENED:
            return delivery.opened_at is None and delivery.shared_at is None
        case Kind.UNSHARED:
            return delivery.opened_at is not None and delivery.shared_at is None
        case _:
            return True


def _send(delivering: Delivering, kind: Kind, case: Case) -> Delivery:
    """Send the letter, unless it was sent, is held back, or is not to be sent twice. How the delivery stands then.

    Raises `Unavailable` when it is to be tried again.
    """
    barred = held_back(delivering.mailbox(case.email), kind, case.record.issuer_id)
    now, by = delivering.now(), delivering.entropy(16).hex()

    def take(one: Delivery) -> Delivery:
        if not deliveries.may_claim(one, kind, now):
            return one
        mine = deliveries.claimed(one, kind, now, by)
        return deliveries.given_up(mine, kind, barred, by) if barred else mine

    before, after = delivering.change(case.record.issuer_id, case.record.id, take)
    if before == after:
        return _not_ours(after, kind)
    if barred:
        return after
    return _hand_over(delivering, kind, case, by)


def _not_ours(delivery: Delivery, kind: Kind) -> Delivery:
    attempt = delivery.letters[kind]
    if kind is Kind.ISSUED and not attempt.answered:
        raise Unavailable("Another worker is sending this letter.", code="in_flight")
    return delivery


def _hand_over(delivering: Delivering, kind: Kind, case: Case, by: str) -> Delivery:
    record = case.record

    def change(step: Callable[[Delivery], Delivery]) -> Delivery:
        return delivering.change(record.issuer_id, record.id, step)[1]

    named = {"issuer_id": record.issuer_id, "credential_id": record.id}
    my, my_kept = delivering.link(Purpose.MY, case.email, **named)
    stop, stop_kept = delivering.link(Purpose.UNSUBSCRIBE, case.email, **named)
    try:
        delivering.store.add_links((my_kept, stop_kept))
        letter = about(kind, case, Links(my, stop))
    except Unavailable:
        # Nothing was sent, for certain, so the claim need not stand.
        change(lambda one: deliveries.released(one, kind, by))
        raise
    try:
        message_id = delivering.post().send(letter)
    except NotSent:
        change(lambda one: deliveries.released(one, kind, by))
        raise
    except Refused as error:
        code = error.code
        return change(lambda one: deliveries.given_up(one, kind, code, by))
    at = delivering.now()
    sent = change(lambda one: deliveries.sent(one, kind, at))
    posted = Posted(record.id, record.issuer_id, kind)
    delivering.store.add_posted(message_id, posted, at)
    notices.catch_up(delivering, message_id, posted)
    return sent
