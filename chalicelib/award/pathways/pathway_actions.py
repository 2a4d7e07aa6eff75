"""What an issuer does with pathways: write them, see how far a holder has come and what stands behind a completion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Protocol

from chalicelib.award.derived_ids import SECRET_BYTES, derived_id
from chalicelib.award.issuer_context import IssuerContext
from chalicelib.award.issuing.storing import PATHWAYS
from chalicelib.award.pathways.pathway import (
    Completion,
    Node,
    Pathway,
    PathwayLink,
    Progress,
    Step,
    check,
    check_size,
    check_together,
    missing,
    pathway_link,
    progress,
    steps,
)
from chalicelib.award.pathways.pathway_json import Draft
from chalicelib.credential.record import State
from chalicelib.errors import Conflict, NotFound, Refused
from chalicelib.tasks.task_queue import Task

WHOLE = "pathway:"
"""What the subject of a task begins with that looks at all holders of a pathway, not at one credential's."""
TRIES = 8
"""Each lost try means that another writer of the same issuer's pathways was first."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """What all pathways of one issuer share. Each change of one of them is a new ``version``, so that two at the same
    time cannot make together what each of them alone may not, such as a cycle."""

    issuer_id: str
    secret: bytes
    """Makes the ids of completions; it never changes."""
    version: int = 1


class Pathways(Protocol):
    """Where pathways are stored. Every method raises `Unavailable` when storage does not answer."""

    def atlas(self, issuer_id: str) -> Atlas | None:
        """Strongly read; None before the first pathway."""

    def pathway(self, issuer_id: str, pathway_id: str) -> Pathway:
        """Its newest version. Raises `NotFound`."""

    def version(self, issuer_id: str, pathway_id: str, version: int) -> Pathway:
        """One version, as it was saved. Raises `NotFound`."""

    def pathways(self, issuer_id: str) -> Iterator[Pathway]:
        """The newest versions of all, archived ones too."""

    def pathway_links(self, issuer_id: str, achievement_id: str) -> tuple[PathwayLink, ...]:
        """The pathways that an achievement is a step of, but no archived one."""

    def save(
        self,
        atlas: Atlas,
        pathway: Pathway,
        pathway_links: Mapping[str, Sequence[PathwayLink]],
        tasks: Sequence[Task] = (),
    ) -> None:
        """Store a new version of ``pathway``, the next version of ``atlas``, all signposts of the achievements named
        (by their ids; none of an achievement that leads nowhere now), and ``tasks``: all or nothing.

        Raises `Conflict` when another writer was first.
        """

    def complete(self, completion: Completion) -> None:
        """Store a completion. One that is there stays, unless it has earned no reward and this one has."""

    def completion(self, issuer_id: str, pathway_id: str, completion_id: str) -> Completion | None:
        """Strongly read."""

    def completions(self, issuer_id: str, pathway_id: str, after: str | None, limit: int) -> Sequence[Completion]:
        """Those of all versions, by id: the first ``limit`` of them after the id ``after``."""


@dataclass(frozen=True, slots=True)
class Way:
    """A holder on a pathway."""

    pathway: Pathway
    progress: Progress
    credentials: Mapping[str, str]
    """By achievement, the credential that counts for each step that is done."""
    completion: Completion | None
    """That the holder has completed it before, whatever ``progress`` says of the pathway as it is now."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A completion, and what has become of the credentials behind it."""

    completion: Completion
    withdrawn: tuple[str, ...]
    """Those of them that were revoked or are suspended since."""
    supported: bool
    """Whether the rest, and what came in their place, would still complete the pathway as it was."""


def add(issuer_context: IssuerContext, pathways: Pathways, issuer_id: str, draft: Draft) -> Pathway:
    """Store a new pathway.

    Raises `Refused` for what `check` and `check_together` refuse and for an achievement that the issuer does not have
    (`unknown_achievement`), `NotFound` for the issuer, `Conflict` (`busy`) when others kept changing the pathways.
    """
    issuer_context.issuer_store.issuer(issuer_id)
    return _save(issuer_context, pathways, _drawn(issuer_context, issuer_id, issuer_context.public_id(), draft), None)


def change(issuer_context: IssuerContext, pathways: Pathways, issuer_id: str, pathway_id: str, draft: Draft) -> Pathway:
    """Store the next version of a pathway. Who has completed it before, has.

    Raises as `add`, `NotFound` for the pathway, and `Conflict` (`version_conflict`) when it is no longer the version
    that ``draft`` was written from.
    """
    before = pathways.pathway(issuer_id, pathway_id)
    if draft.version is not None and draft.version != before.version:
        raise Conflict(f"This pathway is now at version {before.version}. Read it again.", code="version_conflict")
    after = replace(_drawn(issuer_context, issuer_id, pathway_id, draft), version=before.version + 1)
    return _save(issuer_context, pathways, after, before)


