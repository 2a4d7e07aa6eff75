"""Create and change pathways, and read holders' progress and completions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Protocol

from chalicelib.award import daily_limits
from chalicelib.award.derived_ids import SECRET_BYTES, derived_id
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing.storing import PATHWAYS
from chalicelib.award.pathways.pathway import Completion, Node, Pathway, check, check_size, check_together, steps
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.award.pathways.pathway_link import PathwayLink, Step
from chalicelib.award.pathways.pathway_progress import Progress, build_pathway_link, missing, progress
from chalicelib.credential import email_address
from chalicelib.credential.record import State
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task

ALL_HOLDERS = "pathway:"
"""Prefix of the subject of a task that checks all holders of a pathway instead of one credential."""
MAX_ATTEMPTS = 8
"""Maximum attempts to save; each fails only because another writer saved a pathway of the same issuer first."""


@dataclass(frozen=True, slots=True)
class PathwaySet:
    """Data shared by all pathways of an issuer. Each change of a pathway increments ``version``, so that two concurrent
    changes cannot together create what each alone must not, such as a cycle."""

    issuer_id: str
    secret: bytes
    """Derives the ids of completions; never changes."""
    version: int = 1


class Pathways(Protocol):
    """Stores pathways. Every method raises `Unavailable` when storage does not respond."""

    def pathway_set(self, issuer_id: str) -> PathwaySet | None:
        """Strongly consistent read; None before the first pathway."""

    def pathway(self, issuer_id: str, pathway_id: str) -> Pathway:
        """The newest version. Raises `NotFound`."""

    def version(self, issuer_id: str, pathway_id: str, version: int) -> Pathway:
        """One version. Raises `NotFound`."""

    def pathways(self, issuer_id: str) -> Iterator[Pathway]:
        """The newest version of every pathway, including archived ones."""

    def pathway_links(self, issuer_id: str, achievement_id: str) -> tuple[PathwayLink, ...]:
        """Links to the pathways that contain an achievement, except archived ones."""

    def save(
        self,
        pathway_set: PathwaySet,
        pathway: Pathway,
        pathway_links: Mapping[str, Sequence[PathwayLink]],
        tasks: Sequence[Task] = (),
    ) -> None:
        """Store a new version of ``pathway``, the next version of ``pathway_set``, the links by achievement id (an
        empty sequence removes them), and ``tasks``, in one transaction.

        Raises `Conflict` when another writer was first.
        """

    def complete(self, completion: Completion) -> None:
        """Store a completion. Keeps an existing one, unless only the new one has a reward."""

    def completion(self, issuer_id: str, pathway_id: str, completion_id: str) -> Completion | None:
        """Strongly consistent read."""

    def completions(self, issuer_id: str, pathway_id: str, after: str | None, limit: int) -> Sequence[Completion]:
        """Completions of all versions by id: the first ``limit`` after the id ``after``."""


@dataclass(frozen=True, slots=True)
class HolderProgress:
    """A holder's progress in a pathway."""

    pathway: Pathway
    progress: Progress
    credentials: Mapping[str, str]
    """Credential ids by achievement id, for the completed steps."""
    completion: Completion | None
    """A stored completion, possibly of an earlier version of the pathway."""


@dataclass(frozen=True, slots=True)
class ReviewedCompletion:
    """A completion with the current status of its credentials."""

    completion: Completion
    inactive: tuple[str, ...]
    """Ids of its credentials that have been revoked or suspended since."""
    supported: bool
    """Whether the remaining credentials and their replacements still complete that version of the pathway."""


def add(issuer_context: IssuerContext, pathways: Pathways, issuer_id: str, draft: Draft) -> Pathway:
    """Create a pathway.

    Raises `Refused` as `check` and `check_together` do and for an achievement that the issuer does not have
    (`unknown_achievement`), `QuotaExceeded` (`daily_limit_exceeded`), `NotFound` for the issuer, and `Conflict`
    (`busy`) when others keep changing pathways.
    """
    issuer_context.issuer_store.issuer(issuer_id)
    return _save(issuer_context, pathways, _build(issuer_context, issuer_id, issuer_context.public_id(), draft), None)


def change(issuer_context: IssuerContext, pathways: Pathways, issuer_id: str, pathway_id: str, draft: Draft) -> Pathway:
    """Save the next version of a pathway. Existing completions stay.

    Raises as `add`, `NotFound` for the pathway, and `Conflict` (`version_conflict`) when the pathway has changed since
    the version that ``draft`` is based on.
    """
    before = pathways.pathway(issuer_id, pathway_id)
    if draft.version is not None and draft.version != before.version:
        raise Conflict(
            f"This pathway is now at version {before.version}. Reload it and try again.", code="version_conflict"
        )
    after = replace(_build(issuer_context, issuer_id, pathway_id, draft), version=before.version + 1)
    return _save(issuer_context, pathways, after, before)


def holder_progress(
    issuer_context: IssuerContext, pathways: Pathways, issuer_id: str, pathway_id: str, email: str
) -> HolderProgress:
    """The progress of the holder with the address ``email``. Raises `NotFound` for the pathway."""
    address = email_address.normalize(email)
    return progress_on_pathway(issuer_context, pathways, pathways.pathway(issuer_id, pathway_id), address)


def progress_on_pathway(
    issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway, email: str
) -> HolderProgress:
    """The progress in a pathway that is already loaded; ``email`` must be normalized by `normalize`."""
    newest = _counting_credentials(issuer_context, pathway.issuer_id, email)
    earned = {each: newest[each] for each in (step.achievement_id for step in steps(pathway.root)) if each in newest}
    completion_id = completion_id_of(pathways, pathway, email)
    return HolderProgress(
        pathway=pathway,
        progress=progress(pathway, earned.keys()),
        credentials=earned,
        completion=pathways.completion(pathway.issuer_id, pathway.id, completion_id),
    )


