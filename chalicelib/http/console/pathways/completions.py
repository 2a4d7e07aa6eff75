"""The list of holders who have completed a pathway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.award.pathways import pathway_actions
from chalicelib.award.pathways.pathway_actions import ReviewedCompletion
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.http.console.layout import PageContext
from chalicelib.http.console.text import StatusLabel
from chalicelib.http.core.ports import Services

PAGE_SIZE = 25
"""Completions per page; the status of each takes a read of the holder's credentials."""
COMPLETE = StatusLabel("Complete", "good")
UNSUPPORTED = StatusLabel("Requirements no longer met", "warn")
"""Some of its credentials have since been revoked or suspended, and the rest would not complete the pathway."""


@dataclass(frozen=True, slots=True)
class Completed:
    """View model of one completion."""

    email: str
    at: datetime
    face: StatusLabel
    reward: str | None
    """Id of the reward's credential."""


@dataclass(frozen=True, slots=True)
class CompletedPage:
    """One page of completions. ``next`` is the id after which the next page starts; None on the last one."""

    rows: tuple[Completed, ...]
    next: str | None
    first: bool


def completed(services: Services, context: PageContext, pathway_id: str, after: str | None) -> CompletedPage:
    """Return the completions of a pathway after the id ``after``. Raises `NotFound` for the pathway."""
    start = after if after and PUBLIC_ID.fullmatch(after) else None
    found = pathway_actions.review(
        services.issuer_context, services.pathways, context.tenant, pathway_id, start, PAGE_SIZE + 1
    )
    more = found[PAGE_SIZE - 1].completion.id if len(found) > PAGE_SIZE else None
    return CompletedPage(tuple(map(_row, found[:PAGE_SIZE])), more, start is None)


def _row(one: ReviewedCompletion) -> Completed:
    done = one.completion
    face = COMPLETE if one.supported else UNSUPPORTED
    return Completed(done.email, done.at, face, done.id if done.rewarded else None)
