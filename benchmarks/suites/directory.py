"""`GET /v1/directory` in one process on an embedded AWS, with people whose credentials are issued and verified.

    directory/answer  time until a page of 20 is answered; the median, and the 99th percentile of 200 searches
    directory/own     the same without the time in which a call to AWS is on its way

`make bench-directory` measures what searches read, with many more people. Measured in a process of its own:
`python -m benchmarks.suites.directory`. `DIRECTORY_PEOPLE` sets how many people there are (default 100).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from random import Random
from threading import Lock
from typing import Any

from benchmarks.directory.people import People
from benchmarks.engine import seeded
from benchmarks.line import Line
from benchmarks.request import Context, search_directory
from benchmarks.rounds import Samples, progress
from benchmarks.seed import ISSUER
from chalicelib import settings
from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.credential.achievement import Skill
from chalicelib.credential.build import Holder
from chalicelib.delivery import mailbox
from chalicelib.directory.listing import Listing
from chalicelib.directory.profiles.profile import Details
from chalicelib.directory.writing import updates
from chalicelib.http.app import create_app
from chalicelib.http.core.log import LogFallback
from chalicelib.services import Services, build
from cli.demo import profile
from cli.demo.png import Canvas

PEOPLE = int(os.environ.get("DIRECTORY_PEOPLE", "100"))
SEARCHES = 200
SKILLS = ("Welding", "Nursing", "Data analysis", "Project management", "Logistics")


def lines() -> Iterator[Line]:
    """Measure `directory/...`, as described above."""
    with seeded() as seeded_aws:
        progress(f"directory: {PEOPLE} people")
        found = json.loads(seeded_aws.run("benchmarks.suites.directory").splitlines()[-1])
    for name in ("answer", "own"):
        times = Samples((tuple(found[name]),))
        middle, slow = times.percentile_ms(50), times.percentile_ms(99)
        yield Line(f"directory/{name}", middle, f"ms, {PEOPLE} people", middle, slow)


def main() -> None:
    services = build(settings.read(), fallback=LogFallback())
    people = list(People().make(PEOPLE))
    _seed(services, people)
    app, calls = create_app(services), Calls(services._tables.client)  # noqa: SLF001 - which all requests use
    random = Random(5)
    answer: list[int] = []
    own: list[int] = []
    hits = 0
    for turn in range(SEARCHES + 10):
        calls.clear()
        begun = time.perf_counter_ns()
        reply = app(search_directory(_query(random, people)), Context())
        taken = time.perf_counter_ns() - begun
        hits += len(json.loads(reply["body"])["items"]) if reply["statusCode"] == 200 else 0
        if turn >= 10:  # the first ones warm up
            answer.append(taken)
            own.append(taken - calls.nanoseconds)
    if hits < SEARCHES:  # most searches are for someone
        raise RuntimeError(f"only {hits} people were found")
    sys.stdout.write(json.dumps({"answer": answer, "own": own}))


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


def _query(random: Random, people: list[Listing]) -> dict[str, str]:
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


def _seed(services: Services, people: list[Listing]) -> None:
    """Issue a credential to each person, and publish a profile that shows it."""
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
    context, holders = services.profile_context, []
    for number, one in enumerate(people):
        email = f"holder.{number}@bench.example"
        issue.issue(services.issuer_context, Award(ISSUER.id, ids[number % len(ids)], Holder(one.name, email)))
        details = Details(name=one.name, headline=one.headline, place=one.place, languages=one.languages)
        profile.publish_one(context, email, details)
        stored = context.store.profile(mailbox.digest(email))
        holders.append(stored.holder_id if stored else "")
    updates.update(services.listing_updates, holders)


if __name__ == "__main__":
    main()
