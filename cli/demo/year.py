"""A simulated year of events for the demo. Deterministic for a seed, and pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.analytics.channel import Channel
from chalicelib.analytics.event import NEW, NOT_CHECKED, RETURNING, Device, Event, Kind, VisitorClass, Widget
from chalicelib.analytics.ulid import ENTROPY_BYTES, ulid

DAYS = 365
VALIDITY = timedelta(days=180)
"""Of half of the credentials; the others do not expire."""
EVENTS_PER_CREDENTIAL = 30
"""About how many events a credential has: see `_journey`."""
_COUNTRIES = {"DE": 30, "CH": 14, "AT": 10, "GB": 12, "US": 14, "FR": 6, "NL": 4, "IN": 6, "": 4}
_HOSTS = {None: 50, "www.google.com": 14, "www.linkedin.com": 18, "jobs.example": 10, "t.co": 4, "duckduckgo.com": 4}
_PLATFORMS = {
    Channel.LINKEDIN_POST: 34, Channel.LINKEDIN_PROFILE: 26, Channel.COPY: 16, Channel.WHATSAPP: 10, Channel.EMAIL: 6,
    Channel.X: 4, Channel.FACEBOOK: 3, Channel.DEVICE: 1,
}  # fmt: skip
_AGENTS = {VisitorClass.PERSON: 80, VisitorClass.KNOWN_BOT: 10, VisitorClass.PREVIEW: 8, VisitorClass.PREFETCH: 2}
_SEARCHES = ("issuer", "issuer,text", "issuer,place,skill")
_VERDICTS = {"valid": 95, "expired": 3, "revoked": 2}


@dataclass(frozen=True)
class Programme:
    """An achievement whose credentials are simulated; ``credentials`` come first, with recent dates and shares, so that
    the demo pages show real holder names; after those, ids are made up."""

    issuer_id: str
    achievement_id: str
    credentials: Sequence[str] = ()
    weight: float = 1
    pathway: str | None = None
    """The pathway of which it is a step."""
    step: int = 1


@dataclass
class _Simulation:
    rolls: random.Random
    end: datetime
    holders: dict[str, int] = field(default_factory=dict)

    def choose(self, weights: dict[Any, int]) -> Any:  # noqa: ANN401 - whatever the keys are
        return self.rolls.choices(list(weights), list(weights.values()))[0]

    def event(self, kind: Kind, at: datetime, base: dict[str, Any], **members: Any) -> Iterator[Event]:  # noqa: ANN401
        """The event, unless it is after the end."""
        if at < self.end:
            values = {"verdict": NOT_CHECKED, "visitor": None, "referrer": None, **base, **members}
            yield Event(id=ulid(at, self.rolls.randbytes(ENTROPY_BYTES)), kind=kind, at=at, **values)

    def visit(self, kind: Kind, at: datetime, base: dict[str, Any], **members: Any) -> Iterator[Event]:  # noqa: ANN401
        """An event of a visitor. A visitor's key is for one day."""
        visitor = f"{self.rolls.randrange(400):04}{at:%Y%m%d}".ljust(32, "0")
        described = {
            "visitor": visitor,
            "visitor_class": self.choose(_AGENTS),
            "referrer": self.choose(_HOSTS),
            "country": self.choose(_COUNTRIES) or None,
            "device": self.rolls.choice(list(Device)),
        }
        return self.event(kind, at, base, **{**described, **members})

    def later(self, at: datetime, hours: float) -> datetime:
        return at + timedelta(hours=self.rolls.expovariate(1 / hours))


def simulate(
    programmes: Sequence[Programme], last: date, events: int, seed: int = 7, days: int = DAYS
) -> Iterator[Event]:
    """About as many ``events`` in the ``days`` up to ``last``, in no order."""
    simulation = _Simulation(random.Random(seed), datetime.combine(last + timedelta(days=1), time(), UTC))
    start = simulation.end - timedelta(days=days)
    total = sum(programme.weight for programme in programmes)
    for programme in programmes:
        credential_count = round(events / EVENTS_PER_CREDENTIAL * programme.weight / total)
        for number in range(credential_count):
            known = number < len(programme.credentials)
            made_up = f"{simulation.rolls.getrandbits(120):030x}"[:26].translate(_BASE32)
            credential = programme.credentials[number] if known else made_up
            issued = simulation.end - timedelta(hours=simulation.rolls.uniform(300, 900)) if known else None
            at = issued or _issued_at(simulation.rolls, start, days)
            yield from _journey(simulation, programme, credential, at, shared=known)


_BASE32 = str.maketrans("0123456789", "ghijklmnop")


