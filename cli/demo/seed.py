"""Seed the demo data. A run completes what an earlier one left unfinished; a further run changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from chalicelib.access import members
from chalicelib.access.access_context import AccessContext
from chalicelib.access.roles import Role
from chalicelib.award import achievements
from chalicelib.award.achievements import NewAchievement
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuers import issuer_actions
from chalicelib.award.issuing import issue, reissue, status_changes
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.reissue import Changes
from chalicelib.credential.build import credential_url
from chalicelib.credential.did import issuer_did
from chalicelib.credential.record import State
from chalicelib.errors import Conflict, LaurelError, NotFound
from chalicelib.reports.hosted import HostedReports
from cli.demo.catalogue import COURSES, ISSUERS, Course
from cli.demo.damage import damaging
from cli.demo.pictures import picture
from cli.demo.plan import CORRECTED_NAME, EXPECTED, REASONS, Kind, Planned, achievement_id, plan, replacement_id

WORKERS = 4
"""Issuing spends most of its time waiting for the key service and storage."""

Progress = Callable[[int, int], None]
"""Called with the number of completed steps and the total."""


class WrongVerdict(LaurelError):
    """A demo credential does not get its expected verdict."""

    code = "demo_wrong_verdict"


def seed(issuer_context: IssuerContext, progress: Progress) -> None:
    """Create the missing issuers, achievements and credentials of the plan. Existing ones stay unchanged.

    Raises `Conflict` (`demo_of_another_address`) when the tables hold a demo signed for another base URL.
    """
    planned = plan(issuer_context.base_url)
    steps = len(ISSUERS) + len(COURSES) + len(planned)
    done = _count(progress, steps, _seed_issuers(issuer_context), 0)
    done = _count(progress, steps, _seed_achievements(issuer_context), done)
    existing_ids = {record.id for issuer in ISSUERS for record in issuer_context.issuer_store.records(issuer.id)}
    with ThreadPoolExecutor(WORKERS) as pool:
        _count(
            progress, steps, pool.map(lambda each: _seed_credential(issuer_context, each, existing_ids), planned), done
        )


def seed_owner(access_context: AccessContext, email: str) -> None:
    """Add a person as owner of each demo issuer. An existing member keeps their role."""
    for issuer in ISSUERS:
        try:
            members.add(access_context, issuer.id, email, Role.OWNER)
        except Conflict as error:
            if error.code != "member_exists":
                raise


def demo_map(base_url: str) -> dict[str, dict[str, str]]:
    """Return the id, page URL, API URL and holder's email address of the first credential of each kind."""
    found: dict[str, dict[str, str]] = {}
    for each in plan(base_url):
        page, api = credential_url(base_url, each.id), f"{base_url}/v1/credentials/{each.id}"
        entry = {"id": each.id, "url": page, "api_url": api, "holder_email": each.holder.email or ""}
        found.setdefault(each.kind.value, entry)
    return {kind.value: found[kind.value] for kind in Kind}


def check(hosted_reports: HostedReports, demo_credentials: Mapping[str, Mapping[str, str]]) -> None:
    """Verify the credential of each kind. Raises `WrongVerdict` naming every kind with an unexpected verdict."""
    wrong = []
    for kind, expected in EXPECTED.items():
        verdict = hosted_reports.open(demo_credentials[kind.value]["id"], None).report.verdict
        if verdict is not expected:
            wrong.append(f"{kind} is {verdict}, not {expected}")
    if wrong:
        raise WrongVerdict(f"The demo data is not as expected:  {'; '.join(wrong)}.")


def _count(progress: Progress, steps: int, work: Iterable[None], done: int) -> int:
    for _ in work:
        done += 1
        progress(done, steps)
    return done


def _seed_issuers(issuer_context: IssuerContext) -> Iterable[None]:
    for new in ISSUERS:
        try:
            found = issuer_context.issuer_store.issuer(new.id)
        except NotFound:
            found = issuer_actions.create(issuer_context, new.profile, new.method, registered=new.registered)
        if new.method is issuer_actions.Method.WEB and found.did != issuer_did(issuer_context.base_url, new.id):
            raise Conflict(
                f"These tables contain demo data signed as {found.did}. Use the base URL it was created for, "
                "or other tables.",
                code="demo_of_another_address",
            )
        yield


def _seed_achievements(issuer_context: IssuerContext) -> Iterable[None]:
    existing_ids = {found.id for issuer in ISSUERS for found in issuer_context.issuer_store.achievements(issuer.id)}
    for number, course in enumerate(COURSES):
        name = achievement_id(issuer_context.base_url, number)
        if name not in existing_ids:
            achievements.add(issuer_context, _new_achievement(course, name))
        yield


def _new_achievement(course: Course, name: str) -> NewAchievement:
    return NewAchievement(
        issuer_id=course.issuer_id,
        name=course.name,
        description=course.description,
        criteria=course.criteria,
        picture=picture(course.picture),
        picture_alt=course.picture_alt,
        skills=course.skills,
        kind=course.kind,
        enrolment_url=course.enrolment_url,
        shows_count=True,
        id=name,
    )


def _seed_credential(issuer_context: IssuerContext, planned: Planned, existing_ids: set[str]) -> None:
    if planned.id not in existing_ids:
        issue.issue(damaging(issuer_context, planned.kind), _award(issuer_context, planned))
    if planned.kind in REASONS and issuer_context.issuer_store.record(planned.id).status.state is State.ACTIVE:
        _change_status(issuer_context, planned, REASONS[planned.kind])


def _change_status(issuer_context: IssuerContext, planned: Planned, reason: str) -> None:
    issuer_id = COURSES[planned.course].issuer_id
    if planned.kind is Kind.SUPERSEDED:
        changes, new_id = Changes(name=CORRECTED_NAME), replacement_id(issuer_context.base_url)
        reissue.correct(issuer_context, issuer_id, planned.id, changes, reason, new_id=new_id)
        return
    decide = status_changes.revoke if planned.kind is Kind.REVOKED else status_changes.suspend
    decide(issuer_context, issuer_id, planned.id, reason)


def _award(issuer_context: IssuerContext, planned: Planned) -> Award:
    course, now = COURSES[planned.course], issuer_context.now()
    return Award(
        issuer_id=course.issuer_id,
        achievement_id=achievement_id(issuer_context.base_url, planned.course),
        holder=planned.holder,
        valid_from=now + planned.starts,
        valid_until=now + planned.ends if planned.ends is not None else None,
        jwt=True,
        credential_id=planned.id,
    )
