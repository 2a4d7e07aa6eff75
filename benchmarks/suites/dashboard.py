"""The dashboard of an issuer with 500 achievements over 400 days, on an embedded AWS.

    dashboard/reads     read units of the page, by DynamoDB's rules, compared with the bar
    dashboard/seconds   time until the page is answered, compared with the bar; the median and the slowest of the rounds
    dashboard/filtered  read units of the page for one achievement, compared with the bar
    dashboard/stack     time until the page is answered by a local stack, as `make run` starts it, through its gateway

Measured in processes of their own: `python -m benchmarks.suites.dashboard EVENTS [URL]`, with the URL of a running
stack. `DASHBOARD_EVENTS` sets how many events the counts represent (default 100,000, of 3,300 credentials).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from benchmarks.engine import ROOT, seeded
from benchmarks.line import Line
from benchmarks.request import Context, view_console
from benchmarks.rounds import progress
from benchmarks.seed import ISSUER, issue_one
from benchmarks.suites.jobs import _FreeSigner
from benchmarks.units import Meter, Used
from chalicelib import settings
from chalicelib.access import members, sessions
from chalicelib.access.roles import Role
from chalicelib.analytics.counts.counts import close_day, fold
from chalicelib.analytics.counts.folding import finish, fold_longer, start
from chalicelib.analytics.counts.periods import day_of
from chalicelib.analytics.event import Event
from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.credential.build import Holder
from chalicelib.http.app import create_app
from chalicelib.http.core.log import LogFallback
from chalicelib.services import Services, build
from cli.demo.png import Canvas
from cli.demo.year import Programme, simulate
from local.ports import free_port
from local.stack import Stack

EVENTS = int(os.environ.get("DASHBOARD_EVENTS", "100000"))
ACHIEVEMENTS, DAYS, CREDENTIALS, ROUNDS = 500, 400, 110, 9
"""The credentials are those whose rows the page reads; the counts are of many more."""
MAX_UNITS, MAX_SECONDS = 40.0, 1.0
BAR = "the bar"
MEMBER = "olu@fernhill.example"


def lines() -> Iterator[Line]:
    """Measure `dashboard/...`, as described above."""
    with seeded() as seeded_aws:
        progress(f"dashboard: {EVENTS:,} events")
        output = seeded_aws.run("benchmarks.suites.dashboard", str(EVENTS))
        found = json.loads(output.splitlines()[-1])  # after the log of the requests
        what = f"{ACHIEVEMENTS} achievements, {DAYS} days, {EVENTS:,} events"
        yield Line("dashboard/reads", found["units"], f"read units, {what}", peer=BAR, peer_value=MAX_UNITS)
        seconds = found["seconds"]
        middle, slowest = median(seconds), max(seconds)
        yield Line("dashboard/seconds", middle, "s", 1000 * middle, 1000 * slowest, peer=BAR, peer_value=MAX_SECONDS)
        what = f"read units for one achievement, {what}"
        yield Line("dashboard/filtered", found["filtered"], what, peer=BAR, peer_value=MAX_UNITS)
    seconds = _on_a_stack()
    middle, slowest = median(seconds), max(seconds)
    yield Line("dashboard/stack", middle, "s", 1000 * middle, 1000 * slowest, peer=BAR, peer_value=MAX_SECONDS)


def _on_a_stack() -> list[float]:
    """The seconds of each round on a local stack of its own."""
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as home:
        stack = Stack.of(free_port(), Path(home))
        with redirect_stdout(sys.stderr):  # which is for progress here
            stack.up()
        try:
            progress(f"dashboard: {EVENTS:,} events, on a local stack")
            command = [sys.executable, "-m", "benchmarks.suites.dashboard", str(EVENTS), stack.base_url]
            env = {**os.environ, **stack.environment()}
            done = subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        finally:
            with redirect_stdout(sys.stderr):
                stack.down()
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(events: int, url: str | None = None) -> None:
    """Create the issuer and its counts, visit the dashboard, and print what it took."""
    services = build(settings.read(), fallback=LogFallback())
    if url is None:
        services.issuer_context = replace(services.issuer_context, signer=_FreeSigner())  # type: ignore[misc,assignment]
    else:
        issue_one(services)
    ids = _seed(services, events)
    _, cookie = sessions.sign_in(services.access_context, MEMBER)
    last = services.clock().date()
    query = {"from": (last - timedelta(days=DAYS - 1)).isoformat(), "to": last.isoformat()}
    found = _in_process(services, cookie, query, ids[0]) if url is None else _over_http(url, cookie, query)
    sys.stdout.write(json.dumps(found))


def _over_http(url: str, cookie: str, query: dict[str, str]) -> list[float]:
    """The seconds of each round, after one that starts the function."""
    page = f"{url}/console/{ISSUER.id}?{urlencode(query)}"
    request = urllib.request.Request(page, headers={"Accept": "text/html", "Cookie": f"laurel_session={cookie}"})
    seconds = []
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        with urllib.request.urlopen(request, timeout=30) as reply:
            reply.read()
        seconds.append(time.perf_counter() - begun)
    return seconds[1:]


def _in_process(services: Services, cookie: str, query: dict[str, str], achievement: str) -> dict[str, object]:
    """The seconds of each round, and the read units of the page and of the page for one achievement."""
    app = create_app(services)
    meter = Meter(services._tables.client)  # noqa: SLF001 - the client that all requests use

    def visit(**more: str) -> float:
        meter.clear()
        begun = time.perf_counter()
        reply = app(view_console("/console/{issuer}", ISSUER.id, cookie, {**query, **more}), Context())
        if reply["statusCode"] != 200:
            raise RuntimeError(reply["body"])
        return time.perf_counter() - begun

    seconds = [visit() for _ in range(ROUNDS)]
    units, by_kind = meter.reads, meter.reads_by(_kind)
    visit(achievement=achievement)
    progress(json.dumps(by_kind))
    progress(json.dumps(meter.reads_by(_kind)))
    return {"units": units, "seconds": seconds, "filtered": meter.reads}


def _kind(used: Used) -> str:
    """The kind of the items in a partition, and the section of counts."""
    words = used.partition.split("#")
    return "#".join(words[:1] + words[2:3])


def _seed(services: Services, events: int) -> list[str]:
    """Create the achievements, the credentials and the counts, and return the ids of the achievements."""
    members.add(services.access_context, ISSUER.id, MEMBER, Role.OWNER)
    context = services.issuer_context
    ids = [
        achievements.add(
            context,
            NewAchievement(
                issuer_id=ISSUER.id,
                name=f"Course number {number}",
                description="Paints a landscape from life. " * 20,
                criteria="Finished three paintings out of doors. " * 20,
                picture=Canvas(16).png(),
                picture_alt="A blank canvas",
            ),
        ).id
        for number in range(ACHIEVEMENTS)
    ]
    issued = [
        issue.issue(context, Award(ISSUER.id, ids[n % 20], Holder(f"Holder {n}", f"holder.{n}@bench.example"))).id
        for n in range(CREDENTIALS)
    ]
    yesterday = services.clock().date() - timedelta(days=1)
    programmes = [
        Programme(ISSUER.id, each, issued[n::20] if n < 20 else [], 1 / (n + 20)) for n, each in enumerate(ids)
    ]
    _save(services, simulate(programmes, yesterday, events, days=DAYS))
    return ids


def _save(services: Services, events: Iterator[Event]) -> None:
    days: dict[date, list[Event]] = defaultdict(list)
    for event in events:
        days[event.at.date()].append(event)
    mine = start(services.fold_context, take_over=True)
    if mine is None:
        raise RuntimeError("another fold works")
    for day, some in days.items():
        services.count_store.save(ISSUER.id, day_of(day), close_day(fold(some)[ISSUER.id]), mine.number)
    fold_longer(services.count_store, {day_of(day).parent: {ISSUER.id} for day in days}, mine.number)
    finish(services.fold_context, mine)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