def _issued_at(rolls: random.Random, start: datetime, days: int) -> datetime:
    """More towards the end of the year, by day, and on weekdays."""
    while True:
        day = start + timedelta(days=int(days * rolls.random() ** 0.7))
        if day.weekday() < 5 or rolls.random() < 0.2:
            return day + timedelta(hours=rolls.triangular(6, 20, 10))


def _journey(
    simulation: _Simulation, programme: Programme, credential: str, at: datetime, *, shared: bool
) -> Iterator[Event]:
    """The events of one credential, which is certainly ``shared`` or by chance."""
    rolls = simulation.rolls
    base = {"credential_id": credential, "issuer_id": programme.issuer_id, "achievement_id": programme.achievement_id}
    returning = rolls.random() < 0.3
    until = at + VALIDITY if rolls.random() < 0.5 else None
    yield from simulation.event(Kind.ISSUED, at, base, target=RETURNING if returning else NEW, valid_until=until)
    if programme.pathway is not None:
        step = f"{programme.pathway}#{programme.step}"
        yield from simulation.event(Kind.PATHWAY_STEP, at, base, target=step)
    if rolls.random() < 0.97:
        yield from simulation.event(Kind.DELIVERED, at + timedelta(seconds=rolls.randint(1, 90)), base)
    if rolls.random() < 0.02:
        yield from simulation.event(Kind.REVOKED, simulation.later(at, 700), base)
    if rolls.random() < (0.4 if until else 0.02):
        yield from simulation.event(Kind.RENEWED, simulation.later(at, 3500), base)
    if not shared and rolls.random() < 0.35:
        return
    opened = simulation.later(at, 20)
    yield from simulation.event(Kind.OPENED, opened, base)
    for _ in range(rolls.randint(2, 9)):
        yield from simulation.visit(
            Kind.VIEW, simulation.later(opened, 200), base, verdict=simulation.choose(_VERDICTS)
        )
    if shared or rolls.random() < 0.5:
        yield from _shared(simulation, base, opened)
    if rolls.random() < 0.1:
        yield from _found(simulation, base, opened)


def _shared(simulation: _Simulation, base: dict[str, Any], opened: datetime) -> Iterator[Event]:
    """The events that follow when the holder shares."""
    rolls = simulation.rolls
    for _ in range(rolls.randint(1, 3)):
        shared, platform = simulation.later(opened, 60), simulation.choose(_PLATFORMS)
        yield from simulation.event(Kind.SHARED, shared, base, target=platform.value)
        for _ in range(min(round(rolls.paretovariate(1.1) * 8), 400) if rolls.random() < 0.9 else 0):
            viewed, verdict = simulation.later(shared, 90), simulation.choose(_VERDICTS)
            if viewed - shared > timedelta(days=90):
                break
            yield from simulation.visit(Kind.VIEW, viewed, base, verdict=verdict, channel=platform)
            if rolls.random() < 0.08:
                referred = viewed + timedelta(minutes=2)
                yield from simulation.visit(Kind.REFERRAL, referred, base, channel=platform)
                if rolls.random() < 0.15:
                    yield from _signed_up(simulation, base, referred, platform)
            if rolls.random() < 0.04:
                yield from simulation.visit(
                    Kind.VERIFICATION, viewed, base, verdict=verdict, visitor_class=VisitorClass.KNOWN_BOT
                )
    if rolls.random() < 0.2:
        for _ in range(rolls.randint(5, 40)):
            yield from simulation.visit(
                Kind.IMPRESSION, simulation.later(opened, 900), base, widget=Widget.SCRIPT, referrer="folio.example"
            )


def _signed_up(simulation: _Simulation, base: dict[str, Any], referred: datetime, platform: Channel) -> Iterator[Event]:
    """The sign-up of a visitor of the enrolment page, which the issuer reports, with what is known of the click."""
    person = {"visitor_class": VisitorClass.PERSON, "country": simulation.choose(_COUNTRIES) or None}
    yield from simulation.event(Kind.CONVERSION, simulation.later(referred, 60), base, channel=platform, **person)


def _found(simulation: _Simulation, base: dict[str, Any], opened: datetime) -> Iterator[Event]:
    """The events that follow when the holder publishes a profile."""
    rolls, of_issuer = simulation.rolls, {**base, "credential_id": None, "achievement_id": ""}
    for _ in range(rolls.randint(3, 30)):
        at = simulation.later(opened, 900)
        yield from simulation.visit(Kind.SEARCHED, at, of_issuer, target=rolls.choice(_SEARCHES))
        yield from simulation.visit(Kind.LISTED, at, of_issuer)
        if rolls.random() < 0.2:
            yield from simulation.visit(Kind.PROFILE_VIEW, at + timedelta(minutes=1), of_issuer)
        if rolls.random() < 0.04:
            yield from simulation.event(Kind.CONTACTED, at + timedelta(minutes=9), {**base, "credential_id": None})
