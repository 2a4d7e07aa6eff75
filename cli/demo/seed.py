"""Put the demo into empty tables, or complete what an earlier run left undone. A second run changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from chalicelib.access import members
from chalicelib.access.gate import Gate
from chalicelib.access.roles import Role
from chalicelib.award import achievements, issue, issuers, standing
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.awarding import Awarding
from chalicelib.award.issue import Award
from chalicelib.credential.build import credential_url
from chalicelib.credential.did import issuer_did
from chalicelib.credential.record import State
from chalicelib.errors import Conflict, LaurelError, NotFound
from chalicelib.lookup.lookup import Lookup
from cli.demo.catalogue import ISSUERS, LESSONS, Lesson
from cli.demo.damage import damaging
from cli.demo.pictures import picture
from cli.demo.plan import EXPECTED, REASONS, Kind, Planned, achievement_id, plan

WORKERS = 4
"""Issuing waits for the key service and storage most of its time."""

Progress = Callable[[int, int], None]
"""Told how much of how much is done."""


class WrongVerdict(LaurelError):
    """The demo does not show what it should."""

    code = "demo_wrong_verdict"


def seed(awarding: Awarding, progress: Progress) -> None:
    """Three issuers, eight achievements, a hundred credentials: what is missing is added, what is there is left.

    Raises `Conflict` (`demo_of_another_address`) when the tables hold a demo that was signed for another base URL.
    """
    planned = plan(awarding.base_url)
    steps = len(ISSUERS) + len(LESSONS) + len(planned)
    done = _count(progress, steps, _seed_issuers(awarding), 0)
    done = _count(progress, steps, _seed_achievements(awarding), done)
    there = {record.id for new, _ in ISSUERS for record in awarding.ledger.records(new.id)}
    with ThreadPoolExecutor(WORKERS) as pool:
        _count(progress, steps, pool.map(lambda each: _seed_credential(awarding, each, there), planned), done)


def seed_owner(gate: Gate, email: str) -> None:
    """Let a person in as owner of each demo issuer; one who is in is left as they are."""
    for new, _ in ISSUERS:
        try:
            members.add(gate, new.id, email, Role.OWNER)
        except Conflict as error:
            if error.code != "member_exists":
                raise


def demo_map(base_url: str) -> dict[str, dict[str, str]]:
    """The first credential of each kind: its id, its page, its API address."""
    found: dict[str, dict[str, str]] = {}
    for each in plan(base_url):
        page, api = credential_url(base_url, each.id), f"{base_url}/v1/credentials/{each.id}"
        found.setdefault(each.kind.value, {"id": each.id, "url": page, "api_url": api})
    return {kind.value: found[kind.value] for kind in Kind}


def check(lookup: Lookup, shown: Mapping[str, Mapping[str, str]]) -> None:
    """Open the credential of each kind. Raises `WrongVerdict` naming every one that is not judged as its kind says."""
    wrong = []
    for kind, expected in EXPECTED.items():
        verdict = lookup.open(shown[kind.value]["id"], None).report.verdict
        if verdict is not expected:
            wrong.append(f"{kind} is {verdict}, not {expected}")
    if wrong:
        raise WrongVerdict(f"The demo does not show what it should: {'; '.join(wrong)}.")


def _count(progress: Progress, steps: int, work: Iterable[None], done: int) -> int:
    for _ in work:
        done += 1
        progress(done, steps)
    return done


def _seed_issuers(awarding: Awarding) -> Iterable[None]:
    for new, method in ISSUERS:
        try:
            found = awarding.ledger.issuer(new.id)
        except NotFound:
            found = issuers.found(awarding, new, method, registered=True)
        if method is issuers.Method.WEB and found.did != issuer_did(awarding.base_url, new.id):
            raise Conflict(
                f"These tables hold a demo that was signed as {found.did}. Use the address it was made for, "
                "or other tables.",
                code="demo_of_another_address",
            )
        yield


def _seed_achievements(awarding: Awarding) -> Iterable[None]:
    there = {found.id for new, _ in ISSUERS for found in awarding.ledger.achievements(new.id)}
    for number, lesson in enumerate(LESSONS):
        name = achievement_id(awarding.base_url, number)
        if name not in there:
            achievements.add(awarding, _new_achievement(lesson, name))
        yield


def _new_achievement(lesson: Lesson, name: str) -> NewAchievement:
    return NewAchievement(
        issuer_id=lesson.issuer_id,
        name=lesson.name,
        description=lesson.description,
        criteria=lesson.criteria,
        picture=picture(lesson.picture),
        picture_alt=lesson.picture_alt,
        skills=lesson.skills,
        kind=lesson.kind,
        id=name,
    )


def _seed_credential(awarding: Awarding, planned: Planned, there: set[str]) -> None:
    if planned.id not in there:
        issue.issue(damaging(awarding, planned.kind), _award(awarding, planned))
    if planned.kind not in REASONS:
        return
    if awarding.ledger.record(planned.id).standing.state is State.ACTIVE:
        decide = standing.revoke if planned.kind is Kind.REVOKED else standing.suspend
        decide(awarding, LESSONS[planned.lesson].issuer_id, planned.id, REASONS[planned.kind])


def _award(awarding: Awarding, planned: Planned) -> Award:
    lesson, now = LESSONS[planned.lesson], awarding.now()
    return Award(
        issuer_id=lesson.issuer_id,
        achievement_id=achievement_id(awarding.base_url, planned.lesson),
        holder=planned.holder,
        valid_from=now + planned.starts,
        valid_until=now + planned.ends if planned.ends is not None else None,
        jwt=True,
        credential_id=planned.id,
    )
