"""What a pathway earns is awarded by itself: the handler of the tasks of the kind `pathways`.

Every credential that goes to an e-mail address leaves such a task, in the transaction that stores it; so does every
change of a pathway, for those who have its steps already. The id of the reward follows from pathway and holder, so it
is issued once, however often and by however many it is tried. The reward leaves a task of its own, and so a pathway may
be a step of another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from chalicelib.award.input import timezones
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing import issue
from chalicelib.award.issuing.issue import Award
from chalicelib.award.issuing.recipient import Recipient
from chalicelib.award.issuing.search import Place, place, write_cursor
from chalicelib.award.issuing.storing import PATHWAYS
from chalicelib.award.pathways.pathway import Completion, Pathway, steps
from chalicelib.award.pathways.pathway_actions import (
    WHOLE,
    Pathways,
    Way,
    completion_of,
    way_on,
)
from chalicelib.credential.build import EvidenceLink, Holder, credential_url
from chalicelib.credential.record import State
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task, TaskQueue
from chalicelib.tasks.worker import Handler

KIND = PATHWAYS
"""The kind of task; its subject is a credential's id, or `atlas.WHOLE`, a pathway's id, and then a place in the
issuer's list from which it goes on."""
PIECE = timedelta(seconds=12)
"""How long one call works at all holders of a pathway, of the 20 s that it may take (`work.SLICE`)."""
PAGE = 100
"""Rows of an issuer's list read at once."""


_AwardOne = Callable[[IssuerContext, Pathways, Pathway, Recipient], Completion | None]


def handler(issuer_context: IssuerContext, pathways: Pathways, tasks: TaskQueue) -> Handler:
    """Looks at every pathway that a new or reinstated credential is a step of, or at all holders of a new pathway, and
    awards what is complete by now."""

    def look(task: Task) -> None:
        if task.subject.startswith(WHOLE):
            _look_at_all(issuer_context, pathways, tasks, task)
            return
        try:
            record, recipient = (
                issuer_context.issuer_store.record(task.subject),
                issuer_context.issuer_store.recipient(task.subject),
            )
        except NotFound:
            return  # it was erased since
        for post in pathways.pathway_links(record.issuer_id, record.achievement_id):
            _award_or_leave(issuer_context, pathways, pathways.pathway(record.issuer_id, post.pathway_id), recipient)

    return look


def award_if_complete(
    issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway, recipient: Recipient
) -> Completion | None:
    """Note that the holder has completed ``pathway`` and issue what it earns, unless that was done before.

    None when it is not complete, or was noted before. ``recipient`` is of one of the holder's credentials. Raises as
    `issue.issue`.
    """
    if recipient.email is None or pathway.archived:
        return None
    way = way_on(issuer_context, pathways, pathway, recipient.email)
    done = way.completion is not None and (way.completion.rewarded or pathway.reward is None)
    if done or not way.progress.complete:
        return None
    completion = Completion(
        id=completion_of(pathways, pathway, recipient.email),
        issuer_id=pathway.issuer_id,
        pathway_id=pathway.id,
        version=pathway.version,
        email=recipient.email,
        at=issuer_context.now(),
        credentials=tuple(way.credentials.values()),
        rewarded=pathway.reward is not None,
    )
    if pathway.reward is not None:
        _issue(issuer_context, way, pathway.reward, completion.id, recipient)
    pathways.complete(completion)
    return completion


def _award_or_leave(
    issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway, recipient: Recipient
) -> Completion | None:
    """`award_if_complete` for a task. What the issuer's own rules refuse, such as a reward that is archived, is no
    failure of the task, which would ring at the operators' and keep other holders from theirs; nothing is noted, so it
    is looked at again with the holder's next credential."""
    try:
        return award_if_complete(issuer_context, pathways, pathway, recipient)
    except Refused:
        return None


def award_to_all(issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway) -> Iterator[Completion]:
    """Look at every holder of a step, and award what was complete before the pathway was written or changed.

    Yields each completion that was not noted before. Repeating it is harmless. Raises as `award_if_complete`.
    """
    for _, completion in _walk(issuer_context, pathways, pathway, None, award_if_complete):
        if completion is not None:
            yield completion


def _look_at_all(issuer_context: IssuerContext, pathways: Pathways, tasks: TaskQueue, task: Task) -> None:
    """A piece of `award_to_all`, and a task for the next one."""
    pathway_id, _, cursor = task.subject.removeprefix(WHOLE).partition(" ")
    try:
        pathway = pathways.pathway(task.issuer_id, pathway_id)
    except NotFound:
        return  # it was erased since
    start = place(cursor) if cursor else None
    end = issuer_context.clock() + PIECE
    for after, _ in _walk(issuer_context, pathways, pathway, start, _award_or_leave):
        if issuer_context.clock() >= end:
            subject = f"{WHOLE}{pathway_id} {write_cursor(after)}"
            tasks.add([Task(KIND, task.issuer_id, subject, issuer_context.now())])
            return


def _walk(
    issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway, after: Place | None, award: _AwardOne
) -> Iterator[tuple[Place, Completion | None]]:
    """Each row of the issuer's list from ``after`` on, with what ``award`` makes of its holder."""
    there = set() if pathway.archived else {step.achievement_id for step in steps(pathway.root)}
    seen: set[str] = set()
    while rows := issuer_context.issuer_store.rows(pathway.issuer_id, after, PAGE):
        for row in rows:
            after, completion = row.place, None
            counts = row.state is State.ACTIVE and row.achievement_id in there
            if counts and row.email is not None and row.email not in seen:
                seen.add(row.email)
                recipient = issuer_context.issuer_store.recipient(row.credential_id)
                completion = award(issuer_context, pathways, pathway, recipient)
            yield after, completion


def _issue(issuer_context: IssuerContext, way: Way, reward: str, credential_id: str, recipient: Recipient) -> None:
    names = {step.achievement_id: step.name for step in steps(way.pathway.root)}
    award = Award(
        issuer_id=way.pathway.issuer_id,
        achievement_id=reward,
        holder=Holder(recipient.name, recipient.email),
        evidence=tuple(
            EvidenceLink(credential_url(issuer_context.base_url, credential), names[achievement])
            for achievement, credential in way.credentials.items()
        ),
        credential_id=credential_id,
        zone=timezones.usable(recipient.zone),
        notify=recipient.notify,
    )
    try:
        issue.issue(issuer_context, award)
    except Conflict as error:
        if error.code != "id_taken":
            raise
        # The reward was another achievement when a try before this one issued it and died: once is once.
