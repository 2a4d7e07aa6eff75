"""Pathway routes of the JSON API: create and edit pathways, and read holders' progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from chalice.app import Request

from chalicelib.access.caller import Caller
from chalicelib.access.roles import Permission
from chalicelib.award.input.field_errors import FieldError
from chalicelib.award.pathways import pathway_actions, pathway_json
from chalicelib.award.pathways.pathway import steps
from chalicelib.award.pathways.pathway_actions import HolderProgress, ReviewedCompletion
from chalicelib.award.pathways.pathway_progress import eligible
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.http.core.access import token
from chalicelib.http.core.ports import Services
from chalicelib.http.core.problem import Problem
from chalicelib.http.core.response import Reply, as_json
from chalicelib.http.core.routing import Routes
from chalicelib.http.input import body, query

MISSING = "This issuer does not have this pathway."
PAGE = 20
"""Maximum number of completions per response: each one needs the holder's credentials to be read."""

D = TypeVar("D")


def routes(services: Services) -> Routes:
    """Create the routes `/v1/pathways`, `/v1/pathways/{id}` and `/v1/pathways/{id}/progress`."""
    bound = Routes(__name__, services)

    @bound.bind("/v1/pathways", access=token(Permission.READ))
    def listing(_request: Request, caller: Caller) -> Reply:
        found = services.pathways.pathways(caller.issuer_id)
        return as_json({"items": [pathway_json.write(each) for each in found], "next": None})

    @bound.bind("/v1/pathways", access=token(Permission.EDIT), methods=("POST",))
    def add(request: Request, caller: Caller) -> Reply:
        draft = sent(request, pathway_json.read)
        made = pathway_actions.add(services.issuer_context, services.pathways, caller.issuer_id, draft)
        where = {"Location": f"{services.settings.base_url}/v1/pathways/{made.id}"}
        return as_json(pathway_json.write(made), status=201, headers=where)

    @bound.bind("/v1/pathways/{id}", access=token(Permission.READ), missing=MISSING)
    def show(_request: Request, caller: Caller, pathway_id: str) -> Reply:
        return as_json(pathway_json.write(services.pathways.pathway(caller.issuer_id, pathway_id)))

    @bound.bind("/v1/pathways/{id}", access=token(Permission.EDIT), methods=("PUT",), missing=MISSING)
    def change(request: Request, caller: Caller, pathway_id: str) -> Reply:
        draft = sent(request, pathway_json.read)
        changed = pathway_actions.change(
            services.issuer_context, services.pathways, caller.issuer_id, pathway_id, draft
        )
        return as_json(pathway_json.write(changed))

    @bound.bind("/v1/pathways/{id}/progress", access=token(Permission.READ), missing=MISSING)
    def progress(request: Request, caller: Caller, pathway_id: str) -> Reply:
        filters = query.only(request, "email", "achievement", "cursor")
        if "email" not in filters and "achievement" in filters:
            raise query.refused("email", "Send this together with achievement, because progress depends on the holder.")
        if "email" not in filters:
            return _completions(services, caller.issuer_id, pathway_id, query.cursor(filters, PUBLIC_ID))
        email = body.email(filters["email"], "/email")
        holder_progress = pathway_actions.holder_progress(
            services.issuer_context, services.pathways, caller.issuer_id, pathway_id, email
        )
        return as_json(_progress(holder_progress, filters.get("achievement")))

    return bound


def sent(request: Request, read: Callable[[Mapping[str, object]], D]) -> D:
    """Parse the JSON object in the body with ``read``. Raises `Problem` for an invalid field."""
    try:
        return read(body.json_object(request))
    except FieldError as error:
        raise body.field_error(error.pointer, error.detail) from error


def _progress(holder_progress: HolderProgress, achievement_id: str | None) -> dict[str, object]:
    """Serialize a holder's progress; with ``achievement_id``, also whether that step is open to them now."""
    done = None if holder_progress.completion is None else pathway_json.write_completion(holder_progress.completion)
    progress: dict[str, object] = {
        "pathway": holder_progress.pathway.id,
        "version": holder_progress.pathway.version,
        **pathway_json.write_progress(holder_progress.progress),
        "credentials": dict(holder_progress.credentials),
        "completed": done,
    }
    if achievement_id is None:
        return progress
    if all(step.achievement_id != achievement_id for step in steps(holder_progress.pathway.root)):
        # External systems check this before an enrolment: a misspelt id must not look like a "no" about the learner.
        raise Problem("not_a_step", f"The achievement {achievement_id[:80]!r} is not a step of this pathway.")
    return {
        **progress,
        "eligible": eligible(holder_progress.pathway, holder_progress.credentials.keys(), achievement_id),
    }


def _completions(services: Services, issuer_id: str, pathway_id: str, after: str | None) -> Reply:
    # Read one more than the page holds, to know whether there is a next page.
    found = pathway_actions.review(services.issuer_context, services.pathways, issuer_id, pathway_id, after, PAGE + 1)
    shown = found[:PAGE]
    following = shown[-1].completion.id if len(found) > PAGE else None
    return as_json({"items": [_reviewed(each) for each in shown], "next": following})


def _reviewed(reviewed: ReviewedCompletion) -> dict[str, object]:
    return {
        "id": reviewed.completion.id,
        "email": reviewed.completion.email,
        **pathway_json.write_completion(reviewed.completion),
        "supported": reviewed.supported,
        "inactive": list(reviewed.inactive),
    }
