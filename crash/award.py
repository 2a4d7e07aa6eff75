"""`make crash-award`: interrupt issuing and status changes before and after every DynamoDB and KMS call, then rerun.

Prints one JSON line. `acknowledged` counts results that were returned as done; `lost`, those missing from storage;
`duplicated`, results stored or applied more often than requested; `inconsistent`, credentials with missing or
inconsistent related items, after the crash or the rerun; `duplicate_indexes`, status list indexes shared by two
credentials.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuers.issuer_actions import NewIssuer
from chalicelib.award.issuing import (
    batch,
    idempotency,
    issue,
    reissue,
    status_changes,
)
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.reissue import Changes
from chalicelib.credential.build import Holder
from chalicelib.credential.record import Record, State
from chalicelib.errors import Conflict, LaurelError, Refused, Unavailable
from crash import engine
from crash.faults import Fault, SimulatedCrash
from crash.stage import Items, Stage, count_duplicate_indexes, inconsistencies, stored_credential_ids

ISSUER = "acme"
BATCH = 14
"""Credentials per `issue_many` call: more than fit into one transaction."""


@dataclass
class Totals(engine.Totals):
    """The totals of a run. All counters except `acknowledged` and `crash_points` must be 0."""

    acknowledged: int = 0
    lost: int = 0
    duplicated: int = 0
    inconsistent: int = 0
    duplicate_indexes: int = 0

    @property
    def clean(self) -> bool:
        """Whether there was at least one crash point and no problem."""
        return self.crash_points > 0 and not (
            self.lost or self.duplicated or self.inconsistent or self.duplicate_indexes
        )


@dataclass(frozen=True)
class Scenario:
    """One action to interrupt. ``prepare`` sets up its data and returns the credential id; ``action`` runs it and
    returns the acknowledged records; ``check`` returns the problems in the final state."""

    name: str
    action: Callable[[Stage, str], list[Record]]
    check: Callable[[Stage, str, Items], list[str]]
    prepare: Callable[[Stage], str] = lambda _: ""


def run_scenario(stage: Stage, scenario: Scenario, totals: Totals) -> None:
    """Run ``scenario`` once for each AWS call that it makes and each fault."""
    stage.create_tables(())
    _create_issuer(stage)
    credential_id = scenario.prepare(stage)
    start = stage.items()
    for fault in Fault:
        nth = 0
        while True:
            nth += 1
            stage.create_tables(start)
            if not _crash_and_rerun(stage, scenario, credential_id, nth, fault, totals):
                break


def _crash_and_rerun(
    stage: Stage, scenario: Scenario, credential_id: str, nth: int, fault: Fault, totals: Totals
) -> bool:
    """Returns False when ``scenario`` finished before its ``nth`` call."""
    answers: list[Record] = []
    with stage.fault_injector.failing(nth, fault):
        try:
            answers += scenario.action(stage, credential_id)
        except (SimulatedCrash, Unavailable):
            pass
        except Conflict as error:
            if error.code != "busy":
                raise
    if stage.fault_injector.calls < nth:
        return False
    where = f"{scenario.name}, call {nth}: {fault}"
    totals.crash_points += 1
    _check(stage, stage.items(), answers, totals, where)
    again = scenario.action(stage, credential_id)
    items = stage.items()
    _check(stage, items, [*answers, *again], totals, f"{where}, and run again")
    for wrong in scenario.check(stage, credential_id, items):
        totals.duplicated += 1
        totals.faults.append(f"{where}, and run again: {wrong}")
    first = {one.id: idempotency.as_issued(one) for one in again}
    if any(first.get(one.id) != idempotency.as_issued(one) for one in answers):
        totals.duplicated += 1
        totals.faults.append(f"{where}: the second response differs from the first")
    totals.acknowledged += len(answers) + len(again)
    return True


def _check(stage: Stage, items: Items, answers: Sequence[Record], totals: Totals, where: str) -> None:
    lost = {one.id for one in answers} - stored_credential_ids(items)
    inconsistent = inconsistencies(stage, items)
    totals.lost += len(lost)
    totals.inconsistent += len(inconsistent)
    totals.duplicate_indexes += count_duplicate_indexes(stage, items)
    totals.faults += [f"{where}: {wrong}" for wrong in (*lost, *inconsistent)]


def _create_issuer(stage: Stage) -> None:
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


def _prepare_claim(stage: Stage) -> str:
    return idempotency.claim(stage.issuer_context, stage.claims, ISSUER, "key-1", b"the request")


def _issue(stage: Stage, _: str) -> list[Record]:
    return [issue.issue(stage.issuer_context, _award(stage, name=_prepare_claim(stage)))]


def _issue_with_the_key_of_a_failed_request(stage: Stage, _: str) -> list[Record]:
    with suppress(Refused):  # when run again, the credential may exist
        idempotency.claim(stage.issuer_context, stage.claims, ISSUER, "key-1", b"a request that failed")
    return _issue(stage, _)


def _issue_many(stage: Stage, _: str) -> list[Record]:
    awards = [_award(stage, number, _numbered(number)) for number in range(BATCH)]
    outcomes = batch.issue_many(stage.issuer_context, ISSUER, awards)
    unexpected = [each for each in outcomes if isinstance(each, LaurelError) and not isinstance(each, Unavailable)]
    if unexpected:
        raise unexpected[0]
    return [each for each in outcomes if isinstance(each, Record)]


def _numbered(number: int) -> str:
    return "a" * 25 + "abcdefghijklmnopqrstuvwxyz"[number]


def _correct(stage: Stage, credential_id: str) -> list[Record]:
    changes = Changes(name="Ada King")
    return [
        reissue.correct(stage.issuer_context, ISSUER, credential_id, changes, "Her name.", new_id=_prepare_claim(stage))
    ]


def _renew(stage: Stage, credential_id: str) -> list[Record]:
    return [reissue.renew(stage.issuer_context, ISSUER, credential_id, new_id=_prepare_claim(stage))]


def _decide(decide: Callable[..., status_changes.Decision]) -> Callable[[Stage, str], list[Record]]:
    return lambda stage, credential_id: [decide(stage.issuer_context, ISSUER, credential_id, "A reason.").record]


def _expect_count(many: int) -> Callable[[Stage, str, Items], list[str]]:
    def check(_: Stage, __: str, items: Items) -> list[str]:
        found = len(stored_credential_ids(items))
        return [] if found == many else [f"{found} credentials instead of {many}"]

    return check


def _expect_state(state: State, version: int) -> Callable[[Stage, str, Items], list[str]]:
    def check(stage: Stage, credential_id: str, _: Items) -> list[str]:
        record = stage.issuer_store.record(credential_id)
        actual = (record.status.state, record.version)
        return [] if actual == (state, version) else [f"{actual} instead of {(state, version)}"]

    return check


SCENARIOS = (
    Scenario("issue with an Idempotency-Key", _issue, _expect_count(1)),
    Scenario("issue with the key of a failed request", _issue_with_the_key_of_a_failed_request, _expect_count(1)),
    Scenario("issue_many", _issue_many, _expect_count(BATCH)),
    Scenario("revoke", _decide(status_changes.revoke), _expect_state(State.REVOKED, 2), _issued),
    Scenario("suspend", _decide(status_changes.suspend), _expect_state(State.SUSPENDED, 2), _issued),
    Scenario("reinstate", _decide(status_changes.reinstate), _expect_state(State.ACTIVE, 3), _suspended),
    Scenario("correct", _correct, _expect_count(2), _issued),
    Scenario("renew", _renew, _expect_count(2), _issued),
)


def run(region: str, scenarios: Sequence[Scenario] = SCENARIOS) -> Totals:
    """Run ``scenarios`` against the engine configured in the environment."""
    totals = Totals()
    stage = Stage(region, secrets.token_bytes)
    try:
        for scenario in scenarios:
            run_scenario(stage, scenario, totals)
    finally:
        stage.drop_tables()
    return totals


if __name__ == "__main__":
    sys.exit(engine.report(run))
