"""The dashboard of an issuer with 500 achievements over 400 days, on an embedded AWS.

    dashboard/reads     read units of the page, by DynamoDB's rules, compared with the bar
    dashboard/seconds   time until the page is answered, compared with the bar; the median and the slowest of the rounds
    dashboard/filtered  read units of the page for one achievement

Measured in a process of its own: `python -m benchmarks.suites.dashboard EVENTS`. `DASHBOARD_EVENTS` sets of how many
events the counts are (default 100,000, of 3,300 credentials).
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import Any

from benchmarks.engine import seeded
from benchmarks.line import Line
from benchmarks.request import Context, view_console
from benchmarks.rounds import progress
from benchmarks.seed import ISSUER
from benchmarks.suites.jobs import _FreeSigner
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

EVENTS = int(os.environ.get("DASHBOARD_EVENTS", "100000"))
ACHIEVEMENTS, DAYS, CREDENTIALS, ROUNDS = 500, 400, 110, 9
"""The credentials are those whose rows the page reads; the counts are of many more."""
MAX_UNITS, MAX_SECONDS = 40.0, 1.0
BAR = "the bar"
UNIT = 4096
"""Bytes of a read unit. An eventually consistent read takes half of one."""
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
        yield Line("dashboard/filtered", found["filtered"], f"read units for one achievement, {what}")


def main() -> None:
    services = build(settings.read(), fallback=LogFallback())
    services.issuer_context = replace(services.issuer_context, signer=_FreeSigner())  # type: ignore[misc,assignment]
    ids = _seed(services, int(sys.argv[1]))
    _, cookie = sessions.sign_in(services.access_context, MEMBER)
    app = create_app(services)
    meter = Meter(services._tables.client)  # noqa: SLF001 - the client that all requests use
    last = services.clock().date()
    query = {"from": (last - timedelta(days=DAYS - 1)).isoformat(), "to": last.isoformat()}

    def visit(**more: str) -> float:
        meter.clear()
        begun = time.perf_counter()
        reply = app(view_console("/console/{issuer}", ISSUER.id, cookie, {**query, **more}), Context())
        if reply["statusCode"] != 200:
            raise RuntimeError(reply["body"])
        return time.perf_counter() - begun

    seconds = [visit() for _ in range(ROUNDS)]
    units, by_partition = meter.units, dict(meter.by_partition)
    visit(achievement=ids[0])
    progress(json.dumps(by_partition))
    sys.stdout.write(json.dumps({"units": units, "seconds": seconds, "filtered": meter.units}))


class Meter:
    """Adds up the read units of a DynamoDB client by the sizes of what it reads, because the embedded engine does not
    report them (DynamoDB developer guide, "Read/write capacity", "Item sizes and formats")."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - botocore has no types
        self.units, self.by_partition = 0.0, defaultdict[str, float](float)
        self._strong = True
        client.meta.events.register("provide-client-params.dynamodb", self._before)
        client.meta.events.register("after-call.dynamodb", self._after)

    def clear(self) -> None:
        self.units, self.by_partition = 0.0, defaultdict(float)

    def _before(self, params: dict[str, Any], **_: object) -> None:
        inner = next(iter(params.get("RequestItems", {}).values()), params)
        self._strong = isinstance(inner, dict) and bool(inner.get("ConsistentRead"))

    def _after(self, parsed: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401
        match model.name:
            case "Query":
                items = parsed.get("Items", [])
                self._add(items, [sum(map(_size, items))])
            case "GetItem":
                items = [parsed["Item"]] if "Item" in parsed else []
                self._add(items, [sum(map(_size, items))])
            case "BatchGetItem":
                items = [item for some in parsed.get("Responses", {}).values() for item in some]
                self._add(items, [_size(item) for item in items])

    def _add(self, items: list[dict[str, Any]], sizes: list[int]) -> None:
        units = sum(max(1, math.ceil(size / UNIT)) for size in sizes) * (1.0 if self._strong else 0.5)
        self.units += units
        name = items[0]["pk"]["S"] if items else "nothing"
        self.by_partition["#".join(name.split("#")[:1] + name.split("#")[2:3])] += units


def _size(item: Mapping[str, Mapping[str, Any]]) -> int:
    return sum(len(name.encode()) + _length(*value.items()) for name, value in item.items())


def _length(pair: tuple[str, Any]) -> int:
    kind, value = pair
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return len(value) // 2 + 2
        case "B":
            return len(value)
        case "L":
            return 3 + sum(1 + _length(*each.items()) for each in value)
        case "M":
            return 3 + sum(1 + len(name) + _length(*each.items()) for name, each in value.items())
        case _:
            return 1


def _seed(services: Services, events: int) -> list[str]:
    """Create the achievements, the credentials and the counts; the ids of the achievements."""
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
    main()
