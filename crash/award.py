"""`make crash-award`: interrupt issuing and status changes before and after every DynamoDB and KMS call, then rerun.

Prints one JSON line. `acknowledged` counts results that were returned as done; `lost`, those missing from storage;
`double`, results stored or applied more often than requested; `half_issued`, credentials with missing or inconsistent
related items, after the crash or the rerun; `duplicate_indexes`, status list indexes shared by two credentials.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.award.issuing import (
    idempotency,
    issue,
    reissue,
    status_changes,
)
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.reissue import Changes
from chalicelib.credential.build import Holder
from chalicelib.credential.record import Record, State
from chalicelib.errors import Conflict, LaurelError, Unavailable
from crash.faults import Fault, Stop
from crash.stage import Items, Stage, credentials_in, doubled_indexes, halves
from local import aws, process
from local.ports import free_port

ISSUER = "acme"
MANY = 14
"""Credentials per `issue_many` call: more than fit into one transaction."""


@dataclass
class Tally:
    """The totals of a run. All counters except `acknowledged` and `crash_points` must be 0."""

    acknowledged: int = 0
    lost: int = 0
    double: int = 0
    half_issued: int = 0
    duplicate_indexes: int = 0
    crash_points: int = 0
    faults: list[str] = field(default_factory=list)
    """Human-readable descriptions of the problems found."""

    @property
    def clean(self) -> bool:
        """Whether there was at least one crash point and no problem."""
        return self.crash_points > 0 and not (self.lost or self.double or self.half_issued or self.duplicate_indexes)

    def line(self) -> str:
        """The totals as one JSON object."""
        return json.dumps({name: value for name, value in asdict(self).items() if name != "faults"})


@dataclass(frozen=True)
class Scene:
    """One action to interrupt. ``prepare`` sets up its data and returns the credential id; ``act`` runs it and returns
    the acknowledged records; ``done`` returns the problems in the final state."""

    name: str
    act: Callable[[Stage, str], list[Record]]
    done: Callable[[Stage, str, Items], list[str]]
    prepare: Callable[[Stage], str] = lambda _: ""


def sweep(stage: Stage, scene: Scene, tally: Tally) -> None:
    """Run ``scene`` once for each AWS call that it makes and each fault."""
    stage.begin(())
    _found(stage)
    about = scene.prepare(stage)
    start = stage.items()
    for fault in Fault:
        nth = 0
        while True:
            nth += 1
            stage.begin(start)
            if not _crash_and_rerun(stage, scene, about, nth, fault, tally):
                break


def _crash_and_rerun(stage: Stage, scene: Scene, about: str, nth: int, fault: Fault, tally: Tally) -> bool:
    """Returns False when ``scene`` finished before its ``nth`` call."""
    answers: list[Record] = []
    with stage.meter.failing(nth, fault):
        try:
            answers += scene.act(stage, about)
        except (Stop, Unavailable):
            pass
        except Conflict as error:
            if error.code != "busy":
                raise
    if stage.meter.calls < nth:
        return False
    where = f"{scene.name}, call {nth}: {fault}"
    tally.crash_points += 1
    _check(stage, stage.items(), answers, tally, where)
    again = scene.act(stage, about)
    items = stage.items()
    _check(stage, items, [*answers, *again], tally, f"{where}, and run again")
    for wrong in scene.done(stage, about, items):
        tally.double += 1
        tally.faults.append(f"{where}, and run again: {wrong}")
    first = {one.id: idempotency.as_issued(one) for one in again}
    if any(first.get(one.id) != idempotency.as_issued(one) for one in answers):
        tally.double += 1
        tally.faults.append(f"{where}: the second response differs from the first")
    tally.acknowledged += len(answers) + len(again)
    return True


def _check(stage: Stage, items: Items, answers: Sequence[Record], tally: Tally, where: str) -> None:
    lost = {one.id for one in answers} - credentials_in(items)
    half = halves(stage, items)
    tally.lost += len(lost)
    tally.half_issued += len(half)
    tally.duplicate_indexes += doubled_indexes(stage, items)
    tally.faults += [f"{where}: {wrong}" for wrong in (*lost, *half)]


def _found(stage: Stage) -> None:
    new = NewIssuer(ISSUER, "Acme Academy", "https://acme.example/", "Courses for makers.")
    issuer_actions.create(stage.issuer_context, new)
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\0\0\0\0IEND\xaeB`\x82"
    achievements.add(stage.issuer_context, NewAchievement(ISSUER, "Analysis", "Can.", "Do.", picture, "A wheel"))


def _award(stage: Stage, number: int = 0, name: str | None = None) -> Award:
    achievement = next(iter(stage.issuer_store.achievements(ISSUER)))
    holder = Holder("Ada Lovelace", f"ada{number}@example.org")
    return Award(ISSUER, achievement.id, holder, credential_id=name, notify=True)


def _issued(stage: Stage) -> str:
    return issue.issue(stage.issuer_context, _award(stage)).id


def _suspended(stage: Stage) -> str:
    name = _issued(stage)
    status_changes.suspend(stage.issuer_context, ISSUER, name)
    return name


def _claim(stage: Stage) -> str:
    return idempotency.claim(stage.issuer_context, stage.claims, ISSUER, "key-1", b"the request")


def _issue(stage: Stage, _: str) -> list[Record]:
    return [issue.issue(stage.issuer_context, _award(stage, name=_claim(stage)))]


def _issue_many(stage: Stage, _: str) -> list[Record]:
    awards = [_award(stage, number, _numbered(number)) for number in range(MANY)]
    outcomes = issue.issue_many(stage.issuer_context, ISSUER, awards)
    unexpected = [each for each in outcomes if isinstance(each, LaurelError) and not isinstance(each, Unavailable)]
    if unexpected:
        raise unexpected[0]
    return [each for each in outcomes if isinstance(each, Record)]


def _numbered(number: int) -> str:
    return "a" * 25 + "abcdefghijklmnopqrstuvwxyz"[number]


def _correct(stage: Stage, about: str) -> list[Record]:
    changes = Changes(name="Ada King")
    return [reissue.correct(stage.issuer_context, ISSUER, about, changes, "Her name.", new_id=_claim(stage))]


def _renew(stage: Stage, about: str) -> list[Record]:
    return [reissue.renew(stage.issuer_context, ISSUER, about, new_id=_claim(stage))]


def _decide(decide: Callable[..., status_changes.Decision]) -> Callable[[Stage, str], list[Record]]:
    return lambda stage, about: [decide(stage.issuer_context, ISSUER, about, "A reason.").record]


def _there(many: int) -> Callable[[Stage, str, Items], list[str]]:
    def done(_: Stage, __: str, items: Items) -> list[str]:
        found = len(credentials_in(items))
        return [] if found == many else [f"{found} credentials instead of {many}"]

    return done


def _stands(state: State, version: int) -> Callable[[Stage, str, Items], list[str]]:
    def done(stage: Stage, about: str, _: Items) -> list[str]:
        record = stage.issuer_store.record(about)
        stands = (record.status.state, record.version)
        return [] if stands == (state, version) else [f"{stands} instead of {(state, version)}"]

    return done


SCENES = (
    Scene("issue with an Idempotency-Key", _issue, _there(1)),
    Scene("issue_many", _issue_many, _there(MANY)),
    Scene("revoke", _decide(status_changes.revoke), _stands(State.REVOKED, 2), _issued),
    Scene("suspend", _decide(status_changes.suspend), _stands(State.SUSPENDED, 2), _issued),
    Scene("reinstate", _decide(status_changes.reinstate), _stands(State.ACTIVE, 3), _suspended),
    Scene("correct", _correct, _there(2), _issued),
    Scene("renew", _renew, _there(2), _issued),
)


def run(region: str, scenes: Sequence[Scene] = SCENES) -> Tally:
    """Run ``scenes`` against the engine configured in the environment."""
    tally = Tally()
    stage = Stage(region, secrets.token_bytes)
    try:
        for scene in scenes:
            sweep(stage, scene, tally)
    finally:
        stage.end()
    return tally


def main() -> int:
    """Start an embedded AWS, run every scene and print the totals. Returns 1 when there was a problem."""
    with tempfile.TemporaryDirectory(prefix="laurel-crash-") as home:
        engine = aws.start(free_port(), Path(home))
        try:
            os.environ.update(engine.client_env)
            tally = run(engine.region)
        finally:
            process.stop(engine.process)
    for fault in tally.faults:
        print(fault, file=sys.stderr)
    print(tally.line())
    return 0 if tally.clean else 1


if __name__ == "__main__":
    sys.exit(main())
