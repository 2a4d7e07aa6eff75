"""`GET /v1/directory` on a local stack of its own, with people whose credentials are issued and verified.

    directory/stack   time until the deployed function has answered with a page of 20, over HTTP
    directory/answer  the same in one process, which calls the same embedded AWS
    directory/own     the same without the time in which a call to AWS is on its way
    directory/cpu     the processor time of Laurel for it, which other programs on the machine do not change
    directory/lag     time from the suspension of a credential until its holder has left the total of its achievement
                      on the stack, through the stream of the table (20 suspensions; seconds; the slowest as p99)

Each is the median; the others with the 99th percentile of 200 searches. `make bench-directory` measures what searches
read, with many more people. Measured in a process of its own: `python -m benchmarks.suites.directory URL`, with the
settings of the stack. `DIRECTORY_PEOPLE` sets how many people there are, beside those of the demo (default 100).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from random import Random
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from benchmarks.directory.people import People
from benchmarks.line import Line
from benchmarks.request import Context, search_directory
from benchmarks.rounds import Samples, progress
from benchmarks.seed import ISSUER
from chalicelib import settings
from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import issue, status_changes
from chalicelib.award.issuing.issue import Award
from chalicelib.credential.achievement import Skill
from chalicelib.credential.build import Holder
from chalicelib.credential.record import Record
from chalicelib.delivery import mailbox
from chalicelib.directory.listing import Listing
from chalicelib.directory.profiles.profile import Details
from chalicelib.directory.query.query import FilterKind, read_query
from chalicelib.directory.query.query import Query as DirectoryQuery
from chalicelib.directory.search import SearchRequest, search
from chalicelib.directory.writing import updates
from chalicelib.http.app import create_app
from chalicelib.http.core.log import LogFallback
from chalicelib.services import Services, build
from chalicelib.verifiers import accounts
from chalicelib.verifiers.scope import Scope
from cli.demo import profile
from cli.demo.png import Canvas
from local.package import ROOT
from local.ports import free_port
from local.stack import Stack

PEOPLE = int(os.environ.get("DIRECTORY_PEOPLE", "100"))
SEARCHES = 200
WARM_UP = 10
SUSPENSIONS = 20
LONGEST_LAG = 60
"""Seconds after which a suspension counts as lost."""
SKILLS = ("Welding", "Nursing", "Data analysis", "Project management", "Logistics")
Query = dict[str, str]


def lines() -> Iterator[Line]:
    """Measure `directory/...`, as described above. The stack is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as home:
        stack = Stack.of(free_port(), Path(home))
        try:
            with redirect_stdout(sys.stderr):  # which is for progress here
                stack.up()
            progress(f"directory: {PEOPLE} people")
            command = [sys.executable, "-m", "benchmarks.suites.directory", stack.base_url]
            env = {**os.environ, **stack.environment()}
            done = subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        finally:
            with redirect_stdout(sys.stderr):
                stack.down()
    found = json.loads(done.stdout.splitlines()[-1])
    lag = Samples((tuple(found["lag"]),))
    yield Line(
        "directory/lag",
        lag.percentile_ms(50) / 1000,
        f"s, {PEOPLE} people",
        lag.percentile_ms(50),
        lag.percentile_ms(99),
    )
    for name in ("stack", "answer", "own", "cpu"):
        times = Samples((tuple(found[name]),))
        middle, slow = times.percentile_ms(50), times.percentile_ms(99)
        yield Line(f"directory/{name}", middle, f"ms, {PEOPLE} people", middle, slow)


def main(base_url: str) -> None:
    services = build(settings.read(), fallback=LogFallback())
    people = list(People().make(PEOPLE))
    credentials = _seed(services, people)
    key, queries = _api_key(services), _queries(people)
    measured = {"stack": _over_http(base_url, queries, key), **_in_process(services, queries, key)}
    measured["lag"] = _lags(services, credentials[:SUSPENSIONS])
    sys.stdout.write(json.dumps(measured))


def _api_key(services: Services) -> str:
    """A key whose limit the searches of this benchmark stay below."""
    context = services.verifier_context
    verifier = accounts.create(context, "bench@bench.example", "Benchmark")
    return accounts.create_key(context, verifier, "bench", [Scope.DIRECTORY]).text


def _queries(people: list[Listing]) -> list[Query]:
    random = Random(5)
    return [_query(random, people) for _ in range(WARM_UP + SEARCHES)]


def _over_http(base_url: str, queries: list[Query], key: str) -> list[int]:
    taken: list[int] = []
    hits = 0
    for query in queries:
        url = f"{base_url}/v1/directory?{urlencode(query)}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})
        begun = time.perf_counter_ns()
        with urllib.request.urlopen(request, timeout=60) as reply:
            hits += len(json.load(reply)["items"])
        taken.append(time.perf_counter_ns() - begun)
    _ensure_found(hits)
    return taken[WARM_UP:]