def way_of(issuer_context: IssuerContext, pathways: Pathways, issuer_id: str, pathway_id: str, email: str) -> Way:
    """How far the holder with the address ``email`` has come. Raises `NotFound` for the pathway."""
    return way_on(issuer_context, pathways, pathways.pathway(issuer_id, pathway_id), normal(email))


def way_on(issuer_context: IssuerContext, pathways: Pathways, pathway: Pathway, email: str) -> Way:
    """The same for a pathway that was read and an address as `normal` writes it."""
    every = _held(issuer_context, pathway.issuer_id, email)
    held = {each: every[each] for each in (step.achievement_id for step in steps(pathway.root)) if each in every}
    completion_id = completion_of(pathways, pathway, email)
    return Way(
        pathway=pathway,
        progress=progress(pathway, held.keys()),
        credentials=held,
        completion=pathways.completion(pathway.issuer_id, pathway.id, completion_id),
    )


def completion_of(pathways: Pathways, pathway: Pathway, email: str) -> str:
    """The id of the holder's completion of a stored pathway, whether it is there or not."""
    atlas = pathways.atlas(pathway.issuer_id)
    if atlas is None:
        raise NotFound("This issuer has no pathways.")
    return derived_id(atlas.secret, "completion", pathway.issuer_id, pathway.id, email)


def review(
    issuer_context: IssuerContext, pathways: Pathways, issuer_id: str, pathway_id: str, after: str | None, limit: int
) -> list[Reviewed]:
    """Completions by id, the first ``limit`` after the id ``after``, with what stands behind each of them now.

    A credential that has expired still supports what it earned: it was good at the time. Raises `NotFound`.
    """
    newest = pathways.pathway(issuer_id, pathway_id)
    versions = {newest.version: newest}
    reviewed = []
    for completion in pathways.completions(issuer_id, pathway_id, after, limit):
        if completion.version not in versions:
            versions[completion.version] = pathways.version(issuer_id, pathway_id, completion.version)
        rows = issuer_context.issuer_store.rows_of_email(issuer_id, completion.email)
        standing = {row.achievement_id for row in rows if row.state is State.ACTIVE}
        active = {row.credential_id for row in rows if row.state is State.ACTIVE}
        withdrawn = tuple(each for each in completion.credentials if each not in active)
        supported = missing(versions[completion.version].root, standing) == 0
        reviewed.append(Reviewed(completion, withdrawn, supported))
    return reviewed


def normal(email: str) -> str:
    """``email`` as it is stored beside what was issued to it."""
    return email.strip().lower()


def _held(issuer_context: IssuerContext, issuer_id: str, email: str) -> dict[str, str]:
    """By achievement, the newest credential that the holder has of it and that counts now: neither withdrawn, nor on
    hold, nor expired. One that was corrected is revoked, and what replaced it counts in its place."""
    now = issuer_context.now()
    held: dict[str, str] = {}
    for row in issuer_context.issuer_store.rows_of_email(issuer_id, email):
        if row.state is State.ACTIVE and (row.valid_until is None or now <= row.valid_until):
            held.setdefault(row.achievement_id, row.credential_id)
    return held


def _drawn(issuer_context: IssuerContext, issuer_id: str, pathway_id: str, draft: Draft) -> Pathway:
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
    touched = [step.achievement_id for one in (pathway, before) if one is not None for step in steps(one.root)]
    for _ in range(TRIES):
        # Read before the pathways: whoever changes one of them after this changes the atlas too.
        found = pathways.atlas(pathway.issuer_id)
        atlas = (
            replace(found, version=found.version + 1)
            if found
            else Atlas(pathway.issuer_id, issuer_context.entropy(SECRET_BYTES))
        )
        others = [other for other in pathways.pathways(pathway.issuer_id) if other.id != pathway.id]
        check_together([*others, pathway])
        try:
            posts = {each: _signposts([*others, pathway], each) for each in touched}
            pathways.save(atlas, pathway, posts, _tasks(issuer_context, pathway))
        except Conflict as error:
            conflict = error
        else:
            return pathway
        if before is not None and pathways.pathway(pathway.issuer_id, pathway.id).version != before.version:
            raise Conflict("This pathway has just been changed. Read it again.", code="version_conflict") from conflict
    raise Conflict("Someone else is changing this issuer's pathways. Try again.", code="busy")


def _tasks(issuer_context: IssuerContext, pathway: Pathway) -> tuple[Task, ...]:
    # Who has all steps already is looked for. The moment is exact, so that each change has a task of its own.
    due = issuer_context.clock().astimezone(UTC)
    return () if pathway.archived else (Task(PATHWAYS, pathway.issuer_id, WHOLE + pathway.id, due),)


def _signposts(everything: Sequence[Pathway], achievement_id: str) -> tuple[PathwayLink, ...]:
    leading = [
        pathway
        for pathway in everything
        if not pathway.archived and any(step.achievement_id == achievement_id for step in steps(pathway.root))
    ]
    return tuple(
        pathway_link(pathway, achievement_id) for pathway in sorted(leading, key=lambda one: (one.name, one.id))
    )