def completion_id_of(pathways: Pathways, pathway: Pathway, email: str) -> str:
    """The id that the holder's completion of a stored pathway has or would have."""
    pathway_set = pathways.pathway_set(pathway.issuer_id)
    if pathway_set is None:
        raise NotFound("This issuer has no pathways.")
    return derived_id(pathway_set.secret, "completion", pathway.issuer_id, pathway.id, email)


def review(
    issuer_context: IssuerContext, pathways: Pathways, issuer_id: str, pathway_id: str, after: str | None, limit: int
) -> list[ReviewedCompletion]:
    """List completions by id, the first ``limit`` after the id ``after``, with the current status of their credentials.

    An expired credential still supports a completion, because it was valid at the time. Raises `NotFound`.
    """
    newest = pathways.pathway(issuer_id, pathway_id)
    versions = {newest.version: newest}
    reviewed = []
    for completion in pathways.completions(issuer_id, pathway_id, after, limit):
        if completion.version not in versions:
            versions[completion.version] = pathways.version(issuer_id, pathway_id, completion.version)
        rows = issuer_context.issuer_store.rows_of_email(issuer_id, completion.email)
        status = {row.achievement_id for row in rows if row.state is State.ACTIVE}
        active = {row.credential_id for row in rows if row.state is State.ACTIVE}
        inactive = tuple(each for each in completion.credentials if each not in active)
        supported = missing(versions[completion.version].root, status) == 0
        reviewed.append(ReviewedCompletion(completion, inactive, supported))
    return reviewed


def _counting_credentials(issuer_context: IssuerContext, issuer_id: str, email: str) -> dict[str, str]:
    """By achievement, the holder's newest credential that is neither revoked, suspended nor expired. A corrected
    credential is revoked, and its replacement counts."""
    now = issuer_context.now()
    earned: dict[str, str] = {}
    for row in issuer_context.issuer_store.rows_of_email(issuer_id, email):
        if row.state is State.ACTIVE and (row.valid_until is None or now <= row.valid_until):
            earned.setdefault(row.achievement_id, row.credential_id)
    return earned


def _build(issuer_context: IssuerContext, issuer_id: str, pathway_id: str, draft: Draft) -> Pathway:
    check_size(draft.root)
    names: dict[str, str] = {}
    wanted = [step.achievement_id for step in steps(draft.root)] + ([draft.reward] if draft.reward else [])
    for achievement_id in wanted:
        try:
            names[achievement_id] = issuer_context.issuer_store.achievement(issuer_id, achievement_id).name
        except NotFound as error:
            raise Refused(
                f"This issuer does not have the achievement {achievement_id[:80]!r}.", code="unknown_achievement"
            ) from error
    pathway = Pathway(
        id=pathway_id,
        issuer_id=issuer_id,
        name=draft.name,
        description=draft.description,
        root=replace(draft.root, steps=tuple(_named(step, names) for step in draft.root.steps)),
        reward=draft.reward,
        reward_name=names[draft.reward] if draft.reward else None,
        archived=draft.archived,
    )
    check(pathway)
    return pathway


def _named(node: Node, names: Mapping[str, str]) -> Node:
    if isinstance(node, Step):
        return node if node.name else replace(node, name=names[node.achievement_id])
    return replace(node, steps=tuple(_named(step, names) for step in node.steps))


def _save(issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway, before: Pathway | None) -> Pathway:
    issuer = issuer_context.issuer_store.issuer(pathway.issuer_id)
    daily_limits.take(issuer_context, issuer, daily_limits.PATHWAYS)
    touched = [step.achievement_id for one in (pathway, before) if one is not None for step in steps(one.root)]
    for _ in range(MAX_ATTEMPTS):
        # Read before the pathways, because any later change of a pathway also changes the set.
        found = pathways.pathway_set(pathway.issuer_id)
        pathway_set = (
            replace(found, version=found.version + 1)
            if found
            else PathwaySet(pathway.issuer_id, issuer_context.entropy(SECRET_BYTES))
        )
        others = [other for other in pathways.pathways(pathway.issuer_id) if other.id != pathway.id]
        check_together([*others, pathway])
        try:
            links = {each: _pathway_links([*others, pathway], each) for each in touched}
            pathways.save(pathway_set, pathway, links, _tasks(issuer_context, pathway))
        except Conflict as error:
            conflict = error
        else:
            return pathway
        if before is not None and pathways.pathway(pathway.issuer_id, pathway.id).version != before.version:
            raise Conflict(
                "This pathway has just been changed. Reload it and try again.", code="version_conflict"
            ) from conflict
    raise Conflict("Someone else is changing this issuer's pathways. Try again.", code="busy")


def _tasks(issuer_context: IssuerContext, pathway: Pathway) -> tuple[Task, ...]:
    # Finds holders who already have all steps. The time has microseconds, so that each change gets its own task.
    due = issuer_context.clock().astimezone(UTC)
    return () if pathway.archived else (Task(PATHWAYS, pathway.issuer_id, ALL_HOLDERS + pathway.id, due),)


def _pathway_links(everything: Sequence[Pathway], achievement_id: str) -> tuple[PathwayLink, ...]:
    leading = [
        pathway
        for pathway in everything
        if not pathway.archived and any(step.achievement_id == achievement_id for step in steps(pathway.root))
    ]
    return tuple(
        build_pathway_link(pathway, achievement_id) for pathway in sorted(leading, key=lambda one: (one.name, one.id))
    )