def _in_process(services: Services, queries: list[Query], key: str) -> dict[str, list[int]]:
    app, calls = create_app(services), Calls(services._tables.client)  # noqa: SLF001 - which all requests use
    answer: list[int] = []
    own: list[int] = []
    cpu: list[int] = []
    hits = 0
    for query in queries:
        calls.clear()
        begun, worked = time.perf_counter_ns(), time.process_time_ns()
        reply = app(search_directory(query, key), Context())
        answer.append(time.perf_counter_ns() - begun)
        cpu.append(time.process_time_ns() - worked)
        own.append(answer[-1] - calls.nanoseconds)
        hits += len(json.loads(reply["body"])["items"])
    _ensure_found(hits)
    return {"answer": answer[WARM_UP:], "own": own[WARM_UP:], "cpu": cpu[WARM_UP:]}


def _lags(services: Services, credentials: Sequence[Record]) -> list[int]:
    return [_lag(services, record) for record in credentials]


def _lag(services: Services, record: Record) -> int:
    """Nanoseconds from the suspension of the credential until its holder has left the index. Raises `RuntimeError`."""
    query = read_query("", [(FilterKind.ACHIEVEMENT.value, record.achievement_id)])
    before = _total(services, query)
    begun = time.perf_counter_ns()
    status_changes.suspend(services.issuer_context, record.issuer_id, record.id)
    while _total(services, query) >= before:
        if time.perf_counter_ns() - begun > LONGEST_LAG * 10**9:
            raise RuntimeError("a suspended credential stays in the index")
        time.sleep(0.05)
    return time.perf_counter_ns() - begun


def _total(services: Services, query: DirectoryQuery) -> int:
    found = search(SearchRequest(query, limit=1, total=True), services.directory, services.clock()).total
    return found.value if found is not None else 0


def _ensure_found(hits: int) -> None:
    if hits < SEARCHES:  # most searches are for someone
        raise RuntimeError(f"only {hits} people were found")


class Calls:
    """Measures how long calls of a client are on their way. Time in which several are counts once."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - botocore has no types
        self.nanoseconds, self._open, self._since, self._lock = 0, 0, 0, Lock()
        client.meta.events.register("before-send.dynamodb", self._sent)
        client.meta.events.register("response-received.dynamodb", self._received)

    def clear(self) -> None:
        self.nanoseconds = 0

    def _sent(self, **_: object) -> None:
        with self._lock:
            if self._open == 0:
                self._since = time.perf_counter_ns()
            self._open += 1

    def _received(self, **_: object) -> None:
        with self._lock:
            self._open -= 1
            if self._open == 0:
                self.nanoseconds += time.perf_counter_ns() - self._since


def _query(random: Random, people: list[Listing]) -> Query:
    someone = random.choice(people)
    word = someone.name.split()[-1]
    return random.choice(
        (
            {},
            {"q": someone.name},
            {"q": word[: random.choice((2, 3, 4))]},
            {"q": word[:2] + "x" + word[2:]},
            {"skill": random.choice(SKILLS), "place": someone.place.split(", ")[-1]},
            {"skill": random.choice(SKILLS), "language": someone.languages[0], "include": "total,facets"},
        )
    )


def _seed(services: Services, people: list[Listing]) -> list[Record]:
    """Issue a credential to each person, and publish a profile that shows it. Returns the credentials."""
    issuer_actions.create(services.issuer_context, ISSUER, registered=True)
    ids = [
        achievements.add(
            services.issuer_context,
            NewAchievement(
                issuer_id=ISSUER.id,
                name=f"Certificate in {skill}",
                description="Passed the course.",
                criteria="Passed an examination.",
                picture=Canvas(16).png(),
                picture_alt="A blank canvas",
                skills=(Skill(skill),),
            ),
        ).id
        for skill in SKILLS
    ]
    context, holders, issued = services.profile_context, [], []
    for number, one in enumerate(people):
        email = f"holder.{number}@bench.example"
        award = Award(ISSUER.id, ids[number % len(ids)], Holder(one.name, email))
        issued.append(issue.issue(services.issuer_context, award))
        details = Details(name=one.name, headline=one.headline, place=one.place, languages=one.languages)
        profile.publish_one(context, email, details)
        stored = context.store.profile(mailbox.digest(email))
        holders.append(stored.holder_id if stored else "")
    updates.update(services.listing_updates, holders)
    return issued


if __name__ == "__main__":
    main(*sys.argv[1:])
