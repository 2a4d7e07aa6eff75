"""`make crash-analytics`: interrupt recording and counting of events at AWS calls, redeliver, replay, count again.

Prints one JSON line. `acknowledged` counts events whose recording returned; `lost`, those of them that are not counted;
`double`, how often an event is counted too often; `refold_changes`, counts that change when all is counted again;
`user_errors`, views that failed because of an event or because storage was throttled. These four must be 0.
`crash_points` are the calls of the exhaustive run, before, after and during which something failed; `views` are pages
that the application served with 30% of all calls throttled.
"""

from __future__ import annotations

import sys
import time
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from chalicelib.analytics.counts.periods import day_of
from chalicelib.dynamo.tables import Tables
from crash import engine
from crash import views as crash_views
from crash.counting import START, Deployment
from crash.faults import Fault
from tests import aws_calls

EVENTS = 100_000
SPAN = timedelta(hours=25)
"""Time of the random run on its own clock: two midnights."""
SHORT_START, SHORT_SPAN = START - timedelta(hours=3), timedelta(hours=3)
"""A run of the tests: the ends of some hours and of one day."""
FAULTS = 0.01
"""Share of recordings with a fault."""
FOLD_FAULTS = 0.5
"""Share of the runs of the fold with a fault at one of their first calls."""
REDELIVERED = 0.02
"""Share of events that arrive again, minutes or hours later."""
THROTTLED = 0.3
THROTTLED_SPAN = timedelta(minutes=30)
"""Shorter, because the client waits before it repeats a throttled call."""


@dataclass
class Totals(engine.Totals):
    """The totals of all runs."""

    events: int = 0
    acknowledged: int = 0
    lost: int = 0
    double: int = 0
    refold_changes: int = 0
    user_errors: int = 0
    crashes: int = 0
    redelivered: int = 0
    replayed: int = 0
    throttled: int = 0
    views: int = 0

    @property
    def clean(self) -> bool:
        """Whether something was tried and nothing went wrong."""
        return self.acknowledged > 0 and not (self.lost or self.double or self.refold_changes or self.user_errors)

    def check(self, deployment: Deployment) -> None:
        """Add what ``deployment`` recorded and counted. Its day must be over."""
        lost, double = deployment.lost_and_double()
        self.events += len(deployment.sent)
        self.acknowledged += len(deployment.acknowledged)
        self.lost += lost
        self.double += double


def run_exhaustive(tables: Tables, totals: Totals) -> None:
    """A few events, one of them late: a fault at every call of recording them and of counting them."""
    for fault in Fault:
        for nth in count(1):
            deployment = Deployment(copy(tables))
            try:
                reached = _small_run(deployment, nth, fault)
                totals.check(deployment)
            finally:
                deployment.drop()
            if not reached:
                break
            totals.crash_points += 1


def _small_run(deployment: Deployment, nth: int, fault: Fault) -> bool:
    """False if there were fewer than ``nth`` calls: two of recording, then those of counting."""
    deployment.fold_until_done()
    deployment.now += timedelta(minutes=1)
    for _ in range(3):
        deployment.record(deployment.event())
    deployment.now = START + timedelta(minutes=40)
    deployment.fold_until_done()
    late = deployment.event(START + timedelta(minutes=4))
    if nth <= 2 and not deployment.record(late, nth, fault):
        deployment.record(late)  # delivered again
    deployment.record(late)
    deployment.replay()
    deployment.now += timedelta(minutes=10)
    reached = nth <= 2
    if not reached:
        deployment.fold(nth - 2, fault)
        reached = deployment.injector.calls >= nth - 2
    deployment.fold_until_done()
    return reached


def run_random(tables: Tables, totals: Totals, events: int, start: datetime = START, span: timedelta = SPAN) -> None:
    """Many events over ``span``, with faults at random."""
    deployment = Deployment(copy(tables))
    deployment.now = start
    rolls, again = deployment.rolls, []
    try:
        deployment.fold_until_done()
        for number in range(events):
            deployment.now = max(deployment.now, start + span * number / events)
            event = deployment.event()
            faulty = rolls.random() < FAULTS
            deployment.record(event, rolls.randint(1, 2), rolls.choice(list(Fault)) if faulty else None)
            totals.crashes += faulty
            if rolls.random() < REDELIVERED:
                again.append(event)
            if rolls.random() < REDELIVERED and again:
                deployment.record(again.pop(rolls.randrange(len(again))))
                totals.redelivered += 1
            if number % max(events // 500, 1) == 0:  # about every bucket
                faulty = rolls.random() < FOLD_FAULTS
                deployment.fold(rolls.randint(1, 40), rolls.choice(list(Fault)) if faulty else None)
                totals.crashes += faulty
        _finish(deployment, totals)
    finally:
        deployment.drop()


def run_throttled(tables: Tables, totals: Totals, events: int) -> None:
    """Views while three of ten calls are throttled."""
    deployment = Deployment(copy(tables))
    try:
        deployment.fold_until_done()
        with aws_calls.throttling(tables.client, THROTTLED) as refused:
            for number in range(events):
                deployment.now = max(deployment.now, START + THROTTLED_SPAN * number / events)
                try:
                    deployment.record(deployment.event())
                except Exception:  # noqa: BLE001 - whatever it is, the page would fail
                    totals.user_errors += 1
                if number % max(events // 20, 1) == 0:
                    deployment.fold()
        _finish(deployment, totals)
        totals.throttled += len(refused)
    finally:
        deployment.drop()


def run_views(totals: Totals, views: int) -> None:
    """Pages of a credential while three of ten calls are throttled, those of the pages' own reads too."""
    viewed = crash_views.run(views, THROTTLED)
    totals.views += viewed.served
    totals.user_errors += viewed.errors
    totals.lost += max(0, viewed.served - viewed.counted)
    totals.double += max(0, viewed.counted - viewed.served)
    totals.throttled += viewed.throttled


def _finish(deployment: Deployment, totals: Totals) -> None:
    """Replay the log, end the last day and count everything."""
    totals.replayed += len(deployment.log.kept)
    deployment.replay()
    deployment.now = day_of(deployment.now.date()).end + timedelta(minutes=30)
    deployment.fold_until_done()
    totals.check(deployment)
    totals.refold_changes += deployment.refold_changes()


def run(region: str, events: int) -> Totals:
    """Run everything against the engine configured in the environment."""
    totals = Totals()
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:.0f} s: {words}", file=sys.stderr, flush=True)

    tables = Tables(credentials="", directory="", events="", secrets="", erasures="", region=region)
    say("faults at every call")
    run_exhaustive(tables, totals)
    say(f"{events:,} events with faults at random")
    run_random(tables, totals, events)
    say(f"{events // 50:,} events with {THROTTLED:.0%} of all calls throttled")
    run_throttled(tables, totals, events // 50)
    say(f"{events // 400:,} pages with {THROTTLED:.0%} of all calls throttled")
    run_views(totals, events // 400)
    return totals


if __name__ == "__main__":
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    sys.exit(engine.report(lambda region: run(region, events)))
