"""Issue the rewards of completed pathways: the handler for tasks of the kind `pathways`.

Storing a credential with an email address adds such a task in the same transaction; so does every change of a pathway,
for holders who already have its steps. The reward's id is derived from pathway and holder, so it is issued only once.
A reward adds a task too, so that it can be a step of another pathway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from chalicelib.award.input import timezones
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.issuing.search import Place, decode_cursor, encode_cursor
from chalicelib.award.issuing.storing import PATHWAYS
from chalicelib.award.pathways.pathway import Completion, Pathway, steps
from chalicelib.award.pathways.pathway_actions import (
    ALL_HOLDERS,
    HolderProgress,
    Pathways,
    completion_id_of,
    progress_on_pathway,
)
from chalicelib.credential.build import EvidenceLink, Holder, credential_url
from chalicelib.credential.record import State
from chalicelib.errors import Conflict, NotFound, QuotaExceeded, Refused
from chalicelib.tasks.task_queue import Task, TaskQueue
from chalicelib.tasks.worker import Handler

KIND = PATHWAYS
"""Task kind. The subject is a credential's id, or `ALL_HOLDERS`, a pathway's id and a cursor to continue at."""
TIME_PER_CALL = timedelta(seconds=12)
"""Time limit for checking all holders in one call, out of the 20 s of a task (`worker.SLICE`)."""
PAGE = 100
"""Credentials read per query."""


_AwardOne = Callable[[IssuerContext, Pathways, Pathway, Recipient], Completion | None]


def handler(issuer_context: IssuerContext, pathways: Pathways, tasks: TaskQueue) -> Handler:
    """Return the handler that checks the pathways of a new or reinstated credential, or all holders of a changed
    pathway, and issues the rewards of completed ones."""

    def handle(task: Task) -> None:
        try:
            check(task)
        except QuotaExceeded as error:
            tasks.add([Task(KIND, task.issuer_id, task.subject, error.resets)])

    def check(task: Task) -> None:
        if task.subject.startswith(ALL_HOLDERS):
            _check_all_holders(issuer_context, pathways, tasks, task)
            return
        try:
            record, recipient = (
                issuer_context.issuer_store.record(task.subject),
                issuer_context.issuer_store.recipient(task.subject),
            )
        except NotFound:
            return  # erased in the meantime
        for link in pathways.pathway_links(record.issuer_id, record.achievement_id):
            _award_unless_refused(
                issuer_context, pathways, pathways.pathway(record.issuer_id, link.pathway_id), recipient
            )

    return handle


def issue_if_complete(
    issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway, recipient: Recipient
) -> Completion | None:
    """Store the holder's completion of ``pathway`` and issue the reward, unless done before.

    Returns None when it is not complete or already stored. ``recipient`` belongs to any of the holder's credentials.
    Raises as `issue.issue`.
    """
    if recipient.email is None or pathway.archived:
        return None
    holder_progress = progress_on_pathway(issuer_context, pathways, pathway, recipient.email)
    done = holder_progress.completion is not None and (holder_progress.completion.rewarded or pathway.reward is None)
    if done or not holder_progress.progress.complete:
        return None
    completion = Completion(
        id=completion_id_of(pathways, pathway, recipient.email),
        issuer_id=pathway.issuer_id,
        pathway_id=pathway.id,
        version=pathway.version,
        email=recipient.email,
        at=issuer_context.now(),
        credentials=tuple(holder_progress.credentials.values()),
        rewarded=pathway.reward is not None,
    )
    if pathway.reward is not None:
        _issue(issuer_context, holder_progress, pathway.reward, completion.id, recipient)
    pathways.complete(completion)
    return completion


def _award_unless_refused(
    issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway, recipient: Recipient
) -> Completion | None:
    """`issue_if_complete` for a task. A refusal by the issuer's own rules, such as an archived reward, must not fail
    the task, which would alert the operators and block other holders. Nothing is stored, so the holder's next
    credential triggers another check."""
    try:
        return issue_if_complete(issuer_context, pathways, pathway, recipient)
    except QuotaExceeded:
        raise  # the task continues on the next day
    except Refused:
        return None


def issue_to_all(issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway) -> Iterator[Completion]:
    """Check every holder of a step and issue the rewards that are due since the pathway was created or changed.

    Yields each new completion. Safe to repeat. Raises as `issue_if_complete`.
    """
    for _, completion in _each_row(issuer_context, pathways, pathway, None, issue_if_complete):
        if completion is not None:
            yield completion


def _check_all_holders(issuer_context: IssuerContext, pathways: Pathways, tasks: TaskQueue, task: Task) -> None:
    """Run `issue_to_all` within the time limit, and add a task to continue."""
    pathway_id, _, cursor = task.subject.removeprefix(ALL_HOLDERS).partition(" ")
    try:
        pathway = pathways.pathway(task.issuer_id, pathway_id)
    except NotFound:
        return  # erased in the meantime
    start = decode_cursor(cursor) if cursor else None
    end = issuer_context.clock() + TIME_PER_CALL
    for after, _ in _each_row(issuer_context, pathways, pathway, start, _award_unless_refused):
        if issuer_context.clock() >= end:
            subject = f"{ALL_HOLDERS}{pathway_id} {encode_cursor(after)}"
            tasks.add([Task(KIND, task.issuer_id, subject, issuer_context.now())])
            return


def _each_row(
    issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway, after: Place | None, award: _AwardOne
) -> Iterator[tuple[Place, Completion | None]]:
    """Yield the place of each of the issuer's credentials after ``after``, and the result of ``award``."""
    step_ids = set() if pathway.archived else {step.achievement_id for step in steps(pathway.root)}
    seen: set[str] = set()
    while rows := issuer_context.issuer_store.rows(pathway.issuer_id, after, PAGE):
        for row in rows:
            after, completion = row.place, None
            counts = row.state is State.ACTIVE and row.achievement_id in step_ids
            if counts and row.email is not None and row.email not in seen:
                seen.add(row.email)
                recipient = issuer_context.issuer_store.recipient(row.credential_id)
                completion = award(issuer_context, pathways, pathway, recipient)
            yield after, completion


def _issue(
    issuer_context: IssuerContext,
    holder_progress: HolderProgress,
    reward: str,
    credential_id: str,
    recipient: Recipient,
) -> None:
    names = {step.achievement_id: step.name for step in steps(holder_progress.pathway.root)}
    award = Award(
        issuer_id=holder_progress.pathway.issuer_id,
        achievement_id=reward,
        holder=Holder(recipient.name, recipient.email),
        evidence=tuple(
            EvidenceLink(credential_url(issuer_context.base_url, credential), names[achievement])
            for achievement, credential in holder_progress.credentials.items()
        ),
        credential_id=credential_id,
        zone=timezones.usable(recipient.zone),
        lang=recipient.lang,
        notify=recipient.notify,
    )
    try:
        issue.issue(issuer_context, award)
    except Conflict as error:
        if error.code != "id_taken":
            raise
        # An earlier attempt issued the reward and crashed, and the reward has since become another achievement.
