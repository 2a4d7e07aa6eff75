"""Fixtures for issuing: a clock, an issuer over fakes, a lock around a port, and injected crashes."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import Method, NewIssuer
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.credential.achievement import Achievement, Skill
from chalicelib.credential.build import Holder
from chalicelib.credential.issuer import Issuer
from chalicelib.credential.record import Record
from chalicelib.errors import Conflict
from chalicelib.reports.hosted_resolver import build_hosted_resolver
from chalicelib.verify.options import DEFAULT_OPTIONS, VerificationOptions
from chalicelib.verify.pipeline import verify
from chalicelib.verify.report import Report
from tests.fakes import KEY_POLICY, Counters, IssuerStore, Signer

BASE_URL = "http://localhost:8000"
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0 and so on\0\0\0\0IEND\xaeB`\x82"


@dataclass
class Clock:
    """A clock that moves only with `advance`. It starts at a fraction of a second."""

    now: datetime = datetime(2026, 11, 21, 9, 30, 0, 700_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class IssuerFixture:
    """An issuer context over fakes, with the issuer `acme` and one achievement."""

    method: Method = Method.WEB
    issuer_store: IssuerStore = field(default_factory=IssuerStore)
    signer: Signer = field(default_factory=Signer)
    clock: Clock = field(default_factory=Clock)
    counters: Counters = field(default_factory=Counters)
    registered: bool = False
    seed: int = 1

    def __post_init__(self) -> None:
        self.issuer_context = IssuerContext(
            self.issuer_store,
            self.signer,
            BASE_URL,
            self.clock,
            random.Random(self.seed).randbytes,
            KEY_POLICY,
            self.counters,
        )
        self.issuer: Issuer = issuer_actions.create(
            self.issuer_context, new_issuer(), self.method, registered=self.registered or self.method is Method.KEY
        )
        self.achievement: Achievement = achievements.add(self.issuer_context, new_achievement())

    def award(self, **changes: Any) -> Award:
        return replace(Award("acme", self.achievement.id, Holder("Ada Lovelace", "ada@example.org")), **changes)

    def issue(self, **changes: Any) -> Record:
        return issue.issue(self.issuer_context, self.award(**changes))

    def report(self, record: Record, options: VerificationOptions = DEFAULT_OPTIONS) -> Report:
        """The verification report on the stored credential at the current time."""
        return self.report_of(self.issuer_store.record(record.id).document, record, options)

    def report_of(self, document: bytes, record: Record, options: VerificationOptions = DEFAULT_OPTIONS) -> Report:
        """The verification report on ``document``, submitted in place of the stored credential."""
        related = self.issuer_store.related_items(record, self.clock().date())
        resolver = build_hosted_resolver(BASE_URL, related.issuer, related.status_lists, self.clock(), record)
        return verify(document, resolver=resolver, now=self.clock(), options=options)


def new_issuer(**changes: Any) -> NewIssuer:
    return replace(NewIssuer("acme", "Acme Academy", "https://acme.example/", "Courses for makers."), **changes)


def new_achievement(**changes: Any) -> NewAchievement:
    skill = Skill("Programming", "https://www.onetonline.org/find/descriptor/result/2.B.3.e", "O*NET")
    return replace(
        NewAchievement("acme", "Analysis", "Can analyse.", "Analyse ten things.", PICTURE, "A wheel", (skill,)),
        **changes,
    )


class Locked:
    """A port with a lock around each call, which makes the calls of a fake atomic."""

    def __init__(self, port: object) -> None:
        self._port, self._lock = port, threading.Lock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                return method(*args, **kwargs)

        return call


@contextmanager
def allow_conflict(code: str) -> Iterator[None]:
    """Ignore a `Conflict` with ``code``: the rerun of an operation that the first run completed."""
    try:
        yield
    except Conflict as error:
        if error.code != code:
            raise


class Crash(BaseException):
    """A simulated process crash. A BaseException, so that no handler in the product catches it."""


@dataclass
class Fuse:
    """Crash at call number ``at`` (from 0) of the ports it is built into.

    After the crash every further call raises `Crash`, also in other threads, as in a dead process.
    """

    at: int
    after: bool
    """Whether the call takes effect before the crash."""
    calls: int = 0

    def build_into(self, issuer_context: IssuerContext) -> IssuerContext:
        return replace(
            issuer_context,
            issuer_store=CrashingPort(issuer_context.issuer_store, self),
            signer=CrashingPort(issuer_context.signer, self),
        )

    @property
    def triggered(self) -> bool:
        return self.calls > self.at


class CrashingPort:
    def __init__(self, port: object, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method, fuse = getattr(self._port, name), self._fuse

        def call(*args: Any, **kwargs: Any) -> Any:
            due = fuse.calls == fuse.at
            if fuse.triggered or (due and not fuse.after):
                fuse.calls += 1
                raise Crash(name)
            fuse.calls += 1
            try:
                return method(*args, **kwargs)
            finally:
                if due:
                    raise Crash(name)

        return call
