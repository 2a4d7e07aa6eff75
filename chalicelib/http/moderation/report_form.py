"""The page with which a visitor reports a credential. It works without an account and without script."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Request

from chalicelib.access.rate_limits import TooMany
from chalicelib.credential.build import credential_url
from chalicelib.credential.public_id import PUBLIC_ID
from chalicelib.errors import NotFound
from chalicelib.http.console.forms.form_state import FormState
from chalicelib.http.core import authentication
from chalicelib.http.core.access import PUBLIC
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply, uncached
from chalicelib.http.core.routing import Routes
from chalicelib.http.html import render, request_language
from chalicelib.http.input import form, request_context
from chalicelib.http.sign_in.email_link import REFERRER
from chalicelib.moderation import submission
from chalicelib.moderation.submission import Draft
from chalicelib.moderation.visitor_report import RETENTION, Reason

MISSING = "There is no credential with this id, so it cannot be reported."
SENT = "sent"
"""Query parameter of the page right after a report was sent."""
MAX_FORM = 64 * 1024
"""Limit in bytes: the longest message, of which each character takes up to 12 bytes when it is percent-encoded, and
fields that browser extensions add."""
REASONS = {
    Reason.WRONG_INFORMATION: "The information is wrong",
    Reason.WRONG_PERSON: "It was not issued to this person",
    Reason.IMPERSONATION: "It is fake, or claims to come from someone else",
    Reason.OFFENSIVE: "It contains offensive content",
    Reason.OTHER: "Something else",
}


def routes(services: Services) -> Routes:
    """Create the route `/c/{id}/report`."""
    bound = Routes(__name__, services)

    @bound.bind("/c/{id}/report", access=PUBLIC, missing=MISSING)
    def ask(request: Request, credential_id: str) -> Reply:
        _require(services, credential_id)
        query: Mapping[str, str] = request.query_params or {}
        return _page(services, credential_id, FormState(), sent=query.get("did") == SENT)

    @bound.bind("/c/{id}/report", access=PUBLIC, methods=("POST",), missing=MISSING)
    def report(request: Request, credential_id: str) -> Reply:
        # Otherwise any website could make its visitors use up the limits of their networks.
        authentication.check_same_origin(request, services.settings.base_url)
        _require(services, credential_id)
        sent = FormState(form.as_text(form.sent(request, MAX_FORM).fields))
        return _submitted(services, request, credential_id, sent)

    return bound


def _require(services: Services, credential_id: str) -> None:
    """Raises `NotFound`, `TakenDown` for a credential that cannot be reported."""
    if not PUBLIC_ID.fullmatch(credential_id):
        raise NotFound("no such credential")
    submission.reportable(services.moderation_context, credential_id)


def _submitted(services: Services, request: Request, credential_id: str, sent: FormState) -> Reply:
    reason = sent.one_of("reason", Reason, "Choose what is wrong.")
    if reason is None:
        return _page(services, credential_id, sent)
    draft = Draft(reason, sent.text("message"), sent.text("email"))
    with sent.record_refusal("message"):
        submission.check_message(draft)
    try:
        with sent.record_refusal("email"):
            if not sent.errors:
                address = request_context.client_address(request)
                submission.submit(services.moderation_context, credential_id, draft, address)
    except TooMany as error:
        sent.add_error("", error.detail)
        reply = _page(services, credential_id, sent, status=429)
        reply.headers["Retry-After"] = str(error.seconds)
        return reply
    if sent.errors:
        return _page(services, credential_id, sent)
    location = f"{credential_url(services.settings.base_url, credential_id)}/report?did={SENT}"
    return Reply("", "text/plain", 303, uncached(Location=request_language.with_language(location)))


def _page(
    services: Services, credential_id: str, sent_form: FormState, *, sent: bool = False, status: int | None = None
) -> Reply:
    base_url = services.settings.base_url
    return render.page(
        "report.html",
        base_url,
        status or sent_form.status,
        uncached(**REFERRER),
        forms=True,
        console=True,
        leads=(),
        page=credential_url(base_url, credential_id),
        form=sent_form,
        sent=sent,
        reasons=REASONS,
        max_message=submission.MAX_MESSAGE,
        days=RETENTION.days,
    )
