"""Fakes beside tests/fakes.py: a clock, a lock around a port, and a port whose process dies."""

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
from tests.fakes import IssuerStore, Signer

BASE_URL = "http://localhost:8000"
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0 and so on\0\0\0\0IEND\xaeB`\x82"


@dataclass
class Clock:
    """Stands still until it is told otherwise; not on a whole second."""

    now: datetime = datetime(2026, 11, 21, 9, 30, 0, 700_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class House:
    """An awarding over fakes, with one issuer and one achievement in it."""

    method: Method = Method.WEB
    issuer_store: IssuerStore = field(default_factory=IssuerStore)
    signer: Signer = field(default_factory=Signer)
    clock: Clock = field(default_factory=Clock)
    seed: int = 1

    def __post_init__(self) -> None:
        self.issuer_context = IssuerContext(
            self.issuer_store, self.signer, BASE_URL, self.clock, random.Random(self.seed).randbytes
        )
        self.issuer: Issuer = issuer_actions.create(self.issuer_context, new_issuer(), self.method)
        self.achievement: Achievement = achievements.add(self.issuer_context, new_achievement())

    def award(self, **changes: Any) -> Award:
        return replace(Award("acme", self.achievement.id, Holder("Ada Lovelace", "ada@example.org")), **changes)

    def issue(self, **changes: Any) -> Record:
        return issue.issue(self.issuer_context, self.award(**changes))

    def report(self, record: Record, options: VerificationOptions = DEFAULT_OPTIONS) -> Report:
        """What a stranger is told about the stored record now."""
        around = self.issuer_store.related_items(record, self.clock().date())
        resolver = build_hosted_resolver(BASE_URL, around.issuer, around.status_lists, self.clock())
        return verify(
            self.issuer_store.record(record.id).document, resolver=resolver, now=self.clock(), options=options
        )


def new_issuer(**changes: Any) -> NewIssuer:
    return replace(NewIssuer("acme", "Acme Academy", "https://acme.example/", "Courses for makers."), **changes)


def new_achievement(**changes: Any) -> NewAchievement:
    skill = Skill("Programming", "https://www.onetonline.org/find/descriptor/result/2.B.3.e", "O*NET")
    return replace(
        NewAchievement("acme", "Analysis", "Can analyse.", "Analyse ten things.", PICTURE, "A wheel", (skill,)),
        **changes,
    )


class Locked:
    """A port whose calls exclude one another, so that the fake behind it is as atomic as a transaction."""

    def __init__(self, port: object) -> None:
        self._port, self._lock = port, threading.Lock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                return method(*args, **kwargs)

        return call


@contextmanager
def unless_done(code: str) -> Iterator[None]:
    """Let the block be refused as already done, which is how a rerun finds what the first run has left."""
    try:
        yield
    except Conflict as error:
        if error.code != code:
            raise


class Crash(BaseException):
    """The process ends here; nothing of ours may catch it."""


@dataclass
class Fuse:
    """Burns down with every call of the ports that it is built into; ``at`` 0 is the first call.

    Once it is burnt every call dies, in other threads too, as in a process that has ended.
    """

    at: int
    after: bool
    """Whether the call that it burns through at is still done."""
    calls: int = 0

    def build_into(self, issuer_context: IssuerContext) -> IssuerContext:
        return replace(
            issuer_context,
            issuer_store=_Fused(issuer_context.issuer_store, self),
            signer=_Fused(issuer_context.signer, self),
        )

    @property
    def burnt(self) -> bool:
        return self.calls > self.at


class _Fused:
    def __init__(self, port: object, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method, fuse = getattr(self._port, name), self._fuse

        def call(*args: Any, **kwargs: Any) -> Any:
            due = fuse.calls == fuse.at
            if fuse.burnt or (due and not fuse.after):
                fuse.calls += 1
                raise Crash(name)
            fuse.calls += 1
            try:
                return method(*args, **kwargs)
            finally:
                if due:
                    raise Crash(name)

        return call
