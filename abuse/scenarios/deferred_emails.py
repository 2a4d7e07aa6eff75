"""An issuer that is no longer identified has 100,000 deferred emails. Its daily quota lets 20 be sent; what the others
cost each day is measured for three days, while another issuer's email is due at the same time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from abuse import costs
from abuse.result import Result
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.delivery.limits import deferred, quota
from chalicelib.delivery.ports import DeferredEmail
from chalicelib.tasks.task_queue import Task
from tests.contract import samples
from tests.delivery.backlog import DAY, MORNING, Backlog
from tests.delivery.fakes import Store

EMAILS = 100_000
DAYS = 3
EARLIER_WRITES = 99_800
"""Emails that the earlier design wrote again each midnight: 100,000 without the 200 of its quota."""
SAMPLE = 200
"""Emails over the quota whose deferral is measured."""
MAX_WRITES = 2 * quota.UNPROVEN_ISSUER.max_count + 30
"""Writes a day to the queue and the backlog: two for each email that leaves, and those of the issuer's task."""


def run() -> Result:
    """Measure the deferral of some emails, then three days of all of them."""
    to_defer = _writes_to_defer()
    backlog = _full_backlog()
    honest: list[bool] = []
    writes, sent = 0, 0
    for day in range(DAYS):
        before = backlog.writes(), len(backlog.mailer.sent)
        honest.append(_wake_up_beside_another(backlog, day))
        writes = max(writes, backlog.writes() - before[0] - _WRITES_OF_THE_OTHER)
        sent = max(sent, len(backlog.mailer.sent) - before[1] - honest[-1])
    waiting = len(backlog.store.waiting)
    lost = EMAILS - waiting - (len(backlog.mailer.sent) - sum(honest))
    return Result(
        "deferred-emails",
        requests=1,
        cost_usd=costs.of_writes(round(to_defer * EMAILS) + writes),
        locked_out=()
        if all(honest) and not lost
        else ("another issuer whose email is due", "a recipient")[bool(lost) :],
        sent=sent,
        within_budget=sent <= quota.UNPROVEN_ISSUER.max_count and writes <= MAX_WRITES,
        details={
            "writes_to_defer_one": to_defer,
            "writes_a_day": writes,
            "earlier_writes_a_day": EARLIER_WRITES,
            "cost_usd_a_year": costs.of_writes(writes * 365),
            "earlier_cost_usd_a_year": costs.of_writes(EARLIER_WRITES * 365),
        },
    )


_OTHER, _RECIPIENT = "another issuer whose email is due", "a recipient whose email is lost"
_WRITES_OF_THE_OTHER = 4
"""Of the other issuer's email: its task is added, claimed and done, and its reminder is planned."""


def _writes_to_defer() -> float:
    """Writes to the queue and the backlog for each email over the quota, on the day of the upload."""
    backlog = Backlog()
    backlog.issue_many(quota.UNPROVEN_ISSUER.max_count)
    backlog.work()
    for number in range(SAMPLE):
        backlog.issue(f"{number:026}".translate(_LETTERS), 5_000 + number)
    before = backlog.writes()  # without adding their tasks, which is part of issuing
    backlog.work(10)
    return (backlog.writes() - before) / SAMPLE


_LETTERS = str.maketrans("0123456789", "klmnopqrst")


def _full_backlog() -> Backlog:
    """100,000 deferred emails, of which those of the first days belong to credentials that exist."""
    backlog = Backlog()
    due = backlog.issue_many((DAYS + 1) * quota.UNPROVEN_ISSUER.max_count)
    backlog.tasks.status.clear()
    for number in range(EMAILS):
        credential_id = due[number] if number < len(due) else f"{number:026}"
        email = DeferredEmail("north", MORNING - DAY + timedelta(milliseconds=number), "deliver", credential_id)
        Store.add_deferred(backlog.store, email)
    deferred.schedule_retry(backlog.delivery_context, "north", MORNING)
    south = samples.issuer("south", registered_as="Southern College", name="Southern College")
    backlog.issuer_store.add_issuer(south, samples.status_lists(south, 8))
    backlog.issuer_store.add_achievement(replace(samples.achievement("south"), id="welding-south"))
    return backlog


def _wake_up_beside_another(backlog: Backlog, day: int) -> bool:
    """Retry the issuer's deferred emails, and return whether an email of another issuer, due at the same time, is sent
    in the first minute."""
    backlog.now = max([backlog.now, *(task.due for task in backlog.senders())])
    email = f"student-{day}@south.example"
    south = backlog.issuer_store.issuer("south")
    record = samples.record(f"s{day}".ljust(26, "z").translate(_LETTERS), day, of=south)
    record = replace(record, issued_at=backlog.now, achievement_id="welding-south")
    backlog.issuer_store.add_record(record, Recipient(record.id, "south", "Student", email, None, True), [])
    backlog.tasks.add([Task("deliver", "south", record.id, backlog.now)])
    backlog.work()
    reached = any(one.to == email for one in backlog.mailer.sent)
    backlog.work(9)
    return reached
