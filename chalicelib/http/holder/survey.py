"""The page on which a holder answers or declines a survey, with the link in the email."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Request

from chalicelib.delivery.holder.access import LinkExpired
from chalicelib.delivery.surveys import answering
from chalicelib.delivery.surveys.answering import OpenSurvey
from chalicelib.delivery.surveys.survey import QuestionKind
from chalicelib.http.core.access import BY_SECRET
from chalicelib.http.core.ports import Services
from chalicelib.http.core.response import Reply
from chalicelib.http.core.routing import Routes
from chalicelib.http.holder.private_page import MISSING, expired_link_page, page
from chalicelib.http.input import form


def routes(services: Services) -> Routes:
    """Create the route `/my/{token}/survey`."""
    bound = Routes(__name__, services)

    @bound.bind("/my/{token}/survey", access=BY_SECRET, missing=MISSING)
    def show(_request: Request, secret: str) -> Reply:
        try:
            return _page(services, secret, answering.find(services.delivery_context, secret))
        except LinkExpired as error:
            return expired_link_page(services, secret, error)

    @bound.bind("/my/{token}/survey", access=BY_SECRET, methods=("POST",), missing=MISSING)
    def perform(request: Request, secret: str) -> Reply:
        try:
            found = answering.find(services.delivery_context, secret)
        except LinkExpired as error:
            return expired_link_page(services, secret, error)
        fields = form.as_text(form.sent(request).fields)
        if fields.get("do") == "decline":
            answering.decline(services.delivery_context, found)
            return _page(services, secret, found, done="declined")
        done = answering.answer(services.delivery_context, found, _given(found, fields))
        return _page(services, secret, found, done="answered" if done else "", missing=not done)

    return bound


def _given(found: OpenSurvey, fields: Mapping[str, str]) -> dict[str, int]:
    """The chosen values by question."""
    chosen = {question.key: fields.get(question.field, "") for question in found.survey.questions}
    return {key: int(value) for key, value in chosen.items() if value in ("0", "1", "2", "3", "4", "5")}


def _page(services: Services, secret: str, found: OpenSurvey, done: str = "", *, missing: bool = False) -> Reply:
    return page(
        services,
        "survey.html",
        422 if missing else 200,
        token=secret,
        survey=found.survey,
        issuer=found.issuer.name,
        scale=QuestionKind.SCALE,
        done=done,
        missing=missing,
    )
